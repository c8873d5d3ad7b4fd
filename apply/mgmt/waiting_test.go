package mgmt_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/schema"
)

// TestLongWaitsAreTold: those for a refusal and those before a bucket is empty,
// not the short ones between requests.
func TestLongWaitsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sandbox.New(sandbox.Options{Domains: []string{domain}})
		require.NoError(t, err)
		inner, refusals := s.Transport(), 0
		var mu sync.Mutex
		var told []time.Duration
		tenant := on(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := inner.RoundTrip(r)
			if err == nil && refusals < 1 {
				refusals++
				resp.StatusCode = http.StatusTooManyRequests
				resp.Header.Set("Retry-After", "12")
			}
			return resp, err
		}), func(o *mgmt.Options) {
			o.Waiting = func(d time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, d)
			}
		})
		start := time.Now()
		_, err = tenant.List(t.Context(), schema.Clients, nil)
		require.NoError(t, err)
		require.NotEmpty(t, told)
		assert.InDelta(t, 12, told[0].Seconds(), 1)
		longest := time.Duration(0)
		for _, d := range told {
			longest = max(longest, d)
		}
		assert.LessOrEqual(t, longest, time.Since(start))
	})
}
