package rules

import (
	"encoding/json"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func apiTokenVerdicts() []verdict {
	of := func(name string, v any) func(*fixture) { return set(api, name, v) }
	rbac := of("enforce_policies", true)
	interactive := func(f *fixture) { f.via = schema.ViaInteractive }
	seconds := func(name, n string) func(*fixture) { return of(name, json.Number(n)) }
	key := map[string]any{"format": "compact-nested-jwe", "encryption_key": map[string]any{"thumbprint_sha256": "x"}}
	return []verdict{
		{name: "absent", code: "TAC310", want: check.Pass},
		{name: "plain", code: "TAC310", change: of("token_dialect", "access_token"), want: check.Pass},
		{name: "permissions", code: "TAC310", change: both(of("token_dialect", "access_token_authz"), rbac), want: check.Pass},
		{name: "permissions without roles", code: "TAC310", change: of("token_dialect", "access_token_authz"), want: check.Fail, severity: schema.Warning, says: []string{"no permissions", "enforce_policies = true"}},
		{name: "RFC 9068", code: "TAC310", change: of("token_dialect", "rfc9068_profile"), want: check.Fail, severity: schema.Info, says: []string{"at+jwt"}},
		{name: "RFC 9068 with permissions", code: "TAC310", change: both(of("token_dialect", "rfc9068_profile_authz"), rbac), want: check.Fail, severity: schema.Info},
		{name: "not read", code: "TAC310", change: of("token_dialect", notRead), want: check.Unknown},
		{name: "half read", code: "TAC310", change: both(of("token_dialect", "access_token_authz"), of("enforce_policies", notRead)), want: check.Unknown},
		{name: "offline", code: "TAC310", change: offline, want: check.NotApplicable},

		{name: "absent", code: "TAC311", want: check.Pass},
		{name: "null", code: "TAC311", change: of("token_encryption", null), want: check.Pass},
		{name: "encrypted", code: "TAC311", change: of("token_encryption", key), want: check.Fail, says: []string{"JWE"}},
		{name: "not read", code: "TAC311", change: of("token_encryption", notRead), want: check.Unknown},
		{name: "offline", code: "TAC311", change: offline, want: check.NotApplicable},

		{name: "absent", code: "TAC313", want: check.Pass},
		{name: "standard", code: "TAC313", change: of("consent_policy", "standard"), want: check.Pass},
		{name: "each transaction", code: "TAC313", change: of("consent_policy", "transactional-authorization-with-mfa"), want: check.Fail, severity: schema.Error, says: []string{"transactional"}},
		{name: "each transaction, interactive", code: "TAC313", change: both(interactive, of("consent_policy", "transactional-authorization-with-mfa")), want: check.Fail, severity: schema.Warning},
		{name: "not read", code: "TAC313", change: of("consent_policy", notRead), want: check.Unknown},
		{name: "offline", code: "TAC313", change: offline, want: check.NotApplicable},

		{name: "none", code: "TAC314", want: check.Pass},
		{name: "policy", code: "TAC314", change: of("authorization_policy", map[string]any{"policy_id": "x"}), want: check.Fail, severity: schema.Warning},
		{name: "policy, interactive", code: "TAC314", change: both(interactive, of("authorization_policy", map[string]any{"policy_id": "x"})), want: check.Fail, severity: schema.Info},
		{name: "not read", code: "TAC314", change: of("authorization_policy", notRead), want: check.Unknown},
		{name: "offline", code: "TAC314", change: offline, want: check.NotApplicable},

		{name: "default", code: "TAC317", want: check.Pass},
		{name: "an hour", code: "TAC317", change: seconds("token_lifetime", "3600"), want: check.Pass},
		{name: "a minute", code: "TAC317", change: seconds("token_lifetime", "60"), want: check.Fail, severity: schema.Info, says: []string{"60 seconds"}},
		{name: "longer in the browser", code: "TAC317", change: both(seconds("token_lifetime", "3600"), seconds("token_lifetime_for_web", "7200")), want: check.Fail, says: []string{"longer than token_lifetime (3600)"}},
		{name: "not read", code: "TAC317", change: of("token_lifetime", notRead), want: check.Unknown},
		{name: "offline", code: "TAC317", change: offline, want: check.NotApplicable},
	}
}
