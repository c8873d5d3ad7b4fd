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
