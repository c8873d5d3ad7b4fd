package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func clientOrganizationVerdicts() []verdict {
	usage := func(v any) func(*fixture) { return set(client, "organization_usage", v) }
	asks := func(v any) func(*fixture) { return set(client, "organization_require_behavior", v) }
	member := func(f *fixture) { f.org = vals{"name": "acme"} }
	undeclared := func(f *fixture) { f.undeclared = true }
	interactive := func(f *fixture) { f.via = schema.ViaInteractive }
	return []verdict{
		{name: "neither", code: "TAC221", want: check.Pass},
		{name: "denied, none named", code: "TAC221", change: usage("deny"), want: check.Pass},
		{name: "allowed, none named", code: "TAC221", change: usage("allow"), want: check.Pass},
		{name: "required, none named", code: "TAC221", change: usage("require"), want: check.Fail, says: []string{"names no organization"}},
		{name: "required, undeclared", code: "TAC221", change: both(usage("require"), undeclared), want: check.Unknown, says: []string{"silent_upgrade block"}},
		{name: "required, named", code: "TAC221", change: both(usage("require"), member), want: check.Pass},
		{name: "allowed, named", code: "TAC221", change: both(usage("allow"), member), want: check.Pass},
		{name: "denied, named", code: "TAC221", change: both(usage("deny"), member), want: check.Fail, says: []string{"path names an organization"}},
		{name: "absent, named", code: "TAC221", change: member, want: check.Fail, says: []string{"means deny"}},
		{name: "interactive", code: "TAC221", change: both(usage("require"), interactive), want: check.Fail, severity: schema.Error},
		{name: "not read", code: "TAC221", change: usage(notRead), want: check.Unknown},
		{name: "offline, none named", code: "TAC221", change: offline, want: check.NotApplicable},
		{name: "offline, named", code: "TAC221", change: both(offline, member), want: check.Unknown, says: []string{"tacit plan"}},

		{name: "no organizations", code: "TAC222", change: asks("pre_login_prompt"), want: check.NotApplicable},
		{name: "default", code: "TAC222", change: both(usage("require"), member), want: check.Pass},
		{name: "refused", code: "TAC222", change: both(usage("require"), member, asks("no_prompt")), want: check.Pass},
		{name: "asked, named", code: "TAC222", change: both(usage("require"), member, asks("pre_login_prompt")), want: check.Fail, severity: schema.Info, says: []string{"leaves the organization out"}},
		{name: "asked, none named", code: "TAC222", change: both(usage("allow"), asks("post_login_prompt")), want: check.Fail, severity: schema.Warning, says: []string{"names no organization"}},
		{name: "asked, none named, interactive", code: "TAC222", change: both(usage("allow"), asks("post_login_prompt"), interactive), want: check.Fail, severity: schema.Info},
		{name: "required, none named", code: "TAC222", change: both(usage("require"), asks("pre_login_prompt")), want: check.NotApplicable},
		{name: "not read", code: "TAC222", change: both(usage("allow"), asks(notRead)), want: check.Unknown},
		{name: "offline", code: "TAC222", change: both(offline, usage("allow")), want: check.NotApplicable},
	}
}
