package sandbox

import "fmt"

// updateSettingsBody names the tenant settings table.
const updateSettingsBody = "update tenant settings"

// updateSettingsFacts is what PATCH /tenants/settings accepts: the OpenAPI document of 2026-06-25 and what recorded
// requests carried beyond it. Session lifetimes in hours may be fractional (recorded 0.0833) though documented as
// integers from 1.
func updateSettingsFacts() []fact { //nolint:funlen // a table
	return append(settingsFlagFacts(), []fact{
		{is: "object", closed: true, min: 1},
		{path: "change_password", is: "object|null", closed: true},
		{path: "change_password.enabled", is: "boolean"},
		{path: "change_password.html", is: "string"},
		{path: "device_flow", is: "object|null", closed: true},
		{path: "device_flow.charset", is: "string", enum: []string{"base20", "digits"}},
		{path: "device_flow.mask", is: "string", max: 20},
		{path: "guardian_mfa_page", is: "object|null", closed: true},
		{path: "guardian_mfa_page.enabled", is: "boolean"},
		{path: "guardian_mfa_page.html", is: "string"},
		{path: "default_audience", is: "string"},
		{path: "default_directory", is: "string"},
		{path: "error_page", is: "object|null", closed: true},
		{path: "error_page.html", is: "string"},
		{path: "error_page.show_log_link", is: "boolean"},
		{path: "error_page.url", is: "string", format: "absolute-uri-or-empty"},
		{path: "default_token_quota", is: "object|null", min: 1},
		{path: "friendly_name", is: "string"},
		{path: "picture_url", is: "string", format: "absolute-uri-or-empty"},
		{path: "support_email", is: "string", format: "email-or-empty"},
		{path: "support_url", is: "string", format: "absolute-uri-or-empty"},
		{path: "allowed_logout_urls", is: "array"},
		{path: "allowed_logout_urls[]", is: "string", format: "url-with-placeholders"},
		{path: "session_lifetime", is: "number", min: 1},
		{path: "session_lifetime_in_minutes", is: "integer", min: 1},
		{path: "idle_session_lifetime", is: "number", min: 1},
		{path: "idle_session_lifetime_in_minutes", is: "integer", min: 1},
		{path: "ephemeral_session_lifetime", is: "number", min: 1},
		{path: "idle_ephemeral_session_lifetime", is: "number", min: 1},
		{path: "ephemeral_session_lifetime_in_minutes", is: "integer", min: 1},
		{path: "idle_ephemeral_session_lifetime_in_minutes", is: "integer", min: 1},
		{path: "sandbox_version", is: "string", max: 8},
		{path: "legacy_sandbox_version", is: "string", max: 8},
		{path: "default_redirection_uri", is: "string", format: "absolute-https-uri-or-empty"},
		{path: "enabled_locales", is: "array", min: 1},
		{path: "enabled_locales[]", is: "string", enum: []string{"am", "ar", "ar-EG", "ar-SA", "az", "bg", "bn", "bs", "ca-ES", "cnr", "cs", "cy", "da", "de", "el", "en", "en-CA", "es", "es-419", "es-AR", "es-MX", "et", "eu-ES", "fa", "fi", "fr", "fr-CA", "fr-FR", "gl-ES", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "kn", "ko", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "nb", "nl", "nn", "no", "pa", "pl", "pt", "pt-BR", "pt-PT", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zgh", "zh-CN", "zh-HK", "zh-MO", "zh-TW"}},
		{path: "security_headers", is: "object|null"},
		{path: "session_cookie", is: "object|null", closed: true},
		{path: "session_cookie.mode", is: "string", required: true, enum: []string{"persistent", "non-persistent"}},
		{path: "sessions", is: "object|null", closed: true},
		{path: "sessions.oidc_logout_prompt_enabled", is: "boolean"},
		{path: "oidc_logout", is: "object", closed: true},
		{path: "oidc_logout.rp_logout_end_session_endpoint_discovery", is: "boolean"},
		{path: "customize_mfa_in_postlogin_action", is: "boolean|null"},
		{path: "allow_organization_name_in_authentication_api", is: "boolean|null"},
		{path: "acr_values_supported", is: "array|null"},
		{path: "acr_values_supported[]", is: "string", format: "acr"},
		{path: "mtls", is: "object|null", closed: true},
		{path: "mtls.enable_endpoint_aliases", is: "boolean"},
		{path: "pushed_authorization_requests_supported", is: "boolean|null"},
		{path: "authorization_response_iss_parameter_supported", is: "boolean|null"},
		{path: "skip_non_verifiable_callback_uri_confirmation_prompt", is: "boolean|null"},
		{path: "resource_parameter_profile", is: "string", enum: []string{"audience", "compatibility"}},
		{path: "client_id_metadata_document_supported", is: "boolean"},
		{path: "enable_ai_guide", is: "boolean"},
		{path: "phone_consolidated_experience", is: "boolean"},
		{path: "include_session_metadata_in_tenant_logs", is: "boolean"},
		{path: "dynamic_client_registration_security_mode", is: "string", enum: []string{"strict", "permissive"}},
		{path: "country_codes", is: "object|null", closed: true},
		{path: "country_codes.list", is: "array"},
		{path: "country_codes.list[]", is: "string", min: 2, max: 2, pattern: `^[A-Z]{2}$`},
		{path: "country_codes.mode", is: "string", enum: []string{"allow", "deny"}},
		{path: "universal_login", is: "object|null"}, // recorded: deploy-cli
	}...)
}

// settingsFlagFacts are the documented flags and the ones that recorded requests carried.
func settingsFlagFacts() []fact {
	return []fact{
		{path: "flags", is: "object", closed: true},
		{path: "flags.change_pwd_flow_v1", is: "boolean"},
		{path: "flags.enable_apis_section", is: "boolean"},
		{path: "flags.disable_impersonation", is: "boolean"},
		{path: "flags.enable_client_connections", is: "boolean"},
		{path: "flags.enable_pipeline2", is: "boolean"},
		{path: "flags.allow_legacy_delegation_grant_types", is: "boolean"},
		{path: "flags.allow_legacy_ro_grant_types", is: "boolean"},
		{path: "flags.allow_legacy_tokeninfo_endpoint", is: "boolean"},
		{path: "flags.enable_legacy_profile", is: "boolean"},
		{path: "flags.enable_idtoken_api2", is: "boolean"},
		{path: "flags.enable_public_signup_user_exists_error", is: "boolean"},
		{path: "flags.enable_sso", is: "boolean"},
		{path: "flags.allow_changing_enable_sso", is: "boolean"},
		{path: "flags.disable_clickjack_protection_headers", is: "boolean"},
		{path: "flags.no_disclose_enterprise_connections", is: "boolean"},
		{path: "flags.enforce_client_authentication_on_passwordless_start", is: "boolean"},
		{path: "flags.enable_adfs_waad_email_verification", is: "boolean"},
		{path: "flags.revoke_refresh_token_grant", is: "boolean"},
		{path: "flags.dashboard_log_streams_next", is: "boolean"},
		{path: "flags.dashboard_insights_view", is: "boolean"},
		{path: "flags.disable_fields_map_fix", is: "boolean"},
		{path: "flags.mfa_show_factor_list_on_enrollment", is: "boolean"},
		{path: "flags.remove_alg_from_jwks", is: "boolean"},
		{path: "flags.improved_signup_bot_detection_in_classic", is: "boolean"},
		{path: "flags.genai_trial", is: "boolean"},
		{path: "flags.enable_dynamic_client_registration", is: "boolean"},
		{path: "flags.disable_management_api_sms_obfuscation", is: "boolean"},
		{path: "flags.trust_azure_adfs_email_verified_connection_property", is: "boolean"},
		{path: "flags.custom_domains_provisioning", is: "boolean"},
		{path: "flags.use_scope_descriptions_for_consent", is: "boolean"}, // recorded
	}
}

// newSchemas compiles the tables of all request bodies.
func newSchemas() (schemas, error) {
	out := schemas{}
	for name, rows := range map[string][]fact{
		createClientBody: createClientFacts(), updateClientBody: updateClientFacts(),
		createConnectionBody: createConnectionFacts(), updateConnectionBody: updateConnectionFacts(),
		updateMembersBody: updateMembersFacts(), samlOptionsBody: samlOptionsFacts(),
		createResourceServerBody: createResourceServerFacts(), updateResourceServerBody: updateResourceServerFacts(),
		createGrantBody: createGrantFacts(), updateGrantBody: updateGrantFacts(),
		updateSettingsBody: updateSettingsFacts(), setPoliciesBody: setPoliciesFacts(),
		createOrganizationBody: createOrganizationFacts(), updateOrganizationBody: updateOrganizationFacts(),
		addEnabledConnectionBody: addEnabledConnectionFacts(), updateEnabledBody: updateEnabledFacts(),
		addOrgConnectionBody: addOrgConnectionFacts(), updateOrgConnectionBody: updateOrgConnectionFacts(),
		addOrgGrantBody: addOrgGrantFacts(),
	} {
		n, err := compile(withDescriptions(name, rows))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = n
	}
	return out, nil
}
