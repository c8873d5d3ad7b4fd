package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// actionScope: code has the last word on scopes.
func actionScope() *check.Rule {
	return &check.Rule{
		Code:    "TAC412",
		Name:    "action-scope",
		Summary: "No Action changes the scopes of tokens",
		Why: "api.accessToken.addScope and removeScope overrule what was asked for and what roles allow. The token of the upgrade may hold other scopes than the path declares, in either direction. " +
			"This rule reads the text of the deployed code and is a heuristic.",
		Fix:      `Compare the scopes that the Action adds and removes with those of the path (Dashboard: Actions, Triggers, post-login).`,
		Symptom:  "The token is a JWT and its scope is not what the SPA asked for; the API answers 403.",
		Source:   "Auth0 docs: Actions triggers, post-login, API object",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{loginActions.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return judgeActions(p, changesScopes, "changes the scopes of access tokens")
		},
	}
}
