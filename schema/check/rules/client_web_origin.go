package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientWebOrigin: an answer posted to a window goes only to origins that the
// application lists.
func clientWebOrigin() *check.Rule {
	return &check.Rule{
		Code:    "TAC203",
		Name:    "client-web-origin",
		Summary: "The SPA's origin is an allowed web origin",
		Why: "In an iframe the answer comes by postMessage (response_mode=web_message), and Auth0 posts only to origins on the application's list of web origins. " +
			"The origin is that of redirect_uri: scheme, host and port, with no path and no final slash. Callbacks do not count as web origins.",
		Fix: `List the origin. tacit adds it by itself to applications that it writes; by hand it is:

spa_client "portal" {
  web_origins = ["https://app.example.com"]
}`,
		Symptom:     `400 in the hidden iframe, "invalid_request: The specified redirect_uri 'https://app.example.com' does not have a registered origin."; the SPA spins and reports "timeout" after 60 seconds.`,
		Source:      "Auth0 docs: Application Settings (Allowed Web Origins); auth0.js issue 520; auth0-spa-js issue 209",
		Grade:       check.Documented,
		Severity:    check.Severities{schema.ViaIframe: schema.Error},
		Reads:       []schema.Field{webOrigins.Field(), domainMetadata.Field()},
		Judge:       judgeClientWebOrigin,
		Contributes: []schema.Field{webOrigins.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			origin := webOrigin(p.RedirectURI)
			have := read(webOrigins, p.Client).v
			if origin == "" || holdsPlaceholder(origin) || coveredByWildcard(have, origin) {
				return nil
			}
			reason := fmt.Sprintf("%s: the SPA asks silently from there", p.Addr)
			return []check.Contribution{check.Add(p.Client, webOrigins.Field(), reason, origin)}
		},
	}
}

func judgeClientWebOrigin(p *check.Path) check.Verdict {
	f := urlList{read(webOrigins, p.Client)}
	origin := webOrigin(p.RedirectURI)
	switch {
	case p.RedirectURI == "":
		return check.Skipped() // TAC202
	case origin == "":
		return check.Failed(p.Client, p.Attr("redirect_uri"), "%s has no origin that an iframe could post to; it has to be an http or https URL.", mention(p.RedirectURI)).
			Advise(`Correct redirect_uri in the silent_upgrade block, or use via = "redirect".`)
	case f.undecided():
		return f.unknown(p)
	}
	if v := f.allowing(p, origin, "an allowed web origin"); v.Outcome != check.Pass {
		return v
	}
	if len(f.v) > maxURLs {
		return f.fail("There are %d web origins; Auth0 accepts at most %d. A wildcard such as https://*.example.com stands for many.", len(f.v), maxURLs)
	}
	return check.Passed()
}

// webOrigin returns the origin of an http or https URL, else "".
func webOrigin(url string) string {
	if !isHTTP(url) {
		return ""
	}
	return schema.Origin(url)
}

// coveredByWildcard: an entry other than the origin itself stands for it.
func coveredByWildcard(list []string, origin string) bool {
	for _, e := range list {
		if e != origin && covers(e, origin) == schema.Yes {
			return true
		}
	}
	return false
}
