package sandbox

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// tokenPath is the token end point of a tenant (documented).
const tokenPath = "/oauth/token" //nolint:gosec // a path, not a token

// tokenLifetime is what the Management API's tokens last (documented default, 24 hours).
const tokenLifetime = 86400

// grantTypeM2M is how machines get tokens.
const grantTypeM2M = "client_credentials"

// oauthError is a refusal of the token end point, whose shape is RFC 6749's, not the Management API's.
type oauthError struct {
	status            int
	code, description string
}

// machineToken answers a client_credentials request: credentials in the body, in a Basic header, or as a client
// assertion. Known clients must send their own secret; a client the tenant does not hold is let in, because a local
// tenant has nothing to protect and the caller's machine client is rarely seeded (assumed, Behaviours "token").
func (s *Server) machineToken(r *http.Request, form url.Values) (object, *oauthError) {
	id, secret := credentials(r, form)
	assertion := form.Get("client_assertion")
	if id == "" && assertion != "" {
		id = assertionSubject(assertion)
	}
	if id == "" || (secret == "" && assertion == "") {
		return nil, errUnauthorizedClient()
	}
	if !s.knows(id, secret, assertion) {
		return nil, errUnauthorizedClient()
	}
	return s.issue(r, id, form)
}

// credentials are the client's id and secret, from a Basic header or the body.
func credentials(r *http.Request, form url.Values) (id, secret string) {
	if user, pass, ok := r.BasicAuth(); ok {
		return unescaped(user), unescaped(pass)
	}
	return form.Get("client_id"), form.Get("client_secret")
}

// errUnauthorizedClient is the refusal of a client that did not prove itself (public reports, auth0-spa-js issue 488).
func errUnauthorizedClient() *oauthError {
	return &oauthError{http.StatusUnauthorized, "access_denied", "Unauthorized"}
}

// knows checks a secret against the client's own, when the tenant holds the client and its secret. The caller holds the
// lock.
func (s *Server) knows(id, secret, assertion string) bool {
	own := text(s.tenant.clients.get(id), "client_secret")
	return own == "" || assertion != "" || secret == own
}

// issue makes the answer: every scope the caller asked for among those the sandbox grants.
func (s *Server) issue(r *http.Request, id string, form url.Values) (object, *oauthError) {
	domain := s.domain()
	audience := form.Get("audience")
	if audience == "" {
		audience = systemIdentifier(domain)
	}
	granted := s.opts.Scopes
	if granted == nil {
		granted = allScopes(s.routes)
	}
	if asked := strings.Fields(form.Get("scope")); len(asked) > 0 {
		granted = slices.DeleteFunc(slices.Clone(granted), func(sc string) bool { return !slices.Contains(asked, sc) })
	}
	now := s.opts.Now().Unix()
	claims := object{
		"iss": "https://" + domain + "/", "sub": id + "@clients", "aud": audience, "iat": now, "exp": now + tokenLifetime,
		"scope": strings.Join(granted, " "), "gty": "client-credentials", "azp": id,
	}
	token, err := s.keys.sign(claims, jose.RS256, "JWT")
	if err != nil {
		return nil, &oauthError{500, "server_error", err.Error()}
	}
	if err := r.Context().Err(); err != nil {
		return nil, &oauthError{500, "server_error", err.Error()}
	}
	return object{
		"access_token": token, "token_type": "Bearer", "expires_in": tokenLifetime, "scope": strings.Join(granted, " "),
	}, nil
}

// tokenForm reads the parameters of a token request from a form or a JSON object.
func tokenForm(r *http.Request) (url.Values, *oauthError) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
		if err := r.ParseForm(); err != nil {
			return nil, &oauthError{400, "invalid_request", "The form cannot be parsed"}
		}
		return r.PostForm, nil
	}
	v, err := readBody(r)
	body, ok := v.(object)
	if err != nil || !ok {
		return nil, &oauthError{400, "invalid_request", "The body is not a JSON object"}
	}
	form := url.Values{}
	for k := range body {
		form.Set(k, text(body, k))
	}
	return form, nil
}

// unescaped undoes the form encoding that RFC 6749 prescribes for Basic credentials and Go's oauth2 applies.
func unescaped(v string) string {
	if plain, err := url.QueryUnescape(v); err == nil {
		return plain
	}
	return v
}

// assertionSubject is the client a private_key_jwt assertion speaks for (RFC 7523: sub is the client_id).
func assertionSubject(assertion string) string {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	v, err := decode(payload)
	if err != nil {
		return ""
	}
	claims, _ := v.(object)
	return text(claims, "sub")
}

// allScopes is every scope that some operation asks for, plus those that widen what an operation does.
func allScopes(routes []route) []string {
	all := []string{scopeReadOptions, scopeUpdateOptions}
	for _, rt := range routes {
		for _, group := range rt.scopes {
			all = append(all, group...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
