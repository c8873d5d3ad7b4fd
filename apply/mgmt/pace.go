package mgmt

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tacit-dev/tacit/apply"
)

// pacer decides when requests go out, in the order in which they came as far as
// they draw from the same buckets. Nobody holds a place while waiting.
type pacer struct {
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	waiting func(time.Duration)

	mu      sync.Mutex
	buckets [classes]bucket
	// apart holds, per class, a bit for each candidate that answers showed it
	// does not draw from.
	apart [classes]uint32
	// sent counts the requests of each class, drawn those that were answered and
	// not refused; pairs is what is known of two classes as if they shared a
	// bucket.
	sent, drawn [classes]int
	pairs       [classes][classes]history
	// rps is the caller's own limit; unlimited without one.
	rps         bucket
	parallelism int
	inFlight    int
	queue       []*waiter
	// ahead is by how much a Sleep that returns early runs ahead of Now, as
	// tests have it: what was slept counts as passed.
	ahead time.Duration
}

func newPacer(o Options) *pacer {
	p := &pacer{now: o.Now, sleep: o.Sleep, waiting: o.Waiting, parallelism: o.Parallelism, rps: bucket{known: unlimited}}
	if p.parallelism == 0 {
		p.parallelism = apply.DefaultParallelism
	}
	if o.MaxRPS > 0 {
		p.rps.become(0, limit{burst: 1, rate: o.MaxRPS}, 1, o.Now())
	}
	return p
}

// ticket is the permission to send one request, and what was known when it was
// given.
type ticket struct {
	class class
	at    time.Time
	marks [maxCandidates]mark
	n     int
}

// mark remembers where a bucket stood: the requests sent to it, and how many of
// those had no answer yet.
type mark struct {
	class       class
	sent, ahead int
	// most is what the bucket held at most if both classes draw from it.
	most float64
}

// overlap counts the requests that may or may not have been counted when the
// server wrote the headers of this one's answer: all but those that were
// answered before it was sent.
func (m mark) overlap(b *bucket) float64 { return float64(m.ahead + b.sent - m.sent) }

// waiter is a request in the queue.
type waiter struct {
	class   class
	ticket  ticket
	granted bool
	// delay is how long to sleep before asking again; until is when that ends.
	delay time.Duration
	until time.Time
	wake  context.CancelFunc
}

func (p *pacer) time() time.Time { return p.now().Add(p.ahead) }

// acquire waits until a request of the class may go out. Whoever gets a ticket
// must release it.
func (p *pacer) acquire(ctx context.Context, c class) (ticket, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 && p.inFlight < p.parallelism {
		if now := p.time(); p.delay(c, now, nil) == 0 {
			return p.grant(c, now), nil
		}
	}
	w := &waiter{class: c}
	p.queue = append(p.queue, w)
	p.dispatch()
	for !w.granted {
		if err := p.wait(ctx, w); err != nil && !w.granted {
			p.queue = slices.DeleteFunc(p.queue, func(o *waiter) bool { return o == w })
			p.dispatch()
			return ticket{}, err
		}
		p.dispatch()
	}
	return w.ticket, nil
}

// wait sleeps without the lock until the waiter's delay is over, it is woken,
// or ctx is done, which alone is an error.
func (p *pacer) wait(ctx context.Context, w *waiter) error {
	sleeping, cancel := context.WithCancel(ctx)
	defer cancel()
	w.wake = cancel
	delay := w.delay
	p.mu.Unlock()
	early := time.Duration(0)
	if delay == forever {
		<-sleeping.Done()
	} else {
		start := p.now()
		p.tell(delay)
		if p.sleep(sleeping, delay) == nil && sleeping.Err() == nil {
			early = max(0, delay-p.now().Sub(start))
		}
	}
	p.mu.Lock()
	w.wake = nil
	p.ahead += early
	return ctx.Err()
}

// tell reports a wait that a person would wonder about.
func (p *pacer) tell(d time.Duration) {
	if p.waiting != nil && d >= tellFrom {
		p.waiting(d)
	}
}

// dispatch lets go everyone in the queue who may, first come first served, and
// tells the others how long to sleep. Of those who wait for the same bucket only
// the first sleeps by the clock; it wakes the next.
func (p *pacer) dispatch() {
	now, blocked := p.time(), uint32(0)
	kept := p.queue[:0]
	for _, w := range p.queue {
		delay := forever
		if p.inFlight < p.parallelism && p.draws(w.class)&blocked == 0 {
			delay = p.delay(w.class, now, &blocked)
		}
		if delay == 0 {
			w.ticket, w.granted = p.grant(w.class, now), true
		} else {
			kept = append(kept, w)
			until := now.Add(min(delay, 24*time.Hour))
			if w.wake != nil && !until.Before(w.until.Add(-minDelay)) {
				continue // it sleeps no longer than it must
			}
			w.delay, w.until = delay, until
		}
		if w.wake != nil {
			w.wake()
		}
	}
	clear(p.queue[len(kept):])
	p.queue = kept
}

// rpsBit stands for the caller's own limit in a set of buckets.
const rpsBit = 1 << classes

// draws is the set of buckets that a request of the class draws from.
func (p *pacer) draws(c class) uint32 {
	set := uint32(rpsBit)
	list, n := candidates(c)
	for _, k := range list[:n] {
		set |= 1 << k
	}
	return set &^ p.apart[c]
}

// delay is how long a request of the class has to wait for its buckets; those
// that it waits for are added to blocked.
func (p *pacer) delay(c class, now time.Time, blocked *uint32) time.Duration {
	set := p.draws(c)
	longest := time.Duration(0)
	check := func(b *bucket, bit uint32) {
		if d := b.delay(now); d > 0 {
			longest = max(longest, d)
			if blocked != nil {
				*blocked |= bit
			}
		}
	}
	list, n := candidates(c)
	for i, k := range list[:n] {
		b := &p.buckets[k]
		switch {
		case set&(1<<k) == 0:
		case i > 0 && k != rest && p.buckets[c].known == limited:
			// Its own bucket has counted what the others drew, too.
		case b.known == unheard && i > 0 && k != rest: // never asked, so nothing to keep
		case b.known == unheard && p.buckets[rest].known == unlimited:
		default:
			check(b, 1<<k)
		}
	}
	check(&p.rps, rpsBit)
	return longest
}

// grant takes what a request of the class draws.
func (p *pacer) grant(c class, now time.Time) ticket {
	p.inFlight++
	p.sent[c]++
	p.rps.level-- // advanced by delay
	t := ticket{class: c, at: now}
	set := p.draws(c)
	list, n := candidates(c)
	for _, k := range list[:n] {
		if set&(1<<k) == 0 {
			continue
		}
		b := &p.buckets[k]
		b.advance(now)
		t.marks[t.n] = mark{class: k, ahead: b.inFlight, most: p.together(c, k, now)}
		b.take()
		t.marks[t.n].sent = b.sent
		t.n++
	}
	return t
}

// unsent gives a ticket back that was not used.
func (p *pacer) unsent(t ticket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent[t.class]--
	for _, m := range t.marks[:t.n] {
		p.buckets[m.class].level++
	}
	p.release(t)
}

// answered ends a request, with status 0 when there was no answer.
func (p *pacer) answered(t ticket, status int, h http.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if status != 0 {
		s := readSigns(h)
		p.learn(t, status, s)
		p.remember(t, status, s)
		if status == http.StatusTooManyRequests {
			p.refuse(t, s, asked(h, p.now()))
		}
	}
	p.release(t)
}

func (p *pacer) release(t ticket) {
	p.inFlight--
	for _, m := range t.marks[:t.n] {
		p.buckets[m.class].inFlight--
	}
	if len(p.queue) > 0 {
		p.dispatch()
	}
}

// signs are the rate limit headers of an answer.
type signs struct {
	told             bool
	limit, remaining float64
	// wait is how far reset lies ahead by the server's own clock, 0 when it
	// does not say both.
	wait time.Duration
}

// readSigns reads x-ratelimit-limit, -remaining and -reset (Auth0 docs, rate
// limit policy). Proxies may add others, so nonsense counts as nothing said.
func readSigns(h http.Header) signs {
	raw := h.Get("X-Ratelimit-Limit") // as net/http spells it
	if raw == "" {
		return signs{}
	}
	limit, err := strconv.ParseInt(raw, 10, 32)
	remaining, rerr := strconv.ParseInt(h.Get("X-Ratelimit-Remaining"), 10, 32)
	if err != nil || rerr != nil || limit < 1 || remaining < 0 {
		return signs{}
	}
	s := signs{told: true, limit: float64(limit), remaining: float64(min(limit, remaining))}
	reset, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64)
	if date, derr := http.ParseTime(h.Get("Date")); err == nil && derr == nil && reset > epoch {
		s.wait = min(max(0, time.Unix(reset, 0).Sub(date)), maxReset)
	}
	return s
}
