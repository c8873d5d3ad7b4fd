package sandbox

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clock is a tenant's clock that tests turn.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { return c.now }

// logs asks for entries and returns them.
func (tt *testTenant) logs(query string) []object {
	tt.t.Helper()
	status, v := tt.call(http.MethodGet, "/logs"+query, nil)
	require.Equal(tt.t, http.StatusOK, status, "%v", v)
	list, ok := v.([]any)
	require.True(tt.t, ok, "%v", v)
	out := make([]object, len(list))
	for i, e := range list {
		out[i], _ = e.(object)
	}
	return out
}

func TestWritesAreLogged(t *testing.T) {
	tt := newTenantFor(t, Options{})
	_, made := tt.call(http.MethodPost, "/clients", `{"name":"Portal","app_type":"spa"}`)
	id := text(made.(object), "client_id")
	tt.call(http.MethodGet, "/clients/"+id, nil)
	r := httptest.NewRequest(http.MethodPatch, "https://"+testDomain+"/api/v2/clients/"+id, strings.NewReader(`{"name":"Portal 2"}`))
	r.Header.Set("Authorization", "Bearer any")
	r.Header.Set("X-Correlation-ID", "tacit-1")
	r.Header.Set(DashboardHeader, "jane@example.com")
	tt.ServeHTTP(httptest.NewRecorder(), r)
	tt.call(http.MethodPatch, "/clients/"+id, `{"name":7}`)
	require.NoError(t, tt.PatchObject("clients", id, map[string]any{"name": "Portal 3"}))

	got := tt.logs("")
	require.Len(t, got, 4, "no entry for a GET")
	var told []string
	for _, e := range got {
		asked := child(child(e, "details"), "request")
		told = append(told, fmt.Sprint(e["type"], " ", asked["method"], " ", asked["path"], " ", asked["channel"], " ", e["user_name"]))
	}
	path := "/api/v2/clients/" + id
	assert.ElementsMatch(t, []string{
		"sapi post /api/v2/clients api ", "sapi patch " + path + " https://manage.auth0.com/ jane@example.com",
		"fapi patch " + path + " api ", "sapi patch " + path + " https://manage.auth0.com/ " + editor,
	}, told)
	created := tt.logs("?sort=date:1&per_page=1")[0]
	assert.Equal(t, "Create a client", created["description"])
	assert.Equal(t, "[REDACTED]", child(child(child(created, "details"), "response"), "body")["client_secret"])
	byJane := tt.logs(`?q=user_name:jane@example.com`)
	require.Len(t, byJane, 1)
	assert.Equal(t, object{"correlation_id": "tacit-1"}, byJane[0]["references"])

	status, one := tt.call(http.MethodGet, "/logs/"+text(created, "log_id"), nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, created, one)
	status, _ = tt.call(http.MethodGet, "/logs/900", nil)
	assert.Equal(t, http.StatusNotFound, status)
}

func TestEditsAreLogged(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"connections":[{"id":"con_1","name":"acme","strategy":"samlp"}],"clients":[{"client_id":"spa","name":"Portal"}]}`)))
	require.NoError(t, tt.Edit(func(tenant map[string]any) {
		tenant["connection_clients"] = map[string]any{"con_1": []any{map[string]any{"client_id": "spa"}}}
		tenant["guardian_policies"] = []any{"all-applications"}
		tenant["clients"] = []any{}
	}))
	var paths []any
	for _, e := range tt.logs("") {
		asked := child(child(e, "details"), "request")
		paths = append(paths, fmt.Sprint(asked["method"], " ", asked["path"]))
	}
	assert.Subset(t, paths, []any{"patch /api/v2/connections/con_1/clients", "put /api/v2/guardian/policies", "delete /api/v2/clients/spa"})
}

func TestLogByCheckpoint(t *testing.T) {
	c := newClock()
	tt := newTenantFor(t, Options{Now: c.Now, LogRetention: time.Hour})
	for range 5 {
		tt.call(http.MethodPatch, "/tenants/settings", `{"friendly_name":"x"}`)
		c.now = c.now.Add(time.Minute)
	}
	all := tt.logs("?sort=date:1")
	require.Len(t, all, 5)
	first := text(all[0], "log_id")
	assert.Equal(t, all[1:3], tt.logs("?from="+first+"&take=2&q=type:nothing&sort=date:-1"), "only from and take count")
	assert.Empty(t, tt.logs("?from="+text(all[4], "log_id")))
	rec := tt.raw(http.MethodGet, "/logs?from="+first+"&take=2", nil)
	assert.Contains(t, rec.Header().Get("Link"), "from="+text(all[2], "log_id"))
	assert.NotEmpty(t, rec.Header().Get("Date"))
	status, _ := tt.call(http.MethodGet, "/logs?from="+first+"&take=101", nil)
	assert.Equal(t, http.StatusBadRequest, status)

	c.now = c.now.Add(time.Hour - 4*time.Minute) // the first two are past retention
	assert.Equal(t, all[2:], tt.logs("?from="+first), "what is gone is not told")
}

func TestLogLags(t *testing.T) {
	for name, ofEvents := range map[string]bool{"ids of arrivals": false, "ids of events": true} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			delays := []time.Duration{time.Minute, 0}
			tt := newTenantFor(t, Options{Now: c.Now, LogIDsOfEvents: ofEvents, LogDelay: func() time.Duration {
				d := delays[0]
				delays = delays[1:]
				return d
			}})
			tt.call(http.MethodPatch, "/tenants/settings", `{"friendly_name":"late"}`)
			c.now = c.now.Add(time.Second)
			tt.call(http.MethodPatch, "/tenants/settings", `{"friendly_name":"at once"}`)
			seen := tt.logs("")
			require.Len(t, seen, 1)
			c.now = c.now.Add(time.Minute)
			after := tt.logs("?from=" + text(seen[0], "log_id"))
			if ofEvents {
				assert.Empty(t, after, "the late entry has a smaller id")
			} else {
				assert.Len(t, after, 1)
			}
			assert.Len(t, tt.logs(""), 2)
		})
	}
}

func TestLogSearch(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"logs":[
		{"type":"s","date":"2026-08-30T10:00:00.000Z","user_name":"a b"},
		{"type":"sapi","date":"2026-08-31T10:00:00.000Z"},
		{"type":"fapi","date":"2026-09-01T10:00:00.000Z"}]}`)))
	for q, want := range map[string]string{
		"type:sapi": "sapi", "type:(sapi OR fapi)": "fapi sapi", "NOT type:s": "fapi sapi", `user_name:"a b"`: "s",
		"date:[2026-08-31 TO *]": "fapi sapi", "type:(s OR fapi) AND date:[* TO 2026-08-30]": "s", "": "fapi sapi s",
	} {
		var got []string
		for _, e := range tt.logs("?q=" + url.QueryEscape(q)) {
			got = append(got, text(e, "type"))
		}
		assert.Equal(t, want, strings.Join(got, " "), q)
	}
	for _, q := range []string{"sapi", "type:(sapi", "type:sapi OR type:s", "ip:[a TO b]"} {
		status, _ := tt.call(http.MethodGet, "/logs?q="+url.QueryEscape(q), nil)
		assert.Equal(t, http.StatusBadRequest, status, q)
	}
	status, v := tt.call(http.MethodGet, "/logs?page=10&per_page=100", nil)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, text(v.(object), "message"), "exceeds the allowed maximum of 1000 records")
	status, v = tt.call(http.MethodGet, "/logs?include_totals=true&per_page=2&fields=type", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Len(t, v.(object)["logs"], 2)
	assert.Equal(t, object{"type": "fapi"}, v.(object)["logs"].([]any)[0])
}

func TestLogOutlivesTheProcess(t *testing.T) {
	path := t.TempDir() + "/tenant.json"
	open := func() *testTenant {
		store, err := OpenStore(path)
		require.NoError(t, err)
		return newTenantFor(t, Options{Store: store})
	}
	tt := open()
	tt.call(http.MethodPatch, "/tenants/settings", `{"friendly_name":"x"}`)
	was := tt.logs("")
	snap, err := tt.Snapshot()
	require.NoError(t, err)
	assert.NotContains(t, string(snap), `"logs"`, "the log is not the tenant's state")
	assert.Equal(t, was, open().logs(""))
}

func TestLoginsAreLogged(t *testing.T) {
	tt := newTenantFor(t, Options{})
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodPost, "https://"+testDomain+tokenPath, strings.NewReader("grant_type=client_credentials&client_id=m2m&client_secret=s")),
		httptest.NewRequest(http.MethodGet, "https://"+testDomain+"/authorize?prompt=none&client_id=nobody&response_type=code&redirect_uri=https://a.example", nil),
	} {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		tt.ServeHTTP(httptest.NewRecorder(), r)
	}
	got := tt.logs("?sort=date:1")
	require.NotEmpty(t, got)
	assert.Equal(t, "seccft", got[0]["type"])
	assert.Equal(t, "m2m", got[0]["client_id"])
	assert.Equal(t, "fsa", got[len(got)-1]["type"])
}

func TestLogNeedsItsScope(t *testing.T) {
	tt := newTenantFor(t, Options{Scopes: []string{"read:clients"}})
	status, v := tt.call(http.MethodGet, "/logs", nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, text(v.(object), "message"), "read:logs, read:logs_users")
}
