package view

import (
	"fmt"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Rule is the JSON form of a rule of the catalogue.
type Rule struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Summary string `json:"summary"`
	// Severity is by way (iframe, redirect, interactive); a missing way is one
	// that the rule does not apply to.
	Severity map[string]schema.Severity `json:"severity"`
	// Advice: no configuration shows whether it holds.
	Advice  bool        `json:"advice,omitempty"`
	Why     string      `json:"why"`
	Fix     string      `json:"fix"`
	Symptom string      `json:"symptom"`
	Source  string      `json:"source"`
	Grade   check.Grade `json:"evidence"`
	Follows []string    `json:"follows,omitempty"`
	// Reads and Contributes are attributes, as KIND.ATTRIBUTE; Implied are those
	// that tacit sets by itself on objects that it creates.
	Reads       []string `json:"reads"`
	Contributes []string `json:"contributes,omitempty"`
	Implied     []string `json:"implied_on_create,omitempty"`
}

// RuleOf describes a rule.
func RuleOf(r *check.Rule) Rule {
	v := Rule{
		Code: r.Code, Name: r.Name, Summary: r.Summary, Severity: r.Severity, Advice: r.Advice, Why: r.Why, Fix: r.Fix,
		Symptom: r.Symptom, Source: r.Source, Grade: r.Grade, Follows: r.Follows, Reads: []string{},
	}
	for _, f := range r.Reads {
		name := f.Kind.Name + "." + f.Attr.Name
		v.Reads = append(v.Reads, name)
		if f.Attr.Implied != nil {
			v.Implied = append(v.Implied, name)
		}
	}
	for _, f := range r.Contributes {
		v.Contributes = append(v.Contributes, f.Kind.Name+"."+f.Attr.Name)
	}
	return v
}

// areas are what the hundreds of the codes stand for.
func areas() map[byte]string {
	return map[byte]string{
		'1': "The connection and the identity provider", '2': "The application", '3': "The API and its grants",
		'4': "The tenant, MFA and Actions", '5': "Domain, session and organization", '6': "The SPA's own code",
	}
}

// Rules lists rules, a line each.
func (p *Printer) Rules(rules []Rule) {
	const codeWidth, severityWidth = 8, 9
	area := byte(0)
	for _, r := range rules {
		if a := r.Code[3]; a != area {
			if area != 0 {
				p.put()
			}
			area = a
			p.put(styled(bold, areas()[a]))
		}
		sev, st := worst(r)
		for i, l := range wrap(clean(r.Summary), p.proseWidth()-codeWidth-severityWidth) {
			if i == 0 {
				p.put(styled(bold, align(r.Code, codeWidth)), styled(st, align(sev, severityWidth)), text(l))
			} else {
				p.put(text(pad(codeWidth+severityWidth)), text(l))
			}
		}
	}
	p.put()
	p.put(styled(faint, plural(len(rules), "rule")+". The severity is the gravest of the three ways. tacit explain CODE tells all of one."))
}

// worst is the gravest severity of a rule, and how it is written.
func worst(r Rule) (string, style) {
	if r.Advice {
		return "advice", cyan
	}
	for _, s := range []schema.Severity{schema.Error, schema.Warning} {
		for _, have := range r.Severity {
			if have == s {
				return string(s), map[schema.Severity]style{schema.Error: red, schema.Warning: yellow}[s]
			}
		}
	}
	return string(schema.Info), cyan
}

// Rule tells all of one rule.
func (p *Printer) Rule(r Rule) {
	p.put(styled(bold, r.Code+" "+r.Name))
	p.prose(0, bold, clean(r.Summary))
	p.put()
	var ways []string
	for _, via := range []string{schema.ViaIframe, schema.ViaRedirect, schema.ViaInteractive} {
		if s := r.Severity[via]; s != "" {
			ways = append(ways, fmt.Sprintf("%s %s", via, s))
		} else {
			ways = append(ways, via+" (does not apply)")
		}
	}
	severity := strings.Join(ways, ", ")
	if r.Advice {
		severity = "advice: no configuration shows whether it holds"
	}
	for _, part := range []struct{ label, text string }{
		{"Severity", severity},
		{"Without it", r.Symptom},
		{"Why", r.Why},
		{"What to do", r.Fix},
		{"Evidence", string(r.Grade) + ": " + r.Source},
		{"Follows from", strings.Join(r.Follows, ", ")},
		{"Reads", strings.Join(r.Reads, ", ")},
		{"tacit adds", strings.Join(r.Contributes, ", ")},
		{"Set on create", strings.Join(r.Implied, ", ")},
	} {
		if strings.TrimSpace(part.text) == "" {
			continue
		}
		p.put(styled(cyan, part.label))
		for _, l := range wrap(part.text, p.proseWidth()-2) {
			p.put(text("  "), text(l))
		}
		p.put()
	}
}
