package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiGrantScopes: a grant is a ceiling, and what is above it is dropped without
// an error.
func apiGrantScopes() *check.Rule {
	return &check.Rule{
		Code:    "TAC307",
		Name:    "api-grant-scopes",
		Summary: "The application's grant covers the scopes that the SPA asks for",
		Why:     "Under require_client_grant the token gets the scopes that are in the request, in the grant, in the user's permissions (with role-based access control) and consented to. A scope that the grant lacks is left out, silently.",
		Fix: `Add the scope to the grant, or take it out of the silent_upgrade block:

client_grant "portal_orders" {
  scope = ["read:orders"]
}`,
		Symptom:  `No OAuth error: the JWT arrives, its "scope" claim lacks the scope, and the API answers 403.`,
		Source:   "Auth0 docs: Application Access to APIs: Client Grants",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{userPolicy.Field(), grantScopes.Field(), grantAllScopes.Field()},
		Judge:    judgeAPIGrantScopes,
	}
}

func judgeAPIGrantScopes(p *check.Path) check.Verdict {
	if p.UserGrant == nil || !asksForAPIScope(p) || !asksForGrant(p) {
		return check.Skipped() // TAC306, or nothing is limited
	}
	all, f := read(grantAllScopes, p.UserGrant), read(grantScopes, p.UserGrant)
	switch {
	case all.v:
		return check.Passed()
	case f.undecided():
		return f.unknown(p)
	}
	var missing []string
	for _, s := range p.Scopes {
		if !standardScope(s) && !slices.Contains(f.v, s) {
			missing = append(missing, s)
		}
	}
	switch {
	case len(missing) == 0:
		return check.Passed()
	case all.undecided():
		return all.unknown(p)
	default:
		return f.fail("The grant lacks %s, which %s asks for; Auth0 leaves it out of the token.", listed(missing), p.Addr)
	}
}
