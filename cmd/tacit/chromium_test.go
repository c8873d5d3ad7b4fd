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
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// spaDir is the application that the browser opens.
func spaDir() string { return filepath.Join("..", "..", "examples", "spa") }

// needsBrowser skips a test where Chromium or the SDKs are missing.
func needsBrowser(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(spaDir(), "node_modules")); err != nil {
		t.Skip("the SDKs are not installed: npm ci --prefix examples/spa")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium: apt-get install chromium")
	return ""
}

// served is tacit sandbox --spa, with the example's configuration applied.
type served struct {
	URL, Domain, CA, App, Login, IDP string

	t      *testing.T
	client *http.Client
	pin    string // of the CA's key
	log    string
}

// serve starts it and applies the example to it, as a person would.
func serve(t *testing.T) *served {
	t.Helper()
	dir := t.TempDir()
	s := &served{t: t, log: filepath.Join(dir, "log")}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	r, w := io.Pipe()
	var errs bytes.Buffer
	go func() {
		ended <- cli.Main(ctx, cli.Env{
			Args: []string{
				"sandbox", "--spa", spaDir(), "--seed", filepath.Join(spaDir(), "seed.json"),
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
	s.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
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
	defer resp.Body.Close()
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

// browser is a running Chromium; pages in it share nothing.
type browser struct{ ctx context.Context }

// launch starts a Chromium that blocks third-party cookies or does not. The preference decides: Debian's build blocks
// them where nothing is said.
func launch(t *testing.T, chromium, pin string, blocked bool) *browser {
	t.Helper()
	profile, err := os.MkdirTemp("", "tacit-chromium-")
	require.NoError(t, err)
	controls := "0"
	if blocked {
		controls = "1"
	}
	require.NoError(t, os.Mkdir(filepath.Join(profile, "Default"), 0o700))
	prefs := `{"profile":{"cookie_controls_mode":` + controls + `}}`
	require.NoError(t, os.WriteFile(filepath.Join(profile, "Default", "Preferences"), []byte(prefs), 0o600))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("ignore-certificate-errors-spki-list", pin), chromedp.WindowSize(900, 1100),
		chromedp.Flag("renderer-process-limit", "1"), chromedp.Flag("in-process-gpu", true))...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		cancel() // waits for the process
		stop()
		_ = os.RemoveAll(profile) // a temporary directory; the system clears it otherwise
	})
	require.NoError(t, chromedp.Run(ctx))
	return &browser{ctx}
}

// tab is a page with cookies and storage of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// patience is how long a page may take; a test that needs it has failed.
const patience = 20 * time.Second

func (b *browser) tab(t *testing.T) *tab {
	t.Helper()
	whole := cdp.WithExecutor(b.ctx, chromedp.FromContext(b.ctx).Browser)
	store, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(whole)
	require.NoError(t, err)
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(store).WithNewWindow(true).Do(whole)
	require.NoError(t, err)
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id))
	ctx, stop := context.WithTimeout(ctx, patience)
	t.Cleanup(func() {
		stop()
		cancel()
		_ = target.DisposeBrowserContext(store).Do(whole) // the browser ends soon
	})
	return &tab{t, ctx}
}

func (p *tab) do(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatalf("%v; the page says:\n%s", err, p.says())
	}
}

// says is what a person reads on the page, however far it is.
func (p *tab) says() string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), time.Second) // p.ctx may be over
	defer cancel()
	var where, text string
	if err := chromedp.Run(ctx, chromedp.Location(&where), chromedp.Evaluate(`document.body?.innerText ?? ""`, &text)); err != nil {
		return err.Error()
	}
	return where + "\n" + text
}

// text is the text of the first element, "" when there is none.
func (p *tab) text(selector string) string {
	p.t.Helper()
	var out string
	quoted, err := json.Marshal(selector)
	require.NoError(p.t, err)
	p.do(chromedp.Evaluate(`document.querySelector(`+string(quoted)+`)?.innerText ?? ""`, &out))
	return out
}

// picture writes what the page looks like.
func (p *tab) picture(dir, name string) {
	p.t.Helper()
	var png []byte
	p.do(chromedp.FullScreenshot(&png, 100))
	require.NoError(p.t, os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".png"), png, 0o600))
}
