package sandbox

import "strings"

// reason explains why the document and the sandbox part at a path and below it.
type reason struct {
	operation string // its beginning, "" for all
	path      string // the beginning of the path, or all of it before a final $
	verdict   string // ours
	message   string // a part of our refusal
	why       string
}

func reasons() []reason { //nolint:funlen // a table
	const (
		loose    = "tacit leaves what is inside to Auth0, so a wrong member passes here"
		prose    = "the limit is in the document's prose, or in Auth0's entity limits"
		fraction = "answers hold fractions of hours (recorded: deploy-cli 2026-08), so these are taken too"
		derived  = "the value is read, not only held against a schema"
	)
	out := []reason{
		{"", "", "refused", "for format", "the document names a format and does not say what it takes; messages.go does"},
		{"PATCH ", "", "refused", "but found type null", "the document at hand takes null for every member of a PATCH, since recordings show it for some; here only those take it"},
		{"", "refresh_token$", "accepted", "", "its two required members were left out with 201 (recorded: GO EnabledClients)"},
		{"POST /clients", "client_secret$", "accepted", "", "the document speaks of it in prose alone"},
		{"POST /clients", "client_metadata$", "refused", "client_metadata.", "values are texts: " + prose},
		{"PATCH /clients/ID", "client_metadata$", "refused", "client_metadata.", "values are texts: " + prose},
		{"PATCH /clients/ID", "third_party_security_mode$", "refused", "Additional properties", "a recorded PATCH was refused"},
		{"", "callbacks$", "refused", "Array is too long", prose},
		{"", "web_origins$", "refused", "Array is too long", prose},
		{"", "allowed_origins$", "refused", "Array is too long", prose},
		{"", "allowed_logout_urls$", "refused", "Array is too long", prose},
		{"", "realms$", "refused", "Array is too long", prose},
		{"PATCH /connections/ID/clients", "$", "refused", "Array is too long", "larger bodies are refused (TF issue 1321); " + prose},
		{"POST /client-grants", "", "refused", "Missing required property", "one of scope and allow_all_scopes is needed, and a client or default_for (recorded: TF TestAccClientGrant)"},
		{"PATCH /client-grants/ID", "", "refused", "Missing required property", "one of scope and allow_all_scopes is needed (recorded: TF TestAccClientGrant)"},
		{"", "is_signup_enabled$", "refused", "Only database connections", "recorded: TF TestAccOrganizationConnection"},
		{"", "branding.logo_url$", "accepted", "", "the format is called strict-https-uri-or-null"},
		{"PATCH /tenants/settings", "universal_login", "accepted", "", "recorded: deploy-cli 2026-08"},
		{"", "third_party_client_access$", "accepted", "", "newer than the document (recorded: deploy-cli 2026-08)"},
		{"PATCH /connections/ID options", "signingCert$", "refused", "X509", derived},
		{"PATCH /connections/ID options", "metadata", "refused", "cannot be read", derived},
		{"PATCH /connections/ID options", "decryptionKey$", "refused", "Too few properties", "an object without a key decrypts nothing; a limit of text and object at once"},
		{"PATCH /connections/ID options", "domain_aliases$", "refused", "Payload content length", "so many are over a megabyte, the documented limit of a body"},
		{"PATCH /tenants/settings", "session_lifetime$", "accepted", "", fraction},
		{"PATCH /tenants/settings", "idle_session_lifetime$", "accepted", "", fraction},
		{"PATCH /tenants/settings", "ephemeral_session_lifetime$", "accepted", "", fraction},
		{"PATCH /tenants/settings", "idle_ephemeral_session_lifetime$", "accepted", "", fraction},
		{"PATCH /connections/ID options", "$", "accepted", "", "options may be null in a PATCH (recorded)"},
		{"PATCH /connections/ID options", "idpinitiated.client_protocol$", "accepted", "", "Auth0's guides write oauth2, its API schema oidc"},
	}
	for _, path := range []string{
		"addons", "express_configuration", "fedcm_login", "my_organization_configuration", "token_vault_privileged_access",
		"signed_request_object.credentials", "client_authentication_methods.private_key_jwt.credentials", "default_token_quota", "security_headers",
	} {
		out = append(out, reason{"", path, "accepted", "", loose})
	}
	return out
}

func reasonFor(d disagreement, message string) *reason {
	for _, r := range reasons() {
		path, exact := strings.CutSuffix(r.path, "$")
		here := d.path == path || !exact && strings.HasPrefix(d.path, path)
		if here && strings.HasPrefix(d.operation, r.operation) && d.verdict == r.verdict && strings.Contains(message, r.message) {
			return &r
		}
	}
	return nil
}
