package mgmt_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
)

func TestAnswersThatAreNotJSON(t *testing.T) {
	page := "<html><head><title>t</title><style>p{}</style></head><body><script>var x=1</script><h1>502 Bad\x1b[31m Gateway</h1>" +
		"\n<p>Authorization: Bearer " + apiToken + "</p></body></html>"
	tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, page)
	})
	_, err := tenant.Get(t.Context(), schema.Clients, "c")
	assert.Equal(t, &apply.StatusError{
		Op: "read client", Status: 502,
		Message: `an answer that is not JSON but text/html: "502 Bad [31m Gateway Authorization: Bearer [hidden]"`,
	}, err)

	tenant, _ = to(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>Log in to the Wi-Fi</p>") })
	_, err = tenant.Get(t.Context(), schema.Clients, "c")
	require.ErrorContains(t, err, `read client: 200 with an answer that is not JSON`)
	require.ErrorContains(t, err, `Log in to the Wi-Fi`)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Error("reached the other host: ", r.Method, r.Header)
	}))
	defer elsewhere.Close()
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/steal?token=hush", http.StatusTemporaryRedirect)
	}))
	defer here.Close()
	tenant, err := mgmt.New(t.Context(), mgmt.Options{Domain: here.URL, Token: apiToken})
	require.NoError(t, err)
	for _, call := range []func() error{
		func() error { _, err := tenant.Get(t.Context(), schema.Clients, "c"); return err },
		func() error { _, err := tenant.Create(t.Context(), schema.Clients, body); return err },
	} {
		err := call()
		var answered *apply.StatusError
		require.ErrorAs(t, err, &answered)
		assert.Equal(t, 307, answered.Status)
		assert.Contains(t, answered.Message, "a redirect to "+elsewhere.URL+", which is not followed")
		assert.NotContains(t, err.Error(), "hush")
	}
}

func TestHeaders(t *testing.T) {
	tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"client_id":"c"}`) },
		func(o *mgmt.Options) { o.RunID = "run-1" })
	_, err := tenant.Get(t.Context(), schema.Clients, "c")
	require.NoError(t, err)
	_, err = tenant.Update(t.Context(), schema.Clients, "c", body)
	require.NoError(t, err)
	read, write := f.requests[0].header, f.requests[1].header
	assert.Equal(t, "Bearer "+apiToken, read.Get("Authorization"))
	assert.Equal(t, "tacit/test", read.Get("User-Agent"))
	assert.Empty(t, read.Get("X-Correlation-ID"))
	assert.Equal(t, "run-1", write.Get("X-Correlation-ID"))
	assert.Equal(t, "application/json", write.Get("Content-Type"))
}

func TestNoSecretGetsOut(t *testing.T) {
	const secret = "s3cret-of-the-client"
	key := "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----"
	var debug bytes.Buffer
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			answer(w, 200, `{"access_token":"`+apiToken+`","expires_in":86400}`)
			return
		}
		refuse(w, 400, "invalid_body", "bad value "+apiToken+" "+secret+" "+key+" hushhush unarmoured")
	}, func(o *mgmt.Options) {
		o.Token, o.ClientID, o.ClientSecret, o.Debug = "", "id", secret, &debug
	})
	_, err := tenant.Create(t.Context(), schema.Clients, map[string]any{
		"name": "hush", "client_secret": "hushhush", "options": map[string]any{"signing_key": map[string]any{"key": "unarmoured"}},
	})
	require.ErrorContains(t, err, "bad value [hidden] [hidden] [hidden] [hidden] [hidden]")
	_, err = tenant.List(t.Context(), schema.Clients, []string{"hush"})
	require.Error(t, err)
	lines := strings.Split(strings.TrimSpace(debug.String()), "\n")
	require.Len(t, lines, 3)
	assert.Regexp(t, `^POST /oauth/token 200 \d+ms$`, lines[0])
	assert.Regexp(t, `^POST /api/v2/clients 400 \d+ms$`, lines[1])
	assert.Regexp(t, `^GET /api/v2/clients 400 \d+ms$`, lines[2])
}

// TestRealSockets: what net/http makes of broken connections is sorted right.
func TestRealSockets(t *testing.T) {
	var posts atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost: // gone after the request was read
			posts.Add(1)
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if assert.NoError(t, err) {
				_ = conn.Close()
			}
		case http.MethodPatch: // gone in the middle of the answer
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"client_id":`)
		default:
			answer(w, 200, `{"client_id":"c"}`)
		}
	}))
	defer s.Close()
	tenant, err := mgmt.New(t.Context(), mgmt.Options{Domain: s.URL, Token: apiToken, Sleep: noSleep})
	require.NoError(t, err)
	_, err = tenant.Get(t.Context(), schema.Clients, "c") // leaves a connection open for the POST to use
	require.NoError(t, err)
	var doubt *apply.InDoubtError
	_, err = tenant.Create(t.Context(), schema.Clients, body)
	require.ErrorAs(t, err, &doubt)
	assert.EqualValues(t, 1, posts.Load())
	_, err = tenant.Update(t.Context(), schema.Clients, "c", body)
	require.ErrorAs(t, err, &doubt)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, 1+1+5, tenant.Requests())

	s.Close()
	_, err = tenant.Create(t.Context(), schema.Clients, body)
	require.Error(t, err)
	assert.NotErrorAs(t, err, &doubt, "nobody was there to receive it")
}
