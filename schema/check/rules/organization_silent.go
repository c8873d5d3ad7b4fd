package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// organizationSilent: a session of an organization serves requests that name
// it.
func organizationSilent() *check.Rule {
	return &check.Rule{
		Code:    "TAC509",
		Name:    "organization-silent",
		Summary: "The SPA names the organization in its silent request",
		Why: "The request with prompt=none has to carry the same organization as the ACS URL. auth0-spa-js repeats an organization only after a login that it started itself, which an IdP-initiated one is not, so the SPA has to say it: from its own address, or from the redirect_uri of the connection's query. " +
			"Without it the token has no org_id, or the request needs a prompt that it may not show.",
		Fix: `Put the organization into the landing URL and pass it on:

const organization = new URLSearchParams(location.search).get("organization");
await auth0.getTokenSilently({ authorizationParams: { organization } });`,
		Symptom:  `login_required: "Login required", or interaction_required, on prompt=none; or a token without org_id that the API refuses.`,
		Source:   "auth0-spa-js source (organization hint); Auth0 community article 122933",
		Grade:    check.Library,
		Severity: silently(schema.Warning),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			if p.Organization == nil {
				return check.Skipped()
			}
			return check.Undecided(p.Client, p.Attr("organization"), "Look at the parameter organization of the silent /authorize request in the browser.",
				"The SPA has to send the organization %s.", quote(p.Organization.Name()))
		},
	}
}
