package hclconf

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/schema"
)

const twoClients = `
spa_client "portal" { name = "Portal" }
spa_client "admin" { name = "Admin" }
locals {
  same  = spa_client.portal.client_id == "x"
  shout = upper(spa_client.portal.client_id)
  plain = "id-${spa_client.portal.client_id}"
}
spa_client "test" {
  name        = "Test"
  description = %s
}
`

// text writes a template the way people would: ids in braces.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case *schema.Template:
		s := ""
		for _, p := range v.Parts {
			if p.Addr != nil {
				s += "{" + p.Addr.Name + "}"
			} else {
				s += p.Lit
			}
		}
		return s
	default:
		return fmt.Sprint(v)
	}
}

func TestTextsOverIDsBecomeTemplates(t *testing.T) {
	for name, c := range map[string]struct{ expr, want, known string }{
		"bare id":              {`spa_client.portal.client_id`, "{portal}", "ID-spa_client-portal"},
		"id by its other name": {`spa_client.portal.id`, "{portal}", "ID-spa_client-portal"},
		"interpolation":        {`"a-${spa_client.portal.client_id}-b"`, "a-{portal}-b", "a-ID-spa_client-portal-b"},
		"two ids":              {`"${spa_client.portal.client_id}/${spa_client.admin.client_id}"`, "{portal}/{admin}", "ID-spa_client-portal/ID-spa_client-admin"},
		"url encoding":         {`urlencode("a b=${spa_client.portal.client_id}")`, "a%20b%3D{portal}", "a%20b%3DID-spa_client-portal"},
		"join and format":      {`join(",", [format("%s!", spa_client.portal.client_id), "x"])`, "{portal}!,x", "ID-spa_client-portal!,x"},
		"for over a list":      {`join("", [for c in [spa_client.portal, spa_client.admin] : c.client_id])`, "{portal}{admin}", "ID-spa_client-portalID-spa_client-admin"},
		"through a local":      {`"${local.plain}?"`, "id-{portal}?", "id-ID-spa_client-portal?"},
		"known condition":      {`1 == 1 ? spa_client.portal.client_id : "x"`, "{portal}", "ID-spa_client-portal"},
		"json":                 {`jsonencode({ a = spa_client.portal.client_id })`, `{"a":"{portal}"}`, `{"a":"ID-spa_client-portal"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := object(t, evaluate(t, fmt.Sprintf(twoClients, c.expr), nil), "spa_client.test").Want("description")
			assert.False(t, w.Unknown)
			assert.Equal(t, schema.Exactly, w.Mode)
			assert.Equal(t, c.want, text(w.V))
			w = object(t, evaluate(t, fmt.Sprintf(twoClients, c.expr), knownIDs), "spa_client.test").Want("description")
			assert.Equal(t, c.known, w.V)
		})
	}
}

func TestDecisionsOverIDsAreUnknownUntilTheIDIsKnown(t *testing.T) {
	for name, c := range map[string]struct{ expr, known string }{
		"lower case":                   {`lower(spa_client.portal.client_id)`, "id-spa_client-portal"},
		"conditional":                  {`spa_client.portal.client_id == "x" ? "a" : "b"`, "b"},
		"conditional inside of a text": {`"${spa_client.portal.client_id == "x" ? "a" : "b"}-${spa_client.portal.client_id}"`, "b-ID-spa_client-portal"},
		"conditional in a local":       {`"${local.same ? "a" : "b"}-${spa_client.portal.client_id}"`, "b-ID-spa_client-portal"},
		"filter":                       {`join(",", [for c in [spa_client.portal, spa_client.admin] : c.client_id if c.client_id != "x"])`, "ID-spa_client-portal,ID-spa_client-admin"},
		"lookup by id":                 {`"${lookup({ x = "1" }, spa_client.portal.client_id, "none")}-${spa_client.admin.client_id}"`, "none-ID-spa_client-admin"},
		"changed in a local":           {`"${local.shout}-${spa_client.portal.client_id}"`, "ID-SPA_CLIENT-PORTAL-ID-spa_client-portal"},
		"cut":                          {`"x${substr(spa_client.portal.client_id, 0, 2)}"`, "xID"},
		"sorted":                       {`join(",", sort([spa_client.portal.client_id, spa_client.admin.client_id]))`, "ID-spa_client-admin,ID-spa_client-portal"},
		"directive":                    {`"%{if spa_client.portal.client_id == "x"}a%{else}b%{endif}${spa_client.portal.client_id}"`, "bID-spa_client-portal"},
	} {
		t.Run(name, func(t *testing.T) {
			w := object(t, evaluate(t, fmt.Sprintf(twoClients, c.expr), nil), "spa_client.test").Want("description")
			assert.True(t, w.Unknown, "%v", text(w.V))
			assert.Equal(t, schema.Exactly, w.Mode)
			w = object(t, evaluate(t, fmt.Sprintf(twoClients, c.expr), knownIDs), "spa_client.test").Want("description")
			assert.False(t, w.Unknown)
			assert.Equal(t, c.known, w.V)
		})
	}
}

func TestQueryKeepsIDsThroughEncoding(t *testing.T) {
	text0 := `
spa_client "portal" { name = "Portal" }
saml_connection "acme" {
  name = "acme"
  idp_initiated {
    enabled = true
    query {
      extra         = "z"
      redirect_uri  = "https://app.example.com/?c=${spa_client.portal.client_id}&d=1"
      scope         = ["openid", "email"]
      response_type = "id_token"
    }
  }
}
`
	w := object(t, evaluate(t, text0, nil), "saml_connection.acme").Want("idp_initiated.query")
	assert.Equal(t, "response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2F%3Fc%3D{portal}%26d%3D1&extra=z", text(w.V))
	w = object(t, evaluate(t, text0, knownIDs), "saml_connection.acme").Want("idp_initiated.query")
	assert.Contains(t, w.V, "c%3DID-spa_client-portal%26")
}

func TestTemplatesResolveToWhatKnownIDsGive(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{
			"${spa_client.portal.client_id}", "${spa_client.admin.id}", "a", " ", "&=", "%%", "${urlencode(spa_client.admin.client_id)}",
			"${join(\"-\", [spa_client.portal.client_id, \"é\"])}", "${format(\"<%s>\", spa_client.admin.client_id)}",
			"${lower(\"X\")}", "Tq7xVb2nKc00000000hYt3uLs9QeAf2g",
		}), 1, 8).Draw(rt, "pieces")
		expr := ""
		for _, p := range pieces {
			expr += p
		}
		source := fmt.Sprintf(twoClients, `urlencode("`+expr+`")`)
		require.NoError(rt, writeFile(dir, "main.hcl", source))
		f, ds := Load(Options{Dir: dir})
		require.Empty(rt, ds)
		offline, ds := f.Evaluate(nil)
		require.Empty(rt, ds)
		online, _ := f.Evaluate(knownIDs)
		a := schema.Address{Kind: "spa_client", Name: "test"}
		w := offline.Object(a).Want("description")
		if w.Unknown {
			return
		}
		got, done := schema.Resolve(w.V, knownIDs)
		assert.True(rt, done)
		assert.Equal(rt, online.Object(a).Want("description").V, got)
	})
}
