package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// spaSecurityPolicy: a page may forbid itself the iframe.
func spaSecurityPolicy() *check.Rule {
	return &check.Rule{
		Code:     "TAC606",
		Name:     "spa-security-policy",
		Summary:  "The SPA's headers let the hidden iframe and the token request through",
		Why:      "A Content-Security-Policy without the login domain in frame-src blocks the iframe, and without it in connect-src the exchange of the code. A page that is cross-origin isolated (COOP and COEP) cannot talk to the iframe; auth0-spa-js then answers login_required without asking. These headers come from whoever serves the SPA.",
		Fix:      "Add https://LOGIN_DOMAIN to frame-src and connect-src, and do not isolate the page that asks.",
		Symptom:  `"timeout" after 60 seconds and a CSP report in the console; crossOriginIsolated: login_required at once.`,
		Source:   "auth0-spa-js issue 706 and source",
		Grade:    check.Library,
		Severity: check.Severities{schema.ViaIframe: schema.Warning},
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			return check.Undecided(p.Client, p.Attr("client"), "Look at the console and at the response headers of the SPA's page.",
				"Which headers the SPA is served with is not part of a configuration.")
		},
	}
}
