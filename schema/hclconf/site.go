package hclconf

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/tacit-dev/tacit/schema"
)

// site computes an attribute of one instance, in the type of its row.
func (w *world) site(s *site, in *instance) outcome {
	if !s.each {
		in = nil
	}
	return w.memo(&s.node, in, func(w *world) outcome { return w.compute(s, in) })
}

func (w *world) compute(s *site, in *instance) outcome {
	if s.bad {
		return failure
	}
	if s.reset {
		return outcome{v: cty.NullVal(rowType(s.row)), null: true}
	}
	if s.idp != nil {
		return w.fromMetadata(s, in)
	}
	fr, present, o := w.enter(s, in)
	if o.failed || !present {
		o.v, o.null = cty.NullVal(rowType(s.row)), true
		return o
	}
	var r outcome
	switch {
	case s.refs != nil:
		r = w.refs(s, in, fr)
	case s.isQuery:
		r = w.query(s, in, fr)
	case s.elems != nil:
		r = w.elements(s, in, fr)
	case s.unit != nil:
		v, eo := w.eval(s.unit, s.unit.expr, in, fr)
		if eo.failed {
			return eo
		}
		r = w.shape(s.row, v, s.unit.expr, in)
		r.unsafe = eo.unsafe
	default:
		r = outcome{v: cty.EmptyTupleVal} // a list of references with nothing in it
	}
	r.unsafe = r.unsafe || o.unsafe
	return r
}

// enter goes through the dynamic blocks around a site; present is false when
// one of them makes no block.
func (w *world) enter(s *site, in *instance) (fr *frame, present bool, o outcome) {
	for _, d := range s.dyn {
		frames, do := w.frames(d, in, fr)
		o.unsafe = o.unsafe || do.unsafe
		switch {
		case do.failed:
			return nil, false, do
		case len(frames) == 0:
			return nil, false, o
		case len(frames) > 1:
			w.fail(placeOf(d.rng, in), "Too many blocks", "This block may stand once, and for_each makes %d.", len(frames))
			return nil, false, failure
		}
		fr = frames[0]
	}
	return fr, true, o
}

// frames evaluates a dynamic block's for_each.
func (w *world) frames(d *dynamic, in *instance, parent *frame) ([]*frame, outcome) {
	v, o := w.eval(d.forEach, d.forEach.expr, in, parent)
	if o.failed {
		return nil, o
	}
	v, marks := v.Unmark()
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() {
		w.fail(placeOf(d.forEach.rng, in), "Wrong type", "for_each of a dynamic block takes a list, set or map that is known before apply.")
		return nil, failure
	}
	var out []*frame
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if v.Type().IsSetType() {
			k = e
		}
		value := cty.ObjectVal(map[string]cty.Value{"key": k, "value": e}).WithMarks(marks)
		out = append(out, &frame{parent: parent, name: d.iterator, value: value})
	}
	return out, o
}

// rowType is the cty type in which other expressions see an attribute.
func rowType(row *schema.Attr) cty.Type {
	switch row.Type {
	case schema.Bool:
		return cty.Bool
	case schema.Number:
		return cty.Number
	case schema.List, schema.Set:
		return cty.List(cty.String)
	case schema.Map, schema.Objects, schema.Refs, schema.JSON:
		return cty.DynamicPseudoType
	default:
		return cty.String
	}
}

// shape converts a value to the type of its row.
func (w *world) shape(row *schema.Attr, v cty.Value, expr hclsyntax.Expression, in *instance) outcome {
	bare, marks := v.Unmark()
	t := rowType(row)
	switch {
	case bare.IsNull():
		return outcome{v: cty.NullVal(t), null: true}
	case !bare.IsKnown() && bare.Type() == cty.DynamicPseudoType:
		return outcome{v: cty.UnknownVal(t).WithMarks(marks)}
	case t.IsListType():
		return w.shapeList(row, bare, marks, expr, in)
	case row.Type == schema.Map:
		return w.shapeMap(row, bare, marks, expr, in)
	case row.Type == schema.JSON:
		return w.shapeJSON(row, v, expr, in)
	}
	out, err := convert.Convert(v, t)
	if err != nil || !bare.Type().IsPrimitiveType() {
		w.fail(placeOf(expr.Range(), in), "Wrong type", "%s takes %s, not %s.%s", last(row.Name), wanting(row), article(friendly(bare)), hintFor(row, bare))
		return failure
	}
	return outcome{v: out}
}

// shapeJSON takes any value but a block of another kind, which has no JSON form.
func (w *world) shapeJSON(row *schema.Attr, v cty.Value, expr hclsyntax.Expression, in *instance) outcome {
	bare, _ := v.UnmarkDeep()
	if a, ok := refOf(bare); ok {
		w.fail(placeOf(expr.Range(), in), "Wrong type", "%s takes a value, not the whole of %s. Name the attribute that you mean.", last(row.Name), a)
		return failure
	}
	return outcome{v: v}
}

// wanting names the type of a row for a person.
func wanting(row *schema.Attr) string {
	switch row.Type {
	case schema.Bool:
		return "true or false"
	case schema.List, schema.Set:
		return "a list of texts"
	case schema.Query:
		return "the query as text"
	case schema.String, schema.Cert:
		return "a text"
	default:
		return article(row.Type.String())
	}
}

func friendly(v cty.Value) string {
	if _, ok := refOf(v); ok {
		return "object"
	}
	return friendlyType(v.Type())
}

// friendlyType says list for what HCL calls a tuple.
func friendlyType(t cty.Type) string {
	switch {
	case t == cty.String:
		return "text"
	case t.IsTupleType():
		return "list"
	case t.IsObjectType():
		return "map"
	default:
		return t.FriendlyName()
	}
}

func hintFor(row *schema.Attr, v cty.Value) string {
	if a, ok := refOf(v); ok {
		return fmt.Sprintf(" To use a value of %s, name the attribute: %s.name.", a, a)
	}
	if n := v.Type(); (n.IsTupleType() || n.IsListType()) && row.Type == schema.String {
		return " Leave the brackets out."
	}
	if row.Type == schema.Bool && v.Type() == cty.String {
		return " Leave the quotes out."
	}
	return ""
}

// shapeList converts element by element: exact places for mistakes, and no
// unification of thousands of types.
func (w *world) shapeList(row *schema.Attr, v cty.Value, marks cty.ValueMarks, expr hclsyntax.Expression, in *instance) outcome {
	t := v.Type()
	if !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
		hint := ""
		if t == cty.String {
			hint = " Put the text into brackets."
		}
		w.fail(placeOf(expr.Range(), in), "Wrong type", "%s takes a list of texts, not %s.%s", last(row.Name), article(friendly(v)), hint)
		return failure
	}
	if !v.IsKnown() {
		return outcome{v: cty.UnknownVal(rowType(row)).WithMarks(marks)}
	}
	out, failed := make([]cty.Value, 0, v.LengthInt()), false
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		s, err := convert.Convert(e, cty.String)
		if bare, _ := e.Unmark(); err != nil || bare.IsNull() {
			w.fail(placeOf(elementRange(expr, len(out)), in), "Wrong type", "An element of %s must be a text, not %s.%s", last(row.Name), elementType(bare), hintFor(row, bare))
			s, failed = cty.StringVal(""), true
		}
		out = append(out, s)
	}
	if failed {
		return failure
	}
	if len(out) == 0 {
		return outcome{v: cty.ListValEmpty(cty.String).WithMarks(marks)}
	}
	return outcome{v: cty.ListVal(out).WithMarks(marks)}
}

func elementType(v cty.Value) string {
	if v.IsNull() {
		return "null"
	}
	return article(friendly(v))
}

// elementRange narrows a place to one element of a written list.
func elementRange(expr hclsyntax.Expression, i int) hcl.Range {
	if tuple, ok := unparen(expr).(*hclsyntax.TupleConsExpr); ok && i < len(tuple.Exprs) {
		return tuple.Exprs[i].Range()
	}
	return expr.Range()
}

// shapeMap accepts a map of texts and lists of texts.
func (w *world) shapeMap(row *schema.Attr, v cty.Value, marks cty.ValueMarks, expr hclsyntax.Expression, in *instance) outcome {
	_, isRef := refOf(v)
	if t := v.Type(); isRef || !t.IsMapType() && !t.IsObjectType() {
		w.fail(placeOf(expr.Range(), in), "Wrong type", "%s takes a map such as { key = \"value\" }, not %s.", last(row.Name), article(friendly(v)))
		return failure
	}
	if !v.IsKnown() {
		return outcome{v: cty.UnknownVal(cty.DynamicPseudoType).WithMarks(marks)}
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if e, _ = e.Unmark(); !textOrTexts(e) {
			key := strconv.Quote(k.AsString())
			if len(marks) > 0 {
				key = "one of them"
			}
			w.fail(placeOf(expr.Range(), in), "Wrong type", "Values of %s are texts or lists of texts; %s has %s.", last(row.Name), key, elementType(e))
			return failure
		}
	}
	return outcome{v: v.WithMarks(marks)}
}

func textOrTexts(v cty.Value) bool {
	t := v.Type()
	if v.IsNull() || !v.IsKnown() || t.IsPrimitiveType() {
		return true
	}
	if !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); !e.Type().IsPrimitiveType() && e.IsKnown() {
			return false
		}
	}
	return true
}

// elements computes labelled blocks: a tuple of objects in written order.
func (w *world) elements(s *site, in *instance, fr *frame) outcome {
	var out []cty.Value
	r, seen := outcome{}, map[string]hcl.Range{}
	for _, e := range s.elems {
		frames := []*frame{fr}
		if len(e.dyn) > 0 {
			var o outcome
			if frames, o = w.frames(e.dyn[0], in, fr); o.failed {
				r.failed = true
				continue
			}
			r.unsafe = r.unsafe || o.unsafe
		}
		for _, f := range frames {
			label, v, o := w.element(s, e, in, f)
			r.unsafe, r.failed = r.unsafe || o.unsafe, r.failed || o.failed
			if o.failed {
				continue
			}
			if first, twice := seen[label]; twice {
				w.fail(placeOf(e.rng, in).and(first), "Declared twice", "There is a %s %q already.", s.row.Name, label)
				r.failed = true
				continue
			}
			seen[label] = e.rng
			out = append(out, v)
		}
	}
	r.v = cty.TupleVal(out)
	return r
}

func (w *world) element(s *site, e *element, in *instance, fr *frame) (label string, v cty.Value, r outcome) {
	label = e.label
	if e.labels != nil {
		v, o := w.eval(e.labels, e.labels.expr, in, fr)
		if o.failed {
			return "", v, o
		}
		v, err := convert.Convert(v, cty.String)
		if err != nil || v.IsMarked() || v.IsNull() || !v.IsKnown() {
			w.fail(placeOf(e.labels.rng, in), "Wrong type", "A label is a text that is known before apply and not sensitive.")
			return "", v, failure
		}
		label = v.AsString()
	}
	if strings.TrimSpace(label) == "" {
		w.fail(placeOf(e.rng, in), "Empty label", "A %s needs a name.", s.row.Name)
		return "", v, failure
	}
	fields := map[string]cty.Value{s.row.Key: cty.StringVal(label)}
	for _, f := range e.fields {
		v, o := w.eval(f.unit, f.unit.expr, in, fr)
		if !o.failed {
			o = w.checked(f, v, in, o)
		}
		r.unsafe, r.failed = r.unsafe || o.unsafe, r.failed || o.failed
		if !o.failed && !o.null {
			fields[f.attr.Name] = o.v
		}
	}
	return label, cty.ObjectVal(fields), r
}

// checked converts a field of an element and applies its row's check.
func (w *world) checked(f field, v cty.Value, in *instance, eo outcome) outcome {
	o := w.shape(f.attr, v, f.unit.expr, in)
	o.unsafe = o.unsafe || eo.unsafe
	if bare, marks := o.v.Unmark(); !o.failed && !o.null && bare.IsKnown() {
		p := placeOf(f.unit.rng, in)
		o.failed = !w.accepts(f.attr, canonical(bare, nil), len(marks) > 0, p)
	}
	return o
}

// valueRange is where the value is written.
func (s *site) valueRange() hcl.Range {
	r := s.rng
	r.Start, r.End = posOf(s.src.Start), posOf(s.src.End)
	return r
}

func posOf(p schema.Pos) hcl.Pos { return hcl.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }
