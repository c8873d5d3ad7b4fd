package mgmt

import (
	"math"
	"time"
)

type knowledge uint8

const (
	// unheard: no answer yet. One request at a time goes out to learn.
	unheard knowledge = iota
	// unlimited: answers carry no rate limit headers.
	unlimited
	// limited: answers told, or refused.
	limited
)

const (
	// share of a bucket is left to the tenant's own users, at least one
	// request: api_limit_warning is logged at 80 % (Auth0 docs, tenant logs).
	share = 0.2
	// floor is the part of that reserve below which nothing goes out for the
	// time of probe, twice that when the bucket is empty.
	floor = 0.75
	probe = 500 * time.Millisecond
	// surprise is how many tokens that were expected make an empty bucket one:
	// more than fractions and jitter explain.
	surprise = 1.5
	// The rate shrinks by yielding with every answer that shows less than the
	// reserve, at most to minYield, and grows by recovery with every other. So
	// it settles where others leave off (measured with a model of Free whose
	// users take a fifth: 11 of 800 requests refused, 87 without).
	yielding, recovery, minYield = 0.92, 1.05, 0.5
	// backOff shrinks it with every refusal that no answer foretold, at most to
	// minBackOff.
	backOff, minBackOff = 0.5, 1.0 / 32
	// carefulBurst and carefulRate pace what is refused without saying why, as
	// slowly as the slowest tier (Free); with successes it gets up to
	// maxCareful times as fast.
	carefulBurst, carefulRate, maxCareful = 2, 2, 8
	// forever is a delay that only an answer ends.
	forever time.Duration = math.MaxInt64
	// minDelay keeps rounding from waking a waiter in vain.
	minDelay = time.Millisecond
	epsilon  = 1e-9
)

// bucket is what is believed of one of Auth0's token buckets. The belief errs
// low: every request sent is taken off at once, what flows back is the lowest
// documented rate, and every answer corrects the level. That makes the rate
// self-correcting in both directions, and what x-ratelimit-reset means
// (documented: when the next token arrives; recorded: when the bucket is full)
// matters little; see [bucket.observe].
type bucket struct {
	known knowledge
	// reported is the x-ratelimit-limit of answers, 0 when they had none.
	reported float64
	limit    limit
	reserve  float64
	// level counts the tokens left, as of at.
	level     float64
	at        time.Time
	notBefore time.Time
	// guessed: the rate is not documented for what answers report.
	guessed bool
	// modelOnly: what answers report is not, or not surely, of this bucket, so
	// that they never raise the level.
	modelOnly bool
	// slow multiplies the rate, below 1 when others draw from the bucket.
	slow float64
	// sent counts the requests, inFlight those without an answer.
	sent, inFlight int
}

// become starts the belief anew.
func (b *bucket) become(reported float64, l limit, level float64, now time.Time) {
	b.known, b.reported, b.limit, b.at = limited, reported, l, now
	b.reserve = min(max(1, share*l.burst), max(0, l.burst-1))
	b.level, b.slow, b.modelOnly, b.guessed = min(level, l.burst), 1, false, l.guessed
}

func (b *bucket) rate() float64 { return b.limit.rate * b.slow }

// advance lets flow back what has by now. Nothing looks further ahead than
// maxReset, so more than that means that the clock was set back.
func (b *bucket) advance(now time.Time) {
	switch d := now.Sub(b.at); {
	case d > 0:
		b.level, b.at = min(b.limit.burst, b.level+d.Seconds()*b.rate()), now
	case d < -maxReset:
		b.at, b.notBefore = now, b.notBefore.Add(d)
	}
}

// delay is how long until the bucket can give a token and keep the reserve.
func (b *bucket) delay(now time.Time) time.Duration {
	switch b.known {
	case unlimited:
		return 0
	case unheard:
		if b.inFlight > 0 {
			return forever
		}
		return 0
	case limited:
	}
	if float64(b.inFlight) >= b.limit.burst {
		return forever // they may all arrive at once
	}
	b.advance(now)
	d := max(0, b.notBefore.Sub(now))
	if missing := b.reserve + 1 - b.level; missing > epsilon {
		s := missing / b.rate()
		d = max(d, minDelay, time.Duration(min(s, 3600)*float64(time.Second)))
	}
	return d
}

func (b *bucket) take() {
	b.sent++
	b.inFlight++
	b.level--
}

// observe takes in that the server had remaining tokens left after a request
// beside which overlap others may or may not have been counted. Raising to
// remaining less overlap cannot be too much. The fraction that a whole number
// hides allows for one token more, which the reserve covers.
func (b *bucket) observe(s signs, m mark, took time.Duration, raise bool, now time.Time) {
	b.advance(now)
	if raise && !b.modelOnly {
		b.level = max(b.level, s.remaining-m.overlap(b))
	}
	expected := b.level - b.rate()*took.Seconds()
	b.level = min(b.level, s.remaining+1-float64(b.sent-m.sent))
	if s.remaining < b.reserve {
		least := minYield
		if b.guessed {
			least = minBackOff
		}
		b.slow = max(min(b.slow, least), b.slow*yielding)
	} else {
		b.recover()
	}
	switch {
	case b.guessed && s.remaining < 1:
		// At reset there is at least one token under both readings.
		b.pause(max(s.wait, probe), now)
	case s.remaining < floor*b.reserve && (b.reserve > 1 || expected > surprise):
		// Below the reserve: others draw from it, or it fills in steps, which
		// come every second at the latest (Auth0 docs, rate limit policy).
		d := probe
		if s.remaining < 1 {
			d *= 2
		}
		if s.wait > 0 {
			d = min(d, s.wait)
		}
		b.pause(d, now)
	}
}

// recover speeds up again.
func (b *bucket) recover() {
	most := 1.0
	if b.reported == 0 {
		most = maxCareful
	}
	b.slow = min(most, b.slow*recovery)
}

// refused takes in a 429.
func (b *bucket) refused(asked time.Duration, now time.Time) {
	b.advance(now)
	b.level = min(b.level, 0)
	b.pause(min(asked, maxReset), now)
}

// pause stops the bucket for a while. What flows back meanwhile lets one request
// go out at the end, to see; not more, as it may not have come.
func (b *bucket) pause(d time.Duration, now time.Time) {
	end := now.Add(d)
	if d > 0 && end.After(b.notBefore) {
		b.notBefore = end
		b.advance(end)
		b.level = min(b.level, b.reserve+1)
	}
}

// surprised slows down after a 429 that the answers' own numbers do not
// explain: some bucket that they do not show is behind it.
func (b *bucket) surprised(now time.Time) {
	if b.known != limited {
		b.become(0, limit{burst: carefulBurst, rate: carefulRate}, 0, now)
		b.reserve = 0
		b.modelOnly = true
		return
	}
	b.modelOnly = true
	b.slow = max(minBackOff, b.slow*backOff)
}
