package schema

import (
	"strings"
	"time"
)

// CanaryPrefix begins the name of every canary: a short-lived SAML connection through which a rehearsal logs in on a
// tenant itself.
const CanaryPrefix = "tacit-canary-"

// The keys of a connection's metadata that mark a canary. They are none of the ownership mark's, so that nothing takes a
// canary for a declared connection.
const (
	canaryRun     = "tacit_canary_run"
	canaryStarted = "tacit_canary_started"
)

// CanaryMark says which run made a canary, and when.
type CanaryMark struct {
	Run     string
	Started time.Time
}

// Metadata is the mark as a connection's metadata holds it.
func (m CanaryMark) Metadata() map[string]any {
	return map[string]any{canaryRun: m.Run, canaryStarted: m.Started.UTC().Format(time.RFC3339)}
}

// CanaryOf reads the mark of a canary. A connection that has the name without the mark, or the mark without the name, is
// somebody's own.
func CanaryOf(o *Observed) (m CanaryMark, ok bool) {
	m.Run = o.String("metadata." + canaryRun)
	started, err := time.Parse(time.RFC3339, o.String("metadata."+canaryStarted))
	m.Started = started
	return m, err == nil && m.Run != "" && strings.HasPrefix(o.String("name"), CanaryPrefix)
}
