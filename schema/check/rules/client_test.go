package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func clientVerdicts() []verdict {
	noRedirect := ask("response_type=id_token&scope=openid")
	list := func(urls ...any) func(*fixture) { return set(client, "callbacks", urls) }
	origins := func(urls ...any) func(*fixture) { return set(client, "web_origins", urls) }
	via := func(v string) func(*fixture) { return func(f *fixture) { f.via = v } }
	silent := func(url string) func(*fixture) { return func(f *fixture) { f.redirect = url } }
	many := make([]any, 101)
	for i := range many {
		many[i] = fmt.Sprintf("https://app.example.com/%d", i)
	}
	many[100] = app
	sites := make([]any, 101)
	for i := range sites {
		sites[i] = fmt.Sprintf("https://app%d.example.com", i)
	}
	sites[100] = app
	return []verdict{
		{name: "landing route first", code: "TAC201", change: noRedirect, want: check.Pass},
		{name: "silent page first", code: "TAC201", change: both(noRedirect, list(app+"/", app+"/start-login")), want: check.Fail, says: []string{"also the page of the silent request"}},
		{name: "no callback", code: "TAC201", change: both(noRedirect, set(client, "callbacks", null)), want: check.Fail, severity: schema.Error, says: []string{"nowhere to go"}},
		{name: "no query at all", code: "TAC201", change: both(set(conn, "idp_initiated.query", absent), list(app)), want: check.Fail},
		{name: "redirect_uri decides", code: "TAC201", change: list(app), want: check.NotApplicable},
		{name: "lands elsewhere", code: "TAC201", change: both(noRedirect, list(app), set(conn, "idp_initiated.client", otherID)), want: check.NotApplicable},
		{name: "query not read", code: "TAC201", change: both(set(conn, "idp_initiated.query", notRead), list(app)), want: check.NotApplicable},
		{name: "callbacks not read", code: "TAC201", change: both(noRedirect, set(client, "callbacks", notRead)), want: check.Unknown},
		{name: "offline, contributed callbacks only", code: "TAC201", change: both(offline, noRedirect, unsourced("callbacks")), want: check.Unknown, says: []string{"which one that is"}},
		{name: "any client", code: "TAC201", change: both(noRedirect, list(app), func(f *fixture) { f.clientKind = schema.Client }), want: check.Fail, says: []string{"Change client.portal where it is managed"}},

		{name: "listed", code: "TAC202", want: check.Pass},
		{name: "not listed", code: "TAC202", change: list(app + "/start-login"), want: check.Fail, says: []string{`"https://app.example.com" is not an allowed callback`}},
		{name: "final slash", code: "TAC202", change: list(app + "/"), want: check.Fail, says: []string{`"https://app.example.com/" is, and`}},
		{name: "too many", code: "TAC202", change: list(many...), want: check.Fail, says: []string{"101 callbacks"}},
		{name: "redirect", code: "TAC202", change: both(list(), via(schema.ViaRedirect)), want: check.Fail, severity: schema.Error},
		{name: "interactive", code: "TAC202", change: both(list(), via(schema.ViaInteractive)), want: check.Fail, severity: schema.Error},
		{name: "placeholder", code: "TAC202", change: both(silent("https://acme.example.com/app"), list("https://{organization_name}.example.com/app")), want: check.Unknown},
		{name: "not read", code: "TAC202", change: set(client, "callbacks", notRead), want: check.Unknown},
		{name: "redirect_uri not known", code: "TAC202", change: silent(""), want: check.Unknown},
		{name: "offline, other lines unknown", code: "TAC202", change: both(offline, list(), unsourced("callbacks")), want: check.Unknown},
		{name: "existing application", code: "TAC202", change: both(list(), func(f *fixture) { f.existing = []string{"spa_client"} }), want: check.Fail, says: []string{"take existing = true out"}},

		{name: "listed", code: "TAC203", want: check.Pass},
		{name: "origin of a page", code: "TAC203", change: silent(app + "/app/#/x"), want: check.Pass},
		{name: "wildcard", code: "TAC203", change: origins("https://*.example.com"), want: check.Pass},
		{name: "missing", code: "TAC203", change: set(client, "web_origins", absent), want: check.Fail, severity: schema.Error, says: []string{"not an allowed web origin"}},
		{name: "final slash", code: "TAC203", change: origins(app + "/"), want: check.Fail, says: []string{"does not take one for the other"}},
		{name: "too many", code: "TAC203", change: origins(sites...), want: check.Fail, says: []string{"101 web origins"}},
		{name: "other port", code: "TAC203", change: origins(app + ":8443"), want: check.Fail},
		{name: "custom scheme", code: "TAC203", change: silent("com.example.app:/cb"), want: check.Fail, says: []string{"no origin", `via = "redirect"`}},
		{name: "placeholder", code: "TAC203", change: origins("https://{organization_name}.example.com"), want: check.Unknown},
		{name: "not read", code: "TAC203", change: set(client, "web_origins", notRead), want: check.Unknown},
		{name: "offline, existing lines unknown", code: "TAC203", change: both(offline, origins("https://b.example.com"), unsourced("web_origins")), want: check.Unknown},
		{name: "redirect_uri not known", code: "TAC203", change: silent(""), want: check.NotApplicable},
	}
}

func clientTokenVerdicts() []verdict {
	grants := func(names ...any) func(*fixture) { return set(client, "grant_types", names) }
	interactive := func(f *fixture) { f.via = schema.ViaInteractive }
	alg := func(v any) func(*fixture) { return set(client, "jwt_configuration.alg", v) }
	method := func(v any) func(*fixture) { return set(client, "token_endpoint_auth_method", v) }
	return []verdict{
		{name: "allowed", code: "TAC204", want: check.Pass},
		{name: "default of the API", code: "TAC204", change: set(client, "grant_types", absent), want: check.Pass},
		{name: "missing", code: "TAC204", change: grants("implicit"), want: check.Fail, says: []string{`lacks authorization_code`, `it holds "implicit"`}},
		{name: "none", code: "TAC204", change: grants(), want: check.Fail, says: []string{"holds nothing"}},
		{name: "not read", code: "TAC204", change: set(client, "grant_types", notRead), want: check.Unknown},
		{name: "offline, not written", code: "TAC204", change: both(offline, grants("implicit"), unsourced("grant_types")), want: check.Unknown, says: []string{"tacit plan"}},

		{name: "allowed", code: "TAC205", want: check.Pass},
		{name: "missing", code: "TAC205", change: grants("authorization_code"), want: check.Fail, says: []string{"implicit"}},
		{name: "missing for a token", code: "TAC205", change: both(grants("authorization_code"), ask("response_type=token")), want: check.Fail},
		{name: "code needs none", code: "TAC205", change: both(grants("authorization_code"), ask("response_type=code")), want: check.NotApplicable},
		{name: "no response_type", code: "TAC205", change: both(grants("authorization_code"), ask("scope=openid")), want: check.NotApplicable},
		{name: "lands elsewhere", code: "TAC205", change: both(grants("authorization_code"), set(conn, "idp_initiated.client", otherID)), want: check.NotApplicable},
		{name: "where it lands is not read", code: "TAC205", change: both(grants("authorization_code"), set(conn, "idp_initiated.client", notRead)), want: check.Fail},
		{name: "not read", code: "TAC205", change: set(client, "grant_types", notRead), want: check.Unknown},

		{name: "on", code: "TAC206", want: check.Pass},
		{name: "off", code: "TAC206", change: set(client, "oidc_conformant", false), want: check.Fail, says: []string{"oidc_conformant is false"}},
		{name: "absent", code: "TAC206", change: set(client, "oidc_conformant", absent), want: check.Fail, says: []string{"not set, which at Auth0 means false"}},
		{name: "not read", code: "TAC206", change: set(client, "oidc_conformant", notRead), want: check.Unknown},

		{name: "RS256", code: "TAC207", want: check.Pass},
		{name: "HS256", code: "TAC207", change: alg("HS256"), want: check.Fail, says: []string{`"HS256"`}},
		{name: "PS256", code: "TAC207", change: alg("PS256"), want: check.Fail},
		{name: "absent", code: "TAC207", change: alg(absent), want: check.Fail, says: []string{"which means HS256"}},
		{name: "not read", code: "TAC207", change: alg(notRead), want: check.Unknown},

		{name: "none", code: "TAC208", want: check.Pass},
		{name: "secret", code: "TAC208", change: method("client_secret_post"), want: check.Fail, says: []string{`"client_secret_post"`}},
		{name: "absent", code: "TAC208", change: method(absent), want: check.Unknown, says: []string{`token_endpoint_auth_method = "none"`}},
		{name: "key", code: "TAC208", change: both(method("client_secret_basic"), set(client, "compliance_level", "fapi2_sp_mtls_mtls")), want: check.Fail},
		{name: "not read", code: "TAC208", change: method(notRead), want: check.Unknown},

		{name: "used", code: "TAC209", want: check.Pass},
		{name: "absent", code: "TAC209", change: set(client, "sso_disabled", absent), want: check.Pass},
		{name: "disabled", code: "TAC209", change: set(client, "sso_disabled", true), want: check.Fail, severity: schema.Error, says: []string{"sso_disabled is true"}},
		{name: "disabled, interactive", code: "TAC209", change: both(interactive, set(client, "sso_disabled", true)), want: check.Fail, severity: schema.Info},
		{name: "not read", code: "TAC209", change: set(client, "sso_disabled", notRead), want: check.Unknown},
	}
}
