package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaSilentBeforeLogin: a visible login after an invisible one is a second trip
// to the identity provider.
func spaSilentBeforeLogin() *check.Rule {
	return &check.Rule{
		Code:    "TAC604",
		Name:    "spa-silent-before-login",
		Summary: "The SPA asks silently before it sends users to log in",
		Why: "loginWithRedirect with connection and without prompt=none goes to the identity provider again: the parameter connection is an order to use it. Users who have just come from there see a second round trip, or a second login. " +
			"Ask with prompt=none first, in the iframe, then at top level, and only then visibly.",
		Fix:      "Call getTokenSilently first; on login_required call loginWithRedirect with prompt none; on login_required again call loginWithRedirect with the connection.",
		Symptom:  "Every login flickers through the identity provider twice.",
		Source:   "Auth0 docs: Enable Enterprise Connections (connection parameter); replayio/devtools pull request 4689",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			if p.Via == schema.ViaInteractive {
				return check.Skipped() // the second trip is what was chosen
			}
			return check.Undecided(p.Client, p.Attr("client"), "Watch the requests after landing: the first to /authorize has prompt=none.",
				"Which request the SPA makes first is not part of a configuration.")
		},
	}
}
