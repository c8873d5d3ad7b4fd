package main

import (
	"context"
	"encoding/json"
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

// browser is a running Chromium; pages in it share nothing.
type browser struct{ ctx context.Context }

// launch starts a Chromium that blocks third-party cookies or does not. The preference decides: Debian's build blocks
// them where nothing is said.
func launch(t *testing.T, chromium, pin string, blocked bool) *browser {
	t.Helper()
	profile, err := os.MkdirTemp("", "tacit-chromium-") //nolint:usetesting // a browser that writes while it ends must not fail the test
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
		cancel()
		stop()
		chromedp.FromContext(ctx).Allocator.Wait()
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
