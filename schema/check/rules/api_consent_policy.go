package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiConsentPolicy: consent to each transaction is the opposite of silence.
func apiConsentPolicy() *check.Rule {
	return &check.Rule{
		Code:    "TAC313",
		Name:    "api-consent-policy",
		Summary: "The API does not ask for consent at each transaction",
		Why:     "With transactional-authorization-with-mfa every authorization asks the user for a second factor and for consent to its details; prompt=none may ask for neither. The policy protects transactions, so tacit does not change it unasked.",
		Fix: `Put the transactions under an API of their own, and leave this one at:

api "orders" {
  reset = ["consent_policy"]
}`,
		Symptom: "consent_required or interaction_required on prompt=none (which of them is inferred).",
		Source:  "Auth0 docs: Configure Rich Authorization Requests; go-auth0 v3.0.0 (policies)",
		Grade:   check.Documented,
		Severity: check.Severities{
			schema.ViaIframe: schema.Error, schema.ViaRedirect: schema.Error, schema.ViaInteractive: schema.Warning,
		},
		Reads: []schema.Field{consentPolicy.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(consentPolicy, p.API)
			switch {
			case f.undecided():
				return f.unread(p)
			case f.given() && f.v != "standard":
				return f.fail("consent_policy is %s; users are asked at each authorization.", quote(f.v))
			default:
				return check.Passed()
			}
		},
	}
}
