package rehearse_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/sandbox"
)

type object = map[string]any

const (
	app    = "https://app.example.com"
	orders = "https://api.example.com/orders"
	email  = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

var idp = sync.OnceValue(func() *rehearse.IDP {
	p, err := rehearse.NewIDP(noon())
	if err != nil {
		panic(err)
	}
	return p
})

// seed is a tenant that is ready for the silent upgrade.
type seed struct{ client, options, api, root object }

func ready() *seed {
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: idp().Certificate().Raw})
	return &seed{
		client: object{
			"client_id": "spa", "name": "Portal", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
			"is_first_party": true, "jwt_configuration": object{"alg": "RS256"}, "web_origins": []any{app},
			"grant_types": []any{"authorization_code", "implicit", "refresh_token"}, "callbacks": []any{app + "/start-login", app},
		},
		options: object{
			"signingCert": base64.StdEncoding.EncodeToString(cert), "signInEndpoint": "https://idp.acme.test/sso",
			"idpinitiated": object{"enabled": true, "client_id": "spa", "client_protocol": "oauth2",
				"client_authorizequery": "response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme"},
		},
		api: object{
			"id": "rs", "identifier": orders, "name": "Orders", "signing_alg": "RS256", "token_lifetime": 600, "allow_offline_access": true,
			"skip_consent_for_verifiable_first_party_clients": true, "scopes": []any{object{"value": "read:orders"}},
		},
		root: object{"custom_domains": []any{object{"custom_domain_id": "cd_1", "domain": "login.example.com", "status": "ready"}}},
	}
}

func (s *seed) tenant(tb testing.TB) *rehearse.Client {
	tb.Helper()
	return s.bent(tb, nil)
}

func (s *seed) bent(tb testing.TB, bend func(*http.Request, *reply)) *rehearse.Client {
	tb.Helper()
	s.root["clients"] = []any{s.client}
	s.root["connections"] = []any{object{"id": "con_acme", "name": "acme", "strategy": "samlp", "options": s.options}}
	if s.root["connection_clients"] == nil {
		s.root["connection_clients"] = object{"con_acme": []any{object{"client_id": "spa"}}}
	}
	s.root["resource_servers"] = []any{s.api}
	raw, err := json.Marshal(s.root)
	require.NoError(tb, err)
	server, err := sandbox.New(sandbox.Options{Domains: []string{"example.eu.auth0.com", "login.example.com"}, Now: noon})
	require.NoError(tb, err)
	require.NoError(tb, server.Load(raw))
	c, err := rehearse.New(rehearse.Options{Transport: bent{server.Transport(), bend}, IDP: idp(), Now: noon, DecisionHeader: sandbox.DecisionHeader})
	require.NoError(tb, err)
	return c
}

func acme() rehearse.Scenario {
	return rehearse.Scenario{
		Path: "orders/acme", Domain: "https://login.example.com", Connection: "acme", EntityID: "urn:auth0:example:acme",
		Issuer: "https://idp.acme.test/", User: rehearse.User{NameID: "jane", Attributes: []rehearse.Attribute{{Name: email, Values: []string{"jane@acme.test"}}}},
		ClientID: "spa", Landing: app + "/start-login?connection=acme", RedirectURI: app, Audience: orders, Scopes: []string{"read:orders"},
	}
}

func run(t *testing.T, s *seed, sc rehearse.Scenario) *rehearse.Trace {
	t.Helper()
	tr, err := s.tenant(t).Run(t.Context(), sc)
	require.NoError(t, err)
	return tr
}

// explain is a trace for the log of a failing test.
func explain(tr *rehearse.Trace) string {
	raw, _ := json.MarshalIndent(tr, "", " ")
	return string(raw)
}

func TestSandboxGreen(t *testing.T) {
	for _, via := range []rehearse.Via{rehearse.ViaIframe, rehearse.ViaRedirect, rehearse.ViaInteractive} {
		for _, blocked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, blocked %v", via, blocked), func(t *testing.T) {
				sc := acme()
				sc.Via, sc.BlockThirdPartyCookies, sc.Refresh = via, blocked, true
				tr := run(t, ready(), sc)
				require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
				assert.Equal(t, "samlp|acme|jane", tr.Access.Claims["sub"])
				assert.Equal(t, "https://login.example.com/", tr.Access.Claims["iss"])
				assert.True(t, tr.Renewed.Verified)
				assert.NotEmpty(t, tr.Hops[0].Decisions)
			})
		}
	}
}

func TestSandboxLandings(t *testing.T) {
	for query, answer := range map[string]string{
		"response_type=id_token":              "fragment",
		"response_type=token%20id_token":      "fragment",
		"response_type=code":                  "query",
		"response_type=id_token&scope=openid": "fragment",
	} {
		s := ready()
		s.options["idpinitiated"].(object)["client_authorizequery"] = query + "&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme"
		tr := run(t, s, acme())
		require.Equal(t, rehearse.Passed, tr.Outcome, "%s: %s", query, explain(tr))
		assert.Equal(t, answer, tr.Landing.Answer, query)
		if strings.Contains(query, "token%20") {
			assert.Equal(t, rehearse.Encrypted, tr.Landing.Access.Kind)
		}
	}
}

// TestSandboxSecondLeg: where there is no session, the interactive login goes through the IdP again.
func TestSandboxSecondLeg(t *testing.T) {
	sc := acme()
	sc.Via, sc.ACS = rehearse.ViaInteractive, "https://example.eu.auth0.com/login/callback?connection=acme"
	tr := run(t, ready(), sc)
	require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
	var steps []rehearse.Step
	for i := range tr.Hops {
		steps = append(steps, tr.Hops[i].Step)
	}
	assert.Equal(t, []rehearse.Step{"acs", "authorize", "idp", "token", "keys", "keys"}, steps)
}

// TestSandboxBroken: the prerequisites that the reference lists, one by one.
func TestSandboxBroken(t *testing.T) {
	for name, c := range map[string]struct {
		bend func(*seed, *rehearse.Scenario)
		step rehearse.Step
		code string
		text string
	}{
		"not enabled":          {bend: func(s *seed, _ *rehearse.Scenario) { s.options["idpinitiated"].(object)["enabled"] = false }, step: rehearse.StepACS, code: "invalid_request", text: "not enabled for connection 'acme'"},
		"lands with SAML":      {bend: func(s *seed, _ *rehearse.Scenario) { s.options["idpinitiated"].(object)["client_protocol"] = "samlp" }, step: rehearse.StepLanding, text: "a SAML response"},
		"lands with WS-Fed":    {bend: func(s *seed, _ *rehearse.Scenario) { s.options["idpinitiated"].(object)["client_protocol"] = "wsfed" }, step: rehearse.StepLanding, text: "a WS-Federation response"},
		"connection disabled":  {bend: func(s *seed, _ *rehearse.Scenario) { s.root["connection_clients"] = object{} }, step: rehearse.StepACS, code: "invalid_request", text: "connection disabled"},
		"no web origin":        {bend: func(s *seed, _ *rehearse.Scenario) { s.client["web_origins"] = []any{} }, step: rehearse.StepAuthorize, code: "timeout", text: "does not have a registered origin"},
		"no callback, iframe":  {bend: func(s *seed, _ *rehearse.Scenario) { s.client["callbacks"] = []any{app + "/start-login"} }, step: rehearse.StepAuthorize, code: "timeout", text: "Callback URL mismatch"},
		"no callback, landing": {bend: func(s *seed, _ *rehearse.Scenario) { s.client["callbacks"] = []any{app} }, step: rehearse.StepACS, code: "unauthorized_client", text: "Callback URL mismatch"},
		"no grant type":        {bend: func(s *seed, _ *rehearse.Scenario) { s.client["grant_types"] = []any{"implicit"} }, step: rehearse.StepAuthorize, code: "unauthorized_client", text: "authorization_code"},
		"consent":              {bend: func(s *seed, _ *rehearse.Scenario) { s.api["skip_consent_for_verifiable_first_party_clients"] = false }, step: rehearse.StepAuthorize, code: "consent_required", text: "Consent required"},
		"unknown audience":     {bend: func(_ *seed, sc *rehearse.Scenario) { sc.Audience = "https://x" }, step: rehearse.StepAuthorize, code: "access_denied", text: "Service not found: https://x"},
		"no audience":          {bend: func(_ *seed, sc *rehearse.Scenario) { sc.Audience, sc.Scopes = "", nil }, step: rehearse.StepVerify, code: "opaque_token"},
		"method post": {bend: func(s *seed, _ *rehearse.Scenario) {
			s.client["token_endpoint_auth_method"] = "client_secret_post"
			s.client["client_secret"] = strings.Repeat("s", 64)
		}, step: rehearse.StepToken, code: "access_denied", text: "Unauthorized"},
		"HS256 ID token": {bend: func(s *seed, _ *rehearse.Scenario) {
			s.client["jwt_configuration"] = object{"alg": "HS256"}
			s.client["client_secret"] = strings.Repeat("s", 64)
		}, step: rehearse.StepVerify, text: `"HS256" is not supported`},
		"HS256 API": {bend: func(s *seed, _ *rehearse.Scenario) {
			s.api["signing_alg"] = "HS256"
			s.api["signing_secret"] = strings.Repeat("s", 64)
		}, step: rehearse.StepVerify, code: "invalid_token", text: "HS256"},
		"canonical and custom": {bend: func(_ *seed, sc *rehearse.Scenario) {
			sc.ACS = "https://example.eu.auth0.com/login/callback?connection=acme"
		}, step: rehearse.StepAuthorize, code: "login_required"},
		"third-party cookies": {bend: func(_ *seed, sc *rehearse.Scenario) {
			sc.Domain, sc.BlockThirdPartyCookies = "https://example.eu.auth0.com", true
		}, step: rehearse.StepAuthorize, code: "login_required"},
		"no offline access":  {bend: func(s *seed, sc *rehearse.Scenario) { sc.Refresh = true; s.api["allow_offline_access"] = false }, step: rehearse.StepRefresh, code: "missing_refresh_token"},
		"scope that is none": {bend: func(_ *seed, sc *rehearse.Scenario) { sc.Scopes = []string{"read:orders", "drop:orders"} }, step: rehearse.StepVerify, code: "insufficient_scope", text: "drop:orders"},
		"lands elsewhere":    {bend: func(_ *seed, sc *rehearse.Scenario) { sc.Landing = app + "/other" }, step: rehearse.StepLanding, text: "/start-login"},
	} {
		t.Run(name, func(t *testing.T) {
			s, sc := ready(), acme()
			c.bend(s, &sc)
			tr := run(t, s, sc)
			require.Equal(t, rehearse.Failed, tr.Outcome, explain(tr))
			assert.Equal(t, c.step, tr.Stopped.Step)
			assert.Equal(t, c.code, tr.Stopped.Code)
			assert.Contains(t, tr.Stopped.Description+" "+tr.Stopped.Message, c.text)
		})
	}
}

// TestSandboxFaults: an IdP that misbehaves is refused at the door, or vouches for nobody else than it should.
func TestSandboxFaults(t *testing.T) {
	accepted := map[rehearse.Fault]string{
		rehearse.UnknownRequest: "samlp|acme|jane", rehearse.NoAttributes: "samlp|acme|jane", rehearse.CommentInNameID: "samlp|acme|jane",
		rehearse.TransientNameID: "samlp|acme|_",
	}
	for _, f := range rehearse.Faults() {
		t.Run(string(f), func(t *testing.T) {
			sc := acme()
			sc.Fault = f
			if f == rehearse.Wrap1 || f == rehearse.Wrap2 {
				sc.Signed = rehearse.SignedResponse
			}
			tr := run(t, ready(), sc)
			if sub, ok := accepted[f]; ok {
				require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
				assert.Contains(t, tr.Access.Claims["sub"], sub)
				return
			}
			require.Equal(t, rehearse.Failed, tr.Outcome, explain(tr))
			assert.Equal(t, rehearse.StepACS, tr.Stopped.Step)
			assert.NotEmpty(t, tr.Stopped.Description)
		})
	}
}

func BenchmarkSandbox(b *testing.B) {
	all := make([]rehearse.Scenario, 500)
	for i := range all {
		all[i] = acme()
	}
	c := ready().tenant(b)
	for b.Loop() {
		traces, err := c.RunAll(b.Context(), all)
		require.NoError(b, err)
		require.Equal(b, rehearse.Passed, traces[499].Outcome)
	}
}
