package mgmt

import "strings"

// OwnClient is the client_id of the application whose token is in use, "" when
// the token does not say. It must never be deleted by its own token. Auth0 puts
// it into azp, and into sub with "@clients" behind it (Auth0 docs, access
// tokens of the client credentials grant).
func (t *Tenant) OwnClient() string {
	claims, _ := claimsOf(t.http.tokens.current())
	if id, ok := claims["azp"].(string); ok {
		return id
	}
	sub, _ := claims["sub"].(string)
	id, ok := strings.CutSuffix(sub, "@clients")
	if !ok {
		return ""
	}
	return id
}
