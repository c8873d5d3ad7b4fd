package mgmt

import (
	"math"
	"net/http"
	"time"
)

// learn takes in an answer: it corrects what is believed of the buckets of its
// class, and tells which of them it draws from at all.
func (p *pacer) learn(t ticket, status int, s signs) {
	own := &p.buckets[t.class]
	if !s.told {
		if status < 200 || status > 299 {
			return // a proxy's error page says nothing of Auth0's limits
		}
		for _, b := range []*bucket{own, &p.buckets[rest]} {
			if b.known == unheard {
				b.known = unlimited
			}
		}
		own.recover()
		return
	}
	took := p.time().Sub(t.at)
	for i, m := range t.marks[:t.n] {
		b := &p.buckets[m.class]
		switch {
		case i == 0:
			if status != http.StatusTooManyRequests || !strange(b, s) {
				p.learnOwn(t.class, b, s, m, took)
			}
		case m.class == rest:
			p.learnGlobal(t.class, b, s, m, took)
		default:
			p.learnOther(t.class, m.class, s, m, took)
		}
	}
}

// strange tells that headers are of another bucket than the answers before.
func strange(b *bucket, s signs) bool { return b.known == limited && b.reported != s.limit }

// learnOwn corrects the bucket of the class itself.
func (p *pacer) learnOwn(c class, b *bucket, s signs, m mark, took time.Duration) {
	now, l := p.time(), documented(c, s.limit, p.buckets[rest].reported)
	if b.known == limited && b.reported == s.limit {
		b.advance(now)
		b.limit.rate = l.rate            // the tier may be known better by now
		if b.limit.burst == b.reported { // else the headers are of another bucket
			b.observe(s, m, took, true, now)
		}
		return
	}
	level := s.remaining
	if l.burst != s.limit {
		level = l.burst - 1
	}
	b.become(s.limit, l, level-m.overlap(b), now)
	// With a documented limit of its own the class may draw from a bucket that
	// the headers do not show.
	_, b.modelOnly = enterprise(c)
	p.forget(c)
}

// learnGlobal corrects the bucket that all end points share.
func (p *pacer) learnGlobal(c class, b *bucket, s signs, m mark, took time.Duration) {
	now, own := p.time(), mayBeOwn(c, s.limit)
	switch {
	case own && (b.known != limited || b.reported != s.limit):
	case s.limit == selfServiceBurst:
		p.apart[c] |= 1 << rest
	case b.known != limited:
		b.become(s.limit, documented(rest, s.limit, s.limit), s.remaining-m.overlap(b), now)
	case b.reported == s.limit:
		b.observe(s, m, took, !own, now)
	}
}

// learnOther finds out whether a class shares the bucket of another: not when
// the answers report another burst, or more tokens left than one bucket for
// both can have held. Where both report the global one, they meet there.
func (p *pacer) learnOther(c, other class, s signs, m mark, took time.Duration) {
	b, all := &p.buckets[other], &p.buckets[rest]
	if b.known != limited {
		return
	}
	global := all.known == limited && all.reported == s.limit && p.apart[c]&(1<<rest) == 0
	most := m.most - 1 + fastest(c, other, b.limit)*took.Seconds()
	if b.reported != s.limit || global || s.remaining > most {
		p.apart[c] |= 1 << other
		p.apart[other] |= 1 << c
		return
	}
	b.observe(s, m, took, false, p.time())
}

// forget drops what was found out about a class.
func (p *pacer) forget(c class) {
	p.apart[c] = 0
	for k := range p.apart {
		p.apart[k] &^= 1 << c
		*p.pair(c, class(k)) = history{}
	}
}

// history is the answer that tells most of a bucket that two classes may share:
// it was asked for at told, the bucket then held most at most, and before is how
// many requests had been sent when it came.
type history struct {
	told   time.Time
	most   float64
	before int
}

// pair finds the history of two classes.
func (p *pacer) pair(a, b class) *history { return &p.pairs[min(a, b)][max(a, b)] }

// together is how much a bucket that two classes share can hold at most, by what
// either of them reported and what both drew since; infinite while neither did.
// Refills that come in steps are at most a second early.
func (p *pacer) together(a, b class, now time.Time) float64 {
	h := p.pair(a, b)
	if h.told.IsZero() {
		return math.Inf(1)
	}
	rate := fastest(a, b, p.buckets[b].limit)
	since := max(0, p.drawn[a]+p.drawn[b]-h.before)
	return h.most + rate*(now.Sub(h.told).Seconds()+1) - float64(since)
}

// remember keeps an answer that tells more than those before. One token more
// than it reports hides in the whole number.
func (p *pacer) remember(t ticket, status int, s signs) {
	if status != http.StatusTooManyRequests {
		p.drawn[t.class]++
	}
	if !s.told {
		return
	}
	now := p.time()
	for _, m := range t.marks[:t.n] {
		h := p.pair(t.class, m.class)
		new := history{t.at, s.remaining + 1, p.sent[t.class] + p.sent[m.class]}
		rate := fastest(t.class, m.class, p.buckets[m.class].limit)
		if new.most+rate*(now.Sub(t.at).Seconds()+1) < p.together(t.class, m.class, now) {
			*h = new
		}
	}
}

// refuse takes in a 429. Auth0's message names the global or the endpoint's
// limit; which one the headers describe is not documented, so all buckets that
// fit them stop.
func (p *pacer) refuse(t ticket, s signs, asked time.Duration) {
	now := p.time()
	own := &p.buckets[t.class]
	if !s.told || s.remaining >= 1 || strange(own, s) {
		own.surprised(now)
		own.refused(asked, now)
	}
	for _, m := range t.marks[:t.n] {
		b := &p.buckets[m.class]
		if b.known == limited && (!s.told || b.reported == s.limit) {
			b.refused(asked, now)
		}
	}
}
