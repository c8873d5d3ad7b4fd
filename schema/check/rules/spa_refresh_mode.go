package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaRefreshMode: a SPA that relies on refresh tokens has none when it lands.
func spaRefreshMode() *check.Rule {
	return &check.Rule{
		Code:    "TAC603",
		Name:    "spa-refresh-mode",
		Summary: "The SPA falls back to the session while it has no refresh token",
		Why:     "With useRefreshTokens auth0-spa-js renews by refresh token and, since version 2, does not try anything else. After an IdP-initiated login it has none, so the first call fails without a request. useRefreshTokensFallback makes it ask the session first.",
		Fix: `const auth0 = new Auth0Client({
  domain, clientId,
  useRefreshTokens: true, useRefreshTokensFallback: true,
});`,
		Symptom:  `"Missing Refresh Token" (missing_refresh_token) at once, with no request on the network.`,
		Source:   "auth0-spa-js source (_getTokenUsingRefreshToken) and its migration guide to version 2",
		Grade:    check.Library,
		Severity: silently(schema.Error),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			if !p.Refresh || p.Via == schema.ViaInteractive {
				return check.Skipped()
			}
			return check.Undecided(p.Client, p.Attr("client"), "Look for useRefreshTokensFallback where the SPA makes its client.",
				"The path says refresh, so the SPA has to fall back to the session for its first token.")
		},
	}
}
