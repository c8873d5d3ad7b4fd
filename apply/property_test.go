package apply_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

const domain = "prop.eu.auth0.com"

// tb is what both testing.T and rapid.T offer.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	FailNow()
}

// open returns a tenant over a sandbox that holds seed.
func open(t tb, seed map[string]any) (*sandbox.Server, *mgmt.Tenant) {
	t.Helper()
	srv, err := sandbox.New(sandbox.Options{Domains: []string{domain}})
	require.NoError(t, err)
	raw, err := json.Marshal(seed)
	require.NoError(t, err)
	require.NoError(t, srv.Load(raw))
	ten, err := mgmt.New(context.Background(), mgmt.Options{Domain: domain, Token: "t", Transport: srv.Transport(), UserAgent: "test"})
	require.NoError(t, err)
	return srv, ten
}

// makePlan reads and plans; ok is false when the configuration and the tenant
// cannot be brought together (which is a diagnostic, not a plan).
func makePlan(t tb, ten *mgmt.Tenant, cfg *schema.Config) (*plan.Plan, *plan.Binding, bool) {
	t.Helper()
	catalogue := rules.Catalogue()
	_, b, ds, err := apply.Read(context.Background(), ten, cfg, catalogue)
	require.NoError(t, err)
	if ds.HasErrors() {
		return nil, nil, false
	}
	p, ds := apply.Make(cfg, b, catalogue, nil)
	return p, b, !ds.HasErrors()
}

// TestApplyConverges: for any configuration and tenant, plan after apply is
// empty, applying again writes nothing, and what no line manages stays.
func TestApplyConverges(t *testing.T) {
	planned := 0
	rapid.Check(t, func(rt *rapid.T) {
		g := generator{rt}
		cfg := g.config()
		srv, ten := open(rt, g.tenant(cfg))
		p, b, ok := makePlan(rt, ten, cfg)
		if !ok {
			return
		}
		planned++
		before := state(rt, srv)
		_, err := apply.Runner{Tenant: ten}.Run(context.Background(), p, b.IDs())
		require.NoError(rt, err)
		untouched(rt, p, before, state(rt, srv))

		after := ten.Requests()
		again, b2, ok := makePlan(rt, ten, cfg)
		require.True(rt, ok)
		require.Empty(rt, again.Changes, "plan after apply")
		reads := ten.Requests() - after
		_, err = apply.Runner{Tenant: ten}.Run(context.Background(), again, b2.IDs())
		require.NoError(rt, err)
		require.Equal(rt, after+reads, ten.Requests(), "applying an applied plan sends nothing")
	})
	require.Greater(t, planned, least(30), "most generated configurations must get as far as a plan")
}

// generator draws configurations and tenants that overlap.
type generator struct{ t *rapid.T }

func (g generator) flip(label string) bool { return rapid.Bool().Draw(g.t, label) }

func (g generator) subset(label string, of ...string) []any {
	out := []any{}
	for _, s := range of {
		if g.flip(label + " " + s) {
			out = append(out, s)
		}
	}
	return out
}

func object(k *schema.Kind, name string) *schema.Object {
	return &schema.Object{Kind: k, Addr: schema.Address{Kind: k.Name, Name: name}, Src: &schema.Range{File: "p.hcl"}, Wants: make([]schema.Want, len(k.Attrs))}
}

// set wants exactly v.
func set(o *schema.Object, name string, v any) {
	*o.Want(name) = schema.Want{Mode: schema.Exactly, V: v, Src: o.Src}
}

func (g generator) config() *schema.Config {
	cfg := &schema.Config{Workspace: "prop"}
	cfg.Tenant = object(schema.Tenant, "")
	set(cfg.Tenant, "domain", domain)
	spa := object(schema.SPAClient, "spa")
	set(spa, "name", "SPA")
	spa.Convert = true
	g.maybe(spa, "description", "a", "b")
	if g.flip("callbacks managed") {
		set(spa, "callbacks", append(g.subset("callback", "https://a.example/x", "https://b.example/y"), "https://a.example/cb"))
	}
	if g.flip("origins managed") {
		set(spa, "web_origins", g.subset("origin", "https://a.example", "https://b.example"))
	}
	api := object(schema.API, "api")
	set(api, "identifier", "https://api.example/")
	api.Convert = true
	if g.flip("lifetime") {
		set(api, "token_lifetime", json.Number("3600"))
	}
	if g.flip("scopes") {
		*api.Want("scope") = schema.Want{Mode: schema.AtLeast, V: []any{map[string]any{"value": "read:x", "description": "Read"}}, Src: api.Src}
	}
	cfg.Objects = append(cfg.Objects, api)
	n := rapid.IntRange(0, 3).Draw(g.t, "connections")
	refs := []any{}
	for i := range n {
		c := g.connection(fmt.Sprintf("c%d", i))
		cfg.Objects = append(cfg.Objects, c)
		refs = append(refs, schema.RefTo(c.Addr))
	}
	cfg.Objects = append(cfg.Objects, spa)
	if n > 0 && g.flip("upgrade") {
		up := object(schema.SilentUpgrade, "up")
		set(up, "connections", refs)
		set(up, "client", schema.RefTo(spa.Addr))
		set(up, "api", schema.RefTo(api.Addr))
		set(up, "redirect_uri", "https://a.example")
		set(up, "via", rapid.SampledFrom([]string{"iframe", "redirect", "interactive"}).Draw(g.t, "via"))
		cfg.Objects = append(cfg.Objects, up)
	}
	slices.SortFunc(cfg.Objects, func(a, b *schema.Object) int { return a.Addr.Compare(b.Addr) })
	return cfg
}

func (g generator) maybe(o *schema.Object, name string, values ...any) {
	if g.flip(name + " managed") {
		set(o, name, rapid.SampledFrom(values).Draw(g.t, name))
	}
}

func (g generator) connection(name string) *schema.Object {
	c := object(schema.SAMLConnection, name)
	set(c, "name", name)
	set(c, "sign_in_endpoint", "https://idp.example/sso")
	set(c, "signing_cert", certificate)
	g.maybe(c, "display_name", "One", "Two")
	g.maybe(c, "debug", true, false)
	if g.flip("aliases") {
		set(c, "domain_aliases", g.subset("alias", "one.example", "two.example"))
	}
	if g.flip("idp") {
		set(c, "idp_initiated.enabled", g.flip("enabled"))
		set(c, "idp_initiated.client", schema.RefTo(schema.Address{Kind: "spa_client", Name: "spa"}))
		g.maybe(c, "idp_initiated.client_protocol", "oauth2", "oidc")
		g.maybe(c, "idp_initiated.query", "response_type=id_token&scope=openid", "scope=openid&response_type=id_token")
	}
	if g.flip("clients") {
		*c.Want("clients") = schema.Want{Mode: schema.AtLeast, V: []any{schema.RefTo(schema.Address{Kind: "spa_client", Name: "spa"})}, Src: c.Src}
	}
	return c
}

// tenant draws what is there already: some of the configured objects, with
// other values and with keys that tacit does not know.
func (g generator) tenant(cfg *schema.Config) map[string]any {
	clients := []any{map[string]any{"client_id": "OTHER000000000000000000000000001", "name": "Other", "app_type": "regular_web"}}
	conns, apis, members := []any{}, []any{}, map[string]any{}
	if g.flip("spa exists") {
		clients = append(clients, map[string]any{
			"client_id": "SPA00000000000000000000000000001", "name": "SPA", "app_type": "spa", "unknown_key": map[string]any{"kept": true},
			"jwt_configuration": map[string]any{"alg": "HS256", "secret_encoded": false, "x": "kept"}, "client_metadata": map[string]any{"team": "blue"},
			"callbacks": g.subset("had callback", "https://b.example/y", "https://old.example"), "grant_types": []any{"implicit"}, "client_secret": "hush",
		})
	}
	if g.flip("api exists") {
		apis = append(apis, map[string]any{
			"identifier": "https://api.example/", "name": "API", "token_lifetime": 86400, "signing_alg": "RS256", "new_field": []any{1, nil},
			"scopes": []any{map[string]any{"value": "write:x", "description": "W"}, map[string]any{"value": "read:x", "description": "old"}},
		})
	}
	for _, o := range cfg.Objects {
		if o.Kind == schema.SAMLConnection && g.flip(o.Addr.Name+" exists") {
			id := "con_" + o.Addr.Name + "0000000000000"
			conns = append(conns, map[string]any{
				"id": id, "name": o.Addr.Name, "strategy": "samlp", "display_name": "Was", "metadata": map[string]any{"crm": "42"},
				"options": map[string]any{
					"signInEndpoint": "https://old.example/sso", "signingCert": "b2xk", "thumbprints": []any{"aa"}, "future_option": map[string]any{"deep": []any{map[string]any{"kept": nil}}},
					"decryptionKey": map[string]any{"key": "SECRET", "cert": "C"}, "idpinitiated": map[string]any{"client_id": "gone", "enabled": g.flip("was enabled"), "odd": 1},
				},
			})
			if g.flip("other client enabled") {
				members[id] = []any{map[string]any{"client_id": "OTHER000000000000000000000000001"}}
			}
		}
	}
	return map[string]any{"clients": clients, "connections": conns, "resource_servers": apis, "connection_clients": members}
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

// state is the sandbox's content: every leaf by collection, object and path.
func state(t tb, srv *sandbox.Server) map[string]any {
	t.Helper()
	raw, err := srv.Snapshot()
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(raw, &doc))
	out := map[string]any{}
	for coll, v := range doc {
		list, _ := v.([]any)
		for _, e := range list {
			m, _ := e.(map[string]any)
			id := fmt.Sprint(m["client_id"], m["id"])
			leaves(out, coll+" "+id, m)
		}
	}
	return out
}

func leaves(out map[string]any, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			leaves(out, path+"."+k, e)
		}
	default:
		out[path] = v
	}
}

// untouched: every leaf of an object that was there is as it was, unless the
// plan changes that attribute or Auth0 derives it from one that it changes.
func untouched(t tb, p *plan.Plan, before, after map[string]any) {
	t.Helper()
	changed := map[string]bool{}
	for _, c := range p.Changes {
		for _, a := range c.Attributes {
			row := c.Object().Kind.Attr(a.Name)
			changed[c.ID+"."+row.APIPath()] = true
			for _, d := range row.Derived() {
				changed[c.ID+"."+d] = true
			}
		}
	}
	for path, was := range before {
		_, rest, _ := strings.Cut(path, " ")
		rest = strings.Replace(strings.Replace(rest, "<nil>", "", 1), " ", "", 1)
		hit := false
		for c := range changed {
			hit = hit || rest == c || strings.HasPrefix(rest, c+".")
		}
		if !hit {
			require.Equalf(t, was, after[path], "%s was not for tacit to change", path)
		}
	}
}

// least is how many of rapid's checks must have shown something; -short runs a fifth of them.
func least(n int) int {
	if testing.Short() {
		return n / 5
	}
	return n
}
