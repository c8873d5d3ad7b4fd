package saml

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// SigningCertificates are the certificates that the identity provider may sign
// with, each once. All certificates of one X509Data are about one key (XML
// Signature, 4.5.4): the first that did not issue another of them is taken,
// the rest is its chain.
func (m *Metadata) SigningCertificates() []*Certificate {
	var out []*Certificate
	seen, done := map[string]bool{}, map[int]bool{}
	for _, c := range m.Certificates {
		if !c.Signs() || done[c.data] {
			continue
		}
		done[c.data] = true
		if c = m.leaf(c); !seen[c.SHA256] {
			seen[c.SHA256] = true
			out = append(out, c)
		}
	}
	return out
}

// leaf is the end of the chain that begins with the first certificate of an
// X509Data.
func (m *Metadata) leaf(first *Certificate) *Certificate {
	var all []*Certificate
	for _, c := range m.Certificates {
		if c.data == first.data {
			all = append(all, c)
		}
	}
	for _, c := range all {
		issued := func(other *Certificate) bool {
			return other.rawIssuer == c.rawSubject && other.rawSubject != c.rawSubject
		}
		if !slices.ContainsFunc(all, issued) {
			return c
		}
	}
	return first // each issued another: the names are made up
}

// SigningCertificate chooses the one that Auth0 is given, which holds one only:
// of those that are valid at the moment the one that lasts longest. When none
// is valid the one that expired last, because Auth0 goes on accepting it, or
// else the one that becomes valid first. A zero moment looks at no date and
// takes the one that lasts longest. It is nil when there is none.
func (m *Metadata) SigningCertificate(now time.Time) *Certificate {
	var best *Certificate
	for _, c := range m.SigningCertificates() {
		if best == nil || better(c, best, now) {
			best = c
		}
	}
	return best
}

func better(c, best *Certificate, now time.Time) bool {
	x, y := standing(c, now), standing(best, now)
	switch {
	case x != y:
		return x < y
	case x == future:
		return c.NotBefore.Before(best.NotBefore)
	default:
		return c.NotAfter.After(best.NotAfter)
	}
}

// The standings of a certificate, best first.
const (
	valid = iota
	past
	future
)

func standing(c *Certificate, now time.Time) int {
	switch {
	case now.IsZero() || c.ValidAt(now):
		return valid
	case now.After(c.NotAfter):
		return past
	default:
		return future
	}
}

// Ambiguous lists the certificates that are valid at the moment, when they are
// several: the document does not say which of them signs.
func (m *Metadata) Ambiguous(now time.Time) []*Certificate {
	var out []*Certificate
	for _, c := range m.SigningCertificates() {
		if standing(c, now) == valid {
			out = append(out, c)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// SignOutURL is where logout requests go: HTTP-Redirect before HTTP-POST, as
// Auth0 has one URL and no binding for it. It is empty when there is none that
// can be used.
func (m *Metadata) SignOutURL() string {
	for _, binding := range []string{Redirect, POST} {
		for _, e := range m.SignOut {
			if e.Binding == binding && badURL(e.Location) == "" {
				return e.Location
			}
		}
	}
	return ""
}

// Warnings lists what is odd about a usable document at a moment, in clauses
// that begin with what they are about.
func (m *Metadata) Warnings(now time.Time) []string {
	out := slices.Clone(m.notes)
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, e := range m.SignOn {
		if (e.Binding == Redirect || e.Binding == POST) && !strings.HasPrefix(strings.ToLower(e.Location), "https:") {
			add("the single sign-on URL %s is not https", quote(e.Location))
		}
	}
	for _, e := range m.SignOut {
		if why := badURL(e.Location); why != "" && (e.Binding == Redirect || e.Binding == POST) {
			add("a sign-out URL is left out: it %s", why)
		}
	}
	if c := m.SigningCertificate(now); c != nil {
		for _, f := range c.Flaws(now) {
			add("the signing certificate %.8s: %s", c.SHA1, c.Describe(f, now))
		}
		if n := len(m.SigningCertificates()); n > 1 {
			add("there are %d signing certificates and Auth0 holds one; tacit takes %.8s, valid until %s", n, c.SHA1, date(c.NotAfter))
		}
	}
	for _, bad := range m.unreadable {
		add("the signing certificate in line %d is left out, it cannot be read", bad.Line)
	}
	if m.ValidUntil != nil && now.After(*m.ValidUntil) {
		add("the document was valid until %s; ask for a current one", date(*m.ValidUntil))
	}
	if m.WantAuthnRequestsSigned != nil && *m.WantAuthnRequestsSigned {
		add("the identity provider wants signed requests: set sign_saml_request = true")
	}
	return out
}

// badURL says what is wrong with the location of an end point, "" if nothing.
func badURL(s string) string {
	if s == "" {
		return "is missing (Location)"
	}
	for _, r := range s {
		if r == ' ' || r == '\\' || !unicode.IsPrint(r) { // C1 controls and bidi marks do not print
			return quote(s) + " holds white space, a control character, an invisible character or a backslash"
		}
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return quote(s) + " is not a URL"
	case u.User != nil:
		return "holds a user name or password" // and is not shown
	case u.Scheme != "https" && u.Scheme != "http":
		return quote(s) + " is neither https nor http"
	case u.Host == "":
		return quote(s) + " has no host"
	default:
		return ""
	}
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
