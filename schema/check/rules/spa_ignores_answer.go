package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaIgnoresAnswer: the answer to an IdP-initiated login is nobody's
// question.
func spaIgnoresAnswer() *check.Rule {
	return &check.Rule{
		Code:    "TAC601",
		Name:    "spa-ignores-answer",
		Summary: "The SPA ignores the answer it lands with and asks itself",
		Why: "The answer carries no state, for nobody asked. auth0-spa-js and auth0-react look for code and state and ignore or refuse it; auth0.js refuses it unless __enableIdPInitiatedLogin is set, which gives up the protection against forged logins. " +
			"The landing route has to drop what is in the URL and make its own request, with its own state, nonce and code challenge. That request is safe from forged answers; whose session it finds is not, so show users who they are.",
		Fix: `On the landing route, and not on the SDK's callback page:

history.replaceState({}, "", location.pathname);
const token = await auth0.getTokenSilently({ authorizationParams: { audience } });`,
		Symptom:  `"missing_transaction", "Invalid state" (auth0-spa-js); invalid_token, "` + "`state`" + ` does not match." (auth0.js); a user who looks logged out (auth0-react).`,
		Source:   "auth0-spa-js, auth0-react and auth0.js sources; auth0-spa-js issues 213 and 359; Auth0 docs: IdP-initiated SAML sign-on to OIDC apps",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			return check.Undecided(p.Client, p.Attr("client"), "Open the landing route with a fragment by hand and watch the requests of the SPA.",
				"What the landing route does with the answer is not part of a configuration.")
		},
	}
}
