package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// tokenPath is the token end point of a tenant (documented).
const tokenPath = "/oauth/token" //nolint:gosec // a path, not a token

// tokenLifetime is what the Management API's tokens last (documented default, 24 hours).
const tokenLifetime = 86400

// grantTypeM2M is the only grant type served so far; the login flow brings the others.
const grantTypeM2M = "client_credentials"

// signer signs access tokens with an RSA key made when the first token is asked for: most in-process users never do.
type signer struct {
	once sync.Once
	key  *rsa.PrivateKey
	err  error
}

// sign makes a JWT of the claims, RS256 as Auth0's Management API tokens are.
func (k *signer) sign(claims object) (string, error) {
	k.once.Do(func() { k.key, k.err = rsa.GenerateKey(rand.Reader, 2048) })
	if k.err != nil {
		return "", fmt.Errorf("sandbox: token key: %w", k.err)
	}
	payload, err := encode(claims)
	if err != nil {
		return "", err
	}
	head := `{"alg":"RS256","typ":"JWT","kid":"sandbox"}`
	signed := base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(nil, k.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sandbox: sign token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// oauthError is a refusal of the token end point, whose shape is RFC 6749's, not the Management API's.
type oauthError struct {
	status            int
	code, description string
}

// serveToken answers POST /oauth/token: form or JSON body, credentials in the body, in a Basic header, or as a client
// assertion. Known clients must send their own secret; a client the tenant does not hold is let in, because a local
// tenant has nothing to protect and the caller's machine client is rarely seeded (assumed, Behaviours "token").
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.answer(w, nil, errNoRoute())
		return
	}
	body, oerr := s.grantToken(r)
	if oerr != nil {
		s.answer(w, &reply{status: oerr.status, body: object{"error": oerr.code, "error_description": oerr.description}}, nil)
		return
	}
	w.Header().Set("Cache-Control", "no-store") // RFC 6749 section 5.1
	s.answer(w, &reply{status: http.StatusOK, body: body}, nil)
}

func (s *Server) grantToken(r *http.Request) (object, *oauthError) {
	form, oerr := tokenForm(r)
	if oerr != nil {
		return nil, oerr
	}
	if gt := form.Get("grant_type"); gt != grantTypeM2M {
		if gt == "" {
			return nil, &oauthError{403, "invalid_request", "Missing required parameter: grant_type"}
		}
		return nil, &oauthError{403, "unsupported_grant_type", "Unsupported grant type: " + gt}
	}
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, pass, ok := r.BasicAuth(); ok {
		id, secret = unescaped(user), unescaped(pass)
	}
	assertion := form.Get("client_assertion")
	if id == "" && assertion != "" {
		id = assertionSubject(assertion)
	}
	if id == "" || (secret == "" && assertion == "") {
		return nil, &oauthError{401, "access_denied", "Unauthorized"}
	}
	if !s.knows(id, secret, assertion) {
		return nil, &oauthError{401, "access_denied", "Unauthorized"}
	}
	return s.issue(r, id, form)
}

// knows checks a secret against the client's own, when the tenant holds the client and its secret.
func (s *Server) knows(id, secret, assertion string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	own := text(s.tenant.clients.get(id), "client_secret")
	return own == "" || assertion != "" || secret == own
}

// issue makes the answer: every scope the caller asked for among those the sandbox grants.
func (s *Server) issue(r *http.Request, id string, form url.Values) (object, *oauthError) {
	domain := s.Domain()
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
	token, err := s.keys.sign(claims)
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
