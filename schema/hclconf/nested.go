package hclconf

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// query decodes a query block: any key with a text or a list of words.
func (d *bodyDecoder) query(n nestedBlock, i int, dyn []*dynamic) {
	if first := d.b.sites[i]; first != nil && first.isQuery {
		d.c.fail(at(n.rng).and(first.rng), "Second block", "There is a query block already; merge the two.")
		return
	}
	s := d.site(i, n.rng, n.rng, dyn)
	if s == nil {
		return
	}
	s.isQuery = true
	for _, inner := range n.body.Blocks {
		d.c.fail(at(inner.DefRange()), "Block in a query", "A query holds attributes only: %s = \"...\".", inner.Type)
	}
	attrs := attributes(n.body)
	if len(attrs) == 0 && len(n.body.Blocks) == 0 {
		d.c.fail(at(n.rng), "Empty query", "Set at least response_type, scope and redirect_uri. To remove the query from the tenant, leave the block out and write reset = [%q].", s.row.Name)
		s.bad = true
		return
	}
	// The three that every query has come first, in the order in which Auth0's
	// documentation writes them; the rest as written.
	slices.SortStableFunc(attrs, func(a, b *hclsyntax.Attribute) int { return queryRank(a.Name) - queryRank(b.Name) })
	for _, a := range attrs {
		s.query = append(s.query, queryPart{key: a.Name, unit: d.unit(s.name+"."+a.Name, a.Expr, d.b, dyn)})
	}
}

func queryRank(key string) int {
	const last = 3
	for i, k := range [...]string{"response_type", "scope", "redirect_uri"} {
		if k == key {
			return i
		}
	}
	return last
}

// element decodes one labelled block (scope "read:orders" { ... }).
func (d *bodyDecoder) element(n nestedBlock, i int, dyn []*dynamic) {
	s := d.b.sites[i]
	if s == nil {
		if s = d.site(i, n.rng, n.rng, dyn); s == nil {
			return
		}
	}
	if len(n.labels) != 1 && n.label == nil {
		d.c.fail(at(n.rng), "Wrong number of labels", "Write %s \"LABEL\" { ... }.", n.typ)
		return
	}
	e := &element{rng: n.rng, labels: n.label}
	iters := dyn
	if n.own != nil {
		e.dyn = []*dynamic{n.own}
		iters = append(slices.Clip(dyn), n.own)
	} else {
		e.label = n.labels[0]
		for _, other := range s.elems {
			if other.labels == nil && other.label == e.label {
				d.c.fail(at(n.rng).and(other.rng), "Declared twice", "There is a %s %q already; merge the two.", n.typ, e.label)
				return
			}
		}
	}
	for _, inner := range n.body.Blocks {
		d.c.fail(at(inner.DefRange()), "Unknown block", "A %s block holds attributes only.", n.typ)
	}
	for _, a := range attributes(n.body) {
		d.field(s, e, a, iters)
	}
	s.elems = append(s.elems, e)
}

func (d *bodyDecoder) field(s *site, e *element, a *hclsyntax.Attribute, iters []*dynamic) {
	var names []string
	for i := range s.row.Elem {
		f := &s.row.Elem[i]
		if f.Name == a.Name {
			e.fields = append(e.fields, field{f, d.unit(s.name+"."+a.Name, a.Expr, d.b, iters)})
			return
		}
		names = append(names, f.Name)
	}
	d.c.fail(at(a.NameRange), "Unknown attribute", "%s has no attribute %q.%s", s.row.Name, a.Name, DidYouMean(a.Name, names))
}

// dynamic decodes dynamic "TYPE" { for_each, iterator, labels, content {} }.
func (d *bodyDecoder) dynamic(b *hclBlock, prefix string, dyn []*dynamic) {
	if len(b.Labels) != 1 {
		d.c.fail(at(b.DefRange()), "Wrong number of labels", "Write dynamic \"BLOCK\" { ... }.")
		return
	}
	n := nestedBlock{typ: b.Labels[0], rng: b.DefRange(), own: &dynamic{iterator: b.Labels[0], rng: b.DefRange()}}
	for _, inner := range b.Body.Blocks {
		if inner.Type != "content" || n.body != nil {
			d.c.fail(at(inner.DefRange()), "Unknown block", "A dynamic block holds one content block.")
			continue
		}
		n.body = inner.Body
	}
	var labels hclsyntax.Expression
	name := d.b.addr.String() + "." + prefix + n.typ
	for _, a := range attributes(b.Body) {
		switch a.Name {
		case "for_each":
			n.own.forEach = d.unit(name+".for_each", a.Expr, d.b, dyn)
		case "iterator":
			if n.own.iterator = hcl.ExprAsKeyword(a.Expr); n.own.iterator == "" {
				d.c.fail(at(a.Expr.Range()), "Wrong type", "iterator takes a name without quotes.")
				return
			}
		case "labels":
			labels = a.Expr
		default:
			d.c.fail(at(a.NameRange), "Unknown attribute", "A dynamic block has for_each, iterator and labels, not %q.", a.Name)
		}
	}
	if n.body == nil || n.own.forEach == nil {
		d.c.fail(at(n.rng), "Incomplete dynamic block", "A dynamic block needs for_each and a content block.")
		return
	}
	if labels != nil {
		exprs, diags := hcl.ExprList(labels)
		label, ok := one(exprs)
		if diags.HasErrors() || !ok {
			d.c.fail(at(labels.Range()), "Wrong number of labels", "labels takes a list of one name, such as [%s.key].", n.own.iterator)
			return
		}
		n.label = d.unit(name+".labels", label, d.b, append(slices.Clip(dyn), n.own))
	}
	if row := d.b.kind.Attr(prefix + n.typ); row != nil && row.Type == schema.Objects && n.label == nil {
		d.c.fail(at(n.rng), "Wrong number of labels", "Add labels = [%s.key] (or value) to this dynamic block.", n.own.iterator)
		return
	}
	d.content(n, prefix, dyn)
}

func one(exprs []hcl.Expression) (hclsyntax.Expression, bool) {
	if len(exprs) != 1 {
		return nil, false
	}
	e, ok := exprs[0].(hclsyntax.Expression)
	return e, ok
}
