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
	p := newProjector(cfg, byAddress(cfg), b, false)
	p.live = true
	var there []*check.Path
	missing := map[string]bool{}
	for _, path := range p.paths() {
		gone := false
		for _, s := range path.States() {
			if s.Kind.Collection != "" && b.Observed[s.Addr] == nil && p.objects[s.Addr] != nil {
				gone, missing[s.Addr.String()] = true, true
			}
		}
		if !gone {
			there = append(there, path)
		}
	}
	secret := newRedactor(cfg)
	out := &Checked{Report: secret.report(check.Judge(rules, there, cfg.Ignores...)), Missing: []string{}}
	for a := range missing {
		out.Missing = append(out.Missing, a)
	}
	slices.Sort(out.Missing)
	return out, there
}

// Planned returns the declared paths on the state that a plan leads to.
func Planned(cfg *schema.Config, b *Binding, rules Rules) []*check.Path {
	d := &differ{cfg: cfg, b: b, ids: b.IDs()}
	objects := d.prepare()
	check.Contribute(objects, rules, newProjector(cfg, objects, b, false).paths())
	return newProjector(cfg, objects, b, false).paths()
}
