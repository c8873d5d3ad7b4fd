package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientAuthMethod: a SPA exchanges its code without a secret.
func clientAuthMethod() *check.Rule {
	return &check.Rule{
		Code:    "TAC208",
		Name:    "client-auth-method",
		Summary: "The application exchanges codes without a client secret",
		Why: "The SPA posts its code to /oauth/token with PKCE and nothing else. With any method but none Auth0 expects proof that only a server can hold, and refuses. " +
			"The method none excludes the client credentials grant (TAC211).",
		Fix: `Make the application a public one. tacit does so by itself on applications that it creates; on one that it finds, write the line or convert = true:

spa_client "portal" {
  token_endpoint_auth_method = "none"
}`,
		Symptom:  `401 at /oauth/token: {"error":"access_denied","error_description":"Unauthorized"}, after the silent request itself went well.`,
		Source:   "Auth0 docs: Confidential and Public Applications; auth0-spa-js issues 488 and 539",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Follows:  []string{"TAC219"},
		Reads:    []schema.Field{authMethod.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(authMethod, p.Client)
			switch {
			case f.undecided():
				return f.unknown(p)
			case f.v == "none":
				return check.Passed()
			case !f.given():
				return check.Undecided(p.Client, f.src, `Write token_endpoint_auth_method = "none".`,
					"token_endpoint_auth_method is not set, and what Auth0 then expects depends on the type of application.")
			default:
				return f.fail("token_endpoint_auth_method is %s; it has to be \"none\".", quote(f.v))
			}
		},
	}
}
