package adopt_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/schema"
)

func saml(name, mark string, options map[string]any) map[string]any {
	c := map[string]any{"id": fmt.Sprintf("con_%016x", []byte(name)), "name": name, "strategy": "samlp", "options": options}
	if mark != "" {
		c["metadata"] = map[string]any{"tacit": mark}
	}
	return c
}

// TestMarksSayWhere: objects that the workspace marked are declared where their
// marks say, so that no mark changes.
func TestMarksSayWhere(t *testing.T) {
	plain := map[string]any{"signInEndpoint": "https://idp.example"}
	ten := open(t, map[string]any{
		"clients": []any{
			map[string]any{"client_id": "a", "name": "Same", "app_type": "spa", "client_metadata": map[string]any{"tacit": "default/spa_client.portal"}},
			map[string]any{"client_id": "b", "name": "Same", "app_type": "spa"},
			map[string]any{"client_id": "c", "name": "Odd", "app_type": "spa", "client_metadata": map[string]any{"tacit": "default/spa_client.x[\"k\"]"}},
			map[string]any{"client_id": "d", "name": "Theirs", "app_type": "spa", "client_metadata": map[string]any{"tacit": "other/spa_client.portal"}},
		},
		"connections": []any{
			saml("one", `default/saml_connection.partner["first"]`, plain), saml("two", `default/saml_connection.partner["second"]`, plain),
			saml("three", `default/saml_connection.partner["third"]`, map[string]any{"signInEndpoint": "https://idp.example", "debug": true}),
			saml("four", `default/saml_connection.customer`, plain), saml("five", "", plain), saml("six", "", plain), saml("seven", "", plain),
		},
	})
	for _, fold := range []adopt.Fold{adopt.FoldAuto, adopt.FoldNever} {
		out, _ := importing(t, ten, fold, kinds()...)
		require.Empty(t, out.Changes, "%s", all(out.Files))
		var where []string
		for _, a := range out.Addresses {
			where = append(where, a.String())
		}
		want := []string{
			`saml_connection.partner["first"]`, `saml_connection.partner["second"]`, "saml_connection.customer", "spa_client.portal", "spa_client.same", "tenant_settings",
			`saml_connection.customer_2["five"]`, `saml_connection.customer_2["six"]`, `saml_connection.customer_2["seven"]`,
		}
		if fold == adopt.FoldNever {
			want = append(want[:6:6], "saml_connection.five", "saml_connection.six", "saml_connection.seven")
		}
		assert.ElementsMatch(t, want, where)
		assert.Contains(t, string(out.Files["partners.csv"]), "key,name\n")
		why := map[string]string{}
		for _, s := range out.Skipped {
			why[s.Name] = s.Why
		}
		assert.Contains(t, why["three"], `its mark says that it is saml_connection.partner["third"]`)
		assert.Contains(t, why["Odd"], "nothing that import writes has that address")
		assert.Contains(t, why["Theirs"], "it belongs to another configuration")
	}
}

// TestUnread: collections that a token may not read are left out, and said.
func TestUnread(t *testing.T) {
	out := adopt.Source{Workspace: "default", Snap: &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}}
	objects, skipped, _ := adopt.Take(out, adopt.Selection{Kinds: []*schema.Kind{schema.Organization}})
	assert.Empty(t, objects)
	assert.Equal(t, []adopt.Skipped{{Kind: "organization", Why: "the token may not read them, or this tenant has none"}}, skipped)
}
