package hclconf

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// traversal records what a reference such as var.app or spa_client.portal.name
// depends on, or reports that there is no such thing.
func (a *analyser) traversal(t hcl.Traversal) {
	root, rng := t.RootName(), t.SourceRange()
	if b, ok := a.lookup(root); ok {
		a.loopVariable(b, t)
		return
	}
	for _, d := range a.u.iters {
		if d.iterator == root {
			a.u.unsafeIter = a.u.unsafeIter || a.unsafe > 0
			return
		}
	}
	switch root {
	case "var":
		a.named(t, useVar, "variable", func(name string) bool { return a.vars[name] != nil }, func() []string { return slices.Collect(maps.Keys(a.vars)) })
	case "local":
		a.named(t, useLocal, "local", func(name string) bool { return a.locals[name] != nil }, func() []string { return slices.Collect(maps.Keys(a.locals)) })
	case "each":
		a.each(t)
	default:
		if schema.KindByName(root) == nil {
			a.unknownRoot(t)
			return
		}
		if b, rest := a.blockOf(t); b != nil {
			a.instance(b, rest, rng)
			return
		}
		a.unknownBlock(t)
	}
}

// loopVariable handles the variable of a for expression.
func (a *analyser) loopVariable(b binding, t hcl.Traversal) {
	if b.block != nil {
		a.member(use{kind: useBlock, block: b.block, rng: t.SourceRange()}, t[1:])
		return
	}
	if a.unsafe > 0 {
		for i := b.from; i < b.to; i++ {
			a.u.uses[i].unsafe = true
		}
	}
}

// named handles var.NAME and local.NAME.
func (a *analyser) named(t hcl.Traversal, kind useKind, what string, known func(string) bool, names func() []string) {
	name, ok := "", false
	if len(t) > 1 {
		name, ok = stepName(t[1])
	}
	if !ok {
		a.bad(t.SourceRange(), "Incomplete reference", "Write %s.NAME to refer to a %s.", t.RootName(), what)
		return
	}
	if !known(name) {
		hint := DidYouMean(name, names())
		if hint == "" && what == "variable" {
			hint = fmt.Sprintf(" Declare it: variable %q {}.", name)
		}
		a.bad(t.SourceRange(), "Unknown "+what, "No %s is called %q.%s", what, name, hint)
		return
	}
	a.add(use{kind: kind, name: name, rng: t.SourceRange()})
}

// each handles each.key and each.value.
func (a *analyser) each(t hcl.Traversal) {
	if a.u.block == nil || a.u.block.forEach == nil {
		a.bad(t.SourceRange(), "each without for_each", "each.key and each.value exist only inside of a block with for_each.")
		return
	}
	name := ""
	if len(t) > 1 {
		name, _ = stepName(t[1])
	}
	if name != "key" && name != "value" {
		a.bad(t.SourceRange(), "Unknown attribute", "each has key and value only.")
		return
	}
	a.u.each = true
	if name == "value" && a.u.block.chained != nil {
		a.member(use{kind: useBlock, block: a.u.block.chained, own: true, rng: t.SourceRange()}, t[2:])
		return
	}
	a.add(use{kind: useEach, name: name, rng: t.SourceRange()})
}

// addressOf reads the block's address from the first steps of a traversal.
func addressOf(t hcl.Traversal) schema.Address {
	k := schema.KindByName(t.RootName())
	if k == nil || k.Unlabelled {
		return schema.Address{Kind: t.RootName()}
	}
	if len(t) < 2 {
		return schema.Address{}
	}
	name, _ := stepName(t[1])
	return schema.Address{Kind: k.Name, Name: name}
}

// blockOf finds the block that a traversal begins with, and the steps after
// it.
func (l *loader) blockOf(t hcl.Traversal) (*block, hcl.Traversal) {
	b := l.byAddr[addressOf(t)]
	switch {
	case b == nil:
		return nil, nil
	case b.kind.Unlabelled:
		return b, t[1:]
	default:
		return b, t[2:]
	}
}

// instance handles the steps after a block's address: the key of an instance,
// then an attribute.
func (a *analyser) instance(b *block, rest hcl.Traversal, rng hcl.Range) {
	u := use{kind: useBlock, block: b, rng: rng}
	if len(rest) == 0 {
		u.row = rowWhole
		a.add(u)
		return
	}
	index, isIndex := rest[0].(hcl.TraverseIndex)
	switch {
	case b.forEach == nil && isIndex:
		a.bad(rng, "Not a for_each block", "%s has no for_each, so it has no instances; leave the index out.", b.addr)
	case b.forEach == nil:
		a.member(u, rest)
	case !isIndex:
		name, _ := stepName(rest[0])
		a.bad(rng, "Instance missing", "%s has for_each, so it is a map of objects. Name one, %s[\"KEY\"].%s, or all: [for x in %s : x.%s].", b.addr, b.addr, name, b.addr, name)
	case index.Key.Type() != cty.String:
		a.bad(rng, "Instance missing", "The instances of %s have keys: write %s[\"KEY\"].", b.addr, b.addr)
	default:
		u.key, u.keyed = index.Key.AsString(), true
		a.member(u, rest[1:])
	}
}

// member resolves the attribute behind an object.
func (a *analyser) member(u use, steps hcl.Traversal) {
	row, summary, detail := memberRow(u.block, steps)
	if summary != "" {
		a.bad(u.rng, summary, "%s", detail)
		return
	}
	u.row = row
	a.add(u)
}

// memberRow finds the row that steps into a block lead to, or says why there
// is none.
func memberRow(b *block, steps hcl.Traversal) (row int, summary, detail string) {
	var names []string
	for _, s := range steps {
		name, ok := stepName(s)
		if !ok {
			break
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return rowWhole, "", ""
	}
	if b.kind.Collection != "" && (names[0] == "id" || names[0] == b.kind.IDAttr) {
		return rowID, "", ""
	}
	for n := len(names); n > 0; n-- {
		name := strings.Join(names[:n], ".")
		i := b.kind.Index(name)
		if i >= 0 && !b.kind.Attrs[i].Has(schema.Internal) {
			if b.sites[i] == nil {
				return 0, "Not set in the configuration", b.addr.String() + "." + name + " is not set in the configuration, and what the tenant has cannot be referred to. Set it in that block, or use a local for both."
			}
			return i, "", ""
		}
		if group(b.kind, name) {
			return rowWhole, "", ""
		}
	}
	return 0, "Unknown attribute", b.kind.Name + " has no attribute \"" + names[0] + "\"." + DidYouMean(names[0], memberNames(b.kind))
}

func group(k *schema.Kind, name string) bool {
	return slices.ContainsFunc(k.Attrs, func(a schema.Attr) bool {
		return strings.HasPrefix(a.Name, name+".") && !a.Has(schema.Internal)
	})
}

func memberNames(k *schema.Kind) []string {
	var out []string
	if k.Collection != "" {
		out = append(out, "id", k.IDAttr)
	}
	for _, a := range k.Attrs {
		if !a.Has(schema.Internal) {
			head, _, _ := strings.Cut(a.Name, ".")
			out = append(out, head)
		}
	}
	return out
}

// unknownBlock reports a reference to a block that no file declares.
func (a *analyser) unknownBlock(t hcl.Traversal) {
	addr := addressOf(t)
	if addr.Name == "" && !schema.KindByName(t.RootName()).Unlabelled {
		a.bad(t.SourceRange(), "Incomplete reference", "Write %s.NAME to refer to a block.", t.RootName())
		return
	}
	var names []string
	for _, b := range a.blocks {
		if b.kind.Name == addr.Kind {
			names = append(names, b.addr.Name)
		}
	}
	hint := DidYouMean(addr.Name, names)
	if hint == "" {
		for _, b := range a.blocks {
			if b.addr.Name == addr.Name {
				hint = " Did you mean \"" + b.addr.String() + "\"?"
			}
		}
	}
	if hint == "" {
		hint = " Declare it, with existing = true when it is on the tenant already and tacit shall not write it."
	}
	a.bad(t.SourceRange(), "Unknown block", "No block declares %s.%s", addr, hint)
}

// unknownRoot reports a name that is nothing at all.
func (a *analyser) unknownRoot(t hcl.Traversal) {
	root := t.RootName()
	if len(t) == 1 {
		hint := DidYouMean(root, []string{"each", "local", "var"})
		a.bad(t.SourceRange(), "Unknown name", "Nothing is called %s.%s Text stands in quotes: %q.", root, hint, root)
		return
	}
	roots := []string{"each", "local", "var"}
	for _, k := range schema.Kinds() {
		roots = append(roots, k.Name)
	}
	switch root {
	case "locals", "variable":
		short := strings.TrimSuffix(map[string]string{"locals": "local", "variable": "var"}[root], "s")
		a.bad(t.SourceRange(), "Unknown name", "Write %s.%s.", short, strings.TrimPrefix(traversalString(t), root+"."))
	case "output":
		a.bad(t.SourceRange(), "Unknown name", "An output is for people and programs outside; to use a value twice, write it as a local and name local.%s in both places.", strings.TrimPrefix(traversalString(t), root+"."))
	case "data":
		a.bad(t.SourceRange(), "Unknown name", "There are no data blocks; to look at an object of the tenant, declare it with existing = true and refer to that block.")
	default:
		a.bad(t.SourceRange(), "Unknown name", "Nothing is called %s.%s", root, DidYouMean(root, roots))
	}
}
