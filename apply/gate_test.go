package apply_test

import (
	"cmp"
	"slices"
	"sync"
	"testing/synctest"
)

// gate lets the writes of a run through one at a time: once nothing else moves,
// the first by name of those that wait. So a run of several writes at once takes
// the same course every time, and at each write all others under way are
// announced and not yet sent. It works in a synctest bubble. A nil gate lets all
// through.
type gate struct {
	arrived, closed chan struct{}

	mu      sync.Mutex
	waiting []*visitor
	// most is how many waited at a time.
	most int
}

type visitor struct {
	name string
	turn chan struct{}
}

// openGate serves until close.
func openGate() *gate {
	g := &gate{arrived: make(chan struct{}, 1), closed: make(chan struct{})}
	go g.serve()
	return g
}

func (g *gate) close() { close(g.closed) }

// pass returns when it is the caller's turn.
func (g *gate) pass(name string) {
	if g == nil {
		return
	}
	v := &visitor{name, make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, v)
	g.most = max(g.most, len(g.waiting))
	g.mu.Unlock()
	select {
	case g.arrived <- struct{}{}:
	default:
	}
	<-v.turn
}

func (g *gate) serve() {
	for {
		select {
		case <-g.closed:
			return
		case <-g.arrived:
		}
		for {
			synctest.Wait()
			v := g.first()
			if v == nil {
				break
			}
			close(v.turn)
		}
	}
}

func (g *gate) first() *visitor {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		return nil
	}
	slices.SortFunc(g.waiting, func(a, b *visitor) int { return cmp.Compare(a.name, b.name) })
	v := g.waiting[0]
	g.waiting = g.waiting[1:]
	return v
}
