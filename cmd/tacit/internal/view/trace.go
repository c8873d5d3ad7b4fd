package view

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

const (
	stepWidth   = 11 // "authorize" and two spaces
	traceIndent = 2
	hopIndent   = traceIndent + stepWidth
)

// fewTraces is how many logins that did not pass are shown hop by hop: the causes of many are mostly one.
const fewTraces = 3

// Traces writes rehearsed logins. Of several, those that passed are a line each, for people look for the others; Full
// shows all of all.
func (p *Printer) Traces(list []*rehearse.Trace) {
	brief, before, shown := false, false, 0
	for i, t := range list {
		full := p.opts.Full || len(list) == 1 || t.Outcome != rehearse.Passed && shown < fewTraces
		if full {
			shown++
		}
		if i > 0 && (full || before) {
			p.put()
		}
		before = full
		p.verdict(t)
		switch {
		case full:
			p.trace(t)
		case t.Stopped != nil:
			p.hanging(traceIndent, string(t.Stopped.Step), plain, strings.TrimSuffix(t.Stopped.Message+": "+said(t.Stopped), ": "))
		}
		brief = brief || !full
	}
	if brief {
		p.put()
		p.put(styled(faint, "(--full shows every hop of all of them)"))
	}
}

// verdict is the line of one login.
func (p *Printer) verdict(t *rehearse.Trace) {
	mark, st, _ := outcome(t.Outcome)
	line := []span{styled(st|bold, mark+" "+t.Path), text(" via " + string(t.Scenario.Via) + ": "), styled(st, string(t.Outcome))}
	if t.Scenario.BlockedCookies {
		line = append(line, text(", no third-party cookies"))
	}
	if t.Scenario.Implicit {
		line = append(line, text(", implicit grant"))
	}
	if t.Scenario.Session == rehearse.SessionExpired {
		line = append(line, text(", session expired"))
	}
	if t.Scenario.Fault != rehearse.NoFault {
		line = append(line, text(", IdP fault "+string(t.Scenario.Fault)))
	}
	if t.Scopes != nil && len(t.Scopes.Missing) > 0 {
		line = append(line, styled(yellow, ", token lacks "+strings.Join(t.Scopes.Missing, " ")))
	}
	p.put(line...)
	p.notShown(t)
}

func (p *Printer) trace(t *rehearse.Trace) {
	if len(t.Hops) > 0 {
		p.put()
	}
	for i := range t.Hops {
		p.hop(&t.Hops[i])
		if t.Stopped != nil && t.Stopped.Hop == i {
			p.stop(t.Stopped)
		}
	}
	if t.Stopped != nil && (t.Stopped.Hop < 0 || t.Stopped.Hop >= len(t.Hops)) {
		p.stop(t.Stopped)
	}
	for _, n := range t.Notes {
		p.put()
		p.hanging(traceIndent, "note", plain, n)
	}
	p.token("Access token", t.Access)
	p.token("Renewed access token", t.Renewed)
}

func (p *Printer) hop(h *rehearse.Hop) {
	base, params, _ := strings.Cut(h.URL, "?")
	status := "no answer"
	if h.Status != 0 {
		status = fmt.Sprint(h.Status)
	}
	method := h.Method
	if h.Frame == rehearse.Iframe {
		method = "iframe " + method
	}
	p.put(text(pad(traceIndent)), styled(bold, align(string(h.Step), stepWidth)), text(method+" "+base+" "), styled(statusStyle(h.Status), status))
	p.hopFact("asks", strings.Join(parameters(params), "  "))
	p.hopFact("posts", strings.Join(h.Form, ", "))
	p.hopFact("proof", strings.Join(h.Proof, ", "))
	p.hopFact("cookies", strings.Join(h.Sent, ", "))
	for _, w := range h.Withheld {
		p.hopFact("withheld", w.Name+": "+w.Why)
	}
	for _, c := range h.Set {
		p.hopFact("sets", cookie(c))
	}
	p.hopFact("leads to", h.Location)
	for _, l := range h.Learnt {
		p.hopFact("learnt", l)
	}
	p.hopFact("assumed", assumed(h))
}

func statusStyle(status int) style {
	switch {
	case status == 0 || status >= 400:
		return red
	case status >= 300:
		return cyan
	default:
		return green
	}
}

// fact is one line about a hop; nothing when there is nothing to tell.
func (p *Printer) hopFact(name, s string) {
	if s != "" {
		p.hanging(hopIndent, name, faint, s)
	}
}

const factWidth = 10

// hanging writes a name and text wrapped beside it.
func (p *Printer) hanging(indent int, name string, st style, s string) {
	for i, l := range wrap(s, p.proseWidth()-indent-factWidth) {
		if i > 0 {
			name = ""
		}
		p.put(text(pad(indent)), styled(st, align(name, factWidth)), text(l))
	}
}

// parameters writes a query as a person reads it. What was cut is named at the end.
func parameters(query string) []string {
	var shown, cut []string
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		name, value, _ := strings.Cut(pair, "=")
		if value == "…" {
			cut = append(cut, name)
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		shown = append(shown, name+"="+value)
	}
	if len(cut) > 0 {
		shown = append(shown, "("+strings.Join(cut, ", ")+" not shown)")
	}
	return shown
}

func cookie(c rehearse.Cookie) string {
	if c.Removed {
		return c.Name + ": removed"
	}
	traits := []string{"this host only"}
	if c.Domain != "" {
		traits[0] = "all of " + c.Domain
	}
	if c.SameSite == "" {
		traits = append(traits, "no SameSite")
	} else {
		traits = append(traits, "SameSite="+c.SameSite)
	}
	if c.Secure {
		traits = append(traits, "Secure")
	}
	if c.Refused != "" {
		traits = append(traits, "refused: "+c.Refused)
	}
	return c.Name + ": " + strings.Join(traits, ", ")
}

// assumed names the decisions that no source backs.
func assumed(h *rehearse.Hop) string {
	var out []string
	for _, d := range h.Decisions {
		if d.Grade == "assumed" || d.Outcome == string(rehearse.Unknown) {
			out = append(out, d.ID)
		}
	}
	return strings.Join(out, ", ")
}

// stop says where the login broke, what the server said, and what the user sees.
func (p *Printer) stop(s *rehearse.Stop) {
	st, head := red, "✗ "
	if s.Sees == "" {
		st, head = cyan, "? "
	}
	p.put()
	for i, l := range wrap(s.Message, p.proseWidth()-traceIndent-2) {
		if i > 0 {
			head = "  "
		}
		p.put(text(pad(traceIndent)), styled(st|bold, head+l))
	}
	if text := said(s); text != "" {
		p.hanging(traceIndent+2, "error", plain, text)
	}
	if s.Sees != "" {
		p.hanging(traceIndent+2, "user sees", plain, s.Sees)
	}
}

// said is the server's error.
func said(s *rehearse.Stop) string { return strings.Trim(s.Code+": "+s.Description, ": ") }
