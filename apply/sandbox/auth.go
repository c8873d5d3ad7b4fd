package sandbox

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// authenticate reads the bearer token of a request. Any token is accepted: the sandbox protects nothing. A JWT with a
// scope claim is limited to those scopes, so that least privilege can be tested.
func (s *Server) authenticate(r *http.Request) (scopes, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return nil, errUnauthenticated()
	}
	kind, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(kind, "Bearer") || token == "" || strings.ContainsAny(token, " ,") {
		return nil, errBearerFormat()
	}
	if sc, ok := jwtScopes(token); ok {
		return sc, nil
	}
	return s.opts.Scopes, nil
}

// jwtScopes is the scope claim of a JWT; ok is false for anything that is not a JWT with one.
func jwtScopes(token string) (scopes, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, false
	}
	v, err := decode(payload)
	if err != nil {
		return nil, false
	}
	claims, _ := v.(object)
	scope, ok := claims["scope"].(string)
	if !ok {
		return nil, false
	}
	return append(scopes{}, strings.Fields(scope)...), true
}
