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
	}
	p.rehearsals(r)
	if len(r.Logins)+len(r.Rehearsals) > 0 {
		p.limits(r)
	}
	st := green
	switch {
	case r.Failing(false):
		st = red
	case !r.Told():
		st = cyan
	case len(r.FailingRules()) > 0:
		st = yellow
	}
	p.put(styled(bold, "Verdict: "), styled(st|bold, r.Verdict))
}

// rehearsals writes how the logins of rehearsal blocks compare with what they expect.
// The hops are shown of a single login; of several only the one at which a login broke.
func (p *Printer) rehearsals(r *rehearse.Report) {
	full := p.opts.Full || len(r.Logins) == 0 && len(r.Rehearsals) == 1
	for _, e := range r.Rehearsals {
		p.expected(e)
		if len(r.Logins) == 0 { // otherwise it stands beside the path
			p.notShown(e.Login)
		}
		switch stop := e.Login.Stopped; {
		case full:
			p.trace(e.Login)
			p.put()
		case e.Outcome == rehearse.Failed && stop != nil:
			if stop.Hop >= 0 && stop.Hop < len(e.Login.Hops) {
				p.put()
				p.hop(&e.Login.Hops[stop.Hop])
			}
			p.stop(stop)
			p.put()
		}
	}
	if len(r.Rehearsals) > 0 && !full {
		p.put()
	}
}

// expected is a rehearsal with what does not hold of it.
func (p *Printer) expected(e *rehearse.Rehearsed) {
	mark, st, said := outcome(e.Outcome)
	if e.Outcome == rehearse.Failed {
		said = "not as expected"
	}
	for i, l := range wrap(fmt.Sprintf("%s on %s: %s", e.Rehearsal, e.Login.Path, said), p.proseWidth()-2) {
		if i > 0 {
			mark = " "
		}
		p.put(styled(st|bold, mark+" "), styled(st, l))
	}
	if e.Outcome == rehearse.Passed {
		p.hanging(traceIndent, "expected", faint, e.Expect.String())
	}
	for _, u := range e.Unmet {
		p.put(text(pad(traceIndent)), styled(bold, u.What))
		p.hanging(traceIndent+2, "expected", faint, u.Expected)
		p.hanging(traceIndent+2, "found", faint, u.Found)
	}
	if e.Outcome == rehearse.Unknown && e.Login.Stopped != nil {
		p.hanging(traceIndent, "because", faint, e.Login.Stopped.Message)
	}
}

// notShown are the rules that fail on the path and that the login says nothing of.
func (p *Printer) notShown(t *rehearse.Trace) {
	for _, f := range t.NotRehearsed {
		st := yellow
		if f.Severity == "error" {
			st = red
		}
		p.labelledWith(st, "not rehearsed: ", fmt.Sprintf("%s on %s: %s Why: %s.", f.Code, f.Object, f.Message, f.Why))
	}
}

// labelledWith writes a label and text wrapped beside it.
func (p *Printer) labelledWith(st style, label, s string) {
	for i, l := range wrap(s, p.proseWidth()-traceIndent-len(label)) {
		if i > 0 {
			label = pad(len(label))
		}
		p.put(text(pad(traceIndent)), styled(st, label), text(l))
	}
}

// outcome is how an outcome looks.
func outcome(o rehearse.Outcome) (mark string, st style, said string) {
	switch o {
	case rehearse.Passed:
		return "✓", green, "as expected"
	case rehearse.Failed:
		return "✗", red, string(o)
	case rehearse.Unknown:
	}
	return "?", cyan, "could not be told"
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
