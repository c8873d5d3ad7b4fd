package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Partial says what a plan leaves out because of its targets.
type Partial struct {
	Targets []string `json:"targets"`
	// Omitted counts the declared objects and removed blocks outside the plan.
	Omitted int `json:"omitted"`
	// Unjudged counts the paths that no rule judged.
	Unjudged int `json:"unjudged_paths"`
}

// Target cuts a configuration down to the targets and what they need: the
// objects they refer to, and for a connection its paths with what these refer
// to (client, API, organization), so that they are judged. A target without key means all
// instances of the block. removed blocks and outputs are left out. unknown are
// targets that name nothing.
func Target(cfg *schema.Config, targets []schema.Address) (cut *schema.Config, unknown []schema.Address) {
	t := &targeter{known: byAddress(cfg), in: map[schema.Address]bool{}}
	for _, target := range targets {
		hit := false
		for _, o := range cfg.Objects {
			if o.Addr == target || !target.Each && o.Addr.Block() == target {
				t.add(o.Addr)
				hit = true
			}
		}
		if !hit {
			unknown = append(unknown, target)
		}
	}
	out := *cfg
	out.Objects, out.Removed, out.Outputs = nil, nil, nil
	out.Partial = &schema.Partial{RemovedBlocks: len(cfg.Removed)}
	for _, target := range targets {
		out.Partial.Targets = append(out.Partial.Targets, target.String())
	}
	// Paths first: they bring objects with them.
	upgrades := map[schema.Address]*schema.Object{}
	for _, o := range cfg.Objects {
		if o.Kind == schema.SilentUpgrade {
			var left int
			upgrades[o.Addr], left = t.paths(o)
			out.Partial.Unjudged += left
		}
	}
	for _, o := range cfg.Objects {
		switch u, isUpgrade := upgrades[o.Addr]; {
		case isUpgrade && u != nil:
			out.Objects = append(out.Objects, u)
		case !isUpgrade && t.in[o.Addr]:
			out.Objects = append(out.Objects, o)
		default:
			out.Partial.Omitted = append(out.Partial.Omitted, o)
		}
	}
	out.Imports = slices.DeleteFunc(slices.Clone(cfg.Imports), func(im *schema.Import) bool { return !t.in[im.To] })
	return &out, unknown
}

// targeter collects what belongs to a partial plan.
type targeter struct {
	known map[schema.Address]*schema.Object
	in    map[schema.Address]bool
}

// add takes an object and all that it refers to.
func (t *targeter) add(a schema.Address) {
	o := t.known[a]
	if o == nil || t.in[a] {
		return
	}
	t.in[a] = true
	for _, w := range o.Wants {
		t.refs(w.V)
	}
}

// refs takes the objects that a value refers to.
func (t *targeter) refs(v any) {
	schema.Templates(v, func(tm *schema.Template) {
		for _, p := range tm.Parts {
			if p.Addr != nil {
				t.add(*p.Addr)
			}
		}
	})
}

// paths is the silent_upgrade block with the connections that are in the plan,
// nil when there is none, and how many are left out.
func (t *targeter) paths(o *schema.Object) (cut *schema.Object, left int) {
	all, _ := o.Want("connections").V.([]any)
	var kept []any
	for _, c := range all {
		if a, ok := ref(c); ok && t.in[a] {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil, len(all)
	}
	c := *o
	c.Wants = slices.Clone(o.Wants)
	c.Want("connections").V = kept
	for _, w := range c.Wants {
		t.refs(w.V)
	}
	return &c, len(all) - len(kept)
}

// partial describes a configuration that Target cut, nil for a whole one.
func partial(cfg *schema.Config) *Partial {
	p := cfg.Partial
	if p == nil {
		return nil
	}
	return &Partial{Targets: p.Targets, Omitted: len(p.Omitted) + p.RemovedBlocks, Unjudged: p.Unjudged}
}

// targetsOf are the targets of a plan in words.
func targetsOf(p *Plan) string {
	if p.Partial == nil {
		return "everything"
	}
	return fmt.Sprintf("--target %s", strings.Join(p.Partial.Targets, " --target "))
}
