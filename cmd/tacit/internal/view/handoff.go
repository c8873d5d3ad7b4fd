package view

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
)

// cleaned is a copy of a value with every text in it cleaned, for formats whose
// own escaping does not know of bidi marks and their like.
func cleaned[T any](v *T) (*T, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	var generic any
	if err := json.Unmarshal(raw, &generic); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	if raw, err = json.Marshal(cleanAll(generic)); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	out := new(T)
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return out, nil
}

func cleanAll(v any) any {
	switch v := v.(type) {
	case string:
		return clean(v)
	case []any:
		for i := range v {
			v[i] = cleanAll(v[i])
		}
	case map[string]any:
		for k, e := range v {
			v[k] = cleanAll(e)
		}
	}
	return v
}

// The headings of a sheet, in every format.
const (
	headValues  = "What you enter"
	headSteps   = "Step by step"
	headNotes   = "Good to know"
	headTest    = "Test it"
	headErrors  = "When it does not work, and who mends it"
	headSend    = "Send us"
	headMissing = "Not ready to send"
)

func handoffTitle(s *handoff.Sheet) string {
	if s.Application == "" {
		return "Single sign-on for " + s.Customer
	}
	return "Single sign-on for " + s.Customer + " into " + s.Application
}

func handoffIntro(s *handoff.Sheet) string {
	return "This sheet sets up SAML 2.0 between " + s.ProductName + " and " + application(s) + ", so that a click on a tile logs your people in."
}

func application(s *handoff.Sheet) string {
	if s.Application == "" {
		return "our application"
	}
	return s.Application
}

// whom says who mends an error.
func whom(e handoff.Error) string {
	if e.Who == "us" {
		return "we do: tell us"
	}
	return "you do"
}

// contactLine says whom to ask.
func contactLine(s *handoff.Sheet) string {
	if s.Contact == "" {
		return "Questions: ask whoever sent you this sheet."
	}
	return "Questions: " + s.Contact
}

const tellUs = "When you tell us of an error, give the time with the time zone, who tried, and the text of the page."

func certificateLine(c *handoff.Certificate) string {
	s := "Signing certificate " + c.Subject + ", SHA-256 " + c.SHA256 + ": "
	if c.DaysLeft < 0 {
		return s + "expired on " + c.Expires.UTC().Format(time.DateOnly) + "."
	}
	return s + fmt.Sprintf("valid until %s.", c.Expires.UTC().Format(time.DateOnly))
}

// Handoff writes the sheet as text.
func (p *Printer) Handoff(s *handoff.Sheet) {
	p.prose(0, bold, clean(handoffTitle(s)))
	p.prose(0, plain, clean(handoffIntro(s)))
	if len(s.Missing) > 0 {
		p.head(headMissing)
		for _, g := range s.Missing {
			p.marked("- ", g.What+". "+g.How)
		}
	}
	p.head(headValues)
	for _, v := range s.Values {
		p.labelledValue(0, v.Label, v.Text, v.Note)
	}
	p.head(headSteps)
	for i, st := range s.Steps {
		p.marked(fmt.Sprintf("%d. ", i+1), st.Text)
		for _, f := range st.Fields {
			p.labelledValue(3, f.Label, f.Copy+f.Text, "")
		}
		if st.Attributes {
			p.attributeLines(s.Attributes)
		}
	}
	if len(s.Notes) > 0 {
		p.head(headNotes)
		for _, n := range s.Notes {
			p.marked("- ", n)
		}
	}
	p.head(headTest)
	for i, e := range s.Expect {
		p.marked(fmt.Sprintf("%d. ", i+1), e)
	}
	p.head(headErrors)
	for _, e := range s.Errors {
		p.prose(0, bold, clean(e.Says))
		p.prose(2, plain, clean(e.Means+" ("+whom(e)+")"))
	}
	p.prose(0, plain, tellUs)
	p.head(headSend)
	for _, b := range s.SendBack {
		p.marked("- ", b)
	}
	if s.Certificate != nil {
		p.marked("- ", certificateLine(s.Certificate))
	}
	p.put()
	p.prose(0, plain, clean(contactLine(s)))
	p.put(styled(faint, "As of "+s.Date))
}

func (p *Printer) head(s string) {
	p.put()
	p.put(styled(bold|cyan, s))
}

// marked writes prose behind a mark.
func (p *Printer) marked(mark, s string) {
	for i, l := range wrap(clean(s), p.proseWidth()-len(mark)) {
		if i > 0 {
			mark = pad(len(mark))
		}
		p.put(text(mark + l))
	}
}

// labelledValue writes a value on a line of its own, so that it can be copied.
func (p *Printer) labelledValue(indent int, label, value, note string) {
	p.prose(indent, faint, clean(label))
	p.put(text(pad(indent+2)), text(value))
	if note != "" {
		p.prose(indent+2, faint, clean(note))
	}
}

func (p *Printer) attributeLines(list []handoff.Attribute) {
	for i := range list {
		a := &list[i]
		p.put(text(pad(5)), text(a.Name))
		p.prose(7, faint, clean(attributeSays(a)))
	}
}

// attributeSays tells what an attribute is for.
func attributeSays(a *handoff.Attribute) string {
	parts := []string{"for " + a.Field}
	if a.Needed {
		parts[0] += ", needed"
	}
	if a.From != "" {
		parts = append(parts, "from "+a.From)
	}
	if len(a.Or) > 0 {
		parts = append(parts, "or called "+strings.Join(a.Or, ", "))
	}
	return strings.Join(parts, "; ")
}
