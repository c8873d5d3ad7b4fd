package view_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func address(t *testing.T, s string) schema.Address {
	t.Helper()
	a, err := schema.ParseAddress(s)
	require.NoError(t, err)
	return a
}

func cert(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".pem")
	require.NoError(t, err)
	return string(raw)
}

// contributing is a rule as those in check/rules that contribute.
func contributing(t *testing.T) *check.Rule {
	t.Helper()
	origins := schema.Use[[]string](schema.SPAClient, "web_origins").Field()
	clients := schema.Use[[]string](schema.SAMLConnection, "clients").Field()
	return &check.Rule{
		Code: "TAC203", Name: "web-origin", Severity: check.Always(schema.Error),
		Contributes: []schema.Field{origins, clients},
		Judge:       func(*check.Path) check.Verdict { return check.Passed() },
		Contribute: func(p *check.Path) []check.Contribution {
			return []check.Contribution{
				check.Add(p.Client, origins, "the SPA asks silently from this origin", "https://app.example.com"),
				check.Add(p.Connection, clients, "users of "+p.Connection.Addr.String()+" land in "+p.Client.Addr.String()+", which the connection must allow", schema.RefTo(p.Client.Addr)),
			}
		},
	}
}

// onboarding: a first customer on a tenant that has only another application's
// API.
func onboarding(t *testing.T) *plan.Plan {
	t.Helper()
	w := newWorld(t)
	portal := address(t, "spa_client.portal")
	w.declare("spa_client.portal", map[string]any{
		"name":      "Customer portal",
		"callbacks": list("https://app.example.com/start-login", "https://app.example.com"),
	})
	w.declare("api.orders", map[string]any{
		"name": "Orders API", "identifier": "https://api.example.com/orders", "token_lifetime": json.Number("3600"),
		"skip_consent_for_verifiable_first_party_clients": true,
		"scope": []any{
			map[string]any{"value": "read:orders", "description": "Read orders"},
			map[string]any{"value": "write:orders"},
		},
	})
	w.declare(`saml_connection.customer["acme"]`, map[string]any{
		"name": "acme", "display_name": "Acme ${corp}", "sign_in_endpoint": "https://idp.acme.example/sso/saml",
		"signing_cert": cert(t, "old"), "domain_aliases": list("acme.example", "acme.test"),
		"fields_map":            map[string]any{"email": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "name": list("cn", "displayName")},
		"metadata":              map[string]any{"crm": "42"},
		"idp_initiated.enabled": true, "idp_initiated.client": schema.RefTo(portal), "idp_initiated.client_protocol": "oauth2",
		"idp_initiated.query": schema.EncodeQuery([]schema.Param{
			{Key: "response_type", Value: "id_token"}, {Key: "scope", Value: "openid profile email"},
			{Key: "redirect_uri", Value: "https://app.example.com/start-login?connection=acme"},
		}),
		"clients": []any{schema.RefTo(portal)},
		"tenant_domain": &schema.Template{Parts: []schema.Part{
			{Lit: "x-"}, {Addr: &portal}, {Lit: "-${raw}"},
		}},
	})
	upgrade(t, w, `saml_connection.customer["acme"]`)
	return w.plan(contributing(t))
}

func upgrade(t *testing.T, w *world, connections ...string) {
	t.Helper()
	conns := make([]any, len(connections))
	for i, c := range connections {
		conns[i] = schema.RefTo(address(t, c))
	}
	w.declare("silent_upgrade.orders", map[string]any{
		"connections": conns, "client": schema.RefTo(address(t, "spa_client.portal")), "api": schema.RefTo(address(t, "api.orders")),
		"redirect_uri": "https://app.example.com",
	})
}

const portalBody = `{"name":"Customer portal","client_id":"abc123","app_type":"spa","token_endpoint_auth_method":"none",
	"oidc_conformant":true,"jwt_configuration":{"alg":"RS256","lifetime_in_seconds":36000},
	"grant_types":["authorization_code"],"callbacks":["https://app.example.com/old","https://app.example.com","https://c.example"],
	"web_origins":[],"sso_disabled":true,"description":"old text"}`

// maintenance: a changed certificate, query, lists and scopes.
func maintenance(t *testing.T) *plan.Plan {
	t.Helper()
	w := newWorld(t)
	w.observe(schema.Clients, "abc123", portalBody)
	w.observe(schema.ResourceServers, "api1", `{"name":"Orders API","identifier":"https://api.example.com/orders","signing_alg":"RS256","scopes":[
		{"value":"read:orders","description":"Read"},{"value":"old:scope","description":"Old"},{"value":"same:scope","description":"Same"}]}`)
	w.observe(schema.Connections, "con_0001", fmt.Sprintf(`{"name":"acme","display_name":"Acme","options":{
		"signInEndpoint":"https://idp.acme.example/some/long/path/of/the/old/identity/provider/sso/saml","signingCert":%q,
		"signatureAlgorithm":"rsa-sha1","domain_aliases":["acme.example","acme.test"],"fieldsMap":{"email":"mail","name":"cn"},
		"idpinitiated":{"enabled":true,"client_id":"abc123","client_protocol":"oidc","client_authorizequery":"response_type=id_token&scope=openid+profile"}}}`,
		cert(t, "old")), "other")
	w.declare("spa_client.portal", map[string]any{
		"name": "Customer portal", "callbacks": list("https://app.example.com/start-login", "https://app.example.com", "https://c.example", "https://d.example"),
		"grant_types": list("authorization_code", "refresh_token"), "sso_disabled": nil,
		"description": "line one\nline two ${x}",
	})
	api := w.declare("api.orders", map[string]any{
		"identifier": "https://api.example.com/orders",
		"scope": []any{
			map[string]any{"value": "read:orders", "description": "Read orders"}, map[string]any{"value": "same:scope"}, map[string]any{"value": "new:scope"},
		},
	})
	api.Want("scope").Mode = schema.Exactly
	w.declare("saml_connection.acme", map[string]any{
		"name": "acme", "sign_in_endpoint": "https://idp.acme.example/the/new/path/to/sso/saml", "signing_cert": cert(t, "new"),
		"signature_algorithm": "rsa-sha256", "domain_aliases": list("acme.example", "acme.org"),
		"fields_map":            map[string]any{"email": "mail", "name": "displayName", "nick": list("a", "b")},
		"idp_initiated.enabled": true, "idp_initiated.client": schema.RefTo(address(t, "spa_client.portal")), "idp_initiated.client_protocol": "oauth2",
		"idp_initiated.query": "response_type=id_token&scope=openid%20profile%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login",
	})
	upgrade(t, w, "saml_connection.acme")
	return w.plan(contributing(t))
}

// fleet changes one attribute of each of n connections.
func fleet(t *testing.T, n int, value func(int) string) *plan.Plan {
	t.Helper()
	w := newWorld(t)
	for i := range n {
		name := fmt.Sprintf("c%03d", i)
		w.observe(schema.Connections, "con_"+name, `{"name":"`+name+`","options":{"signatureAlgorithm":"rsa-sha1"}}`)
		w.declare(fmt.Sprintf("saml_connection.customer[%q]", name), map[string]any{"name": name, "signature_algorithm": value(i)})
	}
	return w.plan()
}

func TestPlan(t *testing.T) {
	for name, pl := range map[string]*plan.Plan{
		"create":    onboarding(t),
		"update":    maintenance(t),
		"alike":     fleet(t, 30, func(int) string { return "rsa-sha256" }),
		"similar":   fleet(t, 30, func(i int) string { return fmt.Sprintf("rsa-sha%d", 256+i) }),
		"unchanged": fleet(t, 3, func(int) string { return "rsa-sha1" }),
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, "plan-"+name, func(p *view.Printer) { p.Plan(pl) })
		})
	}
}

func TestPlanFullShowsAll(t *testing.T) {
	pl := fleet(t, 30, func(int) string { return "rsa-sha256" })
	out := render(t, view.Options{Full: true}, func(p *view.Printer) { p.Plan(pl) })
	assert.Equal(t, 30, strings.Count(out, "will be updated in-place"))
	assert.NotContains(t, out, "--full")
}

func TestSensitiveIsNeverPrinted(t *testing.T) {
	const secret, old = "hunter2-secret", "old-secret"
	w := newWorld(t)
	w.observe(schema.Clients, "abc123", strings.Replace(portalBody, "old text", old, 1))
	portal := w.declare("spa_client.portal", map[string]any{"name": "Customer portal", "description": secret, "callbacks": list("https://" + secret)})
	conn := w.declare("saml_connection.acme", map[string]any{
		"name": "acme", "sign_in_endpoint": "https://x", "signing_cert": secret, "idp_initiated.enabled": true, "idp_initiated.query": "scope=" + secret,
		"fields_map": map[string]any{secret: secret},
	})
	api := w.declare("api.orders", map[string]any{"name": secret, "identifier": "https://api", "scope": []any{map[string]any{"value": secret}}})
	for _, o := range []*schema.Object{portal, conn, api} {
		for i := range o.Wants {
			o.Wants[i].Sensitive = o.Kind.Attrs[i].Name != o.Kind.NaturalKey
		}
	}
	pl := w.plan()
	for _, full := range []bool{false, true} {
		out := render(t, view.Options{Full: full, Color: true}, func(p *view.Printer) { p.Plan(pl) })
		assert.NotContains(t, out, secret)
		assert.NotContains(t, out, old)
		assert.Contains(t, out, "(sensitive value)")
	}
	var buf bytes.Buffer
	require.NoError(t, view.JSON(&buf, pl))
	assert.NotContains(t, buf.String(), secret)
	assert.NotContains(t, buf.String(), old)
}

// A query with an id that is not known yet is shown by parameter, unless the
// key of the id's object would be taken apart with it.
func TestPendingQuery(t *testing.T) {
	query := func(key string) string {
		w, org := newWorld(t), address(t, fmt.Sprintf("organization.customer[%q]", key))
		w.declare(org.String(), map[string]any{"name": "acme"})
		w.declare("saml_connection.acme", map[string]any{
			"name": "acme", "sign_in_endpoint": "https://idp.acme.example/sso", "signing_cert": cert(t, "new"), "idp_initiated.enabled": true,
			"idp_initiated.query": &schema.Template{Parts: []schema.Part{{Lit: "scope=openid&redirect_uri=https%3A%2F%2Fapp.example.com%2F%3Forg%3D"}, {Addr: &org}}},
		})
		pl := w.plan()
		return render(t, view.Options{}, func(p *view.Printer) { p.Plan(pl) })
	}
	assert.Contains(t, query("acme"), `redirect_uri = "https://app.example.com/?org=${organization.customer["acme"].id}"`)
	assert.Contains(t, query("a&b=c"), `query   = "scope=openid&redirect_uri=https%3A%2F%2Fapp.example.com%2F%3Forg%3D${organization.customer["a&b=c"].id}"`)
}

func TestPlanSaysWhatItRestsOn(t *testing.T) {
	at := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	later := at.Add(time.Hour)
	for want, r := range map[string]*plan.Reading{
		"": nil,
		"From the read of 2026-09-01 12:00:00 UTC: the tenant's log shows no write up to 2026-09-01 13:00:00 UTC. " +
			"Later ones may be missing here; apply reads the tenant itself.": {Kept: true, Read: &at, AsOf: &later},
		"The tenant was read: Ms \\u{1B}[31mRed wrote. The read is not kept for the next plan: too busy.": {Why: "Ms \x1b[31mRed wrote", NotKept: "too busy"},
	} {
		var b bytes.Buffer
		view.New(&b, view.Options{Width: 80}).Plan(&plan.Plan{Reading: r})
		_, said, _ := strings.Cut(b.String(), "to apply.\n")
		assert.Equal(t, want, strings.Join(strings.Fields(said), " "))
	}
}
