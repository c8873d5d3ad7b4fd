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
		enabled[id] = []any{map[string]any{"client_id": "portal"}, map[string]any{"client_id": "legacy"}}
		options := map[string]any{"signInEndpoint": "https://idp.example.com/sso", "signingCert": string(cert), "idpinitiated": initiated}
		switch i % 20 {
		case 1, 2:
			delete(enabled, id)
		case 3:
			initiated["client_protocol"] = "samlp"
		case 4:
			query = "type=code&timeout=30"
		case 5:
			client = "deleted"
		case 6, 7:
			client = "legacy"
		case 8:
			query = strings.Replace(query, "start-login", "welcome", 1)
		case 9:
			options["signInEndpoint"] = "http://idp.example.com/sso"
		case 10, 11, 12:
			initiated["enabled"] = false
		case 13:
			delete(enabled, id)
			query = strings.Replace(query, "start-login", "welcome", 1)
		}
		initiated["client_id"], initiated["client_authorizequery"] = client, query
		connections = append(connections, map[string]any{"id": id, "name": fmt.Sprintf("customer-%04d", i), "strategy": "samlp", "options": options})
	}
	seed, err := json.Marshal(map[string]any{
		"clients": []any{spa("portal", "Customer portal", true), spa("legacy", "Old portal", false)}, "connections": connections, "connection_clients": enabled,
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

// An audit of 1000 connections costs the budget: ten pages of connections, a
// page of clients and of APIs, the tenant's settings, MFA policies, Actions and
// custom domains, and per default client what it is enabled on. It fits a screen
// of 40 rows.
func TestAuditOfAThousandConnections(t *testing.T) {
	seed := brokenTenant(t, 1000)
	code, out, errs := audit(t, seed)
	assert.Equal(t, 3, code)
	assert.Empty(t, errs)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	assert.LessOrEqual(t, len(lines), 40, "a screen")
	for _, l := range lines {
		assert.LessOrEqual(t, utf8.RuneCountInString(l), 80, l)
	}
	t.Log("\n" + out)

	_, out, _ = audit(t, seed, "--json")
	var doc struct{ Requests, Connections, Clients int }
	require.NoError(t, json.Unmarshal([]byte(out), &doc))
	assert.Equal(t, 1000, doc.Connections)
	assert.Equal(t, 3, doc.Clients)
	assert.LessOrEqual(t, doc.Requests, 10+1+1+4+10*doc.Clients)
}
