package plan

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Checked is what the rules say of the tenant as it is.
type Checked struct {
	Tenant string `json:"tenant"`
	*check.Report
	// Missing are declared objects that the tenant does not have. Paths through
	// them are not judged.
	Missing []string `json:"missing"`
	// Requests is how many requests to the Management API it took.
	Requests int `json:"requests"`
}

// Check judges the declared paths on the tenant's own values, whatever the
// configuration would change. It also returns the paths.
func Check(cfg *schema.Config, b *Binding, rules Rules) (*Checked, []*check.Path) {
	there, lacking := Present(cfg, b)
	secret := newRedactor(cfg)
	out := &Checked{Report: secret.report(check.Judge(rules, there, cfg.Ignores...)), Missing: []string{}}
	for _, l := range lacking {
		out.Missing = append(out.Missing, l.Missing...)
	}
	slices.Sort(out.Missing)
	out.Missing = slices.Compact(out.Missing)
	return out, there
}

// Lacking is a declared path through objects that the tenant does not have.
type Lacking struct {
	Path *check.Path
	// Missing are the addresses of those objects.
	Missing []string
}

// Present returns the declared paths on the tenant's own values, and those that
// it cannot have.
func Present(cfg *schema.Config, b *Binding) (there []*check.Path, lacking []Lacking) {
	p := newProjector(cfg, byAddress(cfg), b, false)
	p.live = true
	for _, path := range p.paths() {
		var missing []string
		for _, s := range path.States() {
			if s.Kind.Collection != "" && b.Observed[s.Addr] == nil && p.objects[s.Addr] != nil {
				missing = append(missing, s.Addr.String())
			}
		}
		if missing == nil {
			there = append(there, path)
		} else {
			lacking = append(lacking, Lacking{path, missing})
		}
	}
	return there, lacking
}

// Planned returns the declared paths on the state that a plan leads to.
func Planned(cfg *schema.Config, b *Binding, rules Rules) []*check.Path {
	d := &differ{cfg: cfg, b: b, ids: b.IDs()}
	objects := d.prepare()
	check.Contribute(objects, rules, newProjector(cfg, objects, b, false).paths())
	return newProjector(cfg, objects, b, false).paths()
}
