package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpInitiatedProtocol: Auth0 answers the application by the protocol that the
// connection names; a SPA understands one of them.
func idpInitiatedProtocol() *check.Rule {
	return &check.Rule{
		Code:    "TAC104",
		Name:    "idp-initiated-protocol",
		Summary: "The application is answered by OpenID Connect",
		Why: "client_protocol decides how Auth0 passes the user on. With samlp or wsfed the application gets a form post with an assertion, which a static single-page app cannot even receive. " +
			"Auth0's documentation calls the right value oauth2, its API schema oidc; both are in use and mean the same, so tacit treats them as equal and keeps what the tenant has. " +
			"The example of Terraform's Auth0 provider shows samlp: do not copy it for a SPA.",
		Fix: `Write the protocol. If the Management API refuses one spelling, use the other ("oidc").

saml_connection "customer" {
  idp_initiated {
    client_protocol = "oauth2"
  }
}`,
		Symptom:  "No OAuth error: after the login the browser posts a SAML or WS-Federation form to the application, which answers 404 or 405 or shows its start page without a session.",
		Source:   "Auth0 docs: Configure Auth0 as SAML Service Provider (client_protocol); go-auth0 enumeration of the same field; Terraform provider example of auth0_connection",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{idpEnabled.Field(), idpProtocol.Field()},
		Judge:    judgeInitiatedProtocol,
	}
}

func judgeInitiatedProtocol(p *check.Path) check.Verdict {
	f := read(idpProtocol, p.Connection)
	switch {
	case idpInitiatedOff(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case !f.given() || f.v == "":
		return check.Undecided(f.state, f.src, `Write idp_initiated.client_protocol = "oauth2".`,
			"client_protocol is not set, and which protocol Auth0 then answers with is not documented.")
	case isOIDC(f.v):
		return check.Passed()
	default:
		return f.fail("client_protocol is %s; a single-page app needs \"oauth2\" (or \"oidc\", which means the same).", quote(f.v))
	}
}
