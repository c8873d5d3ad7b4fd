package mgmt_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
)

func free() tier { return tiers()[0] }

// TestCancelEndsEveryWait: whatever a request waits for, 100 ms after the
// cancellation all are back, and none of them was sent.
func TestCancelEndsEveryWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModel(free(), ways{}, acme(200, 60))
		tenant := on(t, m)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var cancelled atomic.Int64
		for range 40 {
			wg.Go(func() {
				for {
					if _, err := tenant.Get(ctx, schema.Connections, "con_1"); err != nil {
						assert.ErrorIs(t, err, context.Canceled)
						if strings.Contains(err.Error(), "while waiting for Auth0's rate limit") {
							cancelled.Add(1)
						}
						return
					}
				}
			})
		}
		time.Sleep(3333 * time.Millisecond)
		start, sent := time.Now(), m.count()
		cancel()
		wg.Wait()
		assert.Less(t, time.Since(start), 100*time.Millisecond)
		assert.Equal(t, sent, m.count())
		assert.GreaterOrEqual(t, cancelled.Load(), int64(38))

		_, err := tenant.Get(t.Context(), schema.Connections, "con_1")
		require.NoError(t, err, "the queue works on")
	})
}

func TestFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		var mu sync.Mutex
		m := newModel(free(), ways{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, r.URL.Path)
			answer(w, 200, `{"client_id":"c"}`)
		}))
		tenant := on(t, m)
		var wg sync.WaitGroup
		var want []string
		for i := range 20 {
			id := strconv.Itoa(i)
			want = append(want, "/api/v2/clients/"+id)
			wg.Go(func() { _, err := tenant.Get(t.Context(), schema.Clients, id); assert.NoError(t, err) })
			synctest.Wait()
		}
		wg.Wait()
		assert.Equal(t, want, order)
	})
}

// without serves with some latency and no rate limit headers; most is how many
// requests were under way at once.
func without(latency time.Duration, most *int) http.RoundTripper {
	var mu sync.Mutex
	now := 0
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		now++
		*most = max(*most, now)
		mu.Unlock()
		time.Sleep(latency)
		mu.Lock()
		now--
		mu.Unlock()
		f := &fake{handler: acme(1000, 10).ServeHTTP}
		return f.RoundTrip(r)
	})
}

func TestNoHeadersNoWaiting(t *testing.T) {
	for parallel, want := range map[int]int{0: 4, 1: 1, 7: 7} {
		synctest.Test(t, func(t *testing.T) {
			most := 0
			tenant := on(t, without(100*time.Millisecond, &most), func(o *mgmt.Options) { o.Parallelism = parallel })
			start := time.Now()
			require.NoError(t, inParallel(280, func(int) error {
				_, err := tenant.Get(t.Context(), schema.Connections, "con_1")
				return err
			}))
			assert.Equal(t, want, most)
			// The first request goes alone, to see whether there are headers.
			assert.LessOrEqual(t, time.Since(start), time.Duration(1+280/want)*100*time.Millisecond)
		})
	}
}

func TestMaxRPS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		most := 0
		tenant := on(t, without(500*time.Millisecond, &most), func(o *mgmt.Options) { o.MaxRPS = 5 })
		start := time.Now()
		require.NoError(t, inParallel(50, func(int) error {
			_, err := tenant.Get(t.Context(), schema.Connections, "con_1")
			return err
		}))
		assert.InDelta(t, 10.3, time.Since(start).Seconds(), 0.5)
		assert.Equal(t, 3, most, "it does not make them one by one")
	})
}

// TestDrainedTenant: others have left nothing when the run begins.
func TestDrainedTenant(t *testing.T) {
	for _, tr := range tiers() {
		synctest.Test(t, func(t *testing.T) {
			m := newModel(tr, ways{full: true}, acme(200, 60))
			for _, b := range m.tanks {
				b.fill(time.Now())
				b.level = 0
			}
			require.NoError(t, reads(t.Context(), on(t, m)))
			t.Logf("%s %d", tr.name, m.refused)
			assert.LessOrEqual(t, m.refused, 22, tr.name)
		})
	}
}

// TestRefusedWithoutReason: a limit that no header tells of, such as that of a
// proxy, is found by and by.
func TestRefusedWithoutReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, refused := &tank{burst: 5, rate: 4}, 0
		tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
			if !b.draw(time.Now()) {
				refused++
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			answer(w, 200, `{"client_id":"c"}`)
		}, realSleep, func(o *mgmt.Options) { o.Parallelism = 1 })
		start := time.Now()
		for range 300 {
			_, err := tenant.Get(t.Context(), schema.Clients, "c")
			require.NoError(t, err)
		}
		t.Logf("%d refused in %s", refused, time.Since(start))
		assert.LessOrEqual(t, refused, 25)
		assert.Less(t, time.Since(start), 150*time.Second)
	})
}

// TestLimitThatHeadersHide: headers speak of a roomy bucket while another
// refuses.
func TestLimitThatHeadersHide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, refused := &tank{burst: 5, rate: 1}, 0
		tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-RateLimit-Limit", "50")
			w.Header().Set("X-RateLimit-Remaining", "49")
			if !b.draw(time.Now()) {
				refused++
				refuse(w, 429, "too_many_requests", "Endpoint limit has been reached")
				return
			}
			answer(w, 200, `{"client_id":"c"}`)
		}, realSleep, func(o *mgmt.Options) { o.Parallelism = 1 })
		for range 200 {
			_, err := tenant.Get(t.Context(), schema.Clients, "c")
			require.NoError(t, err)
		}
		t.Logf("%d refused", refused)
		assert.LessOrEqual(t, refused, 40)
	})
}

func TestUnsentRequestsCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModel(free(), ways{}, acme(1, 1))
		n := 0
		tenant := on(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			if n++; n > 1 && n < 100 && n%2 == 0 {
				return nil, refusedDial()
			}
			return m.RoundTrip(r)
		}))
		for range 20 {
			_, err := tenant.Get(t.Context(), schema.Connections, "con_1")
			require.NoError(t, err)
		}
		assert.Zero(t, m.refused)
	})
}

func refusedDial() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
}

func BenchmarkNoHeaders(b *testing.B) {
	p := mgmt.NewPacing()
	for b.Loop() {
		p.Once()
	}
}

// TestPacingIsCheap keeps a tenant without headers, such as a sandbox, as fast
// as without pacing.
func TestPacingIsCheap(t *testing.T) {
	r := testing.Benchmark(BenchmarkNoHeaders)
	t.Logf("%s per request", time.Duration(r.NsPerOp()))
	assert.Less(t, r.NsPerOp(), int64(20_000), "2 µs are promised; machines under load take longer")
	assert.Zero(t, r.AllocsPerOp())
}
