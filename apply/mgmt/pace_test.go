package mgmt_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
)

// on opens a tenant behind a model, inside a synctest bubble.
func on(t *testing.T, m http.RoundTripper, change ...func(*mgmt.Options)) *mgmt.Tenant {
	t.Helper()
	o := mgmt.Options{Domain: domain, Token: apiToken, Transport: m}
	for _, c := range change {
		c(&o)
	}
	tenant, err := mgmt.New(t.Context(), o)
	require.NoError(t, err)
	return tenant
}

// inParallel runs n jobs, at most 8 at once.
func inParallel(n int, job func(i int) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	jobs := make(chan int)
	for range 8 {
		wg.Go(func() {
			for i := range jobs {
				if err := job(i); err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	return first
}

// reads does what a plan does, on a grand scale.
func reads(ctx context.Context, tenant *mgmt.Tenant) error {
	lists := []schema.Collection{schema.Clients, schema.Connections, schema.ResourceServers, schema.TenantSettings}
	if err := inParallel(len(lists), func(i int) error { _, err := tenant.List(ctx, lists[i], nil); return err }); err != nil {
		return err
	}
	return inParallel(160, func(i int) (err error) {
		if i%8 < 3 {
			_, err = tenant.ClientConnections(ctx, fmt.Sprintf("app_%d", i))
		} else {
			_, err = tenant.ConnectionClients(ctx, fmt.Sprintf("con_%d", i))
		}
		return err
	})
}

// writes does what an apply of 200 new and 200 changed connections does.
func writes(ctx context.Context, tenant *mgmt.Tenant) error {
	const n = 200
	body := map[string]any{"name": "x"}
	return inParallel(3*n, func(i int) (err error) {
		id := fmt.Sprintf("con_%d", i/3)
		switch i % 3 {
		case 0:
			_, err = tenant.Create(ctx, schema.Connections, body)
		case 1:
			if _, err = tenant.Get(ctx, schema.Connections, id); err == nil {
				_, err = tenant.Update(ctx, schema.Connections, id, body)
			}
		default:
			err = tenant.SetConnectionClients(ctx, id, []string{"a"}, nil)
		}
		return err
	})
}

// TestNothingIsEverRefused: at every tier, under every reading of what Auth0's
// documentation leaves open, not one request is answered 429, and waiting takes
// hardly longer than the tier demands.
func TestNothingIsEverRefused(t *testing.T) {
	t.Logf("%-22s %-16s %-6s %5s %9s %9s %5s", "tier", "reset/refill/get", "work", "n", "took", "optimum", "ratio")
	for _, tr := range tiers() {
		for i := range 8 {
			w := ways{full: i&1 != 0, stepped: i&2 != 0, others: i&4 != 0}
			if w.others && !tr.selfService {
				continue
			}
			for name, work := range map[string]func(context.Context, *mgmt.Tenant) error{"read": reads, "apply": writes} {
				var m *model
				var took, best time.Duration
				synctest.Test(t, func(t *testing.T) {
					m = newModel(tr, w, acme(200, 60))
					start := time.Now()
					require.NoError(t, work(t.Context(), on(t, m)))
					took, best = time.Since(start), m.optimum(4)
				})
				ratio := took.Seconds() / best.Seconds()
				t.Logf("%-22s %-16s %-6s %5d %8.1fs %8.1fs %5.2f", tr.name, w, name, m.n, took.Seconds(), best.Seconds(), ratio)
				assert.Zero(t, m.refused, "429s at %s %s %s", tr.name, w, name)
				assert.Less(t, ratio, 1.5, "%s %s %s", tr.name, w, name)
			}
		}
	}
}

// TestNothingIsRefusedAtAnyLatency varies what the other test holds fixed.
func TestNothingIsRefusedAtAnyLatency(t *testing.T) {
	for i, tr := range tiers() {
		for k, latency := range []time.Duration{time.Millisecond, 300 * time.Millisecond, 2 * time.Second} {
			for _, parallel := range []int{1, 16} {
				w := ways{full: (i+k)&1 != 0, stepped: (i+k+parallel)&1 != 0, others: i&1 != 0}
				if parallel == 1 && k == 2 {
					continue // nothing can come close together
				}
				synctest.Test(t, func(t *testing.T) {
					m := newModel(tr, w, acme(200, 60))
					m.latency = latency
					require.NoError(t, reads(t.Context(), on(t, m, func(o *mgmt.Options) { o.Parallelism = parallel })))
					assert.Zero(t, m.refused, "%s %s %s, %d at once", tr.name, w, latency, parallel)
				})
			}
		}
	}
}

// TestOrganizations: end points with a limit beside the global one, whichever
// of the two the headers are of.
func TestOrganizations(t *testing.T) {
	for _, tr := range tiers() {
		for k := range 4 {
			w := ways{full: k&1 != 0, global: k&2 != 0}
			synctest.Test(t, func(t *testing.T) {
				m := newModel(tr, w, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{}`) }))
				tenant := on(t, m)
				start := time.Now()
				require.NoError(t, inParallel(240, func(i int) error {
					switch i % 4 {
					case 0:
						return tenant.Send(t.Context(), "GET", "/api/v2/organizations")
					case 1:
						return tenant.Send(t.Context(), "GET", "/api/v2/organizations/org_1/enabled_connections")
					case 2:
						return tenant.Send(t.Context(), "PATCH", "/api/v2/organizations/org_1/enabled_connections/con_1")
					default:
						return tenant.Send(t.Context(), "GET", "/api/v2/resource-servers")
					}
				}))
				took, best := time.Since(start).Seconds(), m.optimum(4).Seconds()
				t.Logf("%-22s %-4s %-6v %7.1fs %7.1fs %5.2f", tr.name, w, w.global, took, best, took/best)
				assert.Zero(t, m.refused, "%s %s %v", tr.name, w, w.global)
			})
		}
	}
}

// TestListsAndItemsTogether: of end points that may share a bucket, none takes
// what the others count on, and being careful costs little.
func TestListsAndItemsTogether(t *testing.T) {
	for k := range 6 {
		w := ways{full: k&1 != 0, others: k&2 != 0, cross: k >= 4}
		synctest.Test(t, func(t *testing.T) {
			m := newModel(tiers()[1], w, acme(200, 60))
			tenant := on(t, m)
			start := time.Now()
			require.NoError(t, inParallel(120, func(i int) (err error) {
				switch i % 4 {
				case 0:
					_, err = tenant.List(t.Context(), schema.Connections, nil)
				case 1:
					_, err = tenant.Get(t.Context(), schema.Connections, "con_1")
				case 2:
					_, err = tenant.ConnectionClients(t.Context(), "con_1")
				default:
					_, err = tenant.ClientConnections(t.Context(), "app_1")
				}
				return err
			}))
			took, best := time.Since(start).Seconds(), m.optimum(4).Seconds()
			t.Logf("%s %d requests %.1fs, optimum %.1fs", w, m.n, took, best)
			assert.Zero(t, m.refused, w)
			assert.Less(t, took/best, 1.5, w)
		})
	}
}

// TestHiddenLimit: the headers are of the global bucket, which has the burst
// that the end point's own has as well.
func TestHiddenLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModel(tiers()[2], ways{global: true}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{}`) }))
		tenant := on(t, m)
		require.NoError(t, inParallel(300, func(int) error { return tenant.Send(t.Context(), "GET", "/api/v2/organizations") }))
		assert.Zero(t, m.refused)
	})
}

// TestOthersShareTheTenant: the tenant's own users take a fifth of what its
// limits allow, and hardly notice.
func TestOthersShareTheTenant(t *testing.T) {
	t.Logf("%-22s %5s %8s %6s %6s %6s", "tier", "n", "took", "429", "users", "429")
	for i, tr := range tiers() {
		synctest.Test(t, func(t *testing.T) {
			m := newModel(tr, ways{full: i%2 == 0}, acme(200, 60))
			tenant, done := on(t, m), make(chan struct{})
			var users sync.WaitGroup
			users.Go(func() { m.users(0.2, done) })
			start := time.Now()
			require.NoError(t, writes(t.Context(), tenant))
			took := time.Since(start)
			close(done)
			users.Wait()
			t.Logf("%-22s %5d %7.1fs %6d %6d %6d", tr.name, m.n, took.Seconds(), m.refused, m.others, m.foreign)
			assert.LessOrEqual(t, m.refused, m.n/25)
			assert.LessOrEqual(t, m.foreign, max(1, m.others/10))
		})
	}
}
