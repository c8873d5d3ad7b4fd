package apply_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// clock counts a second for each look at it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { return c.add(time.Second) }

func (c *clock) add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return c.t
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

// diary is a configuration directory whose runs keep journals.
type diary struct {
	dir   string
	clock *clock
	runs  int
	slept atomic.Int64
	// parallel is how many writes are under way at once: one, unless set.
	parallel int
	// wall is the clock of journals, and sleep waits by time, when it is set.
	wall func() time.Time
}

func (d *diary) now() time.Time {
	if d.wall != nil {
		return d.wall()
	}
	return d.clock.now()
}

// journals are those of the directory, without a disk to wait for.
func (d *diary) journals() apply.Journals {
	return apply.JournalsOf(d.dir).Syncing(func(*os.File) error { return nil })
}

func newDiary(dir string) *diary { return &diary{dir: dir, clock: newClock(), parallel: 1} }

func (d *diary) sleep(ctx context.Context, p time.Duration) error {
	if d.wall != nil {
		time.Sleep(p)
		return ctx.Err()
	}
	d.slept.Add(int64(p))
	d.clock.add(p)
	return nil
}

func (d *diary) head() apply.Head {
	return apply.Head{Run: "run-" + string(rune('a'+d.runs)), Tenant: domain, Workspace: "prop", Version: "test"}
}

// run plans, and carries the plan out with a journal; it looks after earlier
// runs first, as the command does.
func (d *diary) run(t tb, on apply.Tenant, ten *mgmt.Tenant, cfg *schema.Config) (run string, result *apply.Result, found []apply.Recovered, err error) {
	t.Helper()
	d.runs++
	h := d.head()
	h.Workspace = cfg.Workspace
	runner := apply.Runner{Tenant: on, Sleep: d.sleep, Parallelism: d.parallel}
	found, err = runner.Recover(context.Background(), d.journals(), h, d.now)
	require.NoError(t, err)
	p, b, ok := makePlan(t, ten, cfg)
	require.True(t, ok)
	result, err = d.carry(t, runner, h, p, b.IDs())
	return h.Run, result, found, err
}

// carry keeps the journal; when the run is killed, no more than it had by then.
func (d *diary) carry(t tb, r apply.Runner, h apply.Head, p *plan.Plan, known schema.IDs) (*apply.Result, error) {
	t.Helper()
	var err error
	r.Journal, err = d.journals().Start(h, d.now)
	require.NoError(t, err)
	s, bad := r.Tenant.(*saboteur)
	if bad {
		s.journal = d.file(h.Run)
	}
	result, err := r.Run(context.Background(), p, known)
	require.NoError(t, r.Journal.Close())
	if bad {
		require.NoError(t, s.bury())
	}
	return result, err
}

func (d *diary) file(run string) string {
	return filepath.Join(d.dir, ".tacit", "runs", run+".jsonl")
}

func (d *diary) read(t tb, run string) *apply.PastRun {
	t.Helper()
	past, err := apply.JournalsOf(d.dir).Read(run)
	require.NoError(t, err)
	return past
}

func TestJournalTellsTheRun(t *testing.T) {
	_, ten := open(t, map[string]any{})
	d := newDiary(t.TempDir())
	run, result, found, err := d.run(t, ten, ten, customers(2))
	require.NoError(t, err)
	assert.Empty(t, found)
	past := d.read(t, run)
	assert.Equal(t, "ok", past.State())
	assert.True(t, past.Finished())
	assert.Equal(t, apply.End{OK: true, Created: 4}, past.Counts())
	require.Len(t, past.Steps, 6)
	assert.Equal(t, result.Events[0].ID, past.Steps[0].Made)
	conn := past.Steps[2]
	assert.Equal(t, []any{"create", "c0000", `budget/saml_connection.customer["c0000"]`}, []any{conn.Action, conn.Key, conn.Mark})
	assert.Equal(t, "clients", past.Steps[4].Action)
	assert.Equal(t, []string{past.Steps[1].Made}, past.Steps[4].Enable, "the id that was not known when planning")

	if runtime.GOOS != "windows" {
		for path, want := range map[string]fs.FileMode{".tacit": 0o700, ".tacit/runs": 0o700, ".tacit/runs/" + run + ".jsonl": 0o600} {
			info, err := os.Stat(filepath.Join(d.dir, path))
			require.NoError(t, err)
			assert.Equal(t, want, info.Mode().Perm(), path)
		}
	}
	ignore, err := os.ReadFile(filepath.Join(d.dir, ".tacit", ".gitignore"))
	require.NoError(t, err)
	assert.Equal(t, "*\n", string(ignore))
}

// TestJournalHoldsNoSecret marks every value as sensitive, and looks for each in
// the file.
func TestJournalHoldsNoSecret(t *testing.T) {
	const secret, old = "hunter2-hunter2", "was-hunter2"
	_, ten := open(t, map[string]any{"clients": []any{map[string]any{
		"client_id": "SPA00000000000000000000000000001", "name": "Portal", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
		"grant_types": []any{"authorization_code"}, "jwt_configuration": map[string]any{"alg": "RS256"}, "description": old, "client_secret": "also-hunter2",
	}}})
	cfg := customers(1)
	for _, o := range cfg.Objects {
		switch o.Kind {
		case schema.SPAClient:
			set(o, "description", secret)
			o.Want("description").Sensitive = true
		case schema.API:
			set(o, "name", secret)
			o.Want("name").Sensitive = true
		case schema.SAMLConnection:
			set(o, "fields_map", map[string]any{"k": secret})
			set(o, "display_name", secret)
			for i := range o.Wants {
				o.Wants[i].Sensitive = true
			}
			set(o, "name", "hunter2-conn")
			o.Want("name").Sensitive = true
		}
	}
	d := newDiary(t.TempDir())
	run, _, _, err := d.run(t, ten, ten, cfg)
	require.NoError(t, err)
	raw, err := os.ReadFile(d.file(run))
	require.NoError(t, err)
	for _, s := range []string{"hunter2", "BEGIN CERT"} {
		assert.NotContains(t, string(raw), s)
	}
	assert.Contains(t, string(raw), `"is":"secret"`)

	// Undoing it shows and journals none of them either.
	past := d.read(t, run)
	u, err := apply.Runner{Tenant: ten, Guard: plan.Guard{Connections: true}}.Undo(t.Context(), past)
	require.NoError(t, err)
	shown, err := json.Marshal(u)
	require.NoError(t, err)
	assert.NotContains(t, string(shown), "hunter2")
	require.NotEmpty(t, u.Left)
	assert.Equal(t, apply.LeftSecret, u.Left[0].Reason)
	d.runs++
	j, err := d.journals().Start(d.head(), d.clock.now)
	require.NoError(t, err)
	_, err = apply.Runner{Tenant: ten, Journal: j, Guard: plan.Guard{Connections: true}}.Run(t.Context(), u.Plan, nil)
	require.NoError(t, err)
	require.NoError(t, j.Close())
	raw, err = os.ReadFile(d.file(d.head().Run))
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "hunter2")
}

// TestErrorsInJournalsAreClasses: the text of an answer may quote values.
func TestErrorsInJournalsAreClasses(t *testing.T) {
	_, ten := open(t, map[string]any{})
	d := newDiary(t.TempDir())
	answer := &apply.StatusError{Op: "create API", Status: 400, Message: "the value hunter2 is wrong"}
	run, _, _, err := d.run(t, &meddler{ten, 1, func() error { return answer }}, ten, customers(1))
	require.ErrorIs(t, err, answer)
	raw, err := os.ReadFile(d.file(run))
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "hunter2")
	assert.Contains(t, string(raw), "answer 400")
	past := d.read(t, run)
	assert.Equal(t, "failed", past.State())
	assert.True(t, past.Finished(), "nothing to find out")
}

// TestCutJournals cuts a journal at every byte, as a kill does.
func TestCutJournals(t *testing.T) {
	_, ten := open(t, map[string]any{})
	d := newDiary(t.TempDir())
	run, _, _, err := d.run(t, ten, ten, customers(1))
	require.NoError(t, err)
	raw, err := os.ReadFile(d.file(run))
	require.NoError(t, err)
	whole := d.read(t, run)
	head := bytes.IndexByte(raw, '\n')
	for n := range raw {
		past, err := apply.ReadJournal(bytes.NewReader(raw[:n]))
		if n < head {
			require.ErrorIs(t, err, apply.ErrNoRun, "cut at %d", n)
			continue
		}
		require.NoError(t, err, "cut at %d", n)
		require.Equal(t, whole.Head, past.Head)
		require.LessOrEqual(t, len(past.Steps), len(whole.Steps))
	}
	_, err = apply.ReadJournal(bytes.NewReader(append(bytes.Clone(raw), "\x00\x00\xff{"...)))
	require.NoError(t, err, "garbage after a crash")
}

func TestDamagedJournalsAreErrors(t *testing.T) {
	const head = `{"record":"run","time":"2026-11-22T12:00:00Z","run":{"format":"1.0","run":"r","tenant":"t","workspace":"w","version":"1"}}` + "\n"
	const intent = `{"record":"intent","time":"2026-11-22T12:00:00Z","n":1,"intent":{"address":"api.x","kind":"api","collection":"resource-servers","action":"create"}}` + "\n"
	for name, text := range map[string]string{
		"half a line in the middle": head + `{"record":"int` + "\n" + intent,
		"no head":                   intent,
		"two heads":                 head + head,
		"another format":            strings.Replace(head, "1.0", "2.0", 1),
		"path as a run":             strings.Replace(head, `"run":"r"`, `"run":"../r"`, 1),
		"order":                     head + strings.Replace(intent, `"n":1`, `"n":2`, 1),
		"done what nobody began":    head + `{"record":"done","time":"2026-11-22T12:00:00Z","n":1,"id":"x"}` + "\n",
		"unknown record":            head + `{"record":"sang","time":"2026-11-22T12:00:00Z"}` + "\n",
		"unknown field":             head + `{"record":"end","time":"2026-11-22T12:00:00Z","sung":1}` + "\n",
		"no object":                 head + strings.Replace(intent, "api.x", "silent_upgrade.x", 1),
		"other collection":          head + strings.Replace(intent, "resource-servers", "clients", 1),
		"no action":                 head + strings.Replace(intent, "create", "sing", 1),
		"update of nothing":         head + strings.Replace(intent, "create", "update", 1),
		"no such attribute":         head + strings.Replace(intent, `"create"`, `"create","attributes":[{"name":"nope","before":{"is":"null"},"after":{"is":"null"}}]`, 1),
		"value without value":       head + strings.Replace(intent, `"create"`, `"create","attributes":[{"name":"name","before":{"is":"value"},"after":{"is":"null"}}]`, 1),
		"a digest of a secret":      head + strings.Replace(intent, `"create"`, `"create","attributes":[{"name":"name","before":{"is":"secret","value":"abc"},"after":{"is":"null"}}]`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := apply.ReadJournal(strings.NewReader(text))
			require.Error(t, err)
			assert.Contains(t, err.Error(), "journal")
			dir := t.TempDir()
			require.NoError(t, os.MkdirAll(filepath.Join(dir, ".tacit", "runs"), 0o700))
			file := filepath.Join(dir, ".tacit", "runs", "r.jsonl")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			_, err = apply.JournalsOf(dir).Unfinished(apply.Head{Run: "other"})
			require.ErrorContains(t, err, file)
			require.ErrorContains(t, err, "move the file away")
		})
	}
}

// TestNoJournalNoWrite: when the journal cannot be written, nothing is sent.
func TestNoJournalNoWrite(t *testing.T) {
	ctx := t.Context()
	_, ten := open(t, map[string]any{})
	p, b, ok := makePlan(t, ten, customers(1))
	require.True(t, ok)
	before := ten.Requests()

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".tacit"), nil, 0o600))
	_, err := apply.JournalsOf(dir).Start(newDiary("").head(), newClock().now)
	var failed *apply.JournalError
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, err.Error(), "Make its directory writable")

	j, err := apply.JournalsOf(t.TempDir()).Start(newDiary("").head(), newClock().now)
	require.NoError(t, err)
	require.NoError(t, j.Close()) // as a disk that went away
	result, err := apply.Runner{Tenant: ten, Journal: j}.Run(ctx, p, b.IDs())
	require.ErrorAs(t, err, &failed)
	assert.Empty(t, result.Events)
	assert.Equal(t, before, ten.Requests())

	// It goes away after the first write: that one is told, and no other sent.
	j, err = apply.JournalsOf(t.TempDir()).Start(newDiary("").head(), newClock().now)
	require.NoError(t, err)
	gone := &meddler{ten, 1, j.Close}
	result, err = apply.Runner{Tenant: gone, Journal: j, Parallelism: 1}.Run(ctx, p, b.IDs())
	require.ErrorAs(t, err, &failed)
	assert.Len(t, result.Events, 1)
	assert.Equal(t, before+1, ten.Requests())
}

// TestJournalsStayInTheirDirectory: a pull request may hold links.
func TestJournalsStayInTheirDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need privileges")
	}
	dir, elsewhere := t.TempDir(), t.TempDir()
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(dir, ".tacit")))
	_, err := apply.JournalsOf(dir).Start(newDiary("").head(), newClock().now)
	require.Error(t, err)
	entries, err := os.ReadDir(elsewhere)
	require.NoError(t, err)
	assert.Empty(t, entries)
	_, err = apply.JournalsOf(t.TempDir()).Read("../../etc/passwd")
	require.ErrorContains(t, err, "not the id of a run")
}

func FuzzReadJournal(f *testing.F) {
	f.Add([]byte(`{"record":"run","time":"2026-11-22T12:00:00Z","run":{"format":"1.0","run":"r","tenant":"t","workspace":"w","version":"1"}}
{"record":"intent","time":"2026-11-22T12:00:00Z","n":1,"intent":{"address":"spa_client.x","kind":"spa_client","collection":"clients","action":"update","id":"ID","attributes":[{"name":"callbacks","before":{"is":"absent","from":"callbacks"},"after":{"is":"value","value":["a"]}}]}}
{"record":"failed","time":"2026-11-22T12:00:00Z","n":1,"in_doubt":true}
{"record":"end","time":"2026-11-22T12:00:00Z","end":{"ok":false,"created":0,"updated":0,"deleted":0,"in_doubt":1}}
{"record":"recovered","time":"2026-11-22T12:00:00Z","by":"q"}
`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		past, err := apply.ReadJournal(bytes.NewReader(raw))
		if err != nil {
			if errors.Is(err, apply.ErrNoRun) {
				return
			}
			require.Contains(t, err.Error(), "journal")
			return
		}
		past.Counts()
		_ = past.State()
		// Whatever a journal says, undo plans something or says why not.
		_, _ = apply.Runner{Tenant: still{}}.Undo(t.Context(), past)
	})
}

// still is a tenant of one object per collection.
type still struct{ apply.Tenant }

func (still) List(_ context.Context, c schema.Collection, _ []string) ([]*schema.Observed, error) {
	return []*schema.Observed{{ID: "ID", Raw: map[string]any{"id": "ID", "client_id": "ID", "name": "x", "identifier": "x", "global": false, "is_system": c == "x"}}}, nil
}

func (still) ClientConnections(context.Context, string) ([]string, error) { return []string{"ID"}, nil }

func (still) ConnectionClients(context.Context, string) ([]string, error) { return []string{"ID"}, nil }

// bg is the context of helpers that serve testing.T and rapid.T alike.
func bg() context.Context { return context.Background() }
