package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaLegacySDK: auth0.js asks silently by the implicit grant only.
func spaLegacySDK() *check.Rule {
	return &check.Rule{
		Code:     "TAC605",
		Name:     "spa-legacy-sdk",
		Summary:  "A SPA on auth0.js asks for tokens and from its own origin",
		Why:      "checkSession of auth0.js takes response types token and token id_token, which is the implicit grant, and a redirectUri on the origin of the window. auth0-spa-js uses a code with PKCE and has neither limit. Tokens that come this way live as long as token_lifetime_for_web says.",
		Fix:      "Use auth0-spa-js. With auth0.js give checkSession responseType \"token id_token\", an audience, and a redirectUri on the same origin; grant_types then needs implicit.",
		Symptom:  `"responseType can't be ` + "`code`" + `", or "origin_mismatch", thrown in the browser.`,
		Source:   "auth0.js source (checkSession, web message handler)",
		Grade:    check.Library,
		Severity: check.Severities{schema.ViaIframe: schema.Info},
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			return check.Undecided(p.Client, p.Attr("client"), "Look at the SDK in the SPA's dependencies.",
				"Which SDK the SPA uses is not part of a configuration.")
		},
	}
}
