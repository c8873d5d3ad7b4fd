package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func clientKindVerdicts() []verdict {
	app := func(name string, v any) func(*fixture) { return set(client, name, v) }
	interactive := func(f *fixture) { f.via = schema.ViaInteractive }
	strict := func(f *fixture) { f.clientID = "tpc_0123456789abcdef" }
	third := app("is_first_party", false)
	machine := app("grant_types", []any{"authorization_code", "client_credentials"})
	return []verdict{
		{name: "spa", code: "TAC210", want: check.Pass},
		{name: "web", code: "TAC210", change: app("app_type", "regular_web"), want: check.Fail, severity: schema.Warning, says: []string{`"regular_web"`}},
		{name: "native", code: "TAC210", change: app("app_type", "native"), want: check.Fail, severity: schema.Info},
		{name: "none, and public by its method", code: "TAC210", change: app("app_type", absent), want: check.Pass},
		{name: "none", code: "TAC210", change: both(app("app_type", absent), app("token_endpoint_auth_method", absent)), want: check.Unknown, says: []string{`app_type = "spa"`}},
		{name: "not read", code: "TAC210", change: app("app_type", notRead), want: check.Unknown},
		{name: "offline", code: "TAC210", change: both(offline, app("app_type", notRead)), want: check.NotApplicable},

		{name: "public", code: "TAC211", want: check.Pass},
		{name: "both", code: "TAC211", change: machine, want: check.Fail, says: []string{"client_credentials"}},
		{name: "with a secret", code: "TAC211", change: both(machine, app("token_endpoint_auth_method", "client_secret_post")), want: check.NotApplicable},
		{name: "grants not read", code: "TAC211", change: app("grant_types", notRead), want: check.Unknown},
		{name: "offline", code: "TAC211", change: both(offline, app("grant_types", notRead)), want: check.NotApplicable},

		{name: "own", code: "TAC213", want: check.Pass},
		{name: "third-party", code: "TAC213", change: third, want: check.Fail, severity: schema.Error, says: []string{"asked for consent", "cannot be changed"}},
		{name: "by its ID", code: "TAC213", change: strict, want: check.Fail},
		{name: "by its ID, rest not read", code: "TAC213", change: both(strict, app("is_first_party", notRead)), want: check.Fail},
		{name: "interactive", code: "TAC213", change: both(third, interactive), want: check.Fail, severity: schema.Error},
		{name: "interactive, from before", code: "TAC213", change: both(third, interactive, app("third_party_security_mode", "permissive")), want: check.Fail, severity: schema.Warning},
		{name: "not read", code: "TAC213", change: app("is_first_party", notRead), want: check.Unknown},
		{name: "offline", code: "TAC213", change: both(offline, app("is_first_party", notRead)), want: check.NotApplicable},

		{name: "not required", code: "TAC217", want: check.Pass},
		{name: "required", code: "TAC217", change: app("require_pushed_authorization_requests", true), want: check.Fail, says: []string{"cannot push"}},
		{name: "required of a client elsewhere", code: "TAC217", want: check.Fail, says: []string{"Change client.portal where it is managed"},
			change: both(app("require_pushed_authorization_requests", true), func(f *fixture) { f.clientKind = schema.Client })},
		{name: "not read", code: "TAC217", change: app("require_pushed_authorization_requests", notRead), want: check.Unknown},
		{name: "offline", code: "TAC217", change: offline, want: check.NotApplicable},

		{name: "absent", code: "TAC219", want: check.Pass},
		{name: "none", code: "TAC219", change: app("compliance_level", "none"), want: check.Pass},
		{name: "level", code: "TAC219", change: app("compliance_level", "fapi1_adv_pkj_par"), want: check.Fail, says: []string{`"fapi1_adv_pkj_par"`}},
		{name: "not read", code: "TAC219", change: app("compliance_level", notRead), want: check.Unknown},
		{name: "offline", code: "TAC219", change: offline, want: check.NotApplicable},

		{name: "no settings", code: "TAC220", want: check.Pass},
		{name: "optional", code: "TAC220", change: app("signed_request_object", map[string]any{"required": false}), want: check.Pass},
		{name: "required", code: "TAC220", change: app("signed_request_object", map[string]any{"required": true}), want: check.Fail, says: []string{"signed_request_object.required is true"}},
		{name: "not read", code: "TAC220", change: app("signed_request_object", notRead), want: check.Unknown},
		{name: "offline", code: "TAC220", change: offline, want: check.NotApplicable},
	}
}
