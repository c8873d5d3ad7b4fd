package adopt

import (
	"maps"
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Result is a tenant written down, not yet on disk.
type Result struct {
	*Written
	// Skipped is what was left out, with the reasons; Declared are addresses,
	// with ids, of what the configuration had already.
	Skipped  []Skipped
	Declared map[schema.Address]string
	// Working counts the paths of silent_upgrade blocks, Off those of blocks in
	// comments.
	Working, Off int
	// Changes are what a plan would do to objects that were written down:
	// nothing, unless there is a bug.
	Changes []Changed
}

// Import writes down what a selection takes of a tenant, and plans it.
func (r Replanner) Import(src Source, sel Selection, p Plan) (*Result, error) {
	p.Variables = r.Variables
	objects, skipped, declared := Take(src, sel)
	var candidates []Upgrade
	if slices.Contains(sel.Kinds, schema.SilentUpgrade) {
		candidates = Candidates(objects, src)
	}
	upgrades, left, err := r.Settled().Paths(objects, p, candidates)
	if err != nil {
		return nil, err
	}
	p.Upgrades = upgrades
	out := &Result{Written: Write(objects, p), Declared: declared}
	out.Skipped = slices.Concat(skipped, out.Conflicts, left)
	for _, u := range upgrades {
		if u.Off {
			out.Off += len(u.Connections)
		} else {
			out.Working += len(u.Connections)
		}
	}
	if len(out.Addresses) == 0 {
		return out, nil
	}
	re, err := r.Settled().With(out.Files)
	if err != nil {
		return nil, err
	}
	changes := re.Changes()
	if r.Variables != nil && len(src.Declared) == 0 { // each variable is where it belongs, whatever its value
		p.Upgrades = nil
		if re, err = r.With(Write(objects, p).Files); err != nil {
			return nil, err
		}
		changes = append(changes, since(changes, re.Changes())...)
	}
	mine := map[string]bool{}
	for _, a := range out.Addresses {
		mine[a.String()] = true
	}
	out.Changes = slices.DeleteFunc(changes, func(c Changed) bool { return !mine[c.Address] && len(src.Declared) > 0 })
	return out, nil
}

// IDs are those of all objects that the selection took, written or declared
// already, by address.
func (r *Result) IDs() map[schema.Address]string {
	out := maps.Clone(r.Declared)
	for o, a := range r.Addresses {
		out[a] = o.ID
	}
	return out
}
