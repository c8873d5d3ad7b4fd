package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// organizationName: requests name organizations by id unless the tenant
// allows names.
func organizationName() *check.Rule {
	return &check.Rule{
		Code:    "TAC510",
		Name:    "organization-name",
		Summary: "Requests may name the organization by its name",
		Why: "organization=org_... always works. organization=acme works only where the tenant allows names in the Authentication API, and then tokens carry org_name beside org_id. Which of the two the SPA and the identity provider send is not part of a configuration, so this is a remark. " +
			"A name can be changed and taken by another organization; APIs that judge by name have to know that.",
		Fix: `Send the id, or allow names:

tenant_settings {
  allow_organization_name_in_authentication_api = true
}`,
		Symptom:  "invalid_request on /authorize with a name in organization (wording not documented).",
		Source:   "Auth0 docs: Use Organization Names in Authentication API",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{organizationNames.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(organizationNames, p.Tenant)
			switch {
			case p.Organization == nil:
				return check.Skipped()
			case f.undecided():
				return f.unread(p)
			case !f.v:
				return f.fail("%s: requests have to name organizations by id.", f.found())
			default:
				return check.Passed()
			}
		},
	}
}
