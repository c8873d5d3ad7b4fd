package view

import (
	"fmt"
	"strings"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

// Rehearsal writes rehearsed logins with what they do not show.
func (p *Printer) Rehearsal(r *rehearse.Report) {
	p.prose(0, plain, rehearsed(r))
	p.put()
	p.canaries(r.Live)
	if len(r.Logins) > 0 {
		p.Traces(r.Logins)
		p.sample(r.Logins)
		p.put()
		p.limits(r)
	}
	st := green
	switch {
	case r.Counts.Failed > 0:
		st = red
	case r.Counts.Passed == 0 || r.Counts.Unknown > 0:
		st = cyan
	}
	p.put(styled(bold, "Verdict: "), styled(st|bold, r.Verdict))
}

// rehearsed says what the logins were driven against.
func rehearsed(r *rehearse.Report) string {
	if r.Live != nil {
		return rehearsedLive(r)
	}
	s := fmt.Sprintf("Rehearsed against a model of Auth0, on a copy of %s", r.Tenant)
	switch r.Changes {
	case 0:
		s += " as it is."
	case 1:
		s += " after the plan's one change."
	default:
		s += fmt.Sprintf(" after the plan's %d changes.", r.Changes)
	}
	if r.OutOf > r.Paths {
		s += fmt.Sprintf(" %d of %d paths.", r.Paths, r.OutOf)
	}
	return s
}

// sample shows one token where every login is a line: what the API gets is the point of it all.
func (p *Printer) sample(logins []*rehearse.Trace) {
	if p.opts.Full || len(logins) == 1 {
		return
	}
	for _, t := range logins {
		if t.Outcome == rehearse.Passed && t.Access != nil {
			p.token("Access token of "+t.Path, t.Access)
			return
		}
	}
}

// limits are what the logins do not show.
func (p *Printer) limits(r *rehearse.Report) {
	p.put(styled(bold, "Not rehearsed:"))
	for _, s := range r.NotRehearsed {
		p.item(s)
	}
	if len(r.NotRead) > 0 {
		p.put(styled(bold, "Not read, so Auth0's defaults are assumed:"))
		p.item(strings.Join(r.NotRead, ", "))
	}
	if len(r.Assumed) > 0 {
		p.put(styled(bold, "Assumed, not known of Auth0:"))
		shown := r.Assumed
		if !p.opts.Full && len(shown) > fewAssumed {
			shown = shown[:fewAssumed]
		}
		for _, a := range shown {
			p.item(a.ID + ": " + a.Text)
		}
		if n := len(r.Assumed) - len(shown); n > 0 {
			p.put(styled(faint, fmt.Sprintf("  (%d more with --full)", n)))
		}
	}
	p.put()
}

// fewAssumed is how many assumptions are shown without Full.
const fewAssumed = 6

// item is one entry of a list, wrapped.
func (p *Printer) item(s string) {
	head := "  - "
	for _, l := range wrap(s, p.proseWidth()-len(head)) {
		p.put(text(head + l))
		head = "    "
	}
}
