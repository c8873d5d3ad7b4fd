package view

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
)

// Adopted is what drift --adopt wrote into the files, or would.
type Adopted struct {
	// Written is false when nothing was: there was nothing to write, or it was
	// not confirmed.
	Written    bool          `json:"written"`
	Attributes []AdoptedAttr `json:"attributes"`
	Left       []LeftAttr    `json:"left"`
	Files      []AdoptedFile `json:"files"`
}

// AdoptedAttr is an attribute whose value in the files becomes the tenant's.
type AdoptedAttr struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute"`
	// Note says what is special about it.
	Note string `json:"note,omitempty"`
}

// LeftAttr is an attribute that is left to the person.
type LeftAttr struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute,omitempty"`
	Why       string `json:"why"`
	// Src is where the value comes from, Write what would have to be written
	// there, "" when that cannot be said.
	Src   *schema.Range `json:"source,omitempty"`
	Write string        `json:"write,omitempty"`
}

// AdoptedFile is a file before and after.
type AdoptedFile struct {
	Name   string `json:"name"`
	Before string `json:"-"`
	After  string `json:"-"`
}

// Adopted writes what is to change in the files, and what is left.
func (p *Printer) Adopted(d *Adopted) {
	for _, f := range d.Files {
		p.fileDiff(f)
	}
	for _, a := range d.Attributes {
		if a.Note != "" {
			p.prose(0, plain, fmt.Sprintf("%s %s: %s.", a.Address, a.Attribute, a.Note))
		}
	}
	if len(d.Left) == 0 {
		return
	}
	p.put(styled(bold, fmt.Sprintf("Not adopted (%d):", len(d.Left))))
	for _, l := range d.Left {
		where := ""
		if l.Src != nil {
			where = " (" + l.Src.String() + ")"
		}
		p.put(text(fmt.Sprintf("  %s %s%s", clean(l.Address), clean(l.Attribute), clean(where))))
		p.prose(4, faint, l.Why+".")
		if l.Write != "" {
			p.put(text("    to write there: " + l.Write))
		}
	}
	p.put()
}

// around is how many lines a diff shows around each change.
const around = 2

// fileDiff writes the lines of a file that change.
func (p *Printer) fileDiff(f AdoptedFile) {
	p.put(styled(bold, f.Name))
	edits := diffOrdered(lines(f.Before), lines(f.After))
	near := func(i int) bool {
		for k := max(0, i-around); k <= min(len(edits)-1, i+around); k++ {
			if edits[k].op != ' ' {
				return true
			}
		}
		return false
	}
	line, gap := 0, false
	for i, e := range edits {
		if e.op != '+' {
			line++
		}
		if !near(i) {
			gap = true
			continue
		}
		if gap || i == 0 {
			p.put(styled(faint, fmt.Sprintf("  @ line %d", max(line, 1))))
			gap = false
		}
		s, _ := e.v.(string)
		p.put(styled(map[byte]style{'+': green, '-': red, ' ': plain}[e.op], "  "+string(rune(e.op))+" "+s))
	}
	p.put()
}
