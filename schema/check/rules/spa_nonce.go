package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaNonce: an ID token needs a nonce to belong to a request.
func spaNonce() *check.Rule {
	return &check.Rule{
		Code:     "TAC607",
		Name:     "spa-nonce",
		Summary:  "A silent request for an ID token carries a nonce",
		Why:      "A request whose response_type holds id_token needs a nonce, which the ID token repeats. SDKs send one; requests that are put together by hand often lack it. A nonce is new for every request, which is why none belongs into the connection's query.",
		Fix:      "Let an SDK make the request, or add a random nonce to it and compare it with the one in the ID token.",
		Symptom:  "invalid_request: the parameter nonce is missing.",
		Source:   "Auth0 docs: Authentication with the OIDC-conformant pipeline",
		Grade:    check.Documented,
		Severity: silently(schema.Error),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			return check.Undecided(p.Client, p.Attr("client"), "Look at the parameters of the silent /authorize request in the browser.",
				"How the SPA puts its request together is not part of a configuration.")
		},
	}
}
