package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

func connection(id, name string, domains ...any) *schema.Observed {
	return observed(id, map[string]any{"id": id, "name": name, "strategy": "samlp", "options": map[string]any{"domain_aliases": domains}})
}

// TestDomainsOfOthers: a declared domain that another connection of the tenant
// has and keeps is a warning.
func TestDomainsOfOthers(t *testing.T) {
	acme := func(domains ...any) *schema.Object {
		return block(schema.SAMLConnection, "acme", map[string]any{"name": "acme", "domain_aliases": domains})
	}
	other := func(wants map[string]any) *schema.Object {
		wants["name"] = "other"
		return block(schema.SAMLConnection, "other", wants)
	}
	tests := map[string]struct {
		objects []*schema.Object
		tenant  []*schema.Observed
		want    []string
	}{
		"its own": {[]*schema.Object{acme("acme.example")}, []*schema.Observed{connection("con_1", "acme", "acme.example")}, nil},
		"of a connection that nobody declares": {
			[]*schema.Object{acme("acme.example")},
			[]*schema.Observed{connection("con_2", "Legacy", "ACME.example", "x.example")},
			[]string{`acme.example is also among the domain_aliases of the connection "Legacy" (con_2) on the tenant, which no block declares.`},
		},
		"of a block that leaves them alone": {
			[]*schema.Object{acme("a.example", "b.example"), other(map[string]any{})},
			[]*schema.Observed{connection("con_2", "other", "a.example", "b.example")},
			[]string{"a.example, b.example are also among the domain_aliases of saml_connection.other on the tenant, whose block leaves them as they are."},
		},
		"of a block that gives them up": {
			[]*schema.Object{acme("a.example"), other(map[string]any{"domain_aliases": []any{"b.example"}})},
			[]*schema.Observed{connection("con_2", "other", "a.example")}, nil,
		},
		"many": {
			[]*schema.Object{acme("a.example", "b.example", "c.example", "d.example", "e.example")},
			[]*schema.Observed{connection("con_2", "x", "a.example", "b.example", "c.example", "d.example", "e.example")},
			[]string{"a.example, b.example, c.example and 2 more are also among"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, ds := plan.Bind(config(tt.objects...), snapshot(schema.Connections, tt.tenant...))
			require.Len(t, ds, len(tt.want), "%v", ds)
			for i, d := range ds {
				assert.Equal(t, schema.Warning, d.Severity)
				assert.Contains(t, d.Detail, tt.want[i])
				assert.Equal(t, 2, d.Subject.Start.Line)
			}
		})
	}
}

// TestNamesOfOtherStrategies: a name that a connection of another strategy holds
// is neither created nor called missing.
func TestNamesOfOtherStrategies(t *testing.T) {
	created := block(schema.SAMLConnection, "a", map[string]any{"name": "acme"})
	existing := block(schema.SAMLConnection, "b", map[string]any{"name": "beta"})
	existing.Existing = true
	cfg := config(created, existing, block(schema.SAMLConnection, "c", map[string]any{"name": "free"}))
	snap := snapshot(schema.Connections)
	b, _ := plan.Bind(cfg, snap)
	assert.Equal(t, []string{"acme", "beta", "free"}, plan.Unfound(cfg, b))

	for _, name := range []string{"acme", "beta", "unrelated"} {
		snap.Others = append(snap.Others, observed("con_"+name, map[string]any{"name": name, "strategy": "pingfederate"}))
	}
	_, ds := plan.Bind(cfg, snap)
	require.Len(t, ds, 2)
	for i, name := range []string{"acme", "beta"} {
		assert.Equal(t, schema.Error, ds[i].Severity)
		assert.Contains(t, ds[i].Detail, `A connection named "`+name+`" exists on the tenant (con_`+name+`) with the strategy pingfederate`)
	}
}
