package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// brokenTenant is a tenant of n connections that lead to three applications and
// two APIs, with what goes wrong over the years. The applications are a SPA, one
// on the legacy pipeline, and one that was deleted.
func brokenTenant(t *testing.T, n int) []byte {
	t.Helper()
	spa := func(id, name string, conformant bool) map[string]any {
		return map[string]any{
			"client_id": id, "name": name, "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": conformant, "is_first_party": true,
			"callbacks": []any{"https://app.example.com/start-login", "https://app.example.com"}, "web_origins": []any{"https://app.example.com"},
			"jwt_configuration": map[string]any{"alg": "RS256"}, "grant_types": []any{"authorization_code", "implicit", "refresh_token"},
		}
	}
	api := func(id string, consent bool) map[string]any {
		return map[string]any{"id": id, "name": id, "identifier": "https://api.example.com/" + id, "signing_alg": "RS256", "skip_consent_for_verifiable_first_party_clients": !consent}
	}
	cert, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "examples", "quickstart", "idp", "acme.pem"))
	require.NoError(t, err)
	var connections []any
	enabled := map[string]any{}
	for i := range n {
		id, client, query := fmt.Sprintf("con_%04d", i), "portal", "response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login"
		initiated := map[string]any{"enabled": true, "client_protocol": "oauth2"}
		members := []any{map[string]any{"client_id": "portal"}}
		options := map[string]any{"signInEndpoint": "https://idp.example.com/sso", "signingCert": string(cert), "idpinitiated": initiated}
		switch i % 20 {
		case 1, 2:
			members = []any{}
		case 3:
			initiated["client_protocol"] = "samlp"
		case 4:
			query = "type=code&timeout=30"
		case 5:
			client = "deleted"
		case 6, 7:
			client, members = "legacy", []any{map[string]any{"client_id": "legacy"}}
		case 8:
			query = strings.Replace(query, "start-login", "welcome", 1)
		case 9:
			options["signInEndpoint"] = "http://idp.example.com/sso"
		case 10, 11, 12:
			initiated["enabled"] = false
		case 13:
			members = []any{}
			query = strings.Replace(query, "start-login", "welcome", 1)
		}
		enabled[id], initiated["client_id"], initiated["client_authorizequery"] = members, client, query
		connections = append(connections, map[string]any{"id": id, "name": fmt.Sprintf("customer-%04d", i), "strategy": "samlp", "options": options})
	}
	seed, err := json.Marshal(map[string]any{
		"clients": []any{spa("portal", "Customer portal", true), spa("legacy", "Old portal", false)}, "connections": connections, "connection_clients": enabled,
		"custom_domains":   []any{map[string]any{"domain": "login.example.com", "status": "ready"}},
		"resource_servers": []any{api("orders", false), api("reports", true)},
	})
	require.NoError(t, err)
	return seed
}

// audit runs tacit audit on a tenant that holds seed.
func audit(t *testing.T, seed []byte, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	store := filepath.Join(t.TempDir(), "sandbox.json")
	require.NoError(t, os.WriteFile(store, seed, 0o600))
	var out, errs bytes.Buffer
	code = cli.Main(t.Context(), cli.Env{
		Args: append([]string{"audit", "--sandbox=" + store}, args...), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Width: 80,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC) },
	})
	return code, out.String(), errs.String()
}

// An audit of 1000 connections costs the budget: 20 pages of connections and of
// what clients are enabled on, a page of clients and of APIs, the tenant's
// settings, MFA policies, Actions and custom domains, and a page that is not full
// per default client. It fits a screen of 40 rows and 80 columns.
func TestAuditOfAThousandConnections(t *testing.T) {
	seed := brokenTenant(t, 1000)
	code, out, errs := audit(t, seed, "--login-domain", "login.example.com")
	assert.Equal(t, 3, code)
	assert.Empty(t, errs)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	assert.LessOrEqual(t, len(lines), 40, "a screen")
	for _, l := range lines {
		assert.LessOrEqual(t, utf8.RuneCountInString(l), 80, l)
	}
	golden := filepath.Join("testdata", "audit.golden")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "run with -update once")
	assert.Equal(t, string(want), out)

	_, out, _ = audit(t, seed, "--login-domain", "login.example.com", "--json")
	var doc struct{ Requests, Connections, Clients int }
	require.NoError(t, json.Unmarshal([]byte(out), &doc))
	assert.Equal(t, 1000, doc.Connections)
	assert.Equal(t, 2, doc.Clients)
	assert.LessOrEqual(t, doc.Requests, 2*10+1+1+4+doc.Clients)
}

// What an audit meets on real tenants and says instead of stopping or keeping
// silent.
func TestAuditOfOddTenants(t *testing.T) {
	const saml = `{"id": "con_1", "name": "acme", "strategy": "samlp", "options": {"idpinitiated": {"enabled": true, "client_id": %q, "client_protocol": "oauth2"}}}`
	const api = `"resource_servers": [{"identifier": "https://api.example.com/[v1]/*", "name": "Orders API"}]`
	conn := func(client string) string { return `"connections": [` + fmt.Sprintf(saml, client) + `]` }
	for name, tt := range map[string]struct {
		seed string
		args []string
		code int
		says []string
	}{
		"no connections":                {seed: `{` + api + `}`, says: []string{"has no SAML connection"}},
		"other strategies only":         {seed: `{` + api + `, "connections": [{"name": "db", "strategy": "auth0"}]}`, says: []string{"has no SAML connection"}},
		"one that is not IdP-initiated": {seed: `{"connections": [{"name": "a", "strategy": "samlp", "options": {}}]}`, says: []string{"no SAML connection in scope accepts"}},
		"no API":                        {seed: `{` + conn("spa") + `}`, says: []string{"no API in scope"}},
		"the client is gone":            {seed: `{` + api + `, ` + conn("spa") + `}`, code: 3, says: []string{"which the tenant does not", "TAC103"}},
		"no client":                     {seed: `{` + api + `, ` + conn("") + `}`, code: 3, says: []string{"names no application"}},
		"a client without callbacks":    {seed: `{` + api + `, ` + conn("spa") + `, "clients": [{"client_id": "spa", "name": "Portal"}]}`, code: 3, says: []string{"TAC201"}},
		"two clients of one name": {
			seed: `{` + api + `, "clients": [{"client_id": "spa", "name": "Portal", "sso_disabled": true}, {"client_id": "other", "name": "Portal"}], ` + conn("other") + `}`,
			args: []string{"--full"}, code: 3, says: []string{`client["other"]`},
		},
		"an identifier with wildcards":         {seed: `{` + api + `, ` + conn("spa") + `}`, args: []string{"--api", "https://api.example.com/[v1]/*"}, code: 3, says: []string{"1 API"}},
		"a pattern across slashes":             {seed: `{` + api + `, ` + conn("spa") + `}`, args: []string{"--api", "*v1*"}, code: 3, says: []string{"1 API"}},
		"the name of an API":                   {seed: `{` + api + `, ` + conn("spa") + `}`, args: []string{"--api", "orders"}, says: []string{"no API in scope"}},
		"the name of an API, letter by letter": {seed: `{` + api + `, ` + conn("spa") + `}`, args: []string{"--api", "Orders API"}, code: 3, says: []string{"1 API"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := audit(t, []byte(tt.seed), tt.args...)
			assert.Equal(t, tt.code, code, "%s%s", out, errs)
			assert.Empty(t, errs)
			for _, s := range tt.says {
				assert.Contains(t, out, s)
			}
			assert.NotContains(t, out, "at  ")
			assert.NotContains(t, out, "  asks for")
		})
	}
}
