package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// organizationMembership: users who come for the first time are members of
// nothing.
func organizationMembership() *check.Rule {
	return &check.Rule{
		Code:    "TAC508",
		Name:    "organization-membership",
		Summary: "Users of the connection become members of the organization",
		Why: "Only members get in. A SAML user is created by the first login, so nobody can have made that user a member; assign_membership_on_login does. Without it only users who were invited or added before get in, and tacit does not read who they are. " +
			"Leave it out where membership is by invitation, and expect this warning.",
		Fix: `Let logins make members:

organization_connection "acme" {
  assign_membership_on_login = true
}`,
		Symptom:  "access_denied at the first login of every new user; the wording is not documented.",
		Source:   "Auth0 docs: Grant Just-In-Time Membership to an Organization Connection",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{assignMembership.Field()},
		Judge: func(p *check.Path) check.Verdict {
			if p.Organization == nil || p.Membership == nil {
				return check.Skipped() // TAC507
			}
			return beOn(p, p.Membership, assignMembership, true, "New users are refused.")
		},
	}
}
