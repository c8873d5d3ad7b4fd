package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// moved binds an object by the mark of an address at which it was declared
// before; false when the tenant holds no such mark.
func (b *binder) moved(o *schema.Object) bool {
	for _, from := range b.moves.Former(o.Addr) {
		mark := schema.Mark(b.cfg.Workspace, from)
		found := b.byMark[o.Kind.Collection][mark]
		if len(found) == 0 {
			continue
		}
		b.take(o, found, "mark", mark)
		return true
	}
	return false
}

// leftBehind warns of objects that still carry the mark of a former address
// while the new one has an object of its own: nothing declares them.
func (b *binder) leftBehind(o *schema.Object) {
	for _, from := range b.moves.Former(o.Addr) {
		for _, f := range b.byMark[o.Kind.Collection][schema.Mark(b.cfg.Workspace, from)] {
			b.at(schema.Warning, o, o.Src, "Not moved",
				fmt.Sprintf("%s has its own object on the tenant already, so the %s %s, which was created for %s, stays behind and nothing declares it. Remove one of the two.", o.Addr, noun(o.Kind), f.ID, from))
		}
	}
}

// imported binds an object by the id of its import block.
func (b *binder) imported(o *schema.Object, im *schema.Import) {
	fail := func(summary, detail string) {
		b.at(schema.Error, o, im.Src, summary, detail)
	}
	mark := schema.Mark(b.cfg.Workspace, o.Addr)
	if own := b.byMark[o.Kind.Collection][mark]; len(own) > 0 {
		b.take(o, own, "mark", mark)
		if own[0].ID != im.ID {
			fail("Import of another object", fmt.Sprintf("%s is the %s %s already: that one carries its mark. Import %s under another address, or remove the import block.", o.Addr, noun(o.Kind), own[0].ID, im.ID))
			return
		}
		b.at(schema.Warning, o, im.Src, "Import block no longer needed", fmt.Sprintf("%s is owned already; remove the import block.", o.Addr))
		return
	}
	if i := o.Kind.Index("client_id"); i >= 0 && o.Wants[i].Mode == schema.Exactly && o.Wants[i].V != im.ID {
		fail("Import of another object", fmt.Sprintf("%s has another client_id than the import block's id. Write one of the two.", o.Addr))
		return
	}
	found := b.byID[o.Kind.Collection][im.ID]
	if len(found) == 0 {
		among := ""
		if o.Kind == schema.SAMLConnection {
			among = "; connections of other strategies than samlp are not managed"
		}
		fail("Not found on the tenant", fmt.Sprintf("The tenant has no %s with the id %q to import%s. Correct the id, or remove the import block to let tacit create the object.", noun(o.Kind), im.ID, among))
		return
	}
	if b.own(o, found[0]); b.out.Observed[o.Addr] == nil {
		return
	}
	b.out.Owned[o.Addr], b.out.Imported[o.Addr] = true, true
}

// noteMove remembers that an object carries the mark of another address. That
// may be without a moved block, where something else finds the object.
func (b *binder) noteMove(o *schema.Object, mark string) {
	if from, err := schema.ParseAddress(strings.TrimPrefix(mark, b.cfg.Workspace+"/")); err == nil && from != o.Addr {
		b.out.Moved[o.Addr] = from
	}
}

// whyMarked says why an ownership mark is written.
func (b *Binding) whyMarked(a schema.Address) schema.Reason {
	from, moved := b.Moved[a]
	switch {
	case b.Imported[a]:
		return schema.Reason{Code: "mark", Text: "taken over by an import block"}
	case moved:
		return schema.Reason{Code: "mark", Text: "moved from " + from.String()}
	default:
		return schema.Reason{Code: "mark", Text: "ownership mark"}
	}
}

// metadataRoom refuses metadata that leaves no key for the ownership mark,
// where the mark is there or will be written.
func (b *binder) metadataRoom() {
	for _, o := range b.cfg.Objects {
		limit, obs := o.Kind.MetadataLimit(), b.out.Observed[o.Addr]
		if limit == 0 || !o.Writes() || obs != nil && !b.out.Owned[o.Addr] {
			continue
		}
		field, _, _ := strings.Cut(o.Kind.Mark().APIPath(), ".")
		want, _ := o.Want(field).V.(map[string]any)
		if want == nil {
			continue
		}
		keys := []string{"tacit"}
		if obs != nil {
			have, _ := obs.At(field)
			m, _ := have.(map[string]any)
			for k := range m {
				keys = append(keys, k)
			}
		}
		for k, v := range want {
			keys = slices.DeleteFunc(keys, func(s string) bool { return s == k })
			if v != nil {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		if n := len(slices.Compact(keys)); n > limit {
			b.fail(o, field, "Too many metadata keys",
				fmt.Sprintf("%s would hold %d keys: yours, those already on the tenant, and tacit's ownership mark. Auth0 accepts %d. Take %d out.", field, n, limit, n-limit))
		}
	}
}
