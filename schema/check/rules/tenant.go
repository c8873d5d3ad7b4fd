package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// What rules read of the tenant as a whole, of its custom domains and of its
// organizations.
var (
	defaultAudience   = schema.Use[string](schema.TenantSettingsKind, "default_audience")
	enableSSO         = schema.Use[bool](schema.TenantSettingsKind, "flags.enable_sso")
	enableConnections = schema.Use[bool](schema.TenantSettingsKind, "flags.enable_client_connections")
	requirePushed     = schema.Use[bool](schema.TenantSettingsKind, "flags.require_pushed_authorization_requests")
	cookieMode        = schema.Use[string](schema.TenantSettingsKind, "session_cookie.mode")
	skipForAll        = schema.Use[bool](schema.TenantSettingsKind, "skip_non_verifiable_callback_uri_confirmation_prompt")
	mfaInAction       = schema.Use[bool](schema.TenantSettingsKind, "customize_mfa_in_postlogin_action")
	organizationNames = schema.Use[bool](schema.TenantSettingsKind, "allow_organization_name_in_authentication_api")
	legacySSO         = schema.Use[bool](schema.SPAClient, "sso")

	mfaPolicies = schema.Use[[]string](schema.MFAPolicies, "policies")

	domainStatus   = schema.Use[string](schema.CustomDomain, "status")
	domainMetadata = schema.Use[map[string]any](schema.CustomDomain, "domain_metadata")

	memberConnection = schema.Use[string](schema.OrganizationConnection, "connection")
	assignMembership = schema.Use[bool](schema.OrganizationConnection, "assign_membership_on_login")
)

// silently are the severities of what prompt=none runs into and a second,
// visible login gets past.
func silently(s schema.Severity) check.Severities {
	return check.Severities{schema.ViaIframe: s, schema.ViaRedirect: s, schema.ViaInteractive: schema.Info}
}
