package hclconf

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/tacit-dev/tacit/schema"
)

// query encodes a query block. While a part is unknown, so is the query.
func (w *world) query(s *site, in *instance, fr *frame) outcome {
	var params []schema.Param
	r := outcome{}
	known, marks := true, []cty.ValueMarks(nil)
	for _, part := range s.query {
		o := w.queryPart(part, in, fr)
		r.unsafe, r.failed = r.unsafe || o.unsafe, r.failed || o.failed
		if o.failed || o.null {
			continue
		}
		v, m := o.v.Unmark()
		marks = append(marks, m)
		if !v.IsKnown() {
			known = false
			continue
		}
		params = append(params, schema.Param{Key: part.key, Value: v.AsString()})
	}
	switch {
	case r.failed:
		return failure
	case !known:
		r.v = cty.UnknownVal(cty.String).WithMarks(marks...)
	case len(params) == 0:
		r.v, r.null = cty.NullVal(cty.String), true
	default:
		r.v = cty.StringVal(schema.EncodeQuery(params)).WithMarks(marks...)
	}
	return r
}

// queryPart evaluates one key; what does not differ between instances is
// evaluated once.
func (w *world) queryPart(part queryPart, in *instance, fr *frame) outcome {
	u := part.unit
	if u.each || fr != nil {
		return w.queryValue(part, in, fr)
	}
	return w.memo(&u.node, nil, func(w *world) outcome { return w.queryValue(part, nil, nil) })
}

func (w *world) queryValue(part queryPart, in *instance, fr *frame) outcome {
	u := part.unit
	v, o := w.eval(u, u.expr, in, fr)
	if o.failed {
		return o
	}
	o.v, o.null = v, v.IsNull()
	if o.null {
		return o
	}
	bare, marks := v.Unmark()
	t := bare.Type()
	switch {
	case !bare.IsKnown():
		o.v = cty.UnknownVal(cty.String).WithMarks(marks)
		return o
	case t.IsPrimitiveType():
		text, err := convert.Convert(v, cty.String)
		if err != nil {
			return failure // primitive types always convert to a string
		}
		o.v = text
		return o
	case t.IsListType() || t.IsTupleType() || t.IsSetType():
		words, ok := w.words(part, bare, in)
		words.v, words.unsafe = words.v.WithMarks(marks), o.unsafe
		if !ok {
			return failure
		}
		return words
	}
	w.fail(placeOf(u.rng, in), "Wrong type", "%s takes a text or a list of words, not %s.", part.key, article(friendly(bare)))
	return failure
}

// words joins a list by spaces, as OAuth writes lists.
func (w *world) words(part queryPart, list cty.Value, in *instance) (outcome, bool) {
	var words []string
	known, marks := true, []cty.ValueMarks(nil)
	for it := list.ElementIterator(); it.Next(); {
		_, e := it.Element()
		e, m := e.Unmark()
		marks = append(marks, m)
		if e.IsNull() || e.IsKnown() && !e.Type().IsPrimitiveType() {
			w.fail(placeOf(elementRange(part.unit.expr, len(words)), in), "Wrong type", "An element of %s must be a text, not %s.", part.key, elementType(e))
			return outcome{v: cty.StringVal("")}, false
		}
		text, err := convert.Convert(e, cty.String)
		if err != nil || !text.IsKnown() {
			known = false
			words = append(words, "")
			continue
		}
		words = append(words, text.AsString())
	}
	if !known {
		return outcome{v: cty.UnknownVal(cty.String).WithMarks(marks...)}, true
	}
	return outcome{v: cty.StringVal(strings.Join(words, " ")).WithMarks(marks...)}, true
}
