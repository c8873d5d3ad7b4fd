package hclconf

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

func TestTheDesignsExample(t *testing.T) {
	dir := write(t, map[string]string{
		"customers.csv": "name,display_name,domains\nacme,Acme Inc.,acme.com acme.org\nglobex,Globex,globex.com\n",
		"idp/acme.txt":  "https://idp.acme.com/sso", "idp/globex.txt": "https://idp.globex.com/sso",
		"a.hcl": `
silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders", "read:orders"]
  redirect_uri = var.app
}
saml_connection "customer" {
  for_each         = local.customers
  name             = each.key
  display_name     = each.value.display_name
  sign_in_endpoint = file("idp/${each.key}.txt")
  domain_aliases   = split(" ", each.value.domains)
  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"
    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "${var.app}/start-login?connection=${each.key}"
    }
  }
}`,
		"z.hcl": `
tacit {
  required_version = ">= 0.1.0"
  workspace        = "production"
}
tenant {
  domain       = "example-prod.eu.auth0.com"
  login_domain = "login.example.com"
}
variable "app" {
  type    = string
  default = "https://app.example.com"
}
locals { customers = { for c in csvdecode(file("customers.csv")) : c.name => c } }
spa_client "portal" {
  name      = "Customer portal"
  callbacks = ["${var.app}/start-login", var.app]
}
api "orders" {
  identifier = "https://api.example.com/orders"
  token_lifetime = 3600
  scope "read:orders" { description = "Read orders" }
}`})
	f := load(t, Options{Dir: dir, ToolVersion: "0.1.0-dev"})
	c, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	assert.Equal(t, "production", c.Workspace)
	assert.Equal(t, "example-prod.eu.auth0.com", c.Domain())
	assert.Equal(t, "login.example.com", c.LoginDomain())
	var addresses []string
	for _, o := range c.Objects {
		addresses = append(addresses, o.Addr.String())
	}
	assert.Equal(t, []string{"api.orders", `saml_connection.customer["acme"]`, `saml_connection.customer["globex"]`, "silent_upgrade.orders", "spa_client.portal"}, addresses)

	acme := object(t, c, `saml_connection.customer["acme"]`)
	assert.Equal(t, "acme", acme.NaturalKey())
	assert.Equal(t, []any{"acme.com", "acme.org"}, acme.Want("domain_aliases").V)
	assert.Equal(t, "https://idp.acme.com/sso", acme.Want("sign_in_endpoint").V)
	assert.Equal(t, schema.RefTo(schema.Address{Kind: "spa_client", Name: "portal"}), acme.Want("idp_initiated.client").V)
	assert.Equal(t, "response_type=id_token&scope=openid%20profile%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme", acme.Want("idp_initiated.query").V)
	assert.Equal(t, schema.Unmanaged, acme.Want("clients").Mode)
	assert.Same(t, acme.Want("name").Src, object(t, c, `saml_connection.customer["globex"]`).Want("name").Src, "instances share ranges")
	assert.Equal(t, filepath.Join(dir, "a.hcl"), acme.Src.File)

	orders := object(t, c, "api.orders")
	assert.Equal(t, schema.Want{Mode: schema.AtLeast, V: []any{map[string]any{"value": "read:orders", "description": "Read orders"}}, Src: orders.Want("scope").Src}, *orders.Want("scope"))
	assert.Equal(t, json.Number("3600"), orders.Want("token_lifetime").V)

	up := object(t, c, "silent_upgrade.orders")
	assert.Equal(t, []any{"read:orders"}, up.Want("scopes").V, "sets are deduplicated")
	assert.Equal(t, schema.Unmanaged, up.Want("via").Mode)
	assert.Len(t, up.Want("connections").V, 2)
}

func TestBlocksMayReferToEachOthersAttributes(t *testing.T) {
	c := evaluate(t, `
spa_client "portal" {
  name      = "Portal"
  callbacks = [for c in saml_connection.vip : "https://x/${c.name}"]
}
saml_connection "vip" {
  for_each     = toset(["acme", "globex"])
  name         = each.key
  display_name = spa_client.portal.name
  clients      = [spa_client.portal]
  idp_initiated {
    enabled = true
    client  = spa_client.portal
    query { redirect_uri = spa_client.portal.callbacks[0] }
  }
}
saml_connection "through_client" {
  name             = "x"
  sign_in_endpoint = "https://idp.example.com/${spa_client.app.client_id}"
}
spa_client "app" {
  name        = "App"
  description = "for ${saml_connection.through_client.id}"
}`, nil)
	assert.Equal(t, []any{"https://x/acme", "https://x/globex"}, object(t, c, "spa_client.portal").Want("callbacks").V)
	vip := object(t, c, `saml_connection.vip["acme"]`)
	assert.Equal(t, "Portal", vip.Want("display_name").V)
	assert.Equal(t, "redirect_uri=https%3A%2F%2Fx%2Facme", vip.Want("idp_initiated.query").V)
	assert.Equal(t, "for {through_client}", text(object(t, c, "spa_client.app").Want("description").V), "a circle through ids is legal")
}

func TestReferencesTakeManyForms(t *testing.T) {
	for name, c := range map[string]struct {
		expr string
		want []string
	}{
		"one object":            {`saml_connection.one`, []string{"one"}},
		"a list":                {`[saml_connection.one, saml_connection.many["a"]]`, []string{"one", "a"}},
		"ids":                   {`[saml_connection.one.id, "${saml_connection.many["b"].id}"]`, []string{"one", "b"}},
		"all instances":         {`saml_connection.many`, []string{"a", "b"}},
		"an instance":           {`saml_connection.many["b"]`, []string{"b"}},
		"a computed key":        {`saml_connection.many[lower("B")]`, []string{"b"}},
		"filtered":              {`[for c in saml_connection.many : c if c.name != "a"]`, []string{"b"}},
		"filtered map":          {`{ for k, c in saml_connection.many : k => c if k != "a" }`, []string{"b"}},
		"values and concat":     {`concat(values(saml_connection.many), [saml_connection.one])`, []string{"a", "b", "one"}},
		"a conditional":         {`var.all ? saml_connection.many : {}`, []string{"a", "b"}},
		"through a local":       {`local.chosen`, []string{"one"}},
		"another block's value": {`saml_connection.copy.name == "copy" ? [saml_connection.one] : []`, []string{"one"}},
		"twice is once":         {`[saml_connection.one, saml_connection.one]`, []string{"one"}},
		"none":                  {`[]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			config := evaluate(t, `
variable "all" { default = true }
locals { chosen = [saml_connection.one] }
spa_client "portal" { name = "Portal" }
api "orders" { identifier = "https://api.example.com" }
saml_connection "one" { name = "one" }
saml_connection "copy" { name = "copy" }
saml_connection "many" {
  for_each = toset(["a", "b"])
  name     = each.key
  clients  = [spa_client.portal]
}
silent_upgrade "x" {
  connections  = `+c.expr+`
  client       = spa_client.portal.client_id
  api          = api.orders
  redirect_uri = "https://app.example.com"
}`, nil)
			w := object(t, config, "silent_upgrade.x").Want("connections")
			require.False(t, w.Unknown)
			var got []string
			for _, e := range w.V.([]any) {
				a, ok := e.(*schema.Template).Ref()
				require.True(t, ok)
				if a.Each {
					got = append(got, a.Key)
				} else {
					got = append(got, a.Name)
				}
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestForEachChains(t *testing.T) {
	c := evaluate(t, `
spa_client "app" {
  for_each = { acme = "https://acme.example.com", globex = "https://globex.example.com" }
  name     = "App ${each.key}"
  callbacks = [each.value]
}
api "orders" { identifier = "https://api.example.com" }
saml_connection "customer" {
  for_each     = spa_client.app
  name         = each.key
  display_name = each.value.name
  clients      = [each.value]
  sign_in_endpoint = "https://idp.example.com/${each.value.client_id}"
  idp_initiated {
    enabled = true
    client  = spa_client.app[each.key]
    query { redirect_uri = spa_client.app[each.key].callbacks[0] }
  }
}
silent_upgrade "each" {
  for_each     = saml_connection.customer
  connections  = each.value
  client       = spa_client.app[each.key]
  api          = api.orders
  redirect_uri = each.value.idp_initiated.client.client_id == "x" ? "https://a" : "https://b"
}`, nil)
	o := object(t, c, `saml_connection.customer["acme"]`)
	assert.Equal(t, "App acme", o.Want("display_name").V)
	assert.Equal(t, "redirect_uri=https%3A%2F%2Facme.example.com", o.Want("idp_initiated.query").V)
	app := schema.RefTo(schema.Address{Kind: "spa_client", Name: "app", Key: "acme", Each: true})
	assert.Equal(t, app, o.Want("idp_initiated.client").V)
	assert.Equal(t, []any{app}, o.Want("clients").V)
	assert.Equal(t, "https://idp.example.com/{app}", text(o.Want("sign_in_endpoint").V))
	up := object(t, c, `silent_upgrade.each["globex"]`)
	assert.Equal(t, "customer", up.Want("connections").V.([]any)[0].(*schema.Template).Parts[0].Addr.Name)
	assert.True(t, up.Want("redirect_uri").Unknown)
}

func TestNullMeansUnmanagedAndResetMeansNull(t *testing.T) {
	c := evaluate(t, `
saml_connection "acme" {
  name           = "acme"
  display_name   = 1 == 2 ? "x" : null
  domain_aliases = []
  icon_url       = ""
  clients        = null
  reset          = ["tenant_domain", "idp_initiated.query"]
}`, nil)
	o := object(t, c, "saml_connection.acme")
	assert.Equal(t, schema.Want{}, *o.Want("display_name"))
	assert.Equal(t, schema.Want{}, *o.Want("clients"))
	assert.Equal(t, []any{}, o.Want("domain_aliases").V)
	assert.Equal(t, schema.Exactly, o.Want("domain_aliases").Mode)
	assert.Empty(t, o.Want("icon_url").V)
	assert.Equal(t, schema.Exactly, o.Want("tenant_domain").Mode)
	assert.Nil(t, o.Want("tenant_domain").V)
	assert.Nil(t, o.Want("idp_initiated.query").V)
}

func TestSettingsOfBlocks(t *testing.T) {
	c := evaluate(t, `
variable "all" { default = "true" }
client "legacy" { client_id = "abc" }
spa_client "portal" {
  name     = "Portal"
  existing = var.all
  convert  = null
}
spa_client "app" {
  name    = "App"
  convert = true
}
saml_connection "acme" {
  name            = "acme"
  clients         = [spa_client.portal, client.legacy, "literal"]
  clients_exact   = true
  prevent_destroy = false
}
api "orders" {
  for_each     = { a = true, b = false }
  identifier   = "https://${each.key}.example.com"
  scopes_exact = each.value
  scope "x" {}
}`, nil)
	assert.True(t, object(t, c, "client.legacy").Existing)
	assert.Equal(t, "abc", object(t, c, "client.legacy").Want("client_id").V)
	assert.True(t, object(t, c, "spa_client.app").Convert)
	acme := object(t, c, "saml_connection.acme")
	assert.Equal(t, []string{"clients"}, acme.Exact)
	assert.Equal(t, schema.Exactly, acme.Want("clients").Mode)
	assert.Equal(t, "literal", acme.Want("clients").V.([]any)[2])
	assert.Equal(t, schema.Exactly, object(t, c, `api.orders["a"]`).Want("scope").Mode)
	assert.Equal(t, schema.AtLeast, object(t, c, `api.orders["b"]`).Want("scope").Mode)
}

func TestDynamicBlocks(t *testing.T) {
	c := evaluate(t, `
locals { scopes = { "read:x" = "Read", "write:x" = "Write" } }
api "x" {
  identifier = "https://x.example.com"
  scope "first" { description = "First" }
  dynamic "scope" {
    for_each = local.scopes
    labels   = [scope.key]
    content { description = "${scope.value} x" }
  }
  dynamic "subject_type_authorization" {
    for_each = [1]
    content {
      user { policy = "allow_all" }
    }
  }
}
saml_connection "acme" {
  for_each = { with = true, without = false }
  name     = each.key
  dynamic "idp_initiated" {
    for_each = each.value ? ["code"] : []
    iterator = it
    content {
      enabled = true
      query { response_type = it.value }
    }
  }
}`, nil)
	x := object(t, c, "api.x")
	assert.Equal(t, []any{
		map[string]any{"value": "first", "description": "First"},
		map[string]any{"value": "read:x", "description": "Read x"},
		map[string]any{"value": "write:x", "description": "Write x"},
	}, x.Want("scope").V)
	assert.Equal(t, "allow_all", x.Want("subject_type_authorization.user.policy").V)
	assert.Equal(t, "response_type=code", object(t, c, `saml_connection.acme["with"]`).Want("idp_initiated.query").V)
	assert.Equal(t, schema.Unmanaged, object(t, c, `saml_connection.acme["without"]`).Want("idp_initiated.enabled").Mode)
}

func TestVariablePrecedence(t *testing.T) {
	dir := write(t, map[string]string{
		"prod.vars": "b = \"file\"\nc = \"file\"\nn = [1, 2]\n",
		"main.hcl": `
variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "n" { type = list(number) }
variable "o" {
  type    = object({ x = string, y = optional(string, "why") })
  default = { x = "ex" }
}
spa_client "x" {
  name        = "${var.a} ${var.b} ${var.c} ${var.d} ${length(var.n)} ${var.o.y}"
}`})
	env := map[string]string{"TACIT_VAR_a": "env", "TACIT_VAR_b": "env", "TACIT_VAR_c": "env"}
	f := load(t, Options{
		Dir: dir, Vars: map[string]string{"c": "flag", "n": "[1, 2, 3]"}, VarFiles: []string{filepath.Join(dir, "prod.vars")},
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	c, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	assert.Equal(t, "env file flag default 3 why", object(t, c, "spa_client.x").Want("name").V)
}

func TestSensitivePropagates(t *testing.T) {
	dir := write(t, map[string]string{"main.hcl": `
tacit { env = ["STAGE"] }
variable "pin" {
  default   = "hunter2"
  sensitive = true
}
locals { wrapped = { a = [upper("x${var.pin}")] } }
spa_client "x" {
  name        = join(",", local.wrapped.a)
  description = nonsensitive(var.pin)
  logo_uri    = env("STAGE")
  callbacks   = ["https://a/${var.pin}", "https://b"]
}
saml_connection "acme" {
  name = "acme"
  idp_initiated {
    enabled = true
    query { scope = ["openid", var.pin] }
  }
}`})
	f := load(t, Options{Dir: dir, Env: func(string) (string, bool) { return "prod", true }, Vars: map[string]string{"pin": "hunter3"}})
	c, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	x := object(t, c, "spa_client.x")
	assert.True(t, x.Want("name").Sensitive)
	assert.Equal(t, "XHUNTER3", x.Want("name").V)
	assert.False(t, x.Want("description").Sensitive)
	assert.True(t, x.Want("logo_uri").Sensitive)
	assert.True(t, x.Want("callbacks").Sensitive)
	assert.True(t, object(t, c, "saml_connection.acme").Want("idp_initiated.query").Sensitive)
	for _, in := range f.Inputs() {
		if in.Name == "var:pin" {
			assert.Empty(t, in.SHA256)
		}
	}
}

func TestInputsNameWhatWasRead(t *testing.T) {
	dir := write(t, map[string]string{"main.hcl": `
variable "a" { default = "x" }
spa_client "x" { name = file("name.txt") }`, "name.txt": "X", "other.txt": "not read"})
	f := load(t, Options{Dir: dir})
	_, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	var names []string
	for _, in := range f.Inputs() {
		names = append(names, strings.TrimPrefix(in.Name, "file:"+dir+string(filepath.Separator)))
		assert.Len(t, in.SHA256, 64)
	}
	assert.Equal(t, []string{"main.hcl", "name.txt", "var:a"}, names)
}

func TestFilesStayInTheDirectory(t *testing.T) {
	dir := write(t, map[string]string{"conf/main.hcl": `spa_client "x" { name = file("link") }`, "secret.txt": "s"})
	require.NoError(t, os.Symlink("../secret.txt", filepath.Join(dir, "conf", "link")))
	_, ds := load(t, Options{Dir: filepath.Join(dir, "conf")}).Evaluate(nil)
	require.Len(t, ds, 1)
	assert.Contains(t, ds[0].Detail, "outside of the configuration directory")

	inside := write(t, map[string]string{"main.hcl": `spa_client "x" { name = join(",", fileset(".", "**/*.xml")) }`, "idp/a.xml": "", "b.xml": "", "idp/deep/c.xml": "", "d.txt": ""})
	c, ds := load(t, Options{Dir: inside}).Evaluate(nil)
	require.Empty(t, ds)
	assert.Equal(t, "b.xml,idp/a.xml,idp/deep/c.xml", object(t, c, "spa_client.x").Want("name").V)
}

func TestSnippetShowsWholeLines(t *testing.T) {
	dir := write(t, map[string]string{"main.hcl": "spa_client \"portal\" {\r\n  name = [\r\n    1,\r\n  ]\r\n}\r\n"})
	_, ds := load(t, Options{Dir: dir}).Evaluate(nil)
	require.Len(t, ds, 1)
	s := ds[0].Snippet
	require.NotNil(t, s)
	assert.Equal(t, `spa_client "portal"`, s.Context)
	assert.Equal(t, 2, s.StartLine)
	assert.Equal(t, "  name = [\r\n    1,\r\n  ]", s.Code)
	assert.Equal(t, "[\r\n    1,\r\n  ]", s.Code[s.Start:s.End])
}

func TestFormat(t *testing.T) {
	out, ds := Format("x.hcl", []byte("spa_client \"x\" {\nname=\"X\" # why\n  callbacks   = [ ]\n}\n"))
	assert.Empty(t, ds)
	assert.Equal(t, "spa_client \"x\" {\n  name      = \"X\" # why\n  callbacks = []\n}\n", string(out))
	again, _ := Format("x.hcl", out)
	assert.Equal(t, string(out), string(again))

	broken := []byte("spa_client {")
	out, ds = Format("x.hcl", broken)
	require.True(t, ds.HasErrors())
	assert.Equal(t, broken, out)
	assert.Equal(t, "x.hcl", ds[0].Subject.File)
}
