package hclconf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// customers is a configuration with n SAML connections from a CSV file.
func customers(tb testing.TB, n int) string {
	tb.Helper()
	var csv strings.Builder
	csv.WriteString("name,display_name,domains,endpoint\n")
	for i := range n {
		fmt.Fprintf(&csv, "c%05d,Customer %d,c%d.example.com c%d.example.org,https://idp%d.example.com/sso\n", i, i, i, i, i)
	}
	return write(tb, map[string]string{"customers.csv": csv.String(), "main.hcl": `
variable "app" { default = "https://app.example.com" }
locals { customers = { for c in csvdecode(file("customers.csv")) : c.name => c } }
spa_client "portal" {
  name      = "Portal"
  callbacks = ["${var.app}/start-login", var.app]
}
api "orders" { identifier = "https://api.example.com/orders" }
saml_connection "customer" {
  for_each         = local.customers
  name             = each.key
  display_name     = each.value.display_name
  domain_aliases   = split(" ", each.value.domains)
  sign_in_endpoint = each.value.endpoint
  sign_saml_request = true
  signature_algorithm = "rsa-sha256"
  clients          = [spa_client.portal]
  fields_map       = { email = ["email", "mail"], name = "displayname" }
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
}
silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  redirect_uri = var.app
}
`})
}

func TestWorkGrowsLinearly(t *testing.T) {
	count := func(n int) int {
		f := load(t, Options{Dir: customers(t, n)})
		config, ds := f.Evaluate(nil)
		require.Empty(t, ds)
		require.Len(t, config.Objects, n+3)
		return f.steps.evaluations
	}
	few, many := count(100), count(1000)
	assert.LessOrEqual(t, many, 10*few)
	assert.LessOrEqual(t, many, 6*1000+100, "evaluations per connection")
}

func BenchmarkFiveThousandConnections(b *testing.B) {
	dir := customers(b, 5000)
	b.ReportAllocs()
	for b.Loop() {
		f, ds := Load(Options{Dir: dir})
		require.Empty(b, ds)
		_, ds = f.Evaluate(nil)
		require.Empty(b, ds)
	}
}

// TestManyShapesGrowLinearly: each shape costs a bounded number of expressions
// per instance.
func TestManyShapesGrowLinearly(t *testing.T) {
	t.Parallel()
	const n = 1500
	head := fmt.Sprintf(`
locals { all = { for i in flatten([for a in range(30) : [for b in range(%d) : "c${a}-${b}"]]) : i => {} } }
spa_client "portal" { name = "Portal" }
api "orders" { identifier = "https://api.example.com" }
`, n/30)
	for name, text := range map[string]string{
		"chained": `
spa_client "app" {
  for_each = local.all
  name     = each.key
}
saml_connection "c" {
  for_each     = spa_client.app
  name         = each.key
  display_name = each.value.name
  clients      = [spa_client.app[each.key]]
}`,
		"ids in texts": `
saml_connection "c" {
  for_each         = local.all
  name             = each.key
  sign_in_endpoint = "https://idp.example.com/${each.key}/${spa_client.portal.client_id}"
}`,
		"conditional over all": `
saml_connection "c" {
  for_each = 1 == 1 ? local.all : {}
  name     = each.key
}
silent_upgrade "x" {
  connections  = 1 == 1 ? saml_connection.c : {}
  client       = spa_client.portal
  api          = api.orders
  redirect_uri = "https://app.example.com"
}`,
		"upgrade each": `
saml_connection "c" {
  for_each = local.all
  name     = each.key
}
silent_upgrade "x" {
  for_each     = saml_connection.c
  connections  = each.value
  client       = spa_client.portal
  api          = api.orders
  redirect_uri = "https://${each.value.name}.example.com/${length(saml_connection.c)}"
}`,
		"looking at all from each": `
saml_connection "c" {
  for_each     = local.all
  name         = each.key
  display_name = contains([for k, v in local.all : k], each.key) ? "yes ${length(local.all)}" : "no"
}`,
		"one mistake each": `
saml_connection "c" {
  for_each = local.all
  name     = "-${each.key}-${length(saml_connection.c)}"
  clients  = [spa_client.many[each.key]]
}
spa_client "many" {
  for_each = { a = 1 }
  name     = each.key
}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := load(t, Options{Dir: write(t, map[string]string{"main.hcl": head + text})})
			config, ds := f.Evaluate(nil)
			assert.GreaterOrEqual(t, len(config.Objects), n)
			assert.LessOrEqual(t, len(ds), n+1)
			assert.LessOrEqual(t, f.steps.evaluations, 12*n)
		})
	}
}
