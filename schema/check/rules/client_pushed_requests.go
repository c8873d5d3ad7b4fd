package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientPushedRequests: pushing a request takes a back end.
func clientPushedRequests() *check.Rule {
	return &check.Rule{
		Code:    "TAC217",
		Name:    "client-pushed-requests",
		Summary: "The application need not push its authorization requests",
		Why: "With require_pushed_authorization_requests Auth0 answers /authorize only for requests that were pushed before, with the application's credentials. A SPA has none, and the request that an IdP-initiated login stands for is Auth0's own and never pushed. " +
			"The setting protects other applications well, so tacit does not change it unasked.",
		Fix: `Leave pushed requests to an application that can make them:

spa_client "portal" {
  require_pushed_authorization_requests = false
}`,
		Symptom:  "invalid_request at /authorize, for the silent request and for an ordinary login alike (the code is inferred).",
		Source:   "Auth0 docs: Configure Pushed Authorization Requests",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Follows:  []string{"TAC219"},
		Reads:    []schema.Field{mustPush.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return staysOff(p, p.Client, mustPush, "A SPA cannot push its requests.")
		},
	}
}
