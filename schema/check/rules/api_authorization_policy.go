package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiAuthorizationPolicy: a policy of authentication may outgrow the session.
func apiAuthorizationPolicy() *check.Rule {
	return &check.Rule{
		Code:    "TAC314",
		Name:    "api-authorization-policy",
		Summary: "No policy asks for a recent login before a token is issued",
		Why: "authorization_policy makes Auth0 look at how and when the user authenticated. The one that is known, the default policy of the My Account API, asks for a login within the last 15 minutes: the first silent request succeeds, later ones do not. " +
			"What other policies ask is not documented.",
		Fix: `Use an API of your own without such a policy, or remove it:

api "orders" {
  reset = ["authorization_policy"]
}`,
		Symptom:  "unmet_authentication_requirements on prompt=none, 15 minutes after the login.",
		Source:   "Auth0 docs: My Account API; recorded traffic (the system API's authorization_policy.policy_id)",
		Grade:    check.Documented,
		Severity: silently(schema.Warning),
		Reads:    []schema.Field{authorizationPolicy.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(authorizationPolicy, p.API)
			switch {
			case f.undecided():
				return f.unread(p)
			case f.given():
				return f.fail("The API has an authorization policy, which may want a newer login than the session's.")
			default:
				return check.Passed()
			}
		},
	}
}
