package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// served is tacit sandbox --spa, with the example's configuration applied.
type served struct {
	URL, Domain, CA, App, API, Login, IDP string

	t      *testing.T
	client *http.Client
	pin    string // of the CA's key
	org    string // an organization's id, where a test made one
	log    string
}

// serve starts it with the pages of a directory and applies the example to it, as a person would.
func serve(t *testing.T, pages string) *served {
	t.Helper()
	dir := t.TempDir()
	s := &served{t: t, log: filepath.Join(dir, "log")}
	seed := filepath.Join(dir, "seed.json") // what is made in the Dashboard
	require.NoError(t, os.WriteFile(seed, []byte(`{"custom_domains": [{"custom_domain_id": "cd_1", "domain": "login.example.localhost", "status": "ready"}]}`), 0o600))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	r, w := io.Pipe()
	var errs bytes.Buffer
	go func() {
		ended <- cli.Main(ctx, cli.Env{
			Args: []string{
				"sandbox", "--spa", pages, "--seed", seed,
				"--addr", "127.0.0.1:0", "--log", s.log, "--ca", filepath.Join(dir, "ca.pem"),
			},
			Stdin: bytes.NewReader(nil), Stdout: w, Stderr: &errs, Now: time.Now, LookupEnv: func(string) (string, bool) { return "", false },
		})
		_ = w.Close()
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	line, err := bufio.NewReader(r).ReadBytes('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(line, s))
	s.trust()

	conf := filepath.Join(dir, "conf") // apply leaves a journal
	require.NoError(t, os.Mkdir(conf, 0o700))
	for _, name := range []string{"main.hcl", "idp.pem"} {
		raw, err := os.ReadFile(filepath.Join(spaDir(), name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(conf, name), raw, 0o600))
	}
	env := map[string]string{"AUTH0_DOMAIN": s.Domain, "AUTH0_API_TOKEN": "any", "SSL_CERT_FILE": s.CA}
	code, _, told := invoke(t.Context(), env, "apply", "--auto-approve", "--var", "port="+s.Domain[strings.LastIndex(s.Domain, ":")+1:], conf)
	require.Zero(t, code, told)
	return s
}

func (s *served) trust() {
	s.t.Helper()
	raw, err := os.ReadFile(s.CA)
	require.NoError(s.t, err)
	pool := x509.NewCertPool()
	require.True(s.t, pool.AppendCertsFromPEM(raw))
	here := func(ctx context.Context, network, _ string) (net.Conn, error) { // as browsers resolve names below localhost
		return (&net.Dialer{}).DialContext(ctx, network, s.Domain)
	}
	s.client = &http.Client{Transport: &http.Transport{DialContext: here, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	s.t.Cleanup(s.client.CloseIdleConnections)
	block, _ := pem.Decode(raw)
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(s.t, err)
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	s.pin = base64.StdEncoding.EncodeToString(sum[:])
}

// api calls the Management API, also when a test cleans up.
func (s *served) api(method, path string, body any) any {
	s.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(s.t, err)
	req, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), method, s.URL+"/api/v2/"+path, bytes.NewReader(raw))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer any")
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	require.NoError(s.t, err)
	defer func() { _ = resp.Body.Close() }()
	out, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.Less(s.t, resp.StatusCode, 300, "%s %s: %s", method, path, out)
	if len(out) == 0 {
		return nil
	}
	var v any
	require.NoError(s.t, json.Unmarshal(out, &v))
	return v
}

// find is the path of the object of a collection that has this value.
func (s *served) find(collection, key, value string) (path string, object map[string]any) {
	s.t.Helper()
	list, _ := s.api(http.MethodGet, collection, nil).([]any)
	for _, e := range list {
		o, _ := e.(map[string]any)
		if o[key] == value {
			id, _ := o["id"].(string)
			if id == "" {
				id, _ = o["client_id"].(string)
			}
			return collection + "/" + id, o
		}
	}
	s.t.Fatalf("no object of %s has %s %q", collection, key, value)
	return "", nil
}

// answer is what a host answered.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask makes a request to any of the hosts.
func (s *served) ask(method, url, body string, header ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	require.NoError(s.t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	require.NoError(s.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

// TestSPAIsServed is what holds without a browser and without the SDKs: pages, API and identity provider are there, and
// none of them does more than it should.
func TestSPAIsServed(t *testing.T) {
	pages := t.TempDir()
	require.NoError(t, copyExamples(pages, spaDir()))
	require.NoError(t, os.Remove(filepath.Join(pages, "package-lock.json"))) // or the packages must be there
	require.NoError(t, os.Mkdir(filepath.Join(pages, ".tacit"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(pages, ".tacit", "sandbox.json"), []byte(`{}`), 0o600))
	require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(pages, "out.d")))
	s := serve(t, pages)

	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/": {200, "spa-js.js"}, "/start-login?connection=acme": {200, "spa-js.js"}, "/auth0-js": {200, "auth0-js.js"}, "/portal.css": {200, "color-scheme"},
		"/config.json": {200, `"audience":"https://api.example.com/orders"`}, "/rules.json": {200, "TAC302"},
		"/nothing.js": {404, ""}, "/.tacit/sandbox.json": {404, ""}, "/.tacit": {404, ""}, "/%2e%2e/go.mod": {404, ""},
		"/out.d/": {500, ""}, // a link that leads out of the directory
	} {
		got := s.ask(http.MethodGet, s.App+path, "")
		assert.Equal(t, want.status, got.status, path)
		assert.Contains(t, got.body, want.text, path)
	}

	for token, want := range map[string]string{
		"": "carries no access token", "Bearer short": "jwt malformed", "Bearer a.b.c": "invalid algorithm",
		// A token of somebody else: the issuer's keys are not even fetched.
		"Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2V2aWwudGVzdC8ifQ.c2ln": "none that this API trusts",
	} {
		got := s.ask(http.MethodGet, s.API+"/orders", "", "Authorization", token, "Origin", s.App)
		assert.Equal(t, 401, got.status, token)
		assert.Contains(t, got.body, want, token)
		assert.Equal(t, s.App, got.header.Get("Access-Control-Allow-Origin"))
	}

	dashboard := s.ask(http.MethodGet, s.IDP+"/", "")
	assert.Contains(t, dashboard.body, "Acme Corp")
	assert.Contains(t, dashboard.body, "wrong-key")
	const form = "application/x-www-form-urlencoded"
	page := s.ask(http.MethodPost, s.IDP+"/tile", "connection=acme&domain="+s.Login[len("https://"):], "Content-Type", form)
	assert.Contains(t, page.body, `action="`+s.Login+`/login/callback?connection=acme"`)
	for _, body := range []string{"connection=acme&domain=evil.test", "connection=nobody&domain=" + s.Domain, "connection=acme&fault=none&domain=" + s.Domain} {
		got := s.ask(http.MethodPost, s.IDP+"/tile", body, "Content-Type", form)
		assert.GreaterOrEqual(t, got.status, 400, body)
	}
	asked := base64.StdEncoding.EncodeToString([]byte(`<AuthnRequest ID="_1" AssertionConsumerServiceURL="https://evil.test/acs"/>`))
	got := s.ask(http.MethodPost, s.IDP+"/sso/acme", "SAMLRequest="+strings.ReplaceAll(asked, "+", "%2B"), "Content-Type", form)
	assert.Equal(t, 400, got.status)
	assert.Contains(t, got.body, "which is not this tenant")
}
