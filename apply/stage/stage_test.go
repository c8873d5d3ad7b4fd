package stage_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/check/rules"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

type object = map[string]any

const (
	canonical = "example.eu.auth0.com"
	app       = "https://app.example.com"
	orders    = "https://api.example.com/orders"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// certificate is a customer's: nobody in these tests has its key.
var certificate = sync.OnceValue(func() string {
	idp, err := rehearse.NewIDP(noon())
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: idp.Certificate().Raw}))
})

var keys = sync.OnceValue(func() *stage.Keys {
	k, err := stage.NewKeys(noon())
	if err != nil {
		panic(err)
	}
	return k
})

// ready is a tenant on which everything works, in the sandbox's seed shape.
func ready() object {
	return object{
		"clients": []any{object{
			"client_id": "spa", "name": "Portal", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
			"is_first_party": true, "jwt_configuration": object{"alg": "RS256"}, "web_origins": []any{app}, "sso_disabled": false,
			"grant_types": []any{"authorization_code", "implicit", "refresh_token"}, "callbacks": []any{app + "/start-login", app},
			"organization_usage": "allow", "refresh_token": object{"rotation_type": "rotating", "expiration_type": "expiring"},
		}},
		"connections": []any{object{
			"id": "con_acme", "name": "acme", "strategy": "samlp",
			"options": object{
				"signingCert": certificate(), "signInEndpoint": "https://idp.acme.test/sso",
				"idpinitiated": object{"enabled": true, "client_id": "spa", "client_protocol": "oauth2",
					"client_authorizequery": "response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme"},
			},
		}},
		"connection_clients": object{"con_acme": []any{object{"client_id": "spa"}}},
		"resource_servers": []any{object{
			"id": "rs", "identifier": orders, "name": "Orders", "signing_alg": "RS256", "token_lifetime": 600, "allow_offline_access": true,
			"skip_consent_for_verifiable_first_party_clients": true, "scopes": []any{object{"value": "read:orders"}},
		}},
		"custom_domains": []any{object{"custom_domain_id": "cd_1", "domain": "login.example.com", "status": "ready"}},
		"organizations":  []any{object{"id": "org_0000000000000001", "name": "acme"}},
		"organization_enabled_connections": object{"org_0000000000000001": []any{
			object{"connection_id": "con_acme", "assign_membership_on_login": true},
		}},
	}
}

// only is the one object of a part of a seed.
func only(seed object, part string) object { return seed[part].([]any)[0].(object) }

// declared is a configuration that looks at all of it and writes nothing.
func declared(upgrade string) string {
	return `
tenant {
  domain       = "` + canonical + `"
  login_domain = "login.example.com"
}
client "portal" { name = "Portal" }
api "orders" {
  existing   = true
  identifier = "` + orders + `"
}
saml_connection "acme" {
  existing = true
  name     = "acme"
}
organization "acme" {
  existing = true
  name     = "acme"
}
silent_upgrade "orders" {
  connections  = saml_connection.acme
  client       = client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  redirect_uri = "` + app + `"
` + upgrade + `
}
`
}

func load(tb testing.TB, hcl string) (*hclconf.Files, *schema.Config) {
	tb.Helper()
	dir := tb.TempDir()
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(hcl), 0o600))
	files, ds := hclconf.Load(hclconf.Options{Dir: dir, Now: noon(), Env: func(string) (string, bool) { return "", false }, ToolVersion: "0.1.0", Context: tb.Context()})
	cfg, more := files.Evaluate(nil)
	require.False(tb, append(ds, more...).HasErrors(), "%v", append(ds, more...))
	return files, cfg
}

// tenant is a sandbox that was read whole for a configuration.
type tenant struct {
	cfg     *schema.Config
	binding *plan.Binding
	plan    *plan.Plan
	server  *sandbox.Server
}

func open(ctx context.Context, t http.RoundTripper) (apply.Tenant, error) {
	return mgmt.New(ctx, mgmt.Options{Domain: canonical, Token: "t", Transport: t, UserAgent: "test", Now: noon})
}

func read(tb testing.TB, seed object, hcl string) *tenant {
	tb.Helper()
	raw, err := json.Marshal(seed)
	require.NoError(tb, err)
	server, err := sandbox.New(sandbox.Options{Domains: []string{canonical}, Now: noon})
	require.NoError(tb, err)
	require.NoError(tb, server.Load(raw))
	ten, err := open(tb.Context(), server.Transport())
	require.NoError(tb, err)
	files, cfg := load(tb, hcl)
	_, b, ds, err := apply.ReadWhole(tb.Context(), ten, cfg, rules.Catalogue())
	require.NoError(tb, err)
	require.False(tb, ds.HasErrors(), "%v", ds)
	p, ds := apply.Make(cfg, b, rules.Catalogue(), files.Evaluate)
	require.False(tb, ds.HasErrors(), "%v", ds)
	return &tenant{cfg, b, p, server}
}

func (t *tenant) paths() []*check.Path { return plan.Planned(t.cfg, t.binding, rules.Catalogue()) }

func (t *tenant) stage(tb testing.TB, o stage.Options) *stage.Stage {
	tb.Helper()
	o.Config, o.Binding, o.Plan, o.Domain, o.Open, o.Now, o.Keys = t.cfg, t.binding, t.plan, canonical, open, noon, keys()
	s, err := stage.New(o)
	require.NoError(tb, err)
	return s
}

func rehearsed(tb testing.TB, t *tenant) *stage.Result {
	tb.Helper()
	r, err := t.stage(tb, stage.Options{}).Planned(tb.Context(), t.paths())
	require.NoError(tb, err)
	return r
}

func explain(v any) string {
	raw, _ := json.MarshalIndent(v, "", " ")
	return string(raw)
}

// customers is a configuration that makes everything, for n connections.
func customers(n int) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("%q", fmt.Sprintf("c%04d", i)))
	}
	return `
tenant {
  domain       = "` + canonical + `"
  login_domain = "login.example.com"
}
spa_client "portal" {
  name      = "New portal"
  callbacks = ["` + app + `/start-login"]
}
api "orders" {
  name       = "New orders"
  identifier = "https://api.example.com/new"
  scope "read:orders" { description = "Read" }
}
saml_connection "customer" {
  for_each         = toset([` + strings.Join(names, ", ") + `])
  name             = each.key
  sign_in_endpoint = "https://idp.test/sso"
  signing_cert     = "` + certificate() + `"
  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"
    query {
      response_type = ["id_token"]
      scope         = ["openid"]
      redirect_uri  = "` + app + `/start-login"
    }
  }
}
silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  redirect_uri = "` + app + `"
}
`
}

// TestPlannedCarriesOutThePlan: what does not exist yet is rehearsed, and the tenant stays as it was.
func TestPlannedCarriesOutThePlan(t *testing.T) {
	ten := read(t, ready(), customers(3))
	before, err := ten.server.Snapshot()
	require.NoError(t, err)
	r := rehearsed(t, ten)
	require.Equal(t, rehearse.Counts{Passed: 3}, r.Counts, explain(r))
	assert.Equal(t, 5, r.Changes)
	assert.Equal(t, "passed as far as modelled", r.Verdict)
	assert.Equal(t, "samlp|c0000|rehearsal@tacit.invalid", r.Logins[0].Access.Claims["sub"])
	after, err := ten.server.Snapshot()
	require.NoError(t, err)
	assert.JSONEq(t, string(before), string(after))

	present, err := ten.stage(t, stage.Options{}).Present(t.Context(), ten.paths())
	require.NoError(t, err)
	assert.Equal(t, 3, present.Counts.Failed, "nothing of it exists")
}

// TestPermissions: with RBAC the login of somebody without roles is green and its token of no use.
func TestPermissions(t *testing.T) {
	seed := ready()
	only(seed, "resource_servers")["enforce_policies"] = true
	r := rehearsed(t, read(t, seed, declared("")))
	require.Len(t, r.Logins, 2)
	assert.Equal(t, rehearse.Passed, r.Logins[0].Outcome, explain(r.Logins[0]))
	assert.Empty(t, r.Logins[0].Scopes.Missing)
	assert.Equal(t, "silent_upgrade.orders/acme, a user without roles", r.Logins[1].Path)
	assert.Equal(t, rehearse.Passed, r.Logins[1].Outcome)
	assert.Equal(t, []string{"read:orders"}, r.Logins[1].Scopes.Missing)
}

// TestUserSatisfiesTheConnection: whatever attribute a connection takes the user's id from, the throw-away IdP sends it.
func TestUserSatisfiesTheConnection(t *testing.T) {
	for name, options := range map[string]object{
		"user_id_attribute": {"user_id_attribute": "uid"},
		"fields map":        {"fieldsMap": object{"user_id": []any{"urn:oid:0.9", "eid"}, "email": "urn:mail"}},
		"one attribute":     {"fieldsMap": object{"user_id": "urn:mail", "email": "urn:mail"}},
		"entity id":         {"entityId": "urn:ours"},
		"proxy":             {"destinationUrl": "https://proxy.test/acs", "recipientUrl": "https://proxy.test/acs"},
	} {
		seed := ready()
		for k, v := range options {
			only(seed, "connections")["options"].(object)[k] = v
		}
		r := rehearsed(t, read(t, seed, declared("")))
		assert.Equal(t, rehearse.Counts{Passed: 1}, r.Counts, "%s: %s", name, explain(r))
	}
}

// TestMetadataURL: Auth0 fetches it on every write; on the copy the throw-away IdP answers.
func TestMetadataURL(t *testing.T) {
	hcl := strings.Replace(customers(1), `signing_cert     = "`+certificate()+`"`, `metadata_url = "https://idp.test/metadata"`, 1)
	hcl = strings.Replace(hcl, `sign_in_endpoint = "https://idp.test/sso"`, "", 1)
	r := rehearsed(t, read(t, ready(), hcl))
	assert.Equal(t, rehearse.Counts{Passed: 1}, r.Counts, explain(r))
}

// TestUnknown: what a rehearsal cannot tell is said.
func TestUnknown(t *testing.T) {
	app := strings.Replace(declared(`via = "redirect"`), `redirect_uri = "`+app+`"`, `redirect_uri = "com.example.app://callback"`, 1)
	r := rehearsed(t, read(t, ready(), app))
	assert.Equal(t, rehearse.Counts{Unknown: 1}, r.Counts)
	assert.Contains(t, r.Logins[0].Stopped.Message, "opens no apps")
	assert.Equal(t, "nothing could be told", r.Verdict)
}

// TestNotRehearsed: Actions and MFA policies are named, with what stands for the customer's side.
func TestNotRehearsed(t *testing.T) {
	seed := ready()
	seed["action_bindings"] = []any{object{"id": "b", "display_name": "enrich", "trigger_id": "post-login", "action": object{"id": "a", "name": "enrich", "code": "exports.onExecutePostLogin = async () => {};"}}}
	seed["guardian_policies"] = []any{"confidence-score"}
	r := rehearsed(t, read(t, seed, declared("")))
	text := strings.Join(r.NotRehearsed, "\n")
	for _, want := range []string{"throw-away IdP", `the post-login Action "enrich"`, "the MFA policy confidence-score"} {
		assert.Contains(t, text, want)
	}
	assert.NotEmpty(t, r.Assumed)
	for _, a := range r.Assumed {
		assert.NotEmpty(t, a.Text, a.ID)
	}
}

// TestGate: a plan that breaks a login blocks, one that finds it broken does not, and many paths are sampled.
func TestGate(t *testing.T) {
	gate := func(ten *tenant) *stage.Gate {
		g, err := ten.stage(t, stage.Options{}).Gate(t.Context(), ten.paths())
		require.NoError(t, err)
		return g
	}
	writes := strings.Replace(declared(""), `client "portal" { name = "Portal" }`, `spa_client "portal" {
  name    = "Portal"
  convert = true
  web_origins = ["https://other.example.com"]
  sso_disabled = true
}`, 1)
	writes = strings.Replace(writes, "client.portal\n", "spa_client.portal\n", 1)
	ten := read(t, ready(), writes)
	require.NotEmpty(t, ten.plan.Changes)
	g := gate(ten)
	assert.Equal(t, []string{"silent_upgrade.orders/acme"}, g.Blocking, explain(g))

	seed := ready()
	only(seed, "connections")["options"].(object)["idpinitiated"].(object)["enabled"] = false
	g = gate(read(t, seed, writes))
	assert.Empty(t, g.Blocking)
	assert.Equal(t, []string{"silent_upgrade.orders/acme"}, g.Already)

	g, err := read(t, ready(), declared("")).stage(t, stage.Options{}).Gate(t.Context(), nil)
	require.NoError(t, err)
	assert.Nil(t, g, "a plan that changes no path")

	g = gate(read(t, ready(), customers(stage.Most+20)))
	assert.Empty(t, g.Blocking)
	assert.Equal(t, stage.Most, g.Paths)
	assert.Equal(t, stage.Most+20, g.OutOf)
}

// TestGateLeavesCookiesToTheRule: a browser that blocks third-party cookies is weighed by a rule.
func TestGateLeavesCookiesToTheRule(t *testing.T) {
	hcl := strings.Replace(customers(1), `  login_domain = "login.example.com"`, "", 1)
	ten := read(t, ready(), hcl)
	g, err := ten.stage(t, stage.Options{}).Gate(t.Context(), ten.paths())
	require.NoError(t, err)
	assert.Empty(t, g.Blocking)
	assert.Equal(t, []string{"silent_upgrade.orders/c0000"}, g.Cookies)
	r, err := ten.stage(t, stage.Options{ThirdPartyCookies: true}).Planned(t.Context(), ten.paths())
	require.NoError(t, err)
	assert.Equal(t, rehearse.Counts{Passed: 1}, r.Counts)
}

func BenchmarkPlanned500(b *testing.B) {
	ten := read(b, ready(), customers(500))
	for b.Loop() {
		r := rehearsed(b, ten)
		require.Equal(b, 500, r.Counts.Passed)
	}
}
