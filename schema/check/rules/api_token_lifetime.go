package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// shortestLifetime is the interval in seconds below which Auth0's docs advise
// against asking silently.
const shortestLifetime = 15 * 60

// apiTokenLifetime: each end of a token is one more silent request.
func apiTokenLifetime() *check.Rule {
	return &check.Rule{
		Code:    "TAC317",
		Name:    "api-token-lifetime",
		Summary: "Tokens live long enough that the SPA need not ask all the time",
		Why:     "A token got with a code lives for token_lifetime seconds, one of the implicit grant for token_lifetime_for_web, which cannot be longer. When it ends the SPA asks silently again; Auth0 advises against asking more often than every 15 minutes, and such requests count against the tenant's rate limit.",
		Fix: `Let the token live for 15 minutes or more:

api "orders" {
  token_lifetime = 3600
}`,
		Symptom:  "Many silent requests, and 429 (too_many_requests) when many users work at once.",
		Source:   "Auth0 docs: API Settings, Configure Silent Authentication; recorded traffic TestAccResourceServer (86400 and 7200 by default)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{tokenLifetime.Field(), webTokenLifetime.Field()},
		Judge:    judgeAPITokenLifetime,
	}
}

func judgeAPITokenLifetime(p *check.Path) check.Verdict {
	f, web := read(tokenLifetime, p.API), read(webTokenLifetime, p.API)
	switch {
	case f.undecided():
		return f.unread(p)
	case f.v < shortestLifetime:
		return f.fail("token_lifetime is %.0f seconds; the SPA asks again at least as often.", f.v)
	case web.given() && web.v > f.v:
		return web.fail("token_lifetime_for_web is %.0f seconds, longer than token_lifetime (%.0f).", web.v, f.v)
	default:
		return check.Passed()
	}
}
