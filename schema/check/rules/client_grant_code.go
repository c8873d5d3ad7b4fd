package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientGrantCode: the SPA gets its token with a code and PKCE.
func clientGrantCode() *check.Rule {
	return &check.Rule{
		Code:    "TAC204",
		Name:    "client-grant-code",
		Summary: "The application may use the authorization code grant",
		Why:     "The request with prompt=none asks for a code, which the SPA exchanges with PKCE; Auth0 refuses that when the application's grant types lack authorization_code.",
		Fix: `Add the grant type. tacit does so by itself on applications that it writes; by hand it is:

spa_client "portal" {
  grant_types = ["authorization_code", "refresh_token"]
}`,
		Symptom:     "unauthorized_client: Grant type 'authorization_code' not allowed for the client. The user looks logged out.",
		Source:      "Auth0 docs: Application Grant Types; datawire/ambassador-docs issue 143 (the error's text); recorded traffic TestAccClientOIDCLogout (default grant types)",
		Grade:       check.Documented,
		Severity:    check.Always(schema.Error),
		Reads:       []schema.Field{grantTypes.Field()},
		Judge:       func(p *check.Path) check.Verdict { return hasGrant(p, "authorization_code", "the request of the SPA") },
		Contributes: []schema.Field{grantTypes.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			return addGrant(p, "authorization_code", fmt.Sprintf("%s: the SPA exchanges a code for its token", p.Addr))
		},
	}
}
