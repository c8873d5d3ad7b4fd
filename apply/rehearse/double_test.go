package rehearse

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

const (
	app     = "https://app.example.com"
	issuer  = "https://login.example.com/"
	orders  = "https://api.example.com/orders"
	decided = "X-Decided"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// sharedKey and sharedIDP are made once: generating keys is what takes time here.
var (
	sharedKey = sync.OnceValue(func() *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return k
	})
	sharedIDP = sync.OnceValue(func() *IDP {
		p, err := NewIDP(noon())
		if err != nil {
			panic(err)
		}
		return p
	})
)

// tenant is a small authorization server that is right unless a test bends it. It knows one connection, one client, one
// API, and any number of logins.
type tenant struct {
	mu       sync.Mutex
	sessions map[string]bool
	codes    map[string]url.Values // code -> the request
	refresh  map[string]url.Values

	secrets []string // all that it issued

	// What tests bend.
	acs       http.HandlerFunc
	authorize http.HandlerFunc
	token     http.HandlerFunc
	landing   string
	sameSite  http.SameSite
	noCORS    bool
	alg       jose.SignatureAlgorithm
	opaque    bool
	claims    func(access bool, claims map[string]any)
	keys      func(*jose.JSONWebKeySet)
	grade     string
}

func newTenant() *tenant {
	return &tenant{
		sessions: map[string]bool{}, codes: map[string]url.Values{}, refresh: map[string]url.Values{},
		landing: app + "/start-login?connection=acme#id_token=", sameSite: http.SameSiteNoneMode, alg: jose.RS256,
	}
}

// RoundTrip answers every host in process.
func (s *tenant) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), nil
}

func (s *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.grade != "" {
		w.Header().Add(decided, s.grade)
	}
	handler := map[string]http.HandlerFunc{
		"POST /login/callback": or(s.acs, s.serveACS), "GET /authorize": or(s.authorize, s.serveAuthorize),
		"POST /oauth/token": or(s.token, s.serveToken), "GET /.well-known/openid-configuration": s.serveDiscovery,
		"GET /keys": s.serveKeys,
	}[r.Method+" "+r.URL.Path]
	or(handler, http.NotFound)(w, r)
}

func or(h, fallback http.HandlerFunc) http.HandlerFunc {
	if h == nil {
		return fallback
	}
	return h
}

// secret makes a value that no trace may show.
func (s *tenant) secret(kind string) string {
	v := kind + "-" + rand.Text()
	s.secrets = append(s.secrets, v)
	return v
}

func (s *tenant) serveACS(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("connection") != "acme" || r.FormValue("SAMLResponse") == "" {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	session := s.secret("session")
	s.sessions[session] = true
	http.SetCookie(w, &http.Cookie{Name: "auth0", Value: session, Path: "/", Secure: true, HttpOnly: true, SameSite: s.sameSite})
	http.SetCookie(w, &http.Cookie{Name: "auth0_compat", Value: session, Path: "/", Secure: true, HttpOnly: true})
	to := s.landing
	if strings.HasSuffix(to, "id_token=") {
		to += s.sign(map[string]any{"iss": issuer, "aud": "spa", "sub": "samlp|acme|jane"})
	}
	if strings.HasSuffix(to, "access_token=") {
		to += s.secret("opaque")
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
}

func (s *tenant) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	answer := url.Values{"state": {q.Get("state")}}
	if s.session(r) {
		code := s.secret("code")
		s.codes[code] = q
		answer.Set("code", code)
	} else {
		answer.Set("error", "login_required")
		answer.Set("error_description", "Login required")
	}
	s.answer(w, r, q, answer)
}

func (s *tenant) session(r *http.Request) bool {
	for _, name := range []string{"auth0", "auth0_compat"} {
		if c, err := r.Cookie(name); err == nil && s.sessions[c.Value] {
			return true
		}
	}
	return false
}

func (s *tenant) answer(w http.ResponseWriter, r *http.Request, q, answer url.Values) {
	if q.Get("response_mode") != "web_message" {
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+answer.Encode(), http.StatusFound)
		return
	}
	flat := map[string]string{}
	for k := range answer {
		flat[k] = answer.Get(k)
	}
	writeMessage(w, origin(mustParse(q.Get("redirect_uri"))), flat)
}

func writeMessage(w http.ResponseWriter, target string, response map[string]string) {
	raw, _ := json.Marshal(response)
	_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html><head><title>Authorization Response</title></head><body><script type="text/javascript">
(function(window, document) {
  var targetOrigin = %q; // who may hear
  var authorizationResponse = {type: "authorization_response", response: %s};
  var mainWin = (window.opener) ? window.opener : window.parent;
  if (window.relay) { mainWin.postMessage({type: "relay_request"}, targetOrigin); } else { mainWin.postMessage(authorizationResponse, targetOrigin); }
})(this, this.document);</script></body></html>`, target, raw)
}

func (s *tenant) serveToken(w http.ResponseWriter, r *http.Request) {
	if !s.noCORS {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	}
	if r.Header.Get("Origin") == "" || len(r.Cookies()) > 0 {
		s.refuse(w, http.StatusForbidden, "bad_browser", "")
		return
	}
	q, ok := s.codes[r.FormValue("code")]
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case r.FormValue("grant_type") == "refresh_token":
		if q, ok = s.refresh[r.FormValue("refresh_token")]; !ok {
			s.refuse(w, http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token.")
			return
		}
	case !ok || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) || q.Get("redirect_uri") != r.FormValue("redirect_uri"):
		s.refuse(w, http.StatusForbidden, "invalid_grant", "Invalid authorization code "+r.FormValue("code"))
		return
	}
	delete(s.codes, r.FormValue("code"))
	delete(s.refresh, r.FormValue("refresh_token"))
	s.issue(w, q)
}

func (s *tenant) refuse(w http.ResponseWriter, status int, code, description string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": description})
}

func (s *tenant) issue(w http.ResponseWriter, q url.Values) {
	now := noon().Unix()
	access := map[string]any{"iss": issuer, "sub": "samlp|acme|jane", "aud": []string{q.Get("audience"), issuer + "userinfo"}, "azp": q.Get("client_id"),
		"iat": now, "exp": now + 86400, "scope": q.Get("scope")}
	id := map[string]any{"iss": issuer, "sub": "samlp|acme|jane", "aud": q.Get("client_id"), "iat": now, "exp": now + 36000, "nonce": q.Get("nonce")}
	if s.claims != nil {
		s.claims(true, access)
		s.claims(false, id)
	}
	answer := map[string]any{"access_token": s.sign(access), "id_token": s.sign(id), "token_type": "Bearer", "expires_in": 86400, "scope": q.Get("scope")}
	if s.opaque {
		answer["access_token"] = s.secret("eyJhbGciOiJkaXIi")
	}
	if slices.Contains(strings.Fields(q.Get("scope")), "offline_access") {
		token := s.secret("refresh")
		s.refresh[token] = q
		answer["refresh_token"] = token
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *tenant) sign(claims map[string]any) string {
	var key any = sharedKey()
	if strings.HasPrefix(string(s.alg), "HS") {
		key = []byte(strings.Repeat("k", 32))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: s.alg, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "one"))
	if err != nil {
		panic(err)
	}
	raw, _ := json.Marshal(claims)
	jws, err := signer.Sign(raw)
	if err != nil {
		panic(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		panic(err)
	}
	s.secrets = append(s.secrets, token, strings.Split(token, ".")[2])
	return token
}

func (s *tenant) serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(map[string]string{"issuer": issuer, "jwks_uri": issuer + "keys"})
}

func (s *tenant) serveKeys(w http.ResponseWriter, _ *http.Request) {
	set := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: sharedKey().Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}}
	if s.keys != nil {
		s.keys(set)
	}
	_ = json.NewEncoder(w).Encode(set)
}

// acme is a scenario that goes well with an unbent tenant.
func acme() Scenario {
	return Scenario{
		Path: "orders/acme", Domain: "https://login.example.com", Connection: "acme", EntityID: "urn:auth0:example:acme",
		Issuer: "https://idp.acme.test/", User: User{NameID: "jane", Attributes: []Attribute{{Name: "email", Values: []string{"jane@acme.test"}}}},
		ClientID: "spa", Landing: app + "/start-login?connection=acme", RedirectURI: app, Via: ViaIframe,
		Audience: orders, Scopes: []string{"read:orders"},
	}
}

func client(tb testing.TB, transport http.RoundTripper) *Client {
	tb.Helper()
	c, err := New(Options{Transport: transport, IDP: sharedIDP(), Now: noon, DecisionHeader: decided})
	require.NoError(tb, err)
	return c
}

// rehearse runs a scenario and holds what holds for every trace: nothing secret is in it.
func (s *tenant) rehearse(t *testing.T, sc Scenario) *Trace {
	t.Helper()
	trace, err := client(t, s).Run(t.Context(), sc)
	require.NoError(t, err)
	raw, err := json.Marshal(trace)
	require.NoError(t, err)
	for _, secret := range s.secrets {
		require.NotContains(t, string(raw), secret)
	}
	return trace
}

func mustParse(raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		panic(err)
	}
	return u
}

func deflate(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	require.NoError(t, err)
	_, err = w.Write([]byte(s))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// postForm is the HTTP-POST binding.
func postForm(w http.ResponseWriter, request string) {
	_, _ = fmt.Fprintf(w, `<html><body onload="document.forms[0].submit()"><form method="POST" action="https://idp.acme.test/sso">
<input type="hidden" name="SAMLRequest" value="%s"><input type="hidden" name="RelayState" value="relay-state-of-the-tenant"></form></body></html>`,
		base64.StdEncoding.EncodeToString([]byte(request)))
}
