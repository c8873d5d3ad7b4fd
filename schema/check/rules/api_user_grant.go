package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiUserGrant: where the policy asks for a grant, the application needs one
// for users. Granting is access control, so tacit leaves it to a block.
func apiUserGrant() *check.Rule {
	return &check.Rule{
		Code:    "TAC306",
		Name:    "api-user-grant",
		Summary: "Where the API asks for a grant, the application has one for its users",
		Why: "Under require_client_grant Auth0 gives tokens for users only to applications with a client grant of the subject type user for that API. A grant of the subject type client, the usual kind, is for the application itself and does not help; an application may hold one of each. " +
			"CheckMate counts user grants as access to be reviewed: with this policy one per application is what it takes, with the scopes that the SPA needs and no others.",
		Fix: `Grant it, with the scopes that the SPA asks for:

client_grant "portal_orders" {
  client       = spa_client.portal
  audience     = api.orders.identifier
  subject_type = "user"
  scope        = ["read:orders"]
}`,
		Symptom:  `invalid_request: Client "CLIENT_ID" is not authorized to access resource server "AUDIENCE". (third-party documentation reports the same text as unauthorized_client).`,
		Source:   "Auth0 docs: Application Access to APIs: Client Grants; public READMEs quoting the error",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{userPolicy.Field(), grantScopes.Field()},
		Judge:    judgeAPIUserGrant,
	}
}

// asksForGrant: the API is known to give tokens for users to applications with
// a grant only.
func asksForGrant(p *check.Path) bool {
	f := read(userPolicy, p.API)
	return f.given() && f.v == "require_client_grant"
}

func judgeAPIUserGrant(p *check.Path) check.Verdict {
	f := read(userPolicy, p.API)
	switch {
	case !asksForGrant(p):
		return check.Skipped() // TAC305
	case p.UserGrant != nil:
		return check.Passed()
	case !p.Read.Grants:
		return check.Undecided(p.API, f.src, settle(p, &schema.State{Kind: schema.ClientGrant}, schema.NotRead),
			"The user policy is require_client_grant, and whether the application has a grant for users is not known.")
	default:
		return f.fail("The user policy is require_client_grant, and the application has no grant for users.")
	}
}
