package rehearse

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Via is how the application asks for the token.
type Via string

// The ways; reference: the modes of silent_upgrade.
const (
	ViaIframe      Via = "iframe"      // prompt=none in a hidden iframe, answered by web_message
	ViaRedirect    Via = "redirect"    // prompt=none at top level, answered in the query
	ViaInteractive Via = "interactive" // a second, visible login that names the connection
)

// Session is what became of the tenant's session between the landing and the application's request.
type Session string

// The sessions.
const (
	SessionFresh   Session = ""        // the application asks at once
	SessionExpired Session = "expired" // the user comes back when it has ended
)

// User is whom the throw-away IdP vouches for.
type User struct {
	NameID     string
	Format     string // of the NameID; unspecified when empty
	Attributes []Attribute
}

// Attribute is a SAML attribute.
type Attribute struct {
	Name   string
	Values []string
}

// Scenario is one login to rehearse.
type Scenario struct {
	Path string // what the trace is called

	Domain       string // base URL that the application's SDK talks to, such as https://login.example.com
	ACS          string // where the IdP posts to; derived from Domain, Connection and Organization when empty
	Connection   string // by name
	Organization string // by id, if the login is for one
	EntityID     string // the tenant's entity id for the connection: the audience of assertions
	Issuer       string // the IdP's entity id
	Signed       Signed
	Algorithm    Algorithm
	User         User
	Fault        Fault

	ClientID    string
	Landing     string // where the IdP-initiated login should end; anywhere when empty
	RedirectURI string // of the application's own request
	Origin      string // of the page that asks; that of RedirectURI when empty
	Via         Via
	Session     Session

	Audience     string
	Scopes       []string // of the API
	Refresh      bool     // ask for offline_access, exchange the refresh token
	DPoP         bool     // the application binds its tokens to a key
	Implicit     bool     // ask for the tokens themselves, as auth0.js does; no refresh token and no DPoP
	WithoutRoles bool     // the user may lack roles: missing scopes are told, and are no failure

	BlockThirdPartyCookies bool
}

// login is a scenario with its URLs parsed and its defaults filled in.
type login struct {
	Scenario
	domain, acs, redirect, origin *url.URL
	landing                       *url.URL // nil: anywhere
}

func (s Scenario) parse() (*login, error) {
	l := &login{Scenario: s}
	if l.Via == "" {
		l.Via = ViaIframe
	}
	var errs []error
	read := func(name, raw string) *url.URL {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			errs = append(errs, fmt.Errorf("%s %q is not an absolute http URL", name, raw))
			return &url.URL{}
		}
		return u
	}
	l.domain = read("domain", s.Domain)
	l.domain.Path = pagePath(l.domain) // JoinPath makes relative paths of none
	l.redirect = read("redirect_uri", s.RedirectURI)
	l.acs = l.domain.JoinPath("login", "callback")
	l.acs.RawQuery = l.acsQuery()
	if s.ACS != "" {
		l.acs = read("ACS", s.ACS)
	}
	if s.Landing != "" {
		l.landing = read("landing", s.Landing)
	}
	l.origin = &url.URL{Scheme: l.redirect.Scheme, Host: l.redirect.Host}
	if s.Origin != "" {
		l.origin = read("origin", s.Origin)
	}
	for name, v := range map[string]string{"connection": s.Connection, "client id": s.ClientID, "entity id": s.EntityID} {
		if v == "" {
			errs = append(errs, fmt.Errorf("no %s", name))
		}
	}
	if !slices.Contains([]Via{ViaIframe, ViaRedirect, ViaInteractive}, l.Via) {
		errs = append(errs, fmt.Errorf("via %q is none of iframe, redirect, interactive", s.Via))
	}
	if s.Implicit && (l.Via == ViaRedirect || s.Refresh || s.DPoP) {
		errs = append(errs, errors.New("auth0.js (implicit) asks in an iframe, without refresh tokens and DPoP"))
	}
	if s.Session != SessionFresh && s.Session != SessionExpired {
		errs = append(errs, fmt.Errorf("session %q is neither fresh (empty) nor expired", s.Session))
	}
	if !s.Fault.known() {
		errs = append(errs, fmt.Errorf("no fault is called %q", s.Fault))
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("rehearse %q: %w", s.Path, err)
	}
	return l, nil
}

func (l *login) acsQuery() string {
	q := url.Values{"connection": {l.Connection}}
	if l.Organization != "" {
		q.Set("organization", l.Organization)
	}
	return q.Encode()
}

// scope is what the application asks for: what its SDK always asks for, and the API's.
func (l *login) scope() string {
	all := append([]string{"openid", "profile", "email"}, l.Scopes...)
	if l.Refresh {
		all = append(all, "offline_access")
	}
	return strings.Join(all, " ")
}

func (l *login) summary() Summary {
	return Summary{
		Domain: origin(l.domain), Connection: l.Connection, Organization: l.Organization, ClientID: l.ClientID,
		Audience: l.Audience, RedirectURI: cutURL(l.redirect), Via: l.Via,
		Session: l.Session, Implicit: l.Implicit, BlockedCookies: l.BlockThirdPartyCookies, Fault: l.Fault,
	}
}

// arrives reports whether the browser, sent to u, has reached a page of the application.
func (l *login) arrives(u *url.URL) bool {
	return samePage(u, l.redirect) || l.landing != nil && samePage(u, l.landing)
}

func samePage(a, b *url.URL) bool {
	return strings.EqualFold(a.Host, b.Host) && a.Scheme == b.Scheme && pagePath(a) == pagePath(b)
}

func pagePath(u *url.URL) string {
	if p := u.EscapedPath(); p != "" {
		return p
	}
	return "/"
}

// origin is the scheme and host of a URL, as browsers serialise them.
func origin(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }
