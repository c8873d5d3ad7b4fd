package mgmt_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
)

const (
	domain   = "tenant.example.auth0.com"
	apiToken = "token-which-nobody-may-see"
)

// roundTripper is a transport made of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// fake is a tenant served in this process. It keeps what it was asked.
type fake struct {
	t       *testing.T
	handler http.HandlerFunc

	mu       sync.Mutex
	requests []request
}

type request struct {
	method, path, query, body string
	header                    http.Header
}

// RoundTrip implements http.RoundTripper.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	in := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), nil)
	in.Header = r.Header.Clone()
	got := request{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery, header: in.Header}
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		got.body = string(raw)
		in.Body = io.NopCloser(strings.NewReader(got.body))
	}
	f.mu.Lock()
	f.requests = append(f.requests, got)
	f.mu.Unlock()
	rec := httptest.NewRecorder()
	f.handler(rec, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

// to opens a tenant on a handler, with a static token unless the options say
// otherwise.
func to(t *testing.T, handler http.HandlerFunc, change ...func(*mgmt.Options)) (*mgmt.Tenant, *fake) {
	t.Helper()
	f := &fake{t: t, handler: handler}
	o := mgmt.Options{Domain: domain, Token: apiToken, Transport: f, UserAgent: "tacit/test", Sleep: noSleep}
	for _, c := range change {
		c(&o)
	}
	tenant, err := mgmt.New(t.Context(), o)
	require.NoError(t, err)
	return tenant, f
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// answer writes a JSON body.
func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// refuse writes an error as the Management API does.
func refuse(w http.ResponseWriter, status int, code, message string) {
	body, _ := json.Marshal(map[string]any{"statusCode": status, "error": http.StatusText(status), "message": message, "errorCode": code})
	answer(w, status, string(body))
}

// offsetList serves n objects by page and per_page, each made by item.
func offsetList(key string, n int, item func(int) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		page, size := number(r, "page"), number(r, "per_page")
		var items []string
		for i := page * size; i < min(n, (page+1)*size); i++ {
			items = append(items, item(i))
		}
		answer(w, 200, fmt.Sprintf(`{"total":%d,"start":%d,"limit":%d,%q:[%s]}`, n, page*size, size, key, strings.Join(items, ",")))
	}
}

// checkpointList serves n objects by take and from.
func checkpointList(key string, n int, item func(int) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start, size := 0, number(r, "take")
		if from := r.URL.Query().Get("from"); from != "" {
			start, _ = strconv.Atoi(strings.TrimPrefix(from, "Fe26.2*"))
		}
		var items []string
		for i := start; i < min(n, start+size); i++ {
			items = append(items, item(i))
		}
		next := ""
		if start+size < n {
			next = fmt.Sprintf(`,"next":"Fe26.2*%d"`, start+size)
		}
		answer(w, 200, fmt.Sprintf(`{%q:[%s]%s}`, key, strings.Join(items, ","), next))
	}
}

func number(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		panic("test: " + name + " is not in the query " + r.URL.RawQuery)
	}
	return n
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}
