package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiOnlineAccess: online refresh tokens exclude the other kind.
func apiOnlineAccess() *check.Rule {
	return &check.Rule{
		Code:    "TAC316",
		Name:    "api-online-access",
		Summary: "A SPA that asks for online refresh tokens can get them",
		Why:     "The scope online_access asks for a refresh token that ends with the session (beta). It takes an API that allows it and a SPA with DPoP, and it cannot be asked for together with offline_access.",
		Fix: `Allow it, have the SPA use DPoP (dpop = true in the silent_upgrade block), and ask for one kind only:

api "orders" {
  allow_online_access = true
}`,
		Symptom:  `invalid_request: "Cannot request both online_access and offline_access scopes"; otherwise no refresh token in the answer.`,
		Source:   "Auth0 docs: Online Refresh Tokens",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{onlineAccess.Field()},
		Judge:    judgeAPIOnlineAccess,
	}
}

func judgeAPIOnlineAccess(p *check.Path) check.Verdict {
	if !slices.Contains(p.Scopes, "online_access") {
		return check.Skipped()
	}
	f := read(onlineAccess, p.API)
	switch {
	case p.Refresh || slices.Contains(p.Scopes, "offline_access"):
		return check.Failed(p.API, p.Attr("scopes"), "%s asks for online_access and offline_access together, which Auth0 refuses.", p.Addr).As(schema.Error).
			Advise("Take online_access out of scopes, or refresh = true and offline_access out of the silent_upgrade block.")
	case f.undecided():
		return f.unknown(p)
	case !f.v:
		return f.fail("%s asks for online_access, and %s.", p.Addr, f.found())
	case !p.DPoP:
		return check.Failed(p.API, p.Attr("scopes"), "%s asks for online_access, which takes a SPA with DPoP.", p.Addr)
	default:
		return check.Passed()
	}
}
