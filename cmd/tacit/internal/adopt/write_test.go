package adopt_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// TestWriteObjects: objects may come from anywhere, ids be anything, and values
// be expressions.
func TestWriteObjects(t *testing.T) {
	objects := []*adopt.Object{
		{Kind: schema.SPAClient, ID: "auth0_client.portal", Label: "Customer portal", Values: map[string]any{
			"name": hclconf.Code(`"Portal ${var.stage}"`), "callbacks": []any{"https://a.example"},
		}},
		{Kind: schema.SAMLConnection, ID: "auth0_connection.acme", Label: "acme", Values: map[string]any{
			"name": "acme", "clients": []any{"auth0_client.portal", "elsewhere"}, "sign_in_endpoint": hclconf.Code("var.acme"),
		}},
		{Kind: schema.SAMLConnection, ID: "x", Label: "globex", Values: map[string]any{"name": "globex"}},
		{Kind: schema.SAMLConnection, ID: "y", Label: "initech", Values: map[string]any{"name": "initech", "display_name": "Initech"}},
	}
	head := []hclconf.Block{{Type: "variable", Name: "stage", Args: []hclconf.Arg{{Name: "type", Value: hclconf.Code("string")}}}}
	out := adopt.Write(objects, adopt.Plan{Fold: adopt.FoldAlways, Head: head, Single: "all"})
	assert.Equal(t, `variable "stage" {
  type = string
}

spa_client "customer_portal" {
  name      = "Portal ${var.stage}"
  callbacks = ["https://a.example"]
}

locals {
  customers = { for c in csvdecode(file("customers.csv")) : c.name => c }
}

saml_connection "customer" {
  for_each     = local.customers
  name         = each.key
  display_name = each.value.display_name == "" ? null : each.value.display_name
}

saml_connection "acme" {
  name             = "acme"
  sign_in_endpoint = var.acme
  clients          = [spa_client.customer_portal, "elsewhere"]
}
`, string(out.Files["all.hcl"]))
	assert.Equal(t, "name,display_name\nglobex,\ninitech,Initech\n", string(out.Files["customers.csv"]))
}
