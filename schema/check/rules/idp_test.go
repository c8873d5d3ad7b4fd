package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func idpVerdicts() []verdict {
	nowhere := func(f *fixture) { f.login = "" }
	org := func(id string) func(*fixture) { return func(f *fixture) { f.org, f.orgID = vals{"name": "acme"}, id } }
	advice := func(code, name string, change func(*fixture), says ...string) verdict {
		return verdict{name: name, code: code, change: change, want: check.Unknown, says: says}
	}
	return []verdict{
		advice("TAC126", "the URL", nil, "https://login.example.com/login/callback?connection=acme."),
		advice("TAC126", "with an organization", org("org_1"), "?connection=acme&organization=org_1."),
		advice("TAC126", "with a new organization", org(schema.Placeholder(schema.Address{Kind: "organization", Name: "acme"})), "with connection and organization in the query"),
		advice("TAC126", "on the canonical domain", nowhere, "https://example.eu.auth0.com/login/callback"),
		advice("TAC127", "RelayState", nil),
		advice("TAC128", "login CSRF", nil, "landing route"),
		advice("TAC129", "thumbprint", nil, "SHA-1 thumbprint"),
		advice("TAC129", "none", holding(absent), "not known here"),
		advice("TAC130", "signs", nil),
		advice("TAC131", "clock", nil),
		advice("TAC132", "one assertion", nil),
		advice("TAC133", "no key", nil, "must not encrypt"),
		advice("TAC133", "not read", set(conn, "decryption_key", notRead), "one of its responses"),
		advice("TAC134", "NameID", nil),
		advice("TAC135", "default", nil, "urn:auth0:example:acme"),
		advice("TAC135", "written", set(conn, "entity_id", "https://login.example.com/saml"), "https://login.example.com/saml"),
		advice("TAC135", "not read", set(conn, "entity_id", notRead), "the connection's entity ID"),
	}
}
