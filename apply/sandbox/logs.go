package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits of the local log, which no subscription has.
const (
	heldLog   = 1000 // entries in memory; the oldest go first
	storedLog = 200  // of them the newest that a Store keeps
)

// logFormat is how entries are dated (documented: ISO 8601).
const logFormat = "2006-01-02T15:04:05.000Z"

// logEntry is one event. It can be read from shown on, which is later than when it happened if the log lags.
type logEntry struct {
	id        string
	at, shown time.Time
	body      object
}

// tenantLog is the log of a tenant, in the order of ids. It has a lock of its own, which may be taken while the tenant's
// is held but not the other way round.
type tenantLog struct {
	mu      sync.Mutex
	entries []logEntry
	count   uint64 // makes ids of one millisecond distinct
}

// record adds what happened now. With Options.LogDelay it shows later, and its id is drawn then, so that who follows the
// log by ids skips nothing; with LogIDsOfEvents the id is drawn at once, and a late entry appears before others.
func (s *Server) record(body object) {
	now := s.opts.Now().UTC()
	var delay time.Duration
	if s.opts.LogDelay != nil {
		delay = s.opts.LogDelay()
	}
	l := &s.events
	l.mu.Lock()
	defer l.mu.Unlock()
	e := logEntry{at: now, shown: now.Add(delay), body: body}
	drawn := e.shown
	if s.opts.LogIDsOfEvents {
		drawn = e.at
	}
	l.count++
	e.id = logID(drawn, l.count)
	body["date"], body["log_id"], body["_id"] = now.Format(logFormat), e.id, e.id
	l.insert(e)
	if len(l.entries) > heldLog {
		l.entries = slices.Delete(l.entries, 0, len(l.entries)-heldLog)
	}
}

// logID has the shape of recorded ids: 900, the time to the millisecond, and 36 more digits.
func logID(at time.Time, n uint64) string {
	return "900" + strings.Replace(at.UTC().Format("20060102150405.000"), ".", "", 1) + fmt.Sprintf("%036d", n)
}

// insert keeps the order of ids. The caller holds the lock.
func (l *tenantLog) insert(e logEntry) {
	at, _ := slices.BinarySearchFunc(l.entries, e.id, func(e logEntry, id string) int { return strings.Compare(e.id, id) })
	l.entries = slices.Insert(l.entries, at, e)
}

// visible are the entries that the log shows now: neither on their way nor past retention.
func (s *Server) visible() []logEntry {
	now, keep := s.opts.Now(), s.retention()
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	var out []logEntry
	for _, e := range s.events.entries {
		if !e.shown.After(now) && (keep == 0 || e.at.Add(keep).After(now)) {
			out = append(out, e)
		}
	}
	return out
}

// retention is how long entries are kept, 0 for ever: by subscription, as documented (log data retention), unless an
// option says it.
func (s *Server) retention() time.Duration {
	const day = 24 * time.Hour
	switch {
	case s.opts.LogRetention != 0:
		return s.opts.LogRetention
	case s.opts.Tier == TierOff:
		return 0
	case s.opts.Tier == TierFree:
		return day
	case s.opts.Tier == TierEssentials:
		return 5 * day
	default:
		return 30 * day
	}
}

// loadLog replaces the log by that of a seed.
func (s *Server) loadLog(bodies []object) {
	l := &s.events
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
	for i, body := range bodies {
		at, _ := time.Parse(time.RFC3339, text(body, "date")) // readSeed has checked it
		body, id := clone(body), text(body, "log_id")
		if id == "" {
			id = logID(at, uint64(i+1))
		}
		body["log_id"], body["_id"] = id, id
		l.insert(logEntry{id: id, at: at, shown: at, body: body})
	}
	l.count = max(l.count, uint64(len(bodies)))
}

// newest are the newest entries for a store, those on their way included.
func (l *tenantLog) newest() []any {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []any
	for _, e := range l.entries[max(0, len(l.entries)-storedLog):] {
		out = append(out, e.body)
	}
	return out
}
