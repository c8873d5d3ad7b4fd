package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiUserPolicy: an API may refuse user tokens to all applications, or to
// those without a grant. tacit never loosens the policy.
func apiUserPolicy() *check.Rule {
	return &check.Rule{
		Code:    "TAC305",
		Name:    "api-user-policy",
		Summary: "The API gives tokens for its users to the application",
		Why: "subject_type_authorization.user decides which applications get tokens for users: all (allow_all), those with a grant for it (require_client_grant), or none (deny_all). " +
			"The Management API creates APIs with allow_all; reports of 2026 say that the Dashboard now wants the application to be authorized first. " +
			"The policy is access control, so tacit reports it and does not change it unasked.",
		Fix: `If every application of the tenant may call the API for its users, write:

api "orders" {
  subject_type_authorization {
    user {
      policy = "allow_all"
    }
  }
}

Otherwise write policy = "require_client_grant" and give the application a client_grant with subject_type = "user".`,
		Symptom:  `invalid_request: Client "CLIENT_ID" is not authorized to access resource server "AUDIENCE". (third-party documentation reports the same text as unauthorized_client).`,
		Source:   "Auth0 docs: API Access Policies for Applications; recorded traffic TestAccResourceServer (allow_all by default); public READMEs quoting the error",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{userPolicy.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(userPolicy, p.API)
			switch {
			case f.undecided():
				return f.unknown(p)
			case f.v == "allow_all" || f.v == "require_client_grant":
				return check.Passed() // TAC306 looks for the grant
			default:
				return f.fail("The user policy is %s; the application gets no token for its users.", quote(f.v))
			}
		},
	}
}
