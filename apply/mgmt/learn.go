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
			p.learnFamily(t.class, m.class, s, m, took)
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
	p.apart[c] = 0
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

// learnFamily finds out whether a class shares the bucket of the list it may
// belong to: not when the answers report another burst, or more tokens left
// than that bucket can hold.
func (p *pacer) learnFamily(c, family class, s signs, m mark, took time.Duration) {
	b := &p.buckets[family]
	if b.known != limited {
		return
	}
	b.advance(p.time())
	const surely = 2
	if b.reported != s.limit || s.remaining-m.overlap(b) >= b.level+surely {
		p.apart[c] |= 1 << family
		return
	}
	b.observe(s, m, took, false, p.time())
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
