package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpRelayState: RelayState tells the two kinds of login apart.
func idpRelayState() *check.Rule {
	return &check.Rule{
		Code:    "TAC127",
		Name:    "idp-relay-state",
		Summary: "Logins that start at the application keep their RelayState",
		Why: "Auth0 tells the two kinds of login apart by RelayState: without the one it sent, a response counts as IdP-initiated. " +
			"An identity provider that loses it turns logins that started at the application into IdP-initiated ones, which land on the landing route and forget where the user was going.",
		Fix:      `Send no RelayState of its own with IdP-initiated responses, and return the one of the request with all others.`,
		Symptom:  "No error: a login from the application ends on the landing route.",
		Source:   "Auth0 docs: SAML errors (stored copy); Auth0 support article IdP-Initiated login is not enabled for connection",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Advice:   true,
		Judge:    judgeIdpRelayState,
	}
}

func judgeIdpRelayState(p *check.Path) check.Verdict {
	return tell(p, "Whether the identity provider returns the RelayState of a request shows only in a login that starts at the application.")
}
