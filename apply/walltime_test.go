package apply_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

const wallTimeStart, wallTimeEnd = "<!-- wall time -->\n", "<!-- end of wall time -->"

// tool is one way to find out that a tenant of n connections is as declared.
type tool struct {
	name string
	// requests is how many it takes; run sends them to a tenant that has the
	// connections.
	requests func(n int) int
	run      func(t *testing.T, s *sandbox.Server, n int)
}

// tools are ours and those that people have. The others are modelled in their
// favour: as they send their requests (counted in their source: one refresh of
// an auth0_connection is one GET, of its auth0_connection_clients two; an export
// asks each connection for its clients and its SCIM configuration), on a
// transport that after a refusal waits until x-ratelimit-reset, for ever.
func tools() []tool {
	return []tool{
		{"tacit", func(n int) int { return 2*((n+99)/100) + 2 + 3 }, readTenant},
		{"Terraform", func(n int) int { return 3*n + 2 }, func(t *testing.T, s *sandbox.Server, n int) {
			t.Helper()
			others(t, s, 10, 0, n, []string{"/clients/portal", "/resource-servers/orders"}, "", "/clients", "?fields=name%2Cstrategy")
		}},
		{"deploy-cli", func(n int) int { return 2*n + 7 }, func(t *testing.T, s *sandbox.Server, n int) {
			t.Helper()
			others(t, s, 3, time.Second/8, n, slices.Repeat([]string{"/clients"}, 7), "/clients", "/scim-configuration")
		}},
	}
}

// readTenant is what plan and check send.
func readTenant(t *testing.T, s *sandbox.Server, n int) {
	t.Helper()
	ten, err := mgmt.New(t.Context(), mgmt.Options{Domain: domain, Token: "t", Transport: s.Transport(), UserAgent: "test"})
	require.NoError(t, err)
	snap, _, ds, err := apply.Read(t.Context(), ten, customers(n), rules.Catalogue())
	require.NoError(t, err)
	require.False(t, ds.HasErrors(), ds)
	require.Len(t, snap.Objects["connections"], n)
	assert.Equal(t, tools()[0].requests(n), ten.Requests())
}

// others sends requests that do not heed limits before they are refused: first
// some single ones, then those below each connection, parallel at a time and
// each at least apart after the one before.
func others(t *testing.T, s *sandbox.Server, parallel int, apart time.Duration, n int, first []string, each ...string) {
	t.Helper()
	paths := make(chan string)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for path := range paths {
				assert.NoError(t, insist(s, path))
			}
		})
	}
	send := func(path string) {
		paths <- path
		time.Sleep(apart)
	}
	for _, path := range first {
		send(path)
	}
	for i := range n {
		for _, below := range each {
			send(fmt.Sprintf("/connections/con_%016d%s", i, below))
		}
	}
	close(paths)
	workers.Wait()
}

// insist sends a request until it is not refused.
func insist(s *sandbox.Server, path string) error {
	for {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://"+domain+"/api/v2"+path, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer t")
		resp, err := s.Transport().RoundTrip(req)
		if err != nil {
			return err
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusTooManyRequests {
			return err
		}
		reset, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
		if err != nil {
			return err
		}
		time.Sleep(max(time.Millisecond, time.Until(time.Unix(reset, 0))))
	}
}

// tenantOf is a tenant of n connections on one SPA.
func tenantOf(t *testing.T, tier sandbox.Tier, n int) *sandbox.Server {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{Domains: []string{domain}, Tier: tier, Latency: 80 * time.Millisecond})
	require.NoError(t, err)
	var conns, enabled []string
	for i := range n {
		id := fmt.Sprintf("con_%016d", i)
		conns = append(conns, fmt.Sprintf(`{"id":%q,"name":"c%04d","strategy":"samlp","options":{}}`, id, i))
		enabled = append(enabled, fmt.Sprintf(`%q:[{"client_id":"portal"}]`, id))
	}
	require.NoError(t, s.Load(fmt.Appendf(nil, `{"clients":[{"client_id":"portal","name":"Portal","app_type":"spa"}],"connections":[%s],"connection_clients":{%s}}`,
		strings.Join(conns, ","), strings.Join(enabled, ","))))
	return s
}

// sizes are the tenants of the table. Free and self-service subscriptions hold
// 100 connections at most (entity limit policy).
func sizes() []int { return []int{1, 20, 100, 200, 1000, 5000} }

// holds reports whether a tenant of the tier may have n connections.
func holds(tier sandbox.Tier, n int) bool {
	return n <= 100 || tier == sandbox.TierEnterpriseNonProd || tier == sandbox.TierEnterpriseProd
}

// TestWallTime says how long it takes to see that nothing changed, with every
// limit that Auth0 publishes, by a clock that nobody waits for. The README has
// the table: `go test ./apply -run WallTime -args update` rewrites it.
func TestWallTime(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(readme), wallTimeStart)
	require.True(t, ok)
	was, tail, ok := strings.Cut(rest, wallTimeEnd)
	require.True(t, ok)
	is := wallTimes(t)
	if slices.Contains(os.Args, "update") {
		require.NoError(t, os.WriteFile("README.md", []byte(head+wallTimeStart+is+wallTimeEnd+tail), 0o600))
		return
	}
	// Who of several that wait goes first is not decided, so a time may differ
	// a little.
	a, b := strings.Split(was, "|"), strings.Split(is, "|")
	require.Len(t, b, len(a), "go test ./apply -run WallTime -args update")
	for i := range a {
		x, err1 := time.ParseDuration(strings.TrimSpace(a[i]))
		y, err2 := time.ParseDuration(strings.TrimSpace(b[i]))
		if err1 != nil || err2 != nil {
			assert.Equal(t, a[i], b[i])
			continue
		}
		assert.InDelta(t, x.Seconds(), y.Seconds(), 2+x.Seconds()/50, "go test ./apply -run WallTime -args update")
	}
}

func wallTimes(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	row := func(cells ...string) { fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | ")) }
	first, line := []string{"connections", ""}, []string{"---", "---"}
	for _, n := range sizes() {
		first, line = append(first, strconv.Itoa(n)), append(line, "--:")
	}
	row(first...)
	row(line...)
	for i, tool := range tools() {
		cells := []string{[]string{"requests", "", ""}[i], tool.name}
		for _, n := range sizes() {
			cells = append(cells, strconv.Itoa(tool.requests(n)))
		}
		row(cells...)
	}
	for _, tier := range []sandbox.Tier{sandbox.TierFree, sandbox.TierEssentials, sandbox.TierEnterpriseNonProd, sandbox.TierEnterpriseProd} {
		for i, tool := range tools() {
			cells := []string{[]string{string(tier), "", ""}[i], tool.name}
			for _, n := range sizes() {
				if holds(tier, n) {
					cells = append(cells, wallTime(t, tool, tier, n).String())
				} else {
					cells = append(cells, "")
				}
			}
			row(cells...)
		}
	}
	return out.String()
}

func wallTime(t *testing.T, tool tool, tier sandbox.Tier, n int) (took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := tenantOf(t, tier, n)
		start := time.Now()
		tool.run(t, s, n)
		took = (time.Since(start) + time.Second - 1).Truncate(time.Second)
	})
	return took
}
