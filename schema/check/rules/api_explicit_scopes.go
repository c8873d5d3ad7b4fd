package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiExplicitScopes: with a grant, what is not asked for is not given.
func apiExplicitScopes() *check.Rule {
	return &check.Rule{
		Code:    "TAC308",
		Name:    "api-explicit-scopes",
		Summary: "Where the API asks for a grant, the SPA names the scopes it wants",
		Why:     "Under require_client_grant a request has to name its scopes: the grant is a ceiling and not a default. Renewing by refresh token is the exception.",
		Fix: `Name them in the SPA's request and in the silent_upgrade block:

silent_upgrade "orders" {
  scopes = ["read:orders"]
}`,
		Symptom:  "No OAuth error: the JWT arrives without any scope of the API, and the API answers 403.",
		Source:   "Auth0 docs: API Access Policies for Applications",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{userPolicy.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(userPolicy, p.API)
			switch {
			case p.Assumed:
				return check.Skipped() // nobody says what the SPA asks for
			case asksForAPIScope(p):
				return check.Passed()
			case f.undecided():
				return f.unread(p)
			case f.v != "require_client_grant":
				return check.Skipped()
			default:
				return check.Failed(p.API, p.Attr("scopes"), "The user policy is require_client_grant, and %s asks for no scope of the API.", p.Addr)
			}
		},
	}
}
