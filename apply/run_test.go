package apply_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// meddler is a tenant on which something happens before the n-th write.
type meddler struct {
	apply.Tenant
	n      int
	before func() error
}

func (m *meddler) strike() error {
	m.n--
	if m.n == 0 {
		return m.before()
	}
	return nil
}

func (m *meddler) Create(ctx context.Context, c schema.Collection, body map[string]any) (*schema.Observed, error) {
	if err := m.strike(); err != nil {
		return nil, err
	}
	return m.Tenant.Create(ctx, c, body)
}

func (m *meddler) Get(ctx context.Context, c schema.Collection, id string) (*schema.Observed, error) {
	if err := m.strike(); err != nil {
		return nil, err
	}
	return m.Tenant.Get(ctx, c, id)
}

func (m *meddler) SetConnectionClients(ctx context.Context, id string, add, gone []string) error {
	if err := m.strike(); err != nil {
		return err
	}
	return m.Tenant.SetConnectionClients(ctx, id, add, gone)
}

func TestRunRefusesWhatMovedSincePlanning(t *testing.T) {
	ctx := context.Background()
	cfg := customers(1)
	_, ten := open(t, map[string]any{"resource_servers": []any{map[string]any{
		"id": "5ec0de000000000000000001", "identifier": "https://api.example/", "signing_alg": "RS256", "skip_consent_for_verifiable_first_party_clients": false,
	}}})
	p, b, ok := makePlan(t, ten, cfg)
	require.True(t, ok)

	theirs := func() error {
		_, err := ten.Update(ctx, schema.ResourceServers, "5ec0de000000000000000001", map[string]any{"skip_consent_for_verifiable_first_party_clients": true})
		return err
	}
	_, err := apply.Runner{Tenant: &meddler{ten, 1, theirs}, Parallelism: 1}.Run(ctx, p, b.IDs())
	var stale *apply.StaleError
	require.ErrorAs(t, err, &stale)
	assert.Equal(t, "api.orders", stale.Address)
	assert.Equal(t, []string{"skip_consent_for_verifiable_first_party_clients"}, stale.Fields)
}

// TestRunStoppedAnywhereConverges stops a run before every one of its writes
// and runs again: the second run finishes the work, and nothing is there twice.
func TestRunStoppedAnywhereConverges(t *testing.T) {
	ctx := context.Background()
	stopped := errors.New("killed")
	const writes = 2 + 3 + 3 // API and SPA, three connections, their clients
	for n := 1; n <= writes+1; n++ {
		cfg := customers(3)
		_, ten := open(t, map[string]any{})
		p, b, ok := makePlan(t, ten, cfg)
		require.True(t, ok)
		var told int
		one := apply.Runner{Tenant: &meddler{ten, n, func() error { return stopped }}, Parallelism: 1, Progress: func(apply.Event) { told++ }}
		result, err := one.Run(ctx, p, b.IDs())
		if n <= writes {
			require.ErrorIs(t, err, stopped)
		} else {
			require.NoError(t, err)
		}
		assert.Len(t, result.Events, n-1, "what was done is told, also of a stopped run")
		assert.Len(t, result.Events, told)

		p, b, ok = makePlan(t, ten, cfg)
		require.True(t, ok)
		_, err = apply.Runner{Tenant: ten}.Run(ctx, p, b.IDs())
		require.NoError(t, err)
		p, _, ok = makePlan(t, ten, cfg)
		require.True(t, ok)
		assert.Empty(t, p.Changes)
		for c, want := range map[schema.Collection]int{schema.Clients: 1, schema.Connections: 3} {
			list, err := ten.List(ctx, c, nil)
			require.NoError(t, err)
			assert.Len(t, list, want, "stopped before write %d", n)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	ctx := context.Background()
	_, ten := open(t, map[string]any{})
	p, b, ok := makePlan(t, ten, customers(1))
	require.True(t, ok)
	tests := map[string]struct {
		answer *apply.StatusError
		says   string
	}{
		"the other spelling of client_protocol": {&apply.StatusError{Op: "create connection", Status: 400, Message: "No enum match for: oauth2 on property options.idpinitiated.client_protocol"}, `"oidc"`},
		"a missing scope":                       {&apply.StatusError{Op: "create API", Status: 403, Code: "insufficient_scope", Message: "Insufficient scope, expected any of: create:resource_servers"}, "Authorize the machine-to-machine application"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := apply.Runner{Tenant: &meddler{ten, 1, func() error { return tt.answer }}, Parallelism: 1}.Run(ctx, p, b.IDs())
			require.ErrorAs(t, err, new(*apply.StatusError))
			assert.Contains(t, err.Error(), tt.says)
			assert.Contains(t, err.Error(), "api.orders", "names the object")
		})
	}
}
