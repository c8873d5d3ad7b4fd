package apply_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

// differences reads the tenant and its log and explains what differs.
func (l *logged) differences(e apply.Evidence, since time.Time) map[string]apply.Difference {
	_, b, ds, err := apply.Read(context.Background(), l.ten, l.cfg, rules.Catalogue())
	require.NoError(l.t, err)
	require.False(l.t, ds.HasErrors(), "%v", ds)
	p, ds := apply.Make(l.cfg, b, rules.Catalogue(), nil)
	require.False(l.t, ds.HasErrors(), "%v", ds)
	e.History, err = apply.Writes(context.Background(), l.ten, since)
	require.NoError(l.t, err)
	out := map[string]apply.Difference{}
	for _, d := range apply.Differences(p, b.IDs(), e) {
		out[d.Address] = d
	}
	return out
}

// settled is a tenant that is as declared, with the run that made it so.
func settled(t *testing.T, opts sandbox.Options) (*logged, *apply.PastRun) {
	t.Helper()
	l := follow(t, t.TempDir(), customers(1), connected(1), opts)
	run, err := mgmt.New(t.Context(), mgmt.Options{Domain: domain, Token: "t", Transport: l.srv.Transport(), UserAgent: "test", RunID: "tacit-1"})
	require.NoError(t, err)
	p := l.readAll(run)
	_, b, _, err := apply.Read(t.Context(), run, l.cfg, rules.Catalogue())
	require.NoError(t, err)
	past := &apply.PastRun{Head: apply.Head{Run: "tacit-1", Configuration: "files"}, Started: l.now, End: &apply.End{OK: true}}
	_, err = apply.Runner{Tenant: run, Guard: plan.Guard{Domain: domain}}.Run(t.Context(), p, b.IDs())
	require.NoError(t, err)
	require.Empty(t, l.readAll(l.ten).Changes)
	l.now = l.now.Add(time.Hour)
	return l, past
}

const theConnection = "con_0000000000000000"

// edit changes options of the connection in the Dashboard.
func (l *logged) edit(options map[string]any) {
	require.NoError(l.t, l.srv.PatchObject("connections", theConnection, map[string]any{"options": options}))
	l.now = l.now.Add(time.Minute)
}

func only(t *testing.T, ds map[string]apply.Difference) apply.Difference {
	t.Helper()
	require.Len(t, ds, 1)
	for _, d := range ds {
		return d
	}
	panic("one")
}

func TestDriftIsOfTheFirstWriteThatSetIt(t *testing.T) {
	l, run := settled(t, sandbox.Options{})
	e := apply.Evidence{Runs: []*apply.PastRun{run}, Configuration: "files"}
	first := l.now
	l.edit(map[string]any{"signInEndpoint": "https://moved.example/sso"})
	l.edit(map[string]any{"signInEndpoint": "https://moved.example/sso", "debug": true}) // sent whole, and nothing new
	d := only(t, l.differences(e, run.Started))
	assert.Equal(t, apply.ByTenant, d.Cause)
	require.Len(t, d.Attributes, 1)
	a := d.Attributes[0]
	assert.Equal(t, "sign_in_endpoint", a.Name)
	require.Len(t, a.By, 1)
	assert.True(t, a.Certain)
	assert.Equal(t, first, a.By[0].At)
	assert.Equal(t, "admin@example.com", a.By[0].Who)
	assert.Equal(t, "dashboard", a.By[0].With)
}

func TestDriftWeighsEvidence(t *testing.T) {
	tests := map[string]struct {
		change func(l *logged, run *apply.PastRun, e *apply.Evidence)
		want   apply.Cause
		why    string
		by     int
	}{
		"the same files":                      {func(*logged, *apply.PastRun, *apply.Evidence) {}, apply.ByTenant, "the files are those of the run", 1},
		"other files, a write after the run":  {func(_ *logged, _ *apply.PastRun, e *apply.Evidence) { e.Configuration = "others" }, apply.ByTenant, "after the run", 1},
		"other files, a write before the run": {func(l *logged, r *apply.PastRun, e *apply.Evidence) { e.Configuration, r.Started = "others", l.now }, apply.ByConfiguration, "since before the run", 1},
		"no run is kept":                      {func(_ *logged, _ *apply.PastRun, e *apply.Evidence) { e.Runs = nil }, apply.ByTenant, "tacit had written", 1},
		"a run that was stopped":              {func(_ *logged, r *apply.PastRun, _ *apply.Evidence) { r.End = nil }, apply.ByTenant, "tacit had written", 1},
		"no run, and a log that begins later": {func(_ *logged, _ *apply.PastRun, e *apply.Evidence) { e.Runs = nil }, apply.ByUnknown, "later", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l, run := settled(t, sandbox.Options{})
			e := apply.Evidence{Runs: []*apply.PastRun{run}, Configuration: "files"}
			l.edit(map[string]any{"signInEndpoint": "https://moved.example/sso"})
			tt.change(l, run, &e)
			since := time.Time{}
			if tt.want == apply.ByUnknown {
				since = run.Started.Add(time.Minute)
			}
			d := only(t, l.differences(e, since))
			assert.Equal(t, tt.want, d.Cause, d.Attributes[0].Why)
			assert.Contains(t, d.Attributes[0].Why, tt.why)
			assert.Len(t, d.Attributes[0].By, tt.by)
			assert.Equal(t, tt.want != apply.ByConfiguration, apply.Drifted([]apply.Difference{d}))
		})
	}
}

func TestDriftOfWhatTheLogDoesNotShowIsOfNobody(t *testing.T) {
	tests := map[string]func(l *logged){
		"late":           func(l *logged) { l.delay = time.Hour },
		"out of the log": func(*logged) {},
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			l, run := settled(t, sandbox.Options{LogRetention: 24 * time.Hour})
			before(l)
			l.edit(map[string]any{"signInEndpoint": "https://moved.example/sso"})
			if name != "late" {
				l.now = l.now.Add(48 * time.Hour)
			}
			d := only(t, l.differences(apply.Evidence{Runs: []*apply.PastRun{run}, Configuration: "files"}, run.Started))
			assert.Equal(t, apply.ByTenant, d.Cause, "the files did not change")
			assert.Empty(t, d.Attributes[0].By)
			assert.False(t, d.Attributes[0].Certain)
		})
	}
}

func TestDriftOfADeletedObject(t *testing.T) {
	l, run := settled(t, sandbox.Options{})
	addr := ""
	for _, o := range l.cfg.Objects {
		if o.Kind == schema.SAMLConnection {
			addr = o.Addr.String()
		}
	}
	run.Steps = []apply.Step{{Intent: apply.Intent{Address: addr, Kind: "saml_connection", Action: "update", ID: theConnection}, Outcome: apply.Done}}
	require.NoError(t, l.srv.Edit(func(root map[string]any) {
		root["connections"], root["connection_clients"] = []any{}, map[string]any{}
	}))
	d := l.differences(apply.Evidence{Runs: []*apply.PastRun{run}, Configuration: "others"}, run.Started)[addr]
	assert.Equal(t, apply.StateMissing, d.State)
	assert.Equal(t, apply.ByTenant, d.Cause)
	require.Len(t, d.By, 1)
	assert.Equal(t, "DELETE", d.By[0].Method)
	assert.Equal(t, "admin@example.com", d.By[0].Who)
}

func TestDriftReadsTheLogWithinItsBound(t *testing.T) {
	l, run := settled(t, sandbox.Options{})
	before := l.ten.Requests()
	l.readAll(l.ten)
	reading := l.ten.Requests() - before
	for range 1100 {
		l.edit(map[string]any{"signInEndpoint": "https://moved.example/sso"})
	}
	before = l.ten.Requests()
	only(t, l.differences(apply.Evidence{Runs: []*apply.PastRun{run}}, time.Time{}))
	assert.LessOrEqual(t, l.ten.Requests()-before-reading, 11, "10 pages of a search, and the oldest entry")
}
