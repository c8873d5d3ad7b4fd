package view

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Converted is what became of the files of another tool.
type Converted struct {
	Source    string `json:"source"`
	Directory string `json:"directory"`
	// Written is false when nothing was: there was nothing to write, or it would
	// have broken the configuration that is there.
	Written bool              `json:"written"`
	Files   []string          `json:"files"`
	Objects []ConvertedObject `json:"objects"`
	// Skipped was left out as a whole; Remarks are about parts of what was
	// converted.
	Skipped []Note `json:"skipped"`
	Remarks []Note `json:"remarks"`
	// Mistakes are why the result does not load, none when it does. Valueless are
	// variables that need a value before that can be told.
	Mistakes  schema.Diagnostics `json:"mistakes"`
	Valueless []string           `json:"variables_without_value,omitempty"`
	// VarFiles hold values that Terraform reads by itself.
	VarFiles []string `json:"var_files,omitempty"`
}

// ConvertedObject is what a block became, or became a part of.
type ConvertedObject struct {
	From    string       `json:"from"`
	Address string       `json:"address"`
	Source  schema.Range `json:"source"`
}

// Note is something that was left out, and why.
type Note struct {
	What   string        `json:"what"`
	Source *schema.Range `json:"source,omitempty"`
	Why    string        `json:"why"`
}

// Converted writes what became of the files of another tool.
func (p *Printer) Converted(d *Converted) {
	switch {
	case len(d.Objects) == 0:
		p.prose(0, plain, "There is nothing to write: "+d.Source+" declares nothing that tacit manages.")
	case !d.Written:
		p.prose(0, plain, "Nothing was written, because the configuration in "+d.Directory+" would not load any more.")
	default:
		p.put(styled(bold, fmt.Sprintf("%s of %s became %s.", plural(len(d.Objects), "block"), clean(d.Source), plural(d.places(), "block")+" in "+clean(d.Directory))))
		p.put()
		p.importedFiles(&Imported{Files: d.Files})
	}
	p.notes("Left out", d.Skipped)
	p.notes("Left to the tenant, with a comment at the place", d.Remarks)
	p.put()
	p.prose(0, faint, d.end())
}

func (d *Converted) places() int {
	seen := map[string]bool{}
	for _, o := range d.Objects {
		seen[o.Address] = true
	}
	return len(seen)
}

func (d *Converted) end() string {
	out := "Terraform's files stay as they are, and no tenant was asked."
	if len(d.VarFiles) > 0 {
		out += " tacit reads values when told to: --var-file " + strings.Join(d.VarFiles, " --var-file ") + "."
	}
	switch {
	case len(d.Mistakes) > 0 && d.Written:
		out += " The result does not load yet: correct what stands above, then run tacit validate."
	case len(d.Valueless) > 0 && d.Written:
		out += " Without a value, and therefore not judged to the end: " + strings.Join(d.Valueless, ", ") + "."
	case d.Written:
		out += " The result loads. Run tacit plan: where it finds changes, the tenant differs from what Terraform was told."
	}
	return out
}

func (p *Printer) notes(title string, list []Note) {
	if len(list) == 0 {
		return
	}
	p.put()
	p.put(styled(bold, fmt.Sprintf("%s (%d):", title, len(list))))
	var order []string
	names := map[string][]string{}
	for _, n := range list {
		if names[n.Why] == nil {
			order = append(order, n.Why)
		}
		names[n.Why] = append(names[n.Why], n.at())
	}
	for _, why := range order {
		p.prose(2, plain, strings.Join(names[why], ", ")+":")
		p.prose(4, faint, strings.TrimSuffix(why, ".")+".")
	}
}

// at is what a note is about and where that stands.
func (n Note) at() string {
	if n.Source == nil {
		return n.What
	}
	return fmt.Sprintf("%s (%s:%d)", n.What, filepath.Base(n.Source.File), n.Source.Start.Line)
}
