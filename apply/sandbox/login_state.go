package sandbox

import (
	"math"
	"time"
)

// logins is what the login flow remembers. It is never persisted and is lost when the process ends, as browsers' sessions
// with a local tenant may be. The server's lock guards it.
type logins struct {
	sessions expiring[*session]   // by host and cookie
	pending  expiring[*pending]   // by state: requests that wait for a prompt, an identity provider or an Action
	codes    expiring[*codeGrant] // by authorization code
	tokens   expiring[*issued]    // opaque access tokens
	refresh  expiring[*refresh]   // by refresh token, rotated ones included
	seen     expiring[bool]       // assertions, by connection and ID
	proofs   expiring[bool]       // DPoP proofs, by jti
	nonces   expiring[bool]       // for DPoP proofs
}

// expiring is a map whose entries end. The zero value is empty.
type expiring[T any] struct {
	entries map[string]entry[T]
}

type entry[T any] struct {
	value T
	until time.Time
}

// sweepEvery is how many entries a map grows by before ended ones are dropped.
const sweepEvery = 1024

// put stores a value until a time.
func (e *expiring[T]) put(key string, value T, now, until time.Time) {
	if e.entries == nil {
		e.entries = map[string]entry[T]{}
	}
	if len(e.entries)%sweepEvery == sweepEvery-1 {
		for k, old := range e.entries {
			if !now.Before(old.until) {
				delete(e.entries, k)
			}
		}
	}
	e.entries[key] = entry[T]{value, until}
}

// get is the value under key, if it has not ended.
func (e *expiring[T]) get(key string, now time.Time) (T, bool) {
	found, ok := e.entries[key]
	if !ok || !now.Before(found.until) {
		var none T
		return none, false
	}
	return found.value, true
}

// drop forgets a key.
func (e *expiring[T]) drop(key string) { delete(e.entries, key) }

// forever is the end of what does not end.
func forever() time.Time { return time.Unix(math.MaxInt32, 0) }

// lifetime reads a number of hours, which may be fractional, from the tenant's settings.
func (t *tenant) lifetime(key string, fallback float64) time.Duration {
	return time.Duration(decimal(t.settings[key], fallback) * float64(time.Hour))
}

// decimal is a number of a body, or fallback when there is none.
func decimal(v any, fallback float64) float64 {
	switch n := v.(type) {
	case interface{ Float64() (float64, error) }:
		if f, err := n.Float64(); err == nil {
			return f
		}
	case float64:
		return n
	}
	return fallback
}
