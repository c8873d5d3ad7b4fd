package apply_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

// customers is a configuration of n connections that lead into one SPA and one
// API, with the silent upgrade declared for all of them.
func customers(n int) *schema.Config {
	cfg := &schema.Config{Workspace: "budget", Tenant: object(schema.Tenant, "")}
	set(cfg.Tenant, "domain", domain)
	api := object(schema.API, "orders")
	set(api, "identifier", "https://api.example/")
	spa := object(schema.SPAClient, "portal")
	set(spa, "name", "Portal")
	set(spa, "callbacks", []any{"https://app.example/start"})
	up := object(schema.SilentUpgrade, "orders")
	refs := make([]any, n)
	cfg.Objects = append(cfg.Objects, api)
	for i := range n {
		c := object(schema.SAMLConnection, "customer")
		c.Addr.Each, c.Addr.Key = true, fmt.Sprintf("c%04d", i)
		set(c, "name", c.Addr.Key)
		set(c, "sign_in_endpoint", "https://idp.example/sso")
		set(c, "signing_cert", certificate)
		set(c, "idp_initiated.enabled", true)
		set(c, "idp_initiated.client", schema.RefTo(spa.Addr))
		set(c, "idp_initiated.client_protocol", "oauth2")
		set(c, "idp_initiated.query", "response_type=id_token&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fstart")
		refs[i] = schema.RefTo(c.Addr)
		cfg.Objects = append(cfg.Objects, c)
	}
	set(up, "connections", refs)
	set(up, "client", schema.RefTo(spa.Addr))
	set(up, "api", schema.RefTo(api.Addr))
	set(up, "redirect_uri", "https://app.example")
	set(up, "via", schema.ViaRedirect) // the login is on another site
	cfg.Objects = append(cfg.Objects, up, spa)
	return cfg
}

// TestPlanCostsTheBudget holds the formula of the README: for N connections on
// one SPA and one API, 2*ceil(N/100)+2 requests and three for the tenant's
// settings, MFA policies and Actions; and what a plan says that its apply costs.
func TestPlanCostsTheBudget(t *testing.T) {
	for _, n := range []int{1, 20, 200, 1000, 5000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if n > 1000 && testing.Short() {
				t.Skip("ten thousand writes")
			}
			cfg := customers(n)
			_, ten := open(t, map[string]any{})
			read := 2*((n+99)/100) + 2 + 3
			assert.Equal(t, 2+2*n+read, applied(t, ten, cfg), "an API, a SPA, each connection and its clients; then all is read again")

			before := ten.Requests()
			again, _, ok := makePlan(t, ten, cfg)
			require.True(t, ok)
			require.Empty(t, again.Changes)
			assert.Equal(t, read, ten.Requests()-before)
			set(cfg.Objects[1], "display_name", "Customer")
			assert.Equal(t, 2+read, applied(t, ten, cfg), "one connection: a look and a write")

			if n > 1000 {
				return
			}
			part, _, _, err := apply.Read(context.Background(), ten, cfg, rules.Catalogue())
			require.NoError(t, err)
			before = ten.Requests()
			snap, _, _, err := apply.ReadWhole(context.Background(), ten, cfg, rules.Catalogue())
			require.NoError(t, err)
			assert.Equal(t, read, ten.Requests()-before, "reading whole costs no request more")
			assert.Len(t, snap.Whole[schema.Connections], n)
			assert.Contains(t, snap.Whole[schema.Connections][0].Raw, "realms")
			assert.True(t, reflect.DeepEqual(bodies(part), bodies(snap)), "a plan sees the same fields") // too large to print
		})
	}
}

// applied plans and applies, and returns what the apply cost with the plan that
// verifies it, which is what the plan says.
func applied(t *testing.T, ten *mgmt.Tenant, cfg *schema.Config) int {
	t.Helper()
	before := ten.Requests()
	p, b, ok := makePlan(t, ten, cfg)
	require.True(t, ok)
	require.Empty(t, p.Report.Findings)
	planned := ten.Requests()
	_, err := apply.Runner{Tenant: ten}.Run(context.Background(), p, b.IDs())
	require.NoError(t, err)
	verified, _, ok := makePlan(t, ten, cfg)
	require.True(t, ok)
	require.Empty(t, verified.Changes)
	cost := ten.Requests() - planned
	assert.Equal(t, p.Budget.Apply+apply.VerifyCost(cfg, b, p, rules.Catalogue(), planned-before), cost)
	return cost
}

// bodies are what a plan sees of the tenant's objects.
func bodies(snap *schema.Snapshot) map[string]any {
	out := map[string]any{}
	for c, list := range snap.Objects {
		for _, o := range list {
			out[string(c)+"/"+o.ID] = o.Raw
		}
	}
	return out
}
