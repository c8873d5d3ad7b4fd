package hclconf

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// decodeBlocks lays the blocks of the kinds out over the rows.
func (l *loader) decodeBlocks() {
	for _, b := range l.kinds {
		l.decodeBlock(b)
	}
}

func (l *loader) decodeBlock(src *hclBlock) {
	kind := schema.KindByName(src.Type)
	addr := schema.Address{Kind: kind.Name}
	if kind.Unlabelled {
		if !l.labels(src) {
			return
		}
	} else {
		if !l.name(src, kind) {
			return
		}
		addr.Name = src.Labels[0]
	}
	if first := l.byAddr[addr]; first != nil {
		advice := "give one of the blocks another name"
		if kind.Unlabelled {
			advice = "there is one such block; take this one out"
		}
		l.c.fail(at(src.DefRange()).and(first.header), "Declared twice", "%s is declared already; %s.", addr, advice)
		return
	}
	b := &block{
		kind: kind, addr: addr, header: src.DefRange(), src: convertRange(src.DefRange()),
		meta: map[string]*unit{}, sites: make([]*site, len(kind.Attrs)),
	}
	l.byAddr[addr] = b
	l.blocks = append(l.blocks, b)
	d := &bodyDecoder{loader: l, b: b, groups: map[string]hcl.Range{}}
	d.body(src.Body, "", nil)
	d.useMetadata()
	d.required(src.Body)
}

// bodyDecoder walks the body of one block and its nested blocks.
type bodyDecoder struct {
	*loader
	b *block
	// groups are the nested blocks seen so far, to refuse a second one.
	groups map[string]hcl.Range
	resets *hclsyntax.Attribute
}

// body decodes the attributes and blocks at a prefix ("" or "idp_initiated.").
func (d *bodyDecoder) body(body *hclsyntax.Body, prefix string, dyn []*dynamic) {
	for _, a := range attributes(body) {
		if prefix == "" && d.setting(a) {
			continue
		}
		d.attribute(a, prefix, dyn)
	}
	for _, inner := range body.Blocks {
		d.nested(inner, prefix, dyn)
	}
	if prefix == "" && d.resets != nil {
		d.reset(d.resets)
	}
}

// attributes returns a body's attributes in the order in which they stand.
func attributes(body *hclsyntax.Body) []*hclsyntax.Attribute {
	return slices.SortedFunc(maps.Values(body.Attributes), func(a, b *hclsyntax.Attribute) int {
		return a.NameRange.Start.Byte - b.NameRange.Start.Byte
	})
}

// setting takes the arguments that every block, or its kind, accepts besides
// the rows.
func (d *bodyDecoder) setting(a *hclsyntax.Attribute) bool {
	switch {
	case a.Name == "for_each" && !d.b.kind.Unlabelled:
		d.b.forEach = d.unit(d.b.addr.String()+".for_each", a.Expr, nil, nil)
	case a.Name == "reset" && d.b.kind.Collection != "":
		d.resets = a
	case slices.Contains(d.b.kind.Meta, a.Name):
		d.b.meta[a.Name] = d.unit(d.b.addr.String()+"."+a.Name, a.Expr, d.b, nil)
	default:
		return false
	}
	return true
}

func (d *bodyDecoder) attribute(a *hclsyntax.Attribute, prefix string, dyn []*dynamic) {
	name := prefix + a.Name
	i := d.b.kind.Index(name)
	if i < 0 || d.b.kind.Attrs[i].Has(schema.Internal) {
		d.unknown(a, prefix)
		return
	}
	row := &d.b.kind.Attrs[i]
	switch {
	case row.Type == schema.Objects:
		d.c.fail(at(a.NameRange), "Write blocks here", "%s is written as one block per element: %s \"LABEL\" { ... }.", a.Name, a.Name)
	case row.Type == schema.Query && name == row.Name:
		d.c.fail(at(a.NameRange), "Write a block here", "Write %s { response_type = [...] ... }, or %s = \"...\" with the whole query as text.", a.Name, last(row.Alt))
	default:
		s := d.site(i, a.NameRange, a.Expr.Range(), dyn)
		if s == nil {
			return
		}
		if row.Type == schema.Ref || row.Type == schema.Refs {
			s.refs, s.list = d.refParts(s.name, a.Expr, dyn)
			s.bad = row.Type == schema.Ref && s.list && d.oneOnly(a, row)
			return
		}
		s.unit = d.unit(s.name, a.Expr, d.b, dyn)
	}
}

func (d *bodyDecoder) oneOnly(a *hclsyntax.Attribute, row *schema.Attr) bool {
	d.c.fail(at(a.Expr.Range()), "Wrong type", "%s takes one block of the kind %s, not a list; leave the brackets out.", a.Name, targets(row))
	return true
}

// unknown reports an attribute that no row has, and what was probably meant.
func (d *bodyDecoder) unknown(a *hclsyntax.Attribute, prefix string) {
	what := d.b.kind.Name
	if prefix != "" {
		what = strings.TrimSuffix(prefix, ".") + " of " + what
	}
	if d.group(prefix+a.Name) || a.Name == "query" {
		d.c.fail(at(a.NameRange), "Write a block here", "%s is a block: write %s { ... } without the equals sign.", a.Name, a.Name)
		return
	}
	if a.Name == "count" && prefix == "" {
		d.c.fail(at(a.NameRange), "Unknown attribute", "There is no count; use for_each over a set or map, such as for_each = toset([\"a\", \"b\"]).")
		return
	}
	hint := DidYouMean(a.Name, d.names(prefix))
	if base := strings.TrimSuffix(a.Name, "_id"); hint == "" && base != a.Name && d.b.kind.Attr(prefix+base) != nil {
		hint = DidYouMean(base, []string{base})
	}
	if prefix == "" && hint == "" {
		for _, row := range d.b.kind.Attrs {
			if group, leaf, ok := strings.Cut(row.Name, "."); ok && leaf == a.Name && !row.Has(schema.Internal) {
				hint = " It belongs into the block " + group + "."
			}
		}
	}
	if prefix == "" && hint == "" {
		hint = otherKinds(a.Name)
	}
	d.c.fail(at(a.NameRange), "Unknown attribute", "%s has no attribute %q.%s", what, a.Name, hint)
}

// otherKinds names the kinds that have the setting, "" when none has.
func otherKinds(setting string) string {
	var kinds []string
	for _, k := range schema.Kinds() {
		if slices.Contains(k.Meta, setting) {
			kinds = append(kinds, k.Name)
		}
	}
	if kinds == nil {
		return ""
	}
	return " Only " + strings.Join(kinds, ", ") + " can have it; take it out."
}

// names lists what may stand at a prefix.
func (d *bodyDecoder) names(prefix string) []string {
	var out []string
	if prefix == "" {
		out = append(out, d.b.kind.Meta...)
		if !d.b.kind.Unlabelled {
			out = append(out, "for_each")
		}
		if d.b.kind.Collection != "" {
			out = append(out, "reset")
		}
	}
	for _, row := range d.b.kind.Attrs {
		if row.Has(schema.Internal) {
			continue
		}
		for _, name := range []string{row.Name, row.Alt} {
			if rest, ok := strings.CutPrefix(name, prefix); ok && name != "" {
				head, _, _ := strings.Cut(rest, ".")
				out = append(out, head)
			}
		}
	}
	return out
}

// group reports whether rows live below that name.
func (d *bodyDecoder) group(name string) bool {
	return slices.ContainsFunc(d.b.kind.Attrs, func(a schema.Attr) bool {
		return strings.HasPrefix(a.Name, name+".") && !a.Has(schema.Internal)
	})
}

// site registers that the block sets row i; nil when it does so already.
func (d *bodyDecoder) site(i int, name, value hcl.Range, dyn []*dynamic) *site {
	row := &d.b.kind.Attrs[i]
	if first := d.b.sites[i]; first != nil {
		d.c.fail(at(name).and(first.rng), "Set twice", "%s", twice(row))
		return nil
	}
	s := &site{
		node: d.node(d.b.addr.String()+"."+row.Name, name), row: row, block: d.b, src: convertRange(value), dyn: dyn,
		nulls: row.Type == schema.JSON, // null takes a member out
	}
	d.b.sites[i] = s
	return s
}

func twice(row *schema.Attr) string {
	if row.Alt != "" {
		return last(row.Name) + " and " + last(row.Alt) + " are two spellings of one value; keep one of them."
	}
	return last(row.Name) + " has a value already; keep one of them."
}

func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// nested decodes a block inside of a block.
func (d *bodyDecoder) nested(b *hclBlock, prefix string, dyn []*dynamic) {
	if b.Type == "dynamic" {
		d.dynamic(b, prefix, dyn)
		return
	}
	d.content(nestedBlock{typ: b.Type, rng: b.DefRange(), body: b.Body, labels: b.Labels, labelRanges: b.LabelRanges}, prefix, dyn)
}

// nestedBlock is a nested block, written plainly or as a dynamic block.
type nestedBlock struct {
	typ         string
	rng         hcl.Range
	body        *hclsyntax.Body
	labels      []string
	labelRanges []hcl.Range
	label       *unit    // dynamic: the one label
	own         *dynamic // dynamic: the block itself
}

func (d *bodyDecoder) content(n nestedBlock, prefix string, dyn []*dynamic) {
	name := prefix + n.typ
	row := d.b.kind.Attr(name)
	inner := dyn
	if n.own != nil {
		inner = append(slices.Clip(dyn), n.own)
	}
	switch {
	case row != nil && row.Type == schema.Objects:
		d.element(n, d.b.kind.Index(name), dyn)
	case row != nil && row.Type == schema.Query && name == row.Name:
		if d.noLabels(n) {
			d.query(n, d.b.kind.Index(name), inner)
		}
	case d.group(name):
		if !d.noLabels(n) {
			return
		}
		if first, ok := d.groups[name]; ok {
			d.c.fail(at(n.rng).and(first), "Second block", "%s has one %s block; merge the two.", d.b.kind.Name, n.typ)
			return
		}
		d.groups[name] = n.rng
		d.body(n.body, name+".", inner)
		d.requiredInBlock(name, n)
	case row != nil:
		d.c.fail(at(n.rng), "Write an attribute here", "%s is an attribute: write %s = ...", n.typ, n.typ)
	default:
		d.c.fail(at(n.rng), "Unknown block", "%s has no block %q.%s", d.b.kind.Name, n.typ, DidYouMean(n.typ, d.names(prefix)))
	}
}

func (d *bodyDecoder) noLabels(n nestedBlock) bool {
	if len(n.labels) > 0 || n.label != nil {
		d.c.fail(at(n.rng), "Wrong number of labels", "Write %s { ... } without a name.", n.typ)
		return false
	}
	return true
}

// required reports rows that every block must set.
func (d *bodyDecoder) required(body *hclsyntax.Body) {
	for i, row := range d.b.kind.Attrs {
		if s := d.b.sites[i]; row.Has(schema.Required) && s == nil && body.Attributes[row.Name] == nil {
			if d.broken {
				return
			}
			d.c.fail(at(d.b.header), "Missing attribute", "%s needs %s. %s", d.b.addr, row.Name, row.Doc)
		}
	}
}

func (d *bodyDecoder) requiredInBlock(name string, n nestedBlock) {
	for i, row := range d.b.kind.Attrs {
		if rest, ok := strings.CutPrefix(row.Name, name+"."); ok && row.Has(schema.RequiredInBlock) && !strings.Contains(rest, ".") && d.b.sites[i] == nil && n.body.Attributes[rest] == nil {
			d.c.fail(at(n.rng), "Missing attribute", "The block %s needs %s. %s", n.typ, rest, row.Doc)
		}
	}
}

// reset takes the names whose API value shall become null.
func (d *bodyDecoder) reset(a *hclsyntax.Attribute) {
	exprs, diags := hcl.ExprList(a.Expr)
	if diags.HasErrors() {
		d.c.fail(at(a.Expr.Range()), "Wrong type", "reset takes a list of attribute names, such as [\"display_name\"].")
		return
	}
	for _, e := range exprs {
		v, diags := e.Value(nil)
		words, isList, ok := plainStrings(v)
		if diags.HasErrors() || !ok || isList {
			d.c.fail(at(e.Range()), "Wrong type", "reset takes attribute names in quotes, such as [\"display_name\"].")
			continue
		}
		d.resetOne(words[0], e.Range())
	}
}

func (d *bodyDecoder) resetOne(name string, rng hcl.Range) {
	i := d.b.kind.Index(name)
	if i < 0 || d.b.kind.Attrs[i].Has(schema.Internal) {
		var names []string
		for _, row := range d.b.kind.Attrs {
			if !row.Has(schema.Internal) {
				names = append(names, row.Name)
			}
		}
		d.c.fail(at(rng), "Unknown attribute", "%s has no attribute %q to reset.%s", d.b.kind.Name, name, DidYouMean(name, names))
		return
	}
	row := &d.b.kind.Attrs[i]
	if row.Via != "" || row.Has(schema.Required) || row.Has(schema.Immutable) || row.Has(schema.Local) {
		d.c.fail(at(rng), "Cannot be reset", "%s cannot be set to the API's null; take it out of reset.", name)
		return
	}
	if first := d.b.sites[i]; first != nil {
		d.c.fail(at(rng).and(first.rng), "Set and reset", "%s has a value and is named in reset; remove one of them.", name)
		return
	}
	d.b.sites[i] = &site{node: d.node(d.b.addr.String()+"."+row.Name, rng), row: row, block: d.b, src: convertRange(rng), reset: true}
}
