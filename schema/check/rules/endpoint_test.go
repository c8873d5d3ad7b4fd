package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func endpointVerdicts() []verdict {
	signIn := func(v any) func(*fixture) { return set(conn, "sign_in_endpoint", v) }
	fetched := set(conn, "metadata_url", "https://idp.customer.com/metadata")
	interactive := func(f *fixture) { f.via = schema.ViaInteractive }
	entity := func(v any) func(*fixture) { return set(conn, "entity_id", v) }
	to := func(v any) func(*fixture) { return set(conn, "recipient_url", v) }
	const acs = "/login/callback?connection=acme"
	return []verdict{
		{name: "set", code: "TAC113", want: check.Pass},
		{name: "none", code: "TAC113", change: signIn(absent), want: check.Fail},
		{name: "from metadata", code: "TAC113", change: both(signIn(absent), fetched), want: check.NotApplicable},
		{name: "placeholder", code: "TAC113", change: signIn("https://example.com"), want: check.Pass},
		{name: "placeholder, interactive", code: "TAC113", change: both(signIn("https://example.com/"), interactive), want: check.Fail, says: []string{"placeholder"}},
		{name: "not read", code: "TAC113", change: signIn(notRead), want: check.Unknown, says: []string{"read:connections_options"}},
		{name: "offline, elsewhere", code: "TAC113", change: both(offline, signIn(notRead)), want: check.NotApplicable},

		{name: "https", code: "TAC114", want: check.Pass},
		{name: "http", code: "TAC114", change: signIn("HTTP://idp.customer.com/sso"), want: check.Fail, says: []string{"sign_in_endpoint is http"}},
		{name: "sign-out", code: "TAC114", change: set(conn, "sign_out_endpoint", "http://idp.customer.com/slo"), want: check.Fail, says: []string{"sign_out_endpoint"}},
		{name: "metadata", code: "TAC114", change: set(conn, "metadata_url", "http://idp.customer.com/m"), want: check.Fail, says: []string{"metadata_url"}},
		{name: "this machine", code: "TAC114", change: signIn("http://127.0.0.1:8080/sso"), want: check.Pass},
		{name: "not read", code: "TAC114", change: signIn(notRead), want: check.Unknown},
		{name: "offline, elsewhere", code: "TAC114", change: both(offline, signIn(notRead)), want: check.Pass},

		{name: "default", code: "TAC122", want: check.Pass},
		{name: "its own", code: "TAC122", change: entity("urn:auth0:example:acme"), want: check.Pass},
		{name: "a URL", code: "TAC122", change: entity("https://login.example.com/saml"), want: check.Pass},
		{name: "another connection's", code: "TAC122", change: entity("urn:auth0:example:globex"), want: check.Fail, says: []string{"another connection"}},
		{name: "another tenant's", code: "TAC122", change: entity("urn:auth0:example-dev:acme"), want: check.Fail, says: []string{"another tenant"}},
		{name: "the identity provider's", code: "TAC122", change: entity("https://IDP.customer.com/metadata"), want: check.Fail, says: []string{"host of the identity provider"}},
		{name: "not read", code: "TAC122", change: entity(notRead), want: check.Unknown},
		{name: "offline, elsewhere", code: "TAC122", change: both(offline, entity(notRead)), want: check.NotApplicable},

		{name: "unset", code: "TAC123", want: check.Pass},
		{name: "the ACS URL", code: "TAC123", change: to("https://login.example.com" + acs), want: check.Pass},
		{name: "on the canonical domain", code: "TAC123", change: to("https://example.eu.auth0.com" + acs), want: check.Pass},
		{name: "without its query", code: "TAC123", change: to("https://login.example.com/login/callback"), want: check.Fail, says: []string{"recipient_url is"}},
		{name: "destination", code: "TAC123", change: set(conn, "destination_url", "https://proxy.example.com/acs"), want: check.Fail, says: []string{"destination_url is"}},
		{name: "not read", code: "TAC123", change: to(notRead), want: check.Unknown},
		{name: "offline, elsewhere", code: "TAC123", change: both(offline, to(notRead)), want: check.Pass},
	}
}

func assertionVerdicts() []verdict {
	const pem = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
	key := func(v any) func(*fixture) { return set(conn, "decryption_key", v) }
	profile := func(name string) func(*fixture) {
		return set(conn, "assertion_decryption_settings", map[string]any{"algorithm_profile": name})
	}
	id := func(v any) func(*fixture) { return set(conn, "user_id_attribute", v) }
	mapped := func(v any) func(*fixture) { return set(conn, "fields_map", map[string]any{"user_id": v}) }
	return []verdict{
		{name: "no key", code: "TAC124", want: check.NotApplicable},
		{name: "a key", code: "TAC124", change: key(map[string]any{"key": pem, "cert": "x"}), want: check.Pass},
		{name: "as text", code: "TAC124", change: key(pem), want: check.Pass},
		{name: "made-up text", code: "TAC124", change: key(map[string]any{"key": "secret-text"}), want: check.Fail, says: []string{"no private key"}},
		{name: "AES-GCM only", code: "TAC124", change: both(key(pem), profile("v2026-1")), want: check.Unknown, severity: schema.Info, says: []string{"AES-GCM"}},
		{name: "another profile", code: "TAC124", change: both(key(pem), profile("v2027-1")), want: check.Pass},
		{name: "not read", code: "TAC124", change: key(notRead), want: check.Unknown, says: []string{"read:connections_options"}},
		{name: "offline, elsewhere", code: "TAC124", change: both(offline, key(notRead)), want: check.NotApplicable},

		{name: "default", code: "TAC125", want: check.Pass},
		{name: "an attribute", code: "TAC125", change: id("employeeNumber"), want: check.Pass},
		{name: "twice the same", code: "TAC125", change: both(id("employeeNumber"), mapped([]any{"employeeNumber", "upn"})), want: check.Pass},
		{name: "two attributes", code: "TAC125", change: both(id("employeeNumber"), mapped("upn")), want: check.Fail, says: []string{"different attributes"}},
		{name: "e-mail", code: "TAC125", change: id("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"), want: check.Fail, severity: schema.Info},
		{name: "e-mail by the map", code: "TAC125", change: mapped([]any{"mail"}), want: check.Fail, severity: schema.Info},
		{name: "not read", code: "TAC125", change: id(notRead), want: check.Unknown},
		{name: "map not read", code: "TAC125", change: set(conn, "fields_map", notRead), want: check.Unknown},
		{name: "offline, elsewhere", code: "TAC125", change: both(offline, id(notRead)), want: check.Pass},
	}
}
