package mgmt_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/schema"
)

// TestSandboxRefusesNothing runs against the sandbox's tiers, which were written
// without knowledge of the pacing: read a tenant of 200 connections, create 20
// and change all.
func TestSandboxRefusesNothing(t *testing.T) {
	for _, tier := range sandbox.Tiers() {
		for k := range 4 {
			synctest.Test(t, func(t *testing.T) {
				o := sandbox.Options{
					Domains: []string{domain}, Tier: tier, NoEntityLimits: true, ItemsAreOther: k&1 != 0, ResetWhenFull: k&2 != 0, Latency: 50 * time.Millisecond,
				}
				s, err := sandbox.New(o)
				require.NoError(t, err)
				require.NoError(t, s.Load(fmt.Appendf(nil, `{"clients":[{"client_id":"00000000000000000000000000000001","name":"app"}],"connections":%s}`,
					repeated(200, func(i int) string {
						return fmt.Sprintf(`{"id":"con_%016d","name":"c%d","strategy":"samlp","options":{}}`, i, i)
					}))))
				var refused atomic.Int64
				inner := s.Transport()
				tenant := on(t, roundTripper(func(r *http.Request) (*http.Response, error) {
					resp, err := inner.RoundTrip(r)
					if err == nil && resp.StatusCode == http.StatusTooManyRequests {
						refused.Add(1)
					}
					return resp, err
				}), func(o *mgmt.Options) { o.Parallelism = 4 })
				start := time.Now()
				lists := []schema.Collection{schema.Clients, schema.Connections, schema.ResourceServers, schema.TenantSettings}
				require.NoError(t, inParallel(len(lists), func(i int) error { _, err := tenant.List(t.Context(), lists[i], nil); return err }))
				require.NoError(t, inParallel(220, func(i int) error {
					if i >= 200 {
						_, err := tenant.Create(t.Context(), schema.Connections, map[string]any{
							"name": fmt.Sprintf("new%d", i), "strategy": "samlp", "options": map[string]any{"signInEndpoint": "https://idp.example.com"},
						})
						return err
					}
					id := fmt.Sprintf("con_%016d", i)
					if _, err := tenant.Get(t.Context(), schema.Connections, id); err != nil {
						return err
					}
					if _, err := tenant.Update(t.Context(), schema.Connections, id, map[string]any{"display_name": "x"}); err != nil {
						return err
					}
					return tenant.SetConnectionClients(t.Context(), id, []string{"00000000000000000000000000000001"}, nil)
				}))
				t.Logf("%-20s items other %-5v reset full %-5v %4d requests %7.1fs", tier, o.ItemsAreOther, o.ResetWhenFull, tenant.Requests(), time.Since(start).Seconds())
				assert.Zero(t, refused.Load())
			})
		}
	}
}
