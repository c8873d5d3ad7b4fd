package apply_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/schema"
)

// slow opens a tenant that answers every request that much later.
func slow(t tb, latency time.Duration) *mgmt.Tenant {
	t.Helper()
	srv, err := sandbox.New(sandbox.Options{Domains: []string{domain}, Latency: latency})
	require.NoError(t, err)
	ten, err := mgmt.New(bg(), mgmt.Options{Domain: domain, Token: "t", Transport: srv.Transport(), UserAgent: "test", Parallelism: 10})
	require.NoError(t, err)
	return ten
}

// TestWritesGoOutAtOnce: 200 connections and their clients take as long as the
// writes of one of four.
func TestWritesGoOutAtOnce(t *testing.T) {
	const latency = 100 * time.Millisecond
	for parallel, rounds := range map[int]int{1: 402, 4: 102, 10: 42} {
		t.Run(fmt.Sprint(parallel), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ten := slow(t, latency)
				p, b, ok := makePlan(t, ten, customers(200))
				require.True(t, ok)
				start := time.Now()
				result, err := apply.Runner{Tenant: ten, Parallelism: parallel}.Run(t.Context(), p, b.IDs())
				require.NoError(t, err)
				assert.Equal(t, time.Duration(rounds)*latency, time.Since(start))
				assert.Equal(t, 202, result.Created)
			})
		})
	}
}

// TestEventsFollowThePlan: whatever comes first, the result tells the writes in
// the order of the plan, and progress tells all of them.
func TestEventsFollowThePlan(t *testing.T) {
	_, ten := open(t, map[string]any{})
	p, b, ok := makePlan(t, ten, customers(40))
	require.True(t, ok)
	var told []apply.Event
	result, err := apply.Runner{Tenant: ten, Progress: func(e apply.Event) { told = append(told, e) }}.Run(t.Context(), p, b.IDs())
	require.NoError(t, err)
	var want, got []string
	for _, c := range p.Changes {
		want = append(want, c.Address)
	}
	for _, c := range p.Changes[2:] {
		want = append(want, c.Address) // its clients
	}
	for _, e := range result.Events {
		got = append(got, e.Address)
	}
	assert.Equal(t, want, got)
	assert.ElementsMatch(t, result.Events, told)
}

// picky is a tenant that refuses some creations and is slow with the others.
type picky struct {
	apply.Tenant
	refuses func(name any) bool
	sent    atomic.Int64
}

func (p *picky) Create(ctx context.Context, c schema.Collection, body map[string]any) (*schema.Observed, error) {
	p.sent.Add(1)
	if p.refuses(body["name"]) {
		return nil, fmt.Errorf("no %v", body["name"])
	}
	time.Sleep(time.Second)
	return p.Tenant.Create(ctx, c, body)
}

// TestAfterAFailureNothingBegins: what is under way ends and is told; all that
// failed is in the error, in the order of the plan.
func TestAfterAFailureNothingBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, ten := open(t, map[string]any{})
		p, b, ok := makePlan(t, ten, customers(20))
		require.True(t, ok)
		bad := &picky{Tenant: ten, refuses: func(name any) bool { return name == "c0002" || name == "c0001" }}
		result, err := apply.Runner{Tenant: bad}.Run(t.Context(), p, b.IDs())
		require.ErrorContains(t, err, `"c0001"]: no c0001`+"\n"+`create saml_connection.customer["c0002"]: no c0002`)
		assert.EqualValues(t, 2+apply.DefaultParallelism, bad.sent.Load())
		assert.Equal(t, 4, result.Created, "the API, the application, and the two connections that were under way")
		assert.Len(t, result.Events, 4)
	})
}

// TestInterruptedRunsEndWhatIsUnderWay: Ctrl-C lets nothing begin.
func TestInterruptedRunsEndWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, ten := open(t, map[string]any{})
		p, b, ok := makePlan(t, ten, customers(20))
		require.True(t, ok)
		ctx, stop := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer stop()
		calm := &picky{Tenant: deaf{ten}, refuses: func(any) bool { return false }}
		result, err := apply.Runner{Tenant: calm}.Run(ctx, p, b.IDs())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2+apply.DefaultParallelism, result.Created)
	})
}

// deaf ends what it began, whatever the context says.
type deaf struct{ apply.Tenant }

func (d deaf) Create(ctx context.Context, c schema.Collection, body map[string]any) (*schema.Observed, error) {
	return d.Tenant.Create(context.WithoutCancel(ctx), c, body)
}

// TestOneSyncForMany: writes that are announced while the disk is busy share the
// next sync, and none goes on before it.
func TestOneSyncForMany(t *testing.T) {
	const n = 10
	d := newDiary(t.TempDir())
	file := d.file("run-a")
	syncs, synced := 0, 0 // records on the disk
	disk := func(*os.File) error {
		var records int
		for syncs++; ; runtime.Gosched() {
			raw, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if records = bytes.Count(raw, []byte("\n")); syncs == 1 || records == 1+n {
				break // the second sync takes until all are announced
			}
		}
		synced = records
		return nil
	}
	j, err := apply.JournalsOf(d.dir).Syncing(disk).Start(d.head(), d.clock.now)
	require.NoError(t, err)
	var g errgroup.Group
	for range n {
		g.Go(func() error {
			_, err := j.Announce(apply.Intent{Address: "api.x"})
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.NoError(t, j.Close())
	assert.Equal(t, 1+n, synced)
	assert.LessOrEqual(t, syncs, 3, "the head, the first, and all who came meanwhile")
}

// TestFullDisk: when the disk takes no more, nothing more is sent, and the
// person hears of it once.
func TestFullDisk(t *testing.T) {
	full := errors.New("no space left on device")
	_, ten := open(t, map[string]any{})
	p, b, ok := makePlan(t, ten, customers(20))
	require.True(t, ok)
	d := newDiary(t.TempDir())
	var syncs int
	disk := func(*os.File) error {
		if syncs++; syncs > 4 {
			return full
		}
		return nil
	}
	j, err := apply.JournalsOf(d.dir).Syncing(disk).Start(d.head(), d.clock.now)
	require.NoError(t, err)
	before := ten.Requests()
	result, err := apply.Runner{Tenant: ten, Journal: j}.Run(t.Context(), p, b.IDs())
	require.ErrorIs(t, err, full)
	require.NoError(t, j.Close())
	var journal *apply.JournalError
	require.ErrorAs(t, err, &journal)
	assert.Equal(t, journal.Error(), err.Error())
	assert.Len(t, result.Events, ten.Requests()-before)
	assert.Less(t, len(result.Events), 2+apply.DefaultParallelism)
}
