package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tacit-dev/tacit/apply/sandbox"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tacit": func() { os.Exit(run()) }})
}

// TestScripts plays the stories of testdata/script. Besides testscript's own
// verbs they may use:
//
//	exits N COMMAND...     run a command and expect exactly that exit code
//	sandbox [https] [SEED [FAULTS]]  start a tenant on loopback; sets AUTH0_DOMAIN, AUTH0_API_TOKEN and SANDBOX_LOG, with https also SSL_CERT_FILE
//	requests N [PREFIX]    expect N Management API requests since the last call, of paths with that prefix
//	writes N               expect N requests other than GET since the last call of writes
//	patch COLLECTION KEY=VALUE JSON  change an object of the tenant, as the dashboard would, or as the application PATCH_AS
//	hold N before|after    hold the N-th write from now on: before it reaches the tenant, or its answer
//	held                   wait until that write is held
//	lastrun DIR [N]        set RUN to the id of the N-th last run of a configuration
//	golden FILE            expect the last command to have printed exactly this file of examples; UPDATE_SCRIPTS=1 writes it
//	captured FILE COMMAND...  run a command and expect the Markdown file of examples to show it with this output, in a console block; UPDATE_SCRIPTS=1 writes it
//	setjson FILE PATH JSON change a value in a JSON file; PATH is dotted, list elements by number or KEY=VALUE
func TestScripts(t *testing.T) {
	update := os.Getenv("UPDATE_SCRIPTS") != ""
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"), UpdateScripts: update,
		RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("TMPDIR", e.WorkDir)
			e.Values[holderKey{}] = &holder{}
			return copyExamples(filepath.Join(e.WorkDir, "examples"), examples)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "sandbox": startSandbox, "requests": requests, "writes": writes, "setjson": setJSON, "patch": patch, "insert": insert,
			"hold": hold, "held": held, "lastrun": lastRun, "golden": golden(filepath.Dir(examples), update), "captured": captured(filepath.Dir(examples), update),
		},
	})
}

// copyExamples leaves out what trying the examples left behind.
func copyExamples(to, from string) error {
	files := os.DirFS(from)
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".tacit" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o755)
		}
		raw, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), raw, 0o644)
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var status *exec.ExitError
	if errors.As(err, &status) {
		got = status.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// golden compares with a file that people read beside an example.
func golden(root string, update bool) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 || !strings.HasPrefix(args[0], "examples/") {
			ts.Fatalf("usage: golden examples/FILE")
		}
		got := ts.ReadFile("stdout")
		if update {
			ts.Check(os.WriteFile(filepath.Join(root, filepath.FromSlash(args[0])), []byte(got), 0o600))
			return
		}
		if want := ts.ReadFile(args[0]); got != want {
			ts.Fatalf("%s is not what was printed (UPDATE_SCRIPTS=1 rewrites it):\n%s", args[0], got)
		}
	}
}

// captured holds a console block of a README to what the command prints. Ids
// differ from run to run, and the day does.
func captured(root string, update bool) func(*testscript.TestScript, bool, []string) {
	ids, days := regexp.MustCompile(`"([A-Za-z0-9]{32}|con_[A-Za-z0-9]{16})"`), regexp.MustCompile(`(Offboarded on|From) 20\d\d-\d\d-\d\d`)
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 2 || !strings.HasPrefix(args[0], "examples/") {
			ts.Fatalf("usage: captured examples/FILE COMMAND...")
		}
		_ = ts.Exec(args[1], args[2:]...) // the output says whether it failed
		got := ids.ReplaceAllString(ts.ReadFile("stdout")+ts.ReadFile("stderr"), `"(an id)"`)
		got = days.ReplaceAllString(got, "$1 (a date)")
		name := filepath.Join(root, filepath.FromSlash(args[0]))
		raw, err := os.ReadFile(name)
		ts.Check(err)
		head, rest, found := strings.Cut(string(raw), "```console\n$ "+strings.Join(args[1:], " ")+"\n")
		shown, tail, closed := strings.Cut(rest, "```\n")
		if !found || !closed {
			ts.Fatalf("%s has no console block of %s", args[0], strings.Join(args[1:], " "))
		}
		if shown == got {
			return
		}
		if !update {
			ts.Fatalf("%s does not show what was printed (UPDATE_SCRIPTS=1 rewrites it):\n%s", args[0], got)
		}
		out := head + "```console\n$ " + strings.Join(args[1:], " ") + "\n" + got + "```\n" + tail
		ts.Check(os.WriteFile(name, []byte(out), 0o600))
	}
}

func startSandbox(ts *testscript.TestScript, neg bool, args []string) {
	plain := len(args) == 0 || args[0] != "https"
	if !plain {
		args = args[1:]
	}
	if neg || len(args) > 2 {
		ts.Fatalf("usage: sandbox [https] [SEED [FAULTS]]")
	}
	path := ts.MkAbs("requests.log")
	f, err := os.Create(path)
	ts.Check(err)
	opts := sandbox.Options{Log: f}
	if len(args) == 2 {
		opts.Faults, err = sandbox.ParseFaults([]byte(ts.ReadFile(args[1])))
		ts.Check(err)
	}
	srv, err := sandbox.New(opts)
	ts.Check(err)
	if len(args) > 0 {
		ts.Check(srv.Load([]byte(ts.ReadFile(args[0]))))
	}
	ctx, stop := context.WithCancel(context.Background())
	l, err := srv.Start(ctx, sandbox.ServeOptions{HTTP: plain, CAFile: ts.MkAbs("ca.pem")})
	ts.Check(err)
	ts.Defer(func() {
		stop()
		_ = l.Wait()
		_ = f.Close()
	})
	ts.Setenv("AUTH0_DOMAIN", l.URL())
	if !plain {
		ts.Setenv("SSL_CERT_FILE", ts.MkAbs("ca.pem"))
	}
	ts.Setenv("AUTH0_API_TOKEN", "token")
	ts.Setenv("SANDBOX_LOG", path)
}

func logLines(ts *testscript.TestScript) []struct{ Method, Path string } {
	raw := ts.ReadFile(ts.Getenv("SANDBOX_LOG"))
	var out []struct{ Method, Path string }
	sc := bufio.NewScanner(bytes.NewReader([]byte(raw)))
	for sc.Scan() {
		var line struct{ Method, Path string }
		ts.Check(json.Unmarshal(sc.Bytes(), &line))
		if strings.HasPrefix(line.Path, "/api/v2/") {
			out = append(out, line)
		}
	}
	return out
}

// since returns the log lines after the last call with the same cursor.
func since(ts *testscript.TestScript, cursor string) []struct{ Method, Path string } {
	lines := logLines(ts)
	file := ts.MkAbs("." + cursor + ".cursor")
	n := 0
	if raw, err := os.ReadFile(file); err == nil {
		n, err = strconv.Atoi(string(raw))
		ts.Check(err)
	}
	ts.Check(os.WriteFile(file, []byte(strconv.Itoa(len(lines))), 0o600))
	return lines[n:]
}

func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: requests N [PREFIX]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	for _, l := range since(ts, "requests") {
		if len(args) == 1 || strings.HasPrefix(l.Path, args[1]) {
			got++
		}
	}
	if got != want {
		ts.Fatalf("%d requests, want %d", got, want)
	}
}

func writes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: writes N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	for _, l := range since(ts, "writes") {
		if l.Method != http.MethodGet {
			got++
		}
	}
	if got != want {
		ts.Fatalf("%d writes, want %d", got, want)
	}
}

func patch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: patch COLLECTION KEY=VALUE JSON")
	}
	base := ts.Getenv("AUTH0_DOMAIN") + "/api/v2/" + args[0]
	var list []any
	ts.Check(json.Unmarshal(call(ts, http.MethodGet, base, ""), &list))
	i, err := index(list, args[1])
	ts.Check(err)
	id := "id"
	if args[0] == "clients" {
		id = "client_id"
	}
	call(ts, http.MethodPatch, base+"/"+list[i].(map[string]any)[id].(string), args[2])
}

func call(ts *testscript.TestScript, method, url, body string) []byte {
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	ts.Check(err)
	if as := ts.Getenv("PATCH_AS"); as != "" {
		claims := base64.RawURLEncoding.EncodeToString([]byte(`{"azp":"` + as + `"}`))
		req.Header.Set("Authorization", "Bearer e30."+claims+".x")
	} else {
		req.Header.Set("Authorization", "Bearer dashboard")
		req.Header.Set(sandbox.DashboardHeader, "admin@example.com")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := tenantClient(ts).Do(req)
	ts.Check(err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if resp.StatusCode >= http.StatusBadRequest {
		ts.Fatalf("%s %s: %d %s", method, url, resp.StatusCode, raw)
	}
	return raw
}

// tenantClient trusts the script's tenant.
func tenantClient(ts *testscript.TestScript) *http.Client {
	file := ts.Getenv("SSL_CERT_FILE")
	if file == "" {
		return http.DefaultClient
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(ts.ReadFile(file)))
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
}

// insert implements the verb "insert FILE LINE TEXT": TEXT goes before the first
// line that begins with LINE.
func insert(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: insert FILE LINE TEXT")
	}
	text := "\n" + ts.ReadFile(args[0])
	head, tail, ok := strings.Cut(text, "\n"+args[1])
	if !ok {
		ts.Fatalf("%s has no line that begins with %q", args[0], args[1])
	}
	out := strings.TrimPrefix(head+"\n"+args[2]+"\n"+args[1]+tail, "\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(out), 0o600))
}

func setJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: setjson FILE PATH JSON")
	}
	var doc, value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	ts.Check(json.Unmarshal([]byte(args[2]), &value))
	doc, err := put(doc, strings.Split(args[1], "."), value)
	ts.Check(err)
	raw, err := json.MarshalIndent(doc, "", "  ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o600))
}

func put(doc any, path []string, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	switch d := doc.(type) {
	case map[string]any:
		v, err := put(d[path[0]], path[1:], value)
		d[path[0]] = v
		return d, err
	case []any:
		i, err := index(d, path[0])
		if err != nil {
			return nil, err
		}
		d[i], err = put(d[i], path[1:], value)
		return d, err
	default:
		return nil, fmt.Errorf("nothing at %v", path)
	}
}

// index finds a list element by number, or by KEY=VALUE of one of its fields.
func index(list []any, step string) (int, error) {
	key, want, named := strings.Cut(step, "=")
	if !named {
		return strconv.Atoi(step)
	}
	for i, e := range list {
		if m, ok := e.(map[string]any); ok && m[key] == want {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no element with %s", step)
}
