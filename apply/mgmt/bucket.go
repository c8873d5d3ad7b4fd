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
	// share of a bucket that is left to the tenant's own users, at least one
	// request: api_limit_warning is logged at 80 % (Auth0 docs, tenant logs).
	share = 0.2
	// carefulBurst and carefulRate pace what is refused without saying why, as
	// slowly as the slowest tier (Free).
	carefulBurst, carefulRate = 2, 2
	// maxCareful bounds how far that rate grows again with successes.
	maxCareful = 8
	minSlow    = 1.0 / 32
	recovery   = 1.05
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
	level float64
	at    time.Time
	// bound is the highest rate that x-ratelimit-reset allows, 0 for none.
	bound     float64
	notBefore time.Time
	// modelOnly: what answers report is not, or not surely, of this bucket, so
	// that they never raise the level.
	modelOnly bool
	// slow multiplies the rate after refusals that the level did not predict.
	slow float64
	// sent counts the requests, inFlight those without an answer.
	sent, inFlight int
}

// become starts the belief anew.
func (b *bucket) become(reported float64, l limit, level float64, now time.Time) {
	b.known, b.reported, b.limit, b.at = limited, reported, l, now
	b.reserve = min(max(1, share*l.burst), max(0, l.burst-1))
	b.level, b.slow, b.bound, b.modelOnly = min(level, l.burst), 1, 0, false
}

func (b *bucket) rate() float64 {
	r := b.limit.rate
	if b.bound > 0 {
		r = min(r, b.bound)
	}
	return r * b.slow
}

// advance lets flow back what has by now.
func (b *bucket) advance(now time.Time) {
	if d := now.Sub(b.at); d > 0 {
		b.level, b.at = min(b.limit.burst, b.level+d.Seconds()*b.rate()), now
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
// remaining less overlap cannot be too much; the fraction that a whole number
// hides, and what flowed back on the way, are worth one token at most.
func (b *bucket) observe(s signs, overlap int, took time.Duration, raise bool, now time.Time) {
	b.advance(now)
	if raise && !b.modelOnly {
		b.level = max(b.level, s.remaining-float64(overlap))
	}
	b.level = min(b.level, s.remaining+min(1, b.rate()*took.Seconds()))
	// reset lies wait seconds ahead, give or take two for the rounding of both
	// clocks. Whether one token arrives by then or all that are missing do, not
	// more than the missing ones do: an upper bound under both readings.
	missing := b.reported - s.remaining
	b.bound = 0
	if s.wait > 2*time.Second && missing >= 1 {
		b.bound = missing / (s.wait.Seconds() - 2)
	}
	if s.remaining < 1 {
		// Empty although the reserve was kept: others draw from it. At reset
		// there is at least one token under both readings.
		b.notBefore = later(b.notBefore, now.Add(s.wait))
	}
	b.recover()
}

// recover speeds up again after refusals that nothing explained.
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
	b.notBefore = later(b.notBefore, now.Add(min(asked, maxReset)))
}

// surprised slows down after a 429 that the answers' own numbers do not
// explain: some bucket that they do not show is behind it.
func (b *bucket) surprised(now time.Time) {
	if b.known != limited {
		b.become(0, limit{carefulBurst, carefulRate}, 0, now)
		b.reserve = 0
		b.modelOnly = true
		return
	}
	b.modelOnly = true
	b.slow = max(minSlow, b.slow/2)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
