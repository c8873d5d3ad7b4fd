package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// actionMFA: a second factor that code asks for at every request is asked for
// silently, too.
func actionMFA() *check.Rule {
	return &check.Rule{
		Code:    "TAC410",
		Name:    "action-mfa",
		Summary: "No Action asks silent requests for a second factor",
		Why: "An Action that enables MFA, or challenges for a factor, does so at every request unless its code looks at what the session has passed already (event.authentication.methods). prompt=none may not ask, so it fails. " +
			"This rule reads the text of the deployed code and is a heuristic: it cannot tell whether a call is reached. A look at the methods, the connection or the prompt counts as a guard.",
		Fix: `Ask once per session, and not of users whose identity provider did (Dashboard: Actions, Triggers, post-login):

exports.onExecutePostLogin = async (event, api) => {
  const passed = event.authentication?.methods ?? [];
  const done = passed.some((m) => m.name === "mfa");
  if (event.connection.strategy === "samlp" || done) return;
  api.multifactor.enable("any");
};`,
		Symptom:  `login_required: "Multifactor authentication required" on prompt=none (auth0-spa-js), mfa_required according to its FAQ.`,
		Source:   "Auth0 docs: Configure Silent Authentication (sample Action); auth0-spa-js constants.ts",
		Grade:    check.Documented,
		Severity: silently(schema.Warning),
		Reads:    []schema.Field{loginActions.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return judgeActions(p, asksFactor, "asks for a second factor")
		},
	}
}
