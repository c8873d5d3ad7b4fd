package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientIDTokenAlg: a SPA can verify RS256 and cannot keep the secret that
// HS256 needs.
func clientIDTokenAlg() *check.Rule {
	return &check.Rule{
		Code:    "TAC207",
		Name:    "client-id-token-alg",
		Summary: "ID tokens are signed with RS256",
		Why: "auth0-spa-js verifies ID tokens with the tenant's public keys and accepts RS256 only. An application created through the Management API has no algorithm at all, which means HS256: signed with a secret that a SPA does not have. " +
			"Some reports say that Auth0 signs for public clients with RS256 anyway, others show HS256 tokens reaching SPAs; writing RS256 settles it.",
		Fix: `Write the algorithm. tacit does so by itself on applications that it creates; on one that it finds, write the line or convert = true:

spa_client "portal" {
  jwt_configuration {
    alg = "RS256"
  }
}`,
		Symptom:  `auth0-spa-js: Signature algorithm of "HS256" is not supported. Expected the ID token to be signed with "RS256". The silent request fails after it succeeded.`,
		Source:   "auth0-spa-js FAQ and issue 41; auth0-react issue 130; alexkappa/terraform-provider-auth0 issue 459 (no algorithm means HS256)",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{idTokenAlg.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(idTokenAlg, p.Client)
			switch {
			case f.undecided():
				return f.unknown(p)
			case f.v == "RS256":
				return check.Passed()
			case !f.given():
				return f.fail("jwt_configuration.alg is not set, which means HS256; it has to be RS256.")
			default:
				return f.fail("jwt_configuration.alg is %s; it has to be RS256.", quote(f.v))
			}
		},
	}
}
