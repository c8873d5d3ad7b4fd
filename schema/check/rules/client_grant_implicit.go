package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientGrantImplicit: an IdP-initiated answer with a token in it is the
// implicit grant, whatever the SPA itself uses.
func clientGrantImplicit() *check.Rule {
	return &check.Rule{
		Code:    "TAC205",
		Name:    "client-grant-implicit",
		Summary: "The application may use the implicit grant when the IdP-initiated answer is a token",
		Why: "response_type=id_token or token in the connection's query makes the answer an implicit one, and Auth0 refuses it when the application's grant types lack implicit. The SPA's own request uses a code and PKCE all the same. " +
			"Auth0's CheckMate reports implicit on a SPA (unexpected_grant_type_for_app_type). The advice behind it concerns access tokens in URLs: with response_type = [\"id_token\"] none is handed out, the landing page drops the answer, and the finding can be accepted with that reason. " +
			"To satisfy CheckMate as well, write response_type = [\"code\"], which needs no implicit grant, and have the landing page drop the code; TAC106 then reminds you that this code is of no other use.",
		Fix: `Add the grant type. tacit does so by itself on applications that it writes; by hand it is:

spa_client "portal" {
  grant_types = ["authorization_code", "refresh_token", "implicit"]
}`,
		Symptom:     "unauthorized_client: Grant type 'implicit' not allowed for the client. The landing page gets the error instead of an answer (the text is taken from the same error for other grants).",
		Source:      "Auth0 docs: Application Grant Types; sample abbaspour/mini-saml-idp-init-sso (implicit with response_type=id_token); auth0-checkmate, checkGrantTypes",
		Grade:       check.Documented,
		Severity:    check.Always(schema.Error),
		Reads:       idpInitiatedReads(idpQuery.Field(), grantTypes.Field()),
		Judge:       judgeClientGrantImplicit,
		Contributes: []schema.Field{grantTypes.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			if !answersImplicitly(p) {
				return nil
			}
			return addGrant(p, "implicit", fmt.Sprintf("%s: the query of its connections asks for an ID token or token", p.Addr))
		},
	}
}

func judgeClientGrantImplicit(p *check.Path) check.Verdict {
	if !answersImplicitly(p) {
		return check.Skipped()
	}
	return hasGrant(p, "implicit", "the answer to an IdP-initiated login with this response_type")
}

// answersImplicitly: the query is known to ask for a token or ID token.
func answersImplicitly(p *check.Path) bool {
	return landsHere(p) && implicitAnswer(read(idpQuery, p.Connection).v)
}
