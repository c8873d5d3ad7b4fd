package terraform_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt/terraform"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema/check/rules"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

const domain = "example.eu.auth0.com"

// provided is the tenant as the provider makes it of testdata/infra, spelled as
// the API answers: written by hand from the provider's documentation.
func provided(t *testing.T) map[string]any {
	t.Helper()
	pem, err := os.ReadFile("testdata/infra/idp/customers.pem")
	require.NoError(t, err)
	var seed map[string]any
	text, err := os.ReadFile("testdata/tenant.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &seed))
	connections := seed["connections"].([]any)
	for _, c := range connections {
		if options := c.(map[string]any)["options"].(map[string]any); options["signingCert"] != nil {
			options["signingCert"] = string(pem)
		}
	}
	members := seed["connection_clients"].(map[string]any)
	for i, name := range []string{
		"acme", "banyan", "cobalt", "dynamo", "ember", "fjord", "granite", "harbor", "indigo",
		"juniper", "kestrel", "lumen", "mosaic", "nimbus", "onyx", "pine", "quartz", "raven",
	} {
		id := fmt.Sprintf("con_%016d", i+1)
		title := string(name[0]-'a'+'A') + name[1:] + " Inc."
		connections = append(connections, map[string]any{
			"id": id, "name": name, "display_name": title, "strategy": "samlp", "show_as_button": false, "is_domain_connection": false, "realms": []string{name},
			"options": map[string]any{
				"signInEndpoint": "https://idp." + name + ".example/saml/sso", "signingCert": string(pem), "domain_aliases": []string{name + ".example"},
				"signSAMLRequest": true, "signatureAlgorithm": "rsa-sha256", "digestAlgorithm": "sha256",
				"fieldsMap": map[string]any{"email": []string{"emailaddress", "nameidentifier"}, "family_name": "surname"},
				"idpinitiated": map[string]any{
					"enabled": true, "client_id": "PortalPortalPortalPortalPortal01", "client_protocol": "oauth2",
					"client_authorizequery": "response_type=code&scope=openid%20profile&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login",
				},
			},
		})
		members[id] = []any{map[string]any{"client_id": "PortalPortalPortalPortalPortal01"}, map[string]any{"client_id": "OfficeOfficeOfficeOfficeOffice01"}}
	}
	seed["connections"] = connections
	return seed
}

// TestChangesNothing: what testdata/infra becomes changes nothing on the tenant
// that the provider made of it; and it would, were the tenant another.
func TestChangesNothing(t *testing.T) {
	out, ds := terraform.Convert(terraform.Options{Dir: "testdata/infra"})
	require.False(t, ds.HasErrors(), "%v", ds)
	seed := provided(t)
	p := planned(t, out, seed)
	assert.Empty(t, p.Changes)
	assert.Len(t, seed["connections"], 21, "20 SAML connections and a database")

	seed["connections"].([]any)[5].(map[string]any)["display_name"] = "Another"
	assert.Len(t, planned(t, out, seed).Changes, 1)
}

func planned(t *testing.T, out *terraform.Converted, seed map[string]any) *plan.Plan {
	t.Helper()
	srv, err := sandbox.New(sandbox.Options{Domains: []string{domain}})
	require.NoError(t, err)
	raw, err := json.Marshal(seed)
	require.NoError(t, err)
	require.NoError(t, srv.Load(raw))
	ten, err := mgmt.New(context.Background(), mgmt.Options{Domain: domain, Token: "t", Transport: srv.Transport(), UserAgent: "test"})
	require.NoError(t, err)
	loaded, ds := hclconf.Load(hclconf.Options{Dir: "none", Extra: out.Files})
	require.False(t, ds.HasErrors(), "%v", ds)
	cfg, ds := loaded.Evaluate(nil)
	require.False(t, ds.HasErrors(), "%v", ds)
	cfg.Connected = domain
	cfg = plan.Complete(cfg)
	catalogue := rules.Catalogue()
	_, b, ds, err := apply.Read(context.Background(), ten, cfg, catalogue)
	require.NoError(t, err)
	require.False(t, ds.HasErrors(), "%v", ds)
	p, ds := apply.Make(cfg, b, catalogue, loaded.Evaluate)
	require.False(t, ds.HasErrors(), "%v", ds)
	return p
}

// TestReadable: the files that people commit.
func TestReadable(t *testing.T) {
	out, ds := terraform.Convert(terraform.Options{Dir: "testdata/infra"})
	require.False(t, ds.HasErrors(), "%v", ds)
	var names []string
	for name, text := range out.Files {
		golden := filepath.Join("testdata", "converted", filepath.FromSlash(name))
		if filepath.Ext(name) != ".hcl" {
			continue
		}
		names = append(names, name)
		if os.Getenv("UPDATE_SCRIPTS") != "" {
			require.NoError(t, os.WriteFile(golden, text, 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(text))
		formatted, ds := hclconf.Format(name, text)
		require.False(t, ds.HasErrors())
		assert.Equal(t, string(formatted), string(text), "as tacit fmt lays it out")
	}
	there, err := filepath.Glob("testdata/converted/*.hcl")
	require.NoError(t, err)
	assert.Len(t, names, len(there))
}
