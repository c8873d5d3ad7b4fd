package schema

import (
	"encoding/json"
	"errors"
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
	{Name: "organization_require_behavior", Enum: []string{"no_prompt", "pre_login_prompt", "post_login_prompt"}, Doc: "What is asked when organization_usage is require."},
	{Name: "organization_discovery_methods", Type: Set, Doc: "How the login page finds the user's organization: email, organization_name."},
	{Name: "default_organization", Type: JSON, Doc: "Organization and flows used without one in the request."},
	{Name: "compliance_level", Enum: []string{"none", "fapi1_adv_pkj_par", "fapi1_adv_mtls_par", "fapi2_sp_pkj_mtls", "fapi2_sp_mtls_mtls"}, Doc: "Financial-grade profile; every level needs a confidential client."},
	{Name: "refresh_token.rotation_type", Enum: []string{"rotating", "non-rotating"}, Default: "non-rotating", Doc: "Whether each use gives a new refresh token."},
	{Name: "refresh_token.expiration_type", Enum: []string{"expiring", "non-expiring"}, Default: "non-expiring", Doc: "Whether refresh tokens end."},
	{Name: "refresh_token.leeway", Type: Number, Default: json.Number("0"), Doc: "Seconds in which a used refresh token still works."},
	{Name: "refresh_token.token_lifetime", Type: Number, Default: json.Number("2592000"), Doc: "Life of a refresh token in seconds."},
	{Name: "refresh_token.idle_token_lifetime", Type: Number, Default: json.Number("1296000"), Doc: "Seconds after which an unused refresh token ends."},
	{Name: "refresh_token.infinite_token_lifetime", Type: Bool, Default: true, Doc: "Refresh tokens never end of age."},
	{Name: "refresh_token.infinite_idle_token_lifetime", Type: Bool, Default: true, Doc: "Refresh tokens never end of disuse."},
	{Name: "refresh_token.policies", Type: JSON, Doc: "Further audiences and scopes that one refresh token serves (MRRT)."},
	{Name: "jwt_configuration.secret_encoded", Type: Bool, Flags: Immutable, Default: false, Doc: "Whether the client secret is base64; fixed at creation."},
	{Name: "jwt_configuration.scopes", Type: JSON, Doc: "Legacy scope settings of the ID token."},
	{Name: "is_token_endpoint_ip_header_trusted", Type: Bool, Default: false, Doc: "Trust the auth0-forwarded-for header at the token end point."},
	{Name: "sso", Type: Bool, Doc: "Legacy single sign-on switch; counts only where the tenant's flags.enable_sso is false."},
	{Name: "allowed_clients", Type: Set, Doc: "Clients that may exchange tokens of this one (legacy delegation)."},
	{Name: "client_aliases", Type: Set, Doc: "Audiences and realms under which the client is also known (SAML and WS-Federation)."},
	{Name: "async_approval_notification_channels", Type: List, Doc: "How CIBA asks the user for approval, in order."},
	{Name: "cross_origin_loc", Doc: "Fallback page of cross-origin authentication."},
	{Name: "custom_login_page", Doc: "HTML of a classic login page."},
	{Name: "custom_login_page_preview", Doc: "HTML of a classic login page under work."},
	{Name: "custom_login_page_on", Type: Bool, Default: true, Doc: "Use the custom classic login page."},
	{Name: "form_template", Doc: "HTML of the WS-Federation form."},
	{Name: "par_request_expiry", Type: Number, Doc: "Life of a pushed authorization request in seconds, 10 to 600."},
	{Name: "redirection_policy", Enum: []string{"allow_always", "open_redirect_protection"}, Doc: "Whether errors are redirected to unregistered pages."},
	{Name: "third_party_security_mode", Flags: Immutable, Enum: []string{"strict", "permissive"}, Doc: "Rules for third-party applications; fixed at creation."},
	{Name: "addons", Type: JSON, Flags: Merged, Doc: "Settings of SAML, WS-Federation and cloud addons."},
	{Name: "mobile", Type: JSON, Flags: Merged, Doc: "Android and iOS settings."},
	{Name: "native_social_login", Type: JSON, Flags: Merged, Doc: "Native login with Apple, Facebook and Google."},
	{Name: "oidc_logout", Type: JSON, Doc: "Back-channel logout."},
	{Name: "session_transfer", Type: JSON, Flags: Merged, Doc: "Native to web session transfer."},
	{Name: "signed_request_object", Type: JSON, Doc: "JWT-secured authorization requests (JAR)."},
	{Name: "encryption_key", Type: JSON, Flags: Secret, Doc: "Key that encrypts SAML assertions for this client."},
	{Name: "fedcm_login", Type: JSON, Doc: "Federated Credential Management login."},
	{Name: "my_organization_configuration", Type: JSON, Doc: "What the My Organization API may do for this client."},
	{Name: "token_exchange", Type: JSON, Doc: "Custom token exchange profiles."},
	{Name: "token_quota", Type: JSON, Doc: "Machine-to-machine token quota."},
	{Name: "token_vault_privileged_access", Type: JSON, Doc: "Privileged access to the token vault."},
	{Name: "client_metadata", Type: JSON, Flags: Merged, Check: metadata, Doc: "Up to 10 strings of your own. The key tacit is the ownership mark and not yours."},
	{Name: "client_metadata.tacit", Flags: Internal, Doc: "The ownership mark."},
}

// metadata keeps the mark out of people's hands.
func metadata(v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return errors.New("write an object of strings: { key = \"value\" }")
	}
	if _, ok := m["tacit"]; ok {
		return errors.New("the key \"tacit\" holds tacit's ownership mark and cannot be set")
	}
	return nil
}
