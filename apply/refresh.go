package apply

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tacit-dev/tacit/schema"
)

// MaxRefresh is how many requests a plan from a kept read takes at most.
const MaxRefresh = 3

// DefaultLogDelay is how late entries of a tenant's log are taken to come.
// Auth0 names no bound ("Auth0 does not provide real-time logs for your tenant.
// While we do our best to index events as they arrive, you may see some delays",
// log data retention); they mostly come within seconds.
const DefaultLogDelay = 5 * time.Minute

// Refresh decides whether an earlier read of a tenant still holds.
//
// It rests on one assumption about the tenant's log: at most Delay after a write
// there is an entry about it, and the entry's place in the order of ids is not
// before what was there when the write was made. Then
//
//   - the log shows at the time t all writes before t - Delay, and a plan can
//     vouch for the tenant as it was then, and no later;
//   - an entry that is dated Delay or more before a moment stands before the
//     entries of all writes after that moment, so that following the log from
//     it misses none of them.
//
// All times are the tenant's own.
type Refresh struct {
	// Dir is the configuration's directory.
	Dir    string
	For    KeptFor
	Tenant Reader
	Log    TenantLog
	Delay  time.Duration
}

// KeptRead is an earlier read that still holds.
type KeptRead struct {
	// Reader answers what the read asked.
	Reader Reader
	// Read is when it was made, AsOf the moment for which the log vouches.
	Read, AsOf time.Time
	Cost       Cost
}

// Held returns the kept read when the tenant's log shows no write since. Any
// doubt is an error that says what it is.
func (r Refresh) Held(ctx context.Context) (*KeptRead, error) {
	k, err := loadKept(r.Dir, r.For)
	if err != nil {
		return nil, err
	}
	if r.Delay > k.Bound {
		return nil, fmt.Errorf("the earlier read was kept for entries of the log that come up to %s late", k.Bound)
	}
	entries, at, err := r.follow(ctx, k.From, MaxRefresh-k.Live)
	if err != nil {
		return nil, err
	}
	if at.Before(k.AsOf) {
		return nil, errors.New("the tenant's clock is before the earlier read")
	}
	if !slices.ContainsFunc(entries, func(e LogEntry) bool { return e.ID == k.Next }) {
		return nil, errors.New("the tenant's log does not reach back to the earlier read any more")
	}
	for i := range entries {
		e := &entries[i]
		if recent := e.Date.IsZero() || e.Date.After(k.AsOf.Add(-k.Bound)); recent && !harmless(e) {
			return nil, changed(e)
		}
	}
	if as := at.Add(-k.Bound); as.After(k.AsOf) {
		k.AsOf = as
	}
	if from, next, ok := lastTwo(entries, k.AsOf.Add(-k.Bound)); ok {
		k.From, k.Next = from, next
	}
	if err := k.save(r.Dir); err != nil {
		return nil, fmt.Errorf("the earlier read cannot be kept up: %w", err)
	}
	return &KeptRead{newReplay(r.Tenant, k.Answers), k.Read, k.AsOf, k.Cost}, nil
}

// follow reads the log from an entry on to its end, which is an empty page: a
// short one need not be the last.
func (r Refresh) follow(ctx context.Context, from string, requests int) (out []LogEntry, at time.Time, err error) {
	for range requests {
		p, err := r.page(ctx, LogQuery{After: from})
		if err != nil {
			return nil, at, err
		}
		if at.IsZero() {
			at = p.At
		}
		if len(p.Entries) == 0 {
			return out, at, nil
		}
		out, from = append(out, p.Entries...), p.Entries[len(p.Entries)-1].ID
	}
	return nil, at, fmt.Errorf("the tenant's log has %d events or more since, too many for %d requests", len(out), MaxRefresh)
}

// page asks the log; refusals are told so that they can be mended.
func (r Refresh) page(ctx context.Context, q LogQuery) (LogPage, error) {
	p, err := r.Log.Log(ctx, q)
	var refused *StatusError
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusForbidden:
		return p, errors.New("the token lacks read:logs")
	case err != nil:
		return p, err
	case p.At.IsZero():
		return p, errors.New("the tenant did not tell the time")
	}
	return p, nil
}

// lastTwo are the last two entries, one after the other, that are dated not
// after a moment.
func lastTwo(entries []LogEntry, until time.Time) (from, next string, ok bool) {
	for i := len(entries) - 1; i > 0; i-- {
		if !entries[i].Date.After(until) && !entries[i-1].Date.After(until) {
			return entries[i-1].ID, entries[i].ID, true
		}
	}
	return "", "", false
}

// harmless tells of an entry that it changes nothing that a plan reads: logins,
// exchanges of tokens, logouts, limits, reads (Auth0 docs: log type codes). Any
// other type may, unknown ones included.
func harmless(e *LogEntry) bool {
	switch e.Type {
	case "s", "f", "fp", "fu", "fc", "fco", "fcoa", "scoa", "ssa", "fsa", // logins
		"seacft", "feacft", "seccft", "feccft", "sertft", "fertft", "sepft", "fepft", "srrt", "ferrt", // tokens
		"slo", "flo", "w", "depnote", "api_limit", "api_limit_warning", "limit_wc", "limit_mu", "limit_sul", "mgmt_api_read":
		return true
	case writeFailed:
		_, write := e.asWrite()
		return !write
	default:
		return false
	}
}

// changed says which entry ends a read.
func changed(e *LogEntry) error {
	at := e.Date.UTC().Format(time.RFC3339)
	if w, ok := e.asWrite(); ok {
		return fmt.Errorf("%s wrote to the tenant at %s (%s %s)", w.Who(), at, w.Method, w.Path)
	}
	return fmt.Errorf("the tenant's log has an event of the type %q at %s, which may have changed it", e.Type, at)
}

// Recording is a read that is to be kept.
type Recording struct {
	refresh Refresh
	rec     *recorder
	k       kept
	// why it cannot be kept, nil when it can.
	why error
}

// Record takes a place in the log and then records what is read. Reading goes on
// when no place is found; [Recording.Keep] says why.
func (r Refresh) Record(ctx context.Context) *Recording {
	out := &Recording{refresh: r, rec: &recorder{Reader: r.Tenant}, k: kept{Format: keptFormat, For: r.For, Bound: r.Delay}}
	if r.For.Client == "" && r.For.Sandbox == "" {
		out.why = errors.New("the token does not tell which application it belongs to")
		return out
	}
	p, err := r.page(ctx, LogQuery{})
	if err != nil {
		out.why = err
		return out
	}
	slices.Reverse(p.Entries)
	var ok bool
	out.k.Read, out.k.AsOf = p.At, p.At
	if out.k.From, out.k.Next, ok = lastTwo(p.Entries, p.At.Add(-r.Delay)); !ok {
		out.why = fmt.Errorf("of the newest %d entries of the tenant's log, no two are older than %s", LogPageSize, r.Delay)
	}
	return out
}

// Reader is where to read.
func (r *Recording) Reader() Reader { return r.rec }

// Keep keeps what was read for the next plan. needs are the fields that the plan
// looked at. An error says why it is not kept; nothing older is kept then either.
func (r *Recording) Keep(needs []schema.Field, c Cost) error {
	err := r.why
	if err == nil {
		r.k.Answers, err = r.rec.kept(needs)
	}
	if err == nil {
		r.k.Live, r.k.Cost = r.rec.live, c
		err = r.k.save(r.refresh.Dir)
	}
	if err != nil {
		if gone := ForgetRead(r.refresh.Dir); gone != nil {
			err = fmt.Errorf("%w; the earlier read stays: %w", err, gone)
		}
	}
	return err
}
