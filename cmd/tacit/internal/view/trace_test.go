package view_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
)

const authorizeURL = "https://login.example.com/authorize?audience=https%3A%2F%2Fapi.example.com%2Forders&client_id=zK3hX9vQ2mN8" +
	"&code_challenge=…&code_challenge_method=S256&nonce=…&prompt=none&redirect_uri=https%3A%2F%2Fapp.example.com&response_mode=web_message" +
	"&response_type=code&scope=openid+profile+email+read%3Aorders&state=…"

func green() *rehearse.Trace {
	return &rehearse.Trace{
		Path:     `silent_upgrade.orders["acme"]`,
		Scenario: rehearse.Summary{Domain: "https://login.example.com", Connection: "acme", ClientID: "zK3hX9vQ2mN8", Via: rehearse.ViaIframe},
		Outcome:  rehearse.Passed,
		Scopes:   &rehearse.ScopeSet{Asked: []string{"read:orders"}, Granted: []string{"openid", "read:orders"}},
		Access: &rehearse.Token{Kind: rehearse.JWT, Verified: true, Header: map[string]any{"alg": "RS256", "typ": "JWT", "kid": "one"}, Claims: map[string]any{
			"iss": "https://login.example.com/", "sub": "samlp|acme|jane@acme.test", "azp": "zK3hX9vQ2mN8",
			"aud": []any{"https://api.example.com/orders", "https://example.eu.auth0.com/userinfo"},
			"iat": json.Number("1795348800"), "exp": json.Number("1795435200"), "scope": "openid profile email read:orders",
			"permissions": []any{}, "https://example.com/roles": []any{"clerk"}, "z": map[string]any{"a": true},
		}},
		Hops: []rehearse.Hop{
			{Step: rehearse.StepACS, Frame: rehearse.Page, Method: "POST", URL: "https://login.example.com/login/callback?connection=acme", Form: []string{"SAMLResponse"}, Status: 302,
				Set: []rehearse.Cookie{
					{Name: "auth0", Path: "/", Secure: true, HTTPOnly: true, SameSite: "None", Persistent: true},
					{Name: "auth0_compat", Path: "/", Secure: true, HTTPOnly: true},
					{Name: "old", Path: "/", Removed: true},
				},
				Location:  "https://app.example.com/start-login?connection=acme#id_token=…",
				Decisions: []rehearse.Decision{{ID: "saml-audience", Grade: "open-source", Outcome: "passed"}, {ID: "acs-replay", Grade: "assumed", Outcome: "passed"}}},
			{Step: rehearse.StepAuthorize, Frame: rehearse.Iframe, Method: "GET", URL: authorizeURL, Sent: []string{"auth0"}, Status: 200,
				Withheld: []rehearse.Withheld{{Name: "auth0_compat", Why: "SameSite=Lax"}}, Learnt: []string{"the application gets a code"}},
			{Step: rehearse.StepToken, Frame: rehearse.Fetch, Method: "POST", URL: "https://login.example.com/oauth/token", Form: []string{"client_id", "code", "code_verifier", "grant_type", "redirect_uri"}, Status: 200},
			{Step: rehearse.StepKeys, Frame: rehearse.Fetch, Method: "GET", URL: "https://login.example.com/.well-known/jwks.json", Status: 200},
		},
	}
}

func broken() *rehearse.Trace {
	t := green()
	t.Path, t.Outcome, t.Access, t.Scopes = `silent_upgrade.orders["globex"]`, rehearse.Failed, nil, nil
	t.Scenario.BlockedCookies = true
	t.Hops = t.Hops[:2]
	t.Hops[1].Sent, t.Hops[1].Learnt = nil, nil
	t.Hops[1].Withheld = []rehearse.Withheld{{Name: "auth0", Why: "the browser blocks third-party cookies"}}
	t.Stopped = &rehearse.Stop{Step: rehearse.StepAuthorize, Hop: 1, Code: "login_required", Description: "Login required", Message: "the tenant refuses the application's request",
		Sees: "The application opens and treats the user as logged out: it asks for a login, though the user has just logged in."}
	return t
}

func undecided() *rehearse.Trace {
	t := green()
	t.Outcome, t.Access, t.Hops = rehearse.Unknown, nil, t.Hops[:1]
	t.Hops[0] = rehearse.Hop{Step: rehearse.StepACS, Frame: rehearse.Page, Method: "POST", URL: t.Hops[0].URL}
	t.Stopped = &rehearse.Stop{Step: rehearse.StepACS, Message: "the tenant cannot be reached: no route to host"}
	return t
}

func withoutRoles() *rehearse.Trace {
	t := green()
	t.Path += ", no roles"
	t.Scopes.Missing = []string{"read:orders"}
	t.Notes = []string{"without a role the login works and its token lacks read:orders"}
	return t
}

func TestTrace(t *testing.T) {
	for name, list := range map[string][]*rehearse.Trace{
		"trace-green": {green()}, "trace-broken": {broken()}, "trace-unknown": {undecided()},
		"traces": {green(), withoutRoles(), broken(), green()},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, func(p *view.Printer) { p.Traces(list) }) })
	}
	t.Run("full", func(t *testing.T) {
		out := render(t, view.Options{Full: true}, func(p *view.Printer) { p.Traces([]*rehearse.Trace{withoutRoles(), green()}) })
		assert.Equal(t, 2, strings.Count(out, "Access token: JWT, RS256, verified"))
	})
}

// TestTraceIsItsJSON: what is printed is in the JSON form, and prints the same from there.
func TestTraceIsItsJSON(t *testing.T) {
	for _, tr := range []*rehearse.Trace{green(), broken(), undecided(), withoutRoles()} {
		raw, err := json.Marshal(tr)
		require.NoError(t, err)
		var again rehearse.Trace
		require.NoError(t, json.Unmarshal(raw, &again))
		show := func(tr *rehearse.Trace) string {
			return render(t, view.Options{Full: true}, func(p *view.Printer) { p.Traces([]*rehearse.Trace{tr}); p.Mermaid(tr) })
		}
		assert.Equal(t, show(tr), show(&again))
	}
}

func TestMermaid(t *testing.T) {
	for name, tr := range map[string]*rehearse.Trace{"mermaid-green": green(), "mermaid-broken": broken()} {
		t.Run(name, func(t *testing.T) {
			compare(t, name, render(t, view.Options{}, func(p *view.Printer) { p.Mermaid(tr) }))
		})
	}
}

func TestHostileMermaid(t *testing.T) {
	tr := broken()
	tr.Stopped.Message = "a; end\n%%{init: x}%%\nB->>T: <script>`${x}`</script> #35; END legend\u2028\"|[{"
	tr.Scenario.Domain = "x\n  Note over B: pwned"
	out := render(t, view.Options{}, func(p *view.Printer) { p.Mermaid(tr) })
	assert.Contains(t, out, "a#59; #101;nd#92;n#37;#37;#123;init: x#125;")
	assert.Contains(t, out, "#69;ND legend")
	for _, line := range strings.Split(out, "\n") {
		_, data, ok := strings.Cut(line, ": ")
		assert.False(t, ok && strings.ContainsAny(strings.ReplaceAll(data, "<br/>", ""), "<>{}[]%|\"`$"), line)
	}
	assert.Equal(t, 1, strings.Count(out, "participant T as"))
	assert.NotContains(t, out, "\n  Note over B: pwned")
}

// hostileTrace has the text in every place that a server can reach.
func hostileTrace(s string) *rehearse.Trace {
	token := &rehearse.Token{Kind: rehearse.JWT, Header: map[string]any{"alg": s}, Claims: map[string]any{s: s, "aud": []any{s}, "exp": s, "m": map[string]any{s: s}}}
	return &rehearse.Trace{
		Path: s, Scenario: rehearse.Summary{Domain: s, Via: rehearse.Via(s), Fault: rehearse.Fault(s)}, Outcome: rehearse.Failed,
		Access: token, Renewed: token, Notes: []string{s}, Scopes: &rehearse.ScopeSet{Missing: []string{s}},
		Stopped: &rehearse.Stop{Step: rehearse.Step(s), Code: s, Description: s, Message: s, Sees: s},
		Hops: []rehearse.Hop{{
			Step: rehearse.Step(s), Frame: rehearse.Iframe, Method: s, URL: "https://a.test/?" + s + "=" + s, Form: []string{s}, Sent: []string{s},
			Withheld: []rehearse.Withheld{{Name: s, Why: s}}, Status: 200, Set: []rehearse.Cookie{{Name: s, Domain: s, SameSite: s, Refused: s}, {Name: s}},
			Location: s, Decisions: []rehearse.Decision{{ID: s, Grade: "assumed"}}, Learnt: []string{s},
		}},
	}
}
