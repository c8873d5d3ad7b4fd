package apply_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// stockSeed is a tenant of so many connections, each with every client, and
// organizations, each with the first connection.
func stockSeed(connections, clients, organizations int) map[string]any {
	cons, apps, orgs, members := []any{}, []any{}, []any{}, []any{}
	for i := range clients {
		id := fmt.Sprintf("%032d", i)
		apps = append(apps, map[string]any{"client_id": id, "name": fmt.Sprintf("app %d", i), "is_first_party": true})
		members = append(members, map[string]any{"client_id": id})
	}
	enabled, joined := map[string]any{}, map[string]any{}
	for i := range connections {
		id := fmt.Sprintf("con_%016d", i)
		cons = append(cons, map[string]any{"id": id, "name": fmt.Sprintf("c%d", i), "strategy": "samlp", "options": map[string]any{"signInEndpoint": "https://idp.example/sso"}})
		enabled[id] = members
	}
	for i := range organizations {
		id := fmt.Sprintf("org_%016d", i)
		orgs = append(orgs, map[string]any{"id": id, "name": fmt.Sprintf("o%d", i)})
		joined[id] = []any{map[string]any{"connection_id": "con_0000000000000000"}}
	}
	return map[string]any{"clients": apps, "connections": cons, "connection_clients": enabled, "organizations": orgs, "organization_enabled_connections": joined}
}

// TestTakingStockCostsLittle: a page per hundred objects of each of seven
// collections, a request per organization, and the clients of connections from
// the side that takes fewer.
func TestTakingStockCostsLittle(t *testing.T) {
	for _, c := range []struct{ connections, clients, organizations, want int }{
		{0, 0, 0, 7},
		{250, 1, 0, 7 + 2 + 3},
		{2, 30, 0, 7 + 2},
		{1, 1, 3, 7 + 3 + 1},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			_, ten := open(t, stockSeed(c.connections, c.clients, c.organizations))
			before := ten.Requests()
			inv, err := apply.TakeStock(context.Background(), ten, plan.Comparing{}.ComparedCollections(), true)
			require.NoError(t, err)
			assert.Equal(t, c.want, ten.Requests()-before)
			assert.Empty(t, inv.Unread)
			assert.Len(t, inv.Snapshot.Objects[schema.OrganizationConnections], c.organizations)
			row := schema.SAMLConnection.Attr("clients")
			for _, o := range inv.Snapshot.Objects[schema.Connections] {
				members, presence := o.Get(row)
				assert.Equal(t, schema.Known, presence)
				assert.Len(t, members, c.clients)
			}
		})
	}
}

// hiding answers without options, as Auth0 does a token that may not see them.
type hiding struct{ apply.Reader }

func (h hiding) List(ctx context.Context, c schema.Collection, fields []string) ([]*schema.Observed, error) {
	if c == schema.Connections && fields == nil {
		return nil, &apply.HiddenError{Op: "list connections", Field: "options"}
	}
	return h.Reader.List(ctx, c, fields)
}

// TestHiddenOptionsAreNotCompared: neither as alike nor as gone; the rest is.
func TestHiddenOptionsAreNotCompared(t *testing.T) {
	_, ten := open(t, stockSeed(2, 1, 0))
	var o plan.Comparing
	side := func(r apply.Reader) plan.ComparedTenant {
		inv, err := apply.TakeStock(context.Background(), r, o.ComparedCollections(), true)
		require.NoError(t, err)
		return plan.ComparedTenant{Stock: inv}
	}
	got := o.Compare(side(hiding{ten}), side(ten))
	assert.Empty(t, got.Differences)
	require.Len(t, got.Unknown, 1)
	assert.Equal(t, "saml_connection", got.Unknown[0].Kind)
	assert.Contains(t, got.Unknown[0].Why, "in part: of A, list connections: Auth0 left out the options")
	assert.Equal(t, 2, got.Same, "the application and the settings")
}
