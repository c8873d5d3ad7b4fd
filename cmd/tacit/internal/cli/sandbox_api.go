package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// refusedToken is why the example API does not serve a request, in the terms of RFC 6750, section 3.1.
type refusedToken struct {
	status      int
	code        string
	description string
}

func (e *refusedToken) Error() string { return e.code + ": " + e.description }

func invalidToken(format string, args ...any) *refusedToken {
	return &refusedToken{http.StatusUnauthorized, "invalid_token", fmt.Sprintf(format, args...)}
}

// accessClaims are the claims of an access token that the API looks at.
type accessClaims struct {
	jwt.Claims
	Scope string `json:"scope"`
}

// api is the example API: it trusts nothing but the token, and says what it sees.
func (n *neighbors) api() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", n.url(appHost))
		w.Header().Set("Access-Control-Allow-Headers", "Authorization")
		w.Header().Set("Vary", "Origin")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		claims, err := n.admit(r)
		var refused *refusedToken
		switch {
		case errors.As(err, &refused):
			w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer error=%q", refused.code))
			writeJSON(w, refused.status, map[string]string{"error": refused.code, "error_description": refused.description})
		case err != nil:
			writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "server_error", "error_description": err.Error()})
		default:
			writeJSON(w, http.StatusOK, map[string]any{"orders": []string{"10 reams of paper", "1 stapler"}, "for": claims.Subject})
		}
	})
}

// admit checks the token of a request: a JWT, signed by the tenant, for this API, now, with all of its scopes.
func (n *neighbors) admit(r *http.Request) (*accessClaims, error) {
	t, err := n.look()
	if err != nil {
		return nil, err
	}
	api := t.api()
	if api == nil {
		return nil, errors.New("the tenant has no API")
	}
	raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, invalidToken("the request carries no access token")
	}
	claims, err := n.verify(r.Context(), raw)
	if err != nil {
		return nil, err
	}
	if err := claims.Validate(jwt.Expected{AnyAudience: jwt.Audience{api.Identifier}, Time: n.now()}); err != nil {
		return nil, invalidToken("%s: this API is %s, the token is for %s", strings.TrimPrefix(err.Error(), "go-jose/go-jose/jwt: "),
			api.Identifier, strings.Join(claims.Audience, " and "))
	}
	granted := strings.Fields(claims.Scope)
	for _, s := range api.Scopes {
		if !slices.Contains(granted, s.Value) {
			return nil, &refusedToken{http.StatusForbidden, "insufficient_scope", fmt.Sprintf("the token does not carry the scope %s", s.Value)}
		}
	}
	return claims, nil
}

// verify reads the token and checks its signature with the keys of the domain that issued it.
func (n *neighbors) verify(ctx context.Context, raw string) (*accessClaims, error) {
	if parts := strings.Count(raw, ".") + 1; parts != 3 {
		return nil, invalidToken("jwt malformed: an opaque token of %d part(s), which only Auth0 can read", parts)
	}
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, invalidToken("invalid algorithm: this API wants a JWT signed with RS256 (%v)", err)
	}
	var claims accessClaims
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil { // only to learn whose keys to fetch
		return nil, invalidToken("jwt malformed: %v", err)
	}
	if !slices.Contains([]string{n.url(loginHost) + "/", "https://" + n.bound() + "/"}, claims.Issuer) {
		return nil, invalidToken("the issuer %s is none that this API trusts", claims.Issuer)
	}
	keys, err := n.keys(ctx, claims.Issuer)
	if err != nil {
		return nil, err
	}
	if err := token.Claims(keys, &claims); err != nil {
		return nil, invalidToken("invalid signature: %v", err)
	}
	return &claims, nil
}

// keys fetches the tenant's keys, as APIs do.
func (n *neighbors) keys(ctx context.Context, issuer string) (*jose.JSONWebKeySet, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, issuer+".well-known/jwks.json", http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Transport: n.tenant.Transport()}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch the keys of %s: %w", issuer, err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is written: a failed close loses nothing
	var keys jose.JSONWebKeySet
	if err := json.NewDecoder(resp.Body).Decode(&keys); err != nil {
		return nil, fmt.Errorf("read the keys of %s: %w", issuer, err)
	}
	return &keys, nil
}
