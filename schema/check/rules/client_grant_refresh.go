package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientGrantRefresh: a SPA that renews by refresh token needs the grant for
// it.
func clientGrantRefresh() *check.Rule {
	return &check.Rule{
		Code:    "TAC212",
		Name:    "client-grant-refresh",
		Summary: "A SPA that asks for refresh tokens may use them",
		Why: "With refresh = true the SPA asks for offline_access and renews its token by refresh token. Without the grant type refresh_token Auth0 hands out none. " +
			"A refresh token never replaces the first silent request: after an IdP-initiated landing there is none yet.",
		Fix: `Add the grant type. tacit does so by itself on applications that it writes; by hand it is:

spa_client "portal" {
  grant_types = ["authorization_code", "refresh_token"]
}`,
		Symptom:     `auth0-spa-js: "missing_refresh_token" at the first renewal, and a new login at every reload of the page.`,
		Source:      "Auth0 docs: Refresh Token Rotation; auth0-spa-js source (useRefreshTokens)",
		Grade:       check.Documented,
		Severity:    check.Always(schema.Error),
		Reads:       []schema.Field{grantTypes.Field()},
		Judge:       judgeClientGrantRefresh,
		Contributes: []schema.Field{grantTypes.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			if !p.Refresh {
				return nil
			}
			return addGrant(p, "refresh_token", fmt.Sprintf("%s: the SPA renews its token by refresh token", p.Addr))
		},
	}
}

func judgeClientGrantRefresh(p *check.Path) check.Verdict {
	if !p.Refresh {
		return check.Skipped()
	}
	return hasGrant(p, "refresh_token", "refresh = true")
}
