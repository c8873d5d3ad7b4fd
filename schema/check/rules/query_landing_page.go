package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// queryLandingPage: the page for answers that were asked for is the wrong one
// for an answer that was not.
func queryLandingPage() *check.Rule {
	return &check.Rule{
		Code:    "TAC112",
		Name:    "query-landing-page",
		Summary: "IdP-initiated logins land on a route of their own",
		Why: "SDKs process the answer on the page they use as redirect_uri, often the start page, and expect one that they asked for: an answer without their state is an error to them, by design, as it could be an attacker's. " +
			"A route that drops the answer and starts the silent request avoids that. This is a rule of thumb: what a page does with the answer, only the SPA's code shows.",
		Fix: `Give the landing its own route, and let that route call getTokenSilently:

idp_initiated {
  query {
    redirect_uri = "https://app.example.com/start-login"
  }
}`,
		Symptom:  `The landing page shows the SDK's error: "Invalid state" or missing_transaction (auth0-spa-js), "` + "`state` does not match.\" (auth0.js); or nothing happens and the user looks logged out.",
		Source:   "Auth0 docs: Configure IdP-initiated SAML sign-on to OIDC apps (a login route of its own); auth0-spa-js issues 213 and 359",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    idpInitiatedReads(idpQuery.Field()),
		Judge:    judgeQueryLandingPage,
	}
}

func judgeQueryLandingPage(p *check.Path) check.Verdict {
	f := queryOf(p)
	switch {
	case !landsHere(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	}
	uri, ok := f.v.Get("redirect_uri")
	switch {
	case !ok || uri == "":
		return check.Skipped() // TAC201, TAC108
	case !p.Assumed && samePage(uri, p.RedirectURI):
		return f.wrong("redirect_uri", "IdP-initiated logins land on %s, which is also the page of the silent request.", mention(uri))
	case startPage(uri):
		return f.wrong("redirect_uri", "IdP-initiated logins land on the start page %s, where SDKs look for answers of their own.", mention(uri))
	default:
		return check.Passed()
	}
}

// startPage: the URL has no path.
func startPage(uri string) bool {
	_, rest, ok := strings.Cut(bare(uri), "://")
	return ok && strings.IndexByte(strings.TrimSuffix(rest, "/"), '/') < 0 && isHTTP(uri)
}
