package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func apiVerdicts() []verdict {
	id := func(v any) func(*fixture) { return set(api, "identifier", v) }
	consent := func(v any) func(*fixture) {
		return set(api, "skip_consent_for_verifiable_first_party_clients", v)
	}
	policy := func(v any) func(*fixture) { return set(api, "subject_type_authorization.user.policy", v) }
	via := func(v string) func(*fixture) { return func(f *fixture) { f.via = v } }
	asks := func(scopes ...string) func(*fixture) { return func(f *fixture) { f.scopes = scopes } }
	return []verdict{
		{name: "own API", code: "TAC301", want: check.Pass},
		{name: "any text", code: "TAC301", change: id("orders api %zz"), want: check.Pass},
		{name: "userinfo of something else", code: "TAC301", change: id("https://api.example.com/userinfo"), want: check.Pass},
		{name: "userinfo", code: "TAC301", change: id("https://example.eu.auth0.com/userinfo"), want: check.Fail, severity: schema.Error, says: []string{"opaque"}},
		{name: "userinfo of the login domain", code: "TAC301", change: id("https://login.example.com/userinfo"), want: check.Fail},
		{name: "management API", code: "TAC301", change: id("https://example.eu.auth0.com/api/v2/"), want: check.Fail, severity: schema.Warning, says: []string{"Management API"}},
		{name: "none", code: "TAC301", change: id(absent), want: check.Fail},
		{name: "not known", code: "TAC301", change: id(unknown), want: check.Unknown, says: []string{"after the apply"}},

		{name: "skipped", code: "TAC302", want: check.Pass},
		{name: "iframe", code: "TAC302", change: consent(false), want: check.Fail, severity: schema.Error},
		{name: "redirect", code: "TAC302", change: both(consent(absent), via(schema.ViaRedirect)), want: check.Fail, severity: schema.Error, says: []string{"not set, which at Auth0 means false"}},
		{name: "interactive", code: "TAC302", change: both(consent(false), via(schema.ViaInteractive)), want: check.Fail, severity: schema.Warning},
		{name: "not read", code: "TAC302", change: consent(notRead), want: check.Unknown, says: []string{"read:resource_servers"}},

		{name: "RS256", code: "TAC303", want: check.Pass},
		{name: "PS256", code: "TAC303", change: set(api, "signing_alg", "PS256"), want: check.Pass},
		{name: "default", code: "TAC303", change: set(api, "signing_alg", absent), want: check.Pass},
		{name: "HS256", code: "TAC303", change: set(api, "signing_alg", "HS256"), want: check.Fail},
		{name: "not read", code: "TAC303", change: set(api, "signing_alg", notRead), want: check.Unknown},

		{name: "defined", code: "TAC304", want: check.Pass},
		{name: "standard scopes", code: "TAC304", change: asks("openid", "offline_access"), want: check.NotApplicable},
		{name: "no scopes", code: "TAC304", change: asks(), want: check.NotApplicable},
		{name: "not defined", code: "TAC304", change: asks("read:orders", "write:orders"), want: check.Fail, says: []string{`"write:orders"`}},
		{name: "wrong spelling", code: "TAC304", change: asks("read:order"), want: check.Fail, says: []string{`did you mean "read:orders"?`}},
		{name: "none defined", code: "TAC304", change: set(api, "scope", absent), want: check.Fail},
		{name: "offline", code: "TAC304", change: both(offline, asks("read:order")), want: check.Unknown, says: []string{`did you mean "read:orders"?`, "tacit plan"}},
		{name: "not read", code: "TAC304", change: set(api, "scope", notRead), want: check.Unknown},

		{name: "everyone", code: "TAC305", want: check.Pass},
		{name: "default", code: "TAC305", change: policy(absent), want: check.Pass},
		{name: "nobody", code: "TAC305", change: policy("deny_all"), want: check.Fail, says: []string{`"deny_all"`}},
		{name: "grant", code: "TAC305", change: policy("require_client_grant"), want: check.Pass},
		{name: "not read", code: "TAC305", change: policy(notRead), want: check.Unknown},
	}
}
