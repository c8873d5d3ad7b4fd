package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// clientAttrs are the rows shared by spa_client and client, so that a rule
// reads both through the same handles. Defaults are those of POST /clients in
// recorded traffic (terraform-provider-auth0 test recordings, 2022-2026).
var clientAttrs = []Attr{
	{Name: "client_id", Flags: Identity | Immutable, Doc: "Finds an existing application by its client ID. Auth0 makes it."},
	{Name: "name", Flags: NeededToCreate, Check: noAngles, Doc: "Display name; not unique at Auth0, so tacit finds the application by its ownership mark first."},
	{Name: "description", Check: maxLen(140), Doc: "Free text, at most 140 characters."},
	{Name: "logo_uri", Doc: "Logo shown on login pages."},
	{Name: "app_type", Enum: []string{"spa", "native", "regular_web", "non_interactive"}, Implied: "spa", Doc: "Kind of application. Absent on creation unless sent."},
	{Name: "token_endpoint_auth_method", Enum: []string{"none", "client_secret_post", "client_secret_basic"}, Implied: "none", Doc: "How the application proves itself at /oauth/token; a SPA cannot keep a secret, so none."},
	{Name: "oidc_conformant", Type: Bool, Default: false, Implied: true, Doc: "The OIDC-conformant pipeline. The Management API creates clients with false."},
	{Name: "is_first_party", Type: Bool, Flags: Immutable, Default: true, Doc: "First-party applications can skip consent."},
	{Name: "jwt_configuration.alg", Enum: []string{"RS256", "HS256", "PS256"}, Implied: "RS256", Doc: "Signature of the ID token. Clients created through the API have none, which means HS256."},
	{Name: "jwt_configuration.lifetime_in_seconds", Type: Number, Default: json.Number("36000"), Doc: "Life of the ID token in seconds."},
	{Name: "grant_types", Type: Set, Implied: []any{"authorization_code"}, Default: []any{"authorization_code", "implicit", "refresh_token"}, Doc: "OAuth grants the application may use. implicit is added when the IdP-initiated answer needs it."},
	{Name: "callbacks", Type: List, Check: urls, Doc: "Allowed callback URLs, ordered: the first is where an IdP-initiated login without redirect_uri lands."},
	{Name: "allowed_logout_urls", Type: Set, Check: urls, Doc: "Where /v2/logout may send the user."},
	{Name: "web_origins", Type: Set, Check: origins, Doc: "Origins that may ask silently in an iframe (response_mode=web_message): scheme, host and port only."},
	{Name: "allowed_origins", Type: Set, Check: origins, Doc: "Origins allowed by CORS besides those of the callbacks."},
	{Name: "initiate_login_uri", Doc: "The application's own login route (https)."},
	{Name: "sso_disabled", Type: Bool, Default: false, Doc: "Ignore an existing session: every request asks for a login again."},
	{Name: "cross_origin_authentication", Type: Bool, Default: false, Doc: "Embedded password login; no part in the silent upgrade."},
	{Name: "require_pushed_authorization_requests", Type: Bool, Default: false, Doc: "Refuse /authorize without a pushed request; a SPA cannot push."},
	{Name: "require_proof_of_possession", Type: Bool, Default: false, Doc: "Refuse tokens without DPoP or mTLS."},
	{Name: "organization_usage", Enum: []string{"deny", "allow", "require"}, Doc: "Whether users log in through an organization."},
	{Name: "skip_non_verifiable_callback_uri_confirmation_prompt", Type: Bool, Doc: "Skip the confirmation for localhost and custom schemes. Three-valued: unset leaves it to the tenant."},
	{Name: "client_metadata.tacit", Flags: Internal, Doc: "The ownership mark."},
}

// SPAClient is a browser application: public, OIDC-conformant, RS256.
var SPAClient = &Kind{
	Name: "spa_client", Collection: Clients, IDAttr: "client_id", NaturalKey: "name", Attrs: clientAttrs,
	Whole: []string{"refresh_token"}, Meta: []string{"existing", "convert"},
	Doc: "A single-page application, created as the silent upgrade needs it.",
}

// Client is any application, looked up and never written.
var Client = &Kind{
	Name: "client", Collection: Clients, IDAttr: "client_id", NaturalKey: "name", Attrs: clientAttrs,
	ExistingOnly: true, Meta: []string{"existing"},
	Doc: "An application of any type that exists already; tacit never writes it.",
}

func noAngles(v any) error {
	if s, _ := v.(string); s == "" || strings.ContainsAny(s, "<>") {
		return errors.New("a name must not be empty and must not hold < or >")
	}
	return nil
}

func maxLen(n int) func(any) error {
	return func(v any) error {
		if s, _ := v.(string); utf8.RuneCountInString(s) > n {
			return fmt.Errorf("it has %d characters; Auth0 accepts at most %d", utf8.RuneCountInString(s), n)
		}
		return nil
	}
}

// maxURLs is the documented limit of each URL list of an application.
const maxURLs = 100

func urls(v any) error { return eachURL(v, checkURL) }

func origins(v any) error { return eachURL(v, checkOrigin) }

func eachURL(v any, check func(string) error) error {
	list, _ := v.([]any)
	if len(list) > maxURLs {
		return fmt.Errorf("it has %d entries; Auth0 accepts at most %d", len(list), maxURLs)
	}
	for _, e := range list {
		if s, ok := e.(string); ok {
			if err := check(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || (u.Host == "" && u.Opaque == "" && (u.Scheme == "http" || u.Scheme == "https")) {
		return fmt.Errorf("%q is not an absolute URL; write it with its scheme, such as https://app.example.com/callback", s)
	}
	if strings.ContainsAny(s, " \t\r\n") {
		return fmt.Errorf("%q holds white space; a callback is matched character by character", s)
	}
	return nil
}

func checkOrigin(s string) error {
	if err := checkURL(s); err != nil {
		return err
	}
	if u, _ := url.Parse(s); u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q has a path; an origin is scheme, host and port only: write %q", s, Origin(s))
	}
	return nil
}

// Origin returns scheme://host[:port] of a URL, "" when it has none.
func Origin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
