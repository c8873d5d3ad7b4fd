package mgmt_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

func TestDelete(t *testing.T) {
	for name, test := range map[string]struct {
		answers []int
		body    string
		fails   bool
		doubt   bool
	}{
		"204":                         {answers: []int{204}},
		"202 of a connection":         {answers: []int{202}, body: `{"deleted_at":"2026-11-22T12:00:00.000Z"}`},
		"gone already":                {answers: []int{404}, body: `{"statusCode":404,"error":"Not Found","message":"no"}`},
		"repeated after a failure":    {answers: []int{503, 204}},
		"repeated, and gone":          {answers: []int{503, 404}, body: `{"statusCode":404,"error":"Not Found","message":"no"}`},
		"refused":                     {answers: []int{403}, body: `{"statusCode":403,"message":"Insufficient scope","errorCode":"insufficient_scope"}`, fails: true},
		"no clear answer, many times": {answers: []int{503}, fails: true, doubt: true},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) {
				status := test.answers[min(n, len(test.answers)-1)]
				n++
				answer(w, status, test.body)
			})
			err := tenant.Delete(t.Context(), schema.Connections, "con_1")
			assert.Equal(t, test.fails, err != nil, "%v", err)
			assert.Equal(t, test.doubt, errors.As(err, new(*apply.InDoubtError)))
			assert.Equal(t, "DELETE", f.requests[0].method)
			assert.Equal(t, "/api/v2/connections/con_1", f.requests[0].path)
			assert.Empty(t, f.requests[0].body)
		})
	}
}

func TestDeletePaths(t *testing.T) {
	tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for i, c := range []schema.Collection{schema.Clients, schema.Connections, schema.ResourceServers} {
		require.NoError(t, tenant.Delete(t.Context(), c, "a/b"))
		assert.Equal(t, "/api/v2/"+string(c)+"/a%2Fb", f.requests[i].path)
		require.Error(t, tenant.Delete(t.Context(), c, ""), "never the list")
	}
	assert.Len(t, f.requests, 3)
}
