package hclconf

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/tacit-dev/tacit/schema"
)

// importing is an import block.
type importing struct {
	to  schema.Address
	src hcl.Range
	// toRng is where the address stands.
	toRng hcl.Range
	id    *unit
}

func (l *loader) decodeMoved(b *hclBlock) {
	if !l.labels(b) {
		return
	}
	attrs := l.only(b, []string{"from", "to"})
	l.missing(b, "from", "A moved block needs from: the address before, such as spa_client.old.")
	l.missing(b, "to", "A moved block needs to: the address now, such as spa_client.new.")
	from, ok1 := l.address(attrs["from"])
	to, ok2 := l.address(attrs["to"])
	if !ok1 || !ok2 {
		return
	}
	p := at(b.DefRange())
	switch {
	case from.Kind != to.Kind:
		l.c.fail(p, "Move to another kind", "%s cannot become %s: an object keeps its kind.", from, to)
	case from == to:
		l.c.fail(p, "Moved to the same place", "from and to are both %s; remove the block.", from)
	case schema.KindByName(to.Kind).Mark() == nil:
		l.c.warn(p, "Moved block without effect", "%s objects carry no ownership mark; tacit finds them by %s, whatever the block is called. Remove the moved block.", to.Kind, finder(to.Kind))
	default:
		l.moves = append(l.moves, &schema.Move{From: from, To: to, Src: convertRange(b.DefRange())})
	}
}

// finder names what finds objects of a kind without a mark.
func finder(kind string) string {
	k := schema.KindByName(kind)
	if k.NaturalKey == "" {
		return "nothing else"
	}
	out := k.NaturalKey
	for i, n := range k.KeyRest {
		if i == len(k.KeyRest)-1 {
			out += " and " + n
		} else {
			out += ", " + n
		}
	}
	return out
}

// address reads an address that is written out and not evaluated:
// spa_client.portal or saml_connection.customer["acme"].
func (l *loader) address(a *hclsyntax.Attribute) (schema.Address, bool) {
	if a == nil {
		return schema.Address{}, false
	}
	refuse := func(format string, args ...any) (schema.Address, bool) {
		l.c.fail(at(a.Expr.Range()), "Not an address", "%s", fmt.Sprintf(format, args...)+" Write a block's address without quotes, such as spa_client.portal or saml_connection.customer[\"acme\"].")
		return schema.Address{}, false
	}
	if _, quoted := a.Expr.(*hclsyntax.TemplateExpr); quoted {
		return refuse("This is a text.")
	}
	t, diags := hcl.AbsTraversalForExpr(a.Expr)
	if diags.HasErrors() {
		return refuse("%s is not evaluated, so nothing can be computed in it.", a.Name)
	}
	k := schema.KindByName(t.RootName())
	switch {
	case k == nil:
		return refuse("There are no %s blocks.%s", t.RootName(), DidYouMean(t.RootName(), addressable()))
	case !isAddressable(k):
		return refuse("A %s block stands for no object that can be moved or imported.", k.Name)
	case len(t) < 2 || len(t) > 3:
		return refuse("This is not the address of an object.")
	}
	name, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return refuse("The name of the block is missing.")
	}
	out := schema.Address{Kind: k.Name, Name: name.Name}
	if len(t) == 3 {
		index, ok := t[2].(hcl.TraverseIndex)
		if !ok || index.Key.Type() != cty.String {
			return refuse("After the name only a key in brackets and quotes may follow.")
		}
		out.Key, out.Each = index.Key.AsString(), true
	}
	return out, true
}

// isAddressable: tacit writes objects of the kind, and there may be several.
func isAddressable(k *schema.Kind) bool {
	return k.Collection != "" && !k.ExistingOnly && !k.Unlabelled
}

func addressable() []string {
	var out []string
	for _, k := range schema.Kinds() {
		if isAddressable(k) {
			out = append(out, k.Name)
		}
	}
	return out
}

// declared returns the block at an address, and whether it has that instance.
// known is false when the block's instances could not be found.
func (ev *evaluation) declared(a schema.Address) (b *block, there, known bool) {
	b = ev.f.byAddr[a.Block()]
	if b == nil {
		return nil, false, true
	}
	set := ev.instances(b)
	if set.failed {
		return b, false, false
	}
	if b.forEach == nil {
		return b, !a.Each, true
	}
	return b, a.Each && set.find(a.Key) != nil, true
}

// moves checks the moved blocks against what is declared.
func (ev *evaluation) moves(config *schema.Config) {
	config.Moved = ev.f.moves
	config.Ignores = ev.f.ignores
	moves := schema.NewMoves(ev.f.moves)
	from, to := map[schema.Address]*schema.Move{}, map[schema.Address]*schema.Move{}
	for _, m := range ev.f.moves {
		p := at(rangeOf(m.Src))
		if first := from[m.From]; first != nil {
			ev.c.fail(p.and(rangeOf(first.Src)), "Moved twice", "%s has one new address only; remove one of the two blocks.", m.From)
			continue
		}
		if first := to[m.To]; first != nil {
			ev.c.fail(p.and(rangeOf(first.Src)), "Two objects moved to one place", "%s and %s cannot both become %s; remove one of the two blocks.", first.From, m.From, m.To)
			continue
		}
		from[m.From], to[m.To] = m, m
		if !ev.moveCycle(moves, m) {
			ev.moveEnds(moves, m, p)
		}
	}
}

// moveCycle reports moved blocks that lead back to where they began, once.
func (ev *evaluation) moveCycle(moves *schema.Moves, m *schema.Move) bool {
	circle := []*schema.Move{m}
	for a := m.To; ; {
		next, e := moves.Next(a)
		switch {
		case e == nil:
			return false
		case e == m:
			ev.circle(circle)
			return true
		case slices.Contains(circle, e):
			return true // it comes into a circle, which is reported there
		}
		circle, a = append(circle, e), next
	}
}

func (ev *evaluation) circle(members []*schema.Move) {
	first := slices.MinFunc(members, func(a, b *schema.Move) int {
		if before(rangeOf(a.Src), rangeOf(b.Src)) {
			return -1
		}
		return 1
	})
	p := at(rangeOf(first.Src))
	for _, m := range members {
		if m != first {
			p = p.and(rangeOf(m.Src))
		}
	}
	slices.SortFunc(p.also, func(a, b hcl.Range) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
	ev.c.fail(p, "Moved in a circle", "These moved blocks lead back to %s. Keep the ones that say where objects are now.", first.From)
}

// moveEnds: the old address must be free, and the last one taken.
func (ev *evaluation) moveEnds(moves *schema.Moves, m *schema.Move, p place) {
	end := moves.Last(m.To)
	target, there, known := ev.declared(end)
	whole := !m.From.Each && !m.To.Each
	switch {
	case !known || ev.f.broken:
		return
	case target == nil:
		ev.c.fail(p, "Moved to nothing", "No block declares %s.%s A moved block names the address that the object has now.", end, DidYouMean(end.Name, ev.namesOf(end.Kind)))
	case !there && (!whole || end.Each):
		ev.c.fail(p.and(target.header), "Moved to nothing", "%s", instanceHint(target, end))
	}
	source, still, known := ev.declared(m.From)
	if source != nil && known && (still || whole) {
		ev.c.fail(p.and(source.header), "Moved, but still declared", "%s is declared, so its object cannot have another address. Remove that block, or the moved block.", m.From)
	}
}

// instanceHint says why a block that is there does not have the instance.
func instanceHint(b *block, a schema.Address) string {
	if a.Each && b.forEach == nil {
		return fmt.Sprintf("%s has no for_each, so there is no %s; leave the key out.", b.addr, a)
	}
	if !a.Each {
		return fmt.Sprintf("%s has for_each; name the instance: %s[\"KEY\"].", b.addr, b.addr)
	}
	return fmt.Sprintf("%s makes no instance %q.", b.addr, a.Key)
}

// namesOf lists the names of the declared blocks of a kind.
func (ev *evaluation) namesOf(kind string) []string {
	var out []string
	for _, b := range ev.f.blocks {
		if b.kind.Name == kind {
			out = append(out, b.addr.Name)
		}
	}
	return out
}

func rangeOf(r *schema.Range) hcl.Range {
	return hcl.Range{Filename: r.File, Start: posOf(r.Start), End: posOf(r.End)}
}

func (l *loader) decodeImport(b *hclBlock) {
	if !l.labels(b) {
		return
	}
	attrs := l.only(b, []string{"to", "id"})
	l.missing(b, "to", "An import block needs to: the address of a declared block, such as saml_connection.acme.")
	l.missing(b, "id", "An import block needs id: the object's id on the tenant, such as \"con_...\".")
	to, ok := l.address(attrs["to"])
	if !ok || attrs["id"] == nil {
		return
	}
	if schema.KindByName(to.Kind).Mark() == nil {
		l.c.warn(at(b.DefRange()), "Import block without effect", "%s objects carry no ownership mark, so none can be taken over; tacit finds them by %s. Remove the import block.", to.Kind, finder(to.Kind))
		return
	}
	l.imports = append(l.imports, &importing{
		to: to, src: b.DefRange(), toRng: attrs["to"].Expr.Range(),
		id: l.unit("import of "+to.String(), attrs["id"].Expr, nil, nil),
	})
}

// imports evaluates the import blocks and checks them against what is declared.
func (ev *evaluation) imports(config *schema.Config) {
	targets, ids := map[schema.Address]*importing{}, map[string]*importing{}
	for _, im := range ev.f.imports {
		id, ok := ev.importID(im)
		if !ok || !ev.importTarget(config, im) {
			continue
		}
		key := string(schema.KindByName(im.to.Kind).Collection) + " " + id
		if first := targets[im.to]; first != nil {
			ev.c.fail(at(im.src).and(first.src), "Imported twice", "%s stands for one object; remove one of the two blocks.", im.to)
			continue
		}
		if first := ids[key]; first != nil {
			ev.c.fail(at(im.src).and(first.src), "Imported twice", "The object %s cannot be both %s and %s; remove one of the two blocks.", id, first.to, im.to)
			continue
		}
		targets[im.to], ids[key] = im, im
		config.Imports = append(config.Imports, &schema.Import{To: im.to, ID: id, Src: convertRange(im.src)})
	}
}

func (ev *evaluation) importTarget(config *schema.Config, im *importing) bool {
	b, there, known := ev.declared(im.to)
	p := at(im.toRng)
	switch {
	case !known || ev.f.broken:
		return false
	case b == nil:
		ev.c.fail(p, "Imported to nothing", "No block declares %s.%s Declare what the object shall be, then import it.", im.to, DidYouMean(im.to.Name, ev.namesOf(im.to.Kind)))
		return false
	case !there:
		ev.c.fail(p.and(b.header), "Imported to nothing", "%s", instanceHint(b, im.to))
		return false
	}
	if o := config.Object(im.to); o != nil && o.Existing {
		ev.c.fail(p.and(b.header), "Import of an existing block", "%s is existing, so tacit never writes it, not even the mark that makes it owned. Remove existing, or the import block.", im.to)
		return false
	}
	return true
}

func (ev *evaluation) importID(im *importing) (string, bool) {
	v, o := ev.base.memo(&im.id.node, nil, func(w *world) outcome {
		v, o := w.eval(im.id, im.id.expr, nil, nil)
		o.v = v
		return o
	}).value()
	if o.failed {
		return "", false
	}
	bare, marks := v.Unmark()
	text, err := convert.Convert(bare, cty.String)
	if err != nil || len(marks) > 0 || bare.IsNull() || !bare.IsKnown() || text.AsString() == "" {
		ev.c.fail(at(im.id.rng), "Unusable id", "id takes the object's id on the tenant as a text that is known before apply and not sensitive.")
		return "", false
	}
	return text.AsString(), true
}
