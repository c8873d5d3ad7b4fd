package plan

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// ForOutputs cuts a configuration down to what it takes to learn the ids that
// its outputs need: objects of the collections in question, with nothing but
// what finds them. nil means that the outputs need no id at all.
func ForOutputs(cfg *schema.Config) *schema.Config {
	need := map[schema.Collection]bool{}
	known := byAddress(cfg)
	var want func(v any)
	want = func(v any) {
		schema.Templates(v, func(t *schema.Template) {
			for _, p := range t.Parts {
				if p.Addr == nil || known[*p.Addr] == nil || need[known[*p.Addr].Kind.Collection] {
					continue
				}
				c := known[*p.Addr].Kind.Collection
				need[c] = true
				for _, o := range cfg.Objects {
					for i := range o.Wants {
						if o.Kind.Collection == c && finds(o.Kind, &o.Kind.Attrs[i]) {
							want(o.Wants[i].V)
						}
					}
				}
			}
		})
	}
	for _, o := range cfg.Outputs {
		if want(o.V); o.Unknown {
			for _, d := range cfg.Objects {
				need[d.Kind.Collection] = true
			}
		}
	}
	delete(need, "")
	if len(need) == 0 {
		return nil
	}
	out := *cfg
	out.Objects, out.Removed = nil, nil
	for _, o := range cfg.Objects {
		if !need[o.Kind.Collection] {
			continue
		}
		c := *o
		c.Wants = make([]schema.Want, len(o.Wants))
		for i := range o.Wants {
			if finds(o.Kind, &o.Kind.Attrs[i]) {
				c.Wants[i] = o.Wants[i]
			}
		}
		out.Objects = append(out.Objects, &c)
	}
	return &out
}

// finds reports whether the row is part of what finds an object.
func finds(k *schema.Kind, a *schema.Attr) bool {
	return a.Has(schema.Identity) || slices.Contains(k.Key(), a)
}
