package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// invoke runs one command line with an environment of its own.
func invoke(ctx context.Context, env map[string]string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = cli.Main(ctx, cli.Env{
		Args: args, Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Now: time.Now,
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	return code, out.String(), errs.String()
}

// TestSandboxServesATenantOverHTTPS: the ready line is enough for another
// process to log in with client credentials, trust the CA, plan and apply; the
// server ends cleanly and keeps its tenant in the store.
func TestSandboxServesATenantOverHTTPS(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "conf")
	require.NoError(t, os.Mkdir(conf, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(conf, "main.hcl"), []byte("api \"x\" {\n  identifier = \"https://api.example.com\"\n}\n"), 0o600))
	store, logFile := filepath.Join(dir, "store.json"), filepath.Join(dir, "log")

	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, cli.Env{
			Args: []string{"sandbox", "--store", store, "--log", logFile, "--tier", "enterprise-prod"}, Stdout: w, Stderr: io.Discard,
			Stdin: bytes.NewReader(nil), Now: time.Now, LookupEnv: func(string) (string, bool) { return "", false },
		})
	}()
	var ready struct{ URL, Domain, CA string }
	line, err := bufio.NewReader(r).ReadBytes('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(line, &ready))
	assert.Equal(t, "https://"+ready.Domain, ready.URL)

	env := map[string]string{"AUTH0_DOMAIN": ready.Domain, "AUTH0_CLIENT_ID": "ci", "AUTH0_CLIENT_SECRET": "hush-hush", "SSL_CERT_FILE": ready.CA}
	code, out, errs := invoke(t.Context(), env, "apply", "--auto-approve", conf)
	require.Zero(t, code, errs)
	assert.Contains(t, out, "Apply complete! Resources: 1 added")
	code, _, errs = invoke(t.Context(), env, "plan", "--detailed-exitcode", conf)
	require.Zero(t, code, errs)

	delete(env, "SSL_CERT_FILE")
	code, _, errs = invoke(t.Context(), env, "plan", conf)
	assert.Equal(t, 1, code, "a server that nobody vouches for is not talked to")
	assert.NotContains(t, errs, "hush-hush")

	stop()
	assert.Zero(t, <-ended)
	raw, err := os.ReadFile(store)
	require.NoError(t, err)
	assert.Contains(t, string(raw), "https://api.example.com")
	raw, err = os.ReadFile(logFile)
	require.NoError(t, err)
	var entry map[string]any
	require.NoError(t, json.Unmarshal(bytes.SplitN(raw, []byte("\n"), 2)[0], &entry))
	for _, key := range []string{"t", "method", "path", "query", "status", "ms", "inflight"} {
		assert.Contains(t, entry, key)
	}
}
