package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiOfflineAccess: offline_access is ignored where the API does not allow it.
// It is not contributed: refresh tokens outlive sessions.
func apiOfflineAccess() *check.Rule {
	return &check.Rule{
		Code:    "TAC315",
		Name:    "api-offline-access",
		Summary: "The API of a SPA that asks for refresh tokens allows them",
		Why: "With refresh = true the SPA asks for offline_access. Auth0 ignores the scope for an API that does not allow it, without an error; the Management API creates APIs that do not. " +
			"Refresh tokens outlive the session, for every application that asks for this API, so tacit does not switch them on unasked.",
		Fix: `Allow them, or take refresh = true out of the silent_upgrade block:

api "orders" {
  allow_offline_access = true
}`,
		Symptom:  `No OAuth error: the answer of /oauth/token has no refresh_token; auth0-spa-js: "missing_refresh_token" at the first renewal.`,
		Source:   "recorded traffic TestAccResourceServer (created with false); Auth0 docs: Get Refresh Tokens",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{offlineAccess.Field()},
		Judge: func(p *check.Path) check.Verdict {
			if !p.Refresh {
				return check.Skipped()
			}
			return beOn(p, p.API, offlineAccess, true, "The SPA gets no refresh token.")
		},
	}
}
