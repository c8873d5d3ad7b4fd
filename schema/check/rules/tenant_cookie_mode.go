package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantCookieMode: a session may end with the browser.
func tenantCookieMode() *check.Rule {
	return &check.Rule{
		Code:    "TAC404",
		Name:    "tenant-cookie-mode",
		Summary: "Sessions survive the browser",
		Why:     "Both cookie modes carry the upgrade that follows a login. A non-persistent session ends with the browser, so a SPA that is opened again has none, and its users start over at their identity provider. That may be what you want.",
		Fix: `If sessions should survive, write:

tenant_settings {
  session_cookie {
    mode = "persistent"
  }
}`,
		Symptom:  `After a restart of the browser login_required: "Login required"; within one run of it all is well.`,
		Source:   "Auth0 docs: Non-Persistent Sessions",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{cookieMode.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(cookieMode, p.Tenant)
			switch {
			case p.Refresh:
				return check.Skipped() // refresh tokens need no session
			case f.undecided():
				return f.unread(p)
			case f.v == "non-persistent":
				return f.fail("Sessions end with the browser.")
			default:
				return check.Passed()
			}
		},
	}
}
