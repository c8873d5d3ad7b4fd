package sandbox

// descriptions are Auth0's own words about members, which its validation messages repeat in brackets (documented, OpenAPI
// document of 2026-06-25). Members without a row give messages without brackets, as some recorded ones are.
func descriptions(table string) map[string]string {
	switch table {
	case createClientBody, updateClientBody:
		return map[string]string{ //nolint:gosec // descriptions, not credentials
			"name":                "Name of this client (min length: 1 character, does not allow `<` or `>`).",
			"description":         "Free text description of this client (max length: 140 characters).",
			"callbacks":           "Comma-separated list of URLs whitelisted for Auth0 to use as a callback to the client after authentication.",
			"allowed_logout_urls": "Comma-separated list of URLs that are valid to redirect to after logout from Auth0. Wildcards are allowed for subdomains.",
			"app_type":            "The type of application this client represents",
			"refresh_token":       "Refresh token configuration",
			"jwt_configuration":   "Configuration related to JWTs for the client.",
			"addons":              "Addons enabled for this client and their associated configurations.",
			"is_first_party":      "Whether this client a first party client or not",
			"logo_uri":            "URL of the logo to display for this client. Recommended size is 150x150 pixels.",
		}
	case createConnectionBody, updateConnectionBody:
		return map[string]string{
			"name":            "The name of the connection. Must start and end with an alphanumeric character and can only contain alphanumeric characters and '-'. Max length 128",
			"display_name":    "Connection name used in the new universal login experience",
			"strategy":        "The identity provider identifier for the connection",
			"options":         "The connection's options (depend on the connection strategy)",
			"enabled_clients": "Use of this property is NOT RECOMMENDED. Use the PATCH /v2/connections/{id}/clients endpoint to enable the connection for a set of clients.",
		}
	case createResourceServerBody, updateResourceServerBody:
		return map[string]string{
			"name":                 "Friendly name for this resource server. Can not contain `<` or `>` characters.",
			"identifier":           "Unique identifier for the API used as the audience parameter on authorization calls. Can not be changed once set.",
			"scopes":               "List of permissions (scopes) that this API uses.",
			"token_lifetime":       "Expiration value (in seconds) for access tokens issued for this API from the token endpoint.",
			"allow_offline_access": "Whether refresh tokens can be issued for this API (true) or not (false).",
		}
	case createOrganizationBody, updateOrganizationBody:
		return map[string]string{
			"name":         "The name of this organization.",
			"display_name": "Friendly name of this organization.",
		}
	case addEnabledConnectionBody:
		return map[string]string{"connection_id": "Single connection ID to add to the organization."}
	case addOrgConnectionBody:
		return map[string]string{"connection_id": "Connection identifier."}
	case addOrgGrantBody:
		return map[string]string{"grant_id": "A Client Grant ID to add to the organization."}
	case createGrantBody, updateGrantBody:
		return map[string]string{
			"client_id":    "ID of the client.",
			"audience":     "The audience (API identifier) of this client grant",
			"scope":        "Scopes allowed for this client grant.",
			"subject_type": "The type of application access the client grant allows.",
		}
	}
	return nil
}

// withDescriptions copies a table's rows with their descriptions.
func withDescriptions(table string, rows []fact) []fact {
	words := descriptions(table)
	out := make([]fact, len(rows))
	for i, f := range rows {
		out[i] = f
		if f.desc == "" {
			out[i].desc = words[f.path]
		}
	}
	return out
}
