package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiScopesDefined: Auth0 drops scopes that the API does not define, without
// an error.
func apiScopesDefined() *check.Rule {
	return &check.Rule{
		Code:    "TAC304",
		Name:    "api-scopes-defined",
		Summary: "The API defines the scopes that the SPA asks for",
		Why:     "A scope that the API does not define is left out of the token, silently: the request succeeds and the token cannot do what it was asked for. The upgrade names its scopes because the SPA needs them, so this counts as an error.",
		Fix: `Define the scope, or correct it in the silent_upgrade block:

api "orders" {
  scope "read:orders" {
    description = "Read orders"
  }
}`,
		Symptom:  `No OAuth error: the JWT arrives, its "scope" claim lacks the scope, and the API answers 403.`,
		Source:   "Auth0 docs: API scopes",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{apiScopes.Field()},
		Judge:    judgeAPIScopesDefined,
	}
}

// standardScope: the scope belongs to OpenID Connect or OAuth, not to an API.
func standardScope(s string) bool {
	switch s {
	case "openid", "profile", "email", "address", "phone", "offline_access", "online_access":
		return true
	default:
		return false
	}
}

// asksForAPIScope: the SPA asks for a scope of the API.
func asksForAPIScope(p *check.Path) bool {
	return slices.ContainsFunc(p.Scopes, func(s string) bool { return !standardScope(s) })
}

func judgeAPIScopesDefined(p *check.Path) check.Verdict {
	if !asksForAPIScope(p) {
		return check.Skipped()
	}
	f := read(apiScopes, p.API)
	if f.undecided() {
		return f.unknown(p)
	}
	key := apiScopes.Field().Attr.Key
	var defined []string
	for _, e := range f.v {
		if s, ok := e[key].(string); ok {
			defined = append(defined, s)
		}
	}
	var missing []string
	misspelt := false
	for _, s := range p.Scopes {
		if !standardScope(s) && !slices.Contains(defined, s) {
			near := meant(s, defined)
			missing = append(missing, quote(s)+near)
			misspelt = misspelt || near != ""
		}
	}
	if len(missing) == 0 {
		return check.Passed()
	}
	f.src = p.Attr("scopes")
	if f.partial(p) {
		return f.more(p, "The files do not define %s on the API; the tenant may.", strings.Join(missing, ", "))
	}
	v := f.fail("The API does not define %s, which %s asks for.", strings.Join(missing, ", "), p.Addr)
	if misspelt {
		return v.Advise("Correct the scope in the silent_upgrade block, or define it on the API.")
	}
	return v
}

func meant(scope string, defined []string) string {
	if near := nearest(scope, defined); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", quote(near))
	}
	return ""
}
