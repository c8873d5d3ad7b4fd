package sandbox

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tenantOf holds n SAML connections c0000.. and one okta connection, all on client "spa".
func tenantOf(tb testing.TB, n int) *testTenant {
	tb.Helper()
	cons, members := []any{object{"id": "con_okta", "name": "zokta", "strategy": "okta"}}, object{}
	on := []any{object{"client_id": "spa"}}
	members["con_okta"] = on
	for i := range n {
		id := fmt.Sprintf("con_%04d", i)
		cons = append(cons, object{"id": id, "name": fmt.Sprintf("c%04d", i), "strategy": "samlp", "options": object{"debug": true}})
		members[id] = on
	}
	data, err := encode(object{"clients": []any{object{"client_id": "spa", "name": "s"}}, "connections": cons, "connection_clients": members})
	require.NoError(tb, err)
	tt := newTenantFor(tb, Options{})
	require.NoError(tb, tt.Load(data))
	return tt
}

func TestConnectionsAreSortedByNameRegardlessOfCase(t *testing.T) {
	tt := newTenantFor(t, Options{})
	for _, n := range []string{"beta", "Alpha", "ALPHA2", "gamma"} {
		tt.want(201, "POST", "/connections", `{"name":"`+n+`","strategy":"samlp"}`)
	}
	_, v := tt.call("GET", "/connections", nil)
	assert.Equal(t, []string{"Alpha", "ALPHA2", "beta", "gamma"}, names(v))
}

func TestOffsetPaging(t *testing.T) {
	tt := tenantOf(t, 120)
	_, v := tt.call("GET", "/connections", nil)
	assert.Len(t, v, 50, "default page, a bare array")
	for _, c := range []struct{ page, start, size int }{{0, 0, 50}, {2, 100, 21}, {3, 150, 0}} {
		o := tt.want(200, "GET", fmt.Sprintf("/connections?include_totals=true&per_page=50&page=%d", c.page), nil)
		assert.Len(t, o["connections"], c.size)
		assert.Equal(t, number(int64(c.start)), o["start"])
		assert.Equal(t, number(50), o["limit"])
		assert.Equal(t, number(121), o["total"], "also past the end")
		assert.NotContains(t, o, "next")
	}
	o := tt.want(200, "GET", "/connections?include_totals=true&per_page=2&name=c0007", nil)
	assert.Equal(t, number(1), o["total"])
	o = tt.want(200, "GET", "/connections?include_totals=true&strategy=okta&strategy=waad", nil)
	assert.Equal(t, number(1), o["total"])
}

func TestCheckpointPaging(t *testing.T) {
	tt := tenantOf(t, 120)
	for _, path := range []string{"/connections", "/clients/spa/connections"} {
		var all []string
		from, requests := "", 0
		for {
			o := tt.want(200, "GET", path+"?take=50&strategy=samlp&from="+url.QueryEscape(from), nil)
			requests++
			all = append(all, names(o["connections"])...)
			next, more := o["next"].(string)
			if !more {
				assert.NotContains(t, o, "next", "the last page has none")
				break
			}
			assert.NotContains(t, o, "total")
			from = next
		}
		assert.Equal(t, 3, requests)
		assert.Len(t, all, 120)
		assert.Equal(t, "c0119", all[119])
	}
	assert.NotContains(t, tt.want(200, "GET", "/connections?take=100&strategy=okta", nil), "next")
	o := tt.want(200, "GET", "/connections?take=10&include_totals=true", nil)
	assert.NotContains(t, o, "total", "take wins over include_totals")
	tt.want(400, "GET", "/connections?take=10&from=garbage", nil)
}

func TestCheckpointPagingSurvivesDeletion(t *testing.T) {
	tt := tenantOf(t, 10)
	o := tt.want(200, "GET", "/connections?take=5", nil)
	tt.want(202, "DELETE", "/connections/con_0004", nil)
	o = tt.want(200, "GET", "/connections?take=5&from="+text(o, "next"), nil)
	assert.Equal(t, []string{"c0005", "c0006", "c0007", "c0008", "c0009"}, names(o["connections"]))
}

func TestFields(t *testing.T) {
	tt := tenantOf(t, 1)
	o := tt.want(200, "GET", "/connections/con_0000?fields=strategy,name", nil)
	assert.Equal(t, object{"id": "con_0000", "strategy": "samlp", "name": "c0000"}, o)
	o = tt.want(200, "GET", "/connections/con_0000?fields=options,id&include_fields=false", nil)
	assert.Equal(t, object{"id": "con_0000", "strategy": "samlp", "name": "c0000"}, o)
	_, v := tt.call("GET", "/connections?fields=name&strategy=samlp", nil)
	assert.Equal(t, []any{object{"id": "con_0000", "name": "c0000"}}, v)
}

func TestQueryRefusals(t *testing.T) {
	tt := newTenantFor(t, Options{})
	for path, message := range map[string]string{
		"/connections?per_page=101":         "Query validation error: 'Value 101 is greater than maximum 100' on property per_page (Number of results per page.).",
		"/connections?take=101":             "Query validation error: 'Value 101 is greater than maximum 100' on property take (Number of results per page. Defaults to 50.).",
		"/connections?take=0":               "Query validation error: 'Value 0 is less than minimum 1' on property take (Number of results per page. Defaults to 50.).",
		"/clients?page=x":                   "Query validation error: 'Expected type integer but found type string' on property page (Page index of the results to return. First page is 0.).",
		"/clients?foo=1&bar=2":              "Query validation error: 'Additional properties not allowed: bar,foo'.",
		"/clients?is_global=maybe":          "Query validation error: 'Expected type boolean but found type string' on property is_global (Optional filter on the global client parameter.).",
		"/connections?strategy=saml":        "Query validation error: 'No enum match for: saml' on property strategy[0] (Provide strategies to only retrieve connections with such strategies).",
		"/resource-servers?take=5":          "Query validation error: 'Additional properties not allowed: take'.",
		"/client-grants?subject_type=human": "Query validation error: 'No enum match for: human' on property subject_type.",
	} {
		tt.refused(400, "invalid_query_string", message, "GET", path, nil)
	}
}

func BenchmarkListPageOf5000(b *testing.B) {
	tt := tenantOf(b, 5000)
	for b.Loop() {
		tt.want(200, "GET", "/clients/spa/connections?take=100&strategy=samlp", nil)
	}
}

func BenchmarkStoredWriteAmong5000(b *testing.B) {
	tt := tenantOf(b, 5000)
	store, err := OpenStore(b.TempDir() + "/s.json")
	require.NoError(b, err)
	tt.opts.Store = store
	for b.Loop() {
		tt.want(200, "PATCH", "/connections/con_0001", `{"display_name":"x"}`)
	}
}
