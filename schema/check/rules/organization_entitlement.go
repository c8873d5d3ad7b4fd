package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// organizationEntitlement: an organization may choose its applications.
func organizationEntitlement() *check.Rule {
	return &check.Rule{
		Code:     "TAC511",
		Name:     "organization-entitlement",
		Summary:  "The organization's members may use the application",
		Why:      "Organizations with application entitlement (early access: is_app_entitlement_active) let members into those applications only that are associated with them and allow member access. tacit does not read this yet, as the setting is not part of the organization's general answer.",
		Fix:      "Leave application entitlement off, or associate the application with the organization and allow Member Access (Dashboard: Organizations, Application Access).",
		Symptom:  "The application is blocked for members of this organization and works for others.",
		Source:   "Auth0 docs: Grant Application Access (early access)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			if p.Organization == nil {
				return check.Skipped()
			}
			return check.Undecided(p.Organization, p.Attr("organization"), "Look at Application Access of the organization in the Dashboard.",
				"Whether application entitlement is on for the organization is not read.")
		},
	}
}
