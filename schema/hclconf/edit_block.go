package hclconf

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// query changes a query block parameter by parameter.
func (ed *editor) query(e Edit) ([]splice, string) {
	b := blockAt(ed.body, ed.site.rng)
	if b == nil {
		return nil, computed
	}
	if e.Value == nil {
		return []splice{ed.block(b)}, ""
	}
	is, _ := e.Value.(string)
	was, _ := e.Was.(string)
	want, ok := AsQueryBlock(is)
	if !ok {
		return nil, "the tenant's query cannot be said as a block"
	}
	old := map[string]any{}
	if q, ok := AsQueryBlock(was); ok {
		for _, a := range q {
			old[a.Name] = a.Value
		}
	}
	var cuts []splice
	for _, part := range ed.site.query {
		i := slices.IndexFunc(want, func(a Arg) bool { return a.Name == part.key })
		if i < 0 {
			if _, said := old[part.key]; said { // one that is null says nothing
				cuts = append(cuts, ed.line(b.Body.Attributes[part.key].SrcRange))
			}
			continue
		}
		more, why := ed.parameter(part, old[part.key], want[i].Value)
		if why != "" {
			return nil, why
		}
		cuts = append(cuts, more...)
		want = slices.Delete(want, i, i+1)
	}
	for _, a := range want {
		if b.Body.Attributes[a.Name] != nil {
			return nil, "the tenant's query has a parameter twice"
		}
		cuts = append(cuts, ed.insert(b, a.Name+" = "+expression(a.Value)))
	}
	return cuts, ""
}

func (ed *editor) parameter(part queryPart, was, is any) ([]splice, string) {
	if schema.Same(was, is) {
		return nil, ""
	}
	words := func(v any) any {
		if s, ok := v.(string); ok {
			list := []any{}
			for _, w := range strings.Fields(s) {
				list = append(list, w)
			}
			return list
		}
		return v
	}
	if x, ok := unparen(part.unit.expr).(*hclsyntax.TupleConsExpr); ok {
		list, _ := words(is).([]any)
		return ed.list(x, words(was), list)
	}
	if list, ok := is.([]any); ok { // written as one text
		var all []string
		for _, w := range list {
			s, _ := w.(string)
			all = append(all, s)
		}
		is = strings.Join(all, " ")
	}
	return ed.value(part.unit.expr, was, is)
}

// elements changes, takes out and adds labelled blocks.
func (ed *editor) elements(e Edit) ([]splice, string) {
	row := ed.site.row
	is := map[string]map[string]any{}
	var order []string
	list, _ := e.Value.([]any)
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			label, _ := m[row.Key].(string)
			is[label] = m
			order = append(order, label)
		}
	}
	var cuts []splice
	var last *hclBlock
	for _, el := range ed.site.elems {
		b := blockAt(ed.body, el.rng)
		if b == nil || len(el.dyn) > 0 || el.labels != nil {
			return nil, "a dynamic block makes it"
		}
		last = b
		m, stays := is[el.label]
		delete(is, el.label)
		if !stays {
			cuts = append(cuts, ed.block(b))
			continue
		}
		more, why := ed.fields(el, b, m)
		if why != "" {
			return nil, why
		}
		cuts = append(cuts, more...)
	}
	for _, label := range order {
		if m := is[label]; m != nil && last != nil {
			cuts = append(cuts, ed.another(last, m))
		}
	}
	return cuts, ""
}

func (ed *editor) fields(el *element, b *hclBlock, is map[string]any) ([]splice, string) {
	var cuts []splice
	for i := range ed.site.row.Elem {
		name := ed.site.row.Elem[i].Name
		v, set := is[name]
		a := b.Body.Attributes[name]
		switch {
		case a == nil && set:
			cuts = append(cuts, ed.insert(b, name+" = "+expression(v)))
		case a == nil:
		case !set || v == nil:
			cuts = append(cuts, ed.line(a.SrcRange))
		default:
			was, ok := ed.constant(a.Expr)
			if ok && schema.Same(was, v) {
				continue
			}
			if !ok {
				return nil, "the " + name + " of " + el.label + " is computed by an expression"
			}
			cuts = append(cuts, ed.replaced(a.Expr, expression(v)))
		}
	}
	return cuts, ""
}

// another writes an element below the last one.
func (ed *editor) another(b *hclBlock, m map[string]any) splice {
	w := blockWriter{out: &strings.Builder{}}
	w.element(ed.site.row, last(ed.site.row.Name), m)
	from, _ := lineStart(ed.text, b.TypeRange.Start.Byte)
	indent := string(ed.text[from:b.TypeRange.Start.Byte])
	text := indent + strings.ReplaceAll(strings.TrimSuffix(w.out.String(), "\n"), "\n", "\n"+indent) + "\n"
	end := b.CloseBraceRange.End.Byte
	to, _, alone := lineEnd(ed.text, end)
	if !alone || strings.TrimSpace(indent) != "" {
		return splice{end, end, "\n" + text}
	}
	if !bytes.HasSuffix(ed.text[:to], []byte("\n")) {
		text = "\n" + text
	}
	return splice{to, to, text}
}
