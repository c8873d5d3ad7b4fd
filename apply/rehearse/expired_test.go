package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

func expired(via rehearse.Via) rehearse.Scenario {
	sc := acme()
	sc.Via, sc.Session = via, rehearse.SessionExpired
	return sc
}

// TestExpiredSession: a silent request is told that there is no session, and the visible login brings the token.
func TestExpiredSession(t *testing.T) {
	for via, want := range map[rehearse.Via][]rehearse.Step{
		rehearse.ViaIframe:      {"acs", "authorize", "authorize", "idp", "token", "keys", "keys"},
		rehearse.ViaRedirect:    {"acs", "authorize", "authorize", "idp", "token", "keys", "keys"},
		rehearse.ViaInteractive: {"acs", "authorize", "idp", "token", "keys", "keys"},
	} {
		t.Run(string(via), func(t *testing.T) {
			tr := run(t, ready(), expired(via))
			require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
			var steps []rehearse.Step
			for i := range tr.Hops {
				steps = append(steps, tr.Hops[i].Step)
			}
			assert.Equal(t, want, steps)
			assert.Contains(t, tr.Hops[0].Learnt, "time passes; the browser's cookies of the tenant end: auth0, auth0_compat, did, did_compat")
			assert.Empty(t, tr.Hops[1].Sent)
			assert.True(t, tr.Access.Verified)
			if via == rehearse.ViaInteractive {
				assert.Empty(t, tr.Notes, "there was no silent request to fall back from")
				return
			}
			assert.Equal(t, []string{"login_required: there is no session any more, and the application has to show a login"}, tr.Hops[1].Learnt)
			assert.Contains(t, tr.Notes[0], `loginWithRedirect({ authorizationParams: { connection: "acme" } })`)
		})
	}
}

// TestExpiredSessionOfAnOrganization: the advice names the organization, and the second login is for it.
func TestExpiredSessionOfAnOrganization(t *testing.T) {
	s := ready()
	s.client["organization_usage"] = "require"
	s.root["organizations"] = []any{object{"id": "org_0000000000000001", "name": "acme"}}
	s.root["organization_enabled_connections"] = object{"org_0000000000000001": []any{object{"connection_id": "con_acme", "assign_membership_on_login": true}}}
	sc := expired(rehearse.ViaIframe)
	sc.Organization = "org_0000000000000001"
	tr := run(t, s, sc)
	require.Equal(t, rehearse.Passed, tr.Outcome, explain(tr))
	assert.Equal(t, "org_0000000000000001", tr.Access.Claims["org_id"])
	assert.Contains(t, tr.Notes[0], `organization: "org_0000000000000001"`)
}

// TestExpiredSessionBroken: another error than login_required is one that no application recovers from, and a visible
// login can fail as well.
func TestExpiredSessionBroken(t *testing.T) {
	for name, c := range map[string]struct {
		bend            func(*seed)
		code, says, hop string
	}{
		"no web origin": {func(s *seed) { s.client["web_origins"] = []any{} }, "timeout", "expects login_required", "iframe"},
		"a secret":      {func(s *seed) { s.client["token_endpoint_auth_method"] = "client_secret_post" }, "access_denied", "the token end point refuses", "fetch"},
	} {
		t.Run(name, func(t *testing.T) {
			s := ready()
			c.bend(s)
			tr := run(t, s, expired(rehearse.ViaIframe))
			require.Equal(t, rehearse.Failed, tr.Outcome, explain(tr))
			assert.Equal(t, c.code, tr.Stopped.Code)
			assert.Contains(t, tr.Stopped.Message, c.says)
			assert.Equal(t, rehearse.Frame(c.hop), tr.Hops[tr.Stopped.Hop].Frame)
		})
	}
	sc := expired("iframe")
	sc.Session = "stale"
	_, err := ready().tenant(t).Run(t.Context(), sc)
	assert.ErrorContains(t, err, `session "stale" is neither fresh (empty) nor expired`)
}
