package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientSSOEnabled: the silent request lives on the session that the IdP's
// login created.
func clientSSOEnabled() *check.Rule {
	return &check.Rule{
		Code:    "TAC209",
		Name:    "client-sso-enabled",
		Summary: "The application uses existing sessions",
		Why: "With sso_disabled every request of the application asks for a login, session or not; a request with prompt=none may not ask and fails. " +
			"An interactive second leg works, with one more login at the identity provider.",
		Fix: `Remove sso_disabled = true, or write:

spa_client "portal" {
  sso_disabled = false
}`,
		Symptom:  `login_required: "Login required" on every prompt=none, directly after a successful login.`,
		Source:   "Auth0 community article 119474 (sso_disabled); recorded traffic TestAccClientOIDCLogout (created with false)",
		Grade:    check.Documented,
		Severity: check.Severities{schema.ViaIframe: schema.Error, schema.ViaRedirect: schema.Error, schema.ViaInteractive: schema.Info},
		Reads:    []schema.Field{ssoDisabled.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return beOn(p, p.Client, ssoDisabled, false, "The application ignores the session that the login created.")
		},
	}
}
