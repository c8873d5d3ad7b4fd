package apply_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
)

// trouble is what happens on the way to the tenant from the n-th request of a
// method on.
type trouble struct {
	name string
	// requests is how many requests in a row it happens to.
	requests int
	fault    sandbox.Fault
	// jump is by how much the clock jumps instead.
	jump time.Duration
	// stops: the run cannot get over it by itself.
	stops bool
}

func troubles() []trouble {
	return []trouble{
		{name: "429, thrice", requests: 3, fault: sandbox.Fault{Action: sandbox.FaultStatus, Status: 429}},
		{name: "429, a storm", requests: 60, fault: sandbox.Fault{Action: sandbox.FaultStatus, Status: 429}, stops: true},
		{name: "500", requests: 1, fault: sandbox.Fault{Action: sandbox.FaultStatus, Status: 500}, stops: true},
		{name: "503, a storm", requests: 60, fault: sandbox.Fault{Action: sandbox.FaultStatus, Status: 503}, stops: true},
		{name: "cut", requests: 1, fault: sandbox.Fault{Action: sandbox.FaultCut}, stops: true},
		{name: "truncated body", requests: 1, fault: sandbox.Fault{Action: sandbox.FaultTruncate}},
		{name: "HTML, 502", requests: 1, fault: sandbox.Fault{Action: sandbox.FaultHTML}, stops: true},
		{name: "HTML, 200", requests: 1, fault: sandbox.Fault{Action: sandbox.FaultHTML, Status: 200}, stops: true},
		{name: "made, then 502", requests: 1, fault: sandbox.Fault{Action: sandbox.FaultCommitThenFail}},
		{name: "made, then cut", requests: 1, fault: sandbox.Fault{Action: sandbox.FaultCommitThenCut}},
		{name: "every one made, then 502", requests: 1000, fault: sandbox.Fault{Action: sandbox.FaultCommitThenFail}},
		{name: "clock 2 h forwards", jump: 2 * time.Hour},
		{name: "clock 2 h backwards", jump: -2 * time.Hour},
	}
}

// TestFaultMatrix meets every write of a mixed plan with every second trouble on
// its way through the real adapter, and runs again without: the work is
// finished, nothing is there twice and nothing is lost. Run with -v to see the
// matrix.
func TestFaultMatrix(t *testing.T) {
	for i, tr := range troubles() {
		t.Run(tr.name, func(t *testing.T) {
			t.Parallel()
			cases, stops, second := 0, 0, 0
			var longest time.Duration
			for method, writes := range map[string]int{http.MethodPost: mixedCreates, http.MethodPatch: mixedWrites - mixedCreates} {
				for n := 1 + i%2; n <= writes; n += 2 {
					cases++
					synctest.Test(t, func(t *testing.T) {
						left, took := troubled(t, tr, method, n)
						second += left
						longest = max(longest, took)
						if left > 0 {
							stops++
						}
					})
				}
			}
			t.Logf("%-24s %d cases, %d runs stopped, second runs wrote %d, the longest took %s", tr.name, cases, stops, second, longest.Round(time.Second))
			if !tr.stops {
				require.Zero(t, stops)
			} else {
				require.NotZero(t, stops)
			}
			require.Less(t, longest, 10*time.Minute)
		})
	}
}

// troubled meets the n-th request of a method with trouble and runs again. It
// returns how much the second run wrote and how long the first one took.
func troubled(t *testing.T, tr trouble, method string, n int) (second int, took time.Duration) {
	t.Helper()
	cfg, seed := mixed()
	raw, err := json.Marshal(seed)
	require.NoError(t, err)
	var faults []sandbox.Fault
	for i := range tr.requests {
		f := tr.fault
		f.Method, f.Nth = method, n+i
		faults = append(faults, f)
	}
	way := &way{gate: openGate(), method: method, n: n, jump: tr.jump}
	defer way.gate.close()
	srv, ten := way.to(t, raw, faults)
	before := state(t, srv)
	p, _, ok := makePlan(t, ten, cfg)
	require.True(t, ok)
	d := newDiary(t.TempDir())
	d.parallel = apply.DefaultParallelism
	d.wall = way.now
	start := time.Now()
	_, _, _, err = d.run(t, ten, ten, cfg)
	took = time.Since(start)
	if !tr.stops {
		require.NoError(t, err, "%s %d", method, n)
	}

	way.n = 0
	raw, err = srv.Snapshot()
	require.NoError(t, err)
	srv, ten = way.to(t, raw, nil)
	_, result, _, err := d.run(t, ten, ten, cfg)
	require.NoError(t, err, "%s %d", method, n)
	converged(t, ten, cfg)
	untouched(t, p, before, state(t, srv))
	for _, past := range runsOf(t, d) {
		require.True(t, past.Finished(), "%s %d: %s is %s", method, n, past.Run, past.State())
	}
	return len(result.Events), took
}

// way is the way to a tenant, through a gate. At the n-th request of the method
// the clock of this side jumps.
type way struct {
	gate   *gate
	base   http.RoundTripper
	method string
	n      int
	jump   time.Duration
	offset atomic.Int64
	opened byte
}

// to opens a tenant with rate limits, which all run by a clock of their own.
func (w *way) to(t *testing.T, seed []byte, faults []sandbox.Fault) (*sandbox.Server, *mgmt.Tenant) {
	t.Helper()
	w.opened++
	srv, err := sandbox.New(sandbox.Options{
		Domains: []string{domain}, Rand: rand.NewChaCha8([32]byte{w.opened}), Faults: faults, Tier: sandbox.TierEssentials, NoEntityLimits: true,
	})
	require.NoError(t, err)
	require.NoError(t, srv.Load(seed))
	w.base = srv.Transport()
	ten, err := mgmt.New(t.Context(), mgmt.Options{Domain: domain, Token: "t", Transport: w, UserAgent: "test", Now: w.now})
	require.NoError(t, err)
	return srv, ten
}

func (w *way) now() time.Time { return time.Now().Add(time.Duration(w.offset.Load())) }

// RoundTrip implements http.RoundTripper.
func (w *way) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return w.base.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.gate.pass(fmt.Sprint(r.Method, r.URL, string(body)))
	if r.Method == w.method { // one at a time, behind the gate
		if w.n--; w.n == 0 {
			w.offset.Store(int64(w.jump))
		}
	}
	return w.base.RoundTrip(r)
}
