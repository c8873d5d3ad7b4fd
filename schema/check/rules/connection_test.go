package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func connectionVerdicts() []verdict {
	idp := func(name string, v any) func(*fixture) { return set(conn, "idp_initiated."+name, v) }
	notMember := func(f *fixture) { f.members.Members, f.conn["clients"] = nil, []any{} }
	notAsked := func(f *fixture) { f.members, f.conn["clients"] = schema.Relation{}, notRead }
	return []verdict{
		{name: "the application is gone", code: "TAC103", change: gone, want: check.Fail, says: []string{spaID, "does not have"}},
		{name: "no application", code: "TAC103", change: both(gone, set(conn, "idp_initiated.client", "")), want: check.Fail, says: []string{"names no application"}},
		{name: "the application is gone", code: "TAC101", change: gone, want: check.NotApplicable},
		{name: "enabled", code: "TAC101", want: check.Pass},
		{name: "declared, offline", code: "TAC101", change: offline, want: check.Pass},
		{name: "planned for a new client", code: "TAC101", want: check.Pass, change: func(f *fixture) {
			f.creates, f.clientID = []string{"spa_client"}, schema.Placeholder(clientAddr(schema.SPAClient))
			f.members = schema.Relation{Members: []string{f.clientID}}
		}},
		{name: "member by the relation alone", code: "TAC101", change: set(conn, "clients", notRead), want: check.Pass},
		{name: "not a member", code: "TAC101", change: notMember, want: check.Fail, says: []string{`"Customer portal" is not enabled`}},
		{name: "asked for this client only", code: "TAC101", want: check.Fail, change: func(f *fixture) {
			notMember(f)
			f.members = schema.Relation{Asked: []string{spaID}}
		}},
		{name: "a new connection without it", code: "TAC101", want: check.Fail, change: both(notAsked, func(f *fixture) { f.creates = []string{"saml_connection"} })},
		{name: "an existing connection and a new client", code: "TAC101", want: check.Fail, change: both(notAsked, func(f *fixture) { f.creates = []string{"spa_client"} })},
		{name: "nobody asked", code: "TAC101", change: notAsked, want: check.Unknown, says: []string{"Nobody asked", "read:connections"}},
		{name: "offline, not declared", code: "TAC101", change: both(offline, set(conn, "clients", notRead)), want: check.Unknown, says: []string{"tacit plan"}},
		{name: "offline, another literal id", code: "TAC101", change: both(offline, set(conn, "clients", []any{otherID})), want: check.Unknown},

		{name: "on", code: "TAC102", want: check.Pass},
		{name: "off", code: "TAC102", change: idp("enabled", false), want: check.Fail, says: []string{"idp_initiated.enabled is false"}},
		{name: "absent", code: "TAC102", change: idp("enabled", absent), want: check.Fail, says: []string{"not set"}},
		{name: "null", code: "TAC102", change: idp("enabled", null), want: check.Fail},
		{name: "options not readable", code: "TAC102", change: idp("enabled", notRead), want: check.Unknown, says: []string{"read:connections_options"}},
		{name: "offline", code: "TAC102", change: both(offline, idp("enabled", notRead)), want: check.Unknown, says: []string{"files do not say", "tacit plan"}},
		{name: "known after apply", code: "TAC102", change: idp("enabled", unknown), want: check.Unknown, says: []string{"after the apply"}},
		{name: "depends on an id, offline", code: "TAC102", change: both(offline, idp("enabled", unknown)), want: check.Unknown, says: []string{"only the tenant knows", "tacit plan"}},
		{name: "odd shape on the tenant", code: "TAC102", change: idp("enabled", "yes"), want: check.Unknown, says: []string{"knows how to read"}},

		{name: "same", code: "TAC103", want: check.Pass},
		{name: "same, offline", code: "TAC103", change: offline, want: check.Pass},
		{name: "other", code: "TAC103", change: idp("client", otherID), want: check.Fail, says: []string{otherID, `"Customer portal"`}},
		{name: "other of the configuration", code: "TAC103", want: check.Fail, says: []string{"another application of this configuration"},
			change: idp("client", schema.Placeholder(schema.Address{Kind: "spa_client", Name: "admin"}))},
		{name: "none", code: "TAC103", change: idp("client", absent), want: check.Fail, says: []string{"names no application"}},
		{name: "literal id, offline", code: "TAC103", change: both(offline, idp("client", otherID)), want: check.Unknown},
		{name: "not read", code: "TAC103", change: idp("client", notRead), want: check.Unknown},
		{name: "pointless while off", code: "TAC103", change: both(idp("enabled", false), idp("client", otherID)), want: check.NotApplicable},

		{name: "oauth2", code: "TAC104", want: check.Pass},
		{name: "oidc", code: "TAC104", change: idp("client_protocol", "oidc"), want: check.Pass},
		{name: "samlp", code: "TAC104", change: idp("client_protocol", "samlp"), want: check.Fail, says: []string{`"samlp"`}},
		{name: "wsfed", code: "TAC104", change: idp("client_protocol", "wsfed"), want: check.Fail},
		{name: "absent", code: "TAC104", change: idp("client_protocol", absent), want: check.Unknown, says: []string{"not documented", `client_protocol = "oauth2"`}},
		{name: "not read", code: "TAC104", change: idp("client_protocol", notRead), want: check.Unknown},
		{name: "pointless while off", code: "TAC104", change: both(idp("enabled", false), idp("client_protocol", "samlp")), want: check.NotApplicable},
	}
}

func ask(q string) func(*fixture) { return set(conn, "idp_initiated.query", q) }

func queryVerdicts() []verdict {
	samlp := set(conn, "idp_initiated.client_protocol", "samlp")
	noQuery := set(conn, "idp_initiated.query", absent)
	notReadQuery := set(conn, "idp_initiated.query", notRead)
	elsewhere := set(conn, "idp_initiated.client", otherID)
	return []verdict{
		{name: "the three", code: "TAC105", want: check.Pass},
		{name: "audience", code: "TAC105", change: ask(query + "&audience=https://api.example.com/orders"), want: check.Fail, says: []string{"audience does nothing"}},
		{name: "state", code: "TAC105", change: ask(query + "&state=x"), want: check.Fail, severity: schema.Error, says: []string{"same for every login"}},
		{name: "nonce and audience", code: "TAC105", change: ask(query + "&audience=a&nonce=x"), want: check.Fail, severity: schema.Error, says: []string{"audience", "nonce"}},
		{name: "terraform's example", code: "TAC105", change: ask("type=code&timeout=30"), want: check.Fail, says: []string{`"type" does nothing (did you mean response_type?)`, `"timeout" does nothing`}},
		{name: "wrong spelling", code: "TAC105", change: ask("responseType=id_token&scopes=openid&redirect_url=x"), want: check.Fail, says: []string{"did you mean response_type?", "did you mean scope?", "did you mean redirect_uri?"}},
		{name: "redirect_uri not encoded", code: "TAC105", change: ask("redirect_uri=https://app.example.com/s?a=b&connection=acme"), want: check.Fail, says: []string{"connection does nothing beside redirect_uri"}},
		{name: "repeated", code: "TAC105", change: ask(query + "&scope=openid"), want: check.Fail, says: []string{"more than once"}},
		{name: "no query", code: "TAC105", change: noQuery, want: check.NotApplicable},
		{name: "pointless while off", code: "TAC105", change: both(ask("state=x"), set(conn, "idp_initiated.enabled", false)), want: check.NotApplicable},
		{name: "other protocol", code: "TAC105", change: both(ask("state=x"), samlp), want: check.NotApplicable},
		{name: "not read", code: "TAC105", change: notReadQuery, want: check.Unknown},

		{name: "id_token", code: "TAC106", want: check.Pass},
		{name: "token", code: "TAC106", change: ask("response_type=token"), want: check.Fail, says: []string{"opaque"}},
		{name: "the seed's", code: "TAC106", change: ask("response_type=token+id_token&scope=openid+email"), want: check.Fail, says: []string{`"token id_token"`, "opaque"}},
		{name: "code", code: "TAC106", change: ask("response_type=code"), want: check.Fail, says: []string{"PKCE"}},
		{name: "idtoken", code: "TAC106", change: ask("response_type=idtoken"), want: check.Fail, says: []string{"did you mean id_token?"}},
		{name: "nonsense", code: "TAC106", change: ask("response_type=banana"), want: check.Fail, says: []string{"not made of"}},
		{name: "not said", code: "TAC106", change: ask("scope=openid"), want: check.Unknown, severity: schema.Info, says: []string{"not documented"}},
		{name: "no query", code: "TAC106", change: noQuery, want: check.Unknown, severity: schema.Info},
		{name: "not read", code: "TAC106", change: notReadQuery, want: check.Unknown},
		{name: "other protocol", code: "TAC106", change: both(samlp, ask("response_type=code")), want: check.NotApplicable},

		{name: "openid", code: "TAC107", want: check.Pass},
		{name: "missing", code: "TAC107", change: ask("response_type=id_token&scope=email"), want: check.Fail, says: []string{"openid is missing"}},
		{name: "none", code: "TAC107", change: ask("response_type=id_token"), want: check.Fail, says: []string{"no scope"}},
		{name: "commas", code: "TAC107", change: ask("response_type=id_token&scope=openid,profile"), want: check.Fail, says: []string{"separated by spaces"}},
		{name: "pointless without response_type", code: "TAC107", change: noQuery, want: check.NotApplicable},
		{name: "other protocol", code: "TAC107", change: both(samlp, ask("response_type=id_token")), want: check.NotApplicable},
		{name: "not read", code: "TAC107", change: notReadQuery, want: check.Unknown},

		{name: "listed without its query", code: "TAC108", want: check.Pass},
		{name: "listed in full", code: "TAC108", change: set(client, "callbacks", []any{app + "/start-login?connection=acme"}), want: check.Pass},
		{name: "wildcard", code: "TAC108", change: set(client, "callbacks", []any{"https://*.example.com/start-login"}), want: check.Pass},
		{name: "not listed", code: "TAC108", change: set(client, "callbacks", []any{app}), want: check.Fail, says: []string{`"https://app.example.com/start-login" is not an allowed callback`}},
		{name: "final slash", code: "TAC108", change: set(client, "callbacks", []any{app + "/start-login/"}), want: check.Fail, says: []string{"does not take one for the other"}},
		{name: "no callbacks", code: "TAC108", change: set(client, "callbacks", absent), want: check.Fail},
		{name: "empty", code: "TAC108", change: ask("redirect_uri="), want: check.Fail, says: []string{"is empty"}},
		{name: "placeholder", code: "TAC108", change: set(client, "callbacks", []any{"https://{organization_name}.example.com/start-login"}), want: check.Unknown, says: []string{"placeholders"}},
		{name: "callbacks not read", code: "TAC108", change: set(client, "callbacks", notRead), want: check.Unknown, says: []string{"read:clients"}},
		{name: "offline, contributed callbacks only", code: "TAC108", change: both(offline, set(client, "callbacks", []any{app}), unsourced("callbacks")), want: check.Unknown},
		{name: "offline, written callbacks", code: "TAC108", change: both(offline, set(client, "callbacks", []any{app})), want: check.Fail},
		{name: "no redirect_uri", code: "TAC108", change: ask("scope=openid"), want: check.NotApplicable},
		{name: "lands elsewhere", code: "TAC108", change: both(elsewhere, set(client, "callbacks", []any{app})), want: check.NotApplicable},
		{name: "query not read", code: "TAC108", change: notReadQuery, want: check.Unknown},
	}
}
