package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// domainIssuer: the issuer of a token is the host that was asked for it.
func domainIssuer() *check.Rule {
	return &check.Rule{
		Code:    "TAC504",
		Name:    "domain-issuer",
		Summary: "The API's verifier expects the issuer of the login domain",
		Why: "The claim iss is https://HOST/ with the host that the SPA asked, final slash included: with a custom domain it is not the tenant's own. An API that verifies tokens from several login domains has to accept each of their issuers. " +
			"The keys are the same at every host of the tenant. How the API is set up is not part of any Auth0 configuration.",
		Fix:      "Set the issuer of the API's verifier to https://LOGIN_DOMAIN/ and its keys to https://LOGIN_DOMAIN/.well-known/jwks.json.",
		Symptom:  "The API answers 401, \"jwt issuer invalid\", to a token that is good.",
		Source:   "Auth0 docs: Get Access Tokens, Configure Features to Use Custom Domains",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			if p.LoginDomain == "" {
				return check.Skipped()
			}
			return check.Undecided(p.API, p.Attr("login_domain"), "Decode a token and compare its iss with what the API expects.",
				"Tokens of this path have the issuer %s.", quote("https://"+p.LoginDomain+"/"))
		},
	}
}
