package rules

import (
	"strconv"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// lifetime is a setting that the API takes in hours and in minutes. Reading
// answers hours (recorded); minutes are there when a file says so.
type lifetime struct {
	hours, minutes schema.Handle[float64]
	// usual is what new tenants have, in hours (recorded).
	usual float64
}

func useLifetime(name string, usual float64) lifetime {
	return lifetime{
		schema.Use[float64](schema.TenantSettingsKind, name),
		schema.Use[float64](schema.TenantSettingsKind, name+"_in_minutes"), usual,
	}
}

// Sessions that survive the browser, and those that do not.
var (
	absoluteLifetime  = useLifetime("session_lifetime", 168)
	idleLifetime      = useLifetime("idle_session_lifetime", 72)
	absoluteEphemeral = useLifetime("ephemeral_session_lifetime", 72)
	idleEphemeral     = useLifetime("idle_ephemeral_session_lifetime", 24)
)

// read returns the setting with its value in seconds.
func (l lifetime) read(s *schema.State) (fact[float64], float64) {
	if m := read(l.minutes, s); m.given() {
		return m, m.v * 60
	}
	h := read(l.hours, s)
	if h.given() {
		return h, h.v * 3600
	}
	return h, l.usual * 3600
}

// tenantSessionLifetime: silent requests live on the session, so a session
// that ends before the token leaves nothing to renew it with.
func tenantSessionLifetime() *check.Rule {
	reads := []schema.Field{cookieMode.Field(), tokenLifetime.Field()}
	for _, l := range []lifetime{absoluteLifetime, idleLifetime, absoluteEphemeral, idleEphemeral} {
		reads = append(reads, l.hours.Field(), l.minutes.Field())
	}
	return &check.Rule{
		Code:    "TAC403",
		Name:    "tenant-session-lifetime",
		Summary: "Sessions outlive the API's tokens",
		Why: "The first upgrade comes seconds after the login and any session lasts that long. The SPA asks again when the token ends, with the same session: when that has ended by age or disuse in the meantime, every renewal fails and users start over at their identity provider. " +
			"Silent requests count as use. The API takes hours, and fractions of them; the Dashboard shows minutes. Sessions of the cookie mode non-persistent have lifetimes of their own.",
		Fix: `Let sessions last longer than tokens, or shorten token_lifetime of the API:

tenant_settings {
  idle_session_lifetime = 72
  session_lifetime      = 168
}`,
		Symptom:  `The first token works; login_required: "Login required" when the SPA renews it.`,
		Source:   "Auth0 docs: Session Lifecycle, Configure Session Lifetime Settings; recorded traffic TestAccTenantDefaults (168 and 72 hours, ephemeral 72 and 24)",
		Grade:    check.Documented,
		Severity: silently(schema.Warning),
		Reads:    reads,
		Judge:    judgeSessionLifetime,
	}
}

func judgeSessionLifetime(p *check.Path) check.Verdict {
	if p.Refresh {
		return check.Skipped() // refresh tokens need no session
	}
	token := read(tokenLifetime, p.API)
	kinds := [2]lifetime{absoluteLifetime, idleLifetime}
	switch mode := read(cookieMode, p.Tenant); {
	case mode.undecided():
		return mode.unread(p)
	case token.undecided():
		return token.unread(p)
	case mode.v == "non-persistent":
		kinds = [2]lifetime{absoluteEphemeral, idleEphemeral}
	}
	for _, l := range kinds {
		f, seconds := l.read(p.Tenant)
		switch {
		case f.undecided():
			return f.unread(p)
		case seconds < token.v:
			return f.fail("%s, so a session may be over after %s, and tokens of the API last %s.", f.found(), spell(seconds), spell(token.v))
		}
	}
	return check.Passed()
}

// spell writes seconds as people say them.
func spell(seconds float64) string {
	n, unit := seconds, "seconds"
	switch {
	case seconds >= 7200:
		n, unit = seconds/3600, "hours"
	case seconds >= 120:
		n, unit = seconds/60, "minutes"
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + " " + unit
}
