package sandbox

// Names of the resource server and client grant tables.
const (
	createResourceServerBody = "create resource server"
	updateResourceServerBody = "update resource server"
	createGrantBody          = "create client grant"
	updateGrantBody          = "update client grant"
)

// createResourceServerFacts is what POST /resource-servers accepts (OpenAPI document of 2026-06-25).
func createResourceServerFacts() []fact {
	return []fact{
		{is: "object", closed: true},
		{path: "name", is: "string", max: 200, pattern: `^[^<>]+$`},
		{path: "identifier", is: "string", required: true, min: 1, max: 600},
		{path: "scopes", is: "array", max: 1000},
		{path: "scopes[]", is: "object", closed: true},
		{path: "scopes[].value", is: "string", required: true, min: 1, max: 280},
		{path: "scopes[].description", is: "string", max: 500},
		{path: "signing_alg", is: "string", enum: []string{"HS256", "RS256", "RS512", "PS256"}},
		{path: "signing_secret", is: "string", min: 16},
		{path: "allow_offline_access", is: "boolean"},
		{path: "allow_online_access", is: "boolean"},
		{path: "allow_online_access_with_ephemeral_sessions", is: "boolean"},
		{path: "token_lifetime", is: "integer", max: 2592000},
		{path: "token_dialect", is: "string", enum: []string{"access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"}},
		{path: "skip_consent_for_verifiable_first_party_clients", is: "boolean"},
		{path: "enforce_policies", is: "boolean"},
		{path: "token_encryption", is: "object|null", closed: true},
		{path: "token_encryption.format", is: "string", required: true, enum: []string{"compact-nested-jwe"}},
		{path: "token_encryption.encryption_key", is: "object", required: true, closed: true},
		{path: "token_encryption.encryption_key.name", is: "string", min: 1, max: 128},
		{path: "token_encryption.encryption_key.alg", is: "string", required: true, enum: []string{"RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"}},
		{path: "token_encryption.encryption_key.kid", is: "string", min: 1, max: 128},
		{path: "token_encryption.encryption_key.pem", is: "string", required: true, min: 1, max: 4096},
		{path: "consent_policy", is: "string|null", enum: []string{"transactional-authorization-with-mfa"}},
		{path: "authorization_details", is: "array|null"},
		{path: "authorization_details[]"},
		{path: "proof_of_possession", is: "object|null", closed: true},
		{path: "proof_of_possession.mechanism", is: "string", required: true, enum: []string{"mtls", "dpop"}},
		{path: "proof_of_possession.required", is: "boolean", required: true},
		{path: "proof_of_possession.required_for", is: "string", enum: []string{"public_clients", "all_clients"}},
		{path: "subject_type_authorization", is: "object", closed: true},
		{path: "subject_type_authorization.user", is: "object"},
		{path: "subject_type_authorization.user.policy", is: "string", enum: []string{"allow_all", "deny_all", "require_client_grant"}},
		{path: "subject_type_authorization.client", is: "object"},
		{path: "subject_type_authorization.client.policy", is: "string", enum: []string{"deny_all", "require_client_grant"}},
		{path: "authorization_policy", is: "object|null", closed: true},
		{path: "authorization_policy.policy_id", is: "string", required: true, min: 1, max: 1024},
		{path: "token_lifetime_for_web", is: "integer", max: 2592000}, // recorded: missing in the document's requests
	}
}

// updateResourceServerFacts is what PATCH accepts: never the identifier (recorded, auth0-java 224).
func updateResourceServerFacts() []fact {
	return without(createResourceServerFacts(), "identifier")
}

// createGrantFacts is what POST /client-grants accepts (OpenAPI document of 2026-06-25).
func createGrantFacts() []fact {
	return []fact{
		{is: "object", closed: true},
		{path: "client_id", is: "string"},
		{path: "audience", is: "string", required: true, min: 1},
		{path: "default_for", is: "string", enum: []string{"third_party_clients"}},
		{path: "organization_usage", is: "string", enum: []string{"deny", "allow", "require"}},
		{path: "allow_any_organization", is: "boolean"},
		{path: "scope", is: "array"},
		{path: "scope[]", is: "string", min: 1, max: 280},
		{path: "subject_type", is: "string", enum: []string{"client", "user"}},
		{path: "authorization_details_types", is: "array"},
		{path: "authorization_details_types[]", is: "string", min: 1, max: 255},
		{path: "allow_all_scopes", is: "boolean"},
	}
}

// updateGrantFacts is what PATCH /client-grants/{id} accepts: client_id and audience are immutable (recorded).
func updateGrantFacts() []fact {
	return []fact{
		{is: "object", closed: true, min: 1},
		{path: "scope", is: "array|null"},
		{path: "scope[]", is: "string", min: 1, max: 280},
		{path: "organization_usage", is: "string|null", enum: []string{"deny", "allow", "require"}},
		{path: "allow_any_organization", is: "boolean|null"},
		{path: "authorization_details_types", is: "array"},
		{path: "authorization_details_types[]", is: "string", min: 1, max: 255},
		{path: "allow_all_scopes", is: "boolean|null"},
	}
}
