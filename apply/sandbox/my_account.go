package sandbox

// isMyAccount says whether an identifier is that of the My Account API, a system API that a tenant gets by creating it
// (recorded: TF TestAccResourceServer_ACR).
func isMyAccount(identifier, domain string) bool { return identifier == "https://"+domain+"/me/" }

// completeMyAccount makes of a created API the system API that it is: what was sent stays only where a system API may be
// changed, the rest is Auth0's own (recorded).
func completeMyAccount(o object) {
	for key, v := range map[string]any{
		"name": "Auth0 My Account API", "is_system": true, "allow_offline_access": true, "signing_alg": "RS256",
		"scopes": myAccountScopes(),
	} {
		o[key] = v
	}
	for key, v := range map[string]any{
		"skip_consent_for_verifiable_first_party_clients": true, "token_lifetime": number(600), "token_lifetime_for_web": number(600),
		"subject_type_authorization": object{"client": object{"policy": "deny_all"}, "user": object{"policy": "require_client_grant"}},
		"proof_of_possession":        object{"mechanism": "dpop", "required": false},
	} {
		setDefault(o, key, v)
	}
}

// firstMyAccountScopes is how many scopes the POST answer shows; the others are there from the next GET on (recorded).
const firstMyAccountScopes = 3

func myAccountScopes() []any {
	var out []any
	for _, sc := range [][2]string{
		{"create:me:connected_accounts", "Create Connected Accounts"},
		{"read:me:connected_accounts", "Read Connected Accounts"},
		{"delete:me:connected_accounts", "Delete Connected Accounts"},
		{"read:me:authentication_methods", "Read Authentication Methods"},
		{"delete:me:authentication_methods", "Delete Authentication Methods"},
		{"update:me:authentication_methods", "Update Authentication Methods"},
		{"read:me:factors", "Read Factors"},
		{"create:me:authentication_methods", "Create Authentication Methods"},
	} {
		out = append(out, object{"value": sc[0], "description": sc[1]})
	}
	return out
}
