package mgmt_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
)

func TestClientConnections(t *testing.T) {
	tenant, f := to(t, checkpointList("connections", 150, connection))
	got, err := tenant.ClientConnections(t.Context(), "abc")
	require.NoError(t, err)
	require.Len(t, got, 150)
	assert.Equal(t, "con_149", got[149])
	assert.Equal(t, "/api/v2/clients/abc/connections", f.requests[0].path)
	q, err := url.ParseQuery(f.requests[0].query)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"strategy": {"samlp"}, "take": {"100"}, "fields": {"id"}, "include_fields": {"true"}}, q)
	assert.Len(t, f.requests, 2)
}

func TestConnectionClients(t *testing.T) {
	for n, requests := range map[int]int{0: 1, 3: 1, 101: 2} {
		tenant, f := to(t, checkpointList("clients", n, func(i int) string { return fmt.Sprintf(`{"client_id":"c%d"}`, i) }))
		got, err := tenant.ConnectionClients(t.Context(), "con_1")
		require.NoError(t, err)
		assert.Len(t, got, n)
		assert.Len(t, f.requests, requests)
		assert.Equal(t, "/api/v2/connections/con_1/clients", f.requests[0].path)
	}
}

type member struct {
	ClientID string `json:"client_id"`
	Status   *bool  `json:"status"`
}

func clientIDs(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return out
}

func TestSetConnectionClientsInChunks(t *testing.T) {
	tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	on, off := clientIDs("on", 70), clientIDs("off", 50)
	require.NoError(t, tenant.SetConnectionClients(t.Context(), "con_1", append(on, on[0]), off))
	require.Len(t, f.requests, 3)
	var all []member
	for i, size := range []int{50, 50, 20} {
		r := f.requests[i]
		assert.Equal(t, "PATCH", r.method)
		assert.Equal(t, "/api/v2/connections/con_1/clients", r.path)
		var chunk []member
		require.NoError(t, json.Unmarshal([]byte(r.body), &chunk))
		assert.Len(t, chunk, size)
		all = append(all, chunk...)
	}
	for i, m := range all {
		require.NotNil(t, m.Status)
		assert.Equal(t, i < 70, *m.Status, "enabled first")
	}
	assert.Equal(t, "off49", all[119].ClientID)

	require.NoError(t, tenant.SetConnectionClients(t.Context(), "con_1", nil, nil))
	assert.Len(t, f.requests, 3, "nothing to change costs nothing")
}

func TestSetConnectionClientsSaysHowFarItCame(t *testing.T) {
	tenant, _ := to(t, sequence(
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, 404, "inexistent_client", "The client does not exist")
		}))
	err := tenant.SetConnectionClients(t.Context(), "con_1", clientIDs("c", 60), nil)
	require.ErrorContains(t, err, "after 50 of 60 clients: ")
	var answered *apply.StatusError
	require.ErrorAs(t, err, &answered)
	assert.Equal(t, "inexistent_client", answered.Code)
}

// TestOtherConnections: every strategy but samlp, also those that the SDK does
// not know; a name goes to Auth0 as its filter.
func TestOtherConnections(t *testing.T) {
	tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"connections":[{"id":"con_1","name":"a","strategy":"samlp"},{"id":"con_2","name":"b","strategy":"pingfederate"},{"id":"con_3","name":"c","strategy":"next-year"}]}`)
	})
	got, err := tenant.OtherConnections(t.Context(), "a&b")
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.Equal(t, "con_2", got[0].ID)
	assert.Equal(t, "next-year", got[1].String("strategy"))
	require.Len(t, f.requests, 1)
	q, err := url.ParseQuery(f.requests[0].query)
	require.NoError(t, err)
	assert.Equal(t, "a&b", q.Get("name"))
	assert.Equal(t, "id,name,strategy", q.Get("fields"))
	assert.Empty(t, q["strategy"])

	_, err = tenant.OtherConnections(t.Context(), "")
	require.NoError(t, err)
	assert.NotContains(t, f.requests[1].query, "name=")
}
