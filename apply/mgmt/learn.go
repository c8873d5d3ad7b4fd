package mgmt

import (
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
	_, special := enterprise(t.class)
	took := p.time().Sub(t.at)
	for i, m := range t.marks[:t.n] {
		b := &p.buckets[m.class]
		// All but those that were answered before this one was sent may or may
		// not have been counted when the server wrote its headers.
		overlap := m.ahead + b.sent - m.sent
		switch {
		case i == 0:
			if status != http.StatusTooManyRequests || !strange(b, s) {
				p.learnOwn(t.class, b, s, overlap, took, special)
			}
		case m.class == rest:
			p.learnGlobal(t.class, b, s, overlap, took, special)
		default:
			p.learnFamily(t.class, m.class, s, overlap, took)
		}
	}
}

// strange tells that headers are of another bucket than the answers before.
func strange(b *bucket, s signs) bool { return b.known == limited && b.reported != s.limit }

// learnOwn corrects the bucket of the class itself.
func (p *pacer) learnOwn(c class, b *bucket, s signs, overlap int, took time.Duration, special bool) {
	now := p.time()
	if b.known == limited && b.reported == s.limit {
		if b.limit.burst == b.reported { // else the headers are of another bucket
			b.observe(s, overlap, took, true, now)
		}
		return
	}
	l := documented(c, s.limit)
	level := s.remaining
	if l.burst != s.limit {
		level = l.burst - 1
	}
	b.become(s.limit, l, level-float64(overlap), now)
	// With a documented limit of its own the class may draw from a bucket that
	// the headers do not show.
	b.modelOnly = special
	p.apart[c] = 0
}

// learnGlobal corrects the bucket that all end points share.
func (p *pacer) learnGlobal(c class, b *bucket, s signs, overlap int, took time.Duration, special bool) {
	now := p.time()
	switch {
	case special && (b.known != limited || b.reported != s.limit):
		// The class has its own limit; the headers are of that one.
	case s.limit == selfServiceBurst:
		p.apart[c] |= 1 << rest
	case b.known != limited:
		b.become(s.limit, documented(rest, s.limit), s.remaining-float64(overlap), now)
	case b.reported == s.limit:
		b.observe(s, overlap, took, !special, now)
	}
}

// learnFamily finds out whether a class shares the bucket of the list it may
// belong to: not when the answers report another burst, or more tokens left
// than that bucket can hold.
func (p *pacer) learnFamily(c, family class, s signs, overlap int, took time.Duration) {
	b := &p.buckets[family]
	if b.known != limited {
		return
	}
	b.advance(p.time())
	const surely = 2
	if b.reported != s.limit || s.remaining-float64(overlap) >= b.level+surely {
		p.apart[c] |= 1 << family
		return
	}
	b.observe(s, overlap, took, false, p.time())
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
