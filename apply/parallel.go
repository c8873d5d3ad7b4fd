package apply

import (
	"context"
	"errors"
	"slices"

	"github.com/tacit-dev/tacit/plan"
)

// DefaultParallelism is how many requests are under way at once: between
// deploy-cli's 3 and Terraform's 10.
const DefaultParallelism = 4

// pass is one sort of write, for every change that it concerns.
type pass struct {
	// do writes, and tells of nothing when the change is not concerned.
	do func(context.Context, *plan.Change) (Event, error)
	// needs are, for each change, those whose do must have ended well before,
	// and the gates behind them (see [plan.Plan.Needs]).
	needs [][]int
}

// carry makes a pass, beginning in the order of the plan. After a failure or
// the end of ctx nothing begins, but it waits for what is under way.
func (r *run) carry(ctx context.Context, changes []plan.Change, p pass) error {
	type ended struct {
		i     int
		event Event
		err   error
	}
	var (
		queue   = newQueue(p.needs, len(changes))
		events  = make([]Event, len(changes))
		errs    = make([]error, len(changes))
		end     = make(chan ended)
		running = 0
		failed  = false
	)
	for {
		for ; running < r.Parallelism && len(queue.ready) > 0 && !failed && ctx.Err() == nil; running++ {
			i := queue.next()
			go func() {
				event, err := p.do(ctx, &changes[i])
				end <- ended{i, event, err}
			}()
		}
		if running == 0 {
			break
		}
		e := <-end
		running--
		if errs[e.i] = e.err; e.err != nil {
			failed = true
			continue
		}
		queue.over(e.i)
		if events[e.i] = e.event; e.event.Verb != "" {
			r.tell(&changes[e.i], e.event)
		}
	}
	r.out.Events = append(r.out.Events, slices.DeleteFunc(events, func(e Event) bool { return e.Verb == "" })...)
	switch {
	case failed:
		return together(errs)
	case len(queue.ready) > 0:
		return ctx.Err()
	default:
		return nil
	}
}

// tell counts a write and reports it.
func (r *run) tell(c *plan.Change, e Event) {
	switch {
	case e.Verb == verbCreated:
		r.out.Created++
	case e.Verb == verbDestroyed:
		r.out.Deleted++
	case e.Verb == verbUpdated, c.Action == plan.Update && !hasBody(c):
		r.out.Updated++
	}
	if r.Progress != nil {
		r.Progress(e)
	}
}

// together joins errors in the order of the plan, each once: when the journal
// fails, it fails for all that are under way.
func together(errs []error) error {
	var out error
	for _, err := range errs {
		if err != nil && !errors.Is(out, err) {
			out = errors.Join(out, err)
		}
	}
	return out
}

// queue says what may begin.
type queue struct {
	// n is how many changes there are; what comes after them are gates.
	n int
	// ready are those that need nothing more, in the order of the plan.
	ready []int
	// missing counts what each still needs; after lists who needs it.
	missing []int
	after   [][]int
}

func newQueue(needs [][]int, n int) *queue {
	q := &queue{n: n, missing: make([]int, len(needs)), after: make([][]int, len(needs))}
	for i, list := range needs {
		q.missing[i] = len(list)
		for _, j := range list {
			q.after[j] = append(q.after[j], i)
		}
		if len(list) == 0 {
			q.ready = append(q.ready, i)
		}
	}
	return q
}

func (q *queue) next() int {
	i := q.ready[0]
	q.ready = q.ready[1:]
	return i
}

// over lets begin what waited for i alone.
func (q *queue) over(i int) {
	for _, j := range q.after[i] {
		if q.missing[j]--; q.missing[j] > 0 {
			continue
		}
		if j >= q.n {
			q.over(j)
			continue
		}
		at, _ := slices.BinarySearch(q.ready, j)
		q.ready = slices.Insert(q.ready, at, j)
	}
}
