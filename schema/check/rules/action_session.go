package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// actionSession: code may end the session that the upgrade lives on.
func actionSession() *check.Rule {
	return &check.Rule{
		Code:    "TAC413",
		Name:    "action-session",
		Summary: "No Action shortens sessions",
		Why: "api.session.setExpiresAt, setIdleExpiresAt and setCookieMode replace the tenant's lifetimes for one session, and revoke ends it. A session that ends before the SPA asks, or before it renews its token, is no session. " +
			"This rule reads the text of the deployed code and is a heuristic.",
		Fix:      `Give sessions of SAML users at least the life of a token (Dashboard: Actions, Triggers, post-login).`,
		Symptom:  `login_required: "Login required", on the first prompt=none after revoke, else at a renewal.`,
		Source:   "Auth0 docs: Configure Session Lifetime (Post-Login Action)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{loginActions.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return judgeActions(p, changesSession, "changes how long sessions last")
		},
	}
}
