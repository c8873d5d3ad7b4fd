package schema

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a rehearsal may expect the application to get.
const (
	TokenJWT    = "jwt"
	TokenOpaque = "opaque"
	TokenNone   = "none"
)

// Rehearsal says how a login along a path ends. It is a test kept beside the
// configuration: nothing on the tenant comes of it.
var Rehearsal = &Kind{
	Name: "rehearsal", Titled: true,
	Attrs: []Attr{
		{Name: "path", Type: Ref, Targets: []string{"silent_upgrade"}, Flags: Required | Local, Doc: "The silent_upgrade block whose login is rehearsed."},
		{Name: "connection", Type: Ref, Targets: []string{"saml_connection"}, Flags: Local, Doc: "Of the path's connections only this one; otherwise each has to do as expected."},
		{Name: "fault", Enum: faults(), Flags: Local, Doc: "How the identity provider misbehaves; tacit rehearse --help says what each does."},
		{Name: "session", Enum: []string{"expired"}, Flags: Local, Doc: "expired: the user comes back when the session has ended. The silent request has to answer login_required, and the visible login that follows has to work."},
		{Name: "third_party_cookies", Type: Bool, Flags: Local, Default: false, Doc: "The browser sends cookies from iframes to other sites, as Chrome does and Safari, Firefox and Brave do not."},
		{Name: "user.permissions", Type: Set, Flags: Local, Doc: "Permissions of the API that the user has, directly or through roles; all that the path asks for when unset. They count where the API enforces them."},
		{Name: "user.attributes", Type: Set, Flags: Local, Doc: "Names of the SAML attributes that the identity provider sends; all that the connection reads when unset."},
		{Name: "expect.token", Enum: []string{TokenJWT, TokenOpaque, TokenNone}, Flags: Local, Doc: "What the application gets for the API. Unless an error, a step or another token than jwt is expected, the login has to work to its end."},
		{Name: "expect.audience", Flags: Local, Check: identifier, Doc: "An audience of the token, such as api.orders.identifier."},
		{Name: "expect.scopes_contain", Type: Set, Flags: Local, Doc: "Scopes that the token grants."},
		{Name: "expect.scopes_lack", Type: Set, Flags: Local, Doc: "Scopes that the token does not grant."},
		{Name: "expect.landing", Flags: Local, Check: redirectURI, Doc: "Where the IdP-initiated login brings the browser; parameters that are not named may be there too."},
		{Name: "expect.error", Flags: Local, Check: errorCode, Doc: "The OAuth error that the login ends with. timeout: an iframe got no answer that it may read."},
		{Name: "expect.step", Enum: steps(), Flags: Local, Doc: "The step at which the login ends with an error."},
	},
	Doc: "How a login along a path ends; tacit rehearse runs it. Without an expectation of a failure the login has to work.",
}

// faults and steps are those of package apply/rehearse, which shares nothing
// with this one; a test of apply/stage compares them.
func faults() []string {
	return []string{
		"unsigned", "wrong-key", "borrowed-certificate", "tampered", "expired", "not-yet-valid", "other-audience", "other-recipient",
		"other-destination", "authentication-failed", "responder-error", "unknown-request", "replayed", "transient-nameid", "no-nameid",
		"no-attributes", "two-assertions", "no-assertion", "comment-in-nameid", "doctype", "external-entity", "entity-bomb", "huge",
		"wrap-1", "wrap-2", "wrap-3", "wrap-4", "wrap-5", "wrap-6", "wrap-7", "wrap-8",
	}
}

func steps() []string {
	return []string{"acs", "landing", "authorize", "idp", "callback", "token", "keys", "verify", "refresh"}
}

func errorCode(v any) error {
	s, _ := v.(string)
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("an OAuth error is a code such as login_required, not a sentence")
	}
	return nil
}

// maxTitle is the longest title that fits a line of a report.
const maxTitle = 100

// CheckTitle refuses what cannot stand as a title in a report, and in --only.
func CheckTitle(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("say in a few words what is expected")
	case utf8.RuneCountInString(s) > maxTitle:
		return errors.New("it has more than 100 characters")
	case strings.TrimSpace(s) != s || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("it begins or ends with a space, or holds characters that cannot be seen")
	default:
		return nil
	}
}
