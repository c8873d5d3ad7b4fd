package rules

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func number(s string) json.Number { return json.Number(s) }

func flag(name string, v any) func(*fixture) {
	return set(tenant, "flags", map[string]any{name: v})
}

// declares is a file that says this much of the tenant's settings.
func declares(name string, v any) func(*fixture) { return both(offline, set(tenant, name, v)) }

func tenantVerdicts() []verdict {
	noSettings := func(f *fixture) {
		for _, a := range schema.TenantSettingsKind.Attrs {
			f.tenant[a.Name] = notRead
		}
	}
	policies := func(v any) func(*fixture) { return func(f *fixture) { f.mfa["policies"] = v } }
	var all []verdict
	for _, code := range []string{"TAC401", "TAC402", "TAC403", "TAC404", "TAC405", "TAC406", "TAC408", "TAC414"} {
		all = append(
			all,
			verdict{name: "settings not readable", code: code, change: noSettings, want: check.Unknown, says: []string{"read:tenant_settings"}},
			verdict{name: "files need not repeat settings", code: code, change: offline, want: check.NotApplicable},
		)
	}
	return append(all, []verdict{
		{name: "none", code: "TAC401", want: check.Pass},
		{name: "empty", code: "TAC401", change: set(tenant, "default_audience", ""), want: check.Pass},
		{name: "one", code: "TAC401", change: set(tenant, "default_audience", "https://api.example.com/orders"), want: check.Fail, says: []string{"https://api.example.com/orders"}},
		{name: "declared", code: "TAC401", change: declares("default_audience", "https://api/"), want: check.Fail},

		{name: "on", code: "TAC402", want: check.Pass},
		{name: "off", code: "TAC402", change: flag("enable_sso", false), want: check.Fail, says: []string{"flags.enable_sso is false"}},
		{name: "left out", code: "TAC402", change: flag("enable_pipeline2", true), want: check.Pass},
		{name: "no flags", code: "TAC402", change: set(tenant, "flags", absent), want: check.Pass},
		{name: "off, but the application has its own", code: "TAC402", change: both(flag("enable_sso", false), set(client, "sso", true)), want: check.Pass},
		{name: "off, the application not read", code: "TAC402", change: both(flag("enable_sso", false), set(client, "sso", notRead)), want: check.Unknown, says: []string{"sso was not read"}},
		{name: "off, interactive", code: "TAC402", change: both(flag("enable_sso", false), interactive), want: check.Fail, severity: schema.Info},
		{name: "declared off", code: "TAC402", change: both(declares("flags", map[string]any{"enable_sso": false}), set(client, "sso", false)), want: check.Fail},
		{name: "another flag declared", code: "TAC402", change: declares("flags", map[string]any{"enable_pipeline2": true}), want: check.NotApplicable},
		{name: "odd shape", code: "TAC402", change: flag("enable_sso", "yes"), want: check.Unknown, says: []string{"knows how to read"}},

		{name: "usual", code: "TAC403", want: check.Pass},
		{name: "an idle hour", code: "TAC403", change: set(tenant, "idle_session_lifetime", number("1")), want: check.Fail, says: []string{"60 minutes", "24 hours", "idle_session_lifetime is 1"}},
		{name: "fraction of an hour", code: "TAC403", change: set(tenant, "session_lifetime", number("0.5")), want: check.Fail, says: []string{"30 minutes"}},
		{name: "shorter tokens", code: "TAC403", change: both(set(tenant, "idle_session_lifetime", number("1")), set(api, "token_lifetime", number("600"))), want: check.Pass},
		{name: "declared in minutes", code: "TAC403", want: check.Fail, says: []string{"90 minutes", "idle_session_lifetime_in_minutes is 90"},
			change: both(set(tenant, "idle_session_lifetime", number("72")), set(tenant, "idle_session_lifetime_in_minutes", number("90")))},
		{name: "ephemeral", code: "TAC403", want: check.Pass, change: both(set(tenant, "session_cookie.mode", "non-persistent"), set(tenant, "idle_session_lifetime", number("1")))},
		{name: "ephemeral and short", code: "TAC403", want: check.Fail, change: both(set(tenant, "session_cookie.mode", "non-persistent"), set(tenant, "idle_ephemeral_session_lifetime", number("1")))},
		{name: "refresh tokens need no session", code: "TAC403", want: check.NotApplicable, change: both(refreshing, set(tenant, "idle_session_lifetime", number("1")))},
		{name: "token lifetime not read", code: "TAC403", change: set(api, "token_lifetime", notRead), want: check.Unknown, says: []string{"read:resource_servers"}},

		{name: "persistent", code: "TAC404", change: set(tenant, "session_cookie.mode", "persistent"), want: check.Pass},
		{name: "not said", code: "TAC404", want: check.Pass},
		{name: "non-persistent", code: "TAC404", change: set(tenant, "session_cookie.mode", "non-persistent"), want: check.Fail},
		{name: "refresh tokens survive", code: "TAC404", change: both(refreshing, set(tenant, "session_cookie.mode", "non-persistent")), want: check.NotApplicable},

		{name: "null", code: "TAC405", change: set(tenant, "skip_non_verifiable_callback_uri_confirmation_prompt", null), want: check.Pass},
		{name: "true", code: "TAC405", change: set(tenant, "skip_non_verifiable_callback_uri_confirmation_prompt", true), want: check.Fail, says: []string{"every application"}},

		{name: "not said", code: "TAC406", want: check.Pass},
		{name: "demanded", code: "TAC406", change: flag("require_pushed_authorization_requests", true), want: check.Fail, says: []string{"cannot push"}},

		{name: "never", code: "TAC407", want: check.Pass},
		{name: "always", code: "TAC407", change: policies([]any{"all-applications"}), want: check.Fail, says: []string{"all-applications"}},
		{name: "always, interactive", code: "TAC407", change: both(policies([]any{"all-applications"}), interactive), want: check.Fail, severity: schema.Info},
		{name: "adaptive", code: "TAC407", change: policies([]any{"confidence-score"}), want: check.Fail, severity: schema.Warning},
		{name: "not readable", code: "TAC407", change: policies(notRead), want: check.Unknown, says: []string{"read:mfa_policies"}},
		{name: "offline", code: "TAC407", change: offline, want: check.NotApplicable},

		{name: "off", code: "TAC408", want: check.Pass},
		{name: "on, and no Action asks", code: "TAC408", change: set(tenant, "customize_mfa_in_postlogin_action", true), want: check.Pass},
		{name: "on, and an Action asks", code: "TAC408", want: check.Fail, says: []string{`"Ask"`},
			change: both(set(tenant, "customize_mfa_in_postlogin_action", true), bound("Ask", `api.multifactor.enable("any")`))},
		{name: "on, Actions not read", code: "TAC408", want: check.Unknown, says: []string{"read:actions"},
			change: both(set(tenant, "customize_mfa_in_postlogin_action", true), func(f *fixture) { f.actions["bindings"] = notRead })},

		{name: "off", code: "TAC414", change: flag("enable_client_connections", false), want: check.Pass},
		{name: "on", code: "TAC414", change: flag("enable_client_connections", true), want: check.Fail},
	}...)
}

func interactive(f *fixture) { f.via = schema.ViaInteractive }
func refreshing(f *fixture)  { f.refresh = true }

// Settings that nobody could read are one finding per rule, however many
// upgrades there are.
func TestUnreadSettingsAreOneFindingPerRule(t *testing.T) {
	f := good()
	for _, a := range schema.TenantSettingsKind.Attrs {
		f.tenant[a.Name] = notRead
	}
	f.mfa["policies"], f.actions["bindings"] = notRead, notRead
	rep := check.Judge(tenantRules(), fleet(100, f))
	seen := map[string]bool{}
	for _, f := range rep.Findings {
		assert.False(t, seen[f.Code], "%s twice", f.Code)
		seen[f.Code] = true
		assert.Len(t, f.Paths, 100)
	}
	assert.Len(t, seen, len(tenantRules()))
}
