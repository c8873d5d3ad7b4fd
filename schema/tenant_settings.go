package schema

import (
	"encoding/json"
	"math/big"
)

// TenantSettingsKind are the settings of the tenant as a whole. PATCH merges
// the top level and flags; the pages are replaced (recorded traffic).
var TenantSettingsKind = &Kind{
	Name: "tenant_settings", Collection: TenantSettings, Unlabelled: true,
	Meta: []string{"existing"},
	Attrs: []Attr{
		{Name: "friendly_name", Doc: "Name of the tenant."},
		{Name: "picture_url", Check: endPoint(2048), Doc: "Logo of the tenant."},
		{Name: "support_email", Doc: "Address for users."},
		{Name: "support_url", Check: endPoint(2048), Doc: "Page for users."},
		{Name: "allowed_logout_urls", Type: Set, Check: urls, Doc: "Where /v2/logout without a client may send the user."},
		{Name: "session_lifetime", Type: Number, Doc: "Hours after which a session ends; may be a fraction."},
		{Name: "session_lifetime_in_minutes", Type: Number, ShownAt: "session_lifetime", FromShown: minutes, Doc: "The same in minutes."},
		{Name: "idle_session_lifetime", Type: Number, Doc: "Hours after which an unused session ends; may be a fraction."},
		{Name: "idle_session_lifetime_in_minutes", Type: Number, ShownAt: "idle_session_lifetime", FromShown: minutes, Doc: "The same in minutes."},
		{Name: "ephemeral_session_lifetime", Type: Number, Doc: "Hours after which a non-persistent session ends."},
		{Name: "ephemeral_session_lifetime_in_minutes", Type: Number, ShownAt: "ephemeral_session_lifetime", FromShown: minutes, Doc: "The same in minutes."},
		{Name: "idle_ephemeral_session_lifetime", Type: Number, Doc: "Hours after which an unused non-persistent session ends."},
		{Name: "idle_ephemeral_session_lifetime_in_minutes", Type: Number, ShownAt: "idle_ephemeral_session_lifetime", FromShown: minutes, Doc: "The same in minutes."},
		{Name: "session_cookie.mode", Enum: []string{"persistent", "non-persistent"}, Doc: "Whether the session survives the browser."},
		{Name: "sessions", Type: JSON, Doc: "Logout prompt settings."},
		{Name: "oidc_logout", Type: JSON, Doc: "RP-initiated logout."},
		{Name: "default_audience", Flags: EmptyIsAbsent, Doc: "API assumed when a request names none. It hides a missing audience in the SPA; leave it empty."},
		{Name: "default_directory", Flags: EmptyIsAbsent, Doc: "Connection of password grants."},
		{Name: "default_redirection_uri", Flags: EmptyIsAbsent, Doc: "Where users go when nothing else says."},
		{Name: "default_token_quota", Type: JSON, Doc: "Machine-to-machine token quota."},
		{Name: "sandbox_version", Doc: "Node.js version of extensions."},
		{Name: "legacy_sandbox_version", Doc: "Node.js version of legacy extensions."},
		{Name: "enabled_locales", Type: List, Doc: "Languages of the login pages; the first is the default."},
		{Name: "flags", Type: JSON, Flags: Merged, Doc: "Switches by name, such as { enable_sso = true }; those not given stay."},
		{Name: "change_password", Type: JSON, Doc: "The classic change-password page."},
		{Name: "guardian_mfa_page", Type: JSON, Doc: "The classic MFA page."},
		{Name: "error_page", Type: JSON, Doc: "The error page."},
		{Name: "device_flow", Type: JSON, Doc: "Device flow settings."},
		{Name: "security_headers", Type: JSON, Doc: "Security headers of the login pages."},
		{Name: "customize_mfa_in_postlogin_action", Type: Bool, Doc: "MFA is decided by post-login Actions."},
		{Name: "allow_organization_name_in_authentication_api", Type: Bool, Doc: "Requests may name an organization by its name."},
		{Name: "acr_values_supported", Type: Set, Doc: "Accepted acr values; others are refused when set."},
		{Name: "mtls", Type: JSON, Doc: "Mutual TLS end points."},
		{Name: "pushed_authorization_requests_supported", Type: Bool, Doc: "Clients may push authorization requests."},
		{Name: "authorization_response_iss_parameter_supported", Type: Bool, Doc: "Answers carry iss."},
		{Name: "skip_non_verifiable_callback_uri_confirmation_prompt", Type: Bool, Doc: "Skip the confirmation for localhost and custom schemes, for every application."},
		{Name: "resource_parameter_profile", Enum: []string{"audience", "compatibility"}, Doc: "Whether resource is understood beside audience."},
		{Name: "client_id_metadata_document_supported", Type: Bool, Doc: "Client IDs may be metadata URLs."},
		{Name: "enable_ai_guide", Type: Bool, Doc: "The dashboard's AI guide."},
		{Name: "phone_consolidated_experience", Type: Bool, Doc: "One phone provider for all flows."},
		{Name: "include_session_metadata_in_tenant_logs", Type: Bool, Doc: "Log session metadata."},
		{Name: "dynamic_client_registration_security_mode", Enum: []string{"strict", "permissive"}, Doc: "Rules for dynamically registered clients."},
		{Name: "country_codes", Type: JSON, Doc: "Country codes offered for phone numbers."},
	},
	Whole: []string{"change_password", "error_page", "guardian_mfa_page", "session_cookie"},
	Doc:   "Settings of the whole tenant. tacit never changes one that you do not name.",
}

// minutes reads hours, of which the tenant keeps fractions (recorded: 181
// minutes come back as 3.0166666666666666 hours, in no other member).
func minutes(hours any) any {
	n, ok := hours.(json.Number)
	r, isNumber := new(big.Rat).SetString(string(n))
	if !ok || !isNumber {
		return hours
	}
	return json.Number(r.Mul(r, big.NewRat(60, 1)).FloatString(0))
}

// CustomDomain is a host name of the tenant's own, looked up and never written.
var CustomDomain = &Kind{
	Name: "custom_domain", Collection: CustomDomains, IDAttr: "custom_domain_id", NaturalKey: "domain",
	ExistingOnly: true, Meta: []string{"existing"},
	Attrs: []Attr{
		{Name: "domain", Flags: Required, Check: host, Doc: "The host name."},
		{Name: "status", Enum: []string{"disabled", "pending", "pending_verification", "ready"}, Doc: "Must be ready for logins."},
		{Name: "type", Enum: []string{"auth0_managed_certs", "self_managed_certs"}, Doc: "Who manages the certificate."},
		{Name: "is_default", Type: Bool, Doc: "Used when a request names no domain."},
		{Name: "domain_metadata", Type: JSON, Doc: "Up to 10 texts that {custom_domain.metadata.KEY} in callbacks stands for."},
	},
	Doc: "A custom domain of the tenant.",
}
