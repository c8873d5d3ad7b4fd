package sandbox

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEdit(t *testing.T) {
	store, err := OpenStore(filepath.Join(t.TempDir(), "s.json"))
	require.NoError(t, err)
	tt := newTenantFor(t, Options{Store: store})
	id := text(tt.want(201, "POST", "/clients", `{"name":"first"}`), "client_id")
	require.NoError(t, tt.Edit(func(tenant map[string]any) {
		tenant["clients"] = append(tenant["clients"].([]any), map[string]any{"client_id": "second", "name": "second", "number": 7})
		tenant["tenant_settings"].(map[string]any)["friendly_name"] = "by hand"
	}))
	assert.Equal(t, number(7), tt.want(200, "GET", "/clients/second", nil)["number"])
	assert.Equal(t, "by hand", tt.want(200, "GET", "/tenants/settings", nil)["friendly_name"])
	before, err := tt.Snapshot()
	require.NoError(t, err)

	err = tt.Edit(func(tenant map[string]any) { tenant["clients"] = []any{map[string]any{"name": 3}} })
	require.ErrorContains(t, err, "seed: clients[0].name: expected a string, found integer")
	after, err := tt.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "a refused edit changes nothing")

	again, err := OpenStore(store.Path())
	require.NoError(t, err)
	saved := newTenantFor(t, Options{Store: again})
	saved.want(200, "GET", "/clients/second", nil)
	require.NoError(t, tt.Edit(func(tenant map[string]any) { tenant["clients"] = []any{} }))
	tt.want(404, "GET", "/clients/"+id, nil)
	_, v := tt.call("GET", "/clients", nil)
	assert.Equal(t, []string{"All Applications"}, names(v), "every tenant has the global client")
}

func TestPatchObject(t *testing.T) {
	store, err := OpenStore(filepath.Join(t.TempDir(), "s.json"))
	require.NoError(t, err)
	tt := newTenantFor(t, Options{Store: store})
	require.NoError(t, tt.Load([]byte(`{"connections":[{"id":"con_1","name":"a","strategy":"samlp","options":{"debug":true,"icon_url":"x"}},{"id":"con_2","name":"b"}]}`)))
	old := tt.want(200, "GET", "/connections/con_1", nil)
	require.NoError(t, tt.PatchObject("connections", "con_1", map[string]any{"name": "z", "options": map[string]any{"icon_url": nil, "n": 1}}))
	o := tt.want(200, "GET", "/connections/con_1", nil)
	assert.Equal(t, object{"debug": true, "n": number(1)}, o["options"])
	assert.Equal(t, object{"debug": true, "icon_url": "x"}, old["options"], "what was read before stays")
	_, v := tt.call("GET", "/connections", nil)
	assert.Equal(t, []string{"b", "z"}, names(v))
	require.NoError(t, tt.PatchObject("tenant_settings", "", map[string]any{"flags": map[string]any{"enable_sso": false}}))
	flags := child(tt.want(200, "GET", "/tenants/settings", nil), "flags")
	assert.Equal(t, false, flags["enable_sso"])
	assert.Equal(t, true, flags["universal_login"])

	again, err := OpenStore(store.Path())
	require.NoError(t, err)
	assert.Equal(t, "z", newTenantFor(t, Options{Store: again}).want(200, "GET", "/connections/con_1", nil)["name"])
	for want, err := range map[string]error{
		`no list of objects is called "rules"`:        tt.PatchObject("rules", "x", nil),
		`no object of connections has the id "con_9"`: tt.PatchObject("connections", "con_9", nil),
		`id of con_1 cannot change`:                   tt.PatchObject("connections", "con_1", map[string]any{"id": "con_3"}),
		`con_1 would be the same object as con_2`:     tt.PatchObject("connections", "con_1", map[string]any{"name": "b"}),
		`encode JSON: json: unsupported type: func()`: tt.PatchObject("connections", "con_1", map[string]any{"f": func() {}}),
	} {
		require.ErrorContains(t, err, want)
	}
	for _, part := range objectParts() {
		assert.NotNil(t, tt.tenant.collectionOf(part), part)
	}
}
