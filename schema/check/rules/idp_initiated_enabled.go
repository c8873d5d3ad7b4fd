package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpInitiatedEnabled: Auth0 refuses an assertion that nobody asked for unless
// the connection accepts IdP-initiated logins.
func idpInitiatedEnabled() *check.Rule {
	return &check.Rule{
		Code:    "TAC102",
		Name:    "idp-initiated-enabled",
		Summary: "The connection accepts IdP-initiated logins",
		Why: "A login that starts at the customer's identity provider answers no request of Auth0's, and Auth0 rejects such assertions unless the connection says otherwise. " +
			"Accepting them exposes the application to login CSRF (an attacker can log a victim in to the attacker's account); an application that ignores the answer and starts a request of its own limits that, and does not remove it.",
		Fix: `Switch it on:

saml_connection "customer" {
  idp_initiated {
    enabled = true
    client  = spa_client.portal
  }
}

When the setting is right and people still see the error, the login started on one domain and the IdP posts to the other: the ACS URL and the SPA must use the same host.`,
		Symptom:  `400 at /login/callback: {"invalid_request":"IdP-Initiated login is not enabled for connection 'NAME'."}. The tenant log may hold no event at all.`,
		Source:   "Auth0 support article: IdP-Initiated login is not enabled for connection; community thread 123022; auth0/docs pull request 9265",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{idpEnabled.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return beOn(p, p.Connection, idpEnabled, true, "Auth0 rejects logins that start at the identity provider.")
		},
	}
}
