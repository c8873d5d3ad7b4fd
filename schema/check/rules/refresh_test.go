package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func refreshVerdicts() []verdict {
	refresh := func(f *fixture) { f.refresh = true }
	dpop := func(f *fixture) { f.dpop = true }
	rotates := both(refresh, set(client, "refresh_token.rotation_type", "rotating"), set(client, "refresh_token.expiration_type", "expiring"))
	online := func(f *fixture) { f.scopes = []string{"read:orders", "online_access"} }
	allowed := set(api, "allow_online_access", true)
	return []verdict{
		{name: "not asked for", code: "TAC212", change: set(client, "grant_types", []any{"authorization_code"}), want: check.NotApplicable},
		{name: "allowed", code: "TAC212", change: refresh, want: check.Pass},
		{name: "missing", code: "TAC212", change: both(refresh, set(client, "grant_types", []any{"authorization_code"})), want: check.Fail, severity: schema.Error, says: []string{"refresh = true"}},
		{name: "not read", code: "TAC212", change: both(refresh, set(client, "grant_types", notRead)), want: check.Unknown},

		{name: "not asked for", code: "TAC223", want: check.NotApplicable},
		{name: "rotating", code: "TAC223", change: rotates, want: check.Pass},
		{name: "default of the API", code: "TAC223", change: refresh, want: check.Fail, severity: schema.Error, says: []string{"means non-rotating"}},
		{name: "not expiring", code: "TAC223", change: both(rotates, set(client, "refresh_token.expiration_type", "non-expiring")), want: check.Fail, says: []string{"has to be expiring"}},
		{name: "not read", code: "TAC223", change: both(rotates, set(client, "refresh_token.rotation_type", notRead)), want: check.Unknown},
		{name: "half read", code: "TAC223", change: both(rotates, set(client, "refresh_token.expiration_type", notRead)), want: check.Unknown},

		{name: "not asked for", code: "TAC315", change: set(api, "allow_offline_access", false), want: check.NotApplicable},
		{name: "allowed", code: "TAC315", change: both(refresh, set(api, "allow_offline_access", true)), want: check.Pass},
		{name: "not allowed", code: "TAC315", change: refresh, want: check.Fail, severity: schema.Error, says: []string{"means false", "allow_offline_access = true"}},
		{name: "not read", code: "TAC315", change: both(refresh, set(api, "allow_offline_access", notRead)), want: check.Unknown},
		{name: "offline", code: "TAC315", change: both(offline, refresh), want: check.Unknown, says: []string{"tacit plan"}},

		{name: "not asked for", code: "TAC316", want: check.NotApplicable},
		{name: "allowed", code: "TAC316", change: both(online, allowed, dpop), want: check.Pass},
		{name: "not allowed", code: "TAC316", change: both(online, dpop), want: check.Fail, severity: schema.Warning, says: []string{"allow_online_access is not set"}},
		{name: "without DPoP", code: "TAC316", change: both(online, allowed), want: check.Fail, severity: schema.Warning, says: []string{"dpop = true"}},
		{name: "both kinds", code: "TAC316", change: both(online, allowed, dpop, refresh), want: check.Fail, severity: schema.Error, says: []string{"together"}},
		{name: "both scopes", code: "TAC316", change: func(f *fixture) { f.scopes = []string{"online_access", "offline_access"} }, want: check.Fail, severity: schema.Error},
		{name: "not read", code: "TAC316", change: both(online, set(api, "allow_online_access", notRead)), want: check.Unknown},
	}
}
