package hclconf

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

const outputsFile = `
variable "pin" {
  default   = "hunter2"
  sensitive = true
}
spa_client "portal" { name = "Portal" }
api "orders" {
  identifier     = "https://api.example.com"
  signing_secret = "hunter2hunter2hunter2"
}
saml_connection "customer" {
  for_each = toset(["acme", "globex"])
  name     = each.key
}
output "text" {
  value       = "https://app/${spa_client.portal.client_id}"
  description = "Where it is"
}
output "plain" { value = { n = 1, list = [true, null], none = null } }
output "ids" { value = { for k, c in saml_connection.customer : k => c.id } }
output "computed" { value = upper(spa_client.portal.id) }
output "nothing" { value = null }
output "pin" { value = ["x", var.pin] }
output "secret" { value = { s = api.orders.signing_secret } }
output "hidden" {
  value     = "seen"
  sensitive = true
}
`

func outputsOf(c *schema.Config) map[string]*schema.Output {
	out := map[string]*schema.Output{}
	for _, o := range c.Outputs {
		out[o.Name] = o
	}
	return out
}

func TestOutputs(t *testing.T) {
	c := evaluate(t, outputsFile, nil)
	var names []string
	for _, o := range c.Outputs {
		names = append(names, o.Name)
		assert.NotNil(t, o.Src)
	}
	assert.Equal(t, []string{"computed", "hidden", "ids", "nothing", "pin", "plain", "secret", "text"}, names, "sorted")
	o := outputsOf(c)
	assert.Equal(t, "Where it is", o["text"].Description)
	portal := schema.Address{Kind: "spa_client", Name: "portal"}
	assert.Equal(t, &schema.Template{Parts: []schema.Part{{Lit: "https://app/"}, {Addr: &portal}}}, o["text"].V)
	assert.Equal(t, map[string]any{"n": json.Number("1"), "list": []any{true, nil}, "none": nil}, o["plain"].V, "nulls stay")
	assert.Len(t, o["ids"].V, 2)
	assert.True(t, o["computed"].Unknown)
	assert.False(t, o["nothing"].Unknown)
	v, known := o["nothing"].Value(nil)
	assert.True(t, known)
	assert.Nil(t, v)
	for name, want := range map[string]bool{"text": false, "plain": false, "pin": true, "secret": true, "hidden": true} {
		assert.Equal(t, want, o[name].Sensitive, name)
	}

	o = outputsOf(evaluate(t, outputsFile, knownIDs))
	assert.Equal(t, "https://app/ID-spa_client-portal", o["text"].V)
	assert.Equal(t, "ID-SPA_CLIENT-PORTAL", o["computed"].V)
	assert.Equal(t, map[string]any{"acme": "ID-saml_connection-customeracme", "globex": "ID-saml_connection-customerglobex"}, o["ids"].V)
}

func TestSecretsStaySensitiveInOtherBlocks(t *testing.T) {
	c := evaluate(t, `
api "orders" {
  identifier     = "https://api.example.com"
  signing_secret = "hunter2hunter2hunter2"
}
spa_client "portal" {
  name        = "Portal"
  description = "not ${api.orders.signing_secret}"
}`, nil)
	assert.True(t, object(t, c, "spa_client.portal").Want("description").Sensitive)
}

func TestMovedImportRemoved(t *testing.T) {
	c := evaluate(t, `
variable "id" { default = "con_1" }
spa_client "new" { name = "New" }
saml_connection "customer" {
  for_each = toset(["acme", "globex"])
  name     = each.key
}
organization "acme" { name = "acme" }
moved {
  from = spa_client.older
  to   = spa_client.old
}
moved {
  from = spa_client.old
  to   = spa_client.new
}
moved {
  from = saml_connection.acme
  to   = saml_connection.customer["acme"]
}
import {
  to = saml_connection.customer["acme"]
  id = var.id
}
removed "saml_connection" {
  for_each        = toset(["initech", "umbrella"])
  name            = each.key
  prevent_destroy = false
}
removed "organization" {
  name    = "old"
  destroy = false
}
removed "api" { identifier = "https://old.example.com" }
removed "client_grant" {
  client       = spa_client.new
  audience     = "https://old.example.com"
  subject_type = "user"
}
removed "spa_client" { client_id = "abc" }
removed "organization_connection" {
  organization = organization.acme
  connection   = "con_9"
}`, nil)
	require.Len(t, c.Moved, 3)
	assert.Equal(t, "spa_client.new", schema.NewMoves(c.Moved).Last(c.Moved[0].From).String())
	require.Len(t, c.Imports, 1)
	assert.Equal(t, "con_1", c.Imports[0].ID)
	assert.Equal(t, `saml_connection.customer["acme"]`, c.Imports[0].To.String())

	require.Len(t, c.Removed, 7)
	type row struct {
		kind, key string
		destroy   bool
	}
	var got []row
	for _, r := range c.Removed {
		got = append(got, row{r.Object.Kind.Name, r.Object.NaturalKey(), r.Destroy})
		assert.Empty(t, r.Protected())
		assert.NotNil(t, r.Object.Src)
	}
	assert.Equal(t, []row{
		{"saml_connection", "initech", true}, {"saml_connection", "umbrella", true}, {"organization", "old", false},
		{"api", "https://old.example.com", true}, {"client_grant", "https://old.example.com", true}, {"spa_client", "", true},
		{"organization_connection", "con_9", true},
	}, got)
	assert.Equal(t, schema.RefTo(schema.Address{Kind: "spa_client", Name: "new"}), c.Removed[4].Object.Want("client").V)
	assert.Equal(t, "abc", c.Removed[5].Object.Want("client_id").V)
	assert.Len(t, c.Objects, 4, "removed blocks declare no objects")
}

func TestPreventDestroy(t *testing.T) {
	c := evaluate(t, `
spa_client "a" { name = "a" }
spa_client "b" {
  name            = "b"
  prevent_destroy = true
}
saml_connection "a" { name = "a" }
saml_connection "b" {
  name            = "b"
  prevent_destroy = false
}
saml_connection "c" {
  name            = "c"
  prevent_destroy = null
}
organization "a" { name = "a" }`, nil)
	for address, want := range map[string]bool{
		"spa_client.a": false, "spa_client.b": true, "saml_connection.a": true, "saml_connection.b": false,
		"saml_connection.c": true, "organization.a": true,
	} {
		assert.Equal(t, want, object(t, c, address).PreventDestroy, address)
	}
}
