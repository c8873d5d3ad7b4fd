package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiTokenDialect: every dialect is a JWT, but not every one what the API
// expects.
func apiTokenDialect() *check.Rule {
	return &check.Rule{
		Code:    "TAC310",
		Name:    "api-token-dialect",
		Summary: "The claims of the token are what the API expects",
		Why: "All four dialects are signed JWTs. Those that end in _authz carry the user's permissions, but only with role-based access control (enforce_policies). " +
			"The two of RFC 9068 have typ at+jwt in place of JWT, client_id in place of azp, and a jti; a library that checks typ or azp has to know.",
		Fix: `Use Auth0's own profile, or set up the API's library for the other one:

api "orders" {
  token_dialect = "access_token"
}`,
		Symptom:  `The API answers 401 although the token is valid (typ or azp not as expected), or finds no "permissions".`,
		Source:   "Auth0 docs: Access Token Profiles",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{tokenDialect.Field(), enforcePolicies.Field()},
		Judge:    judgeAPITokenDialect,
	}
}

func judgeAPITokenDialect(p *check.Path) check.Verdict {
	f, rbac := read(tokenDialect, p.API), read(enforcePolicies, p.API)
	switch {
	case f.undecided():
		return f.unread(p)
	case strings.HasSuffix(f.v, "_authz") && rbac.undecided():
		return rbac.unknown(p)
	case strings.HasSuffix(f.v, "_authz") && !rbac.v:
		return f.fail("token_dialect is %s, and %s, so the token has no permissions.", quote(f.v), rbac.found()).As(schema.Warning).
			Advise("Set enforce_policies = true on the API, or use the dialect without _authz.")
	case strings.HasPrefix(f.v, "rfc9068"):
		return f.fail("token_dialect is %s: the token has typ at+jwt, and client_id in place of azp.", quote(f.v))
	default:
		return check.Passed()
	}
}
