package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantEnableSSO: on old tenants single sign-on is a switch, and a silent
// request is nothing but single sign-on.
func tenantEnableSSO() *check.Rule {
	return &check.Rule{
		Code:    "TAC402",
		Name:    "tenant-enable-sso",
		Summary: "Single sign-on is on, for the tenant or for the application",
		Why: "A session counts for a second request only with single sign-on. New tenants always have it; on legacy tenants flags.enable_sso may be false, and then it is a matter of the client's sso. " +
			"Even with sso, legacy silent login also wanted the parameter connection to name the session's connection, so the flag is the better cure.",
		Fix: `Turn it on for the tenant (legacy tenants: only where flags.allow_changing_enable_sso is true, else ask Auth0's support):

tenant_settings {
  flags = { enable_sso = true }
}`,
		Symptom:  `login_required: "Login required" on every prompt=none, or a page that asks "continue as".`,
		Source:   "go-auth0 TenantSettingsFlags; Auth0 docs: Enable SSO for legacy tenants; recorded traffic of tenants/settings (true in 592 of 602 bodies)",
		Grade:    check.Documented,
		Severity: silently(schema.Error),
		Reads:    []schema.Field{enableSSO.Field(), legacySSO.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f, own := read(enableSSO, p.Tenant), read(legacySSO, p.Client)
			switch {
			case own.v:
				return check.Passed()
			case f.undecided():
				return f.unread(p)
			case !f.given() || f.v:
				return check.Passed()
			case own.undecided():
				return own.unknown(p)
			default:
				return f.fail("%s, and the application does not set sso either: no request finds the session of another.", f.found())
			}
		},
	}
}
