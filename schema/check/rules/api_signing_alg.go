package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiSigningAlg: a token signed with a shared secret can have one audience.
func apiSigningAlg() *check.Rule {
	return &check.Rule{
		Code:    "TAC303",
		Name:    "api-signing-alg",
		Summary: "Access tokens are signed with a key pair",
		Why: "A request with openid in its scope gets a token for two audiences, the API and /userinfo. With HS256 the signature is made with a secret of the API's, so the token can have that one audience only, and whoever verifies it holds the secret that makes tokens. " +
			"RS256, RS512 and PS256 are verified with public keys.",
		Fix: `Use an asymmetric algorithm, and let the API verify with the tenant's keys (/.well-known/jwks.json):

api "orders" {
  signing_alg = "RS256"
}`,
		Symptom:  "The API answers 401, \"invalid signature\" or \"invalid algorithm\", because it expects RS256; /userinfo refuses the token.",
		Source:   "Auth0 docs: Access Token formats (stored copy); recorded traffic TestAccResourceServer (RS256 by default)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{signingAlg.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(signingAlg, p.API)
			switch {
			case f.undecided():
				return f.unknown(p)
			case f.v == "HS256":
				return f.fail("signing_alg is HS256; it has to be RS256, RS512 or PS256.")
			default:
				return check.Passed()
			}
		},
	}
}
