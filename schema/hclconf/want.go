package hclconf

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// want turns an attribute of one instance into what the model asks for.
func (ev *evaluation) want(s *site, in *instance, o *schema.Object) schema.Want {
	if s.reset {
		return schema.Want{Mode: schema.Exactly, Src: s.src}
	}
	w := schema.Want{Mode: mode(s.row, o), Src: s.src}
	r := ev.base.site(s, in)
	p := placeOf(s.valueRange(), in)
	if !s.each {
		p.instance = ""
	}
	switch {
	case r.failed:
		w.Unknown = true
		return w
	case r.null:
		if s.row.Has(schema.Required) || s.row.Has(schema.RequiredInBlock) && len(s.dyn) == 0 {
			ev.c.fail(p, "Missing value", "%s must not be null: give it a value.", last(s.row.Name))
		}
		return schema.Want{}
	}
	v, marks := r.v.UnmarkDeep()
	w.Sensitive = len(marks) > 0 || s.row.Has(schema.Secret)
	w.V, w.Unknown = ev.symbolic(s, in, r, v)
	if w.Unknown {
		var null bool
		if w.V, w.Unknown, null = ev.real(s, in); null {
			return schema.Want{}
		}
	}
	if w.Unknown {
		return w
	}
	if s.row.Type == schema.Ref || s.row.Type == schema.Refs {
		ev.checkRefs(s, w.V, p)
	}
	if s.row.Type == schema.Set || s.row.Type == schema.Refs {
		list, _ := w.V.([]any)
		w.V = append([]any{}, schema.Missing(list, nil)...)
	}
	if ev.ids != nil {
		w.V, _ = schema.Resolve(w.V, ev.ids)
	}
	ev.base.accepts(s.row, w.V, w.Sensitive, p)
	w.Verbatim = s.row.Type == schema.Query && s.verbatim(w.V)
	return w
}

// verbatim: the file holds the value as it is between two quotes. An escape
// makes the source longer than the value; what is not ASCII makes columns
// differ from bytes.
func (s *site) verbatim(v any) bool {
	text, ok := v.(string)
	if !ok || s.unit == nil {
		return false
	}
	literal, ok := s.unit.expr.(*hclsyntax.TemplateExpr)
	if !ok || !literal.IsStringLiteral() {
		return false
	}
	r := literal.Range()
	return r.Start.Byte == s.src.Start.Byte && r.Start.Line == r.End.Line && r.End.Byte-r.Start.Byte == len(text)+len(`""`) &&
		!strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf })
}

// mode: a collection that others may add to wants at least its elements,
// unless the block makes it exact.
func mode(row *schema.Attr, o *schema.Object) schema.Mode {
	shared := row.Via != "" || row.Type == schema.Objects
	if shared && !slices.Contains(o.Exact, row.Name) {
		return schema.AtLeast
	}
	return schema.Exactly
}

// symbolic finds the value without knowing ids: plain, or with templates.
func (ev *evaluation) symbolic(s *site, in *instance, r outcome, v cty.Value) (out any, unknown bool) {
	if r.known {
		return canonical(v, s.lifter()), false
	}
	var lifted [2]any
	for i, w := range ev.probes {
		p := w.site(s, in)
		if p.failed || p.unsafe || p.null || !p.known {
			return nil, true
		}
		v, _ := p.v.UnmarkDeep()
		lift := ev.tokens.lift(i)
		lift.nulls = s.nulls
		lifted[i] = canonical(v, lift)
		if lift.lost() {
			return nil, true
		}
	}
	found := false
	schema.Templates(lifted[0], func(*schema.Template) { found = true })
	return lifted[0], !found || !schema.Same(lifted[0], lifted[1])
}

// real evaluates with the ids that are known, for what no template expresses.
func (ev *evaluation) real(s *site, in *instance) (out any, unknown, null bool) {
	if ev.ids == nil {
		return nil, true, false
	}
	r := ev.actual.site(s, in)
	switch {
	case r.failed || !r.known:
		return nil, true, false
	case r.null:
		return nil, false, true
	}
	v, _ := r.v.UnmarkDeep()
	return canonical(v, s.lifter()), false, false
}

// lifter is what makes a known value of the site plain: no ids are in it.
func (s *site) lifter() *lifter { return &lifter{nulls: s.nulls} }

// canonical makes a plain JSON value of a known, unmarked cty value.
func canonical(v cty.Value, lift *lifter) any {
	t := v.Type()
	switch {
	case v.IsNull():
		return nil
	case t == refType:
		a, _ := refOf(v)
		return schema.RefTo(a)
	case t == cty.String:
		return lift.text(v.AsString())
	case t == cty.Bool:
		return v.True()
	case t == cty.Number:
		return number(v.AsBigFloat())
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		out := make([]any, 0, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			out = append(out, canonical(e, lift))
		}
		return out
	default:
		out := make(map[string]any, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			lift.key(k.AsString())
			if !e.IsNull() || lift != nil && lift.nulls {
				out[k.AsString()] = canonical(e, lift)
			}
		}
		return out
	}
}

func number(f *big.Float) json.Number {
	const maxPlain = 1000 // bits of exponent that are written out in digits
	if e := f.MantExp(nil); e > maxPlain || e < -maxPlain {
		return json.Number(f.Text('g', -1))
	}
	return json.Number(f.Text('f', -1))
}

// accepts applies the row's enum and check to a known value.
func (w *world) accepts(row *schema.Attr, v any, secret bool, p place) bool {
	if _, template := v.(*schema.Template); template {
		return true
	}
	hidden := secret || row.Has(schema.Secret)
	p.hidden = row.Has(schema.Secret)
	if s, ok := v.(string); ok && len(row.Enum) > 0 && !slices.Contains(row.Enum, s) && (s != "" || !row.Has(schema.EmptyIsAbsent)) {
		if hidden {
			w.fail(p, "Value not accepted", "%s must be %s.", last(row.Name), oneOf(row.Enum))
		} else {
			w.fail(p, "Value not accepted", "%s is %q; it must be %s.%s", last(row.Name), s, oneOf(row.Enum), DidYouMean(s, row.Enum))
		}
		return false
	}
	if row.Check == nil {
		return true
	}
	if err := row.Check(v); err != nil {
		text := "The value is not accepted. It is sensitive, so the reason is not shown."
		if !hidden {
			text = sentence(err)
		}
		w.fail(p, "Value not accepted", "%s: %s", last(row.Name), text)
		return false
	}
	return true
}

func sentence(err error) string { return strings.TrimSuffix(err.Error(), ".") + "." }

// checkRefs refuses references that are no single object of the right kind.
func (ev *evaluation) checkRefs(s *site, v any, p place) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for i, e := range list {
		q := p
		if s.list && len(list) == len(s.refs) {
			q.rng = s.refs[i].rng
		}
		switch e := e.(type) {
		case *schema.Template:
			a, bare := e.Ref()
			switch {
			case !bare:
				ev.c.fail(q, "Not a reference", "%s takes a block (%s) or its id; this text holds more than an id.", last(s.row.Name), targets(s.row))
			case !slices.Contains(s.row.Targets, a.Kind):
				ev.c.fail(q, "Reference to the wrong kind", "%s", wrongKind(s.row, a))
			}
		case string:
			if s.row.Has(schema.Local) {
				ev.c.fail(q, "Declared block needed", "%s", declareIt(s.row))
			} else if e == "" {
				ev.c.fail(q, "Empty id", "Name a block of the kind %s, or leave %s out.", targets(s.row), last(s.row.Name))
			}
		}
	}
}

func declareIt(row *schema.Attr) string {
	k := row.Targets[len(row.Targets)-1]
	return fmt.Sprintf("%s takes a block, not an id, because tacit must read the object. Declare %s \"NAME\" { existing = true ... } for one that is on the tenant already, and name it here: %s.NAME.", last(row.Name), k, k)
}
