package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// needs returns the plan's needs by address.
func needs(p *plan.Plan) map[string][]string {
	all := p.Needs()
	var behind func(list []int) []int
	behind = func(list []int) []int {
		var out []int
		for _, j := range list {
			if j < len(p.Changes) {
				out = append(out, j)
			} else {
				out = append(out, behind(all[j])...)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	out := map[string][]string{}
	for i := range p.Changes {
		a := p.Changes[i].Address
		out[a] = []string{}
		for _, j := range behind(all[i]) {
			out[a] = append(out[a], p.Changes[j].Address)
		}
	}
	return out
}

func TestIndependentBodiesNeedNothing(t *testing.T) {
	spa := block(schema.SPAClient, "s", map[string]any{"name": "S"})
	first := block(schema.SAMLConnection, "first", map[string]any{"name": "first", "sign_in_endpoint": "https://idp/", "signing_cert": "c"})
	second := block(schema.SAMLConnection, "second", map[string]any{"name": "second", "sign_in_endpoint": "https://idp/", "signing_cert": "c"})
	late := block(schema.SPAClient, "late", map[string]any{"name": "Late", "callbacks": []any{schema.RefTo(second.Addr)}})
	p, ds := plan.Make(config(spa, first, second, late), &plan.Binding{}, nil)
	require.Empty(t, ds)
	assert.Equal(t, map[string][]string{
		"spa_client.s": {}, "saml_connection.second": {"spa_client.s"},
		"spa_client.late":       {"saml_connection.second"},
		"saml_connection.first": {"spa_client.s", "spa_client.late"},
	}, needs(p))
}

// TestWhatIsTakenOverIsGivenUpFirst: Auth0 refuses an alias that another client
// holds (documented 409).
func TestWhatIsTakenOverIsGivenUpFirst(t *testing.T) {
	from := block(schema.SPAClient, "a", map[string]any{"client_aliases": []any{"new"}})
	to := block(schema.SPAClient, "b", map[string]any{"client_aliases": []any{"x", "y"}})
	other := block(schema.SPAClient, "c", map[string]any{"client_aliases": []any{"z"}})
	b := &plan.Binding{Owned: map[schema.Address]bool{}, Observed: map[schema.Address]*schema.Observed{}}
	for _, o := range []*schema.Object{from, to, other} {
		o.Convert = true
		b.Observed[o.Addr] = observed(o.Addr.Name, map[string]any{"app_type": "spa", "client_aliases": map[string][]any{"a": {"x"}}[o.Addr.Name]})
	}
	p, ds := plan.Make(config(from, to, other), b, nil)
	require.False(t, ds.HasErrors(), ds)
	assert.Equal(t, map[string][]string{"spa_client.a": {}, "spa_client.b": {"spa_client.a"}, "spa_client.c": {}}, needs(p))
}

func TestDeletionsNeedTheirDependants(t *testing.T) {
	var changes []plan.Change
	destroy := func(k *schema.Kind, name string, raw map[string]any) {
		raw["global"], raw["is_system"] = false, false
		c, err := plan.Destroy(plan.Removal{Kind: k, Addr: schema.Address{Kind: k.Name, Name: name}, Observed: observed(name, raw)}, plan.Guard{Connections: true})
		require.NoError(t, err)
		changes = append(changes, c)
	}
	destroy(schema.API, "api", map[string]any{"identifier": "https://api/"})
	destroy(schema.SPAClient, "s", map[string]any{"name": "S"})
	destroy(schema.SAMLConnection, "c", map[string]any{"name": "c"})
	destroy(schema.SAMLConnection, "d", map[string]any{"name": "d"})
	assert.Equal(t, map[string][]string{
		"saml_connection.c": {}, "saml_connection.d": {},
		"spa_client.s": {"saml_connection.c", "saml_connection.d"},
		"api.api":      {"saml_connection.c", "saml_connection.d", "spa_client.s"},
	}, needs(plan.Assemble("t", "w", changes)))
}

// TestNeedsGrowWithThePlan: an organization for each of n connections makes n
// changes need n others; gates keep it from being said n times n times.
func TestNeedsGrowWithThePlan(t *testing.T) {
	count := func(n int) int {
		var objects []*schema.Object
		for i := range n {
			name := fmt.Sprint("o", i)
			conn := block(schema.SAMLConnection, name, map[string]any{"name": name, "sign_in_endpoint": "https://idp/", "signing_cert": "c"})
			org := block(schema.Organization, name, map[string]any{"name": name})
			objects = append(objects, conn, org, block(schema.OrganizationConnection, name, map[string]any{"organization": schema.RefTo(org.Addr), "connection": schema.RefTo(conn.Addr)}))
		}
		p, ds := plan.Make(config(objects...), &plan.Binding{}, nil)
		require.Empty(t, ds)
		named := 0
		for _, list := range p.Needs() {
			named += len(list)
		}
		return named
	}
	assert.LessOrEqual(t, count(400), 7*400)
}
