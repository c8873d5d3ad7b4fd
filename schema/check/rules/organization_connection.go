package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// organizationConnection: an organization has its own list of connections.
func organizationConnection() *check.Rule {
	return &check.Rule{
		Code:    "TAC507",
		Name:    "organization-connection",
		Summary: "The connection is enabled for the organization",
		Why:     "When the ACS URL names an organization (&organization=org_...), the login is one of that organization, and only its own connections may be used. Enabling the connection for the application is not enough.",
		Fix: `Enable it, and let its users become members:

organization_connection "acme" {
  organization               = organization.acme
  connection                 = saml_connection.acme
  assign_membership_on_login = true
}`,
		Symptom:  "access_denied after the identity provider's form post; the wording is not documented.",
		Source:   "Auth0 docs: Enable Organization Connections, Define Organization Behavior",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{memberConnection.Field()},
		Judge: func(p *check.Path) check.Verdict {
			switch {
			case p.Organization == nil:
				return check.Skipped()
			case p.Membership != nil:
				return check.Passed()
			case p.Read.Memberships || p.Connection.Creates:
				return upgradeFails(p, "organization", "The connection is not enabled for the organization.")
			default:
				return upgradeOpen(p, "organization", settle(p, &schema.State{Kind: schema.OrganizationConnection}, schema.NotRead),
					"Nobody asked the tenant whether the connection is enabled for the organization.")
			}
		},
	}
}
