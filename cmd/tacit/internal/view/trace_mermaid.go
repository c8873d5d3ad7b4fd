package view

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

// Mermaid writes a rehearsed login as a sequence diagram in the Mermaid language.
func (p *Printer) Mermaid(t *rehearse.Trace) {
	p.put(text("sequenceDiagram"))
	p.put(text("  participant I as IdP"))
	p.put(text("  participant B as Browser"))
	p.put(text("  participant T as " + mermaid(t.Scenario.Domain)))
	if keysRead(t) {
		p.put(text("  participant A as API"))
	}
	for i := range t.Hops {
		stopped := t.Stopped != nil && t.Stopped.Hop == i
		p.exchange(&t.Hops[i], stopped)
		if stopped {
			p.remark(t.Stopped)
		}
	}
	if t.Outcome == rehearse.Passed {
		p.put(text("  Note over B: " + mermaid("passed")))
	}
}

func keysRead(t *rehearse.Trace) bool {
	for i := range t.Hops {
		if t.Hops[i].Step == rehearse.StepKeys {
			return true
		}
	}
	return false
}

// exchange is a request and its answer.
func (p *Printer) exchange(h *rehearse.Hop, stopped bool) {
	from := "B"
	if h.Step == rehearse.StepKeys {
		from = "A"
	}
	for _, f := range h.Form {
		if f == "SAMLResponse" {
			p.put(text("  I->>B: " + mermaid("form with SAMLResponse")))
		}
	}
	base, query, _ := strings.Cut(h.URL, "?")
	request := []string{h.Method + " " + base}
	if h.Frame == rehearse.Iframe {
		request[0] = "iframe " + request[0]
	}
	request = append(request, parameters(query)...)
	if len(h.Sent) > 0 {
		request = append(request, "cookies "+strings.Join(h.Sent, " "))
	}
	p.put(text("  " + from + "->>T: " + mermaid(request...)))
	arrow := "-->>"
	if stopped {
		arrow = "--x"
	}
	p.put(text("  T" + arrow + from + ": " + mermaid(reply(h)...)))
	for _, w := range h.Withheld {
		p.put(text("  Note over B: " + mermaid("withheld "+w.Name+": "+w.Why)))
	}
}

// reply is what came back, line by line.
func reply(h *rehearse.Hop) []string {
	lines := []string{"no answer"}
	if h.Status != 0 {
		lines[0] = fmt.Sprint(h.Status)
	}
	if h.Location != "" {
		lines[0] += " to " + h.Location
	}
	var set []string
	for _, c := range h.Set {
		if c.Refused == "" && !c.Removed {
			set = append(set, c.Name)
		}
	}
	if len(set) > 0 {
		lines = append(lines, "sets "+strings.Join(set, " "))
	}
	return lines
}

// remark is what stopped the login.
func (p *Printer) remark(s *rehearse.Stop) {
	lines := []string{string(s.Step) + ": " + s.Message}
	if text := said(s); text != "" {
		lines = append(lines, text)
	}
	p.put(text("  Note over B,T: " + mermaid(lines...)))
	if s.Sees != "" {
		p.put(text("  Note over B: " + mermaid(s.Sees)))
	}
}

// keywordEnd closes a block wherever it stands as a word.
var keywordEnd = regexp.MustCompile(`(?i)\bend\b`)

// mermaid makes one text of lines of data: only letters, digits and harmless punctuation stand for themselves, the rest are
// Mermaid's entity codes, so that nothing ends the line, begins a comment, or is HTML to the page that shows the diagram.
func mermaid(lines ...string) string {
	var b strings.Builder
	for i, s := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		encode(&b, clean(s))
	}
	return b.String()
}

func encode(b *strings.Builder, s string) {
	ends := keywordEnd.FindAllStringIndex(s, -1)
	for i, r := range s {
		keyword := len(ends) > 0 && ends[0][0] == i
		if keyword {
			ends = ends[1:]
		}
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !keyword && (letter || strings.ContainsRune(" ./:?=,()_-", r)) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(b, "#%d;", r)
		}
	}
}
