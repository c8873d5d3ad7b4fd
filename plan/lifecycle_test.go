package plan_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

func at(t *testing.T, s string) schema.Address {
	t.Helper()
	a, err := schema.ParseAddress(s)
	require.NoError(t, err)
	return a
}

func spaWith(id, name string, metadata map[string]any) *schema.Observed {
	return client(id, name, map[string]any{
		"token_endpoint_auth_method": "none", "oidc_conformant": true, "jwt_configuration": map[string]any{"alg": "RS256"},
		"grant_types": []any{"authorization_code"}, "client_metadata": metadata,
	})
}

func TestMovedObjectsAreFoundByTheirOldMark(t *testing.T) {
	moved := func(pairs ...string) []*schema.Move {
		var out []*schema.Move
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, &schema.Move{From: at(t, pairs[i]), To: at(t, pairs[i+1]), Src: &schema.Range{}})
		}
		return out
	}
	mark := func(m string) map[string]any { return map[string]any{"tacit": m} }
	tests := map[string]struct {
		moved  []*schema.Move
		tenant []*schema.Observed
		id     string // "" when p is to be created
		from   string
		remark string
	}{
		"old mark, new name":    {moved("spa_client.old", "spa_client.p"), []*schema.Observed{spaWith("A", "Old name", mark("prod/spa_client.old"))}, "A", "spa_client.old", ""},
		"oldest of a chain":     {moved("spa_client.b", "spa_client.p", "spa_client.a", "spa_client.b"), []*schema.Observed{spaWith("A", "X", mark("prod/spa_client.a"))}, "A", "spa_client.a", ""},
		"out of for_each":       {moved(`spa_client.old["k"]`, "spa_client.p"), []*schema.Observed{spaWith("A", "X", mark(`prod/spa_client.old["k"]`))}, "A", `spa_client.old["k"]`, ""},
		"done already":          {moved("spa_client.old", "spa_client.p"), []*schema.Observed{spaWith("A", "P", mark("prod/spa_client.p"))}, "A", "", ""},
		"both are there":        {moved("spa_client.old", "spa_client.p"), []*schema.Observed{spaWith("A", "P", mark("prod/spa_client.p")), spaWith("B", "P", mark("prod/spa_client.old"))}, "A", "", "Not moved"},
		"old mark twice":        {moved("spa_client.old", "spa_client.p"), []*schema.Observed{spaWith("A", "X", mark("prod/spa_client.old")), spaWith("B", "X", mark("prod/spa_client.old"))}, "", "", "Found more than once on the tenant"},
		"another's mark":        {moved("spa_client.old", "spa_client.p"), []*schema.Observed{spaWith("A", "X", mark("dev/spa_client.old"))}, "", "", ""},
		"by name, no block":     {nil, []*schema.Observed{spaWith("A", "P", mark("prod/spa_client.old"))}, "A", "spa_client.old", ""},
		"of the other by move":  {moved("spa_client.old", "spa_client.q"), []*schema.Observed{spaWith("A", "P", mark("prod/spa_client.old"))}, "", "", ""},
		"moved and nothing yet": {moved("spa_client.old", "spa_client.p"), nil, "", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, q := block(schema.SPAClient, "p", map[string]any{"name": "P"}), block(schema.SPAClient, "q", map[string]any{"name": "Q"})
			cfg := config(p, q)
			cfg.Moved = tt.moved
			b, ds := plan.Bind(cfg, snapshot(schema.Clients, tt.tenant...))
			if tt.remark != "" {
				require.Len(t, ds, 1)
				assert.Equal(t, tt.remark, ds[0].Summary)
			} else {
				require.Empty(t, ds)
			}
			id, _ := b.IDs()(p.Addr)
			assert.Equal(t, tt.id, id)
			if tt.from == "" {
				assert.NotContains(t, b.Moved, p.Addr)
				return
			}
			assert.Equal(t, tt.from, b.Moved[p.Addr].String())
			made, ds := plan.Make(cfg, b, nil)
			require.Empty(t, ds)
			c := made.Changes[0]
			assert.Equal(t, tt.from, c.MovedFrom)
			assert.True(t, c.Owned)
			last := c.Attributes[len(c.Attributes)-1]
			assert.Equal(t, "client_metadata.tacit", last.Name)
			assert.Equal(t, "prod/spa_client.p", last.After.Shown())
			assert.Equal(t, "moved from "+tt.from, last.Why[0].Text)
		})
	}
}

func TestImportBindsByID(t *testing.T) {
	mark := func(m string) map[string]any { return map[string]any{"tacit": m} }
	tests := map[string]struct {
		tenant  []*schema.Observed
		id      string
		found   string
		takes   bool
		problem string
	}{
		"unmarked":            {[]*schema.Observed{spaWith("A", "Else", nil)}, "A", "A", true, ""},
		"old mark of ours":    {[]*schema.Observed{spaWith("A", "Else", mark("prod/spa_client.gone"))}, "A", "A", true, ""},
		"not the one by name": {[]*schema.Observed{spaWith("A", "P", nil), spaWith("B", "Else", nil)}, "B", "B", true, ""},
		"not there":           {[]*schema.Observed{spaWith("A", "P", nil)}, "Z", "", false, "Not found on the tenant"},
		"done already":        {[]*schema.Observed{spaWith("A", "P", mark("prod/spa_client.p"))}, "A", "A", false, "Import block no longer needed"},
		"another one is":      {[]*schema.Observed{spaWith("A", "P", mark("prod/spa_client.p")), spaWith("B", "P", nil)}, "B", "A", false, "Import of another object"},
		"another workspace's": {[]*schema.Observed{spaWith("A", "P", mark("dev/spa_client.p"))}, "A", "", false, "Owned by another configuration"},
		"another block's":     {[]*schema.Observed{spaWith("A", "P", mark("prod/spa_client.q"))}, "A", "", false, "Declared twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := block(schema.SPAClient, "p", map[string]any{"name": "P"})
			cfg := config(p, block(schema.SPAClient, "q", map[string]any{"name": "Q"}))
			cfg.Imports = []*schema.Import{{To: p.Addr, ID: tt.id, Src: &schema.Range{File: "i.hcl"}}}
			b, ds := plan.Bind(cfg, snapshot(schema.Clients, tt.tenant...))
			if tt.problem != "" {
				require.Len(t, ds, 1)
				assert.Equal(t, tt.problem, ds[0].Summary)
			} else {
				require.Empty(t, ds)
			}
			id, _ := b.IDs()(p.Addr)
			assert.Equal(t, tt.found, id)
			assert.Equal(t, tt.takes, b.Imported[p.Addr])
			if !tt.takes {
				return
			}
			made, ds := plan.Make(cfg, b, nil)
			require.Empty(t, ds)
			c := made.Changes[0]
			assert.True(t, c.Imported)
			assert.True(t, c.Owned)
			assert.Equal(t, plan.Update, c.Action)
			last := c.Attributes[len(c.Attributes)-1]
			assert.Equal(t, "taken over by an import block", last.Why[0].Text)
		})
	}
}

func TestImportAndClientIDMustAgree(t *testing.T) {
	p := block(schema.SPAClient, "p", map[string]any{"client_id": "A"})
	cfg := config(p)
	cfg.Imports = []*schema.Import{{To: p.Addr, ID: "B", Src: &schema.Range{}}}
	_, ds := plan.Bind(cfg, snapshot(schema.Clients, spaWith("A", "P", nil), spaWith("B", "P", nil)))
	require.Len(t, ds, 1)
	assert.Equal(t, "Import of another object", ds[0].Summary)
}

func TestTheMarkNeedsRoomInTheMetadata(t *testing.T) {
	keys := func(n int, v any) map[string]any {
		out := map[string]any{}
		for i := range n {
			out[fmt.Sprintf("k%d", i)] = v
		}
		return out
	}
	with := func(m map[string]any, k string, v any) map[string]any { m[k] = v; return m }
	tests := map[string]struct {
		want map[string]any
		have map[string]any
		full bool
	}{
		"ten on create":               {keys(10, "v"), nil, true},
		"nine on create":              {keys(9, "v"), nil, false},
		"ten, not owned":              {keys(10, "v"), map[string]any{}, false},
		"nine and one of the tenant":  {keys(9, "v"), map[string]any{"tacit": "prod/spa_client.p", "crm": "1"}, true},
		"nine, the same ones":         {keys(9, "v"), with(keys(9, "v"), "tacit", "prod/spa_client.p"), false},
		"one goes, another one comes": {with(map[string]any{"k0": nil}, "new", "v"), with(keys(9, "v"), "tacit", "prod/spa_client.p"), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := block(schema.SPAClient, "p", map[string]any{"name": "P", "client_metadata": tt.want})
			var tenant []*schema.Observed
			if tt.have != nil {
				tenant = append(tenant, spaWith("A", "P", tt.have))
			}
			_, ds := plan.Bind(config(p), snapshot(schema.Clients, tenant...))
			if !tt.full {
				require.Empty(t, ds)
				return
			}
			require.Len(t, ds, 1)
			assert.Equal(t, "Too many metadata keys", ds[0].Summary)
		})
	}
}
