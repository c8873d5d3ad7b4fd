package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// liveTenant is a tenant over HTTPS on which the quickstart's logins work.
type liveTenant struct {
	server *sandbox.Server
	domain string
	env    map[string]string
	dir    string
	// before is called with every request.
	before func(*http.Request)
}

func newLiveTenant(t *testing.T) *liveTenant {
	t.Helper()
	l := &liveTenant{dir: t.TempDir()}
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.before != nil {
			l.before(r)
		}
		l.server.ServeHTTP(w, r)
	}))
	l.domain = ts.Listener.Addr().String()
	var err error
	l.server, err = sandbox.New(sandbox.Options{Domains: []string{l.domain}})
	require.NoError(t, err)
	ts.StartTLS()
	t.Cleanup(ts.Close)
	ca := filepath.Join(l.dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ts.Certificate().Raw}), 0o600))
	l.env = map[string]string{"AUTH0_DOMAIN": l.domain, "AUTH0_API_TOKEN": "token", "SSL_CERT_FILE": ca}
	raw, err := os.ReadFile(filepath.Join("..", "..", "examples", "quickstart", "main.hcl"))
	require.NoError(t, err)
	conf := strings.Replace(string(raw), "quickstart.eu.auth0.com", l.domain, 1)
	conf = strings.Replace(conf, `login_domain = "login.example.com"`, "", 1)
	conf = strings.Replace(conf, `"iframe"`, `"redirect"`, 1) // an iframe of another site would get no session
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "main.hcl"), []byte(conf), 0o600))
	require.NoError(t, os.CopyFS(filepath.Join(l.dir, "idp"), os.DirFS(filepath.Join("..", "..", "examples", "quickstart", "idp"))))
	code, out, errs := invoke(t.Context(), l.env, "apply", "--auto-approve", "--no-rehearse", l.dir)
	require.Zero(t, code, out+errs)
	return l
}

// run is tacit at a terminal, with what the person types.
func (l *liveTenant) run(ctx context.Context, typed string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = cli.Main(ctx, cli.Env{
		Args: append(args, l.dir), Stdin: strings.NewReader(typed), Stdout: &stdout, Stderr: &stderr, Now: time.Now, StdinTerminal: true,
		LookupEnv: func(name string) (string, bool) { v, ok := l.env[name]; return v, ok },
	})
	return code, stdout.String(), stderr.String()
}

func (l *liveTenant) state(t *testing.T) string {
	t.Helper()
	raw, err := l.server.Snapshot()
	require.NoError(t, err)
	return string(raw)
}

// TestLiveAsksForTheTenant: "yes" is not enough to write to a tenant for a try.
func TestLiveAsksForTheTenant(t *testing.T) {
	l := newLiveTenant(t)
	before := l.state(t)
	live := []string{"rehearse", "--live", "--path", "silent_upgrade.orders/acme"}
	for typed, want := range map[string]int{"yes\n": 1, "": 1, "other.eu.auth0.com\n": 1, l.domain + "\n": 0} {
		code, out, errs := l.run(t.Context(), typed, live...)
		assert.Equal(t, want, code, "%q: %s%s", typed, out, errs)
		assert.Contains(t, errs, "type the tenant's name ("+l.domain+")")
		assert.Equal(t, want == 0, strings.Contains(out, "removed, with its user"))
		assert.JSONEq(t, before, l.state(t))
	}
	l.env["CI"] = "1"
	code, _, errs := l.run(t.Context(), l.domain+"\n", live...)
	assert.Equal(t, 1, code)
	assert.Contains(t, errs, "CI is set")
	code, out, errs := l.run(t.Context(), "", append(live, "--allow-live")...)
	assert.Zero(t, code, errs)
	assert.Contains(t, out, "removed, with its user")
}

// TestLiveInterrupted: exit 130, and the tenant is as it was; so is it when the canary's creation was under way.
func TestLiveInterrupted(t *testing.T) {
	l := newLiveTenant(t)
	before := l.state(t)
	for _, at := range []string{"POST /login/callback", "POST /api/v2/connections", "GET /authorize", "POST /oauth/token"} {
		ctx, stop := context.WithCancel(t.Context())
		var ended bool
		l.before = func(r *http.Request) {
			if r.Method+" "+r.URL.Path == at {
				ended = true
				stop()
			}
		}
		code, out, errs := l.run(ctx, "", "rehearse", "--live", "--allow-live")
		assert.True(t, ended, "%s: %s%s", at, out, errs)
		assert.Equal(t, 130, code, "%s: %s%s", at, out, errs)
		assert.Contains(t, errs, "no canary of this run was left behind")
		assert.JSONEq(t, before, l.state(t), at)
		stop()
	}
}
