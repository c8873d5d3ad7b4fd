package rules

import (
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// queryScope: without openid an authorize request is not an OpenID Connect
// request, and there is no ID token to answer with.
func queryScope() *check.Rule {
	return &check.Rule{
		Code:    "TAC107",
		Name:    "query-scope",
		Summary: "The query asks for the scope openid",
		Why: "openid is what makes Auth0 answer with an ID token; profile and email say what is in it. Scopes of an API have no effect in this query. " +
			"Scopes are separated by spaces: openid,profile,email, which some published configurations hold, is one scope that does not exist.",
		Fix: `idp_initiated {
  query {
    response_type = ["id_token"]
    scope         = ["openid", "profile", "email"]
  }
}`,
		Symptom:  "No error: the fragment that reaches the landing page holds no id_token, and /userinfo knows nothing but the user's ID.",
		Source:   "Auth0 docs: IdP-initiated SAML sign-on to OIDC apps; OpenID Connect scopes",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{idpEnabled.Field(), idpProtocol.Field(), idpQuery.Field()},
		Judge:    judgeQueryScope,
	}
}

func judgeQueryScope(p *check.Path) check.Verdict {
	f := queryOf(p)
	switch {
	case !answered(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case len(f.v.Words("response_type")) == 0:
		return check.Skipped() // TAC106 asks for the response type first
	}
	words := f.v.Words("scope")
	raw, _ := f.v.Get("scope")
	switch {
	case slices.Contains(words, "openid"):
		return check.Passed()
	case len(words) == 0:
		return f.wrong("scope", "The query asks for no scope; it has to ask for openid.")
	case strings.Contains(raw, ","):
		return f.wrong("scope", "scope is %s; scopes are separated by spaces, and openid has to be one of them.", quote(raw))
	default:
		return f.wrong("scope", "scope is %s; openid is missing.", quote(raw))
	}
}
