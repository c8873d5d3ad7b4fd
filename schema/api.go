package schema

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// API is a resource server: what the upgraded token is for. Defaults are those
// of POST /resource-servers in recorded traffic (2025-2026).
var API = &Kind{
	Name: "api", Collection: ResourceServers, IDAttr: "id", NaturalKey: "identifier",
	Meta: []string{"existing", "convert", "scopes_exact", "prevent_destroy"},
	Attrs: []Attr{
		{Name: "name", Check: both(noAngles, maxLen(200)), Doc: "Display name, at most 200 characters."},
		{Name: "identifier", Flags: Required | Immutable, Check: identifier, Doc: "The audience, compared byte for byte with what the SPA sends, final slash included."},
		{Name: "scope", Path: "scopes", Type: Objects, Key: "value", Elem: []Attr{{Name: "description", Check: maxLen(500)}}, Check: scopes, Doc: "A permission of the API. Scopes on the tenant that no block names are left alone unless scopes_exact = true."},
		{Name: "signing_alg", Enum: []string{"HS256", "RS256", "RS512", "PS256"}, Default: "RS256", Implied: "RS256", Doc: "Signature of the access token."},
		{Name: "token_lifetime", Type: Number, Default: json.Number("86400"), Check: between(0, maxLifetime), Doc: "Life in seconds of a token got with a code."},
		{Name: "token_lifetime_for_web", Type: Number, Default: json.Number("7200"), Check: between(0, maxLifetime), Doc: "Life in seconds of a token got through the implicit or hybrid flow."},
		{Name: "skip_consent_for_verifiable_first_party_clients", Type: Bool, Default: false, Doc: "First-party applications need no consent. The API creates resource servers with false, and then prompt=none answers consent_required."},
		{Name: "allow_offline_access", Type: Bool, Default: false, Doc: "Hand out refresh tokens for this API."},
		{Name: "enforce_policies", Type: Bool, Default: false, Doc: "Role-based access control: scopes are cut down to the user's permissions."},
		{Name: "token_dialect", Enum: []string{"access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"}, Doc: "Format of the JWT."},
		{Name: "consent_policy", Enum: []string{"transactional-authorization-with-mfa"}, Doc: "Ask for consent and a second factor at each transaction. The usual behaviour has no name: reset it (Auth0's OpenAPI document)."},
		{Name: "subject_type_authorization.user.policy", Enum: []string{"allow_all", "deny_all", "require_client_grant"}, Default: "allow_all", Doc: "Which applications get tokens for users of this API."},
		{Name: "subject_type_authorization.client.policy", Enum: []string{"deny_all", "require_client_grant"}, Default: "require_client_grant", Doc: "Which applications get tokens for themselves."},
		{Name: "allow_online_access", Type: Bool, Doc: "Hand out online refresh tokens, which end with the session (beta)."},
		{Name: "allow_online_access_with_ephemeral_sessions", Type: Bool, Doc: "The same for ephemeral sessions."},
		{Name: "proof_of_possession.mechanism", Enum: []string{"dpop", "mtls"}, Doc: "How tokens are bound to a key; mtls shuts out public clients."},
		{Name: "proof_of_possession.required", Type: Bool, Doc: "Refuse tokens that are not bound to a key."},
		{Name: "proof_of_possession.required_for", Enum: []string{"public_clients", "all_clients"}, Doc: "Which clients must bind their tokens."},
		{Name: "authorization_details", Type: JSON, Doc: "Types of rich authorization requests."},
		{Name: "authorization_policy", Type: JSON, Doc: "The policy that decides about tokens for this API."},
		{Name: "token_encryption", Type: JSON, Flags: Secret, Kept: keptKey, Answered: []string{"encryption_key.thumbprint_sha256"}, Doc: "Encrypt access tokens: the API gets a JWE in place of a signed JWT. Write-only: the key comes back as a thumbprint."},
		{Name: "signing_secret", Flags: Secret, Check: minLen(16), Doc: "Key of HS256 tokens, at least 16 characters."},
	},
	Whole: []string{"subject_type_authorization", "proof_of_possession"},
	Doc:   "An API (resource server) that the SPA calls with the upgraded token.",
}

func identifier(v any) error {
	s, _ := v.(string)
	if n := utf8.RuneCountInString(s); n < 1 || n > 600 {
		return errors.New("an identifier has 1 to 600 characters")
	}
	return nil
}
