package sandbox

// Names of the organization tables.
const (
	createOrganizationBody    = "create organization"
	updateOrganizationBody    = "update organization"
	addEnabledConnectionBody  = "add enabled connection"
	updateEnabledBody         = "update enabled connection"
	addOrgConnectionBody      = "add organization connection"
	updateOrgConnectionBody   = "update organization connection"
	addOrgGrantBody           = "add organization client grant"
	organizationNamePattern   = `^[a-z0-9][a-z0-9_-]*$` // documented in words: lower case, digits, - and _, no sign first
	orgConnectionNamePattern  = "^[^\x00]*$"
	maxTokenQuota             = 2147483647
	maxOrganizationMetadata   = 25
	maxOrganizationConnection = 50
)

// createOrganizationFacts is what POST /organizations accepts (OpenAPI document of 2026-06-25, and the two members that
// recorded answers show since 2026-08).
func createOrganizationFacts() []fact {
	return []fact{
		{is: "object", closed: true},
		{path: "name", is: "string", required: true, min: 1, max: 50, format: "organization-name"},
		{path: "display_name", is: "string", min: 1, max: 255},
		{path: "branding", is: "object", closed: true},
		{path: "branding.logo_url", is: "string|null", format: "strict-https-uri-or-null"},
		{path: "branding.colors", is: "object", closed: true},
		{path: "branding.colors.primary", is: "string", required: true, format: "html-color"},
		{path: "branding.colors.page_background", is: "string", required: true, format: "html-color"},
		{path: "metadata", is: "object", max: maxOrganizationMetadata},
		{path: "metadata.*", is: "string|null", max: 255},
		{path: "enabled_connections", is: "array"},
		{path: "enabled_connections[]", is: "object", closed: true},
		{path: "enabled_connections[].connection_id", is: "string", required: true},
		{path: "enabled_connections[].assign_membership_on_login", is: "boolean"},
		{path: "enabled_connections[].show_as_button", is: "boolean"},
		{path: "enabled_connections[].is_signup_enabled", is: "boolean"},
		{path: "token_quota", is: "object", closed: true},
		{path: "token_quota.client_credentials", is: "object", required: true, min: 1, closed: true},
		{path: "token_quota.client_credentials.enforce", is: "boolean"},
		{path: "token_quota.client_credentials.per_day", is: "integer", min: 1, max: maxTokenQuota},
		{path: "token_quota.client_credentials.per_hour", is: "integer", min: 1, max: maxTokenQuota},
		{path: "third_party_client_access", is: "string", enum: []string{"allow", "block"}}, // go-auth0 v3.0.0; "block" recorded
		{path: "is_app_entitlement_active", is: "boolean"},
	}
}

// updateOrganizationFacts is what PATCH /organizations/{id} accepts.
func updateOrganizationFacts() []fact {
	return append(without(createOrganizationFacts(), "enabled_connections"), []fact{
		{path: "name", is: "string", min: 1, max: 50, format: "organization-name"},
		{path: "token_quota", is: "object|null", closed: true},
	}...)
}

// addEnabledConnectionFacts is what POST /organizations/{id}/enabled_connections accepts.
func addEnabledConnectionFacts() []fact {
	return append(updateEnabledFacts(), fact{path: "connection_id", is: "string", required: true, format: "connection-id"})
}

// updateEnabledFacts is what PATCH of an enabled connection accepts.
func updateEnabledFacts() []fact {
	return []fact{
		{is: "object", closed: true},
		{path: "assign_membership_on_login", is: "boolean"},
		{path: "is_signup_enabled", is: "boolean"},
		{path: "show_as_button", is: "boolean"},
	}
}

// addOrgConnectionFacts is what POST /organizations/{id}/connections accepts.
func addOrgConnectionFacts() []fact {
	return append(updateOrgConnectionFacts(), fact{
		path: "connection_id", is: "string", required: true, min: 1, max: maxOrganizationConnection, format: "connection-id",
	})
}

// updateOrgConnectionFacts is what PATCH of a connection of an organization accepts.
func updateOrgConnectionFacts() []fact {
	return append(updateEnabledFacts(), []fact{
		{path: "is_enabled", is: "boolean"},
		{path: "organization_access_level", is: "string", enum: []string{"none", "readonly", "limited", "full"}},
		{path: "organization_connection_name", is: "string", min: 1, max: maxOrganizationConnection, pattern: orgConnectionNamePattern},
	}...)
}

// addOrgGrantFacts is what POST /organizations/{id}/client-grants accepts.
func addOrgGrantFacts() []fact {
	return []fact{
		{is: "object", closed: true},
		{path: "grant_id", is: "string", required: true, format: "client-grant-id"},
	}
}
