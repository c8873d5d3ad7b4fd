package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientComplianceLevel: every financial-grade profile is for applications
// with a back end.
func clientComplianceLevel() *check.Rule {
	return &check.Rule{
		Code:    "TAC219",
		Name:    "client-compliance-level",
		Summary: "The application is under no financial-grade profile",
		Why: "Every FAPI level wants pushed or signed requests and an application that proves itself with a key or certificate. A SPA can do none of that. " +
			"The level is a decision about security, so tacit does not change it unasked.",
		Fix: `Use an application of its own for the SPA, without a level:

spa_client "portal" {
  compliance_level = "none"
}`,
		Symptom:  "/authorize refuses the request (invalid_request), or /oauth/token the application (401).",
		Source:   "Auth0 docs: Configure FAPI Compliance; go-auth0 v3.0.0 (levels)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{complianceLevel.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(complianceLevel, p.Client)
			switch {
			case f.undecided():
				return f.unread(p)
			case f.given() && f.v != "none":
				return f.fail("compliance_level is %s; a SPA cannot meet it.", quote(f.v))
			default:
				return check.Passed()
			}
		},
	}
}
