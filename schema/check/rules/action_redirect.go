package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// actionRedirect: a silent request cannot be sent elsewhere.
func actionRedirect() *check.Rule {
	return &check.Rule{
		Code:    "TAC409",
		Name:    "action-redirect",
		Summary: "No Action redirects silent requests",
		Why: "Post-login Actions run for the IdP-initiated login and again for the request with prompt=none. One that sends the user to a page of its own (api.redirect.sendUserTo) or shows a form (api.prompt.render) interrupts both; the second may not be interrupted and fails. The session exists already by then, so an interactive request gets through. " +
			"This rule reads the text of the deployed code and is a heuristic: it cannot tell whether a call is reached. A look at the protocol or the prompt of the request, or at what the session has passed, counts as a guard.",
		Fix: `Redirect once, and never in a silent request (Dashboard: Actions, Triggers, post-login):

exports.onExecutePostLogin = async (event, api) => {
  if (event.request.query?.prompt === "none") return;
  api.redirect.sendUserTo("https://app.example.com/welcome");
};`,
		Symptom:  "interaction_required on prompt=none, directly after a login that worked.",
		Source:   "Auth0 docs: Redirect with Actions; Forms for Actions; Actions triggers, post-login",
		Grade:    check.Documented,
		Severity: silently(schema.Warning),
		Reads:    []schema.Field{loginActions.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return judgeActions(p, redirects, "sends users to another page or form")
		},
	}
}
