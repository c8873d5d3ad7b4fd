package hclconf

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// world evaluates expressions under one assumption about ids. Values are
// computed when they are first asked for and kept. The base world knows no id;
// what is known there is the same in every other world.
type world struct {
	ev    *evaluation
	base  *world
	id    func(schema.Address) cty.Value
	quiet bool
	slots [][]slot
	// scopes are the parts of evaluation contexts that do not differ between
	// instances.
	scopes map[int]*scope
	values map[valueKey]outcome
	stack  []*node
}

// outcome is the value of something.
type outcome struct {
	v cty.Value
	// failed: a mistake was reported, v means nothing.
	failed bool
	// null: the configuration says null, or nothing.
	null bool
	// unsafe: a decision depended on an id.
	unsafe bool
	// known: no part of v depends on an unknown id.
	known bool
}

var failure = outcome{failed: true}

func (o outcome) value() (cty.Value, outcome) { return o.v, o }

type slot struct {
	state slotState
	outcome
}

type slotState uint8

const (
	slotEmpty slotState = iota
	slotBusy
	slotDone
)

func (ev *evaluation) world(base *world, id func(schema.Address) cty.Value) *world {
	return &world{
		ev: ev, base: base, id: id, slots: make([][]slot, ev.f.nodes),
		scopes: map[int]*scope{}, values: map[valueKey]outcome{},
	}
}

func (w *world) fail(p place, summary, format string, args ...any) {
	if !w.quiet {
		w.ev.c.fail(p, summary, format, args...)
	}
}

// maxDepth bounds chains of references; the stack must not overflow.
const maxDepth = 1000

// memo returns the value of a node, computing it the first time. in is nil for
// a node that does not differ between instances.
func (w *world) memo(n *node, in *instance, compute func(*world) outcome) outcome {
	if w.base != nil {
		if o := w.base.memo(n, in, compute); o.failed || o.known {
			return o
		}
	}
	i, size := 0, 1
	if in != nil {
		i, size = in.i, in.of
	}
	if w.slots[n.id] == nil {
		w.slots[n.id] = make([]slot, size)
	}
	s := &w.slots[n.id][i]
	switch {
	case s.state == slotDone:
		return s.outcome
	case s.state == slotBusy:
		w.cycle(n)
		return failure
	case len(w.stack) > maxDepth:
		w.fail(at(n.rng), "References too deep", "This value depends on more than %d others, one after the other.", maxDepth)
		return failure
	}
	s.state = slotBusy
	w.stack = append(w.stack, n)
	o := compute(w)
	w.stack = w.stack[:len(w.stack)-1]
	if !o.failed && !o.null {
		o.known = o.v.IsWhollyKnown()
	}
	o.known = o.known || o.null
	s.state, s.outcome = slotDone, o
	return o
}

// cycle reports values that depend on each other, once with all places.
func (w *world) cycle(n *node) {
	start := slices.Index(w.stack, n)
	if start < 0 {
		return
	}
	members := slices.Clone(w.stack[start:])
	first := 0
	for i, m := range members {
		if before(m.rng, members[first].rng) {
			first = i
		}
	}
	members = append(members[first:], members[:first]...)
	var names []string
	p := at(members[0].rng)
	for i, m := range members {
		if !slices.Contains(names, m.name) {
			names = append(names, m.name)
			if i > 0 {
				p = p.and(m.rng)
			}
		}
	}
	names = append(names, names[0])
	w.fail(p, "Values depend on each other", "%s. Break the circle with a local or a plain value; naming single attributes instead of whole blocks may be enough.", strings.Join(names, " needs "))
}

func before(a, b hcl.Range) bool {
	if a.Filename != b.Filename {
		return a.Filename < b.Filename
	}
	return a.Start.Byte < b.Start.Byte
}

func (w *world) local(l *local) outcome {
	return w.memo(&l.unit.node, nil, func(w *world) outcome {
		v, o := w.eval(l.unit, l.unit.expr, nil, nil)
		o.v = v
		return o
	})
}

// frame holds the iterators of the dynamic blocks around an expression.
type frame struct {
	parent *frame
	name   string
	value  cty.Value
}

// eval evaluates one expression for one instance.
func (w *world) eval(u *unit, expr hclsyntax.Expression, in *instance, fr *frame) (cty.Value, outcome) {
	if u.bad {
		return cty.NilVal, failure
	}
	sc := w.scope(u)
	if sc.failed {
		return cty.NilVal, failure
	}
	o := outcome{unsafe: sc.unsafe}
	ctx := sc.ctx
	if u.each && in != nil || fr != nil {
		vars := map[string]cty.Value{}
		if u.each && in != nil {
			each, eo := w.each(u, in)
			if eo.failed {
				return cty.NilVal, eo
			}
			o.unsafe = o.unsafe || eo.unsafe
			vars["each"] = each
		}
		for f := fr; f != nil; f = f.parent {
			if _, shadowed := vars[f.name]; !shadowed {
				vars[f.name] = f.value
			}
			o.unsafe = o.unsafe || w.base != nil && u.unsafeIter
		}
		ctx = sc.ctx.NewChild()
		ctx.Variables = vars
	}
	w.ev.f.steps.evaluations++
	v, diags := w.ev.f.steps.value(expr, ctx)
	if w.ev.f.steps.over != nil {
		w.ev.outOfBudget()
		return cty.NilVal, failure
	}
	if diags.HasErrors() {
		if !w.quiet {
			w.ev.c.hclDiags(diags, placeOf(expr.Range(), in))
		}
		return cty.NilVal, failure
	}
	if why := w.ev.f.steps.settle(u, v); why != "" {
		w.fail(placeOf(expr.Range(), in), "Value too large", "%s", why)
		return cty.NilVal, failure
	}
	if w.ev.f.steps.over != nil {
		w.ev.outOfBudget()
		return cty.NilVal, failure
	}
	return v, o
}

func placeOf(rng hcl.Range, in *instance) place {
	p := at(rng)
	if in != nil && in.addr.Each {
		p.instance = in.String()
	}
	return p
}
