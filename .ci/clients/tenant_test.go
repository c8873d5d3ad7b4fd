package clients

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// binary is tacit, built once for all tests.
func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("TACIT")
	require.NotEmpty(t, path, "TACIT names the binary; .ci/clients/run builds it")
	return path
}

// needsPackages skips a test of JavaScript clients where npm's packages cannot be installed.
func needsPackages(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("node_modules"); err != nil {
		t.Skip("no npm packages here (npm ci --prefix .ci/clients): deploy-cli and node-auth0 are not tested")
	}
}

// tenant is a sandbox that another process serves over HTTPS.
type tenant struct {
	t      *testing.T
	domain string
	ca     string // file
	log    string // file, one request a line
	store  string // file
}

// serve starts a sandbox and stops it when the test ends.
func serve(t *testing.T, args ...string) *tenant {
	t.Helper()
	dir := t.TempDir()
	tn := &tenant{t: t, ca: filepath.Join(dir, "ca.pem"), log: filepath.Join(dir, "log"), store: filepath.Join(dir, "store.json")}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary(t), append([]string{"sandbox", "--ca", tn.ca, "--log", tn.log, "--store", tn.store}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { stop(); _ = cmd.Wait() }) // stopped by a signal, which Wait tells as an error
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err, "the ready line of tacit sandbox")
	var ready struct{ Domain string }
	require.NoError(t, json.Unmarshal(line, &ready))
	tn.domain = ready.Domain
	return tn
}

// environment is what every tool needs to find the tenant; nothing else of ours gets in.
func (tn *tenant) environment(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + tn.t.TempDir(), "AUTH0_DOMAIN=" + tn.domain, "AUTH0_CLIENT_ID=ci", "AUTH0_CLIENT_SECRET=hush-hush",
		"SSL_CERT_FILE=" + tn.ca, "NODE_EXTRA_CA_CERTS=" + tn.ca,
	}, more...)
}

// run runs a program against the tenant and gives its output and exit code.
func (tn *tenant) run(env []string, name string, args ...string) (string, int) {
	tn.t.Helper()
	cmd := exec.CommandContext(tn.t.Context(), name, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil {
		require.ErrorAs(tn.t, err, &exit, "%s", name)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// config is a copy of an example whose files are for this tenant.
func (tn *tenant) config(example string) string {
	tn.t.Helper()
	dir := filepath.Join(tn.t.TempDir(), example)
	require.NoError(tn.t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "examples", example))))
	require.NoError(tn.t, os.RemoveAll(filepath.Join(dir, ".tacit"))) // what somebody's run left
	file := filepath.Join(dir, "main.hcl")
	src, err := os.ReadFile(file)
	require.NoError(tn.t, err)
	domain := regexp.MustCompile(`(?m)^(  domain +=) ".*"$`)
	require.Regexp(tn.t, domain, string(src))
	require.NoError(tn.t, os.WriteFile(file, domain.ReplaceAll(src, []byte(fmt.Sprintf("$1 %q", tn.domain))), 0o600))
	return dir
}

// tacit runs tacit on a configuration.
func (tn *tenant) tacit(args ...string) (string, int) {
	tn.t.Helper()
	return tn.run(tn.environment(), binary(tn.t), args...)
}

// apply carries out a configuration.
func (tn *tenant) apply(dir string) {
	tn.t.Helper()
	out, code := tn.tacit("apply", "--auto-approve", dir)
	require.Zero(tn.t, code, out)
}

// unchanged holds that tacit sees nothing to do.
func (tn *tenant) unchanged(dir string) {
	tn.t.Helper()
	out, code := tn.tacit("plan", "--detailed-exitcode", dir)
	require.Zero(tn.t, code, out)
	require.Contains(tn.t, out, "No changes.")
}

// holds is the whole tenant as the sandbox stores it.
func (tn *tenant) holds() map[string]any {
	tn.t.Helper()
	raw, err := os.ReadFile(tn.store)
	require.NoError(tn.t, err)
	var out map[string]any
	require.NoError(tn.t, json.Unmarshal(raw, &out))
	delete(out, "logs") // what was done, not what is there
	return out
}

// request is a line of the sandbox's log.
type request struct {
	Method, Path, Query string
	Status              int
}

// requests are those to the Management API so far.
func (tn *tenant) requests() []request {
	tn.t.Helper()
	raw, err := os.ReadFile(tn.log)
	require.NoError(tn.t, err)
	var out []request
	for line := range bytes.Lines(raw) {
		var r request
		require.NoError(tn.t, json.Unmarshal(line, &r))
		if strings.HasPrefix(r.Path, "/api/v2/") {
			out = append(out, r)
		}
	}
	return out
}

// during gives the requests that f sends. None may be refused but for what a tenant without SCIM answers: the clients here
// ask for nothing that a tenant refuses.
func (tn *tenant) during(f func()) []request {
	tn.t.Helper()
	before := len(tn.requests())
	f()
	sent := tn.requests()[before:]
	for _, r := range sent {
		if r.Status >= http.StatusBadRequest && !strings.HasSuffix(r.Path, "/scim-configuration") {
			tn.t.Errorf("%s %s?%s: %d", r.Method, r.Path, r.Query, r.Status)
		}
	}
	return sent
}

// writes counts those that are not reads.
func writes(all []request) int {
	n := 0
	for _, r := range all {
		if r.Method != http.MethodGet {
			n++
		}
	}
	return n
}

// httpClient trusts the tenant.
func (tn *tenant) httpClient() *http.Client {
	tn.t.Helper()
	pem, err := os.ReadFile(tn.ca)
	require.NoError(tn.t, err)
	roots := x509.NewCertPool()
	require.True(tn.t, roots.AppendCertsFromPEM(pem))
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
}
