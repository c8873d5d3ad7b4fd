package mgmt_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
)

var body = map[string]any{"name": "x"}

// sequence answers with one handler per request, the last one from then on.
func sequence(hs ...http.HandlerFunc) http.HandlerFunc {
	i := 0
	return func(w http.ResponseWriter, r *http.Request) {
		h := hs[min(i, len(hs)-1)]
		i++
		h(w, r)
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		refuse(w, code, "", "because")
	}
}

func made(w http.ResponseWriter, _ *http.Request) { answer(w, 201, `{"client_id":"c"}`) }

// cut breaks the connection after the request was read, n times.
func cut(n int, then http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if n--; n >= 0 {
			_, _ = io.Copy(io.Discard, r.Body)
			return nil, io.ErrUnexpectedEOF
		}
		return then.RoundTrip(r)
	})
}

func TestPostIsNeverRepeatedInDoubt(t *testing.T) {
	for _, code := range []int{408, 500, 502, 503, 504, 520} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			tenant, _ := to(t, status(code))
			_, err := tenant.Create(t.Context(), schema.Clients, body)
			var doubt *apply.InDoubtError
			require.ErrorAs(t, err, &doubt)
			assert.Equal(t, "create client", doubt.Op)
			var answered *apply.StatusError
			require.ErrorAs(t, err, &answered)
			assert.Equal(t, code, answered.Status)
			assert.Equal(t, 1, tenant.Requests())
		})
	}
	t.Run("cut", func(t *testing.T) {
		tenant, _ := to(t, made, func(o *mgmt.Options) { o.Transport = cut(1, o.Transport) })
		_, err := tenant.Create(t.Context(), schema.Clients, body)
		var doubt *apply.InDoubtError
		require.ErrorAs(t, err, &doubt)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, 1, tenant.Requests())
	})
	for name, answered := range map[string]string{"without body": ``, "without id": `{}`, "not JSON": `<html>`, "an array": `[]`} {
		t.Run("success "+name, func(t *testing.T) {
			tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 201, answered) })
			_, err := tenant.Create(t.Context(), schema.Clients, body)
			var doubt *apply.InDoubtError
			require.ErrorAs(t, err, &doubt)
			assert.Equal(t, 1, tenant.Requests())
		})
	}
}

func TestPostIsRepeatedWhenLimited(t *testing.T) {
	tenant, f := to(t, sequence(status(429), status(429), made))
	o, err := tenant.Create(t.Context(), schema.Clients, body)
	require.NoError(t, err)
	assert.Equal(t, "c", o.ID)
	assert.Equal(t, 3, tenant.Requests())
	for _, r := range f.requests {
		assert.JSONEq(t, `{"name":"x"}`, r.body, "every try has the whole body")
	}
}

func TestRefusedPostIsNotInDoubt(t *testing.T) {
	tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, 400, "invalid_body", "Payload validation error: 'Additional properties not allowed: x'.")
	})
	_, err := tenant.Create(t.Context(), schema.Connections, body)
	assert.Equal(t, &apply.StatusError{
		Op: "create connection", Status: 400, Code: "invalid_body", Message: "Payload validation error: 'Additional properties not allowed: x'.",
	}, err)
}

func TestUnsentPostIsNotInDoubt(t *testing.T) {
	tenant, _ := to(t, nil, func(o *mgmt.Options) {
		o.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
		})
	})
	_, err := tenant.Create(t.Context(), schema.Clients, body)
	require.ErrorContains(t, err, "create client: dial tcp: connection refused")
	var doubt *apply.InDoubtError
	assert.NotErrorAs(t, err, &doubt)
}

func TestReadsAndPatchesAreRepeated(t *testing.T) {
	ok := func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"client_id":"c"}`) }
	for _, code := range []int{408, 429, 502, 503, 504} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			tenant, _ := to(t, sequence(status(code), status(code), status(code), status(code), ok))
			_, err := tenant.Update(t.Context(), schema.Clients, "c", body)
			require.NoError(t, err)
			assert.Equal(t, 5, tenant.Requests())
			tenant, _ = to(t, status(code))
			_, err = tenant.Get(t.Context(), schema.Clients, "c")
			assert.Equal(t, &apply.StatusError{Op: "read client", Status: code, Message: "because"}, err)
			assert.Equal(t, 5, tenant.Requests())
		})
	}
	t.Run("cut", func(t *testing.T) {
		tenant, f := to(t, ok, func(o *mgmt.Options) { o.Transport = cut(2, o.Transport) })
		_, err := tenant.Update(t.Context(), schema.Clients, "c", body)
		require.NoError(t, err)
		assert.Equal(t, 3, tenant.Requests())
		assert.JSONEq(t, `{"name":"x"}`, f.requests[0].body)
	})
	t.Run("500 is final", func(t *testing.T) {
		tenant, _ := to(t, status(500))
		_, err := tenant.Get(t.Context(), schema.Clients, "c")
		require.Error(t, err)
		assert.Equal(t, 1, tenant.Requests())
	})
	t.Run("patch in doubt to the end", func(t *testing.T) {
		tenant, _ := to(t, ok, func(o *mgmt.Options) { o.Transport = cut(9, o.Transport) })
		_, err := tenant.Update(t.Context(), schema.Clients, "c", body)
		var doubt *apply.InDoubtError
		require.ErrorAs(t, err, &doubt)
		assert.Equal(t, 5, tenant.Requests())
	})
	t.Run("limited patch is not in doubt", func(t *testing.T) {
		tenant, _ := to(t, status(429))
		_, err := tenant.Update(t.Context(), schema.Clients, "c", body)
		assert.Equal(t, &apply.StatusError{Op: "update client", Status: 429, Message: "because"}, err)
	})
}

func TestBrokenOffAnswerIsReadAgain(t *testing.T) {
	tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"client_id":"c"}`) }, func(o *mgmt.Options) {
		whole, first := o.Transport, true
		o.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := whole.RoundTrip(r)
			if first {
				first, resp.ContentLength = false, 1000
			}
			return resp, err
		})
	})
	o, err := tenant.Get(t.Context(), schema.Clients, "c")
	require.NoError(t, err)
	assert.Equal(t, "c", o.ID)
	assert.Equal(t, 2, tenant.Requests())
}

// endless is a body without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAnswerIsSizeLimited(t *testing.T) {
	tenant, _ := to(t, nil, func(o *mgmt.Options) {
		o.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(endless{}), ContentLength: -1, Request: r}, nil
		})
	})
	_, err := tenant.Get(t.Context(), schema.Clients, "c")
	require.ErrorContains(t, err, "read client: the answer is longer than 64 MB")
	assert.Equal(t, 1, tenant.Requests())
}

func TestWaitsAsAsked(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where synctest starts
	httpDate := func(d time.Duration) string { return start.Add(d).Format(http.TimeFormat) }
	unix := func(d time.Duration) string { return strconv.FormatInt(start.Add(d).Unix(), 10) }
	tests := map[string]struct {
		header      []string
		least, most time.Duration
	}{
		"seconds":                        {[]string{"Retry-After", "7"}, 7 * time.Second, 8 * time.Second},
		"date":                           {[]string{"Retry-After", httpDate(9 * time.Second)}, 9 * time.Second, 10 * time.Second},
		"more than a minute":             {[]string{"Retry-After", "90"}, 90 * time.Second, 91 * time.Second},
		"reset":                          {[]string{"X-RateLimit-Reset", unix(5 * time.Second)}, 5 * time.Second, 6 * time.Second},
		"reset in seconds":               {[]string{"X-RateLimit-Reset", "5"}, 5 * time.Second, 6 * time.Second},
		"reset far away":                 {[]string{"X-RateLimit-Reset", unix(time.Hour)}, 60 * time.Second, 61 * time.Second},
		"reset passed by our clock only": {[]string{"X-RateLimit-Reset", unix(-7 * time.Second), "Date", httpDate(-10 * time.Second)}, 3 * time.Second, 4 * time.Second},
		"reset passed":                   {[]string{"X-RateLimit-Reset", unix(-time.Second)}, 200 * time.Millisecond, time.Second},
		"retry-after before reset":       {[]string{"Retry-After", "2", "X-RateLimit-Reset", unix(30 * time.Second)}, 2 * time.Second, 3 * time.Second},
		"nothing said":                   {nil, 200 * time.Millisecond, time.Second},
		"nonsense":                       {[]string{"Retry-After", "soon", "X-RateLimit-Reset", "-4"}, 200 * time.Millisecond, time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tenant, _ := to(t, sequence(status(429, test.header...), made), realSleep)
				_, err := tenant.Create(t.Context(), schema.Clients, body)
				require.NoError(t, err)
				took := time.Since(start)
				assert.GreaterOrEqual(t, took, test.least)
				assert.LessOrEqual(t, took, test.most)
			})
		})
	}
}

func realSleep(o *mgmt.Options) { o.Sleep = nil }

func TestWaitOfHoursIsAFailure(t *testing.T) {
	tenant, _ := to(t, status(429, "Retry-After", "7200"))
	_, err := tenant.Get(t.Context(), schema.Clients, "c")
	var answered *apply.StatusError
	require.ErrorAs(t, err, &answered)
	assert.Equal(t, 1, tenant.Requests())
}

func TestPausesGrow(t *testing.T) {
	var pauses []time.Duration
	tenant, _ := to(t, status(502), func(o *mgmt.Options) {
		o.Sleep = func(_ context.Context, d time.Duration) error { pauses = append(pauses, d); return nil }
	})
	_, err := tenant.Get(t.Context(), schema.Clients, "c")
	require.Error(t, err)
	require.Len(t, pauses, 4)
	assert.Greater(t, pauses[3], pauses[0])
	assert.Less(t, pauses[3], 10*time.Second)
}

func TestCancelEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant, _ := to(t, status(429, "Retry-After", "50"), realSleep)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := tenant.Get(ctx, schema.Clients, "c")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "read client: ")
		require.ErrorContains(t, err, "429", "what it waited for is said")
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestCancelledWriteIsInDoubt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) { cancel(); made(w, r) })
	_, err := tenant.Create(ctx, schema.Clients, body)
	var doubt *apply.InDoubtError
	require.ErrorAs(t, err, &doubt)
	require.ErrorIs(t, err, context.Canceled)

	_, err = tenant.Create(ctx, schema.Clients, body)
	require.ErrorIs(t, err, context.Canceled)
	assert.NotErrorAs(t, err, &doubt, "nothing was sent")
	assert.Equal(t, 1, tenant.Requests())
}

func TestSilentServerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant, _ := to(t, nil, realSleep, func(o *mgmt.Options) {
			o.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
		})
		_, err := tenant.Create(t.Context(), schema.Clients, body)
		require.ErrorContains(t, err, "no complete answer within 1m0s")
		var doubt *apply.InDoubtError
		require.ErrorAs(t, err, &doubt)
	})
}

func TestWrongHostIsSaidAtOnce(t *testing.T) {
	f := roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: domain, IsNotFound: true}}
	})
	o := mgmt.Options{Domain: domain, Transport: f, Sleep: func(context.Context, time.Duration) error {
		t.Error("waited")
		return nil
	}}
	credentials(&o)
	_, err := mgmt.New(t.Context(), o)
	require.ErrorContains(t, err, "get a token from "+domain+": dial tcp: lookup "+domain+": no such host")
}

func TestConcurrentUse(t *testing.T) {
	var debug bytes.Buffer
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			answer(w, 200, `{"access_token":"a-token","expires_in":60}`)
			return
		}
		answer(w, 200, `{"client_id":"c"}`)
	}, credentials, func(o *mgmt.Options) { o.Debug = &debug })
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := tenant.Update(t.Context(), schema.Clients, "c", body)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Equal(t, 20, tenant.Requests())
	assert.Len(t, strings.Split(strings.TrimSpace(debug.String()), "\n"), 21)
}

// TestOnlyBrokenConnectionsAreRepeated: what a transport refuses for reasons of
// its own is said at once.
func TestOnlyBrokenConnectionsAreRepeated(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"refused host":     {errors.New("the sandbox does not reach the network: " + domain), 1},
		"cut":              {io.EOF, 5},
		"reset":            {&net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}, 5},
		"idle closed":      {errors.New("http: server closed idle connection"), 5},
		"HTTP/2":           {errors.New("http2: server sent GOAWAY and closed the connection"), 5},
		"server misbehave": {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}, 5},
		"no such host":     {&net.DNSError{Err: "no such host", IsNotFound: true}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tenant, _ := to(t, nil, func(o *mgmt.Options) {
				o.Transport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, test.err })
			})
			_, err := tenant.Get(t.Context(), schema.Clients, "c")
			require.ErrorIs(t, err, test.err)
			assert.Equal(t, test.want, tenant.Requests())
		})
	}
}
