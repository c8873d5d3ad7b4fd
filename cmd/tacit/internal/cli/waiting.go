package cli

import (
	"sync"
	"time"
)

// waiting tells a person at a terminal why nothing happens. It is nil where the
// output is kept: there the line would only be noise.
func (a *app) waiting(f tenantFlags) func(time.Duration) {
	if !a.env.StderrTerminal || a.getenv("CI") != "" {
		return nil
	}
	whose := "the tenant's rate limit"
	if f.maxRPS > 0 {
		whose = "the rate limit"
	}
	var mu sync.Mutex
	var told time.Time
	return func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		end := a.env.Now().Add(d)
		if end.Before(told.Add(time.Second)) {
			return // others wait for the same
		}
		told = end
		a.err.Line("waiting %s for %s", (d + time.Second - 1).Truncate(time.Second), whose)
	}
}
