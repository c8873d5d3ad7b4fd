package sandbox

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// grantTenant holds organization org_1, an API, and n clients with a grant for it each.
func grantTenant(t *testing.T, n int) *testTenant {
	t.Helper()
	var clients, grants []any
	for i := range n {
		client := fmt.Sprintf("c%03d", i)
		clients = append(clients, object{"client_id": client, "name": client})
		grants = append(grants, object{"id": "cgr_" + client, "client_id": client, "audience": "https://a", "scope": []any{}, "subject_type": "client"})
	}
	data, err := encode(object{
		"clients": clients, "client_grants": grants, "organizations": []any{object{"id": "org_1", "name": "acme"}},
		"resource_servers": []any{object{"id": "rs", "identifier": "https://a"}},
	})
	require.NoError(t, err)
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load(data))
	return tt
}

func TestOrganizationClientGrants(t *testing.T) {
	tt := grantTenant(t, 3)
	const path = "/organizations/org_1/client-grants"
	_, v := tt.call("GET", path, nil)
	assert.Equal(t, []any{}, v)
	want := object{"id": "cgr_c001", "client_id": "c001", "audience": "https://a", "scope": []any{}}
	assert.Equal(t, want, tt.want(201, "POST", path, `{"grant_id":"cgr_c001"}`))
	tt.want(201, "POST", path, `{"grant_id":"cgr_c000"}`)
	tt.refused(409, "", "The client grant has already been added to this organization.", "POST", path, `{"grant_id":"cgr_c001"}`)
	tt.refused(404, "inexistent_client_grant", "The grant does not exist.", "POST", path, `{"grant_id":"cgr_none"}`)
	tt.want(404, "POST", "/organizations/org_9/client-grants", `{"grant_id":"cgr_c001"}`)
	tt.want(404, "GET", "/organizations/org_9/client-grants", nil)
	tt.want(400, "POST", path, `{}`)

	_, v = tt.call("GET", path, nil)
	assert.Len(t, v, 2)
	assert.Equal(t, want, v.([]any)[0])
	for query, n := range map[string]int{"client_id=c000": 1, "audience=https://b": 0, "grant_ids=cgr_c000&grant_ids=cgr_c001": 2, "grant_ids=cgr_c002": 0, "page=1&per_page=1": 1} {
		_, v = tt.call("GET", path+"?"+query, nil)
		assert.Len(t, v, n, query)
	}
	o := tt.want(200, "GET", path+"?include_totals=true&per_page=1", nil)
	assert.Equal(t, number(2), o["total"])
	assert.Len(t, o["client_grants"], 1)

	snap, err := tt.Snapshot()
	require.NoError(t, err)
	require.NoError(t, tt.Load(snap))
	_, v = tt.call("GET", path, nil)
	assert.Len(t, v, 2, "a store keeps them")

	tt.want(204, "DELETE", path+"/cgr_c001", nil)
	tt.want(204, "DELETE", path+"/cgr_c001", nil)
	tt.want(404, "DELETE", "/organizations/org_9/client-grants/cgr_c001", nil)
	tt.want(204, "DELETE", "/clients/c000", nil)
	_, v = tt.call("GET", path, nil)
	assert.Equal(t, []any{}, v, "the grant went with its client")
	tt.want(204, "DELETE", "/organizations/org_1", nil)
}

func TestOrganizationHasAtMostAHundredClientGrants(t *testing.T) {
	tt := grantTenant(t, maxOrgGrants+1)
	const path = "/organizations/org_1/client-grants"
	for i := range maxOrgGrants {
		tt.want(201, "POST", path, fmt.Sprintf(`{"grant_id":"cgr_c%03d"}`, i))
	}
	tt.refused(409, "", "Quota exceeded; cannot add more than 100 client grants to a single organization", "POST", path, `{"grant_id":"cgr_c100"}`)
}

// TestWhatNoSandboxHolds: a client that walks a tenant gets the answers of one that has none.
func TestWhatNoSandboxHolds(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"connections":[{"id":"con_1","name":"c","strategy":"samlp"}],"organizations":[{"id":"org_1","name":"o"}]}`)))
	for path, key := range map[string]string{
		"/connections-directory-provisionings": "directory_provisionings", "/organizations/org_1/clients": "clients",
		"/organizations/org_1/discovery-domains": "domains",
	} {
		assert.Equal(t, object{key: []any{}}, tt.want(200, "GET", path+"?take=50", nil))
		tt.want(404, "POST", path, `{}`)
	}
	tt.want(404, "GET", "/organizations/org_9/clients", nil)
	tt.refused(404, "", "Not Found", "GET", "/connections/con_1/scim-configuration", nil)
	tt.refused(404, "inexistent_connection", "The connection does not exist", "GET", "/connections/con_9/scim-configuration", nil)
}
