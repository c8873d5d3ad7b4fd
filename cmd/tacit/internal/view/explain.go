package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Explanation writes which token a SPA gets on a path, what every rule says of
// it, and the advice.
func (p *Printer) Explanation(e *check.Explanation) {
	p.put(styled(bold, clean(e.Path)))
	way := map[string]string{
		schema.ViaIframe: "asks silently in an iframe", schema.ViaRedirect: "asks silently by a redirect",
		schema.ViaInteractive: "logs in a second time, visibly",
	}[e.Via]
	who := fmt.Sprintf("%s's users land in %s, which %s for %s", e.Connection, e.Client, way, e.API)
	if e.LoginDomain != "" {
		who += " at " + e.LoginDomain
	}
	if e.Organization != "" {
		who += ", in the organization " + e.Organization
	}
	p.prose(0, plain, clean(who+"."))
	p.put()
	p.whichToken(e)
	area := byte(0)
	for i := range e.Answers {
		a := &e.Answers[i]
		if a.Advice {
			continue
		}
		if a.Code[3] != area {
			area = a.Code[3]
			p.put()
			p.put(styled(bold, areas()[area]))
		}
		p.answer(a)
	}
	p.lookUp(e.Answers)
}

// lookUp writes the advice by where to look, which is said once for all of it;
// first the place that answers most.
func (p *Printer) lookUp(answers []check.Answer) {
	var places []string
	advice := map[string][]*check.Answer{}
	for i := range answers {
		if a := &answers[i]; a.Advice {
			if advice[a.Settle] == nil {
				places = append(places, a.Settle)
			}
			advice[a.Settle] = append(advice[a.Settle], a)
		}
	}
	slices.SortStableFunc(places, func(a, b string) int { return len(advice[b]) - len(advice[a]) })
	for i, settle := range places {
		group := advice[settle]
		if i == 0 {
			p.put()
			p.put(styled(bold, "What no configuration shows"))
		}
		if len(group) > 1 {
			p.prose(0, plain, clean(settle))
		}
		for _, a := range group {
			p.ruleLine("·", cyan, a)
			p.prose(findingIndent, faint, clean(a.Message))
		}
		if len(group) == 1 {
			p.labelled("Settle:", settle)
		}
	}
}

func (p *Printer) whichToken(e *check.Explanation) {
	codes := strings.Join(e.Causes, ", ")
	switch e.Token {
	case check.Fail:
		p.headed(red, "✗ No API token", " because of "+codes+".")
		for i := range e.Answers {
			if a := &e.Answers[i]; a.Code == e.Causes[0] {
				p.labelled("Symptom:", a.Symptom)
			}
		}
	case check.Unknown:
		p.headed(cyan, "? It cannot be told", " whether there is an API token: see "+codes+".")
	default:
		scopes := "no scopes of its own"
		if len(e.Scopes) > 0 {
			scopes = "the scopes " + strings.Join(e.Scopes, ", ")
		}
		p.headed(green, "✓ A signed JWT", " for "+e.API+" with "+scopes+", as far as rules can tell.")
	}
}

// headed writes what comes out, in words that stand out, and the rest of the
// sentence.
func (p *Printer) headed(st style, words, rest string) {
	for i, l := range wrap(clean(words+rest), p.proseWidth()) {
		tail, first := strings.CutPrefix(l, words)
		if i == 0 && first {
			p.put(styled(st|bold, words), text(tail))
			continue
		}
		p.put(text(l))
	}
}

// answer writes a rule's answer: a line when there is nothing to say, else what
// it found and what to do.
func (p *Printer) answer(a *check.Answer) {
	look, st := "✓", green
	switch {
	case a.Outcome == check.Unknown:
		look, st = "?", cyan
	case a.Outcome == check.Fail && a.Severity == schema.Error:
		look, st = "✗", red
	case a.Outcome == check.Fail && a.Severity == schema.Warning:
		look, st = "!", yellow
	case a.Outcome == check.Fail:
		look, st = "·", cyan
	}
	p.ruleLine(look, st, a)
	if a.Outcome == check.Pass {
		return
	}
	say := a.Message
	if a.Object != "" {
		say = a.Object + ": " + say
	}
	if a.Subject != nil {
		say = a.Subject.String() + ": " + say
	}
	p.prose(findingIndent, faint, clean(say))
	if a.Follows != "" {
		p.prose(findingIndent, faint, "It follows from "+a.Follows+".")
		return
	}
	if a.Outcome == check.Unknown {
		p.labelled("Settle:", a.Settle)
	} else {
		p.labelled("Fix:", a.Fix)
	}
}

// summary writes what a rule asks for.
func (p *Printer) ruleLine(mark string, st style, a *check.Answer) {
	head := []span{styled(st, mark), text(" " + align(a.Code, findingIndent-2))}
	for _, l := range wrap(clean(a.Summary), p.proseWidth()-findingIndent) {
		p.put(append(head, text(l))...)
		head = []span{text(pad(findingIndent))}
	}
}
