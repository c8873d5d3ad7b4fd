package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

// TestImplicit: auth0.js gets its tokens of the authorization end point, silently or after a visible login.
func TestImplicit(t *testing.T) {
	for _, c := range []struct {
		via     rehearse.Via
		session rehearse.Session
	}{{rehearse.ViaIframe, rehearse.SessionFresh}, {rehearse.ViaIframe, rehearse.SessionExpired}, {rehearse.ViaInteractive, rehearse.SessionFresh}} {
		sc := acme()
		sc.Via, sc.Session, sc.Implicit = c.via, c.session, true
		tr := run(t, ready(), sc)
		require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
		assert.True(t, tr.Access.Verified)
		for i := range tr.Hops {
			assert.NotEqual(t, rehearse.StepToken, tr.Hops[i].Step)
		}
	}
}

// TestImplicitBroken: other prerequisites than those of a code.
func TestImplicitBroken(t *testing.T) {
	for name, c := range map[string]struct {
		bend func(*seed)
		code string // empty: it passes
	}{
		"no code grant":     {func(s *seed) { s.client["grant_types"] = []any{"implicit"} }, ""},
		"a secret":          {func(s *seed) { s.client["token_endpoint_auth_method"] = "client_secret_post" }, ""},
		"no implicit grant": {func(s *seed) { s.client["grant_types"] = []any{"authorization_code"} }, "unauthorized_client"},
		"a proof is wanted": {func(s *seed) { s.api["proof_of_possession"] = object{"mechanism": "dpop", "required": true} }, "invalid_request"},
		"no web origin":     {func(s *seed) { s.client["web_origins"] = []any{} }, "timeout"},
	} {
		s, sc := ready(), acme()
		s.options["idpinitiated"].(object)["client_authorizequery"] = "response_type=code&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme"
		if name == "no code grant" {
			s.options["idpinitiated"].(object)["client_authorizequery"] = "response_type=id_token&scope=openid&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme"
		}
		c.bend(s)
		sc.Implicit = true
		tr := run(t, s, sc)
		if c.code == "" {
			require.Equal(t, rehearse.Passed, tr.Outcome, "%s: %s", name, explain(tr))
			continue
		}
		require.Equal(t, rehearse.Failed, tr.Outcome, "%s: %s", name, explain(tr))
		assert.Equal(t, c.code, tr.Stopped.Code, name)
	}
	sc := acme()
	sc.Implicit, sc.Refresh = true, true
	_, err := ready().tenant(t).Run(t.Context(), sc)
	assert.ErrorContains(t, err, "without refresh tokens and DPoP")
}
