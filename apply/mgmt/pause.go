package mgmt

import (
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// maxReset bounds what X-RateLimit-Reset can make us wait: Auth0's buckets
	// refill within a minute (docs, rate limit configurations), so anything
	// later is a clock that differs.
	maxReset = 60 * time.Second
	// maxAsked is the longest Retry-After that is waited for; a longer one ends
	// the operation at once.
	maxAsked = 5 * time.Minute
	// firstPause and maxPause bound the growing pauses when the server says
	// nothing.
	firstPause, maxPause = 500 * time.Millisecond, 20 * time.Second
	// tellFrom is the shortest wait that a person wants to hear of.
	tellFrom = time.Second
	// epoch tells unix seconds from a number of seconds to wait.
	epoch = 100_000_000
)

// pause makes the delays between the tries of one request.
type pause struct{ growing *backoff.ExponentialBackOff }

func newPause() pause {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier = firstPause, maxPause, 2
	return pause{b}
}

// next is at least what the server asked for, and differs from run to run so
// that parallel requests do not come back all at once.
func (p pause) next(asked time.Duration) time.Duration {
	d := p.growing.NextBackOff()
	if asked > 0 {
		return asked + d/4
	}
	return d
}

// asked reads how long the server wants to be left alone, 0 when it does not
// say. Auth0 documents X-RateLimit-Reset as the second in which the bucket is
// full again; proxies in front of it send Retry-After.
func asked(h http.Header, now time.Time) time.Duration {
	if v := h.Get("Retry-After"); v != "" {
		if s, err := strconv.ParseInt(v, 10, 32); err == nil && s >= 0 {
			return time.Duration(s) * time.Second
		}
		if at, err := http.ParseTime(v); err == nil {
			return max(0, until(at, h, now))
		}
	}
	s, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	switch {
	case err != nil || s < 0:
		return 0
	case s < epoch:
		return min(time.Duration(s)*time.Second, maxReset)
	}
	return min(max(0, until(time.Unix(s, 0), h, now)), maxReset)
}

// until measures by our clock and by the server's, and takes the longer wait:
// the clocks may differ.
func until(at time.Time, h http.Header, now time.Time) time.Duration {
	d := at.Sub(now)
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		d = max(d, at.Sub(date))
	}
	return d
}
