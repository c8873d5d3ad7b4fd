package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// testDomain is the tenant of the tests.
const testDomain = "example-test.eu.auth0.com"

// testTenant is a sandbox with a fixed clock and helpers to call it.
type testTenant struct {
	*Server
	t     testing.TB
	token string
}

func newTenantFor(tb testing.TB, opts Options) *testTenant {
	tb.Helper()
	if opts.Domains == nil {
		opts.Domains = []string{testDomain}
	}
	if opts.Now == nil {
		opts.Now = func() time.Time { return time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC) }
	}
	s, err := New(opts)
	require.NoError(tb, err)
	return &testTenant{Server: s, t: tb, token: "any"}
}

// call sends one request and returns status and decoded body (nil when empty). body may be a string of JSON or a value.
func (tt *testTenant) call(method, path string, body any) (int, any) {
	tt.t.Helper()
	rec := tt.raw(method, path, body)
	if rec.Body.Len() == 0 {
		return rec.Code, nil
	}
	v, err := decode(rec.Body.Bytes())
	require.NoError(tt.t, err, rec.Body.String())
	return rec.Code, v
}

func (tt *testTenant) raw(method, path string, body any) *httptest.ResponseRecorder {
	tt.t.Helper()
	var in io.Reader = http.NoBody
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		require.NoError(tt.t, err)
		in = bytes.NewReader(data)
	}
	req := httptest.NewRequest(method, "https://"+tt.Domain()+"/api/v2"+path, in)
	if tt.token != "" {
		req.Header.Set("Authorization", "Bearer "+tt.token)
	}
	rec := httptest.NewRecorder()
	tt.ServeHTTP(rec, req)
	return rec
}

// want calls and requires the status; the body comes back as an object.
func (tt *testTenant) want(status int, method, path string, body any) object {
	tt.t.Helper()
	got, v := tt.call(method, path, body)
	require.Equal(tt.t, status, got, "%s %s: %v", method, path, v)
	o, _ := v.(object)
	return o
}

// refused calls and requires status, errorCode and message.
func (tt *testTenant) refused(status int, code, message, method, path string, body any) {
	tt.t.Helper()
	o := tt.want(status, method, path, body)
	require.Equal(tt.t, message, text(o, "message"))
	require.Equal(tt.t, code, text(o, "errorCode"))
	require.Equal(tt.t, http.StatusText(status), text(o, "error"))
	require.Equal(tt.t, number(int64(status)), o["statusCode"])
}

func TestSmoke(t *testing.T) {
	tt := newTenantFor(t, Options{})
	c := tt.want(201, "POST", "/clients", `{"name":"SPA","app_type":"spa"}`)
	con := tt.want(201, "POST", "/connections", `{"name":"acme","strategy":"samlp","options":{"signInEndpoint":"https://idp.example.com"}}`)
	tt.want(204, "PATCH", "/connections/"+text(con, "id")+"/clients", []any{object{"client_id": c["client_id"], "status": true}})
	o := tt.want(200, "GET", "/clients/"+text(c, "client_id")+"/connections", nil)
	require.Len(t, o["connections"], 1)
	rs := tt.want(201, "POST", "/resource-servers", `{"identifier":"https://api.example.com/orders"}`)
	require.Equal(t, rs["id"], tt.want(200, "GET", "/resource-servers/https%3A%2F%2Fapi.example.com%2Forders", nil)["id"])
	require.Equal(t, rs["id"], tt.want(200, "GET", "/resource-servers/https%253A%252F%252Fapi.example.com%252Forders", nil)["id"])
	tt.want(200, "GET", "/tenants/settings", nil)
	tt.want(200, "PATCH", "/tenants/settings", `{"flags":{"enable_sso":false}}`)
	snap, err := tt.Snapshot()
	require.NoError(t, err)
	require.NoError(t, tt.Load(snap))
	again, err := tt.Snapshot()
	require.NoError(t, err)
	require.Equal(t, string(snap), string(again))
}
