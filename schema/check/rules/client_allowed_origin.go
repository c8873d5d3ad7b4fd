package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientAllowedOrigin: the browser lets the SPA exchange its code only when
// Auth0 allows its origin.
func clientAllowedOrigin() *check.Rule {
	return &check.Rule{
		Code:    "TAC216",
		Name:    "client-allowed-origin",
		Summary: "A list of allowed origins has the SPA's",
		Why: "The SPA posts its code to another host, so the browser asks Auth0 whether that origin may read the answer. The origins of all callbacks are allowed without being listed, and an empty list is fine. " +
			"Whether that still holds once the list has entries, Auth0's documentation does not say in so many words; an entry more settles it.",
		Fix: `Add the origin to the list, or remove the list:

spa_client "portal" {
  allowed_origins = ["https://app.example.com"]
}`,
		Symptom:  `The browser's console shows a CORS error for /oauth/token; auth0-spa-js reports "Failed to fetch".`,
		Source:   "Auth0 docs: Configure Cross-Origin Resource Sharing; terraform-provider-auth0 docs (client, allowed_origins)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{allowedOrigins.Field(), domainMetadata.Field()},
		Judge:    judgeClientAllowedOrigin,
	}
}

func judgeClientAllowedOrigin(p *check.Path) check.Verdict {
	f := urlList{read(allowedOrigins, p.Client)}
	switch {
	case f.undecided():
		return f.unread(p)
	case len(f.v) == 0:
		return check.Passed()
	}
	origin := webOrigin(p.RedirectURI)
	if origin == "" {
		return check.Skipped() // TAC202, or no page that a browser protects
	}
	return f.allowing(p, origin, "an allowed origin")
}
