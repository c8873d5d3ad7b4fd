package rules

import (
	"net/url"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiAudience: a JWT is issued for an API that the tenant knows, and for no
// other audience.
func apiAudience() *check.Rule {
	return &check.Rule{
		Code:    "TAC301",
		Name:    "api-audience",
		Summary: "The audience is an API of the tenant's own",
		Why: "The audience of the silent request has to be the identifier of an API on the tenant, byte for byte, final slash included. " +
			"The /userinfo end point is an audience too, the one that every request has, and its tokens are opaque. " +
			"The Management API is an API, but a SPA gets little from it: few scopes, tokens bound to the canonical domain, and a reason to hand out rights over the tenant in a browser.",
		Fix: `Declare an API of your own and use its identifier as the audience in the SPA. An identifier cannot be changed later.

api "orders" {
  name       = "Orders API"
  identifier = "https://api.example.com/orders"
}`,
		Symptom:      `access_denied, "Service not found: https://api.example.com/orders/" when the bytes differ; an opaque token with /userinfo; 401 from the API with a token for another audience.`,
		Source:       "Auth0 community article 63027 (Service not found); Auth0 docs: Get Access Tokens, Configure Features to Use Custom Domains (Management API)",
		Grade:        check.Documented,
		Severity:     check.Always(schema.Error),
		NotRehearsed: "an API that the tenant lacks is an error before there is a path",
		Reads:        []schema.Field{identifier.Field()},
		Judge:        judgeAPIAudience,
	}
}

func judgeAPIAudience(p *check.Path) check.Verdict {
	f := read(identifier, p.API)
	switch {
	case f.undecided():
		return f.unknown(p)
	case f.v == "":
		return f.fail("The API has no identifier, so there is no audience to ask for.")
	}
	u, err := url.Parse(f.v)
	if err != nil {
		return check.Passed() // an identifier need not be a URL
	}
	auth0 := strings.HasSuffix(u.Hostname(), ".auth0.com")
	ours := auth0 || p.LoginDomain == "" || strings.EqualFold(u.Host, p.LoginDomain)
	switch {
	case ours && strings.TrimSuffix(u.Path, "/") == "/userinfo":
		return f.fail("The audience is %s, the user profile end point; tokens for it are opaque.", quote(f.v))
	case auth0 && strings.TrimSuffix(u.Path, "/") == "/api/v2":
		return f.fail("The audience is %s, Auth0's Management API.", quote(f.v)).As(schema.Warning)
	default:
		return check.Passed()
	}
}
