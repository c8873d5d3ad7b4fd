package deploycli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt/deploycli"
	"github.com/tacit-dev/tacit/schema"
)

// read reads an export of one file.
func read(t *testing.T, name, text string) (*deploycli.Export, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	if filepath.Ext(name) == ".json" {
		path = filepath.Dir(filepath.Dir(path))
	}
	return deploycli.Read(path, deploycli.Options{})
}

// TestMistakes: each is told with its line, and no line of an export is shown.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		file, text, says string
		line             int
	}{
		"a key twice":       {"tenant.yaml", "clients:\n  - name: a\n    name: b\n", `the key "name" stands here twice`, 3},
		"no YAML":           {"tenant.yaml", "clients:\n  - [\n", "this is not YAML", 0},
		"a number in octal": {"tenant.yaml", "tenant:\n  session_lifetime: 0o17\n", "write the number in decimals", 2},
		"another tag":       {"tenant.yaml", "clients: !include clients.yaml\n", "the tag !include is not known", 1},
		"no list":           {"tenant.yaml", "clients: 5\n", "clients is no list", 0},
		"no object":         {"tenant.yaml", "clients: [5]\n", "number 1 of clients is no object", 0},
		"a merge of a text": {"tenant.yaml", "clients:\n  - <<: 5\n", "<< takes an object", 2},
		"an unknown anchor": {"tenant.yaml", "clients: *x\n", "unknown anchor", 0},
		"too deep":          {"tenant.yaml", "clients: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "100 levels", 1},
		"itself":            {"tenant.yaml", "clients: &a [*a]\n", "", 0},
		"no JSON":           {"clients/a.json", "{\n \"name\": secret\n}", "invalid character", 2},
		"two in one":        {"clients/a.json", "{}\n{}", "more follows", 2},
		"too deep in JSON":  {"clients/a.json", `{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, "100 levels", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, c.file, c.text)
			var broken deploycli.Broken
			require.ErrorAs(t, err, &broken)
			d := broken.Diagnostics[0]
			assert.Contains(t, d.Detail, c.says)
			assert.Nil(t, d.Snippet)
			if c.line > 0 {
				require.NotNil(t, d.Subject)
				assert.Equal(t, c.line, d.Subject.Start.Line)
			}
		})
	}
}

// TestKeywords: what stands for a keyword is taken by every row that holds it.
func TestKeywords(t *testing.T) {
	export, err := read(t, "tenant.yaml", `
clients:
  - name: "##NAME## app"
    app_type: spa
    oidc_conformant: ##CONFORMANT##
    callbacks: ["##URL##/x", "https://##HOST##/y"]
    web_origins: @@ORIGINS@@
    client_metadata: {"##KEY##": x}
    jwt_configuration: {lifetime_in_seconds: "##LIFE##"}
    organization_usage: ##USAGE##
    description: "mail @@password@@ to ##API_SECRET##"
connections:
  - {name: c, strategy: samlp, enabled_clients: @@CLIENTS@@, options: {signingCert: ##CERT##}}
`)
	require.NoError(t, err)
	types := map[string]string{}
	for _, v := range export.Variables.List {
		types[v.Name] = v.Type
		assert.Equal(t, v.Name == "api_secret", v.Sensitive, v.Name)
	}
	assert.Equal(t, map[string]string{
		"name": "string", "conformant": "bool", "url": "string", "host": "string", "origins": "list(string)", "life": "number", "usage": "string",
		"api_secret": "string", "cert": "string",
	}, types)
	assert.Equal(t, []adopt.Skipped{
		{Kind: "spa_client", Name: "##NAME## app", Why: "client_metadata stays as it is on the tenant: it holds ##KEY##, and a variable has no place there in HCL"},
		{Kind: "saml_connection", Name: "c", Why: "its applications stay as they are on the tenant: enabled_clients is @@CLIENTS@@, and names from a variable do not become references; list them"},
	}, export.Skipped)
	portal := export.Snap.Objects[schema.Clients][0]
	assert.Equal(t, "##NAME## app", portal.ID)
	assert.Contains(t, portal.String("description"), "@@password@@", "Auth0's own template")
}

// TestMissing: what was not exported is not taken for empty, nor for a default.
func TestMissing(t *testing.T) {
	export, err := read(t, "clients/a.json", `{"name": "a", "app_type": "spa"}`)
	require.NoError(t, err)
	objects, skipped, _ := adopt.Take(adopt.Source{Snap: export.Snap, Workspace: "default"}, adopt.Selection{Kinds: []*schema.Kind{schema.SPAClient, schema.API}})
	assert.Empty(t, skipped)
	require.Len(t, objects, 1)
	assert.Equal(t, map[string]any{"name": "a"}, objects[0].Values)
	assert.Empty(t, objects[0].Resets)
}

// FuzzRead: whatever files hold, they are told to be wrong or become objects
// that can be written, in which no secret is.
func FuzzRead(f *testing.F) {
	f.Add(true, "clients:\n  - name: ##A##\n    app_type: spa\n    callbacks: @@B@@\n")
	f.Add(true, "connections:\n  - &a {name: a, strategy: samlp, options: {decryptionKey: {key: hush}}}\n  - {<<: *a, name: b}\n")
	f.Add(true, "organizations: [{name: o, connections: [{name: a}]}]\ntenant: {flags: {x: ##Y##}}\nresourceServers: [{identifier: '##X##', scopes: [{value: a}]}]\n")
	f.Add(true, "connections:\n"+
		"  - {name: one, strategy: samlp, options: {signInEndpoint: 'https://a.##A##.example', entityId: 'urn:##A##:one', domain_aliases: [a.##A##]}}\n"+
		"  - {name: two, strategy: samlp, options: {signInEndpoint: 'https://b.##A##.example', entityId: 'urn:##A##:two', domain_aliases: [b.##A##]}}\n"+
		"  - {name: three, strategy: samlp, options: {signInEndpoint: 'https://b.##A##.example', entityId: 'urn:##A##:three', domain_aliases: [b.##A##]}}\n"+
		"  - {name: four, strategy: samlp, options: {signInEndpoint: 'https://b.##A##.example', entityId: 'urn:##A##:four', domain_aliases: [b.##A##]}}\n")
	f.Add(false, `{"name": "a", "app_type": "spa", "oidc_conformant": ##X##, "web_origins": "@@Y@@", "description": "\" ##Z## @@W@@"}`)
	f.Fuzz(func(t *testing.T, yaml bool, text string) {
		name := "clients/a.json"
		if yaml {
			name = "tenant.yaml"
		}
		export, err := read(t, name, text)
		if err != nil {
			return
		}
		kinds := []*schema.Kind{schema.SPAClient, schema.API, schema.ClientGrant, schema.SAMLConnection, schema.Organization, schema.OrganizationConnection, schema.TenantSettingsKind}
		objects, _, _ := adopt.Take(adopt.Source{Snap: export.Snap, Workspace: "default"}, adopt.Selection{Kinds: kinds})
		out := adopt.Write(objects, adopt.Plan{Fold: adopt.FoldAuto, Variables: export.Variables})
		for file, text := range out.Files {
			for _, v := range export.Variables.List {
				if v.Mark != "" && strings.Contains(string(text), v.Mark) {
					t.Errorf("%s holds the stand-in %s", file, v.Mark)
				}
			}
		}
	})
}
