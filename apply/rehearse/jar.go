package rehearse

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// cookieContext is where in the browser a request is made, as far as cookies care (RFC 6265bis, 5.2 and 5.6.7; where it
// leaves room, what Chrome does).
type cookieContext struct {
	url       *url.URL
	top       *url.URL // the page in the address bar; the URL itself for a top-level navigation
	initiator *url.URL // who caused the request; nil for the person
	topLevel  bool
	method    string
}

// crossSite reports whether SameSite cookies have to stay behind, save for the exception of Lax.
func (c *cookieContext) crossSite() bool {
	return !sameSite(c.url, c.top) || c.initiator != nil && !sameSite(c.url, c.initiator)
}

func (c *cookieContext) thirdParty() bool { return !sameSite(c.url, c.top) }

// jar is the cookie store of one browser.
type jar struct {
	now        func() time.Time
	blockThird bool // as Safari, Firefox and Brave do, and Chrome when asked
	cookies    []stored
}

type stored struct {
	name, value, domain, path string
	hostOnly, secure          bool
	sameSite                  http.SameSite
	expires                   time.Time // zero: with the session
}

const (
	whyThirdParty = "the browser blocks third-party cookies"
	whyCrossSite  = "SameSite"
	whyInsecure   = "Secure, and the connection is not"
)

// send chooses the cookies of a request: those sent, and those of the host that stay behind.
func (j *jar) send(c *cookieContext) (cookies []*http.Cookie, held []Withheld) {
	for _, k := range j.cookies {
		if !k.expires.IsZero() && !k.expires.After(j.now()) || !k.matches(c.url) {
			continue
		}
		if why := j.withhold(&k, c); why != "" {
			held = append(held, Withheld{Name: k.name, Why: why})
			continue
		}
		cookies = append(cookies, &http.Cookie{Name: k.name, Value: k.value}) //nolint:gosec // of a request: it has no attributes
	}
	return cookies, held
}

func (j *jar) withhold(k *stored, c *cookieContext) string {
	switch {
	case k.secure && !trustworthy(c.url):
		return whyInsecure
	case j.blockThird && c.thirdParty():
		return whyThirdParty
	case k.sameSite == http.SameSiteNoneMode || !c.crossSite():
		return ""
	case k.sameSite != http.SameSiteStrictMode && c.topLevel && c.method == http.MethodGet:
		return "" // Lax, which is also the default
	default:
		return whyCrossSite + "=" + siteName(k.sameSite)
	}
}

func siteName(s http.SameSite) string {
	switch s {
	case http.SameSiteStrictMode:
		return "Strict"
	case http.SameSiteNoneMode:
		return "None"
	default:
		return "Lax"
	}
}

// matches is about host and path; whether the cookie may go there is another question.
func (k *stored) matches(u *url.URL) bool {
	host := hostOf(u)
	if host != k.domain && (k.hostOnly || !strings.HasSuffix(host, "."+k.domain)) {
		return false
	}
	path := pagePath(u)
	return path == k.path || strings.HasPrefix(path, k.path) && (strings.HasSuffix(k.path, "/") || path[len(k.path)] == '/')
}

// receive stores what an answer sets, and tells what became of it.
func (j *jar) receive(c *cookieContext, set []*http.Cookie) []Cookie {
	var out []Cookie
	for _, k := range set {
		seen := Cookie{Name: k.Name, Domain: strings.ToLower(strings.TrimPrefix(k.Domain, ".")), Path: k.Path, Secure: k.Secure, HTTPOnly: k.HttpOnly, Persistent: k.MaxAge > 0 || !k.Expires.IsZero()}
		if k.SameSite > http.SameSiteDefaultMode {
			seen.SameSite = siteName(k.SameSite)
		}
		if !strings.HasPrefix(k.Path, "/") {
			seen.Path = defaultPath(c.url)
		}
		if seen.Refused = j.refuse(c, k, &seen); seen.Refused == "" {
			seen.Removed = j.store(c, k, &seen)
		}
		out = append(out, seen)
	}
	return out
}

func (j *jar) refuse(c *cookieContext, k *http.Cookie, seen *Cookie) string {
	if why := refuseDomain(hostOf(c.url), seen.Domain); why != "" {
		return why
	}
	switch {
	case k.Secure && !trustworthy(c.url):
		return whyInsecure
	case k.SameSite == http.SameSiteNoneMode && !k.Secure:
		return "SameSite=None without Secure"
	case strings.HasPrefix(k.Name, "__Host-") && (!k.Secure || seen.Domain != "" || seen.Path != "/"):
		return "__Host- without Secure and Path=/, or with Domain"
	case strings.HasPrefix(k.Name, "__Secure-") && !k.Secure:
		return "__Secure- without Secure"
	case j.blockThird && c.thirdParty():
		return whyThirdParty
	case !c.topLevel && c.crossSite() && k.SameSite != http.SameSiteNoneMode:
		return whyCrossSite + "=" + siteName(k.SameSite) + " in a cross-site frame"
	default:
		return ""
	}
}

func refuseDomain(host, domain string) string {
	switch {
	case domain == "" || domain == host:
		return ""
	case !strings.HasSuffix(host, "."+domain):
		return "Domain is not of this host"
	case isPublicSuffix(domain):
		return "Domain is a public suffix"
	default:
		return ""
	}
}

func (j *jar) store(c *cookieContext, k *http.Cookie, seen *Cookie) (removed bool) {
	n := stored{name: k.Name, value: k.Value, domain: hostOf(c.url), hostOnly: seen.Domain == "", path: seen.Path, secure: k.Secure, sameSite: k.SameSite, expires: k.Expires}
	if !n.hostOnly {
		n.domain = seen.Domain
	}
	if k.MaxAge != 0 {
		n.expires = j.now().Add(time.Duration(k.MaxAge) * time.Second)
	}
	j.cookies = slices.DeleteFunc(j.cookies, func(o stored) bool {
		return o.name == n.name && o.domain == n.domain && o.path == n.path && o.hostOnly == n.hostOnly
	})
	if !n.expires.IsZero() && !n.expires.After(j.now()) {
		return true
	}
	j.cookies = append(j.cookies, n)
	return false
}

// defaultPath is RFC 6265, 5.1.4.
func defaultPath(u *url.URL) string {
	p := pagePath(u)
	if i := strings.LastIndexByte(p, '/'); i > 0 {
		return p[:i]
	}
	return "/"
}

func hostOf(u *url.URL) string { return strings.ToLower(u.Hostname()) }

// trustworthy is where browsers accept Secure cookies: https, and the machine itself.
func trustworthy(u *url.URL) bool { return u.Scheme == "https" || isLoopback(u) }

func isLoopback(u *url.URL) bool {
	host := hostOf(u)
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// sameSite compares scheme and registrable domain, as browsers do.
func sameSite(a, b *url.URL) bool { return a.Scheme == b.Scheme && site(a) == site(b) }

// site is the registrable domain, or the host where there is none: an address, localhost, a public suffix.
func site(u *url.URL) string {
	host := hostOf(u)
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if s, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return s
	}
	return host
}

func isPublicSuffix(domain string) bool {
	s, _ := publicsuffix.PublicSuffix(domain)
	return s == domain
}
