package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientOrganizationUsage: whether a login names an organization is decided by
// the path, and the application has to agree.
func clientOrganizationUsage() *check.Rule {
	return &check.Rule{
		Code:    "TAC221",
		Name:    "client-organization-usage",
		Summary: "The application takes logins with, or without, an organization as the path has them",
		Why: "organization_usage says whether users log in through an organization: not at all (deny, the default), if the request names one (allow), or always (require). " +
			"An application that requires one refuses a login that names none, or asks for it, which prompt=none may not; one that denies them refuses a login that names one. " +
			"The organization has to be named twice: in the IdP's ACS URL and in the SPA's request.",
		Fix: `Say which organization the users of the path belong to (organization in the silent_upgrade block), or let the application take both kinds of login:

spa_client "portal" {
  organization_usage = "allow"
}`,
		Symptom:  "invalid_request at the landing or at /authorize (the code is inferred); with a prompt configured, interaction_required on prompt=none.",
		Source:   "Auth0 docs: Define Organization Behavior; Management API schema (deny by default)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{organizationUsage.Field()},
		Judge:    judgeClientOrganizationUsage,
	}
}

func judgeClientOrganizationUsage(p *check.Path) check.Verdict {
	f := read(organizationUsage, p.Client)
	switch {
	case f.unsaid(p) && p.Organization == nil:
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case p.Organization == nil && f.v == "require" && p.Assumed:
		return check.Undecided(p.Client, f.src, "Declare the path with its organization in a silent_upgrade block, and run tacit check.",
			"organization_usage is \"require\"; which organization the users belong to is not on the tenant.")
	case p.Organization == nil && f.v == "require":
		return f.fail("organization_usage is \"require\", and the path names no organization.")
	case p.Organization != nil && !f.given():
		return f.fail("organization_usage is not set, which at Auth0 means deny, and the path names an organization.")
	case p.Organization != nil && f.v == "deny":
		return f.fail("organization_usage is \"deny\", and the path names an organization.")
	default:
		return check.Passed()
	}
}
