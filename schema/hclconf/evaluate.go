package hclconf

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/tacit-dev/tacit/schema"
)

// Evaluate computes what the configuration wants. Ids that are not known (ids
// may be nil: none is) leave templates in the values; a value that depends on
// an unknown id in any other way is marked unknown.
func (f *Files) Evaluate(ids schema.IDs) (*schema.Config, schema.Diagnostics) {
	ev := newEvaluation(f, ids)
	config := &schema.Config{Dir: f.opts.Dir, Workspace: f.settings.workspace, Now: f.opts.Now}
	for _, b := range f.blocks {
		for _, o := range ev.objects(b) {
			switch b.kind {
			case schema.Tenant:
				config.Tenant, config.DomainVaries = o, b.computes("domain")
			case schema.Rehearsal:
				config.Rehearsals = append(config.Rehearsals, o)
			default:
				config.Objects = append(config.Objects, o)
			}
		}
	}
	ev.locals()
	for _, list := range [][]*schema.Object{config.Objects, config.Rehearsals} {
		slices.SortFunc(list, func(a, b *schema.Object) int { return a.Addr.Compare(b.Addr) })
	}
	ev.outputs(config)
	ev.moves(config)
	ev.imports(config)
	ev.removals(config)
	ev.uniqueKeys(config.Objects)
	ev.together(config.Objects)
	ev.rehearsals(config)
	return config, ev.c.sorted()
}

// evaluation is one run of Evaluate.
type evaluation struct {
	f    *Files
	c    *collector
	ids  schema.IDs
	sets map[*block]*instances
	refs map[schema.Address]cty.Value
	// base is the world in which no id is known, probes are those with made
	// up ids, actual the one with the ids that Evaluate got.
	base   *world
	probes [2]*world
	actual *world
	tokens tokens
}

func newEvaluation(f *Files, ids schema.IDs) *evaluation {
	f.steps.reset()
	ev := &evaluation{
		f: f, c: newCollector(f.sources), ids: ids,
		sets: map[*block]*instances{}, refs: map[schema.Address]cty.Value{},
		tokens: newTokens(),
	}
	unknown := cty.UnknownVal(cty.String).RefineNotNull()
	ev.base = ev.world(nil, func(schema.Address) cty.Value { return unknown })
	for i := range ev.probes {
		ev.probes[i] = ev.world(ev.base, func(a schema.Address) cty.Value { return cty.StringVal(ev.tokens.of(a, i)) })
		ev.probes[i].quiet = true
	}
	ev.actual = ev.world(ev.base, func(a schema.Address) cty.Value {
		if id, ok := ids(a); ok {
			return cty.StringVal(id)
		}
		return unknown
	})
	return ev
}

// ref is the identity of an object as a value, one per address.
func (ev *evaluation) ref(a schema.Address) cty.Value {
	v, ok := ev.refs[a]
	if !ok {
		v = cty.CapsuleVal(refType, &a)
		ev.refs[a] = v
	}
	return v
}

// locals evaluates those that nothing else did, for their mistakes only.
func (ev *evaluation) locals() {
	for _, name := range slices.Sorted(maps.Keys(ev.f.locals)) {
		ev.base.local(ev.f.locals[name])
	}
}

// objects makes the objects of one block.
func (ev *evaluation) objects(b *block) []*schema.Object {
	set := ev.instances(b)
	out := make([]*schema.Object, 0, len(set.list))
	for _, in := range set.list {
		o := &schema.Object{Kind: b.kind, Addr: in.addr, Src: b.src, Existing: b.kind.ExistingOnly, PreventDestroy: b.kind.PreventDestroy}
		ev.settings(o, b, in)
		o.Wants = make([]schema.Want, len(b.kind.Attrs))
		for i, s := range b.sites {
			if s == nil {
				continue
			}
			want := ev.want(s, in, o)
			if b.kind.Collection == "" || !s.row.Has(schema.Local) {
				o.Wants[i] = want
			}
		}
		ev.contradictions(b, in)
		out = append(out, o)
	}
	if set.failed {
		ev.once(b)
	}
	return out
}

// once evaluates what does not depend on the instance when the instances are
// not known, so that the mistakes in it are reported too.
func (ev *evaluation) once(b *block) {
	for _, s := range b.sites {
		if s != nil && !s.each {
			ev.base.site(s, nil)
		}
	}
}

// exactRows maps the settings that make a collection exact to their rows.
var exactRows = map[string]string{"clients_exact": "clients", "scopes_exact": "scope"}

// settings evaluates the block's own arguments.
func (ev *evaluation) settings(o *schema.Object, b *block, in *instance) {
	for _, name := range b.kind.Meta {
		u := b.meta[name]
		if u == nil {
			continue
		}
		on, ok := ev.flag(u, in, name)
		switch {
		case !ok:
		case name == "existing":
			if b.kind.ExistingOnly && !on {
				ev.c.fail(placeOf(u.rng, in), "Always existing", "A %s is looked up and never written; remove existing = false, or declare a spa_client.", b.kind.Name)
				continue
			}
			o.Existing = on || b.kind.ExistingOnly
		case name == "convert":
			o.Convert = on
		case name == "prevent_destroy":
			o.PreventDestroy = on
		case on && exactRows[name] != "":
			o.Exact = append(o.Exact, exactRows[name])
		}
	}
}

// flag evaluates a setting that is true or false; null counts as not set.
func (ev *evaluation) flag(u *unit, in *instance, name string) (on, ok bool) {
	if !u.each {
		in = nil
	}
	v, o := ev.base.memo(&u.node, in, func(w *world) outcome {
		v, o := w.eval(u, u.expr, in, nil)
		o.v = v
		return o
	}).value()
	if o.failed {
		return false, false
	}
	v, _ = v.Unmark()
	if v.IsNull() {
		return false, false
	}
	v, err := convert.Convert(v, cty.Bool)
	if err != nil || !v.IsKnown() {
		ev.c.fail(placeOf(u.rng, in), "Wrong type", "%s is true or false, and known before apply.", name)
		return false, false
	}
	return v.True(), true
}

// uniqueKeys refuses two objects with one natural key where Auth0 has only one
// object of that name.
func (ev *evaluation) uniqueKeys(objects []*schema.Object) {
	seen := map[string]*schema.Object{}
	for _, o := range objects {
		key := o.NaturalKey()
		if key == "" || o.Kind.Collection == schema.Clients || o.Kind.KeyRest != nil {
			continue
		}
		id := string(o.Kind.Collection) + " " + key
		first := seen[id]
		if first == nil {
			seen[id] = o
			continue
		}
		ev.duplicate(o, first)
	}
}

func (ev *evaluation) duplicate(o, first *schema.Object) {
	b, s := ev.f.byAddr[o.Addr.Block()], ev.f.byAddr[first.Addr.Block()]
	i := o.Kind.Index(o.Kind.NaturalKey)
	p := place{rng: b.sites[i].unit.rng}
	var also []hcl.Range
	if s != b {
		also = append(also, s.sites[i].unit.rng)
	}
	what := "Another block has this " + o.Kind.NaturalKey + "; Auth0 has one object per " + o.Kind.NaturalKey + "."
	if s == b {
		what = "Several instances have this " + o.Kind.NaturalKey + "; Auth0 has one object per " + o.Kind.NaturalKey + ". Build it from each.key."
	}
	for _, each := range []*schema.Object{first, o} {
		if each.Addr.Each && each.Addr.Block() == o.Addr.Block() {
			p.instance = each.Addr.String()
			ev.c.fail(p.and(also...), "Declared twice", "%s", what)
		}
	}
	if !o.Addr.Each {
		ev.c.fail(p.and(also...), "Declared twice", "%s", what)
	}
}
