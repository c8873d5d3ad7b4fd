package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

const (
	// findingIndent is where the text of a finding stands: behind mark and
	// code.
	findingIndent = 10
	// explained is how many groups of findings show all they know. Of more
	// groups only the first, the gravest, does: they have to fit on a screen.
	explained = 2
	// maxMembers is how many findings of one rule are shown.
	maxMembers = 3
	// maxUnknowns is how many objects with open questions are listed.
	maxUnknowns = 6
)

// Report writes how many paths are fine, and the findings.
func (p *Printer) Report(r *check.Report) {
	if r == nil {
		return
	}
	switch {
	case r.Paths == 0:
		p.prose(0, plain, "Checks: no silent_upgrade block with a connection is declared, so there is nothing to check.")
		return
	case len(r.Findings) == 0:
		p.put(styled(green|bold, "Checks:"), text(fmt.Sprintf(" %s, no findings%s.", plural(r.Paths, "path"), besides(r))))
		p.ignored(r)
		return
	}
	p.put(append([]span{styled(bold, "Checks:"), text(fmt.Sprintf(" %s, %d without errors: ", plural(r.Paths, "path"), r.Clean))}, tally(r.Findings)...)...)
	p.put()
	p.findings(r.Findings)
	p.ignored(r)
}

// besides names what comments accept, so that nobody takes it for health.
func besides(r *check.Report) string {
	if len(r.Ignored) == 0 {
		return ""
	}
	return fmt.Sprintf(" besides %d ignored", len(r.Ignored))
}

// look is how findings of one weight are marked and counted.
type look struct {
	mark  string
	style style
	noun  string
}

// looks are ordered by weight.
func looks() []look {
	return []look{{"✗", red, "error"}, {"!", yellow, "warning"}, {"?", cyan, "unknown"}, {"·", cyan, "remark"}}
}

func weight(f *check.Finding) int {
	switch {
	case f.Outcome == check.Unknown:
		return 2
	case f.Severity == schema.Error:
		return 0
	case f.Severity == schema.Warning:
		return 1
	default:
		return 3
	}
}

// tally counts findings by weight.
func tally(fs []check.Finding) []span {
	ls := looks()
	counts := make([]int, len(ls))
	for i := range fs {
		counts[weight(&fs[i])]++
	}
	var out []span
	for i, l := range ls {
		if counts[i] == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, text(", "))
		}
		word := plural(counts[i], l.noun)
		if l.noun == "unknown" {
			word = fmt.Sprintf("%d unknown", counts[i])
		}
		out = append(out, styled(l.style, word))
	}
	return append(out, text("."))
}

// findings writes findings grouped by rule: what is said once for the rule is
// not repeated for each of its findings.
func (p *Printer) findings(fs []check.Finding) {
	var groups [][]check.Finding
	index := map[string]int{}
	for _, f := range ranked(fs) {
		k := fmt.Sprintf("%d\x00%s\x00%s\x00%s\x00%s", weight(&f), f.Code, f.Follows, f.Symptom, f.Why)
		if f.Outcome == check.Unknown && f.Settle != "" && !p.opts.Full {
			k = "settle\x00" + f.Settle
		}
		i, ok := index[k]
		if !ok {
			i = len(groups)
			index[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	brief := false
	for i, g := range groups {
		if i > 0 {
			p.put()
		}
		if g[0].Code != g[len(g)-1].Code {
			p.unknowns(g)
			brief = true
			continue
		}
		full := p.opts.Full || len(groups) <= explained || i == 0
		brief = p.group(g, full) || brief
	}
	if brief {
		p.put()
		p.put(styled(faint, "(--full explains all of them)"))
	}
}

// ranked puts the gravest first and keeps the order otherwise.
func ranked(fs []check.Finding) []check.Finding {
	out := slices.Clone(fs)
	slices.SortStableFunc(out, func(a, b check.Finding) int {
		return cmp.Or(rank(&a)-rank(&b), cmp.Compare(min(len(a.Follows), 1), min(len(b.Follows), 1)), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// rank orders as [check.Judge] does: what fails before what is unknown, the
// gravest first.
func rank(f *check.Finding) int {
	n := slices.Index([]schema.Severity{schema.Error, schema.Warning, schema.Info}, f.Severity)
	if f.Outcome == check.Unknown {
		n += 3
	}
	return n
}

// unknowns writes what several rules could not decide and one thing settles: a
// line of codes per object, as the reasons are all alike.
func (p *Printer) unknowns(g []check.Finding) {
	var objects []string
	codes := map[string][]string{}
	for i := range g {
		o := g[i].Object
		if codes[o] == nil {
			objects = append(objects, o)
		}
		if !slices.Contains(codes[o], g[i].Code) {
			codes[o] = append(codes[o], g[i].Code)
		}
	}
	l := looks()[weight(&g[0])]
	p.put(styled(l.style|bold, l.mark), text(fmt.Sprintf(" %d questions that these rules cannot answer yet:", len(g))))
	for i, o := range objects {
		if i == maxUnknowns && len(objects) > maxUnknowns+1 {
			p.put(text(pad(findingIndent)), styled(faint, fmt.Sprintf("... and %d more objects", len(objects)-i)))
			break
		}
		for j, line := range wrap(clean(o+": "+strings.Join(codes[o], ", ")), p.proseWidth()-findingIndent-2) {
			if j > 0 {
				line = "  " + line
			}
			p.put(text(pad(findingIndent)), text(line))
		}
	}
	p.advice(&g[0])
}

// group writes the findings of one rule and reports whether it left something
// out.
func (p *Printer) group(g []check.Finding, full bool) (brief bool) {
	f, same := &g[0], sameAdvice(g)
	p.headline(f, message(f), bold)
	if f.Follows != "" {
		p.prose(findingIndent, plain, "It follows from "+f.Follows+"; mend that first.")
	}
	for i := range g {
		if i == maxMembers && len(g) > maxMembers+1 && !p.opts.Full {
			p.put(text(pad(findingIndent)), styled(faint, fmt.Sprintf("... and %d more like this", len(g)-i)))
			brief = true
			break
		}
		if i > 0 && message(&g[i]) != message(&g[i-1]) {
			p.prose(findingIndent, bold, clean(message(&g[i])))
		}
		p.where(&g[i])
		if !same {
			p.advice(&g[i])
		}
	}
	if full || weight(f) == 0 {
		p.labelled("Symptom:", f.Symptom)
	}
	if same {
		p.advice(f)
	}
	if !full {
		return brief || f.Why != "" || f.Source != ""
	}
	p.labelled("Why:", f.Why)
	p.labelled("Source:", source(f))
	return brief
}

// sameAdvice: what to do is said once for all of them.
func sameAdvice(g []check.Finding) bool {
	return !slices.ContainsFunc(g, func(f check.Finding) bool { return f.Fix != g[0].Fix || f.Settle != g[0].Settle })
}

// headline is mark, code and what there is to say.
func (p *Printer) headline(f *check.Finding, say string, st style) {
	l := looks()[weight(f)]
	code := clean(f.Code)
	ls := wrap(clean(say), p.proseWidth()-findingIndent)
	p.put(styled(l.style|bold, l.mark+" "+code), text(pad(max(1, findingIndent-2-width(code)))), styled(st, ls[0]))
	for _, s := range ls[1:] {
		p.put(text(pad(findingIndent)), styled(st, s))
	}
}

func message(f *check.Finding) string { return cmp.Or(f.Message, f.Rule, f.Code) }

// where names the line, the object and how much is concerned.
func (p *Printer) where(f *check.Finding) {
	room := p.proseWidth() - findingIndent - 3
	lines, count := wrap(clean("at "+place(f)), room), " · "+plural(len(f.Paths), "path")
	if last := len(lines) - 1; len(f.Paths) > 1 && f.Object != "" {
		if width(lines[last]+count) <= room {
			lines[last] += count
		} else {
			lines = append(lines, count[1:])
		}
	}
	for i, l := range lines {
		if i > 0 {
			l = "   " + l
		}
		p.put(text(pad(findingIndent)), styled(faint, l))
	}
}

func place(f *check.Finding) string {
	s := f.Object
	if n := len(f.Instances); n > 1 {
		s += " and " + plural(n-1, "more instance")
	}
	switch {
	case s == "" && len(f.Paths) == 1: // an audit finds what no object says
		return f.Paths[0]
	case s == "":
		return plural(len(f.Paths), "path")
	case f.Subject != nil:
		return f.Subject.String() + " (" + s + ")"
	default:
		return s
	}
}

// advice says what to do, or what would answer an unknown.
func (p *Printer) advice(f *check.Finding) {
	if f.Outcome == check.Unknown {
		p.labelled("Settle:", f.Settle)
		return
	}
	p.labelled("Fix:", f.Fix)
}

func source(f *check.Finding) string {
	switch {
	case f.Source == "":
		return string(f.Grade)
	case f.Grade == "":
		return f.Source
	default:
		return string(f.Grade) + ": " + f.Source
	}
}

// labelled writes a text behind its label, wrapped beside it.
func (p *Printer) labelled(label, s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	const labelWidth = 9
	head := label
	for _, l := range outdent(wrap(s, p.proseWidth()-findingIndent-labelWidth)) {
		p.put(text(pad(findingIndent)+align(head, labelWidth)), text(l))
		head = ""
	}
}

// outdent saves room: no empty lines, and code no deeper than two columns.
func outdent(ls []string) []string {
	ls = slices.DeleteFunc(ls, func(l string) bool { return strings.TrimSpace(l) == "" })
	depth := -1
	for _, l := range ls {
		if n := len(l) - len(strings.TrimLeft(l, " ")); n > 0 && (depth < 0 || n < depth) {
			depth = n
		}
	}
	for i, l := range ls {
		if strings.HasPrefix(l, " ") && depth > 2 {
			ls[i] = l[depth-2:]
		}
	}
	return ls
}
