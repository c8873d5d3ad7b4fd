package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// requestThrottling: many users behind one address look like an attack.
func requestThrottling() *check.Rule {
	return &check.Rule{
		Code:     "TAC512",
		Name:     "request-throttling",
		Summary:  "The users' networks are not blocked",
		Why:      "Network access control lists of the tenant, and suspicious IP throttling, judge by address. A customer's users often share one, so a block meets all of them, and in an iframe it is a page that posts no answer. Brute-force protection and breached passwords concern passwords and not SAML. tacit does not read these settings.",
		Fix:      "Look at the tenant's access control lists and at Attack Protection in the Dashboard (Security), and allow the customer's addresses.",
		Symptom:  `429 or a block page in the hidden iframe; the SPA reports "timeout" for all users of one network.`,
		Source:   "inferred from Auth0 docs: Suspicious IP Throttling, Tenant Access Control List",
		Grade:    check.Assumed,
		Severity: check.Always(schema.Info),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			return check.Undecided(p.Connection, p.Attr("connections"), "Look for limit and block events of the customer's addresses in the tenant's logs.",
				"Whether the customer's addresses are blocked is not read.")
		},
	}
}
