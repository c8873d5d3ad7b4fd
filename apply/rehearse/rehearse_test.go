package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func steps(tr *Trace) []string {
	var out []string
	for _, h := range tr.Hops {
		out = append(out, fmt.Sprintf("%s %s %d", h.Step, h.Method, h.Status))
	}
	return out
}

func TestALoginThatWorks(t *testing.T) {
	for _, via := range []Via{ViaIframe, ViaRedirect, ViaInteractive} {
		t.Run(string(via), func(t *testing.T) {
			s := newTenant()
			s.grade = "acs-landing; grade=documented; outcome=passed"
			sc := acme()
			sc.Via = via
			tr := s.rehearse(t, sc)
			require.Equal(t, Passed, tr.Outcome, "%+v", tr.Stopped)
			assert.Nil(t, tr.Stopped)
			want := []string{"acs POST 302", "authorize GET 302", "token POST 200", "keys GET 200", "keys GET 200"}
			if via == ViaIframe {
				want[1] = "authorize GET 200"
			}
			assert.Equal(t, want, steps(tr))
			assert.Equal(t, app+"/start-login?connection=acme#id_token=…", tr.Landing.URL)
			assert.Equal(t, "fragment", tr.Landing.Answer)
			assert.Equal(t, &ScopeSet{Asked: []string{"read:orders"}, Granted: []string{"openid", "profile", "email", "read:orders"}}, tr.Scopes)
			assert.True(t, tr.Access.Verified)
			assert.True(t, tr.ID.Verified)
			assert.Equal(t, "samlp|acme|jane", tr.Access.Claims["sub"])
			assert.Equal(t, json.Number("1795435200"), tr.Access.Claims["exp"])
			assert.Equal(t, []Decision{{ID: "acs-landing", Grade: "documented", Outcome: "passed"}}, tr.Hops[0].Decisions)
			assert.Equal(t, []string{"auth0"}, tr.Hops[1].Sent[:1])
		})
	}
}

func TestTraceOfAHop(t *testing.T) {
	tr := newTenant().rehearse(t, acme())
	assert.Equal(t, Hop{
		Step: StepACS, Frame: Page, Method: "POST", URL: "https://login.example.com/login/callback?connection=acme",
		Form: []string{"SAMLResponse"}, Status: 302, Location: app + "/start-login?connection=acme#id_token=…",
		Set: []Cookie{
			{Name: "auth0", Path: "/", Secure: true, HTTPOnly: true, SameSite: "None"},
			{Name: "auth0_compat", Path: "/", Secure: true, HTTPOnly: true},
		},
	}, tr.Hops[0])
	assert.Equal(t, "https://login.example.com/authorize?audience=https%3A%2F%2Fapi.example.com%2Forders&client_id=spa&code_challenge=…&code_challenge_method=S256"+
		"&nonce=…&prompt=none&redirect_uri=https%3A%2F%2Fapp.example.com&response_mode=web_message&response_type=code&scope=openid+profile+email+read%3Aorders&state=…", tr.Hops[1].URL)
	assert.Equal(t, []string{"client_id", "code", "code_verifier", "grant_type", "redirect_uri"}, tr.Hops[2].Form)
}

func TestThirdPartyCookies(t *testing.T) {
	elsewhere := func(sc *Scenario) {
		sc.Origin, sc.RedirectURI, sc.Landing = "https://shop.test", "https://shop.test", ""
	}
	for name, c := range map[string]struct {
		bend func(*tenant, *Scenario)
		code string
		held []Withheld
	}{
		"blocked, same site":     {bend: func(_ *tenant, sc *Scenario) { sc.BlockThirdPartyCookies = true }},
		"blocked, cross-site":    {bend: func(_ *tenant, sc *Scenario) { elsewhere(sc); sc.BlockThirdPartyCookies = true }, code: "login_required", held: []Withheld{{"auth0", whyThirdParty}, {"auth0_compat", whyThirdParty}}},
		"cross-site, top level":  {bend: func(_ *tenant, sc *Scenario) { elsewhere(sc); sc.BlockThirdPartyCookies, sc.Via = true, ViaRedirect }},
		"cross-site, Lax cookie": {bend: func(s *tenant, sc *Scenario) { elsewhere(sc); s.sameSite = http.SameSiteLaxMode }, code: "login_required", held: []Withheld{{"auth0", "SameSite=Lax"}, {"auth0_compat", "SameSite=Lax"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s, sc := newTenant(), acme()
			s.landing = sc.Landing
			c.bend(s, &sc)
			tr := s.rehearse(t, sc)
			assert.Equal(t, c.held, tr.Hops[1].Withheld)
			if c.code == "" {
				require.Equal(t, Passed, tr.Outcome, "%+v", tr.Stopped)
				return
			}
			require.NotNil(t, tr.Stopped)
			assert.Equal(t, c.code, tr.Stopped.Code)
		})
	}
}

func TestWhereItBreaks(t *testing.T) {
	page := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	claim := func(access bool, name string, v any) func(*tenant, *Scenario) {
		return func(s *tenant, _ *Scenario) {
			s.claims = func(a bool, claims map[string]any) {
				if a == access {
					claims[name] = v
				}
			}
		}
	}
	for name, c := range map[string]struct {
		bend    func(*tenant, *Scenario)
		step    Step
		code    string
		text    string // within the description or the message
		unknown bool
	}{
		"ACS answers JSON": {bend: func(s *tenant, _ *Scenario) {
			s.acs = page(400, `{"invalid_request":"IdP-Initiated login is not enabled."}`)
		}, step: StepACS, code: "invalid_request", text: "not enabled"},
		"ACS answers a page":  {bend: func(s *tenant, _ *Scenario) { s.acs = page(400, "<h1>Oops</h1><p>access_denied: Service not found") }, step: StepACS, code: "access_denied", text: "Service not found"},
		"ACS shows a prompt":  {bend: func(s *tenant, _ *Scenario) { s.acs = page(200, "<title>Consent</title>May it?") }, step: StepACS, text: "May it?", unknown: true},
		"ACS is down":         {bend: func(s *tenant, _ *Scenario) { s.acs = page(503, "") }, step: StepACS, text: "503", unknown: true},
		"lands elsewhere":     {bend: func(s *tenant, _ *Scenario) { s.landing = app + "/" }, step: StepLanding, text: "not at"},
		"lands without query": {bend: func(s *tenant, _ *Scenario) { s.landing = app + "/start-login" }, step: StepLanding, text: "not at"},
		"lands with an error": {bend: func(s *tenant, _ *Scenario) {
			s.landing = app + "/start-login#error=unauthorized_client&error_description=Grant"
		}, step: StepLanding, code: "unauthorized_client", text: "Grant"},
		"redirects for ever": {bend: func(s *tenant, _ *Scenario) {
			s.acs = http.RedirectHandler("/login/callback?connection=acme", http.StatusTemporaryRedirect).ServeHTTP
		}, step: StepACS, text: "redirected 20 times"},
		"error page in iframe": {bend: func(s *tenant, _ *Scenario) {
			s.authorize = page(400, "invalid_request: The specified redirect_uri does not have a registered origin.")
		}, step: StepAuthorize, code: "timeout", text: "registered origin"},
		"unreadable script": {bend: func(s *tenant, _ *Scenario) {
			s.authorize = page(200, "<script>parent.postMessage(build(), o)</script>")
		}, step: StepAuthorize, unknown: true, text: "cannot read"},
		"message for others": {bend: func(s *tenant, _ *Scenario) {
			s.authorize = func(w http.ResponseWriter, _ *http.Request) { writeMessage(w, "https://x.test", nil) }
		}, step: StepAuthorize, code: "timeout", text: "https://x.test"},
		"state of another": {bend: func(s *tenant, _ *Scenario) {
			s.authorize = func(w http.ResponseWriter, _ *http.Request) {
				writeMessage(w, app, map[string]string{"code": "c", "state": "s"})
			}
		}, step: StepCallback, code: "state_mismatch"},
		"framing forbidden": {bend: func(s *tenant, _ *Scenario) {
			s.authorize = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Frame-Options", "DENY")
				writeMessage(w, app, nil)
			}
		}, step: StepAuthorize, code: "timeout", text: "X-Frame-Options"},
		"iframe sent home": {bend: func(s *tenant, _ *Scenario) {
			s.authorize = http.RedirectHandler(app+"?error=access_denied", http.StatusFound).ServeHTTP
		}, step: StepAuthorize, code: "timeout", text: "access_denied"},
		"page, top level": {bend: func(s *tenant, sc *Scenario) { sc.Via = ViaRedirect; s.authorize = page(403, "Callback URL mismatch.") }, step: StepAuthorize, text: "Callback URL"},
		"login page": {bend: func(s *tenant, sc *Scenario) {
			sc.Via = ViaInteractive
			s.authorize = page(200, "<title>Log in</title>Password")
		}, step: StepAuthorize, text: "Log in", unknown: true},
		"token without CORS": {bend: func(s *tenant, _ *Scenario) { s.noCORS = true }, step: StepToken, code: "cors"},
		"token refused": {bend: func(s *tenant, _ *Scenario) {
			s.token = func(w http.ResponseWriter, _ *http.Request) { s.refuse(w, 401, "access_denied", "Unauthorized") }
		}, step: StepToken, code: "access_denied", text: "CORS"},
		"code repeated in text": {bend: func(s *tenant, _ *Scenario) {
			s.token = func(w http.ResponseWriter, r *http.Request) {
				s.refuse(w, 403, "invalid_grant", "Bad "+r.FormValue("code")+r.FormValue("code_verifier"))
			}
		}, step: StepToken, code: "invalid_grant", text: "Bad ……"},
		"opaque":          {bend: func(s *tenant, _ *Scenario) { s.opaque = true }, step: StepVerify, code: "opaque_token"},
		"HS256":           {bend: func(s *tenant, _ *Scenario) { s.alg = jose.HS256 }, step: StepVerify, text: `"HS256" is not supported`},
		"unknown key":     {bend: func(s *tenant, _ *Scenario) { s.keys = func(set *jose.JSONWebKeySet) { set.Keys[0].KeyID = "two" } }, step: StepVerify, text: `"one"`},
		"no keys":         {bend: func(s *tenant, _ *Scenario) { s.keys = func(set *jose.JSONWebKeySet) { set.Keys = nil } }, step: StepVerify, text: `"one"`},
		"other nonce":     {bend: claim(false, "nonce", "x"), step: StepVerify, text: "Nonce"},
		"ID for another":  {bend: claim(false, "aud", "x"), step: StepVerify, text: "audience"},
		"other issuer":    {bend: claim(true, "iss", "https://other/"), step: StepVerify, code: "invalid_token", text: "issuer"},
		"other audience":  {bend: claim(true, "aud", "x"), step: StepVerify, code: "invalid_token", text: "audience"},
		"other client":    {bend: claim(true, "azp", "x"), step: StepVerify, code: "invalid_token", text: "issued to"},
		"expired":         {bend: claim(true, "exp", noon().Unix()-61), step: StepVerify, code: "invalid_token", text: "expired"},
		"from the future": {bend: claim(true, "iat", noon().Unix()+61), step: StepVerify, code: "invalid_token", text: "future"},
		"no user":         {bend: claim(true, "sub", ""), step: StepVerify, code: "invalid_token", text: "sub"},
		"scopes lacking":  {bend: claim(true, "scope", "openid"), step: StepVerify, code: "insufficient_scope", text: "read:orders"},
		"no organization": {bend: func(_ *tenant, sc *Scenario) { sc.Organization = "org_1" }, step: StepVerify, text: "organization"},
		"no refresh token": {bend: func(s *tenant, sc *Scenario) {
			sc.Refresh = true
			s.token = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				q := s.codes[r.FormValue("code")]
				q.Del("scope")
				q.Set("scope", "read:orders")
				s.issue(w, q)
			}
		}, step: StepRefresh, code: "missing_refresh_token"},
	} {
		t.Run(name, func(t *testing.T) {
			s, sc := newTenant(), acme()
			c.bend(s, &sc)
			tr := s.rehearse(t, sc)
			require.NotNil(t, tr.Stopped)
			outcome := Failed
			if c.unknown {
				outcome = Unknown
			}
			assert.Equal(t, outcome, tr.Outcome)
			assert.Equal(t, c.step, tr.Stopped.Step)
			assert.Equal(t, c.code, tr.Stopped.Code)
			assert.Contains(t, tr.Stopped.Description+" "+tr.Stopped.Message, c.text)
			assert.Equal(t, !c.unknown, tr.Stopped.Sees != "", "what the user sees is told of every failure")
		})
	}
}

func TestAUserWithoutRoles(t *testing.T) {
	s, sc := newTenant(), acme()
	sc.WithoutRoles = true
	s.claims = func(_ bool, c map[string]any) { c["scope"] = "openid" }
	tr := s.rehearse(t, sc)
	assert.Equal(t, Passed, tr.Outcome)
	assert.Equal(t, []string{"read:orders"}, tr.Scopes.Missing)
	assert.Equal(t, []string{"without a role the login works and its token lacks read:orders"}, tr.Notes)
}

func TestRefresh(t *testing.T) {
	s, sc := newTenant(), acme()
	sc.Refresh = true
	tr := s.rehearse(t, sc)
	require.Equal(t, Passed, tr.Outcome, "%+v", tr.Stopped)
	assert.True(t, tr.Renewed.Verified)
	assert.Equal(t, []string{"the refresh token rotates"}, tr.Hops[len(tr.Hops)-1].Learnt)
}

func TestAnUnreachableTenantProvesNothing(t *testing.T) {
	c := client(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }))
	tr, err := c.Run(t.Context(), acme())
	require.NoError(t, err)
	assert.Equal(t, Unknown, tr.Outcome)
	assert.Contains(t, tr.Stopped.Message, "no route")
	assert.Equal(t, 0, tr.Hops[0].Status)
}

func TestTheEndOfTheCallerIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client(t, newTenant()).Run(ctx, acme())
	require.ErrorIs(t, err, context.Canceled)
}

func TestItNeverLeavesTheTenant(t *testing.T) {
	s := newTenant()
	asked := map[string]bool{}
	spy := roundTrip(func(r *http.Request) (*http.Response, error) {
		asked[r.URL.Host] = true
		return s.RoundTrip(r)
	})
	for _, to := range []string{"https://evil.test/", "//evil.test/x", app + "/start-login?connection=acme"} {
		s.landing = to
		_, err := client(t, spy).Run(t.Context(), acme())
		require.NoError(t, err)
	}
	assert.Equal(t, map[string]bool{"login.example.com": true}, asked)
}

func TestScenariosThatMakeNoSense(t *testing.T) {
	_, err := client(t, newTenant()).Run(t.Context(), Scenario{Path: "p", Domain: "login.example.com", RedirectURI: "x", Via: "mail", Fault: "none"})
	require.EqualError(t, err, `rehearse "p": domain "login.example.com" is not an absolute http URL
no client id
no connection
no entity id
no fault is called "none"
redirect_uri "x" is not an absolute http URL
via "mail" is none of iframe, redirect, interactive`)
}

func TestManyAtOnce(t *testing.T) {
	s := newTenant()
	var all []Scenario
	for i := range 50 {
		sc := acme()
		sc.Path = fmt.Sprint(i)
		all = append(all, sc)
	}
	traces, err := client(t, s).RunAll(t.Context(), all)
	require.NoError(t, err)
	for i, tr := range traces {
		assert.Equal(t, fmt.Sprint(i), tr.Path)
		assert.Equal(t, Passed, tr.Outcome)
		assert.Len(t, tr.Hops, 5, "keys are read once and told in every trace")
	}
}

func BenchmarkFiveHundredPaths(b *testing.B) {
	all := make([]Scenario, 500)
	for i := range all {
		all[i] = acme()
	}
	for b.Loop() {
		traces, err := client(b, newTenant()).RunAll(b.Context(), all)
		require.NoError(b, err)
		require.Equal(b, Passed, traces[499].Outcome)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
