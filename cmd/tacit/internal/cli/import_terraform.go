package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt/terraform"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// onlyFiles refuses flags that are about a tenant.
func onlyFiles(cmd *cobra.Command) error {
	var odd []string
	for _, name := range []string{
		"auto-approve", "client", "fold", "kind", "max-rps", "name", "own", "parallelism", "sandbox", "seed", "workspace",
	} {
		if cmd.Flags().Changed(name) {
			odd = append(odd, "--"+name)
		}
	}
	if len(odd) > 0 {
		return fmt.Errorf("--from-terraform reads files and asks no tenant; leave out %s", strings.Join(odd, " and "))
	}
	return nil
}

// runConvert writes a configuration of Terraform's for tacit.
func (a *app) runConvert(o importOptions) error {
	dir, err := adopt.Look(o.config.dir)
	if err != nil {
		return err
	}
	options := terraform.Options{Dir: o.terraform}
	if !dir.New {
		options.Present = dir.Present
	}
	if dir.Config {
		there, err := a.load(o.config)
		if err != nil {
			return err
		}
		options.Taken = takenIn(there)
	}
	out, ds := terraform.Convert(options)
	if ds.HasErrors() {
		return &badConfig{ds}
	}
	if !dir.Config && dir.Present(".gitignore") == nil && len(out.Files) > 0 {
		out.Files[".gitignore"] = []byte(".tacit/\n")
	}
	doc := converted(o, out)
	ds, err = a.loads(o, out, doc)
	if err != nil {
		return err
	}
	// Beside a configuration nothing is written that would break it.
	if len(out.Blocks) > 0 && (!ds.HasErrors() || !dir.Config) {
		if err := dir.Commit(out.Files); err != nil {
			return err
		}
		doc.Written = true
	}
	return a.convertEnd(doc, ds)
}

func (a *app) convertEnd(doc *view.Converted, ds schema.Diagnostics) error {
	if a.global.json {
		if err := a.json(doc); err != nil {
			return err
		}
	} else {
		a.err.Diagnostics(ds)
		a.out.Converted(doc)
		if err := a.out.Err(); err != nil {
			return err
		}
	}
	if ds.HasErrors() {
		return &exit{code: exitError}
	}
	return nil
}

// takenIn tells the names that a configuration uses.
func takenIn(there *loaded) func(string) bool {
	taken := map[string]bool{"tenant": there.config.Tenant != nil}
	for _, o := range there.config.Declared() {
		taken[o.Addr.Block().String()] = true
	}
	for _, o := range there.config.Outputs {
		taken["output."+o.Name] = true
	}
	return func(name string) bool {
		for _, prefix := range []string{"local.", "var."} {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				return there.files.Taken(rest)
			}
		}
		return taken[name]
	}
}

// noValue is the summary of diagnostics about variables that have no value yet.
const noValue = "Variable without a value"

// loads loads what would be written. Where variables have no value, only what
// needs none is judged.
func (a *app) loads(o importOptions, out *terraform.Converted, doc *view.Converted) (schema.Diagnostics, error) {
	options, err := a.options(o.config)
	if err != nil || len(out.Files) == 0 {
		return nil, err
	}
	options.Extra = out.Files
	options.VarFiles = append(slices.Clone(out.VarFiles), options.VarFiles...)
	files, ds := hclconf.Load(options)
	ds = slices.DeleteFunc(ds, func(d schema.Diagnostic) bool {
		if d.Summary == noValue && d.Subject != nil {
			doc.Valueless = append(doc.Valueless, d.Detail[:strings.Index(d.Detail+" ", " ")])
		}
		return d.Summary == noValue || d.Severity != schema.Error
	})
	if len(doc.Valueless) == 0 {
		_, more := files.Evaluate(nil)
		ds = append(ds, more...)
	}
	doc.Mistakes = ds
	if doc.Mistakes == nil {
		doc.Mistakes = schema.Diagnostics{}
	}
	return ds, nil
}

func converted(o importOptions, out *terraform.Converted) *view.Converted {
	doc := &view.Converted{
		Source: o.terraform, Directory: o.config.dir, Files: slices.Sorted(maps.Keys(out.Files)), VarFiles: out.VarFiles,
		Objects: []view.ConvertedObject{}, Skipped: notes(out.Skipped), Remarks: notes(out.Remarks), Mistakes: schema.Diagnostics{},
	}
	for _, b := range out.Blocks {
		doc.Objects = append(doc.Objects, view.ConvertedObject{From: b.From, Address: b.Address, Source: b.Src})
	}
	if len(out.Blocks) == 0 {
		doc.Files = []string{}
	}
	return doc
}

func notes(list []terraform.Note) []view.Note {
	out := []view.Note{}
	for _, n := range list {
		out = append(out, view.Note{What: n.What, Source: n.Src, Why: n.Why})
	}
	return out
}
