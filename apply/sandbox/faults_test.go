package sandbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseFaults(t *testing.T) {
	got, err := ParseFaults([]byte(`[{"method":"POST","path":"/connections/*","nth":2,"action":"status","status":500},{"action":"delay","ms":5}]`))
	require.NoError(t, err)
	assert.Equal(t, []Fault{{Method: "POST", Path: "/connections/*", Nth: 2, Action: FaultStatus, Status: 500}, {Action: FaultDelay, Millis: 5}}, got)
	got, err = ParseFaults([]byte(`[]`))
	require.NoError(t, err)
	assert.Empty(t, got)
	for in, want := range map[string]string{
		``:                                      "faults: the document is empty",
		`{}`:                                    `faults: expected a list such as`,
		`[7]`:                                   "faults[0]: expected an object, found integer",
		`[{"action":"cut","metod":"GET"}]`:      `faults[0]: unknown key "metod"; did you mean "method"?`,
		`[{"action":"cut","colour":1}]`:         `faults[0]: unknown key "colour"; a fault has method, path, nth, action, status, ms`,
		`[{"action":"cut","nth":"1"}]`:          "faults[0]: nth: expected int, found string",
		`[{}]`:                                  "faults[0]: action is missing; the actions are status, delay",
		`[{"action":"truncat"}]`:                `faults[0]: unknown action "truncat"; did you mean "truncate"?`,
		`[{"action":"explode"}]`:                `faults[0]: unknown action "explode"; the actions are`,
		`[{"action":"cut","nth":-1}]`:           "faults[0]: nth: -1 is less than 0",
		`[{"action":"cut","path":"clients"}]`:   `faults[0]: path: "clients" starts with neither / nor *`,
		`[{"action":"cut","status":500}]`:       "faults[0]: status has no meaning for cut",
		`[{"action":"status","status":700}]`:    "faults[0]: status: 700 is not between 200 and 599",
		`[{"action":"status","ms":7}]`:          "faults[0]: ms has no meaning for status",
		`[{"action":"cut"},{"action":"delay"}]`: "faults[1]: ms: delay needs a number of milliseconds above 0",
	} {
		_, err := ParseFaults([]byte(in))
		require.ErrorContains(t, err, want, in)
	}
	_, err = New(Options{Faults: []Fault{{Action: "boom"}}})
	require.ErrorContains(t, err, `sandbox: faults[0]: unknown action "boom"`)
}

func TestFaultPaths(t *testing.T) {
	for glob, paths := range map[string]map[string]bool{
		"":                       {"/api/v2/clients": true, "/oauth/token": true},
		"/clients":               {"/api/v2/clients": true, "/clients": true, "/api/v2/clients/x": false},
		"/api/v2/clients":        {"/api/v2/clients": true},
		"/connections/*":         {"/api/v2/connections/con_1": true, "/api/v2/connections/con_1/clients": false, "/api/v2/connections": false},
		"/connections**":         {"/api/v2/connections/con_1/clients": true, "/api/v2/connections": true, "/api/v2/clients": false},
		"*/clients":              {"/api/v2/connections/con_1/clients": false, "/api/v2/clients": true},
		"**/clients":             {"/api/v2/connections/con_1/clients": true},
		"/resource-servers/a%2F": {"/api/v2/resource-servers/a%2F": true, "/api/v2/resource-servers/a/": false},
		"/oauth/*":               {"/oauth/token": true},
	} {
		for path, want := range paths {
			fs, err := newFaults([]Fault{{Path: glob, Action: FaultCut}})
			require.NoError(t, err)
			req, err := http.NewRequest(http.MethodGet, "https://x"+path, nil)
			require.NoError(t, err)
			assert.Equal(t, want, len(fs.due(req)) == 1, "%q %s", glob, path)
		}
	}
}

// ways are the three ways to reach a tenant: in process, HTTP/1.1 and HTTP/2 over a socket.
func ways() []string { return []string{"in process", "http/1.1", "http/2"} }

// reach gives a client and the base URL of a tenant's API.
func reach(t *testing.T, s *Server, way string) (*http.Client, string) {
	t.Helper()
	if way == "in process" {
		return &http.Client{Transport: s.Transport()}, "https://" + testDomain + apiPrefix
	}
	ctx, cancel := context.WithCancel(t.Context())
	l, err := s.Start(ctx, ServeOptions{HTTP: way == "http/1.1"})
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(l.CA())
	tr := &http.Transport{ForceAttemptHTTP2: way == "http/2", TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(func() {
		cancel()
		tr.CloseIdleConnections()
		assert.NoError(t, l.Wait())
	})
	return &http.Client{Transport: tr}, l.URL() + apiPrefix
}

// answered is what a client saw: the error of the request or of reading its body.
type answered struct {
	status int
	length int64
	proto  string
	header http.Header
	body   string
	err    error
	read   error
}

func send(t *testing.T, hc *http.Client, method, url, body string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer x")
	res, err := hc.Do(req)
	if err != nil {
		return answered{err: err}
	}
	data, err := io.ReadAll(res.Body)
	require.NoError(t, res.Body.Close())
	return answered{status: res.StatusCode, length: res.ContentLength, proto: res.Proto, header: res.Header, body: string(data), read: err}
}

// doer sends one request.
type doer func(method, path, body string) answered

// eachWay runs a test on a fresh tenant with the faults, over every way.
func eachWay(t *testing.T, faults []Fault, test func(tt *testTenant, do doer)) {
	t.Helper()
	for _, way := range ways() {
		t.Run(way, func(t *testing.T) {
			tt := newTenantFor(t, Options{Faults: faults, Now: time.Now})
			hc, base := reach(t, tt.Server, way)
			first := send(t, hc, http.MethodGet, base+"/guardian/policies", "") // warms the connection up, as in a run
			require.Equal(t, 200, first.status)
			if way == "http/2" {
				require.Equal(t, "HTTP/2.0", first.proto)
			}
			test(tt, func(method, path, body string) answered { return send(t, hc, method, base+path, body) })
		})
	}
}

const newClient = `{"name":"x"}`

// held is how many clients the tenant holds beside the global one.
func held(tt *testTenant) int {
	tt.mu.RLock()
	defer tt.mu.RUnlock()
	return tt.count(clientEntity)
}

func TestFaultStatusAndNth(t *testing.T) {
	eachWay(t, []Fault{
		{Method: "post", Path: "/clients", Nth: 2, Action: FaultStatus},
		{Path: "/tenants/*", Action: FaultStatus, Status: 500},
		{Path: "/connections", Action: FaultStatus, Status: 429},
	}, func(tt *testTenant, do doer) {
		t := tt.t
		assert.Equal(t, 201, do("POST", "/clients", newClient).status)
		got := do("POST", "/clients", newClient)
		assert.Equal(t, 503, got.status)
		assert.JSONEq(t, `{"statusCode":503,"error":"Service Unavailable","message":"Service Unavailable"}`, got.body)
		assert.Equal(t, 1, held(tt), "nothing was done")
		assert.Equal(t, 201, do("POST", "/clients", newClient).status)
		for range 3 {
			assert.Equal(t, 500, do("GET", "/tenants/settings", "").status)
		}
		got = do("GET", "/connections", "")
		assert.JSONEq(t, `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`, got.body)
		assert.Equal(t, "0", got.header.Get("X-RateLimit-Remaining"))
	})
}

func TestFaultHTML(t *testing.T) {
	eachWay(t, []Fault{{Path: "/clients", Action: FaultHTML}}, func(tt *testTenant, do doer) {
		t := tt.t
		got := do("POST", "/clients", newClient)
		assert.Equal(t, 502, got.status)
		assert.Equal(t, "text/html; charset=utf-8", got.header.Get("Content-Type"))
		assert.Contains(t, got.body, "<title>502 Bad Gateway</title>")
		assert.Zero(t, held(tt))
	})
}

func TestFaultCut(t *testing.T) {
	eachWay(t, []Fault{{Path: "/clients", Nth: 1, Action: FaultCut}}, func(tt *testTenant, do doer) {
		t := tt.t
		got := do("GET", "/clients", "")
		require.Error(t, got.err, "also a GET on a used connection, which net/http repeats when it got nothing at all")
		if !strings.Contains(got.err.Error(), "stream error") { // HTTP/2 resets the stream
			require.ErrorIs(t, got.err, io.ErrUnexpectedEOF)
		}
		assert.Equal(t, 201, do("POST", "/clients", newClient).status)
	})
	tt := newTenantFor(t, Options{Faults: []Fault{{Action: FaultCut}}})
	hc, base := reach(t, tt.Server, "in process")
	var op *net.OpError
	require.ErrorAs(t, send(t, hc, "GET", base+"/clients", "").err, &op)
}

func TestFaultCommitThen(t *testing.T) {
	eachWay(t, []Fault{
		{Method: "POST", Nth: 1, Action: FaultCommitThenFail},
		{Method: "POST", Nth: 2, Action: FaultCommitThenFail, Status: 504},
		{Method: "POST", Nth: 3, Action: FaultCommitThenCut},
	}, func(tt *testTenant, do doer) {
		t := tt.t
		assert.Equal(t, 502, do("POST", "/clients", newClient).status)
		assert.Equal(t, 504, do("POST", "/clients", newClient).status)
		require.Error(t, do("POST", "/clients", newClient).err)
		assert.Equal(t, 3, held(tt), "each was done")
	})
}

func TestFaultTruncate(t *testing.T) {
	eachWay(t, []Fault{{Path: "/clients", Action: FaultTruncate}, {Path: "/clients/*", Action: FaultTruncate}}, func(tt *testTenant, do doer) {
		t := tt.t
		got := do("POST", "/clients", newClient)
		require.NoError(t, got.err)
		assert.Equal(t, 201, got.status)
		require.Error(t, got.read)
		assert.Equal(t, got.length/2, int64(len(got.body)))
		assert.Positive(t, got.length)
		require.Error(t, json.Unmarshal([]byte(got.body), new(any)))
		assert.Equal(t, 1, held(tt))
		require.Error(t, do("DELETE", "/clients/none", "").err, "an answer without a body is cut")
	})
}

func TestFaultEndlessNext(t *testing.T) {
	eachWay(t, []Fault{{Method: "GET", Action: FaultEndlessNext}}, func(tt *testTenant, do doer) {
		t := tt.t
		require.NoError(t, tt.Load([]byte(`{"connections":[{"name":"a"},{"name":"b"},{"name":"c"}]}`)))
		from, seen := "", 0
		for range 7 {
			v, err := decode([]byte(do("GET", "/connections?take=2&from="+from, "").body))
			require.NoError(t, err)
			o := v.(object)
			seen += len(o["connections"].([]any))
			from = text(o, "next")
			require.NotEmpty(t, from)
		}
		assert.Equal(t, 11, seen, "pages of 2 and 1 by turns")
		assert.NotContains(t, do("GET", "/connections?include_totals=true", "").body, "next")
		assert.NotContains(t, do("GET", "/tenants/settings", "").body, `"next"`)
		assert.True(t, strings.HasPrefix(do("GET", "/connections", "").body, "["))
	})
}

func TestLatencyAndDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tt := newTenantFor(t, Options{Latency: 80 * time.Millisecond, Faults: []Fault{{Method: "POST", Action: FaultDelay, Millis: 1000}, {Method: "POST", Nth: 1, Action: FaultStatus}}})
		hc, base := reach(t, tt.Server, "in process")
		start := time.Now()
		assert.Equal(t, 200, send(t, hc, "GET", base+"/clients", "").status)
		assert.Equal(t, 80*time.Millisecond, time.Since(start))
		start = time.Now()
		assert.Equal(t, 503, send(t, hc, "POST", base+"/clients", newClient).status, "a delay adds to other faults")
		assert.Equal(t, 1080*time.Millisecond, time.Since(start))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/clients", strings.NewReader(newClient))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer x")
		_, err = hc.Do(req) //nolint:bodyclose // there is none
		require.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(time.Minute)
		assert.Zero(t, held(tt), "a client that gave up while it waited gets nothing done")
	})
}

func TestInjectedSleep(t *testing.T) {
	var slept []time.Duration
	tt := newTenantFor(t, Options{Latency: time.Hour, Sleep: func(_ context.Context, d time.Duration) error {
		slept = append(slept, d)
		return nil
	}})
	tt.want(200, "GET", "/clients", nil)
	assert.Equal(t, []time.Duration{time.Hour}, slept)
}

func TestConsistencyDelay(t *testing.T) {
	inBubble(t, Options{ConsistencyDelay: 2500 * time.Millisecond}, func(tt *testTenant) {
		t := tt.t
		require.NoError(t, tt.Load([]byte(`{"connections":[{"id":"con_0","name":"seeded","strategy":"samlp"}]}`)))
		con := text(tt.want(201, "POST", "/connections", `{"name":"new","strategy":"samlp"}`), "id")
		tt.want(201, "POST", "/organizations", `{"name":"new"}`)
		lists := map[string]int{"/connections?name=new": 0, "/connections": 1, "/organizations": 0, "/clients": 1}
		for path, n := range lists {
			_, v := tt.call("GET", path, nil)
			assert.Len(t, v, n, path)
		}
		assert.Equal(t, number(1), tt.want(200, "GET", "/connections?include_totals=true", nil)["total"])
		assert.Len(t, tt.want(200, "GET", "/connections?take=5", nil)["connections"], 1)
		tt.want(200, "GET", "/connections/"+con, nil)
		tt.want(409, "POST", "/connections", `{"name":"new","strategy":"samlp"}`)
		tt.want(200, "PATCH", "/connections/"+con, `{"display_name":"x"}`)
		require.NoError(t, tt.Edit(func(map[string]any) {}))
		_, v := tt.call("GET", "/connections?name=new", nil)
		assert.Empty(t, v, "a change does not make it visible")
		time.Sleep(2500 * time.Millisecond)
		for path, n := range lists {
			_, v := tt.call("GET", path, nil)
			assert.Greater(t, len(v.([]any)), n-1, path)
		}
		_, v = tt.call("GET", "/connections?name=new", nil)
		assert.Len(t, v, 1)
	})
}

func TestFaultStaleList(t *testing.T) {
	inBubble(t, Options{Faults: []Fault{{Method: "GET", Path: "/clients", Nth: 1, Action: FaultStaleList, Millis: 1000}}}, func(tt *testTenant) {
		t := tt.t
		tt.want(201, "POST", "/clients", newClient)
		_, v := tt.call("GET", "/clients?is_global=false", nil)
		assert.Empty(t, v)
		_, v = tt.call("GET", "/clients?is_global=false", nil)
		assert.Len(t, v, 1)
	})
}

func TestBefore(t *testing.T) {
	for _, way := range ways() {
		t.Run(way, func(t *testing.T) {
			var mu sync.Mutex
			var seen []string
			var stop context.CancelFunc
			opts := Options{Now: time.Now}
			opts.Before = func(r *http.Request) {
				data, _ := io.ReadAll(r.Body)
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, r.Method+" "+strings.TrimPrefix(r.URL.Path, apiPrefix)+" "+string(data))
				if len(seen) == 2 && stop != nil {
					stop()
					<-r.Context().Done()
				}
			}
			tt := newTenantFor(t, opts)
			hc, base := reach(t, tt.Server, way)
			assert.Equal(t, 201, send(t, hc, "POST", base+"/clients", newClient).status)
			assert.Equal(t, []string{`POST /clients {"name":"x"}`}, seen)
			ctx, cancel := context.WithCancel(t.Context())
			mu.Lock()
			stop = cancel
			mu.Unlock()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/clients", strings.NewReader(newClient))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer x")
			_, err = hc.Do(req) //nolint:bodyclose // there is none
			require.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, 200, send(t, hc, "GET", base+"/clients", "").status)
			assert.Equal(t, 1, held(tt), "the run that was killed at its second write made one client")
		})
	}
}

func TestBeforeMayEdit(t *testing.T) {
	var tt *testTenant
	n := 0
	tt = newTenantFor(t, Options{Before: func(r *http.Request) {
		if n++; n == 2 {
			assert.NoError(t, tt.PatchObject("connections", "con_1", map[string]any{"display_name": "changed by another"}))
		}
	}})
	require.NoError(t, tt.Load([]byte(`{"connections":[{"id":"con_1","name":"c","strategy":"samlp"}]}`)))
	assert.NotContains(t, tt.want(200, "GET", "/connections/con_1", nil), "display_name")
	assert.Equal(t, "changed by another", tt.want(200, "GET", "/connections/con_1", nil)["display_name"])
}

func TestLogOfFaults(t *testing.T) {
	var out bytes.Buffer
	tt := newTenantFor(t, Options{Log: &out, Faults: []Fault{{Path: "/clients", Action: FaultCut}, {Path: "/connections", Action: FaultStatus, Status: 500}}})
	hc, base := reach(t, tt.Server, "in process")
	for _, path := range []string{"/clients", "/connections", "/organizations"} {
		send(t, hc, "GET", base+path, "")
	}
	var statuses []any
	for line := range strings.Lines(out.String()) {
		var o map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &o))
		assert.Len(t, o, 7)
		statuses = append(statuses, o["status"])
	}
	assert.Equal(t, []any{0.0, 500.0, 200.0}, statuses)
}
