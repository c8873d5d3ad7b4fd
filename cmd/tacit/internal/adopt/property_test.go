package adopt_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
)

// TestImportPlansToNothing: whatever a tenant holds, what import writes of it
// plans to no change, and no secret of it is in a file.
func TestImportPlansToNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := generator{rt, false}
		ten := open(rt, g.tenant())
		fold := rapid.SampledFrom([]adopt.Fold{adopt.FoldAuto, adopt.FoldAlways, adopt.FoldNever}).Draw(rt, "fold")
		out, _ := importing(rt, ten, fold, kinds()...)
		require.Empty(rt, out.Changes, "%s", all(out.Files))
		require.Empty(rt, out.Conflicts)
		require.NotContains(rt, all(out.Files), secret)
		for name := range out.Files {
			require.Regexp(rt, `^([a-z_]+/)?[A-Za-z0-9._-]+$`, name)
			require.NotRegexp(rt, `(?i)^(.*/)?(con|prn|aux|nul|com\d|lpt\d)\.`, name)
		}
	})
}

// TestImportedAgain: a tenant made of what import wrote gives the same files.
func TestImportedAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := generator{rt, true}
		ten := open(rt, g.tenant())
		fold := rapid.SampledFrom([]adopt.Fold{adopt.FoldAuto, adopt.FoldNever}).Draw(rt, "fold")
		first, _ := importing(rt, ten, fold, kinds()...)
		require.Empty(rt, first.Changes, "%s", all(first.Files))
		again, _ := importing(rt, applied(rt, first.Files), fold, kinds()...)
		require.Empty(rt, again.Changes)
		for name, text := range first.Files {
			require.Equal(rt, string(text), string(again.Files[name]), name)
		}
		require.Len(rt, again.Files, len(first.Files))
	})
}

// secret must never be in a file.
const secret = "hush-hush-hush"

// generator draws tenants. Plain ones hold nothing that Auth0 alone can make, or
// that an API of today would refuse.
type generator struct {
	t     *rapid.T
	plain bool
}

func (g generator) flip(label string) bool { return rapid.Bool().Draw(g.t, label) }

func (g generator) of(label string, values ...any) any {
	return rapid.SampledFrom(values).Draw(g.t, label)
}

// maybe sets a key, or leaves it out.
func (g generator) maybe(m map[string]any, key string, values ...any) {
	if g.flip(key + " there") {
		m[key] = g.of(key, values...)
	}
}

// odd adds values that only tenants with a history hold.
func (g generator) odd(values []any, odd ...any) []any {
	if g.plain {
		return values
	}
	return append(values, odd...)
}

func hostile() []any {
	return []any{
		`quote " back \ slash`, "${var.x} %{ if true }", "line\nbreak \r\n tab\t", "../../etc/passwd", "con", "nul.txt", "Über Größe", "e\u0301 decomposed", "株式会社",
		"\u202egnp.exe", "$${x}", "0day", "# } tacit:ignore TAC101 x", "=cmd()", "", "a,b;c", "<b>", strings.Repeat("x", 400),
	}
}

func (g generator) tenant() map[string]any {
	clients := []any{map[string]any{"client_id": "OTHER000000000000000000000000001", "name": "Backend", "app_type": "regular_web"}}
	var ids []any
	for i := range rapid.IntRange(1, 3).Draw(g.t, "clients") {
		c := g.client(i)
		clients, ids = append(clients, c), append(ids, c["client_id"])
	}
	conns, members := []any{}, map[string]any{}
	for i := range rapid.IntRange(0, 6).Draw(g.t, "connections") {
		c := g.connection(i, ids)
		conns = append(conns, c)
		id, _ := c["id"].(string)
		if g.flip("enabled") {
			members[id] = []any{map[string]any{"client_id": g.of("member", append(ids, "OTHER000000000000000000000000001")...)}}
		}
	}
	apis := g.apis()
	seed := map[string]any{"clients": clients, "connections": conns, "connection_clients": members, "resource_servers": apis}
	if g.flip("organizations") {
		g.organizations(seed, conns)
	}
	if g.flip("grants") && (!g.plain || len(apis) > 1) {
		seed["client_grants"] = g.grants(ids)
	}
	if !g.plain {
		seed["tenant_settings"] = map[string]any{
			"session_lifetime": g.of("lifetime", 168, 0.0833, 1.5), "flags": map[string]any{"enable_sso": true, "x_unknown": nil},
			"friendly_name": g.of("friendly", hostile()...), "unknown": []any{1},
		}
	}
	return seed
}

func (g generator) client(i int) map[string]any {
	c := map[string]any{
		"client_id": fmt.Sprintf("SPA%029d", i), "name": fmt.Sprintf("Portal %d", i), "app_type": "spa", "oidc_conformant": true,
		"token_endpoint_auth_method": "none", "jwt_configuration": map[string]any{"alg": "RS256"}, "grant_types": []any{"authorization_code"},
	}
	if !g.plain {
		c["name"] = g.of("client name", append(hostile(), c["name"], "Portal")...)
		c["client_secret"], c["unknown_key"] = secret, map[string]any{"x": nil}
		c["oidc_conformant"] = g.flip("conformant")
		c["jwt_configuration"] = g.of("jwt", map[string]any{"alg": "HS256", "lifetime_in_seconds": 3600}, map[string]any{}, nil, map[string]any{"alg": "RS256", "secret_encoded": true})
		g.maybe(c, "addons", map[string]any{"azure_sb": map[string]any{"sasKey": secret, "namespace": "n"}}, map[string]any{}, map[string]any{"samlp": map[string]any{"audience": nil, "mappings": map[string]any{"for": "x"}}})
		g.maybe(c, "encryption_key", map[string]any{"pub": "x", "cert": secret})
		g.maybe(c, "token_endpoint_auth_method", "client_secret_post", "private_unknown", nil)
		g.maybe(c, "custom_login_page", "<html>\n${x}\r\n</html>\n")
	}
	g.maybe(c, "description", g.odd([]any{"Text", "with ${x}"}, hostile()...)...)
	g.maybe(c, "callbacks", g.odd([]any{[]any{"https://a.example/cb", "https://b.example"}, []any{"https://a.example"}}, []any{}, []any{"not a url"}, nil)...)
	g.maybe(c, "web_origins", []any{"https://a.example"})
	g.maybe(c, "grant_types", g.odd([]any{[]any{"authorization_code", "implicit"}, []any{"implicit", "authorization_code", "refresh_token"}}, []any{}, []any{"client_credentials"})...)
	g.maybe(c, "client_metadata", g.odd([]any{map[string]any{"team": "blue", "a key": "${y}"}}, map[string]any{"api_key": secret, "x": "y"}, map[string]any{"tacit": "other/spa_client.x"}, map[string]any{})...)
	g.maybe(c, "organization_usage", "allow", "require")
	return c
}

func (g generator) apis() []any {
	var out []any
	for i := range rapid.IntRange(0, 2).Draw(g.t, "apis") {
		a := map[string]any{"id": fmt.Sprintf("%024x", i+1), "identifier": fmt.Sprintf("https://api%d.example/", i), "name": fmt.Sprintf("API %d", i), "signing_alg": "RS256", "token_lifetime": 86400}
		g.maybe(a, "token_lifetime", 3600, 86400)
		g.maybe(a, "skip_consent_for_verifiable_first_party_clients", true, false)
		g.maybe(a, "scopes", g.odd([]any{[]any{map[string]any{"value": "read:x", "description": "Read"}, map[string]any{"value": "w:${x}"}}}, []any{}, []any{map[string]any{"value": "a", "description": nil, "extra": 1}})...)
		if !g.plain {
			g.maybe(a, "name", hostile()...)
			g.maybe(a, "signing_alg", "HS256", "none")
			g.maybe(a, "signing_secret", secret)
			g.maybe(a, "subject_type_authorization", map[string]any{"user": map[string]any{"policy": "require_client_grant"}}, map[string]any{})
		}
		out = append(out, a)
	}
	return append(out, map[string]any{"id": "5f0000000000000000000099", "identifier": "https://" + domain + "/api/v2/", "name": "Auth0 Management API", "is_system": true})
}

func (g generator) connection(i int, clients []any) map[string]any {
	name := fmt.Sprintf("customer-%d", i)
	pem := strings.TrimSpace(certificate)
	o := map[string]any{"signInEndpoint": "https://idp.example/" + name, "signingCert": certificate}
	o["signingCert"] = g.of("certificate", g.odd([]any{certificate, pem, base64.StdEncoding.EncodeToString([]byte(certificate)), strings.ReplaceAll(pem, "\n", " ")}, "b2xk", "", nil)...)
	g.maybe(o, "signOutEndpoint", g.odd([]any{"https://idp.example/slo"}, "", "https://user:"+secret+"@idp.example")...)
	g.maybe(o, "domain_aliases", g.odd([]any{[]any{name + ".example", name + ".test"}}, []any{}, []any{"a b"}, nil)...)
	g.maybe(o, "fieldsMap", g.odd([]any{map[string]any{"email": "mail", "name": []any{"cn", "sn"}}}, map[string]any{}, map[string]any{"x": nil}, map[string]any{"http://x/y": "z"})...)
	g.maybe(o, "signSAMLRequest", true, false)
	g.maybe(o, "signatureAlgorithm", g.odd([]any{"rsa-sha256", "rsa-sha1"}, "", "md5")...)
	g.idpInitiated(o, name, clients)
	c := map[string]any{"id": fmt.Sprintf("con_%016d", i), "name": name, "strategy": "samlp", "options": o, "realms": []any{name}}
	g.maybe(c, "display_name", g.odd([]any{"Acme " + name, "Same"}, hostile()...)...)
	g.maybe(c, "metadata", g.odd([]any{map[string]any{"crm": name}, map[string]any{"crm": "1", "x": ""}}, map[string]any{"password": secret}, map[string]any{"n": 1})...)
	g.maybe(c, "show_as_button", true, false)
	if !g.plain {
		g.maybe(o, "decryptionKey", map[string]any{"key": secret}, secret)
		g.maybe(o, "unknown_option", map[string]any{"deep": []any{nil, 0.5}})
		g.maybe(o, "requestTemplate", "<x>\n"+strings.Repeat("${y}", 90)+"</x>")
		g.maybe(o, "metadataUrl", "https://idp.example/metadata", "")
		g.maybe(o, "strategy_version", 2, "2")
	}
	return c
}

func (g generator) idpInitiated(o map[string]any, name string, clients []any) {
	if !g.flip("idp-initiated") {
		return
	}
	m := map[string]any{"enabled": true, "client_id": g.of("lands in", clients...)}
	query := func() any {
		return g.of("query", g.odd([]any{
			"response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fa.example%2F" + name, "response_type=token id_token&scope=openid",
			"scope=openid+email", "redirect_uri=https://a.example/cb&timeout=30",
		}, "", "scope=openid,email", "%zz=1", "redirect_uri=https://a.example?x=1&y", nil)...)
	}
	g.maybe(m, "client_protocol", "oauth2", "oidc")
	if g.flip("has query") {
		m["client_authorizequery"] = query()
	}
	if !g.plain {
		m = g.of("idpinitiated", m, m, m, map[string]any{}, map[string]any{"enabled": true}, map[string]any{"client_protocol": "oauth2", "client_authorizequery": query()},
			map[string]any{"enabled": false, "client_id": clients[0], "client_authorizequery": query()}, map[string]any{"enabled": true, "client_id": "client_id"}).(map[string]any)
	}
	o["idpinitiated"] = m
}

func (g generator) organizations(seed map[string]any, conns []any) {
	org := map[string]any{"id": "org_0000000000000001", "name": "acme", "display_name": g.of("org name", g.odd([]any{"Acme"}, hostile()...)...)}
	g.maybe(org, "metadata", map[string]any{"plan": "gold"}, map[string]any{})
	seed["organizations"] = []any{org}
	if len(conns) > 0 {
		c, _ := conns[0].(map[string]any)
		seed["organization_enabled_connections"] = map[string]any{"org_0000000000000001": []any{
			map[string]any{"connection_id": c["id"], "assign_membership_on_login": g.flip("assign")},
		}}
	}
}

func (g generator) grants(clients []any) []any {
	out := []any{map[string]any{"id": "cgr_0000000000000001", "client_id": clients[0], "audience": "https://api0.example/", "subject_type": "user", "scope": []any{"read:x"}}}
	if !g.plain {
		out = append(out, map[string]any{"id": "cgr_0000000000000002", "audience": "https://api1.example/", "default_for": "third_party_clients"},
			map[string]any{"id": "cgr_0000000000000003", "client_id": "gone", "audience": "x"},
			map[string]any{"id": "cgr_0000000000000004", "client_id": "OTHER000000000000000000000000001", "audience": "https://" + domain + "/api/v2/", "scope": []any{}})
	}
	return out
}

// certificate is a self-signed test certificate.
const certificate = `-----BEGIN CERTIFICATE-----
MIICtjCCAZ6gAwIBAgICB+kwDQYJKoZIhvcNAQELBQAwHjEcMBoGA1UEAxMTcnNh
MjA0OC5pZHAuZXhhbXBsZTAeFw0yNTAxMDEwMDAwMDBaFw0zNTAxMDEwMDAwMDBa
MB4xHDAaBgNVBAMTE3JzYTIwNDguaWRwLmV4YW1wbGUwggEiMA0GCSqGSIb3DQEB
AQUAA4IBDwAwggEKAoIBAQC5UTwn3yGZm67IVJ4bA8llAYEw2gbwBe3j36u1FTsV
8dcjxO59y7+uB7qcTFyuu1zFRlOIyHmQdw5wg7hxoxJUcZiHyDD5VRaJtwr+9xoa
mE5KZX//6QaRwURDIxjJ57CNob3dh03RdaXWPWM1/OKpr/XFopAE1wSofmL5XvoA
QO106SS3WXHC/Ilu6rzOGeAC/jEaA/ecLvw0rQSeoWonxP7xHjClAcK7x99oqEtH
CBftynEsEkVUhV8XvjbMreumpCW/UH+fsb/Gb9urq2QWB0Qqoe6HHGAsGmZD8lGM
pR4ID9FiDgGEXvYF9ZYcmpnpk4CcOTw76tOfiOIb7T2hAgMBAAEwDQYJKoZIhvcN
AQELBQADggEBAEjCxFEE3TaQbIKOrmesKYqArPMHDK3OvDB1wWL5+yFwNYv8AusB
RACEgn0S3AazqMzEiI3u32ZjO41X74EGqsA2HzVw1rWoe157dLeFViyIQw6Viafx
iXhEplLUjG8aCyOyrUyP5ViluoYH9wfAI4H++01f1ArlWnV7qcfKWjYx8nhjuarx
v5AryRqA8Urazr37tlv5YJkQerQ5VbzbOPK8CI4qBE2+3zANRYgYnzoerVdaQyMX
NfRcLsI1urmQGiFurZK7BgECurteMZrghIEGu5xZAExIRZ/Q5mjNLjm1gqaBC15c
GqGlkX4IxPgxqCJfN3GEU7KlSszPh+xTecE=
-----END CERTIFICATE-----
`
