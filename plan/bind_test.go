package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

func block(k *schema.Kind, name string, wants map[string]any) *schema.Object {
	o := &schema.Object{
		Kind: k, Addr: schema.Address{Kind: k.Name, Name: name},
		Src: &schema.Range{File: name + ".hcl", Start: schema.Pos{Line: 1}}, Wants: make([]schema.Want, len(k.Attrs)),
	}
	for n, v := range wants {
		*o.Want(n) = schema.Want{Mode: schema.Exactly, V: v, Src: &schema.Range{File: name + ".hcl", Start: schema.Pos{Line: 2}}}
	}
	return o
}

func config(objects ...*schema.Object) *schema.Config {
	return &schema.Config{Workspace: "prod", Objects: objects}
}

func observed(id string, body map[string]any) *schema.Observed {
	return &schema.Observed{ID: id, Raw: body, Relations: map[string]schema.Relation{"connection_clients": {Complete: true}}}
}

func client(id, name string, more map[string]any) *schema.Observed {
	body := map[string]any{"client_id": id, "name": name, "app_type": "spa"}
	for k, v := range more {
		body[k] = v
	}
	return observed(id, body)
}

func snapshot(c schema.Collection, os ...*schema.Observed) *schema.Snapshot {
	return &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{c: os}}
}

func marked(mark string) map[string]any {
	return map[string]any{"client_metadata": map[string]any{"tacit": mark}}
}

func TestBindClients(t *testing.T) {
	portal := map[string]any{"name": "Portal"}
	tests := map[string]struct {
		object  *schema.Object
		tenant  []*schema.Observed
		want    string // id, "" when it is to be created
		owned   bool
		problem string
	}{
		"nothing there":                  {block(schema.SPAClient, "p", portal), nil, "", false, ""},
		"by name":                        {block(schema.SPAClient, "p", portal), []*schema.Observed{client("A", "Portal", nil)}, "A", false, ""},
		"by mark before name":            {block(schema.SPAClient, "p", portal), []*schema.Observed{client("A", "Portal", nil), client("B", "Renamed", marked("prod/spa_client.p"))}, "B", true, ""},
		"by client_id before all":        {block(schema.SPAClient, "p", map[string]any{"client_id": "C", "name": "Portal"}), []*schema.Observed{client("A", "Portal", nil), client("C", "X", nil)}, "C", false, ""},
		"client_id that is not there":    {block(schema.SPAClient, "p", map[string]any{"client_id": "C"}), []*schema.Observed{client("A", "Portal", nil)}, "", false, "Not found on the tenant"},
		"two of the name":                {block(schema.SPAClient, "p", portal), []*schema.Observed{client("A", "Portal", nil), client("B", "Portal", nil)}, "", false, "Found more than once on the tenant"},
		"not a SPA, but of the name":     {block(schema.SPAClient, "p", portal), []*schema.Observed{client("A", "Portal", map[string]any{"app_type": "regular_web"})}, "A", false, ""},
		"a SPA before others":            {block(schema.SPAClient, "p", portal), []*schema.Observed{client("A", "Portal", map[string]any{"app_type": "regular_web"}), client("B", "Portal", nil)}, "B", false, ""},
		"any type for kind client":       {block(schema.Client, "p", portal), []*schema.Observed{client("A", "Portal", map[string]any{"app_type": "regular_web"})}, "A", false, ""},
		"kind client that is not there":  {block(schema.Client, "p", portal), nil, "", false, "Not found on the tenant"},
		"another workspace's":            {block(schema.SPAClient, "p", portal), []*schema.Observed{client("A", "Portal", marked("dev/spa_client.p"))}, "", false, "Owned by another configuration"},
		"duplicate marks":                {block(schema.SPAClient, "p", portal), []*schema.Observed{client("A", "Portal", marked("prod/spa_client.p")), client("B", "Portal", marked("prod/spa_client.p"))}, "", false, "Found more than once on the tenant"},
		"the global client is never one": {block(schema.Client, "p", map[string]any{"name": "All Applications"}), []*schema.Observed{client("G", "All Applications", map[string]any{"global": true})}, "", false, "Not found on the tenant"},
		"neither id nor name":            {block(schema.SPAClient, "p", nil), nil, "", false, "Nothing to find it by"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, ds := plan.Bind(config(tt.object), snapshot(schema.Clients, tt.tenant...))
			if tt.problem != "" {
				require.Len(t, ds, 1)
				assert.Equal(t, tt.problem, ds[0].Summary)
				assert.NotNil(t, ds[0].Subject, "points at the configuration")
				return
			}
			require.Empty(t, ds)
			id, _ := b.IDs()(tt.object.Addr)
			assert.Equal(t, tt.want, id)
			assert.Equal(t, tt.owned, b.Owned[tt.object.Addr])
		})
	}
}

func TestBindRefusesTwoBlocksForOneObject(t *testing.T) {
	_, ds := plan.Bind(config(
		block(schema.API, "a", map[string]any{"identifier": "https://api/"}),
		block(schema.API, "b", map[string]any{"identifier": "https://api/"}),
	), snapshot(schema.ResourceServers))
	require.Len(t, ds, 1)
	assert.Equal(t, "Declared twice", ds[0].Summary)
	assert.Len(t, ds[0].Also, 1, "shows the first place too")
}

func TestBindResolvesNamesThatHoldIDs(t *testing.T) {
	app := block(schema.Client, "app", map[string]any{"name": "App"})
	name := &schema.Template{Parts: []schema.Part{{Lit: "for-"}, {Addr: &app.Addr}}}
	conn := block(schema.SAMLConnection, "c", map[string]any{"name": name})
	snap := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{
		schema.Clients:     {client("A", "App", nil)},
		schema.Connections: {observed("con_1", map[string]any{"name": "for-A"})},
	}}
	b, ds := plan.Bind(config(conn, app), snap)
	require.Empty(t, ds)
	id, _ := b.IDs()(conn.Addr)
	assert.Equal(t, "con_1", id)
}
