package schema

// Tenant says which tenant a configuration is for. It declares, nothing is
// written from it.
var Tenant = &Kind{
	Name: "tenant", Unlabelled: true,
	Attrs: []Attr{
		{Name: "domain", Flags: Local, Check: host, Doc: "The canonical domain, such as example.eu.auth0.com; must agree with AUTH0_DOMAIN."},
		{Name: "login_domain", Flags: Local, Check: host, Doc: "The host that the SPA and the IdP use, when it is a custom domain."},
	},
	Doc: "The tenant that the configuration describes.",
}

// The ways in which a SPA asks for the upgraded token.
const (
	ViaIframe      = "iframe"
	ViaRedirect    = "redirect"
	ViaInteractive = "interactive"
)

// SilentUpgrade declares that users of connections, having landed in the
// client by an IdP-initiated login, get a token for the API.
var SilentUpgrade = &Kind{
	Name: "silent_upgrade",
	Attrs: []Attr{
		{Name: "connections", Type: Refs, Targets: []string{"saml_connection"}, Flags: Required | Local, Doc: "One connection, a list, or all instances of a block with for_each."},
		{Name: "client", Type: Ref, Targets: []string{"spa_client", "client"}, Flags: Required | Local, Doc: "The application that the user lands in."},
		{Name: "api", Type: Ref, Targets: []string{"api"}, Flags: Required | Local, Doc: "The API that the token is for."},
		{Name: "scopes", Type: Set, Flags: Local, Doc: "API scopes that the SPA asks for."},
		{Name: "via", Enum: []string{ViaIframe, ViaRedirect, ViaInteractive}, Flags: Local, Default: ViaIframe, Doc: "iframe: prompt=none with web_message. redirect: prompt=none at top level. interactive: a second, visible login."},
		{Name: "redirect_uri", Flags: Required | Local, Check: redirectURI, Doc: "What the SPA sends as redirect_uri with prompt=none."},
		{Name: "login_domain", Flags: Local, Check: host, Doc: "Overrides the tenant's login_domain for this upgrade."},
		{Name: "login_domains", Type: Set, Flags: Local, Check: hosts, Doc: "Further hosts that users log in at; each is a path of its own."},
		{Name: "organization", Type: Ref, Targets: []string{"organization"}, Flags: Local, Doc: "The organization that users log in to: both the IdP's ACS URL and the SPA name it."},
		{Name: "refresh", Type: Bool, Flags: Local, Default: false, Doc: "The SPA also asks for offline_access, to renew tokens by a rotating refresh token."},
		{Name: "dpop", Type: Bool, Flags: Local, Default: false, Doc: "The SPA binds its tokens to a key (DPoP)."},
	},
	Doc: "A path from SAML IdP-initiated login to an API token.",
}
