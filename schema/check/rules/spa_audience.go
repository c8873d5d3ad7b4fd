package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaAudience: without an audience there is no API.
func spaAudience() *check.Rule {
	return &check.Rule{
		Code:    "TAC608",
		Name:    "spa-audience",
		Summary: "The silent request names the API's identifier as audience",
		Why: "A token is a JWT when the request names an API, and opaque otherwise. The parameter is audience. The parameter resource of RFC 8707 is understood only on tenants whose resource_parameter_profile is compatibility, which is what new tenants have; with the profile audience it is passed on upstream and the token stays opaque. audience wins on both, so either profile is right for a SPA that sends it. " +
			"The scopes have to be asked for, too: an API that wants grants gives none that were not requested.",
		Fix:      "Pass authorizationParams with audience and scope to the SDK's client, or to getTokenSilently.",
		Symptom:  "The access token has no dots or five parts, and the API answers 401 \"jwt malformed\".",
		Source:   "Auth0 docs: Get Access Tokens, Tenant Settings (resource parameter profile); auth0-spa-js issues 301, 822 and 1008",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			return check.Undecided(p.API, p.Attr("api"), "Look at the parameter audience of the silent /authorize request in the browser.",
				"The SPA has to send the audience %s.", quote(read(identifier, p.API).v))
		},
	}
}
