package mgmt_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
)

func TestLogIsAskedAsDocumented(t *testing.T) {
	for want, q := range map[string]apply.LogQuery{
		"from=900&take=100":                             {After: "900", Query: "type:s", Page: 3},
		"page=0&per_page=100&sort=date%3A-1":            {},
		"page=2&per_page=100&q=type%3As&sort=date%3A-1": {Query: "type:s", Page: 2},
		"page=0&per_page=100&sort=date%3A1":             {OldestFirst: true},
	} {
		tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Tue, 01 Sep 2026 12:00:00 GMT")
			_, _ = w.Write([]byte(`[{"log_id":"901","type":"new","date":"2026-09-01T11:59:00.123Z","odd":{"a":1.50}}]`))
		})
		p, err := tenant.Log(t.Context(), q)
		require.NoError(t, err)
		assert.Equal(t, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC), p.At)
		require.Len(t, p.Entries, 1)
		assert.Equal(t, "901", p.Entries[0].ID)
		assert.Equal(t, time.Date(2026, 9, 1, 11, 59, 0, 123e6, time.UTC), p.Entries[0].Date)
		assert.JSONEq(t, `{"a":1.50}`, asJSON(t, p.Entries[0].Raw["odd"]))
		require.Len(t, f.requests, 1)
		assert.Equal(t, want, f.requests[0].query)
		assert.Equal(t, "/api/v2/logs", f.requests[0].path)
	}
}

func TestLogOfAnotherShapeIsAnError(t *testing.T) {
	for body, want := range map[string]string{
		`{"logs":[]}`: "not a list",
		`[{"type":"s","date":"2026-09-01T11:59:00Z"}]`:         "without log_id, type or date",
		`[{"log_id":"1","date":"2026-09-01T11:59:00Z"}]`:       "without log_id, type or date",
		`[{"log_id":"1","type":"s","date":{"$date":"today"}}]`: "without log_id, type or date",
		`[null]`: "without log_id, type or date",
	} {
		tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		_, err := tenant.Log(t.Context(), apply.LogQuery{})
		require.ErrorContains(t, err, want, body)
	}
}
