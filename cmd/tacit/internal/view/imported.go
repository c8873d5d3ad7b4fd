package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Imported is what an import did.
type Imported struct {
	Tenant string `json:"tenant"`
	// From are the files of another tool that were read instead of a tenant, ""
	// for none.
	From      string `json:"from,omitempty"`
	Directory string `json:"directory"`
	// Written is false when nothing was: there was nothing to write, or a bug.
	Written bool             `json:"written"`
	Files   []string         `json:"files"`
	Objects []ImportedObject `json:"objects"`
	// Declared counts what the configuration had already.
	Declared int `json:"declared"`
	// Paths counts the paths of silent_upgrade blocks, PathsOff those of blocks
	// that are written as comments.
	Paths    int `json:"paths"`
	PathsOff int `json:"paths_commented_out"`
	// Variables are those that the files declare.
	Variables []ImportedVariable `json:"variables,omitempty"`
	// Skipped is what was left out, with the reasons.
	Skipped []Skipped `json:"skipped"`
	// Changes are what a plan of the files would change: nothing, or it is a bug.
	Changes  []Difference `json:"changes"`
	Requests int          `json:"requests"`
	// Owned counts the marks that were written, by the run Run.
	Owned int    `json:"owned"`
	Run   string `json:"run,omitempty"`
}

// ImportedObject is an object that was written down.
type ImportedObject struct {
	Address string `json:"address"`
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Name    string `json:"name"`
}

// ImportedVariable is a variable of the files; Keyword is what it is called
// where it comes from. Needed ones have no default.
type ImportedVariable struct {
	Name      string `json:"name"`
	Keyword   string `json:"keyword,omitempty"`
	Sensitive bool   `json:"sensitive"`
	Needed    bool   `json:"needed"`
}

// Skipped is something that was left out.
type Skipped struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Difference is an attribute in which files and tenant differ.
type Difference struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute"`
}

// maxSkipped is how many names are shown for one reason.
const maxSkipped = 4

// Imported writes what an import did.
func (p *Printer) Imported(d *Imported) {
	switch {
	case len(d.Changes) > 0:
		p.differences(d)
		return
	case len(d.Objects) == 0:
		p.prose(0, plain, nothingToImport(d))
	default:
		p.put(styled(bold, fmt.Sprintf("%s of %s %s written to %s.", plural(len(d.Objects), "object"), clean(cmp.Or(d.From, d.Tenant)), wasWere(len(d.Objects)), clean(d.Directory))))
		p.put()
		p.importedKinds(d)
		p.importedFiles(d)
		p.importedVariables(d)
	}
	p.skippedReasons(d)
	p.put()
	if d.From == "" {
		p.prose(0, faint, plural(d.Requests, "request")+". "+importedEnd(d))
	} else {
		p.prose(0, faint, importedEnd(d))
	}
}

func importedEnd(d *Imported) string {
	if !d.Written {
		return "Nothing was written."
	}
	if d.From != "" {
		return "Where the tenant is as the export says, a plan of the files finds nothing to change. No tenant was asked: run tacit plan."
	}
	return "Nothing was changed on the tenant. A plan of the files finds nothing to change."
}

func nothingToImport(d *Imported) string {
	if d.Declared > 0 {
		return fmt.Sprintf("There is nothing to write: the configuration declares all %d objects that were asked for.", d.Declared)
	}
	if d.From != "" {
		return "There is nothing to write: the export has no object that was asked for."
	}
	return "There is nothing to write: the tenant has no object that was asked for."
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func (p *Printer) importedKinds(d *Imported) {
	count := map[string]int{}
	for _, o := range d.Objects {
		count[o.Kind]++
	}
	for _, k := range schema.Kinds() {
		if n := count[k.Name]; n > 0 {
			p.put(text(fmt.Sprintf("  %5d  %s", n, k.Name)))
		}
	}
	if d.Paths > 0 {
		p.put(text(fmt.Sprintf("  %5d  working paths in silent_upgrade blocks", d.Paths)))
	}
	if d.PathsOff > 0 {
		p.put(text(fmt.Sprintf("  %5d  paths in comments, with what they lack", d.PathsOff)))
	}
	if d.Declared > 0 {
		p.put(text(fmt.Sprintf("  %5d  declared already, left as they are", d.Declared)))
	}
	p.put()
}

func (p *Printer) importedFiles(d *Imported) {
	var shown []string
	folders := map[string]int{}
	for _, f := range d.Files {
		if folder, _, in := strings.Cut(f, "/"); in && !p.opts.Full {
			if folders[folder]++; folders[folder] == 1 {
				shown = append(shown, folder+"/")
			}
			continue
		}
		shown = append(shown, f)
	}
	for i, f := range shown {
		if n := folders[strings.TrimSuffix(f, "/")]; n > 0 {
			shown[i] = fmt.Sprintf("%s (%s)", f, plural(n, "file"))
		}
	}
	p.prose(0, plain, "Files: "+strings.Join(shown, ", "))
}

// importedVariables says what to provide.
func (p *Printer) importedVariables(d *Imported) {
	var needed, others []string
	for _, v := range d.Variables {
		if v.Needed {
			needed = append(needed, v.Name)
		} else {
			others = append(others, v.Name)
		}
	}
	if len(needed) > 0 {
		p.prose(0, plain, "Variables to set (--var-file, --var or TACIT_VAR_name): "+strings.Join(needed, ", "))
	}
	if len(others) > 0 {
		p.prose(0, plain, "Variables with a default: "+strings.Join(others, ", "))
	}
}

// skippedReasons groups what was left out by the reason.
func (p *Printer) skippedReasons(d *Imported) {
	if len(d.Skipped) == 0 {
		return
	}
	p.put()
	p.put(styled(bold, fmt.Sprintf("Left out (%d):", len(d.Skipped))))
	var order []Skipped
	names := map[Skipped][]string{}
	for _, s := range d.Skipped {
		key := Skipped{Kind: s.Kind, Why: s.Why}
		if names[key] == nil {
			order = append(order, key)
		}
		names[key] = append(names[key], s.Name)
	}
	for _, key := range order {
		list := slices.DeleteFunc(names[key], func(n string) bool { return n == "" })
		more := ""
		if len(list) > maxSkipped && !p.opts.Full {
			more = fmt.Sprintf(" and %d more", len(list)-maxSkipped)
			list = list[:maxSkipped]
		}
		line := key.Kind
		if len(list) > 0 {
			line += " " + strings.Join(list, ", ") + more
		}
		p.prose(2, plain, line+":")
		p.prose(4, faint, key.Why+".")
	}
}

// differences says in what the files and the tenant differ: a bug.
func (p *Printer) differences(d *Imported) {
	p.put(styled(red|bold, "Nothing was written: a plan of the files would change the tenant."))
	p.prose(0, plain, "This is a bug in tacit; please report it with these lines.")
	for _, c := range d.Changes {
		p.put(text("  " + c.Address + " " + c.Attribute))
	}
}
