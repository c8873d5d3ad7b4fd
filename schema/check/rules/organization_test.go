package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func organizationVerdicts() []verdict {
	in := func(f *fixture) {
		f.org = vals{"name": "acme"}
		f.membership = vals{"organization": "org_1", "connection": "con_acme", "assign_membership_on_login": true}
	}
	none := both(in, func(f *fixture) { f.membership = nil })
	assigns := func(v any) func(*fixture) {
		return both(in, func(f *fixture) { f.membership["assign_membership_on_login"] = v })
	}
	unread := both(none, func(f *fixture) { f.read.Memberships = false })
	names := func(v any) func(*fixture) {
		return both(in, set(tenant, "allow_organization_name_in_authentication_api", v))
	}
	all := []verdict{
		{name: "enabled", code: "TAC507", change: in, want: check.Pass},
		{name: "not enabled", code: "TAC507", change: none, want: check.Fail, says: []string{"not enabled"}},
		{name: "nobody asked", code: "TAC507", change: unread, want: check.Unknown, says: []string{"read:organization_connections"}},
		{name: "nobody asked of a new connection", code: "TAC507", change: both(unread, func(f *fixture) { f.creates = []string{"saml_connection"} }), want: check.Fail},
		{name: "offline", code: "TAC507", change: both(none, offline), want: check.Unknown, says: []string{"tacit plan"}},

		{name: "assigned", code: "TAC508", change: in, want: check.Pass},
		{name: "by invitation", code: "TAC508", change: assigns(false), want: check.Fail, says: []string{"New users are refused"}},
		{name: "not said", code: "TAC508", change: assigns(absent), want: check.Fail},
		{name: "not read", code: "TAC508", change: assigns(notRead), want: check.Unknown},
		{name: "not enabled", code: "TAC508", change: none, want: check.NotApplicable},

		{name: "which", code: "TAC509", change: in, want: check.Unknown, says: []string{`"acme"`}},

		{name: "allowed", code: "TAC510", change: names(true), want: check.Pass},
		{name: "not allowed", code: "TAC510", change: names(false), want: check.Fail, severity: schema.Info},
		{name: "not read", code: "TAC510", change: names(notRead), want: check.Unknown, says: []string{"read:tenant_settings"}},
		{name: "offline", code: "TAC510", change: both(in, offline), want: check.NotApplicable},

		{name: "open", code: "TAC511", change: in, want: check.Unknown},
	}
	for _, code := range []string{"TAC507", "TAC508", "TAC509", "TAC510", "TAC511"} {
		all = append(all, verdict{name: "no organization", code: code, want: check.NotApplicable})
	}
	return all
}

func spaVerdicts() []verdict {
	var all []verdict
	for _, code := range []string{"TAC601", "TAC602", "TAC604", "TAC605", "TAC606", "TAC607", "TAC608"} {
		all = append(all, verdict{name: "the code decides", code: code, want: check.Unknown})
	}
	return append(
		all,
		verdict{name: "a visible login", code: "TAC602", change: interactive, want: check.NotApplicable},
		verdict{name: "without refresh tokens", code: "TAC603", want: check.NotApplicable},
		verdict{name: "with refresh tokens", code: "TAC603", change: refreshing, want: check.Unknown, says: []string{"first token"}},
		verdict{name: "a visible login", code: "TAC604", change: interactive, want: check.NotApplicable},
		verdict{name: "names the audience", code: "TAC608", want: check.Unknown, says: []string{"https://api.example.com/orders"}},
	)
}
