package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func grantVerdicts() []verdict {
	policy := func(v any) func(*fixture) { return set(api, "subject_type_authorization.user.policy", v) }
	must := policy("require_client_grant")
	granted := func(scopes ...any) func(*fixture) {
		return func(f *fixture) { f.grant = vals{"subject_type": "user", "scope": scopes} }
	}
	grant := func(f *fixture) vals { return f.grant }
	asks := func(scopes ...string) func(*fixture) { return func(f *fixture) { f.scopes = scopes } }
	unlisted := func(f *fixture) { f.read.Grants = false }
	rbac := func(v any) func(*fixture) { return set(api, "enforce_policies", v) }
	return []verdict{
		{name: "nothing declared", code: "TAC308", change: both(set(api, "subject_type_authorization.user.policy", "require_client_grant"), audited), want: check.NotApplicable},
		{name: "not needed", code: "TAC306", want: check.NotApplicable},
		{name: "granted", code: "TAC306", change: both(must, granted("read:orders")), want: check.Pass},
		{name: "not granted", code: "TAC306", change: must, want: check.Fail, severity: schema.Error, says: []string{"no grant for users", `subject_type = "user"`}},
		{name: "grants not read", code: "TAC306", change: both(must, unlisted), want: check.Unknown, says: []string{"read:client_grants"}},
		{name: "offline", code: "TAC306", change: both(offline, must), want: check.Unknown, says: []string{"tacit plan"}},
		{name: "nobody gets any", code: "TAC306", change: policy("deny_all"), want: check.NotApplicable},
		{name: "policy not read", code: "TAC306", change: policy(notRead), want: check.NotApplicable},

		{name: "covered", code: "TAC307", change: both(must, granted("read:orders", "write:orders")), want: check.Pass},
		{name: "all scopes", code: "TAC307", change: both(must, granted(), func(f *fixture) { f.grant["allow_all_scopes"] = true }), want: check.Pass},
		{name: "standard scopes need no grant", code: "TAC307", change: both(must, granted(), asks("openid", "email")), want: check.NotApplicable},
		{name: "above the ceiling", code: "TAC307", change: both(must, granted("write:orders")), want: check.Fail, severity: schema.Warning, says: []string{`lacks "read:orders"`}},
		{name: "no scope at all", code: "TAC307", change: both(must, granted(), set(grant, "scope", absent)), want: check.Fail},
		{name: "no ceiling", code: "TAC307", change: granted("write:orders"), want: check.NotApplicable},
		{name: "no grant", code: "TAC307", change: must, want: check.NotApplicable},
		{name: "not read", code: "TAC307", change: both(must, granted(), set(grant, "scope", notRead)), want: check.Unknown},
		{name: "half read", code: "TAC307", change: both(must, granted(), set(grant, "allow_all_scopes", notRead)), want: check.Unknown},

		{name: "named", code: "TAC308", change: must, want: check.Pass},
		{name: "none named", code: "TAC308", change: both(must, asks("openid")), want: check.Fail, severity: schema.Warning, says: []string{"asks for no scope"}},
		{name: "none named, none needed", code: "TAC308", change: asks(), want: check.NotApplicable},
		{name: "policy not read", code: "TAC308", change: both(asks(), policy(notRead)), want: check.Unknown},
		{name: "offline", code: "TAC308", change: both(offline, asks(), policy(notRead)), want: check.NotApplicable},

		{name: "off", code: "TAC309", want: check.Pass},
		{name: "on", code: "TAC309", change: rbac(true), want: check.Fail, severity: schema.Warning, says: []string{"users without a role", "addScope"}},
		{name: "on, nothing asked for", code: "TAC309", change: both(rbac(true), asks("openid")), want: check.NotApplicable},
		{name: "not read", code: "TAC309", change: rbac(notRead), want: check.Unknown},
		{name: "offline", code: "TAC309", change: both(offline, rbac(notRead)), want: check.NotApplicable},
	}
}
