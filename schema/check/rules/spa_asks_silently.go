package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaAsksSilently: the SDK's own look at start-up skips the request that
// matters.
func spaAsksSilently() *check.Rule {
	return &check.Rule{
		Code:    "TAC602",
		Name:    "spa-asks-silently",
		Summary: "The SPA calls getTokenSilently on its landing route",
		Why: "checkSession of auth0-spa-js, which the provider of auth0-react calls at start-up, asks only when a cookie says that this SPA has logged somebody in before (auth0.CLIENT_ID.is.authenticated). After an IdP-initiated login nothing has set it, so nothing is asked and the user looks logged out while the session exists. " +
			"getTokenSilently always asks.",
		Fix: `Call it yourself where users land:

const token = await auth0.getTokenSilently({ authorizationParams: { audience, scope } });`,
		Symptom:  "None in the console: no request is made, and the user looks logged out.",
		Source:   "auth0-spa-js source (Auth0Client.checkSession)",
		Grade:    check.Library,
		Severity: silently(schema.Error),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			if p.Via == schema.ViaInteractive {
				return check.Skipped()
			}
			return check.Undecided(p.Client, p.Attr("client"), "Watch for /authorize with prompt=none in the browser after landing with no cookies of the SPA.",
				"Which call of the SDK the SPA makes is not part of a configuration.")
		},
	}
}
