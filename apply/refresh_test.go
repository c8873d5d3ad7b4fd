package apply_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

// logBound is how late entries of the log may come in these tests.
const logBound = time.Minute

// logged is a tenant whose log is followed, on a clock of its own.
type logged struct {
	t   tb
	srv *sandbox.Server
	ten *mgmt.Tenant
	dir string
	now time.Time
	cfg *schema.Config
	// delay is how late the next entry of the log comes.
	delay time.Duration
	ask   apply.Refresh
}

// follow opens a tenant with a log that goes back further than the bound.
func follow(t tb, dir string, cfg *schema.Config, seed map[string]any, opts sandbox.Options) *logged {
	l := &logged{t: t, dir: dir, cfg: plan.Complete(cfg), now: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)}
	for _, o := range l.cfg.Objects {
		o.Convert = true
	}
	opts.Domains, opts.Now = []string{domain}, func() time.Time { return l.now }
	opts.LogDelay = func() time.Duration { return l.delay }
	var err error
	l.srv, err = sandbox.New(opts)
	require.NoError(t, err)
	if seed["logs"] == nil {
		seed["logs"] = []any{
			map[string]any{"type": "s", "date": "2026-09-01T08:00:00Z"}, map[string]any{"type": "sapi", "date": "2026-09-01T09:00:00Z"},
		}
	}
	raw, err := json.Marshal(seed)
	require.NoError(t, err)
	require.NoError(t, l.srv.Load(raw))
	l.ten, err = mgmt.New(context.Background(), mgmt.Options{Domain: domain, Token: "t", Transport: l.srv.Transport(), UserAgent: "test"})
	require.NoError(t, err)
	l.ask = apply.Refresh{Dir: dir, Tenant: l.ten, Log: l.ten, Delay: logBound, For: apply.KeptFor{Tenant: domain, Client: "m2m", Version: "1"}}
	return l
}

// readAll reads through r and returns the plan.
func (l *logged) readAll(r apply.Reader) *plan.Plan {
	catalogue := rules.Catalogue()
	_, b, ds, err := apply.Read(context.Background(), r, l.cfg, catalogue)
	require.NoError(l.t, err)
	require.False(l.t, ds.HasErrors(), "%v", ds)
	p, ds := apply.Make(l.cfg, b, catalogue, nil)
	require.False(l.t, ds.HasErrors(), "%v", ds)
	return p
}

// refresh plans as plan --refresh=log does. held is nil when everything was
// read; why says why.
func (l *logged) refresh() (p *plan.Plan, held *apply.KeptRead, why, notKept error) {
	held, why = l.ask.Held(context.Background())
	if why == nil {
		return l.readAll(held.Reader), held, nil, nil
	}
	rec := l.ask.Record(context.Background())
	p = l.readAll(rec.Reader())
	return p, nil, why, rec.Keep(plan.Needs(l.cfg, rules.Catalogue()), apply.Cost{})
}

// keep reads the tenant, and the read is kept.
func (l *logged) keep() {
	_, _, _, notKept := l.refresh()
	require.NoError(l.t, notKept)
}

// login makes an entry that changes nothing: a refused one, which takes no signature.
func (l *logged) login() {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://"+domain+"/oauth/token", strings.NewReader("grant_type=client_credentials&client_id=m2m"))
	require.NoError(l.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := l.srv.Transport().RoundTrip(r)
	require.NoError(l.t, err)
	require.NoError(l.t, resp.Body.Close())
}

func (l *logged) rename(to string) {
	require.NoError(l.t, l.srv.PatchObject("connections", "con_0000000000000000", map[string]any{"display_name": to}))
}

// connected is a tenant that holds what customers(n) declares, nearly.
func connected(n int) map[string]any {
	var conns []any
	for i := range n {
		conns = append(conns, map[string]any{
			"id": fmt.Sprintf("con_%016d", i), "name": fmt.Sprintf("c%04d", i), "strategy": "samlp",
			"options": map[string]any{"signInEndpoint": "https://idp.example/old", "client_secret": "hush-connection", "unknown": map[string]any{"apiPassword": "hush-deep"}},
		})
	}
	return map[string]any{
		"connections":      conns,
		"clients":          []any{map[string]any{"client_id": "spa00000000000000000000000000000", "name": "Portal", "app_type": "spa", "client_secret": "hush-client", "token_endpoint_auth_method": "none"}},
		"resource_servers": []any{map[string]any{"id": "rs1", "identifier": "https://api.example/", "name": "Orders", "signing_alg": "HS256", "signing_secret": "hush-api"}},
	}
}

func TestARefreshTakesThreeRequests(t *testing.T) {
	for _, n := range []int{1, 20, 250} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			l := follow(t, t.TempDir(), customers(n), connected(n), sandbox.Options{})
			full, held, why, notKept := l.refresh()
			require.Nil(t, held)
			require.EqualError(t, why, "no earlier read is kept")
			require.NoError(t, notKept)
			for range 3 {
				l.now = l.now.Add(time.Hour)
				l.login()
				before := l.ten.Requests()
				again, held, why, _ := l.refresh()
				require.NoError(t, why)
				assert.LessOrEqual(t, l.ten.Requests()-before, apply.MaxRefresh)
				assert.Equal(t, l.now.Add(-logBound), held.AsOf)
				assert.Equal(t, asJSON(t, full), asJSON(t, again))
			}
			l.rename("Moved")
			_, _, why, _ = l.refresh()
			require.ErrorContains(t, why, "admin@example.com wrote to the tenant at 2026-09-01T15:00:00Z (PATCH /connections/con_0000000000000000)")
		})
	}
}

func asJSON(t tb, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

func TestNoSecretIsKept(t *testing.T) {
	l := follow(t, t.TempDir(), customers(2), connected(2), sandbox.Options{})
	_, _, _, notKept := l.refresh()
	require.NoError(t, notKept)
	raw, err := os.ReadFile(filepath.Join(l.dir, ".tacit", "kept.json"))
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "hush-")
	assert.Contains(t, string(raw), "https://idp.example/old", "it is the read all the same")
	if runtime.GOOS != "windows" {
		for name, mode := range map[string]os.FileMode{"kept.json": 0o600, "": 0o700} {
			info, err := os.Stat(filepath.Join(l.dir, ".tacit", name))
			require.NoError(t, err)
			assert.Equal(t, mode, info.Mode().Perm())
		}
	}
	assert.FileExists(t, filepath.Join(l.dir, ".tacit", ".gitignore"))

	set(l.cfg.Objects[1], "signing_key", map[string]any{"key": "k", "cert": "c"})
	seed := connected(2)
	seed["connections"].([]any)[0].(map[string]any)["options"].(map[string]any)["signing_key"] = map[string]any{"key": "hush-key"}
	managed := follow(t, t.TempDir(), l.cfg, seed, sandbox.Options{})
	_, _, _, notKept = managed.refresh()
	require.ErrorContains(t, notKept, "holds what may be a secret and the plan looks at (signing_key)")
	assert.NoFileExists(t, filepath.Join(managed.dir, ".tacit", "kept.json"))
}

// TestWhatMayBeASecretIsNotKept: wherever people and services put secrets, none
// is in the file; what the plan looks at is read each time.
func TestWhatMayBeASecretIsNotKept(t *testing.T) {
	options := func(more map[string]any) map[string]any {
		m := map[string]any{"signInEndpoint": "https://idp.example/old?idpid=C01"}
		maps.Copy(m, more)
		return m
	}
	for name, plant := range map[string]struct {
		client, connection map[string]any
		// attribute is what a configuration manages there, "" for nothing.
		attribute string
		want      any
	}{
		"client metadata":       {client: map[string]any{"client_metadata": map[string]any{"api_key": "hush-1", "note": "hush-2"}}},
		"connection metadata":   {connection: map[string]any{"metadata": map[string]any{"token": "hush-1", "tier": "hush-2"}}, attribute: "metadata", want: map[string]any{"tier": "gold"}},
		"a token in a URL":      {connection: map[string]any{"options": options(map[string]any{"metadataUrl": "https://idp.example/m?token=hush"})}, attribute: "metadata_url", want: "https://idp.example/m"},
		"an odd parameter":      {connection: map[string]any{"options": options(map[string]any{"metadataUrl": "https://idp.example/m?x=hush"})}, attribute: "metadata_url", want: "https://idp.example/m"},
		"a password in a URL":   {connection: map[string]any{"options": options(map[string]any{"signOutEndpoint": "https://u:hush@idp.example/out"})}, attribute: "sign_out_endpoint", want: "https://idp.example/out"},
		"a user in a URL":       {connection: map[string]any{"options": options(map[string]any{"signOutEndpoint": "https://hush@idp.example/out"})}},
		"a fragment of a URL":   {client: map[string]any{"callbacks": []any{"https://app.example/#access_token=hush"}}},
		"a query":               {connection: map[string]any{"options": options(map[string]any{"idpinitiated": map[string]any{"client_authorizequery": "scope=openid&api_key=hush"}})}},
		"addons":                {client: map[string]any{"addons": map[string]any{"azure_sb": map[string]any{"sasKey": "hush-1"}, "x": map[string]any{"bearer": "hush-2", "tokens": []any{"hush-3"}}}}},
		"a key in some setting": {connection: map[string]any{"options": options(map[string]any{"note": "-----BEGIN PRIVATE KEY-----\nhush"})}},
	} {
		t.Run(name, func(t *testing.T) {
			seed := func() map[string]any {
				s := connected(1)
				maps.Copy(s["clients"].([]any)[0].(map[string]any), plant.client)
				maps.Copy(s["connections"].([]any)[0].(map[string]any), plant.connection)
				return s
			}
			// Every field is asked for, as a wider plan would.
			l := follow(t, t.TempDir(), customers(1), seed(), sandbox.Options{})
			rec := l.ask.Record(t.Context())
			for _, c := range []schema.Collection{schema.Clients, schema.Connections} {
				_, err := rec.Reader().List(t.Context(), c, nil)
				require.NoError(t, err)
			}
			_, err := rec.Reader().List(t.Context(), schema.Connections, []string{"id", "metadata", "options"})
			require.NoError(t, err)
			require.NoError(t, rec.Keep(nil, apply.Cost{}))
			raw, err := os.ReadFile(filepath.Join(l.dir, ".tacit", "kept.json"))
			require.NoError(t, err)
			assert.NotContains(t, string(raw), "hush")
			assert.Contains(t, string(raw), "Portal")
			if plant.attribute == "" {
				return
			}
			cfg := customers(1)
			set(cfg.Objects[1], plant.attribute, plant.want)
			managed := follow(t, t.TempDir(), cfg, seed(), sandbox.Options{})
			_, _, _, notKept := managed.refresh()
			require.ErrorContains(t, notKept, "may be a secret and the plan looks at ("+plant.attribute+")")
			assert.NoFileExists(t, filepath.Join(managed.dir, ".tacit", "kept.json"))
		})
	}
}

// TestDoubtReadsEverything: each of these is one reason not to trust a kept
// read, and none stops the plan.
func TestDoubtReadsEverything(t *testing.T) {
	file := func(l *logged) string { return filepath.Join(l.dir, ".tacit", "kept.json") }
	edit := func(change func(string) string) func(*logged) {
		return func(l *logged) {
			raw, err := os.ReadFile(file(l))
			require.NoError(l.t, err)
			require.NoError(l.t, os.WriteFile(file(l), []byte(change(string(raw))), 0o600))
		}
	}
	for name, c := range map[string]struct {
		do  func(*logged)
		why string
	}{
		"truncated":      {edit(func(s string) string { return s[:len(s)/2] }), "is damaged"},
		"empty":          {edit(func(string) string { return "" }), "is damaged"},
		"tampered":       {edit(func(s string) string { return strings.Replace(s, "idp.example/old", "idp.example/new", 1) }), "was changed or is damaged"},
		"unknown member": {edit(func(s string) string { return `{"x":1,` + s[1:] }), "is damaged"},
		"open to others": {func(l *logged) { require.NoError(l.t, os.Chmod(file(l), 0o644)) }, "is open to other users"},
		"a directory": {func(l *logged) {
			require.NoError(l.t, os.Remove(file(l)))
			require.NoError(l.t, os.Mkdir(file(l), 0o700))
		}, "is not a file"},
		"gone":                {func(l *logged) { require.NoError(l.t, apply.ForgetRead(l.dir)) }, "no earlier read is kept"},
		"another tenant":      {func(l *logged) { l.ask.For.Tenant = "other.eu.auth0.com" }, "of another tenant"},
		"another application": {func(l *logged) { l.ask.For.Client = "other" }, "by another application"},
		"another version":     {func(l *logged) { l.ask.For.Version = "2" }, "by another version"},
		"a longer delay":      {func(l *logged) { l.ask.Delay = 2 * logBound }, "up to 1m0s late"},
		"the clock went back": {func(l *logged) { l.now = l.now.Add(-time.Hour) }, "clock is before"},
		"retention":           {func(l *logged) { l.now = l.now.Add(30 * time.Hour) }, "does not reach back"},
		"an unknown event":    {func(l *logged) { l.event("self_service_something") }, `an event of the type "self_service_something"`},
		"a failed write":      {func(l *logged) { l.event("fapi") }, "unknown wrote to the tenant"},
		"many events": {func(l *logged) {
			for range 2 * apply.LogPageSize {
				l.login()
			}
		}, "200 events or more"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "open to others" && runtime.GOOS == "windows" {
				t.Skip("Windows has no such modes")
			}
			l := follow(t, t.TempDir(), customers(2), connected(2), sandbox.Options{LogRetention: 24 * time.Hour})
			l.keep()
			l.now = l.now.Add(time.Second)
			c.do(l)
			before := l.ten.Requests()
			_, held, why, _ := l.refresh()
			assert.Nil(t, held)
			require.ErrorContains(t, why, c.why)
			assert.LessOrEqual(t, l.ten.Requests()-before, apply.MaxRefresh+1+9, "the log, a place in it, and the read")
		})
	}
}

// event puts an entry into the log.
func (l *logged) event(kind string) {
	at := l.now.Format(time.RFC3339)
	raw, err := l.srv.Snapshot()
	require.NoError(l.t, err)
	var seed map[string]any
	require.NoError(l.t, json.Unmarshal(raw, &seed))
	seed["logs"] = []any{
		map[string]any{"type": "s", "date": "2026-09-01T08:00:00Z"}, map[string]any{"type": "sapi", "date": "2026-09-01T09:00:00Z"},
		map[string]any{"type": kind, "date": at},
	}
	raw, err = json.Marshal(seed)
	require.NoError(l.t, err)
	require.NoError(l.t, l.srv.Load(raw))
}

// TestAReadIsNotKept: without a place in the log there is nothing to follow.
func TestAReadIsNotKept(t *testing.T) {
	recent := []any{map[string]any{"type": "s", "date": "2026-09-01T11:59:30Z"}, map[string]any{"type": "s", "date": "2026-09-01T11:59:40Z"}}
	for name, c := range map[string]struct {
		logs   []any
		scopes []string
		client string
		why    string
	}{
		"no entry is old enough": {recent, nil, "m2m", "no two are older than 1m0s"},
		"an empty log":           {[]any{}, nil, "m2m", "no two are older"},
		"no scope":               {nil, []string{"read:connections", "read:connections_options", "read:clients", "read:resource_servers", "read:tenant_settings", "read:client_grants"}, "m2m", "the token lacks read:logs"},
		"nobody's token":         {nil, nil, "", "does not tell which application"},
	} {
		t.Run(name, func(t *testing.T) {
			seed := connected(1)
			if c.logs != nil {
				seed["logs"] = c.logs
			}
			l := follow(t, t.TempDir(), customers(1), seed, sandbox.Options{Scopes: c.scopes})
			l.ask.For.Client = c.client
			_, _, _, notKept := l.refresh()
			require.ErrorContains(t, notKept, c.why)
			_, _, why, _ := l.refresh()
			assert.EqualError(t, why, "no earlier read is kept")
		})
	}
	t.Run("no directory to write to", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".tacit"), nil, 0o600))
		l := follow(t, dir, customers(1), connected(1), sandbox.Options{})
		_, held, why, notKept := l.refresh()
		assert.Nil(t, held)
		require.Error(t, why)
		require.ErrorContains(t, notKept, ".tacit/kept.json cannot be written: ")
		assert.NotContains(t, notKept.Error(), "mkdirat")
	})
	t.Run("something is in its place", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, ".tacit", "kept.json", "x"), 0o700))
		l := follow(t, dir, customers(1), connected(1), sandbox.Options{})
		_, _, _, notKept := l.refresh()
		require.ErrorContains(t, notKept, ".tacit/kept.json cannot be written: ")
		left, err := filepath.Glob(filepath.Join(dir, ".tacit", "kept.json.*"))
		require.NoError(t, err)
		assert.Empty(t, left)
	})
}

// TestPlansAtTheSameTime keep a read each, and one of them whole.
func TestPlansAtTheSameTime(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 8 {
		l := follow(t, dir, customers(2), connected(2), sandbox.Options{})
		all.Go(func() {
			_, _, _, notKept := l.refresh()
			assert.NoError(t, notKept)
		})
	}
	all.Wait()
	l := follow(t, dir, customers(2), connected(2), sandbox.Options{})
	_, err := os.Stat(filepath.Join(dir, ".tacit", "kept.json"))
	require.NoError(t, err)
	_, _, why, _ := l.refresh()
	require.NoError(t, why)
	left, err := filepath.Glob(filepath.Join(dir, ".tacit", "kept.json.*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestAConfigurationThatAsksForMore plans from the tenant.
func TestAConfigurationThatAsksForMore(t *testing.T) {
	l := follow(t, t.TempDir(), customers(1), connected(1), sandbox.Options{})
	l.keep()
	held, err := l.ask.Held(t.Context())
	require.NoError(t, err)
	_, err = held.Reader.List(t.Context(), schema.Organizations, []string{"id"})
	require.ErrorContains(t, err, "asks for more than was read")
	_, err = held.Reader.ClientConnections(t.Context(), "other")
	require.Error(t, err)
}
