package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientSignedRequests: signing a request takes a key that a browser cannot
// keep.
func clientSignedRequests() *check.Rule {
	return &check.Rule{
		Code:    "TAC220",
		Name:    "client-signed-requests",
		Summary: "The application need not sign its authorization requests",
		Why: "With signed_request_object.required Auth0 accepts only requests that are JWTs signed by the application (JAR). No SPA SDK signs them, and the request that an IdP-initiated login stands for is Auth0's own. " +
			"tacit does not change the setting unasked.",
		Fix: `Leave signed requests to an application with a back end:

spa_client "portal" {
  signed_request_object = { required = false }
}`,
		Symptom:  "invalid_request at /authorize, for the silent request and for an ordinary login alike (the code is inferred).",
		Source:   "Auth0 docs: Configure JWT-secured Authorization Requests; go-auth0 v3.0.0 (signed_request_object.required)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Follows:  []string{"TAC219"},
		Reads:    []schema.Field{mustSign.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return staysOff(p, p.Client, mustSign, "A SPA cannot sign its requests.")
		},
	}
}
