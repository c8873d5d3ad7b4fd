package sandbox

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSeedRefusals(t *testing.T) {
	tt := newTenantFor(t, Options{})
	before, err := tt.Snapshot()
	require.NoError(t, err)
	for seed, want := range map[string][]string{
		`{"conections":[]}`:                    {`seed: conections: unknown key; did you mean "connections"?`},
		`{"zzz":[]}`:                           {"seed: zzz: unknown key; a seed has tenant_settings, clients"},
		`{"clients":{}}`:                       {"seed: clients: expected an array, found object"},
		`{"clients":[1],"tenant_settings":[]}`: {"seed: clients[0]: expected an object, found integer", "seed: tenant_settings: expected an object, found array"},
		`{"clients":[{"name":7}]}`:             {"seed: clients[0].name: expected a string, found integer"},
		`{"clients":[{}]}`:                     {"seed: clients[0]: has neither client_id nor anything to derive it from"},
		`{"clients":[{"client_id":"a"},{"client_id":"a"}]}`:                        {`seed: clients[1].client_id: "a" appears twice`},
		`{"connections":[{"name":"a"},{"id":"x","name":"a"}]}`:                     {"seed: connections[1]: the same object as"},
		`{"connection_clients":{"con_x":[]}}`:                                      {"seed: connection_clients.con_x: no connection has that id"},
		`{"connections":[{"id":"c","name":"a"}],"connection_clients":{"c":["x"]}}`: {`seed: connection_clients.c[0]: expected {"client_id": "..."}, found string`},
		`{"connections":[{"id":"c","name":"a","enabled_clients":[""]}]}`:           {"seed: connections[c].enabled_clients[0]: expected a client id"},
		`{"organizations":{}}`:                                                     {"seed: organizations: expected an array, found object"},
		`[]`:                                                                       {`seed: expected a JSON object with keys such as "clients", found array`},
		`{} x`:                                                                     {"seed: "},
		``:                                                                         {"seed: the document is empty"},
	} {
		err := tt.Load([]byte(seed))
		for _, w := range want {
			require.ErrorContains(t, err, w, seed)
		}
	}
	after, err := tt.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "a refused seed changes nothing")
}

func TestSeedIsKeptLosslessly(t *testing.T) {
	const seed = `{"clients":[{"client_id":"a","name":"A","number":1.0,"big":12345678901234567890,"unknown":{"k":[null,1e3]}}],
		"connections":[{"id":"con_2","name":"z","strategy":"samlp","options":{"odd":[{"b":1,"a":2}]}},{"id":"con_1","name":"a","strategy":"samlp"}],
		"organizations":[{"id":"org_1","future":true}],"organization_enabled_connections":{"org_1":[{"connection_id":"con_1"}]},
		"client_grants":[{"id":"cgr_1","client_id":"a","audience":"x"}],"organization_client_grants":{"org_1":[{"id":"cgr_1"}]},
		"guardian_policies":["all-applications"],"action_bindings":[{"trigger":"post-login"}],"custom_domains":[{"custom_domain_id":"cd_1"}],
		"connection_clients":{"con_1":[{"client_id":"b"},{"client_id":"a"}]},"tenant_settings":{"session_lifetime":0.0833}}`
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(seed)))
	snap, err := tt.Snapshot()
	require.NoError(t, err)
	want, err := decode([]byte(seed))
	require.NoError(t, err)
	got, err := decode(snap)
	require.NoError(t, err)
	for key, v := range want.(object) {
		if list, ok := v.([]any); ok && key == "clients" {
			assert.Equal(t, list, got.(object)[key].([]any)[:len(list)], key)
			continue
		}
		assert.Equal(t, v, got.(object)[key], key)
	}
	require.NoError(t, tt.Load(snap))
	again, err := tt.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, string(snap), string(again))
}

func TestSeedDerivesMissingIDs(t *testing.T) {
	const seed = `{"clients":[{"name":"A"},{"name":"A"}],"connections":[{"name":"c","strategy":"samlp","enabled_clients":["x","y"]}],"resource_servers":[{"identifier":"api"}],"client_grants":[{"client_id":"x","audience":"api"}]}`
	one, two := newTenantFor(t, Options{}), newTenantFor(t, Options{})
	require.NoError(t, one.Load([]byte(seed)))
	require.NoError(t, two.Load([]byte(seed)))
	a, err := one.Snapshot()
	require.NoError(t, err)
	b, err := two.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, string(a), string(b))
	_, v := one.call("GET", "/connections", nil)
	con := v.([]any)[0].(object)
	assert.Regexp(t, `^con_[A-Za-z0-9]{16}$`, con["id"])
	assert.NotContains(t, con, "enabled_clients")
	assert.Len(t, one.want(200, "GET", "/connections/"+text(con, "id")+"/clients", nil)["clients"], 2)
}

func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".tacit", "sandbox.json")
	store, err := OpenStore(path)
	require.NoError(t, err)
	tt := newTenantFor(t, Options{Store: store})
	_, err = os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist, "nothing written before the first write")
	id := text(tt.want(201, "POST", "/clients", `{"name":"kept"}`), "client_id")
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		info, err = os.Stat(filepath.Dir(path))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
	saved, err := os.ReadFile(path)
	require.NoError(t, err)
	tt.want(400, "POST", "/clients", `{}`)
	snap, err := tt.Snapshot()
	require.NoError(t, err)
	held, _, logged := strings.Cut(string(saved), ",\n  \"logs\"")
	assert.True(t, logged)
	assert.Equal(t, held+"\n}\n", string(snap))

	again, err := OpenStore(path)
	require.NoError(t, err)
	o := newTenantFor(t, Options{Store: again}).want(200, "GET", "/clients/"+id, nil)
	assert.Equal(t, "kept", o["name"])
}

func TestCorruptStoreIsNeverOverwritten(t *testing.T) {
	for name, content := range map[string]string{"half": `{"clients":[`, "empty": ``, "array": `[]`, "strange": `{"clients":7}`} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sandbox.json")
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			store, err := OpenStore(path)
			if err == nil {
				_, err = New(Options{Store: store})
			}
			require.ErrorContains(t, err, path)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, content, string(left))
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"clients":[{"name":"a","global":true}],"connections":[{"name":"c","strategy":"samlp","enabled_clients":["a"]}]}`))
	f.Add([]byte(`{"resource_servers":[{"identifier":"x","is_system":true}],"client_grants":[{"client_id":"a","audience":"x"}],"tenant_settings":{}}`))
	f.Add([]byte(`{"connections":[{"name":"c","enabled_clients":[""]}]}`))
	f.Add([]byte(`{"organizations":[{"id":"org_1","name":"o"}],"organization_enabled_connections":{"org_1":[{"connection_id":"c"}]},"custom_domains":[{"domain":"d"}],"guardian_policies":["x"],"action_bindings":{"post-login":[1]}}`))
	f.Add([]byte(`{"organizations":[{"id":"org_1","name":"o"}],"client_grants":[{"id":"g","client_id":"a","audience":"x"}],"organization_client_grants":{"org_1":[{"id":"g"},{"id":"gone"}]}}`))
	f.Add([]byte(`{"connection_clients":{"c":[{"client_id":"a"}]},"connections":[{"id":"c"}],"organizations":[]}`))
	f.Fuzz(func(t *testing.T, seed []byte) {
		tt := newTenantFor(t, Options{})
		if tt.Load(seed) != nil {
			return
		}
		first, err := tt.Snapshot()
		require.NoError(t, err)
		require.NoError(t, tt.Load(first), "a snapshot is a seed")
		second, err := tt.Snapshot()
		require.NoError(t, err)
		require.True(t, bytes.Equal(first, second), "load and snapshot are inverse:\n%s\n%s", first, second)
		for _, path := range []string{"/clients", "/connections?take=5", "/resource-servers", "/client-grants", "/tenants/settings", "/custom-domains?take=1", "/organizations?take=1", "/guardian/policies", "/actions/triggers/post-login/bindings"} {
			status, _ := tt.call("GET", path, nil)
			require.Equal(t, 200, status)
		}
	})
}
