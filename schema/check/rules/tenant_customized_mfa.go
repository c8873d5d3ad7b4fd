package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantCustomizedMFA: where code decides on a second factor, settings do not
// tell who is asked.
func tenantCustomizedMFA() *check.Rule {
	return &check.Rule{
		Code:    "TAC408",
		Name:    "tenant-customized-mfa",
		Summary: "No code decides who is asked for a second factor",
		Why: "With customize_mfa_in_postlogin_action the factors of a login are chosen by Actions. That is the way to ask once per session, and it means that no setting shows whether a silent request is asked. " +
			"This rule fails, as a remark, only when an Action does ask.",
		Fix:      `Nothing, when the Action asks once per session (see action-mfa). Rehearsals do not run Actions, so try it with a user of the connection.`,
		Symptom:  `login_required: "Multifactor authentication required" for the users that the code picks.`,
		Source:   "Auth0 docs: Enable Multi-Factor Authentication (Customize MFA Factors using Actions)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Follows:  []string{"TAC410"},
		Reads:    []schema.Field{mfaInAction.Field(), loginActions.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(mfaInAction, p.Tenant)
			switch {
			case f.undecided():
				return f.unread(p)
			case !f.v:
				return check.Passed()
			}
			bindings := read(loginActions, p.Actions)
			if bindings.undecided() {
				return bindings.unread(p)
			}
			j := readActions(p)
			asks := slices.Concat(j.open[asksFactor], j.guarded[asksFactor])
			if len(asks) == 0 {
				return check.Passed()
			}
			return f.fail("Who is asked for a second factor is up to the code of %s.", listed(asks))
		},
	}
}
