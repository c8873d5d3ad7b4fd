package apply_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// undo takes a run back, journalled as a run of its own.
func (d *diary) undo(t tb, on apply.Tenant, run string) (*apply.Undoing, *apply.Result, error) {
	t.Helper()
	past := d.read(t, run)
	d.runs++
	h := past.Head
	h.Run, h.Undoes = d.head().Run, run
	r := apply.Runner{Tenant: on, Guard: plan.Guard{Domain: domain, Connections: true}, Sleep: d.sleep, Parallelism: d.parallel}
	_, err := r.Recover(bg(), d.journals(), h, d.clock.now)
	require.NoError(t, err)
	u, err := r.Undo(bg(), d.read(t, run))
	require.NoError(t, err)
	result, err := d.carry(t, r, h, u.Plan, func(schema.Address) (string, bool) { return "", false })
	return u, result, err
}

// otherCert is a certificate that a tenant had before.
func otherCert(t tb) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// readable gives the connections of a generated tenant a certificate that Auth0
// would take back.
func readable(seed map[string]any, cert string) map[string]any {
	conns, _ := seed["connections"].([]any)
	for _, c := range conns {
		c.(map[string]any)["options"].(map[string]any)["signingCert"] = cert
	}
	return seed
}

// same compares two tenants: derived keys aside, and where nothing was set, what
// Auth0 takes for nothing.
func same(t tb, before, after map[string]any) {
	t.Helper()
	derived := func(path string) bool {
		for _, k := range []string{"cert", "expires", "thumbprints"} {
			if strings.HasSuffix(path, ".options."+k) {
				return true
			}
		}
		return strings.Contains(path, ".options.subject")
	}
	for path, was := range before {
		if !derived(path) {
			require.Equalf(t, was, after[path], "%s is not as it was", path)
		}
	}
	for path, is := range after {
		if _, ok := before[path]; ok || derived(path) {
			continue
		}
		nothing := slices.Contains([]any{"", false, "HS256"}, is)
		if list, ok := is.([]any); ok {
			nothing = len(list) == 0
		}
		require.Truef(t, nothing, "%s was not there before: %v", path, is)
	}
}

// TestUndoRestores: for any configuration and tenant, stopped anywhere and run
// again, undoing the runs gives back the tenant. So does an undo that is stopped
// and run again; and a second undo finds nothing to do.
func TestUndoRestores(t *testing.T) {
	cert := otherCert(t)
	undone, halted, deleted, dirs := 0, 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		g := generator{rt}
		cfg := g.config()
		srv, ten := open(rt, readable(g.tenant(cfg), cert))
		if p, _, ok := makePlan(rt, ten, cfg); !ok || len(p.Changes) == 0 {
			return
		}
		before := members(state(rt, srv), rt, ten)
		dirs++
		dir := filepath.Join(t.TempDir(), strconv.Itoa(dirs))
		require.NoError(rt, os.Mkdir(dir, 0o700))
		d := newDiary(dir)
		runs := g.runs(rt, d, ten, cfg)
		if len(runs) > 1 {
			halted++
		}
		certain := true
		slices.Reverse(runs)
		for _, run := range runs {
			bad := &saboteur{Tenant: ten, n: rapid.IntRange(0, 8).Draw(rt, "undo write"), harm: rapid.SampledFrom(harms()).Draw(rt, "undo harm")}
			_, _, _ = d.undo(rt, bad, run)
			u, _, err := d.undo(rt, ten, run)
			require.NoError(rt, err)
			for _, l := range u.Left {
				require.Equal(rt, apply.LeftUncertain, l.Reason, l.Summary())
				certain = false
			}
			for _, c := range u.Plan.Changes {
				if c.Action == plan.Delete {
					deleted++
				}
			}
			u, _, err = d.undo(rt, ten, run)
			require.NoError(rt, err)
			require.Empty(rt, u.Plan.Changes, "a second undo")
		}
		if certain {
			same(rt, before, members(state(rt, srv), rt, ten))
			undone++
		}
	})
	t.Logf("%d tenants given back, %d of them after a stopped run; %d objects deleted", undone, halted, deleted)
	require.Greater(t, undone, least(30))
}

// runs applies the configuration, in one run or in two.
func (g generator) runs(t tb, d *diary, ten *mgmt.Tenant, cfg *schema.Config) []string {
	var out []string
	if g.flip("stopped") {
		bad := &saboteur{Tenant: ten, n: rapid.IntRange(1, 9).Draw(g.t, "write"), harm: rapid.SampledFrom(harms()).Draw(g.t, "harm")}
		_, _, _, _ = d.run(t, bad, ten, cfg)
		out = append(out, d.head().Run)
		d.runs++
	}
	run, _, _, err := d.run(t, ten, ten, cfg)
	require.NoError(t, err)
	return append(out, run)
}

// members adds which clients are enabled on which connections.
func members(s map[string]any, t tb, ten *mgmt.Tenant) map[string]any {
	t.Helper()
	list, err := ten.List(bg(), schema.Connections, nil)
	require.NoError(t, err)
	for _, o := range list {
		ids, err := ten.ConnectionClients(bg(), o.ID)
		require.NoError(t, err)
		for _, id := range ids {
			s["member "+o.ID+" "+id] = true
		}
	}
	return s
}

func TestUndoRefusesWhatMoved(t *testing.T) {
	_, ten := open(t, map[string]any{"resource_servers": []any{map[string]any{
		"id": "5ec0de000000000000000001", "identifier": "https://api.example/", "signing_alg": "RS256", "skip_consent_for_verifiable_first_party_clients": false,
	}}})
	d := newDiary(t.TempDir())
	run, result, _, err := d.run(t, ten, ten, customers(3))
	require.NoError(t, err)
	ids := map[string]string{}
	for _, e := range result.Events {
		ids[e.Address] = e.ID
	}
	edit := func(c schema.Collection, id string, body map[string]any) {
		_, err := ten.Update(t.Context(), c, id, body)
		require.NoError(t, err)
	}
	edit(schema.Connections, ids[`saml_connection.customer["c0001"]`], map[string]any{"display_name": "Not tacit's"})
	other, err := ten.Create(t.Context(), schema.Clients, map[string]any{"name": "Other"})
	require.NoError(t, err)
	require.NoError(t, ten.SetConnectionClients(t.Context(), ids[`saml_connection.customer["c0002"]`], []string{other.ID}, nil))

	// An unmanaged attribute is nobody's change; another member is one.
	u, err := apply.Runner{Tenant: ten, Guard: plan.Guard{Connections: true}}.Undo(t.Context(), d.read(t, run))
	require.NoError(t, err)
	assert.Equal(t, []string{
		`saml_connection.customer["c0002"] (clients): it was changed since`,
		`spa_client.portal: saml_connection.customer["c0002"] stays and uses it`,
	}, summaries(u))
	assert.Equal(t, []string{"update api.orders", `delete saml_connection.customer["c0000"]`, `delete saml_connection.customer["c0001"]`}, planned(u))

	edit(schema.Clients, ids["spa_client.portal"], map[string]any{"callbacks": []any{"https://theirs.example"}})
	edit(schema.ResourceServers, ids["api.orders"], map[string]any{"signing_alg": "PS256", "skip_consent_for_verifiable_first_party_clients": false})
	u, err = apply.Runner{Tenant: ten}.Undo(t.Context(), d.read(t, run))
	require.NoError(t, err)
	assert.Empty(t, planned(u), "already as before")
	assert.Equal(t, []string{
		`saml_connection.customer["c0000"]: deleting a connection deletes its users`,
		`saml_connection.customer["c0001"]: deleting a connection deletes its users`,
		`saml_connection.customer["c0002"]: deleting a connection deletes its users`,
		"spa_client.portal (callbacks): it was changed since",
	}, summaries(u))
}

func summaries(u *apply.Undoing) []string {
	var out []string
	for _, l := range u.Left {
		out = append(out, l.Summary())
	}
	return out
}

func planned(u *apply.Undoing) []string {
	var out []string
	for _, c := range u.Plan.Changes {
		out = append(out, string(c.Action)+" "+c.Address)
	}
	return out
}

// TestUndoOfWhatCannotComeBack names what undo cannot do.
func TestUndoOfWhatCannotComeBack(t *testing.T) {
	_, ten := open(t, map[string]any{
		"resource_servers": []any{map[string]any{"id": "5ec0de000000000000000001", "identifier": "https://api.example/", "signing_alg": "RS256"}},
		"connections":      []any{map[string]any{"id": "con_0000000000000001", "name": "c0000", "strategy": "samlp", "options": map[string]any{"signInEndpoint": "https://old.example", "signingCert": certificate}}},
	})
	cfg := customers(1)
	for _, o := range cfg.Objects {
		switch o.Kind {
		case schema.API:
			set(o, "name", "Named")
		case schema.SAMLConnection:
			set(o, "display_name", "Named")
		}
	}
	d := newDiary(t.TempDir())
	run, _, _, err := d.run(t, ten, ten, cfg)
	require.NoError(t, err)
	u, _, err := d.undo(t, ten, run)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"api.orders (name): it was not set before the run, and Auth0 cannot unset it",
		`saml_connection.customer["c0000"] (display_name): it was not set before the run, and Auth0 cannot unset it`,
	}, summaries(u))
	obs, err := ten.Get(t.Context(), schema.Connections, "con_0000000000000001")
	require.NoError(t, err)
	_, p := obs.At("options.idpinitiated")
	assert.Equal(t, schema.Absent, p, "what was made on the way goes too")

	// Undoing the undo: what it deleted does not come back, what it changed does.
	u, err = apply.Runner{Tenant: ten}.Undo(t.Context(), d.read(t, d.head().Run))
	require.NoError(t, err)
	assert.Equal(t, []string{
		`saml_connection.customer["c0000"] (clients): the application ` + past(t, d, run, "spa_client.portal") + `, which the run disabled, no longer exists`,
		`spa_client.portal: the run deleted it, and Auth0 cannot bring it back; apply creates a new one when a block declares it`,
	}, summaries(u))
	assert.Equal(t, []string{"update api.orders", `update saml_connection.customer["c0000"]`}, planned(u))
}

func past(t *testing.T, d *diary, run, address string) string {
	t.Helper()
	for _, s := range d.read(t, run).Steps {
		if s.Address == address {
			return s.Made
		}
	}
	return ""
}

// TestUndoShowsAsPlan: the plan of an undo has a JSON form like any other.
func TestUndoShowsAsPlan(t *testing.T) {
	_, ten := open(t, map[string]any{})
	d := newDiary(t.TempDir())
	run, _, _, err := d.run(t, ten, ten, customers(2))
	require.NoError(t, err)
	u, err := apply.Runner{Tenant: ten, Guard: plan.Guard{Connections: true}}.Undo(t.Context(), d.read(t, run))
	require.NoError(t, err)
	assert.Equal(t, []string{`delete saml_connection.customer["c0000"]`, `delete saml_connection.customer["c0001"]`, "delete spa_client.portal", "delete api.orders"}, planned(u),
		"whatever holds an id goes before what it names")
	raw, err := json.Marshal(u.Plan)
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"action":"delete"`)
	_, _, destroy := u.Plan.Counts()
	assert.Equal(t, 4, destroy)
	assert.Equal(t, fmt.Sprint(2*4), fmt.Sprint(u.Plan.Budget.Apply), "a look and a request each")
}

// TestUndoOfTheNameless: a journal keeps no sensitive name, so what was created
// under one without a mark cannot be looked up, and undo says so.
func TestUndoOfTheNameless(t *testing.T) {
	_, ten := open(t, map[string]any{})
	cfg := customers(1)
	cfg.Objects[0].Want("identifier").Sensitive = true
	d := newDiary(t.TempDir())
	_, _, _, err := d.run(t, &saboteur{Tenant: ten, n: 1, harm: killedAfter}, ten, cfg)
	require.ErrorIs(t, err, errDead)
	_, result, found, err := d.run(t, ten, ten, cfg)
	require.NoError(t, err)
	assert.Empty(t, found[0].Lookups)
	assert.Equal(t, 2, result.Created, "planning found the API")
	u, err := apply.Runner{Tenant: ten}.Undo(t.Context(), d.read(t, "run-b"))
	require.NoError(t, err)
	require.Len(t, u.Left, 1)
	assert.Equal(t, apply.LeftUncertain, u.Left[0].Reason)
}
