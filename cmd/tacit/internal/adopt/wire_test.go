package adopt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
)

// bodies reads recorded API bodies beside the repository, ../shared/wire of its
// root. A fresh clone has none.
func bodies(t *testing.T, name string) []map[string]any {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "..", "shared", "wire", "bodies", name+".jsonl")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("recorded traffic is not here (%s): importing it is skipped", path)
	}
	var out []map[string]any
	for line := range strings.Lines(string(raw)) {
		var e struct {
			Body map[string]any `json:"body"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		out = append(out, e.Body)
	}
	return out
}

// distinct keeps the first body of each value of a key, and those without.
func distinct(list []map[string]any, keys ...string) []any {
	out, seen := []any{}, map[string]bool{}
	for _, b := range list {
		twice := false
		for _, k := range keys {
			v, _ := b[k].(string)
			twice = twice || v != "" && seen[k+v]
		}
		if twice {
			continue
		}
		for _, k := range keys {
			v, _ := b[k].(string)
			seen[k+v] = true
		}
		out = append(out, b)
	}
	return out
}

// TestImportRecorded: tenants made of recorded bodies are written down and plan
// to nothing: all together, and each SAML connection with every settings body.
func TestImportRecorded(t *testing.T) {
	seed := map[string]any{
		"clients":          distinct(bodies(t, "clients"), "client_id"),
		"resource_servers": distinct(bodies(t, "resource-servers"), "id", "identifier"),
		"client_grants":    distinct(bodies(t, "client-grants"), "id"),
		"connections":      distinct(append(bodies(t, "connections_samlp"), bodies(t, "connections_other")...), "id", "name"),
		"custom_domains":   distinct(bodies(t, "custom-domains"), "custom_domain_id", "domain"),
	}
	for _, settings := range bodies(t, "tenant_settings") {
		seed["tenant_settings"] = settings
		for _, fold := range []adopt.Fold{adopt.FoldAlways, adopt.FoldNever} {
			out, _ := importing(t, open(t, seed), fold, kinds()...)
			require.Empty(t, out.Changes, "%s", all(out.Files))
			require.NotContains(t, all(out.Files), "PRIVATE KEY")
			require.NotEmpty(t, out.Addresses)
		}
	}
}
