package hclconf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// removing is a removed block. It is laid out like a block of its kind that
// sets nothing but the key, at an address that no block can have.
type removing struct {
	block   *block
	destroy *unit
}

func (l *loader) decodeRemoved(src *hclBlock) {
	if len(src.Labels) != 1 {
		l.c.fail(at(src.DefRange()), "Wrong number of labels", "Write removed \"KIND\" { ... } with what finds the object, such as removed \"api\" { identifier = \"...\" }.")
		return
	}
	k := schema.KindByName(src.Labels[0])
	if k == nil || !isAddressable(k) {
		hint := ""
		if k == nil {
			hint = DidYouMean(src.Labels[0], addressable())
		}
		l.c.fail(at(src.LabelRanges[0]), "Cannot be removed", "removed takes one of the kinds %s.%s", strings.Join(addressable(), ", "), hint)
		return
	}
	r := &removing{block: &block{
		kind: k, addr: schema.Address{Kind: "removed." + k.Name}, header: src.DefRange(), src: convertRange(src.DefRange()),
		meta: map[string]*unit{}, sites: make([]*site, len(k.Attrs)),
	}}
	d := &bodyDecoder{loader: l, b: r.block}
	names := keyNames(k)
	for _, inner := range src.Body.Blocks {
		l.c.fail(at(inner.DefRange()), "Unknown block", "A removed block holds attributes only: %s.", strings.Join(names, ", "))
	}
	for _, a := range attributes(src.Body) {
		name := r.block.addr.String() + "." + a.Name
		switch {
		case !slices.Contains(names, a.Name):
			l.c.fail(at(a.NameRange), "Unknown attribute", "removed %q takes only %s.%s", k.Name, strings.Join(names, ", "), DidYouMean(a.Name, names))
		case a.Name == "for_each":
			r.block.forEach = l.unit(name, a.Expr, nil, nil)
		case a.Name == "destroy":
			r.destroy = l.unit(name, a.Expr, r.block, nil)
		case a.Name == "prevent_destroy":
			r.block.meta[a.Name] = l.unit(name, a.Expr, r.block, nil)
		default:
			d.attribute(a, "", nil)
		}
	}
	if l.removedKey(src, r.block) {
		l.removed = append(l.removed, r)
	}
}

// keyNames is what a removed block of a kind may set.
func keyNames(k *schema.Kind) []string {
	var out []string
	if i := identity(k); i >= 0 {
		out = append(out, k.Attrs[i].Name)
	}
	for _, a := range k.Key() {
		out = append(out, a.Name)
	}
	out = append(out, "destroy")
	if k.PreventDestroy {
		out = append(out, "prevent_destroy")
	}
	return append(out, "for_each")
}

// identity is the row that finds an object whatever its other values are.
func identity(k *schema.Kind) int {
	return slices.IndexFunc(k.Attrs, func(a schema.Attr) bool { return a.Has(schema.Identity) })
}

// removedKey: all parts of the key that have no default must be there, or the
// identity alone.
func (l *loader) removedKey(src *hclBlock, b *block) bool {
	id, key := identity(b.kind), b.kind.Index(b.kind.NaturalKey)
	if id >= 0 && b.sites[id] != nil {
		if b.sites[key] != nil {
			l.c.fail(at(b.header).and(b.sites[id].rng, b.sites[key].rng), "Named twice", "Name the object by %s or by %s, not by both.", b.kind.Attrs[id].Name, b.kind.NaturalKey)
			return false
		}
		return true
	}
	ok := true
	for _, a := range b.kind.Key() {
		if b.sites[b.kind.Index(a.Name)] == nil && a.Default == nil && src.Body.Attributes[a.Name] == nil {
			also := ""
			if id >= 0 {
				also = ", or " + b.kind.Attrs[id].Name
			}
			l.c.fail(at(b.header), "Missing attribute", "removed %q needs %s%s, which finds the object on the tenant.", b.kind.Name, a.Name, also)
			ok = false
		}
	}
	return ok
}

// removals evaluates the removed blocks and refuses those that contradict what
// is declared.
func (ev *evaluation) removals(config *schema.Config) {
	if len(ev.f.removed) == 0 {
		return
	}
	declared, seen := keysOf(config.Objects), map[string]*schema.Object{}
	for _, r := range ev.f.removed {
		for _, in := range ev.instances(r.block).list {
			out := ev.removal(r, in)
			config.Removed = append(config.Removed, out)
			for _, key := range objectKeys(out.Object) {
				p := placeOf(r.block.header, in)
				if o := declared[key]; o != nil {
					ev.c.fail(p.and(rangeOf(o.Src)), "Removed, but still declared", "%s describes the same object. Remove that block, or the removed block.", o.Addr)
				} else if first := seen[key]; first != nil {
					ev.c.fail(p.and(rangeOf(first.Src)), "Removed twice", "Another removed block names the same object; keep one of the two.")
				}
				seen[key] = out.Object
			}
		}
	}
}

func (ev *evaluation) removal(r *removing, in *instance) *schema.Removed {
	b := r.block
	o := &schema.Object{Kind: b.kind, Addr: in.addr, Src: b.src, Wants: make([]schema.Want, len(b.kind.Attrs))}
	for i, s := range b.sites {
		if s == nil {
			continue
		}
		if o.Wants[i] = ev.want(s, in, o); o.Wants[i].Mode == schema.Unmanaged && s.row.Default == nil && !s.row.Has(schema.Required) {
			ev.c.fail(placeOf(s.valueRange(), in), "Missing value", "%s must not be null: it finds the object.", s.row.Name)
		}
	}
	o.PreventDestroy = b.kind.PreventDestroy
	out := &schema.Removed{Object: o, Destroy: true}
	if u := b.meta["prevent_destroy"]; u != nil {
		if on, ok := ev.flag(u, in, "prevent_destroy"); ok {
			o.PreventDestroy = on
		}
	}
	p := placeOf(b.header, in)
	if r.destroy != nil {
		on, ok := ev.flag(r.destroy, in, "destroy")
		out.Destroy = on || !ok
		p = placeOf(r.destroy.rng, in)
	}
	switch {
	case !out.Destroy && b.kind.Mark() == nil:
		ev.c.fail(p, "Nothing to forget", "%s objects carry no ownership mark; to leave one alone, remove its block and write no removed block.", b.kind.Name)
	case out.Protected() != "":
		ev.c.fail(placeOf(b.header, in), "Protected against deletion", "%s", out.Protected())
	}
	return out
}

// keysOf indexes objects by everything that finds them.
func keysOf(objects []*schema.Object) map[string]*schema.Object {
	out := map[string]*schema.Object{}
	for _, o := range objects {
		for _, k := range objectKeys(o) {
			out[k] = o
		}
	}
	return out
}

// objectKeys are the texts under which an object is found: its identity and
// its natural key, as far as they are known or templates.
func objectKeys(o *schema.Object) []string {
	if o.Kind.Collection == "" || o.Kind.NaturalKey == "" {
		return nil
	}
	var out []string
	if i := identity(o.Kind); i >= 0 {
		if s, ok := keyText(&o.Wants[i]); ok {
			out = append(out, fmt.Sprintf("%s id %s", o.Kind.Collection, s))
		}
	}
	key := string(o.Kind.Collection) + " key"
	for _, a := range o.Kind.Key() {
		w := o.Want(a.Name)
		if d, ok := a.Default.(string); ok && w.Mode == schema.Unmanaged {
			w = &schema.Want{Mode: schema.Exactly, V: d}
		}
		s, ok := keyText(w)
		if !ok {
			return out
		}
		key += " " + s
	}
	return append(out, key)
}

// keyText writes a part of a key; an id that is not known yet by its address.
func keyText(w *schema.Want) (string, bool) {
	if w.Unknown || w.Mode == schema.Unmanaged {
		return "", false
	}
	switch v := w.V.(type) {
	case string:
		return fmt.Sprintf("%q", v), true
	case *schema.Template:
		var b strings.Builder
		for _, p := range v.Parts {
			if p.Addr != nil {
				fmt.Fprintf(&b, "${%s}", p.Addr)
			} else {
				fmt.Fprintf(&b, "%q", p.Lit)
			}
		}
		return b.String(), true
	default:
		return "", false
	}
}
