package hclconf

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// output is an output block.
type output struct {
	name, description string
	sensitive         bool
	header            hcl.Range
	// site holds the value as if it were an attribute of the type JSON.
	site *site
}

// decodeOthers decodes the blocks that are neither settings nor kinds.
func (l *loader) decodeOthers() {
	for _, b := range l.others {
		switch b.Type {
		case "output":
			l.decodeOutput(b)
		case "moved":
			l.decodeMoved(b)
		case "import":
			l.decodeImport(b)
		case "removed":
			l.decodeRemoved(b)
		}
	}
	slices.SortFunc(l.outputs, func(a, b *output) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
}

// outputNames are the attributes of an output block.
var outputNames = [...]string{"value", "description", "sensitive"}

func (l *loader) decodeOutput(b *hclBlock) {
	if !l.labels(b, "NAME") {
		return
	}
	o := &output{name: b.Labels[0], header: b.DefRange()}
	if i := slices.IndexFunc(l.outputs, func(other *output) bool { return other.name == o.name }); i >= 0 {
		l.c.fail(at(o.header).and(l.outputs[i].header), "Output declared twice", "There is an output %q already; give one of the two another name.", o.name)
		return
	}
	attrs := l.only(b, outputNames[:])
	if a := attrs["description"]; a != nil {
		o.description = l.literal(a, cty.String).AsString()
	}
	if a := attrs["sensitive"]; a != nil {
		o.sensitive = l.literal(a, cty.Bool).True()
	}
	a := attrs["value"]
	if a == nil {
		l.missing(b, "value", "An output needs value: what to show under its name.")
		return
	}
	name := "output." + o.name
	o.site = &site{
		node: l.node(name, a.NameRange), row: &schema.Attr{Name: "value", Type: schema.JSON},
		src: convertRange(a.Expr.Range()), unit: l.unit(name, a.Expr, nil, nil), nulls: true,
	}
	l.outputs = append(l.outputs, o)
}

// only returns a block's attributes and refuses all others, and blocks.
func (l *loader) only(b *hclBlock, names []string) map[string]*hclsyntax.Attribute {
	for _, inner := range b.Body.Blocks {
		l.c.fail(at(inner.DefRange()), "Unknown block", "The %s block holds attributes only: %s.", b.Type, strings.Join(names, ", "))
	}
	out := map[string]*hclsyntax.Attribute{}
	for _, name := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
		a := b.Body.Attributes[name]
		if !slices.Contains(names, name) {
			l.c.fail(at(a.NameRange), "Unknown attribute", "The %s block has no attribute %q.%s", b.Type, name, DidYouMean(name, names))
			continue
		}
		out[name] = a
	}
	return out
}

// missing reports an attribute that the block must have; in a broken file it
// may only not have been read.
func (l *loader) missing(b *hclBlock, name, why string) {
	if !l.broken && b.Body.Attributes[name] == nil {
		l.c.fail(at(b.DefRange()), "Missing attribute", "%s", why)
	}
}

// outputs evaluates the output blocks.
func (ev *evaluation) outputs(config *schema.Config) {
	for _, o := range ev.f.outputs {
		r := ev.base.site(o.site, nil)
		if r.failed || ev.wholeObject(o, r) {
			continue
		}
		out := &schema.Output{Name: o.name, Description: o.description, Sensitive: o.sensitive, Src: o.site.src}
		if !r.null {
			v, marks := r.v.UnmarkDeep()
			out.Sensitive = out.Sensitive || len(marks) > 0
			out.V, out.Unknown = ev.symbolic(o.site, nil, r, v)
			if out.Unknown {
				out.V, out.Unknown, _ = ev.real(o.site, nil)
			}
			if ev.ids != nil {
				out.V, _ = schema.Resolve(out.V, ev.ids)
			}
		}
		config.Outputs = append(config.Outputs, out)
	}
}

// wholeObject refuses blocks in an output: which of their attributes there are
// depends on what a block happens to set, and some are references again.
func (ev *evaluation) wholeObject(o *output, r outcome) bool {
	if r.null {
		return false
	}
	a, found := findRef(r.v)
	if found {
		ev.c.fail(at(o.site.valueRange()), "Whole block in an output", "The value holds all of %s. Name what is to be shown: %s.id, or { for k, x in BLOCK : k => x.id } for a block with for_each.", a, a)
	}
	return found
}

// findRef looks for an object's identity inside of a value.
func findRef(v cty.Value) (schema.Address, bool) {
	v, _ = v.Unmark()
	if a, ok := refOf(v); ok {
		return a, true
	}
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() {
		return schema.Address{}, false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); !e.Type().IsPrimitiveType() {
			if a, ok := findRef(e); ok {
				return a, true
			}
		}
	}
	return schema.Address{}, false
}
