package cli_test

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check/rules"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// stage is one step of a command; work is what it does once.
type stage struct {
	name string
	work func()
}

// fleet is many customers on the way from their files to a tenant. The first
// plan creates all of them; the tenant holds them already.
type fleet struct {
	tb     testing.TB
	dir    string
	files  *hclconf.Files
	cfg    *schema.Config
	tenant *mgmt.Tenant
	first  *plan.Plan
	// empty and binding are to the tenant before and after.
	empty, binding *plan.Binding
	saved          []byte
}

const fleetDomain = "fleet.localhost"

func newFleet(tb testing.TB, n int) *fleet {
	tb.Helper()
	f := &fleet{tb: tb, dir: customers(tb, n, "")}
	f.load()
	f.evaluate()
	f.tenant = f.connect(seed())
	_, f.empty = f.read()
	f.first = f.diff(f.empty)
	require.Len(tb, f.first.Changes, n+2)
	f.tenant = f.connect(f.becomes())
	_, f.binding = f.read()
	require.Empty(tb, f.diff(f.binding).Changes)
	f.saved = f.save(f.first, f.empty)
	return f
}

func (f *fleet) load() {
	var ds schema.Diagnostics
	f.files, ds = hclconf.Load(hclconf.Options{Dir: f.dir, Now: time.Now()})
	require.Empty(f.tb, ds)
}

func (f *fleet) evaluate() {
	cfg, ds := f.files.Evaluate(nil)
	require.False(f.tb, ds.HasErrors(), ds)
	cfg.Connected = fleetDomain
	f.cfg = plan.Complete(cfg)
}

func (f *fleet) connect(seed string) *mgmt.Tenant {
	s, err := sandbox.New(sandbox.Options{Domains: []string{fleetDomain}})
	require.NoError(f.tb, err)
	require.NoError(f.tb, s.Load([]byte(seed)))
	t, err := mgmt.New(f.tb.Context(), mgmt.Options{Domain: fleetDomain, Token: "token", Transport: s.Transport()})
	require.NoError(f.tb, err)
	return t
}

func (f *fleet) read() (*schema.Snapshot, *plan.Binding) {
	snap, b, ds, err := apply.Read(f.tb.Context(), f.tenant, f.cfg, rules.Catalogue())
	require.NoError(f.tb, err)
	require.False(f.tb, ds.HasErrors(), ds)
	return snap, b
}

func (f *fleet) diff(b *plan.Binding) *plan.Plan {
	p, ds := apply.Make(f.cfg, b, rules.Catalogue(), f.files.Evaluate)
	require.False(f.tb, ds.HasErrors(), ds)
	if n := len(p.Report.Findings); n > 0 { // too large to print
		require.FailNow(f.tb, "findings", "%d", n)
	}
	return p
}

func (f *fleet) save(p *plan.Plan, b *plan.Binding) []byte {
	raw, err := plan.Save(p, f.cfg, b, rules.Catalogue(), nil, "test", time.Now()).Encode()
	require.NoError(f.tb, err)
	return raw
}

// becomes is the tenant that the first plan leads to.
func (f *fleet) becomes() string {
	ids := map[schema.Address]string{}
	for i := range f.first.Changes {
		ids[f.first.Changes[i].Object().Addr] = fmt.Sprintf("con_%016d", i)
	}
	bodies, clients := map[schema.Collection][]any{}, map[string]any{}
	for i := range f.first.Changes {
		c := &f.first.Changes[i]
		known := func(a schema.Address) (string, bool) { id, ok := ids[a]; return id, ok }
		body, err := plan.Body(c, nil, known)
		require.NoError(f.tb, err)
		enabled, _, err := plan.Relation(c, known)
		require.NoError(f.tb, err)
		id, _ := known(c.Object().Addr)
		for _, client := range enabled {
			clients[id] = []any{map[string]any{"client_id": client}}
		}
		coll := c.Object().Kind.Collection
		body[map[schema.Collection]string{schema.Clients: "client_id"}[coll]] = id
		body["id"] = id
		bodies[coll] = append(bodies[coll], body)
	}
	for _, c := range bodies[schema.Clients] {
		delete(c.(map[string]any), "id")
	}
	raw, err := json.Marshal(map[string]any{
		"clients": bodies[schema.Clients], "connections": bodies[schema.Connections], "resource_servers": bodies[schema.ResourceServers], "connection_clients": clients,
		"custom_domains": []any{map[string]any{"domain": "login.example.com", "status": "ready", "type": "auth0_managed_certs"}},
	})
	require.NoError(f.tb, err)
	return string(raw)
}

// stages are the steps of plan, check, plan --out and apply, without latency.
func (f *fleet) stages() []stage {
	none := f.diff(f.binding)
	return []stage{
		{"load", f.load},
		{"evaluate", f.evaluate},
		{"read", func() { f.read() }},
		{"diff", func() { f.diff(f.binding) }},
		{"diff all new", func() { f.diff(f.empty) }},
		{"check", func() { plan.Check(f.cfg, f.binding, rules.Catalogue()) }},
		{"text", func() { f.text(none) }},
		{"text all new", func() { f.text(f.first) }},
		{"json all new", func() { require.NoError(f.tb, view.JSON(io.Discard, f.first)) }},
		{"save", func() { f.save(f.first, f.empty) }},
		{"open saved", func() { _, err := plan.Decode(f.saved); require.NoError(f.tb, err) }},
		{"order writes", func() { f.first.Needs() }},
	}
}

func (f *fleet) text(p *plan.Plan) {
	out := view.New(io.Discard, view.Options{Width: 80, Full: true})
	out.Plan(p)
	out.Report(p.Report)
}

func (f *fleet) apply() {
	t := f.connect(seed())
	_, err := apply.Runner{Tenant: t}.Run(f.tb.Context(), f.first, f.empty.IDs())
	require.NoError(f.tb, err)
}

func BenchmarkCustomers(b *testing.B) {
	for _, n := range []int{1000, 5000, 20_000} {
		f := newFleet(b, n)
		for _, s := range append(f.stages(), stage{"apply", f.apply}) {
			b.Run(fmt.Sprintf("%s/%d", s.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s.work()
				}
			})
		}
	}
}

// TestWorkGrowsWithTheCustomers: four times as many take no more than four times
// the work, counted in allocations. What makes none is counted elsewhere.
func TestWorkGrowsWithTheCustomers(t *testing.T) {
	const n = 100
	few, many := newFleet(t, n).stages(), newFleet(t, 4*n).stages()
	for i, s := range few {
		a, b := testing.AllocsPerRun(1, s.work), testing.AllocsPerRun(1, many[i].work)
		t.Logf("%-14s %9.0f %9.0f allocations, %4.1f per customer", s.name, a, b, (b-a)/(3*n))
		assert.LessOrEqual(t, b, 4*1.1*a+100, s.name)
	}
}
