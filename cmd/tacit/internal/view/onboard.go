package view

import (
	"fmt"
	"strings"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Onboarding is what became of a customer's document.
type Onboarding struct {
	Name string `json:"name"`
	// Maker is the maker's name, Detected whether its URLs told.
	Maker    string `json:"idp"`
	Title    string `json:"-"`
	Detected bool   `json:"idp_detected"`
	// Advice is what else to know of that maker, Notes of the proposal.
	Advice string   `json:"advice,omitempty"`
	Notes  []string `json:"notes,omitempty"`
	// Found is the document or certificate.
	Found *Inspection `json:"found"`
	// Address is the new connection's, Paths the silent_upgrade blocks through it.
	Address string       `json:"address"`
	Paths   []string     `json:"paths"`
	Files   []FileChange `json:"files"`
	// Written: the files are on disk.
	Written bool `json:"written"`
	// Validation judges the files, Plan the tenant with them; Plan and Rehearsal
	// are null with --offline.
	Validation  *check.Report      `json:"validation"`
	Plan        *plan.Plan         `json:"plan"`
	Rehearsal   *rehearse.Report   `json:"rehearsal"`
	Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
}

// FileChange is a file that is new, or how another one changes.
type FileChange struct {
	Path string `json:"path"`
	New  bool   `json:"new"`
	// Diff is a unified diff, "" for a file that is new and not HCL.
	Diff string `json:"diff,omitempty"`
	// Lines counts the lines of a new file.
	Lines int `json:"lines,omitempty"`
}

// Found writes what a customer's document holds, and whose it is.
func (p *Printer) Found(o *Onboarding) {
	why := "as --idp says"
	if o.Detected {
		why = "by its URLs"
	}
	if o.Maker == "generic" && !o.Detected {
		why = "its URLs name no maker; --idp does"
	}
	maker := o.Title + " (" + why + ")"
	p.fact("Identity provider", &maker)
	p.Inspection(o.Found)
	if o.Advice != "" {
		p.put()
		p.prose(0, plain, o.Advice)
	}
}

// Files writes new files and the diffs of others.
func (p *Printer) Files(notes []string, files []FileChange) {
	for _, n := range notes {
		p.prose(0, plain, "Note: "+n)
		p.put()
	}
	for _, f := range files {
		if f.Diff == "" {
			p.put(styled(green, "+"), text(" "+f.Path), styled(faint, fmt.Sprintf(" (new, %s)", plural(f.Lines, "line"))))
			continue
		}
		mark := styled(yellow, "~")
		if f.New {
			mark = styled(green, "+")
		}
		p.put(mark, text(" "+f.Path))
		for line := range strings.Lines(f.Diff) {
			st := faint
			switch line[0] {
			case '+':
				st = green
			case '-':
				st = red
			}
			p.put(text("  "), styled(st, strings.TrimRight(line, "\r\n")))
		}
	}
}
