package rehearse_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

// reply is an answer of the tenant that a test changes.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// bent is a tenant whose answers are changed on their way.
type bent struct {
	http.RoundTripper
	bend func(*http.Request, *reply)
}

func (b bent) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err != nil || b.bend == nil {
		return resp, err
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	a := reply{resp.StatusCode, resp.Header, raw}
	b.bend(r, &a)
	resp.StatusCode, resp.Body = a.status, io.NopCloser(bytes.NewReader(a.body))
	return resp, nil
}

// proving is a login of an application with DPoP.
func proving(via rehearse.Via) rehearse.Scenario {
	sc := acme()
	sc.Via, sc.DPoP = via, true
	return sc
}

func takesDPoP(required bool) *seed {
	s := ready()
	s.api["proof_of_possession"] = object{"mechanism": "dpop", "required": required}
	return s
}

// TestDPoP: the proof gets the nonce that the tenant wants, the token is bound to the key, and is used with a proof.
func TestDPoP(t *testing.T) {
	for _, via := range []rehearse.Via{rehearse.ViaIframe, rehearse.ViaRedirect, rehearse.ViaInteractive} {
		t.Run(string(via), func(t *testing.T) {
			s := takesDPoP(true)
			s.client["require_proof_of_possession"] = true
			sc := proving(via)
			sc.Refresh = true
			tr := run(t, s, sc)
			require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
			var last []*rehearse.Hop
			for i := range tr.Hops {
				if h := &tr.Hops[i]; h.Step == rehearse.StepToken || h.Step == rehearse.StepUserinfo || h.Step == rehearse.StepRefresh {
					last = append(last, h)
				}
			}
			require.Len(t, last, 5)
			assert.Equal(t, "OPTIONS", last[0].Method)
			assert.Equal(t, []string{"htm", "htu", "iat", "jti"}, last[1].Proof)
			assert.Equal(t, 400, last[1].Status)
			assert.Equal(t, []string{"htm", "htu", "iat", "jti", "nonce"}, last[2].Proof)
			assert.Equal(t, []string{"ath", "htm", "htu", "iat", "jti", "nonce"}, last[3].Proof)
			assert.Equal(t, 200, last[4].Status, "the nonce is remembered")
			for _, token := range []*rehearse.Token{tr.Access, tr.Renewed} {
				assert.Equal(t, "DPoP", token.Type)
				assert.NotEmpty(t, token.Claims["cnf"].(object)["jkt"])
			}
			assert.Empty(t, tr.Notes)
		})
	}
}

// TestDPoPAndPolicies: who proves, who wants it, and what comes of it.
func TestDPoPAndPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		bend   func(*seed)
		proves bool
		says   string // of the failure; else it passes
		note   string
	}{
		"nobody wants it": {bend: func(*seed) {}, proves: true, note: "ordinary bearer token"},
		"the API does not take it, the application must": {
			bend: func(s *seed) { s.client["require_proof_of_possession"] = true }, proves: true, says: "the API does not take DPoP"},
		"the API wants it, nothing is proved": {
			bend: func(s *seed) { s.api["proof_of_possession"] = object{"mechanism": "dpop", "required": true} }, says: "DPoP proof is required"},
		"the application must, nothing is proved": {
			bend: func(s *seed) { s.client["require_proof_of_possession"] = true }, says: "DPoP proof is required"},
		"the API takes it, nothing is proved": {bend: func(s *seed) { s.api["proof_of_possession"] = object{"mechanism": "dpop", "required": false} }},
	} {
		t.Run(name, func(t *testing.T) {
			s, sc := ready(), acme()
			c.bend(s)
			sc.DPoP = c.proves
			tr := run(t, s, sc)
			if c.says != "" {
				require.Equal(t, rehearse.Failed, tr.Outcome, explain(tr))
				assert.Equal(t, rehearse.StepToken, tr.Stopped.Step)
				assert.Contains(t, tr.Stopped.Description, c.says)
				return
			}
			require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
			assert.Equal(t, "Bearer", tr.Access.Type)
			if c.note != "" {
				require.Len(t, tr.Notes, 1)
				assert.Contains(t, tr.Notes[0], c.note)
			}
		})
	}
}

// TestDPoPMisdone: a tenant that gets it wrong is found out.
func TestDPoPMisdone(t *testing.T) {
	header := func(method, name, value string) func(*http.Request, *reply) {
		return func(r *http.Request, a *reply) {
			if r.Method == method && r.URL.Path == "/oauth/token" {
				a.header.Set(name, value)
			}
		}
	}
	for name, c := range map[string]struct {
		bend       func(*http.Request, *reply)
		code, says string
	}{
		"scripts may not send it":        {header("OPTIONS", "Access-Control-Allow-Headers", "Content-Type"), "cors", "may send the header DPoP"},
		"scripts may not read the nonce": {header("POST", "Access-Control-Expose-Headers", "X-Other"), "use_dpop_nonce", "that a script of https://app.example.com may read"},
		"never content with a nonce": {func(r *http.Request, a *reply) {
			if r.Method == http.MethodPost && r.URL.Path == "/oauth/token" {
				a.status, a.body = http.StatusBadRequest, []byte(`{"error":"use_dpop_nonce"}`)
			}
		}, "use_dpop_nonce", "the token end point refuses (status 400)"},
		"a bound token called bearer": {func(_ *http.Request, a *reply) { rewrite(a, "token_type", "Bearer") }, "invalid_token", `its token_type is "Bearer"`},
		"the token is refused": {func(r *http.Request, a *reply) {
			if r.URL.Path == "/userinfo" {
				a.status = http.StatusUnauthorized
				a.header.Set("WWW-Authenticate", `DPoP error="invalid_token"`)
			}
		}, "", "with a proof of its key (status 401)"},
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := takesDPoP(true).bent(t, c.bend).Run(t.Context(), proving(rehearse.ViaIframe))
			require.NoError(t, err)
			require.Equal(t, rehearse.Failed, tr.Outcome, explain(tr))
			assert.Equal(t, c.code, tr.Stopped.Code, explain(tr))
			assert.Contains(t, tr.Stopped.Message, c.says)
		})
	}
}

// TestBoundWithoutAsking: a token that is bound to a key is nothing for an application that has none.
func TestBoundWithoutAsking(t *testing.T) {
	tr, err := ready().bent(t, func(_ *http.Request, a *reply) { rewrite(a, "token_type", "DPoP") }).Run(t.Context(), acme())
	require.NoError(t, err)
	require.Equal(t, rehearse.Failed, tr.Outcome)
	assert.Contains(t, tr.Stopped.Message, "the application proved none")
}

// rewrite changes a member of a JSON answer that has it.
func rewrite(a *reply, name string, value any) {
	var body object
	if json.Unmarshal(a.body, &body) != nil || body[name] == nil {
		return
	}
	body[name] = value
	a.body, _ = json.Marshal(body)
}
