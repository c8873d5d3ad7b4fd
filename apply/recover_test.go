package apply_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// harm is what happens to a write.
type harm string

const (
	killedBefore harm = "killed before it was sent"
	killedTold   harm = "killed while writing a line"
	killedAfter  harm = "killed before its answer"
	killedAll    harm = "killed before any answer"
	refused      harm = "refused"
	interrupted  harm = "interrupted before"
	lostMade     harm = "answer lost, made"
	lostLate     harm = "answer lost, made, shows late"
	lostNot      harm = "answer lost, not made"
)

func harms() []harm {
	return []harm{killedBefore, killedTold, killedAfter, killedAll, refused, interrupted, lostMade, lostLate, lostNot}
}

// stops: the harm stops the run, so that another one must finish the work.
func (h harm) stops() bool { return h != lostMade && h != lostLate }

// kills: the process ends, whatever else is under way.
func (h harm) kills() bool { return strings.HasPrefix(string(h), "killed") }

// errDead is what a process that was killed gets to see.
var errDead = errors.New("this process was killed")

var errRefused = &apply.StatusError{Op: "write", Status: 400, Message: "no"}

// saboteur harms the n-th write and counts those that it passes on. When the
// harm kills the process, nothing of what that still sends gets through.
type saboteur struct {
	apply.Tenant
	n    int
	harm harm
	gate *gate
	// journal is the file of the run; what it holds when the process is killed
	// is kept in last.
	journal string
	last    []byte

	mu    sync.Mutex
	count int
	posts int
	dead  bool
	// hidden objects are missing from the next lists.
	hidden map[string]bool
	lists  int
}

// write sends a write, or what the harm leaves of it.
func (s *saboteur) write(name string, send func() error) error {
	s.gate.pass(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	switch {
	case s.dead && s.harm == killedAll: // it was under way
		return cmp.Or(send(), errDead)
	case s.dead:
		return errDead
	case s.count != s.n:
		return send()
	case s.harm.kills():
		return s.die(send)
	}
	lost := &apply.InDoubtError{Op: "write", Err: errors.New("connection reset")}
	switch s.harm {
	case refused:
		return errRefused
	case interrupted:
		return context.Canceled
	case lostMade, lostLate:
		return cmp.Or[error](send(), lost)
	default:
		return lost
	}
}

func (s *saboteur) die(send func() error) error {
	s.dead = true
	var err error
	if s.last, err = os.ReadFile(s.journal); err != nil {
		return err
	}
	if s.harm == killedTold {
		s.last = halfALine(s.last)
	}
	if s.harm == killedAfter || s.harm == killedAll {
		err = send()
	}
	return cmp.Or(err, errDead)
}

// bury leaves of the journal what the killed process left.
func (s *saboteur) bury() error {
	if !s.dead {
		return nil
	}
	return os.WriteFile(s.journal, s.last, 0o600)
}

func (s *saboteur) alive() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return errDead
	}
	return nil
}

func (s *saboteur) Create(ctx context.Context, c schema.Collection, body map[string]any) (out *schema.Observed, err error) {
	name := fmt.Sprint("create ", c, body["name"], body["identifier"])
	err = s.write(name, func() error {
		s.posts++
		out, err = s.Tenant.Create(ctx, c, body)
		if err == nil && s.count == s.n && s.harm == lostLate {
			s.hidden, s.lists = map[string]bool{out.ID: true}, 2
		}
		return err
	})
	return out, err
}

func (s *saboteur) Update(ctx context.Context, c schema.Collection, id string, body map[string]any) (out *schema.Observed, err error) {
	err = s.write("update "+id, func() error {
		out, err = s.Tenant.Update(ctx, c, id, body)
		return err
	})
	return out, err
}

func (s *saboteur) SetConnectionClients(ctx context.Context, id string, add, gone []string) error {
	return s.write("clients "+id, func() error { return s.Tenant.SetConnectionClients(ctx, id, add, gone) })
}

func (s *saboteur) Delete(ctx context.Context, c schema.Collection, id string) error {
	return s.write("delete "+id, func() error { return s.Tenant.Delete(ctx, c, id) })
}

func (s *saboteur) Get(ctx context.Context, c schema.Collection, id string) (*schema.Observed, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	return s.Tenant.Get(ctx, c, id)
}

func (s *saboteur) List(ctx context.Context, c schema.Collection, fields []string) ([]*schema.Observed, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	list, err := s.Tenant.List(ctx, c, fields)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lists == 0 {
		return list, err
	}
	s.lists--
	var out []*schema.Observed
	for _, o := range list {
		if !s.hidden[o.ID] {
			out = append(out, o)
		}
	}
	return out, err
}

// mixed is a tenant and a configuration of 22 objects on it: 7 exist and differ,
// 15 are created, and 14 connections get clients.
func mixed() (*schema.Config, map[string]any) {
	cfg := &schema.Config{Workspace: "mixed", Tenant: object(schema.Tenant, "")}
	set(cfg.Tenant, "domain", domain)
	var clients, apis, conns []any
	for i := range 4 {
		api := object(schema.API, fmt.Sprintf("a%d", i))
		set(api, "identifier", fmt.Sprintf("https://api%d.example/", i))
		set(api, "allow_offline_access", true)
		api.Convert = true
		spa := object(schema.SPAClient, fmt.Sprintf("s%d", i))
		set(spa, "name", fmt.Sprintf("SPA %d", i))
		set(spa, "callbacks", []any{"https://app.example/cb"})
		spa.Convert = true
		cfg.Objects = append(cfg.Objects, api, spa)
		if i == 0 {
			apis = append(apis, map[string]any{"id": "5ec0de000000000000000001", "identifier": "https://api0.example/", "signing_alg": "RS256", "odd": true})
			clients = append(clients, map[string]any{"client_id": "SPA00000000000000000000000000000", "name": "SPA 0", "app_type": "spa", "grant_types": []any{"implicit"}, "odd": []any{nil}})
		}
	}
	for i := range 14 {
		c := object(schema.SAMLConnection, "customer")
		c.Addr.Each, c.Addr.Key = true, fmt.Sprintf("c%02d", i)
		spa := schema.Address{Kind: "spa_client", Name: fmt.Sprintf("s%d", i%4)}
		set(c, "name", c.Addr.Key)
		set(c, "sign_in_endpoint", "https://idp.example/sso")
		set(c, "signing_cert", certificate)
		set(c, "idp_initiated.enabled", true)
		set(c, "idp_initiated.client", schema.RefTo(spa))
		set(c, "idp_initiated.client_protocol", "oauth2")
		*c.Want("clients") = schema.Want{Mode: schema.AtLeast, V: []any{schema.RefTo(spa)}, Src: c.Src}
		cfg.Objects = append(cfg.Objects, c)
		if i < 5 {
			conns = append(conns, map[string]any{
				"id": fmt.Sprintf("con_%016d", i), "name": c.Addr.Key, "strategy": "samlp", "metadata": map[string]any{"crm": "42"},
				"options": map[string]any{"signInEndpoint": "https://old.example/", "signingCert": certificate, "decryptionKey": map[string]any{"key": "K"}},
			})
		}
	}
	return cfg, map[string]any{"clients": clients, "resource_servers": apis, "connections": conns}
}

// halfALine leaves of the last line what a kill may leave.
func halfALine(raw []byte) []byte {
	start := bytes.LastIndexByte(bytes.TrimSuffix(raw, []byte("\n")), '\n') + 1
	return raw[:start+(len(raw)-start)/2]
}

// The writes of mixed, and how many of them create.
const (
	mixedWrites  = 22 + 14
	mixedCreates = 15
)

// TestKillMatrix harms every write of a mixed plan, of which several are under
// way at once, in every way, and runs again: the work is finished, nothing is
// there twice and nothing is lost. Run with -v to see the matrix.
func TestKillMatrix(t *testing.T) {
	for _, h := range harms() {
		t.Run(string(h), func(t *testing.T) {
			t.Parallel()
			var all tally
			for n := 1; n <= mixedWrites; n++ {
				synctest.Test(t, func(t *testing.T) { all.add(harmed(t, h, n)) })
			}
			t.Logf("%-29s %d stops, up to %d writes open, second runs wrote %d and found %d creations", h, mixedWrites, all.open, all.second, all.found)
			require.GreaterOrEqual(t, all.open, 3, "several writes at once")
		})
	}
}

// tally is what happened after a harm: how many writes were open at most, how
// much the second run wrote, and how many creations it looked up and found.
type tally struct{ open, second, found int }

func (a *tally) add(b tally) {
	a.open = max(a.open, b.open)
	a.second += b.second
	a.found += b.found
}

// harmed harms the n-th write of a run and runs again.
func harmed(t *testing.T, h harm, n int) (out tally) {
	t.Helper()
	cfg, seed := mixed()
	srv, ten := open(t, seed)
	before := state(t, srv)
	p, _, ok := makePlan(t, ten, cfg)
	require.True(t, ok)
	d := newDiary(t.TempDir())
	d.parallel = apply.DefaultParallelism
	bad := &saboteur{Tenant: ten, n: n, harm: h, gate: openGate()}
	_, _, _, err := d.run(t, bad, ten, cfg)
	bad.gate.close()
	require.Equal(t, h.stops(), err != nil, "write %d: %v", n, err)
	require.Equal(t, h.kills(), errors.Is(err, errDead))
	if !h.stops() {
		require.Equal(t, mixedCreates, bad.posts, "write %d: never a second POST", n)
	}
	out.open = bad.gate.most
	if h.kills() {
		out.open = d.read(t, d.head().Run).Counts().InDoubt
	}

	good := &saboteur{Tenant: ten}
	_, result, recovered, err := d.run(t, good, ten, cfg)
	require.NoError(t, err, "write %d", n)
	out.second = len(result.Events)
	for _, r := range recovered {
		for _, l := range r.Lookups {
			if l.ID != "" {
				out.found++
			}
		}
	}
	require.Equal(t, mixedCreates, bad.posts+good.posts, "write %d: nothing twice", n)
	converged(t, ten, cfg)
	untouched(t, p, before, state(t, srv))
	for _, past := range runsOf(t, d) {
		require.True(t, past.Finished(), "write %d: %s is %s", n, past.Run, past.State())
	}
	return out
}

func runsOf(t *testing.T, d *diary) []*apply.PastRun {
	t.Helper()
	runs, err := d.journals().Runs()
	require.NoError(t, err)
	return runs
}

// converged: the plan is empty and every object of mixed is there once.
func converged(t *testing.T, ten *mgmt.Tenant, cfg *schema.Config) {
	t.Helper()
	p, _, ok := makePlan(t, ten, cfg)
	require.True(t, ok)
	require.Empty(t, p.Changes)
	for c, want := range map[schema.Collection]int{schema.Clients: 4, schema.Connections: 14, schema.ResourceServers: 4} {
		list, err := ten.List(t.Context(), c, nil)
		require.NoError(t, err)
		for _, o := range list {
			if v, _ := o.At("is_system"); v != true {
				want--
			}
		}
		require.Zero(t, want, c)
	}
}

// TestDoubtSaysWhatToCheck: a creation whose answer was lost and that cannot be
// found stops the run, with what to do.
func TestDoubtSaysWhatToCheck(t *testing.T) {
	_, ten := open(t, map[string]any{})
	d := newDiary(t.TempDir())
	_, _, _, err := d.run(t, &saboteur{Tenant: ten, n: 2, harm: lostNot}, ten, customers(1))
	require.Error(t, err)
	assert.Equal(t, 7*time.Second, time.Duration(d.slept.Load()), "0, 1, 2 and 4 seconds")
	for _, want := range []string{"spa_client.portal", `look for "Portal" under Applications`, "read 4 times", "the next run looks first"} {
		assert.Contains(t, err.Error(), want)
	}
	past := d.read(t, "run-b")
	assert.Equal(t, apply.Doubt, past.Steps[1].Outcome)
	assert.False(t, past.Finished())

	// Minutes later one look is enough, and then it is planned again.
	d.clock.add(10 * time.Minute)
	d.slept.Store(0)
	_, result, found, err := d.run(t, ten, ten, customers(1))
	require.NoError(t, err)
	assert.Zero(t, d.slept.Load())
	require.Len(t, found, 1)
	assert.Equal(t, []apply.Lookup{{Address: "spa_client.portal", Key: "Portal"}}, found[0].Lookups)
	assert.Equal(t, 2, result.Created)
	assert.Equal(t, apply.Lost, d.read(t, "run-b").Steps[1].Outcome)
	assert.Equal(t, "run-c", d.read(t, "run-b").RecoveredBy)
}

// TestOtherTenantsRunsAreNotOurs: the journals of a sandbox, another tenant and
// another workspace stay open.
func TestOtherTenantsRunsAreNotOurs(t *testing.T) {
	_, ten := open(t, map[string]any{})
	d := newDiary(t.TempDir())
	_, _, _, err := d.run(t, &saboteur{Tenant: ten, n: 1, harm: killedBefore}, ten, customers(1))
	require.ErrorIs(t, err, errDead)
	h := d.read(t, "run-b").Head
	h.Run = "other"
	for name, change := range map[string]func(*apply.Head){
		"sandbox": func(h *apply.Head) { h.Sandbox = "x" }, "tenant": func(h *apply.Head) { h.Tenant = "x" }, "workspace": func(h *apply.Head) { h.Workspace = "x" },
	} {
		other := h
		change(&other)
		found, err := d.journals().Unfinished(other)
		require.NoError(t, err)
		assert.Empty(t, found, name)
	}
	found, err := d.journals().Unfinished(h)
	require.NoError(t, err)
	assert.Len(t, found, 1)
}

// TestTwiceIsForPlanning: two objects with one mark stop no recovery; planning
// refuses them by name.
func TestTwiceIsForPlanning(t *testing.T) {
	_, ten := open(t, map[string]any{})
	d := newDiary(t.TempDir())
	_, _, _, err := d.run(t, &saboteur{Tenant: ten, n: 2, harm: killedAfter}, ten, customers(1))
	require.ErrorIs(t, err, errDead)
	_, err = ten.Create(t.Context(), schema.Clients, map[string]any{"name": "Portal", "app_type": "spa", "client_metadata": map[string]any{"tacit": "budget/spa_client.portal"}})
	require.NoError(t, err)
	h := d.head()
	h.Run, h.Workspace = "later", "budget"
	_, err = apply.Runner{Tenant: ten, Sleep: d.sleep}.Recover(t.Context(), d.journals(), h, d.clock.now)
	require.NoError(t, err)
	assert.False(t, d.read(t, "run-b").Finished())
	_, _, ok := makePlan(t, ten, customers(1))
	assert.False(t, ok)
}

// TestDeletionsAreGuarded: Run asks the guard again, whoever made the plan.
func TestDeletionsAreGuarded(t *testing.T) {
	_, ten := open(t, map[string]any{"connections": []any{map[string]any{"id": "con_0000000000000001", "name": "c", "strategy": "samlp", "options": map[string]any{}}}})
	obs, err := ten.Get(t.Context(), schema.Connections, "con_0000000000000001")
	require.NoError(t, err)
	addr := schema.Address{Kind: "saml_connection", Name: "c"}
	c, err := plan.Destroy(plan.Removal{Kind: schema.SAMLConnection, Addr: addr, Observed: obs}, plan.Guard{Connections: true})
	require.NoError(t, err)
	p := plan.Assemble(domain, "prop", []plan.Change{c})
	_, err = apply.Runner{Tenant: ten}.Run(t.Context(), p, nil)
	require.ErrorContains(t, err, "deletes its users")

	bad := &saboteur{Tenant: ten, n: 1, harm: lostMade}
	allowed := apply.Runner{Tenant: bad, Guard: plan.Guard{Connections: true}, Sleep: newDiary("").sleep}
	result, err := allowed.Run(t.Context(), p, nil)
	require.NoError(t, err, "a lost answer to DELETE is looked after")
	assert.Equal(t, 1, result.Deleted)
	result, err = allowed.Run(t.Context(), p, nil)
	require.NoError(t, err, "gone already")
	assert.Zero(t, result.Deleted)
}
