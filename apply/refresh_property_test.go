package apply_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/sandbox"
)

// moment is what a whole read of the tenant planned from some time on.
type moment struct {
	since time.Time
	plan  string
}

// history plays writes, logins and plans on one tenant, and remembers what each
// state of it would have planned.
type history struct {
	*logged
	moments []moment
	held    int
}

func (h *history) remember() {
	h.moments = append(h.moments, moment{h.now, asJSON(h.t, h.readAll(h.ten))})
}

// foreign changes the tenant as others do: the Dashboard, another tool, through
// the API or not.
func (h *history) foreign(kind, n int) {
	name := fmt.Sprintf("Name %d", n)
	id := "con_0000000000000000"
	var err error
	switch kind {
	case 0:
		err = h.srv.PatchObject("connections", id, map[string]any{"options": map[string]any{"signInEndpoint": "https://idp.example/" + fmt.Sprint(n)}})
	case 1:
		err = h.srv.PatchObject("resource_servers", "rs1", map[string]any{"name": name, "signing_alg": []string{"RS256", "HS256"}[n%2]})
	case 2:
		err = h.srv.Edit(func(tenant map[string]any) {
			clients := []any{}
			if n%2 == 0 {
				clients = []any{map[string]any{"client_id": "spa00000000000000000000000000000"}}
			}
			tenant["connection_clients"] = map[string]any{id: clients}
		})
	case 3:
		_, err = h.ten.Update(context.Background(), "clients", "spa00000000000000000000000000000", map[string]any{"callbacks": []any{"https://app.example/" + fmt.Sprint(n)}})
	}
	require.NoError(h.t, err)
	h.remember()
}

// check plans from the log and compares with what a whole read at the moment
// that the plan vouches for would have planned.
func (h *history) check(t tb) {
	before := h.ten.Requests()
	p, held, _, _ := h.refresh()
	want := h.moments[len(h.moments)-1].plan
	if held != nil {
		h.held++
		require.LessOrEqual(t, h.ten.Requests()-before, apply.MaxRefresh)
		require.False(t, held.AsOf.Before(h.now.Add(-logBound)), "a kept read is never older than the bound")
		want = h.at(held.AsOf)
	}
	require.Equal(t, want, asJSON(t, p))
}

// at is the plan of a whole read at a time.
func (h *history) at(when time.Time) string {
	var out string
	for _, m := range h.moments {
		if !m.since.After(when) {
			out = m.plan
		}
	}
	return out
}

// TestNoWriteIsMissed: for any order of foreign writes, logins and plans, and
// entries of the log that come in any order up to the bound late, a plan from
// the log equals that of a whole read at the moment it vouches for, which is
// never longer ago than the bound.
func TestNoWriteIsMissed(t *testing.T) {
	for name, ofEvents := range map[string]bool{"ids by arrival": false, "ids by event": true} {
		t.Run(name, func(t *testing.T) {
			held := 0
			rapid.Check(t, func(rt *rapid.T) {
				h := &history{logged: follow(rt, t.TempDir(), customers(1), connected(1), sandbox.Options{LogIDsOfEvents: ofEvents})}
				h.remember()
				for n := range rapid.IntRange(1, 30).Draw(rt, "steps") {
					h.now = h.now.Add(time.Second) // the tenant tells the time in seconds
					h.delay = time.Duration(rapid.IntRange(0, int(logBound/time.Second)).Draw(rt, "delay")) * time.Second
					switch rapid.IntRange(0, 9).Draw(rt, "step") {
					case 0:
						h.foreign(rapid.IntRange(0, 3).Draw(rt, "write"), n)
					case 1, 2:
						h.login()
					case 3, 4, 5:
						h.check(rt)
					default:
						h.now = h.now.Add(time.Duration(rapid.IntRange(1, 150).Draw(rt, "seconds")) * time.Second)
					}
				}
				held += h.held
			})
			assert.Positive(t, held, "no plan came from the log")
		})
	}
}

// TestABoundThatIsTooShortMisses: the bound is what the promise rests on. An
// entry that comes later than it lets a plan vouch for a moment after a write
// that it does not show.
func TestABoundThatIsTooShortMisses(t *testing.T) {
	for name, c := range map[string]struct {
		delay  time.Duration
		misses bool
	}{"at the bound": {logBound, false}, "beyond it": {logBound + 10*time.Second, true}} {
		t.Run(name, func(t *testing.T) {
			h := &history{logged: follow(t, t.TempDir(), customers(1), connected(1), sandbox.Options{})}
			h.remember()
			h.keep()
			h.now, h.delay = h.now.Add(time.Hour), c.delay
			h.foreign(0, 1)
			h.now = h.now.Add(logBound + time.Second)
			p, held, why, _ := h.refresh()
			if !c.misses {
				require.ErrorContains(t, why, "wrote to the tenant")
				return
			}
			require.NoError(t, why)
			require.True(t, held.AsOf.After(h.moments[1].since), "it vouches for a moment after the write")
			assert.NotEqual(t, h.at(held.AsOf), asJSON(t, p))

			h.now = h.now.Add(c.delay)
			_, _, why, _ = h.refresh()
			require.ErrorContains(t, why, "wrote to the tenant", "at last the entry comes, for it was looked for")
		})
	}
}

// FuzzKept: whatever stands in the file, it is a read of ours or a doubt.
func FuzzKept(f *testing.F) {
	l := follow(f, f.TempDir(), customers(1), connected(1), sandbox.Options{})
	l.keep()
	file := l.dir + "/.tacit/kept.json"
	raw, err := os.ReadFile(file)
	require.NoError(f, err)
	f.Add(raw)
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		require.NoError(t, os.WriteFile(file, raw, 0o600))
		held, err := l.ask.Held(t.Context())
		if err == nil {
			require.True(t, json.Valid(raw))
			require.NotNil(t, held.Reader)
		}
	})
}
