package mgmt_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/schema"
)

// onSandbox opens a local tenant with the seed.
func onSandbox(t *testing.T, seed string, scopes ...string) *mgmt.Tenant {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{Domains: []string{domain}, Scopes: scopes})
	require.NoError(t, err)
	require.NoError(t, s.Load([]byte(seed)))
	tenant, err := mgmt.New(t.Context(), mgmt.Options{
		Domain: domain, ClientID: "machine", ClientSecret: clientSecret, Transport: s.Transport(), UserAgent: "tacit/test", RunID: "run-1",
	})
	require.NoError(t, err)
	return tenant
}

func repeated(n int, item func(int) string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = item(i)
	}
	return "[" + strings.Join(out, ",") + "]"
}

func TestSandboxLists(t *testing.T) {
	for n, requests := range map[int]int{0: 1, 1: 1, 100: 1, 101: 2, 250: 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			tenant := onSandbox(t, fmt.Sprintf(`{"clients":%s,"connections":%s}`,
				repeated(n, func(i int) string { return fmt.Sprintf(`{"name":"app %d","x":{"y":null}}`, i) }),
				repeated(n, func(i int) string {
					return fmt.Sprintf(`{"name":"c%d","strategy":"samlp","options":{"new":{"deep":[null,1.50]}}}`, i)
				})))
			got, err := tenant.List(t.Context(), schema.Clients, nil)
			require.NoError(t, err)
			require.Len(t, got, n, "the global client does not count")
			assert.Equal(t, requests, tenant.Requests())
			for _, o := range got {
				assert.JSONEq(t, `{"y":null}`, asJSON(t, o.Raw["x"]))
			}
			got, err = tenant.List(t.Context(), schema.Connections, []string{"name", "options"})
			require.NoError(t, err)
			require.Len(t, got, n)
			assert.Equal(t, 2*requests, tenant.Requests())
			for _, o := range got {
				assert.Equal(t, map[string]any{"deep": []any{nil, json.Number("1.50")}}, o.Raw["options"].(map[string]any)["new"])
			}
		})
	}
}

func TestSandboxLifeOfObjects(t *testing.T) {
	ctx := t.Context()
	tenant := onSandbox(t, `{}`)
	client, err := tenant.Create(ctx, schema.Clients, map[string]any{"name": "Portal", "app_type": "spa", "client_metadata": map[string]any{"tacit": "w/x"}})
	require.NoError(t, err)
	conn, err := tenant.Create(ctx, schema.Connections, map[string]any{
		"name": "acme", "strategy": "samlp", "options": map[string]any{"signInEndpoint": "https://idp.example.com", "new": map[string]any{"x": []any{}}},
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"x":[]}`, asJSON(t, conn.Raw["options"].(map[string]any)["new"]))
	api, err := tenant.Create(ctx, schema.ResourceServers, map[string]any{"name": "Orders", "identifier": "https://api.example.com/orders"})
	require.NoError(t, err)

	_, err = tenant.Update(ctx, schema.Clients, client.ID, map[string]any{"callbacks": []any{"https://app.example.com/cb"}})
	require.NoError(t, err)
	read, err := tenant.Get(ctx, schema.Clients, client.ID)
	require.NoError(t, err)
	assert.Equal(t, []any{"https://app.example.com/cb"}, read.Raw["callbacks"])

	byIdentifier, err := tenant.Get(ctx, schema.ResourceServers, "https://api.example.com/orders")
	require.NoError(t, err)
	assert.Equal(t, api.ID, byIdentifier.ID)
	apis, err := tenant.List(ctx, schema.ResourceServers, []string{"name"})
	require.NoError(t, err)
	assert.Len(t, apis, 2, "ours and the Management API")

	settings, err := tenant.Update(ctx, schema.TenantSettings, "", map[string]any{"flags": map[string]any{"enable_sso": true}})
	require.NoError(t, err)
	assert.Equal(t, true, settings.Raw["flags"].(map[string]any)["enable_sso"])

	_, err = tenant.Create(ctx, schema.Connections, map[string]any{"name": "acme", "strategy": "samlp", "options": map[string]any{}})
	var refused *apply.StatusError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, 409, refused.Status)
	_, err = tenant.Get(ctx, schema.Connections, "con_0000000000000000")
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "inexistent_connection", refused.Code)
}

func TestSandboxMembers(t *testing.T) {
	ctx := t.Context()
	tenant := onSandbox(t, fmt.Sprintf(`{"clients":%s,"connections":[{"id":"con_0000000000000001","name":"acme","strategy":"samlp","options":{}}]}`,
		repeated(120, func(i int) string { return fmt.Sprintf(`{"client_id":"%032d","name":"app"}`, i) })))
	ids := make([]string, 120)
	for i := range ids {
		ids[i] = fmt.Sprintf("%032d", i)
	}
	require.NoError(t, tenant.SetConnectionClients(ctx, "con_0000000000000001", ids, nil))
	assert.Equal(t, 3, tenant.Requests())
	members, err := tenant.ConnectionClients(ctx, "con_0000000000000001")
	require.NoError(t, err)
	assert.ElementsMatch(t, ids, members)
	require.NoError(t, tenant.SetConnectionClients(ctx, "con_0000000000000001", ids[:1], ids[2:]))
	members, err = tenant.ConnectionClients(ctx, "con_0000000000000001")
	require.NoError(t, err)
	assert.ElementsMatch(t, ids[:2], members)
	conns, err := tenant.ClientConnections(ctx, ids[1])
	require.NoError(t, err)
	assert.Equal(t, []string{"con_0000000000000001"}, conns)
	conns, err = tenant.ClientConnections(ctx, ids[5])
	require.NoError(t, err)
	assert.Empty(t, conns)
}

func TestSandboxWithoutOptionsScope(t *testing.T) {
	tenant := onSandbox(t, `{"connections":[{"name":"acme","strategy":"samlp","options":{"signInEndpoint":"https://idp.example.com"}}]}`,
		"read:connections", "read:clients")
	_, err := tenant.List(t.Context(), schema.Connections, nil)
	require.ErrorContains(t, err, "read:connections_options")
	_, err = tenant.Create(t.Context(), schema.Clients, map[string]any{"name": "x"})
	var refused *apply.StatusError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "insufficient_scope", refused.Code)
	assert.Contains(t, refused.Message, "create:clients")
}

func TestSandboxStopsWithTheContext(t *testing.T) {
	tenant := onSandbox(t, `{}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := tenant.List(ctx, schema.Clients, nil)
	require.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, tenant.Requests())
}
