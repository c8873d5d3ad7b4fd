package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// actionDeny: code may refuse users, and nobody but its author knows which.
func actionDeny() *check.Rule {
	return &check.Rule{
		Code:    "TAC411",
		Name:    "action-deny",
		Summary: "No Action refuses users",
		Why: "api.access.deny, or an error that the code throws, ends the login or the silent request. Whether that concerns users of a SAML connection is for the code to say; users who have just been provisioned often lack the roles and metadata that such code looks for. " +
			"This rule reads the text of the deployed code and is a heuristic.",
		Fix:      `Look for conditions that new SAML users do not meet (Dashboard: Actions, Triggers, post-login).`,
		Symptom:  "access_denied with the text that the Action gives, at the login or on prompt=none.",
		Source:   "Auth0 community article 63027; Auth0 docs: Actions triggers, post-login",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{loginActions.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return judgeActions(p, denies, "may refuse a login")
		},
	}
}
