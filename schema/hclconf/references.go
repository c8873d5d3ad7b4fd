package hclconf

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// refPart is one element of a Ref or Refs attribute. Plain references are
// resolved without evaluating anything: connections = saml_connection.customer
// must not build thousands of objects.
type refPart struct {
	rng  hcl.Range
	unit *unit
	// block is set when the part is plainly a reference: all instances, the
	// one with key, the one with the instance's own key, or the one that index
	// computes.
	block *block
	key   string
	keyed bool
	own   bool
	index hclsyntax.Expression
	// bad: a mistake was reported already.
	bad bool
}

// refParts splits an attribute's expression at the brackets, so that one wrong
// element does not hide the others.
func (d *bodyDecoder) refParts(name string, e hclsyntax.Expression, dyn []*dynamic) (parts []*refPart, list bool) {
	exprs := []hclsyntax.Expression{e}
	tuple, list := e.(*hclsyntax.TupleConsExpr)
	if list {
		exprs = tuple.Exprs
	}
	for _, x := range exprs {
		u := d.unit(name, x, d.b, dyn)
		u.ref = true
		parts = append(parts, &refPart{rng: x.Range(), unit: u})
	}
	return parts, list
}

// settleRef recognises plain references, once all blocks are known.
func (l *loader) settleRef(s *site, p *refPart) {
	if p.unit.bad {
		return
	}
	expr := unparen(p.unit.expr)
	switch e := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		l.plainRef(s, p, e.Traversal)
	case *hclsyntax.IndexExpr:
		t := traversalOf(e.Collection)
		if t == nil {
			return
		}
		if b, rest := l.blockOf(t.Traversal); b != nil && b.forEach != nil && len(rest) == 0 {
			p.block, p.index = b, e.Key
		}
	}
	if p.block != nil {
		l.checkTarget(s, p)
	}
}

func (l *loader) plainRef(s *site, p *refPart, t hcl.Traversal) {
	var rest hcl.Traversal
	if t.RootName() == "each" {
		name := ""
		if len(t) > 1 {
			name, _ = stepName(t[1])
		}
		if name != "value" || s.block.chained == nil {
			return
		}
		p.block, p.own, rest = s.block.chained, true, t[2:]
	} else {
		p.block, rest = l.blockOf(t)
		if p.block == nil {
			return
		}
		if p.block.forEach != nil && len(rest) > 0 {
			if index, ok := rest[0].(hcl.TraverseIndex); ok && index.Key.Type() == cty.String {
				p.key, p.keyed, rest = index.Key.AsString(), true, rest[1:]
			}
		}
	}
	if len(rest) > 0 {
		if row, _, _ := memberRow(p.block, rest); row != rowID || len(rest) > 1 {
			p.block = nil // another attribute: evaluate it
		}
	}
}

func targets(row *schema.Attr) string { return strings.Join(row.Targets, " or ") }

// checkTarget refuses blocks of another kind and, where one object is wanted,
// a whole for_each block.
func (l *loader) checkTarget(s *site, p *refPart) {
	switch {
	case !slices.Contains(s.row.Targets, p.block.kind.Name):
		l.c.fail(at(p.rng), "Reference to the wrong kind", "%s", wrongKind(s.row, p.block.addr))
		p.bad = true
	case p.block.forEach != nil && !p.keyed && !p.own && p.index == nil && s.row.Type == schema.Ref:
		l.c.fail(at(p.rng), "Instance missing", "%s stands for several objects and %s takes one: write %s[\"KEY\"].", p.block.addr, last(s.row.Name), p.block.addr)
		p.bad = true
	case p.block.forEach != nil && !p.keyed && !p.own && p.index == nil && s.list:
		l.c.fail(at(p.rng), "List in a list", "%s stands for several objects already: write %s = %s, or concat(...) for more.", p.block.addr, last(s.row.Name), p.block.addr)
		p.bad = true
	}
}

func wrongKind(row *schema.Attr, a schema.Address) string {
	return fmt.Sprintf("%s is %s; %s takes a block of the kind %s.", a, article(a.Kind), last(row.Name), targets(row))
}

// refType carries an object's identity through cty.
var refType = cty.Capsule("object", reflect.TypeFor[schema.Address]())

// refAttr is the attribute of an object's value that holds its identity.
const refAttr = "__ref"

// refOf takes the identity out of a value.
func refOf(v cty.Value) (schema.Address, bool) {
	if v.Type().IsObjectType() && v.Type().HasAttribute(refAttr) && v.IsKnown() && !v.IsNull() {
		v = v.GetAttr(refAttr)
	}
	if v.Type() != refType || !v.IsKnown() || v.IsNull() {
		return schema.Address{}, false
	}
	a, ok := v.EncapsulatedValue().(*schema.Address)
	return *a, ok
}

// refs evaluates a Ref or Refs site: capsules for objects, strings for ids.
// The result is a single value for Ref and a tuple for Refs.
func (w *world) refs(s *site, in *instance, fr *frame) outcome {
	var out []cty.Value
	unsafe, failed := false, false
	for _, p := range s.refs {
		o := w.refPart(s, p, in, fr, &out)
		unsafe, failed = unsafe || o.unsafe, failed || o.failed
		if o.null {
			if len(s.refs) == 1 && !s.list {
				return outcome{v: cty.NullVal(refType), null: true}
			}
			w.fail(placeOf(p.rng, in), "Null element", "An element of %s is null; leave it out.", last(s.row.Name))
			failed = true
		}
	}
	if failed {
		return failure
	}
	if s.row.Type == schema.Ref {
		if len(out) != 1 {
			w.fail(placeOf(s.refs[0].rng, in), "Wrong type", "%s takes one %s block.", last(s.row.Name), targets(s.row))
			return failure
		}
		return outcome{v: out[0], unsafe: unsafe}
	}
	return outcome{v: cty.TupleVal(out), unsafe: unsafe}
}

func (w *world) refPart(s *site, p *refPart, in *instance, fr *frame, out *[]cty.Value) outcome {
	if p.bad {
		return failure
	}
	if p.block == nil {
		return w.refValue(s, p, in, fr, out)
	}
	set := w.ev.instances(p.block)
	switch {
	case set.failed:
		return failure
	case p.block.forEach == nil:
		*out = append(*out, set.list[0].ref)
	case p.index != nil || p.keyed || p.own:
		key, o := w.refKey(p, in, fr)
		if o.failed {
			return o
		}
		target := set.find(key)
		if target == nil {
			w.noInstance(placeOf(p.rng, in), p, set)
			return failure
		}
		*out = append(*out, target.ref)
	default:
		for _, target := range set.list {
			*out = append(*out, target.ref)
		}
	}
	return outcome{}
}

func (w *world) refKey(p *refPart, in *instance, fr *frame) (string, outcome) {
	switch {
	case p.keyed:
		return p.key, outcome{}
	case p.own:
		return in.addr.Key, outcome{}
	}
	v, o := w.eval(p.unit, p.index, in, fr)
	if o.failed {
		return "", o
	}
	if v.IsMarked() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		w.fail(placeOf(p.index.Range(), in), "Unusable key", "The key of an instance must be a text that is known before apply and not sensitive.")
		return "", failure
	}
	return v.AsString(), outcome{}
}

// noInstance reports a key that for_each does not make. A computed key stays
// out of the text, so that many instances make one diagnostic.
func (w *world) noInstance(p place, part *refPart, set *instances) {
	if part.keyed {
		w.unknownKey(p, part.block, set, part.key)
		return
	}
	w.fail(p, "Unknown instance", "%s has no instance with this key; its for_each must make the same keys.", part.block.addr)
}

func (w *world) unknownKey(p place, b *block, set *instances, key string) {
	var keys []string
	for _, in := range set.list {
		keys = append(keys, in.addr.Key)
	}
	hint := DidYouMean(key, keys)
	if hint == "" {
		hint = someKeys(keys)
	}
	w.fail(p, "Unknown instance", "%s has no instance %q.%s", b.addr, key, hint)
}

// someKeys lists the keys of a for_each, as far as a person wants to read them.
func someKeys(keys []string) string {
	const most = 8
	switch {
	case len(keys) == 0:
		return " Its for_each is empty."
	case len(keys) > most:
		return fmt.Sprintf(" It has %d, such as %s.", len(keys), oneOf(keys[:most]))
	default:
		return " It has " + oneOf(keys) + "."
	}
}

// refValue evaluates a part that is not a plain reference.
func (w *world) refValue(s *site, p *refPart, in *instance, fr *frame, out *[]cty.Value) outcome {
	v, o := w.eval(p.unit, p.unit.expr, in, fr)
	if o.failed {
		return o
	}
	v, marks := v.Unmark()
	if v.IsNull() {
		return outcome{null: true}
	}
	if !v.IsKnown() && v.Type() == cty.DynamicPseudoType {
		*out = append(*out, cty.UnknownVal(cty.String))
		return outcome{unsafe: o.unsafe}
	}
	if _, single := refOf(v); single || v.Type() == cty.String || s.row.Type == schema.Ref || s.list {
		return w.refElement(s, p, in, v.WithMarks(marks), out, o)
	}
	if !v.CanIterateElements() || !v.IsKnown() {
		w.fail(placeOf(p.rng, in), "Wrong type", "%s takes %s blocks: one, a list, or a block with for_each.", last(s.row.Name), targets(s.row))
		return failure
	}
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if r := w.refElement(s, p, in, e.WithMarks(marks), out, o); r.failed {
			return r
		}
	}
	return outcome{unsafe: o.unsafe}
}

func (w *world) refElement(s *site, p *refPart, in *instance, v cty.Value, out *[]cty.Value, o outcome) outcome {
	v, marks := v.Unmark()
	addr, ok := refOf(v)
	switch {
	case ok && !slices.Contains(s.row.Targets, addr.Kind):
		w.fail(placeOf(p.rng, in), "Reference to the wrong kind", "%s", wrongKind(s.row, addr))
		return failure
	case ok:
		*out = append(*out, w.ev.ref(addr))
	case v.Type() == cty.String && !v.IsNull(), v.Type() == cty.DynamicPseudoType && !v.IsKnown():
		*out = append(*out, v.WithMarks(marks))
	default:
		w.fail(placeOf(p.rng, in), "Wrong type", "%s takes a block of the kind %s, not %s.", last(s.row.Name), targets(s.row), article(friendly(v)))
		return failure
	}
	return outcome{unsafe: o.unsafe}
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
