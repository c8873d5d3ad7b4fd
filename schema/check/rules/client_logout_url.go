package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientLogoutURL: no part of the upgrade, but what the SPA needs next.
func clientLogoutURL() *check.Rule {
	return &check.Rule{
		Code:    "TAC224",
		Name:    "client-logout-url",
		Summary: "A list of allowed logout URLs has one of the SPA's",
		Why:     "The silent upgrade does not need it: after a logout Auth0 sends users only to URLs on the application's list, and with a list that has none of the SPA's they end on an error page.",
		Fix: `List where the SPA's logout returns to:

spa_client "portal" {
  allowed_logout_urls = ["https://app.example.com"]
}`,
		Symptom:  "An error page of Auth0's after the logout.",
		Source:   "Auth0 docs: Application Settings (Allowed Logout URLs)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{logoutURLs.Field()},
		Judge:    judgeClientLogoutURL,
	}
}

func judgeClientLogoutURL(p *check.Path) check.Verdict {
	f := read(logoutURLs, p.Client)
	switch {
	case f.undecided():
		return f.unread(p)
	case len(f.v) == 0:
		return check.Passed() // the SPA may not log out at Auth0, or the tenant's list serves
	}
	origin := webOrigin(p.RedirectURI)
	returns := func(url string) bool { return webOrigin(url) == origin || covers(url, origin) != schema.No }
	switch {
	case origin == "":
		return check.Skipped()
	case slices.ContainsFunc(f.v, returns):
		return check.Passed()
	default:
		return f.fail("No allowed logout URL is at %s.", mention(origin))
	}
}
