package sandbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAuthentication(t *testing.T) {
	tt := newTenantFor(t, Options{})
	for header, want := range map[string]string{
		"":                `{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}`,
		"Bearer":          `{"statusCode":400,"error":"Bad Request","message":"Bad HTTP authentication header format","errorCode":"Bearer"}`,
		"Basic abc":       `{"statusCode":400,"error":"Bad Request","message":"Bad HTTP authentication header format","errorCode":"Bearer"}`,
		"Bearer two toks": `{"statusCode":400,"error":"Bad Request","message":"Bad HTTP authentication header format","errorCode":"Bearer"}`,
	} {
		req := httptest.NewRequest(http.MethodGet, "https://"+testDomain+"/api/v2/clients", nil)
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		rec := httptest.NewRecorder()
		tt.ServeHTTP(rec, req)
		assert.JSONEq(t, want, rec.Body.String(), "%q", header)
		assert.Equal(t, "application/json; charset=utf-8", rec.Header().Get("Content-Type"))
	}
}

func TestScopes(t *testing.T) {
	tt := newTenantFor(t, Options{Scopes: []string{"read:clients"}})
	tt.want(200, "GET", "/clients", nil)
	tt.refused(403, "insufficient_scope", "Insufficient scope, expected any of: create:clients", "POST", "/clients", `{"name":"x"}`)
	tt.refused(403, "insufficient_scope", "Insufficient scope, expected any of: read:connections", "GET", "/clients/x/connections", nil)
	// header {"alg":"none"}, payload {"scope":"read:connections"}
	tt.token = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6InJlYWQ6Y29ubmVjdGlvbnMifQ.x"
	tt.want(200, "GET", "/connections", nil)
	tt.want(403, "GET", "/tenants/settings", nil)
}

func TestKeysNeedTheirScope(t *testing.T) {
	tt := newTenantFor(t, Options{Scopes: []string{"read:clients", "create:clients"}})
	id := text(tt.want(201, "POST", "/clients", `{"name":"x"}`), "client_id")
	o := tt.want(200, "GET", "/clients/"+id, nil)
	assert.NotContains(t, o, "client_secret")
	assert.NotContains(t, o, "signing_keys")
}

func TestUnknownRoutesAndHosts(t *testing.T) {
	tt := newTenantFor(t, Options{})
	tt.want(404, "GET", "/nothing", nil)
	tt.want(404, "PUT", "/clients", nil)
	for host, status := range map[string]int{testDomain: 200, testDomain + ":8443": 200, "127.0.0.1:1": 200, "[::1]:2": 200, "acme.localhost": 200, "other.example.com": 404} {
		req := httptest.NewRequest(http.MethodGet, "https://"+testDomain+"/api/v2/clients", nil)
		req.Host = host
		req.Header.Set("Authorization", "Bearer x")
		rec := httptest.NewRecorder()
		tt.ServeHTTP(rec, req)
		assert.Equal(t, status, rec.Code, host)
	}
}

func TestLargeBody(t *testing.T) {
	tt := newTenantFor(t, Options{})
	tt.want(413, "POST", "/clients", `{"name":"`+strings.Repeat("x", maxBody)+`"}`)
}

func TestHTMLStaysReadable(t *testing.T) {
	tt := newTenantFor(t, Options{})
	rec := tt.raw("POST", "/connections", `{"name":"x","strategy":"samlp","options":{"requestTemplate":"<a>&"}}`)
	assert.Contains(t, rec.Body.String(), `"<a>&"`)
}

func TestToken(t *testing.T) {
	tt := newTenantFor(t, Options{Scopes: []string{"read:clients", "update:clients"}})
	require.NoError(t, tt.Load([]byte(`{"clients":[{"client_id":"m2m","name":"m","client_secret":"right"}]}`)))
	ask := func(kind, body string, basic ...string) (int, object) {
		req := httptest.NewRequest(http.MethodPost, "https://"+testDomain+"/oauth/token", strings.NewReader(body))
		req.Header.Set("Content-Type", kind)
		if len(basic) == 2 {
			req.SetBasicAuth(basic[0], basic[1])
		}
		rec := httptest.NewRecorder()
		tt.ServeHTTP(rec, req)
		v, err := decode(rec.Body.Bytes())
		require.NoError(t, err)
		return rec.Code, v.(object)
	}
	const form, js = "application/x-www-form-urlencoded", "application/json"
	status, o := ask(form, "grant_type=client_credentials&client_id=m2m&client_secret=right&audience=https://aud/")
	require.Equal(t, 200, status)
	assert.Equal(t, "Bearer", o["token_type"])
	assert.Equal(t, number(86400), o["expires_in"])
	assert.Equal(t, "read:clients update:clients", o["scope"])
	sc, ok := jwtScopes(text(o, "access_token"))
	assert.True(t, ok)
	assert.Equal(t, scopes{"read:clients", "update:clients"}, sc)
	status, o = ask(js, `{"grant_type":"client_credentials","client_id":"anyone","client_secret":"x","scope":"read:clients"}`)
	assert.Equal(t, 200, status)
	assert.Equal(t, "read:clients", o["scope"])
	tt.token = text(o, "access_token")
	tt.want(403, "PATCH", "/clients/m2m", `{"name":"y"}`)
	status, _ = ask(form, "grant_type=client_credentials", "m2m", "right")
	assert.Equal(t, 200, status)
	status, _ = ask(form, "grant_type=client_credentials&client_assertion=e30.eyJzdWIiOiJtMm0ifQ.x")
	assert.Equal(t, 200, status)
	status, o = ask(form, "grant_type=client_credentials", "m2m", "wrong")
	assert.Equal(t, 401, status)
	assert.Equal(t, "access_denied", o["error"])
	status, _ = ask(form, "grant_type=password")
	assert.Equal(t, 403, status)
}

func TestTransport(t *testing.T) {
	tt := newTenantFor(t, Options{})
	hc := &http.Client{Transport: tt.Transport()}
	get := func(u string) (*http.Response, error) {
		req, err := http.NewRequest(http.MethodGet, u, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer x")
		return hc.Do(req)
	}
	for _, u := range []string{"https://" + testDomain, "http://" + testDomain, "http://127.0.0.1:8080"} {
		res, err := get(u + "/api/v2/clients")
		require.NoError(t, err)
		assert.Equal(t, 200, res.StatusCode)
		require.NoError(t, res.Body.Close())
	}
	_, err := get("https://manage.auth0.com/api/v2/clients") //nolint:bodyclose // there is none
	require.ErrorContains(t, err, "the sandbox does not reach the network: manage.auth0.com")
}

func TestTransportHonoursCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tt := newTenantFor(t, Options{})
		release := make(chan struct{})
		tt.handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+testDomain+"/x", nil)
		require.NoError(t, err)
		start := time.Now()
		_, err = tt.Transport().RoundTrip(req) //nolint:bodyclose // there is none
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(start))
		close(release)
	})
}

func TestListen(t *testing.T) {
	for _, plain := range []bool{false, true} {
		s, err := New(Options{})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		caFile := filepath.Join(t.TempDir(), "ca.pem")
		l, err := s.Start(ctx, ServeOptions{HTTP: plain, CAFile: caFile})
		require.NoError(t, err)
		assert.Equal(t, s.Domain(), l.Domain())
		hc := http.DefaultClient
		if !plain {
			ca, err := os.ReadFile(caFile)
			require.NoError(t, err)
			assert.Equal(t, l.CA(), ca)
			pool := x509.NewCertPool()
			require.True(t, pool.AppendCertsFromPEM(ca))
			hc = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
		}
		system := "/api/v2/resource-servers/" + url.PathEscape("https://"+l.Domain()+"/api/v2/")
		req, err := http.NewRequest(http.MethodGet, l.URL()+system, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer x")
		res, err := hc.Do(req)
		require.NoError(t, err)
		assert.Equal(t, 200, res.StatusCode)
		require.NoError(t, res.Body.Close())
		cancel()
		require.NoError(t, l.Wait())
		hc.CloseIdleConnections()
	}
}

// TestBeside: other hosts share the socket and the certificate, and the tenant keeps the rest.
func TestBeside(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	app := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the app") })
	l, err := s.Start(ctx, ServeOptions{Beside: map[string]http.Handler{"app.example.test": app}})
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(l.CA()))
	hc := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, l.Domain())
		},
	}}
	for host, want := range map[string]string{
		"app.example.test": "the app", "APP.example.test:8443": "the app", l.Domain(): "issuer", "login.localhost": "issuer",
	} {
		res, err := hc.Get("https://" + host + "/.well-known/openid-configuration")
		require.NoError(t, err, host)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Contains(t, string(body), want, host)
	}
	hc.CloseIdleConnections()
	cancel()
	require.NoError(t, l.Wait())
}

func TestPlainHTTPOnlyOnLoopback(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	for _, addr := range []string{"0.0.0.0:0", ":0", "localhost:0", "192.0.2.1:0"} {
		_, err := s.Start(t.Context(), ServeOptions{Addr: addr, HTTP: true})
		require.ErrorContains(t, err, "literal loopback", addr)
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	tt := newTenantFor(t, Options{Log: &out})
	tt.want(200, "GET", "/connections?take=5", nil)
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	assert.Equal(t, map[string]any{"t": "2026-09-01T12:00:00Z", "method": "GET", "path": "/api/v2/connections", "query": "take=5", "status": 200.0, "ms": 0.0, "inflight": 1.0}, line)
}

func TestConcurrentUse(t *testing.T) {
	store, err := OpenStore(filepath.Join(t.TempDir(), "s.json"))
	require.NoError(t, err)
	tt := newTenantFor(t, Options{Store: store, Log: io.Discard})
	spa := text(tt.want(201, "POST", "/clients", `{"name":"s"}`), "client_id")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				name := fmt.Sprintf("c-%d-%d", i, j)
				id := text(tt.want(201, "POST", "/connections", `{"name":"`+name+`","strategy":"samlp"}`), "id")
				tt.want(204, "PATCH", "/connections/"+id+"/clients", `[{"client_id":"`+spa+`","status":true}]`)
				tt.want(200, "GET", "/clients/"+spa+"/connections?take=100", nil)
				tt.want(200, "GET", "/connections?include_totals=true", nil)
				_, err := tt.Snapshot()
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	o := tt.want(200, "GET", "/connections?include_totals=true", nil)
	assert.Equal(t, number(80), o["total"])
	again, err := OpenStore(store.Path())
	require.NoError(t, err)
	o = newTenantFor(t, Options{Store: again}).want(200, "GET", "/connections?include_totals=true", nil)
	assert.Equal(t, number(80), o["total"], "everything answered was saved")
}
