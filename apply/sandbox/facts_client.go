package sandbox

import "strings"

// Names of the client tables.
const (
	createClientBody = "create client"
	updateClientBody = "update client"
)

// maxURLs is how many URLs each list of a client holds (documented, auth0/docs pull request 6558).
const maxURLs = 100

// createClientFacts is what POST /clients accepts: the OpenAPI document of 2026-06-25, except where a comment says what
// was recorded instead.
func createClientFacts() []fact {
	return append(clientObjectFacts(), []fact{
		{is: "object", closed: true},
		{path: "name", is: "string", required: true, pattern: `^[^<>]+$`},
		{path: "description", is: "string", max: 140},
		{path: "logo_uri", is: "string", format: "absolute-uri-or-empty"},
		{path: "callbacks", is: "array", max: maxURLs},
		{path: "callbacks[]", is: "string", format: "callback-url"},
		{path: "allowed_origins", is: "array", max: maxURLs},
		{path: "allowed_origins[]", is: "string", format: "url-with-placeholders"},
		{path: "web_origins", is: "array", max: maxURLs},
		{path: "web_origins[]", is: "string", format: "url-with-placeholders"},
		{path: "client_aliases", is: "array"},
		{path: "client_aliases[]", is: "string", min: 1},
		{path: "allowed_clients", is: "array"},
		{path: "allowed_clients[]", is: "string", min: 1},
		{path: "allowed_logout_urls", is: "array", max: maxURLs},
		{path: "allowed_logout_urls[]", is: "string", format: "url-with-placeholders"},
		{path: "grant_types", is: "array"},
		{path: "grant_types[]", is: "string", min: 1},
		{path: "token_endpoint_auth_method", is: "string", enum: []string{"none", "client_secret_post", "client_secret_basic"}},
		{path: "is_token_endpoint_ip_header_trusted", is: "boolean"},
		{path: "app_type", is: "string", enum: []string{"native", "spa", "regular_web", "non_interactive", "resource_server", "express_configuration", "rms", "box", "cloudbees", "concur", "dropbox", "mscrm", "echosign", "egnyte", "newrelic", "office365", "salesforce", "sentry", "sharepoint", "slack", "springcm", "zendesk", "zoom", "sso_integration", "oag"}},
		{path: "is_first_party", is: "boolean"},
		{path: "oidc_conformant", is: "boolean"},
		{path: "sso", is: "boolean"},
		{path: "cross_origin_authentication", is: "boolean"},
		{path: "cross_origin_loc", is: "string", format: "url"},
		{path: "sso_disabled", is: "boolean"},
		{path: "custom_login_page_on", is: "boolean"},
		{path: "custom_login_page", is: "string", min: 1},
		{path: "custom_login_page_preview", is: "string", min: 1},
		{path: "form_template", is: "string", min: 1},
		{path: "addons", is: "object"},
		{path: "client_metadata", is: "object", max: 10},
		{path: "initiate_login_uri", is: "string", format: "absolute-https-uri-with-placeholders-or-empty"},
		{path: "require_pushed_authorization_requests", is: "boolean"},
		{path: "require_proof_of_possession", is: "boolean"},
		{path: "compliance_level", is: "string|null", enum: []string{"none", "fapi1_adv_pkj_par", "fapi1_adv_mtls_par", "fapi2_sp_pkj_mtls", "fapi2_sp_mtls_mtls"}},
		{path: "skip_non_verifiable_callback_uri_confirmation_prompt", is: "boolean"},
		{path: "par_request_expiry", is: "integer|null", min: 10, max: 600},
		{path: "resource_server_identifier", is: "string", min: 1, max: 600},
		{path: "third_party_security_mode", is: "string", enum: []string{"strict", "permissive"}},
		{path: "redirection_policy", is: "string", enum: []string{"allow_always", "open_redirect_protection"}},
		{path: "express_configuration", is: "object"},
		{path: "my_organization_configuration", is: "object"},
		{path: "async_approval_notification_channels", is: "array", min: 1},
		{path: "async_approval_notification_channels[]", is: "string", enum: []string{"guardian-push", "email"}},
		{path: "client_metadata.*", is: "string|null", max: 255}, // documented in prose
		{path: "client_secret", is: "string", min: 1},            // documented in prose for create
		{path: "cross_origin_auth", is: "boolean"},               // recorded: deploy-cli sent it until 2025-12
	}...)
}

// clientObjectFacts are the nested objects of a client. refresh_token's rotation_type and expiration_type are required
// by the document but were omitted with 201 in recordings, which fill them in.
func clientObjectFacts() []fact { //nolint:funlen // a table
	return []fact{
		{path: "oidc_logout", is: "object"},
		{path: "oidc_logout.backchannel_logout_urls", is: "array"},
		{path: "oidc_logout.backchannel_logout_urls[]", is: "string", format: "absolute-https-uri-with-placeholders-or-empty"},
		{path: "oidc_logout.backchannel_logout_initiators", is: "object"},
		{path: "oidc_logout.backchannel_logout_initiators.mode", is: "string", enum: []string{"custom", "all"}},
		{path: "oidc_logout.backchannel_logout_initiators.selected_initiators", is: "array"},
		{path: "oidc_logout.backchannel_logout_initiators.selected_initiators[]", is: "string", enum: []string{"rp-logout", "idp-logout", "password-changed", "session-expired", "session-revoked", "account-deleted", "email-identifier-changed", "mfa-phone-unenrolled", "account-deactivated"}},
		{path: "oidc_logout.backchannel_logout_session_metadata", is: "object|null"},
		{path: "oidc_logout.backchannel_logout_session_metadata.include", is: "boolean"},
		{path: "oidc_backchannel_logout", is: "object"},
		{path: "oidc_backchannel_logout.backchannel_logout_urls", is: "array"},
		{path: "oidc_backchannel_logout.backchannel_logout_urls[]", is: "string", format: "absolute-https-uri-with-placeholders-or-empty"},
		{path: "oidc_backchannel_logout.backchannel_logout_initiators", is: "object"},
		{path: "oidc_backchannel_logout.backchannel_logout_initiators.mode", is: "string", enum: []string{"custom", "all"}},
		{path: "oidc_backchannel_logout.backchannel_logout_initiators.selected_initiators", is: "array"},
		{path: "oidc_backchannel_logout.backchannel_logout_initiators.selected_initiators[]", is: "string", enum: []string{"rp-logout", "idp-logout", "password-changed", "session-expired", "session-revoked", "account-deleted", "email-identifier-changed", "mfa-phone-unenrolled", "account-deactivated"}},
		{path: "oidc_backchannel_logout.backchannel_logout_session_metadata", is: "object|null"},
		{path: "oidc_backchannel_logout.backchannel_logout_session_metadata.include", is: "boolean"},
		{path: "session_transfer", is: "object|null", closed: true},
		{path: "session_transfer.can_create_session_transfer_token", is: "boolean"},
		{path: "session_transfer.enforce_cascade_revocation", is: "boolean"},
		{path: "session_transfer.allowed_authentication_methods", is: "array|null"},
		{path: "session_transfer.allowed_authentication_methods[]", is: "string", enum: []string{"cookie", "query"}},
		{path: "session_transfer.enforce_device_binding", is: "string", enum: []string{"ip", "asn", "none"}},
		{path: "session_transfer.allow_refresh_token", is: "boolean"},
		{path: "session_transfer.enforce_online_refresh_tokens", is: "boolean"},
		{path: "session_transfer.delegation", is: "object|null", closed: true},
		{path: "session_transfer.delegation.allow_delegated_access", is: "boolean"},
		{path: "session_transfer.delegation.enforce_device_binding", is: "string", enum: []string{"ip", "asn"}},
		{path: "jwt_configuration", is: "object"},
		{path: "jwt_configuration.lifetime_in_seconds", is: "integer"},
		{path: "jwt_configuration.secret_encoded", is: "boolean"},
		{path: "jwt_configuration.scopes", is: "object"},
		{path: "jwt_configuration.alg", is: "string", enum: []string{"HS256", "RS256", "RS512", "PS256"}},
		{path: "encryption_key", is: "object|null"},
		{path: "encryption_key.pub", is: "string"},
		{path: "encryption_key.cert", is: "string"},
		{path: "encryption_key.subject", is: "string"},
		{path: "mobile", is: "object"},
		{path: "mobile.android", is: "object"},
		{path: "mobile.android.app_package_name", is: "string"},
		{path: "mobile.android.sha256_cert_fingerprints", is: "array", min: 1},
		{path: "mobile.android.sha256_cert_fingerprints[]", is: "string", min: 1},
		{path: "mobile.ios", is: "object"},
		{path: "mobile.ios.team_id", is: "string"},
		{path: "mobile.ios.app_bundle_identifier", is: "string"},
		{path: "native_social_login", is: "object", min: 1, closed: true},
		{path: "native_social_login.apple", is: "object", min: 1, closed: true},
		{path: "native_social_login.apple.enabled", is: "boolean"},
		{path: "native_social_login.facebook", is: "object", min: 1, closed: true},
		{path: "native_social_login.facebook.enabled", is: "boolean"},
		{path: "native_social_login.google", is: "object", min: 1, closed: true},
		{path: "native_social_login.google.enabled", is: "boolean"},
		{path: "fedcm_login", is: "object", min: 1},
		{path: "refresh_token", is: "object|null", closed: true},
		{path: "refresh_token.rotation_type", is: "string", enum: []string{"rotating", "non-rotating"}},
		{path: "refresh_token.expiration_type", is: "string", enum: []string{"expiring", "non-expiring"}},
		{path: "refresh_token.leeway", is: "integer", natural: true},
		{path: "refresh_token.token_lifetime", is: "integer", min: 1, max: 157788000},
		{path: "refresh_token.infinite_token_lifetime", is: "boolean"},
		{path: "refresh_token.idle_token_lifetime", is: "integer", min: 1},
		{path: "refresh_token.infinite_idle_token_lifetime", is: "boolean"},
		{path: "refresh_token.policies", is: "array|null", min: 1},
		{path: "refresh_token.policies[]", is: "object", closed: true},
		{path: "refresh_token.policies[].audience", is: "string", required: true, min: 1, max: 600},
		{path: "refresh_token.policies[].scope", is: "array", required: true},
		{path: "refresh_token.policies[].scope[]", is: "string", min: 1, max: 280},
		{path: "default_organization", is: "object|null", closed: true},
		{path: "default_organization.organization_id", is: "string", required: true, format: "organization-id"},
		{path: "default_organization.flows", is: "array", required: true},
		{path: "default_organization.flows[]", is: "string", enum: []string{"client_credentials"}},
		{path: "organization_usage", is: "string", enum: []string{"deny", "allow", "require"}},
		{path: "organization_require_behavior", is: "string", enum: []string{"no_prompt", "pre_login_prompt", "post_login_prompt"}},
		{path: "organization_discovery_methods", is: "array", min: 1},
		{path: "organization_discovery_methods[]", is: "string", enum: []string{"email", "organization_name"}},
		{path: "client_authentication_methods", is: "object", min: 1, max: 1, closed: true},
		{path: "client_authentication_methods.private_key_jwt", is: "object", closed: true},
		{path: "client_authentication_methods.private_key_jwt.credentials", is: "array", required: true},
		{path: "client_authentication_methods.tls_client_auth", is: "object", closed: true},
		{path: "client_authentication_methods.tls_client_auth.credentials", is: "array", required: true},
		{path: "client_authentication_methods.self_signed_tls_client_auth", is: "object", closed: true},
		{path: "client_authentication_methods.self_signed_tls_client_auth.credentials", is: "array", required: true},
		{path: "signed_request_object", is: "object", closed: true},
		{path: "signed_request_object.required", is: "boolean"},
		{path: "signed_request_object.credentials", is: "array"},
		{path: "token_vault_privileged_access", is: "object"},
		{path: "token_exchange", is: "object", closed: true},
		{path: "token_exchange.allow_any_profile_of_type", is: "array"},
		{path: "token_exchange.allow_any_profile_of_type[]", is: "string", min: 1, enum: []string{"custom_authentication", "on_behalf_of_token_exchange"}},
		{path: "token_quota", is: "object", closed: true},
		{path: "token_quota.client_credentials", is: "object", required: true, min: 1, closed: true},
		{path: "token_quota.client_credentials.enforce", is: "boolean"},
		{path: "token_quota.client_credentials.per_day", is: "integer", min: 1, max: 2147483647},
		{path: "token_quota.client_credentials.per_hour", is: "integer", min: 1, max: 2147483647},
	}
}

// updateClientFacts is what PATCH /clients/{id} accepts: the create table with nulls, and without what is immutable.
// third_party_security_mode is accepted by the document, but a recorded PATCH with it was refused.
func updateClientFacts() []fact {
	return append(without(createClientFacts(), "resource_server_identifier", "third_party_security_mode"), []fact{
		{is: "object", closed: true, min: 1},
		{path: "name", is: "string", pattern: `^[^<>]+$`},
		{path: "client_secret", is: "string", min: 1},
		{path: "cross_origin_loc", is: "string|null", format: "url-or-null"},
		{path: "token_endpoint_auth_method", is: "string|null", enum: []string{"none", "client_secret_post", "client_secret_basic"}},
		{path: "custom_login_page", is: "string"},
		{path: "custom_login_page_preview", is: "string"},
		{path: "token_quota", is: "object|null", closed: true},
		{path: "form_template", is: "string"},
		{path: "native_social_login", is: "object|null", min: 1, closed: true},
		{path: "native_social_login.apple", is: "object|null", min: 1, closed: true},
		{path: "native_social_login.facebook", is: "object|null", min: 1, closed: true},
		{path: "native_social_login.google", is: "object|null", min: 1, closed: true},
		{path: "fedcm_login", is: "object|null", min: 1},
		{path: "organization_usage", is: "string|null", enum: []string{"deny", "allow", "require"}},
		{path: "organization_require_behavior", is: "string|null", enum: []string{"no_prompt", "pre_login_prompt", "post_login_prompt"}},
		{path: "organization_discovery_methods", is: "array|null", min: 1},
		{path: "client_authentication_methods", is: "object|null", min: 1, max: 1, closed: true},
		{path: "skip_non_verifiable_callback_uri_confirmation_prompt", is: "boolean|null"},
		{path: "token_exchange", is: "object|null", closed: true},
		{path: "express_configuration", is: "object|null"},
		{path: "my_organization_configuration", is: "object|null"},
		{path: "async_approval_notification_channels", is: "array|null", min: 1},
		// Nulls that recorded PATCHes carried with 200.
		{path: "addons", is: "object|null"},
		{path: "oidc_logout", is: "object|null"},
		{path: "oidc_backchannel_logout", is: "object|null"},
		{path: "signed_request_object", is: "object|null", closed: true},
		{path: "token_vault_privileged_access", is: "object|null"},
	}...)
}

// without drops rows by path, with what hangs under them.
func without(rows []fact, paths ...string) []fact {
	var out []fact
	for _, f := range rows {
		drop := false
		for _, p := range paths {
			if f.path == p || strings.HasPrefix(f.path, p+".") || strings.HasPrefix(f.path, p+"[") {
				drop = true
			}
		}
		if !drop {
			out = append(out, f)
		}
	}
	return out
}
