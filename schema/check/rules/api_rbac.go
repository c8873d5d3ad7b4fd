package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiRBAC: users whom the login creates have no roles yet.
func apiRBAC() *check.Rule {
	return &check.Rule{
		Code:    "TAC309",
		Name:    "api-rbac",
		Summary: "Users need no permissions beyond their login to get the scopes",
		Why: "With enforce_policies the token gets only those scopes of the API that the user has as permissions, by roles or directly. A user who comes by SAML for the first time is created by that login and has none. " +
			"Roles are no attribute of a connection: they are assigned to the user or, in an organization, to the member. tacit does not read them, so the warning stands where somebody does assign them; a comment can accept it.",
		Fix: `Assign roles when users are onboarded, or let a post-login Action add the scopes (api.accessToken.addScope). If the API does not check permissions by user, switch the policy off:

api "orders" {
  enforce_policies = false
}`,
		Symptom:  `No OAuth error: the JWT arrives, its "scope" claim lacks the API's scopes, "permissions" is empty where the dialect has it, and the API answers 403 to new users.`,
		Source:   "Auth0 docs: Enable Role-Based Access Control for APIs",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{enforcePolicies.Field()},
		Judge: func(p *check.Path) check.Verdict {
			if !asksForAPIScope(p) {
				return check.Skipped()
			}
			f := read(enforcePolicies, p.API)
			switch {
			case f.undecided():
				return f.unread(p)
			case f.v:
				return f.fail("enforce_policies is true, so users without a role get none of the scopes that %s asks for.", p.Addr)
			default:
				return check.Passed()
			}
		},
	}
}
