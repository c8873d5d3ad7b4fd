package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bucket is one token bucket. It counts in parts of a token so that refilling is exact: limits per second refill every
// millisecond, limits per minute every second (documented).
type bucket struct {
	rateLimit
	step  time.Duration // how often rate parts arrive
	parts int64         // parts of one token
	level int64         // parts in the bucket
	at    time.Time     // the last step that was counted
}

// newBucket is a full bucket whose steps fall on whole milliseconds or seconds.
func newBucket(l rateLimit, now time.Time) *bucket {
	b := &bucket{rateLimit: l, step: time.Millisecond, parts: 1000}
	if l.per == time.Minute {
		b.step, b.parts = time.Second, 60
	}
	b.level, b.at = b.full(), now.Truncate(b.step)
	return b
}

func (b *bucket) full() int64 { return b.burst * b.parts }

// take takes one token when there is one. A clock that goes back adds nothing.
func (b *bucket) take(now time.Time) bool {
	if n := int64(now.Sub(b.at) / b.step); n > 0 {
		b.at = b.at.Add(time.Duration(n) * b.step)
		if missing := b.full() - b.level; n > missing/b.rate {
			b.level = b.full()
		} else {
			b.level += n * b.rate
		}
	}
	if b.level < b.parts {
		return false
	}
	b.level -= b.parts
	return true
}

// remaining is the whole tokens left.
func (b *bucket) remaining() int64 { return b.level / b.parts }

// reset is the Unix second, rounded up, when the next token is there, or when the bucket is full again.
func (b *bucket) reset(whenFull bool) int64 {
	need := b.parts - b.level%b.parts
	if whenFull {
		need = b.full() - b.level
	}
	steps := (need + b.rate - 1) / b.rate
	t := b.at.Add(time.Duration(steps) * b.step)
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// limiter holds the buckets of a tenant.
type limiter struct {
	mu      sync.Mutex
	plan    plan
	global  *bucket
	classes map[class]*bucket
}

func newLimiter(p plan, now time.Time) *limiter {
	l := &limiter{plan: p, global: newBucket(p.global, now), classes: map[class]*bucket{}}
	for c, lim := range p.classes {
		l.classes[c] = newBucket(lim, now)
	}
	return l
}

// verdict is what a response says about its rate limit.
type verdict struct {
	allowed                 bool
	global                  bool // the global bucket decided
	limit, remaining, reset int64
}

// take charges a request: the global bucket first, then that of its class (documented). A request that its class
// refuses has used a global token (assumed).
func (l *limiter) take(c class, now time.Time, whenFull bool) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.classes[c]
	b, global := l.global, true
	ok := true
	if own == nil || !l.plan.apart {
		ok = l.global.take(now)
	}
	if ok && own != nil {
		b, global = own, false
		ok = own.take(now)
	}
	return verdict{allowed: ok, global: global, limit: b.burst, remaining: b.remaining(), reset: b.reset(whenFull)}
}

// limited applies the tier's rate limits to every request for the Management API, refused ones included (assumed). The
// headers tell the class's bucket where there is one (assumed).
func (s *Server) limited(next http.Handler) http.Handler {
	if s.limits == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ours := strings.CutPrefix(r.URL.EscapedPath(), apiPrefix+"/")
		if !ours {
			next.ServeHTTP(w, r)
			return
		}
		c := classify(r.Method, strings.Split(strings.Trim(path, "/"), "/"), r.URL.Query().Has("q"), s.opts.ItemsAreOther)
		v := s.limits.take(c, s.opts.Now(), s.opts.ResetWhenFull)
		v.show(w.Header())
		if !v.allowed {
			s.answer(w, nil, errTooMany(v.global))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// show writes the rate limit headers (recorded names).
func (v verdict) show(h http.Header) {
	h.Set("X-RateLimit-Limit", strconv.FormatInt(v.limit, 10))
	h.Set("X-RateLimit-Remaining", strconv.FormatInt(v.remaining, 10))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(v.reset, 10))
}

func errTooMany(global bool) *apiError { // R: both texts, 281 bodies
	which := "Endpoint"
	if global {
		which = "Global"
	}
	return fail(http.StatusTooManyRequests, "too_many_requests", "%s limit has been reached", which)
}
