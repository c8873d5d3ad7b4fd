package view

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema/check"
)

// What a screen of 40 rows holds of an audit; --full shows the rest.
const (
	maxCauses = 8 // rules that fail with an error, two lines each
	maxOthers = 4 // warnings, open questions and remarks, a line each
	maxBroken = 8 // combinations of causes, a line each
)

// Audited writes what an audit found: root causes first, those that break most
// connections leading, then the connections by their causes. Few findings are
// explained where they stand.
func (p *Printer) Audited(a *plan.Audited) {
	p.put(styled(bold, "Audit of "+clean(a.Tenant)))
	p.prose(0, plain, fmt.Sprintf("%s, %d of them with IdP-initiated login in scope, to %s, for %s; judged as %s.",
		plural(a.Connections, "SAML connection"), a.IDPInitiated, plural(a.Clients, "application"), plural(a.APIs, "API"), a.Via))
	if len(a.Canaries) > 0 {
		p.prose(0, plain, fmt.Sprintf("Not judged: %s of a live rehearsal, under way or left over (%s). tacit rehearse --live removes what is left over.",
			plural(len(a.Canaries), "connection"), strings.Join(a.Canaries, ", ")))
	}
	p.put()
	switch groups := alike(a.Findings); {
	case a.Paths == 0:
		p.prose(0, plain, nothingToAudit(a))
	case len(groups) <= explained || p.opts.Full:
		p.Report(a.Report)
		p.broken(a)
	default:
		p.summary(a, groups)
		p.broken(a)
		p.put(styled(faint, "tacit explain CODE tells symptom and fix of a rule, --full everything."))
	}
	p.put()
	p.prose(0, faint, plural(a.Requests, "request")+". Nothing was written. What the SPAs send is assumed; a silent_upgrade block and tacit check know it.")
}

func nothingToAudit(a *plan.Audited) string {
	switch {
	case a.Connections == 0:
		return "There is no path to judge: the tenant has no SAML connection."
	case a.IDPInitiated == 0:
		return "There is no path to judge: no SAML connection in scope accepts IdP-initiated logins."
	default:
		return "There is no path to judge: no API in scope, Auth0's own aside."
	}
}

// likeness are the findings of one rule that weigh the same.
type likeness struct {
	findings []*check.Finding
	// connections are those whose users meet it.
	connections map[string]bool
}

// alike groups findings: the gravest first, causes before what follows from
// them, then what concerns most connections.
func alike(fs []check.Finding) []*likeness {
	var out []*likeness
	index := map[string]*likeness{}
	for i := range fs {
		f := &fs[i]
		key := fmt.Sprintf("%s %s %s %s", f.Code, f.Severity, f.Outcome, f.Follows)
		g := index[key]
		if g == nil {
			g = &likeness{connections: map[string]bool{}}
			index[key] = g
			out = append(out, g)
		}
		g.findings = append(g.findings, f)
		for _, o := range f.Objects {
			if strings.HasPrefix(o, "saml_connection[") {
				g.connections[o] = true
			}
		}
	}
	slices.SortStableFunc(out, func(x, y *likeness) int {
		a, b := x.findings[0], y.findings[0]
		return cmp.Or(
			weight(a)-weight(b), cmp.Compare(min(len(a.Follows), 1), min(len(b.Follows), 1)),
			len(y.connections)-len(x.connections), cmp.Compare(a.Code, b.Code),
		)
	})
	return out
}

// summary writes a table of what was found.
func (p *Printer) summary(a *plan.Audited, groups []*likeness) {
	p.put(append([]span{styled(bold, "Causes:"), text(fmt.Sprintf(" %s, %d without errors: ", plural(a.Paths, "path"), a.Clean))}, tally(a.Findings)...)...)
	column := 0
	for _, g := range groups {
		column = max(column, len(g.count()))
	}
	errors := slices.IndexFunc(groups, func(g *likeness) bool { return weight(g.findings[0]) > 0 })
	if errors < 0 {
		errors = len(groups)
	}
	p.likenesses(groups[:errors], maxCauses, column, 2)
	p.likenesses(groups[errors:], maxOthers, column, 1)
}

func (g *likeness) count() string { return plural(len(g.connections), "connection") }

// likenesses writes groups, each on at most some lines.
func (p *Printer) likenesses(groups []*likeness, most, column, lines int) {
	for i, g := range groups {
		if i == most && len(groups) > most+1 {
			p.put(text(pad(2)), styled(faint, fmt.Sprintf("... and %d more rules", len(groups)-i)))
			return
		}
		f, count := g.findings[0], g.count()
		l := looks()[weight(f)]
		head := []span{styled(l.style|bold, l.mark+" "+clean(f.Code)), text(pad(2 + column - len(count))), text(count + "  ")}
		indent := widthOf(head)
		for _, line := range cut(clean(g.text()), p.proseWidth()-indent, lines) {
			p.put(append(head, text(line))...)
			head = []span{text(pad(indent))}
		}
	}
}

// text says what is wrong, and at what where that is not the connection.
func (g *likeness) text() string {
	f := g.findings[0]
	say, others := message(f), len(g.findings)-1
	if !g.connections[f.Object] {
		say = f.Object + ": " + say
		others += max(len(f.Instances), 1) - 1
	}
	if others > 0 {
		say = fmt.Sprintf("(and %d more) %s", others, say)
	}
	if f.Follows != "" {
		say = "(follows from " + f.Follows + ") " + say
	}
	return say
}

// cut wraps a text and leaves n lines, the last of which says that there was
// more.
func cut(s string, columns, n int) []string {
	lines := wrap(s, columns)
	if len(lines) <= n {
		return lines
	}
	const more = " ..."
	last := wrap(lines[n-1], columns-len(more))[0]
	if width(last) > columns-len(more) { // a word longer than the line
		last = string([]rune(last)[:max(0, columns-len(more))])
	}
	return append(slices.Clone(lines[:n-1]), last+more)
}

// broken lists the connections by their causes, those with most first. A cause
// that they all have is named once.
func (p *Printer) broken(a *plan.Audited) {
	if len(a.Broken) == 0 {
		return
	}
	shared := slices.Clone(a.Broken[0].Causes)
	for _, b := range a.Broken {
		shared = slices.DeleteFunc(shared, func(c string) bool { return !slices.Contains(b.Causes, c) })
	}
	groups := map[string][]string{}
	for _, b := range a.Broken {
		own := slices.DeleteFunc(slices.Clone(b.Causes), func(c string) bool { return slices.Contains(shared, c) })
		k := strings.Join(own, ", ")
		groups[k] = append(groups[k], b.Name)
	}
	causes := slices.SortedFunc(maps.Keys(groups), func(x, y string) int {
		return cmp.Or(len(groups[y])-len(groups[x]), cmp.Compare(x, y))
	})
	title := fmt.Sprintf("Broken: %d of %s, by cause", len(a.Broken), plural(a.IDPInitiated, "connection"))
	if len(shared) > 0 && len(groups) > 1 {
		title += "; all of them by " + strings.Join(shared, ", ")
	}
	p.put()
	p.prose(0, bold, title)
	for i, k := range causes {
		if i == maxBroken && len(causes) > maxBroken+1 && !p.opts.Full {
			p.put(text(pad(2)), styled(faint, fmt.Sprintf("... and %d more combinations", len(causes)-i)))
			break
		}
		label := k
		switch {
		case len(groups) == 1:
			label = strings.Join(a.Broken[0].Causes, ", ")
		case k == "":
			label = "nothing else"
		case len(shared) > 0:
			label = "and " + k
		}
		p.causes(label, groups[k])
	}
}

// causes writes a combination of causes and the connections that have it.
func (p *Printer) causes(label string, names []string) {
	head := []span{text(pad(2)), styled(red, label), text(": " + plural(len(names), "connection") + "  ")}
	list := clean(strings.Join(names, ", "))
	if !p.opts.Full {
		list = cut(list, max(1, p.proseWidth()-widthOf(head)), 1)[0]
	}
	p.put(append(head, styled(faint, list))...)
}
