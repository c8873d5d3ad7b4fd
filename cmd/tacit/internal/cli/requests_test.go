package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// counted is a tenant on loopback that counts the requests to its Management
// API.
type counted struct {
	url string
	n   atomic.Int64
}

// Write takes a line of the tenant's log.
func (c *counted) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(`"path":"/api/v2/`)) {
		c.n.Add(1)
	}
	return len(line), nil
}

func countedTenant(t *testing.T, seed string) *counted {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	c := &counted{}
	s, err := sandbox.New(sandbox.Options{Domains: []string{server.Listener.Addr().String()}, Log: c})
	require.NoError(t, err)
	require.NoError(t, s.Load([]byte(seed)))
	server.Config.Handler = s
	server.Start()
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// run runs a command and returns its JSON and the requests that arrived.
func (c *counted) run(t *testing.T, args ...string) (answer, int) {
	t.Helper()
	var out, errs bytes.Buffer
	env := map[string]string{"AUTH0_DOMAIN": c.url, "AUTH0_API_TOKEN": "token"}
	before := c.n.Load()
	code := cli.Main(t.Context(), cli.Env{
		Args: append(args, "--json"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now,
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	require.Equal(t, 0, code, "%v\n%.2000s\n%.2000s", args, errs.String(), out.String())
	var a answer
	require.NoError(t, json.Unmarshal(out.Bytes(), &a))
	return a, int(c.n.Load() - before)
}

// answer is what plan, apply and check say of their requests.
type answer struct {
	Budget   struct{ Read, Apply int }
	Requests int
	Plan     *struct {
		Budget  struct{ Read, Apply int }
		Changes []any
	}
	Changes []any
}

// bill is what a configuration costs.
type bill struct{ first, apply, plan, check int }

// pay plans, applies, plans and checks; every count must be the one that was
// announced.
func (c *counted) pay(t *testing.T, dir string) bill {
	t.Helper()
	var b bill
	a, n := c.run(t, "plan", dir)
	assert.Equal(t, a.Budget.Read, n, "requests of the first plan")
	b.first = n
	done, n := c.run(t, "apply", "--auto-approve", "--no-rehearse", dir)
	assert.Equal(t, a.Budget.Read, done.Plan.Budget.Read)
	assert.Equal(t, a.Budget.Apply, done.Plan.Budget.Apply)
	assert.Equal(t, a.Budget.Read+a.Budget.Apply, n, "requests of the apply, its own plan included")
	b.apply = n - a.Budget.Read
	a, b.plan = c.run(t, "plan", dir)
	assert.Empty(t, a.Changes)
	assert.Equal(t, a.Budget.Read, b.plan, "requests of the plan without changes")
	assert.Zero(t, a.Budget.Apply)
	a, b.check = c.run(t, "check", dir)
	assert.Equal(t, a.Requests, b.check, "requests of check")
	return b
}

// seed are the custom domains that examples count on.
func seed() string {
	var domains []string
	for _, d := range []string{"login.example.com", "sso.example.com", "login.partner.example", "login.example.localhost"} {
		domains = append(domains, fmt.Sprintf(`{"domain":%q,"status":"ready","type":"auth0_managed_certs"}`, d))
	}
	return `{"custom_domains":[` + strings.Join(domains, ",") + `]}`
}

func TestRequestsOfTheExamples(t *testing.T) {
	for name, want := range map[string]bill{
		"quickstart":        {first: 8, apply: 14, plan: 8, check: 8},
		"many-customers":    {first: 8, apply: 34, plan: 8, check: 8},
		"organizations":     {first: 9, apply: 21, plan: 11, check: 11},
		"custom-domain":     {first: 8, apply: 14, plan: 8, check: 8},
		"beside-terraform":  {first: 8, apply: 0, plan: 8, check: 8},
		"seed-thread/fixed": {first: 9, apply: 14, plan: 8, check: 8},
		"spa":               {first: 8, apply: 14, plan: 8, check: 8},
	} {
		t.Run(name, func(t *testing.T) {
			dir, held := copyExample(t, name), []byte(seed())
			example, _, _ := strings.Cut(name, "/")
			if raw, err := os.ReadFile(filepath.Join(examples, example, "seed.json")); err == nil {
				held = raw
			}
			assert.Equal(t, want, countedTenant(t, string(held)).pay(t, dir))
		})
	}
}

// TestRequestsOfManyCustomers holds the formula of the README: for N connections
// on one SPA and one API, 2*ceil(N/100)+2 requests, one for each of the tenant's
// settings, MFA policies, Actions and custom domains, and nothing else.
func TestRequestsOfManyCustomers(t *testing.T) {
	for _, n := range []int{1, 20, 200} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir, c := customers(t, n, ""), countedTenant(t, seed())
			read := 2*pages(n) + 2 + 4
			writes := 2 + 2*n // an API and a SPA; each connection, and its clients
			assert.Equal(t, bill{3 + 4 + 1, writes + read, read, read}, c.pay(t, dir))
			edit(t, dir, "customers.csv", "Acme", "ACME")
			assert.Equal(t, bill{read, 2 + read, read, read}, c.pay(t, dir), "one connection: a look and a write")
		})
	}
}

// pages is how many requests a list takes.
func pages(n int) int { return (n + 99) / 100 }

// sets are the ways to say which clients a connection has: of n connections all
// are for the portal; exact makes that their whole set.
func sets(t *testing.T, n int, exact bool) string {
	t.Helper()
	dir := customers(t, n, "")
	edit(t, dir, "main.hcl", "  for_each       = local.customers\n", fmt.Sprintf("  for_each       = local.customers\n  clients        = [spa_client.portal]\n  clients_exact  = %v\n", exact))
	return dir
}

// TestRequestsOfExactClients: whole sets are read connection by connection when
// there are few of them, and client by client when that is cheaper.
func TestRequestsOfExactClients(t *testing.T) {
	const n = 120
	read := 2*pages(n) + 2 + 4
	for _, c := range []struct{ clients, more int }{
		{0, 0},   // the portal is the tenant's only client, and asked anyway
		{50, 50}, // each client is asked, and enabled on nothing
		{90, n},  // each connection is asked
	} {
		t.Run(fmt.Sprint(c.clients), func(t *testing.T) {
			dir, tenant := sets(t, n, true), countedTenant(t, clients(c.clients))
			assert.Equal(t, read+c.more, tenant.pay(t, dir).plan)
		})
	}
	assert.Equal(t, read, countedTenant(t, clients(90)).pay(t, sets(t, n, false)).plan, "at least these: other clients do not matter")
}

// clients is a tenant with n clients that nobody declares.
func clients(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"client_id":"%032d","name":"Other %d","is_first_party":true}`, i, i))
	}
	return strings.TrimSuffix(seed(), "}") + `,"clients":[` + strings.Join(list, ",") + `]}`
}

// TestRequestsOfManyClients: a connection's clients are set fifty at a time.
func TestRequestsOfManyClients(t *testing.T) {
	dir := customers(t, 1, `
spa_client "more" {
  for_each = toset([for i in range(120) : format("more-%03d", i)])
  name     = each.key
}
`)
	edit(t, dir, "main.hcl", "  for_each       = local.customers\n", "  for_each       = local.customers\n  clients        = concat([spa_client.portal], [for c in spa_client.more : c])\n")
	tenant := countedTenant(t, seed())
	lists := 1 + pages(121) + 1 + 4 // connections, clients, APIs, and what surrounds them
	read := lists + 121             // and what each client is enabled on
	assert.Equal(t, bill{1 + 1 + 1 + 4 + 1, 1 + 121 + 1 + 3 + read, read, read}, tenant.pay(t, dir))
}
