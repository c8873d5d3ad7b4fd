package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Binding says which object of the tenant each declared object is.
type Binding struct {
	Observed map[schema.Address]*schema.Observed
	// Owned holds the objects that carry this configuration's mark.
	Owned map[schema.Address]bool
	// Orphans carry this configuration's mark with the address of no block,
	// in collections that the configuration uses.
	Orphans []Orphan
	// Moved holds, for objects found by the mark of a former address, that
	// address.
	Moved map[schema.Address]schema.Address
	// Imported holds the objects that an import block takes over now.
	Imported map[schema.Address]bool
	// Snapshot is what was read, declared or not.
	Snapshot *schema.Snapshot
}

// IDs resolves the ids of objects that exist.
func (b *Binding) IDs() schema.IDs {
	return func(a schema.Address) (string, bool) {
		o, ok := b.Observed[a]
		if !ok {
			return "", false
		}
		return o.ID, true
	}
}

// binder indexes a snapshot, so that binding is linear.
type binder struct {
	cfg   *schema.Config
	known map[schema.Address]bool
	// byKey finds objects per collection by id, mark and natural key.
	byID, byMark, byKey map[schema.Collection]map[string][]*schema.Observed
	// only is the one object of collections that hold one.
	only map[schema.Collection]*schema.Observed
	// others are connections of other strategies, by name.
	others map[string]*schema.Observed
	// moves are the moved blocks, imports the import blocks by target.
	moves   *schema.Moves
	imports map[schema.Address]*schema.Import
	// last: no further object will be bound, so ids unknown now stay so.
	last bool
	out  *Binding
	ds   schema.Diagnostics
}

// Bind finds the declared objects in the snapshot: by mark (that of the
// address, then those of former addresses), by the id of an import block, then
// by their natural key; a client with a client_id by that alone. Objects that
// are not found will be created, unless the block says that they exist.
func Bind(cfg *schema.Config, snap *schema.Snapshot) (*Binding, schema.Diagnostics) {
	b := &binder{
		cfg: cfg, known: map[schema.Address]bool{}, only: map[schema.Collection]*schema.Observed{},
		byID: index(snap, cfg, idOf), byMark: index(snap, cfg, markOf), byKey: index(snap, cfg, keyOf),
		others: map[string]*schema.Observed{}, moves: schema.NewMoves(cfg.Moved), imports: map[schema.Address]*schema.Import{},
		out: &Binding{
			Observed: map[schema.Address]*schema.Observed{}, Owned: map[schema.Address]bool{},
			Moved: map[schema.Address]schema.Address{}, Imported: map[schema.Address]bool{}, Snapshot: snap,
		},
	}
	for _, o := range snap.Others {
		b.others[o.String("name")] = o
	}
	for _, im := range cfg.Imports {
		b.imports[im.To] = im
	}
	for _, o := range cfg.Declared() {
		b.known[o.Addr] = true
	}
	for _, o := range cfg.Objects {
		if c := o.Kind.Collection; o.Kind.Unlabelled && len(snap.Objects[c]) == 1 {
			b.only[c] = snap.Objects[c][0]
		}
	}
	var waiting []*schema.Object
	for _, o := range cfg.Objects {
		if o.Kind.Collection == "" {
			continue
		}
		if !b.bind(o) {
			waiting = append(waiting, o)
		}
	}
	// A name may hold the id of an object bound meanwhile.
	b.last = true
	for _, o := range waiting {
		if !b.bind(o) {
			b.fail(o, o.Kind.NaturalKey, "Name known only after apply",
				fmt.Sprintf("The %s of %s depends on the id of an object that does not exist yet, so tacit cannot look it up. Use a fixed %s.", o.Kind.NaturalKey, o.Addr, o.Kind.NaturalKey))
		}
	}
	b.collisions()
	b.metadataRoom()
	b.sharedDomains(snap)
	b.orphans(snap)
	return b.out, newRedactor(cfg).diagnostics(b.ds)
}

// bind reports false when the natural key is not known yet.
func (b *binder) bind(o *schema.Object) bool {
	c := o.Kind.Collection
	if im := b.imports[o.Addr]; im != nil && o.Writes() {
		b.imported(o, im)
		return true
	}
	if i := o.Kind.Index("client_id"); i >= 0 && o.Kind.Attrs[i].Has(schema.Identity) && o.Wants[i].Mode == schema.Exactly {
		v, done := schema.Resolve(o.Wants[i].V, b.out.IDs())
		id, _ := v.(string)
		if done {
			b.take(o, b.byID[c][id], "client_id", id)
		}
		return done
	}
	mark := schema.Mark(b.cfg.Workspace, o.Addr)
	if marked := b.byMark[c][mark]; len(marked) > 0 && o.Writes() {
		b.take(o, marked, "mark", mark)
		b.leftBehind(o)
		return true
	}
	if o.Writes() && b.moved(o) {
		return true
	}
	if o.Kind.Unlabelled {
		b.out.Observed[o.Addr] = b.only[c]
		return true
	}
	key, found := declaredKey(o, b.out.IDs(), b.last)
	switch found {
	case keyMissing:
		b.fail(o, "", "Nothing to find it by", fmt.Sprintf("%s needs %s, so that tacit can look it up on the tenant.", o.Addr, finders(o.Kind)))
	case keyPending:
		return false
	case keyNew:
		b.take(o, nil, finders(o.Kind), "(an object that does not exist yet)")
	case keyKnown:
		b.take(o, b.candidates(o, key), finders(o.Kind), strings.ReplaceAll(key, keySeparator, ", "))
	}
	return true
}

// candidates are the objects with that natural key that may be this one. Of
// clients that is neither the global one nor one that is marked for another
// block; for a spa_client SPAs come first, and an application of another type
// counts when there is no SPA of the name: better to say what is wrong with it
// than to make a second one.
func (b *binder) candidates(o *schema.Object, key string) []*schema.Observed {
	found := b.byKey[o.Kind.Collection][key]
	if o.Kind.Collection != schema.Clients {
		return found
	}
	found = slices.DeleteFunc(slices.Clone(found), func(c *schema.Observed) bool {
		global, _ := schema.Lookup(c.Raw, "global")
		return global == true || o.Writes() && b.markedForAnother(o, markOf(o.Kind, c))
	})
	notSPA := func(c *schema.Observed) bool { return c.String("app_type") != "spa" }
	if spas := slices.DeleteFunc(slices.Clone(found), notSPA); o.Kind == schema.SPAClient && len(spas) > 0 {
		return spas
	}
	return found
}

// markedForAnother: the mark names another block of this configuration.
func (b *binder) markedForAnother(o *schema.Object, mark string) bool {
	if mark == "" || schema.MarkWorkspace(mark) != b.cfg.Workspace {
		return false
	}
	a, err := schema.ParseAddress(strings.TrimPrefix(mark, b.cfg.Workspace+"/"))
	if err != nil {
		return false
	}
	a = b.moves.Last(a)
	return a != o.Addr && b.known[a]
}

// take binds o to the only object found; by says how it was looked for.
func (b *binder) take(o *schema.Object, found []*schema.Observed, by, value string) {
	switch len(found) {
	case 0:
		if b.heldByOther(o, value) {
			return
		}
		if !o.Writes() || by == "client_id" {
			b.fail(o, by, "Not found on the tenant",
				fmt.Sprintf("The tenant has no %s with %s %q. %s", noun(o.Kind), by, value, b.orElse(o)))
		}
	case 1:
		b.own(o, found[0])
	default:
		ids := make([]string, len(found))
		for i, f := range found {
			ids[i] = f.ID
		}
		slices.Sort(ids)
		detail := fmt.Sprintf("%d objects on the tenant have the %s %q: %s. ", len(found), by, value, strings.Join(ids, ", "))
		if by == "mark" {
			detail += "Two runs at the same time may have created it twice. Delete the one that is not in use, then run again."
		} else {
			detail += "Say which one with client_id."
		}
		b.fail(o, by, "Found more than once on the tenant", detail)
	}
}

// orElse says what to do about an object that is not there.
func (b *binder) orElse(o *schema.Object) string {
	switch {
	case o.Kind.ExistingOnly:
		return "Correct it; a " + o.Kind.Name + " is only looked up, never created."
	case o.Existing:
		return "Correct it, or take existing = true out to let tacit create it."
	default:
		return "Correct it, or take client_id out to let tacit create the application."
	}
}

func (b *binder) own(o *schema.Object, found *schema.Observed) {
	mark := markOf(o.Kind, found)
	switch ws := schema.MarkWorkspace(mark); {
	case mark == "" || !o.Writes():
	case ws != b.cfg.Workspace:
		b.fail(o, o.Kind.NaturalKey, "Owned by another configuration",
			fmt.Sprintf("The object on the tenant carries the mark %q of another workspace. Manage it there, or use it here with existing = true.", mark))
		return
	case b.markedForAnother(o, mark):
		b.fail(o, o.Kind.NaturalKey, "Declared twice",
			fmt.Sprintf("The object on the tenant belongs to another block of this configuration: its mark is %q. Give one of the two another %s.", mark, o.Kind.NaturalKey))
		return
	default:
		b.out.Owned[o.Addr] = true
		b.noteMove(o, mark)
	}
	b.out.Observed[o.Addr] = found
}

// orphans collects what carries our mark and belongs to no block.
func (b *binder) orphans(snap *schema.Snapshot) {
	taken := map[*schema.Observed]bool{}
	for _, o := range b.out.Observed {
		taken[o] = true
	}
	for _, k := range Marked() {
		for _, o := range snap.Objects[k.Collection] {
			mark := markOf(k, o)
			address, ours := strings.CutPrefix(mark, b.cfg.Workspace+"/")
			if ours && !taken[o] && !b.omitted(address) {
				b.out.Orphans = append(b.out.Orphans, Orphan{Address: address, Name: o.String(k.NaturalKey), ID: o.ID, kind: k, observed: o})
			}
		}
	}
	slices.SortFunc(b.out.Orphans, func(x, y Orphan) int { return strings.Compare(x.Address+x.ID, y.Address+y.ID) })
}

// omitted: a block that was left out of the plan declares the address.
func (b *binder) omitted(address string) bool {
	a, err := schema.ParseAddress(address)
	return err == nil && b.cfg.Partial != nil && b.known[b.moves.Last(a)]
}

// collisions refuses two writing blocks for one object, whether it exists or
// not.
func (b *binder) collisions() {
	seen := map[string]*schema.Object{}
	for _, o := range b.cfg.Objects {
		if !o.Writes() {
			continue
		}
		key := string(o.Kind.Collection) + "\x00"
		if obs := b.out.Observed[o.Addr]; obs != nil {
			key += "id\x00" + obs.ID
		} else if nk, state := declaredKey(o, b.out.IDs(), b.last); state == keyKnown && o.Kind.Collection != schema.Clients {
			key += nk
		} else {
			b.sameName(o, seen)
			continue
		}
		if first := seen[key]; first != nil {
			d := b.fail(o, o.Kind.NaturalKey, "Declared twice", fmt.Sprintf("%s and %s describe the same %s. Keep one of them.", first.Addr, o.Addr, noun(o.Kind)))
			if first.Src != nil {
				d.Also = []schema.Range{*first.Src}
			}
			continue
		}
		seen[key] = o
	}
}

// sameName warns of two applications that will be created with one name: Auth0
// allows it, and nobody can tell them apart.
func (b *binder) sameName(o *schema.Object, seen map[string]*schema.Object) {
	name := o.NaturalKey()
	first := seen["name "+name]
	if name == "" || first == nil {
		seen["name "+name] = o
		return
	}
	d := b.fail(o, o.Kind.NaturalKey, "Two applications of one name", fmt.Sprintf("%s and %s have the same name. Auth0 allows it, but nobody can tell them apart in the dashboard or in logs. Give one another name.", first.Addr, o.Addr))
	d.Severity = schema.Warning
}

func (b *binder) fail(o *schema.Object, attr, summary, detail string) *schema.Diagnostic {
	src := o.Src
	if attr != "" && o.Kind.Index(attr) >= 0 {
		if w := o.Want(attr); w.Src != nil {
			src = w.Src
		}
	}
	return b.at(schema.Error, o, src, summary, detail)
}

func (b *binder) at(severity schema.Severity, o *schema.Object, src *schema.Range, summary, detail string) *schema.Diagnostic {
	b.ds = append(b.ds, schema.Diagnostic{Severity: severity, Summary: summary, Detail: detail, Subject: src, Instances: []string{o.Addr.String()}})
	return &b.ds[len(b.ds)-1]
}

// noun is the word people use for an object of the kind.
func noun(k *schema.Kind) string {
	switch k.Collection {
	case schema.Clients:
		return "application"
	case schema.ResourceServers:
		return "API"
	case schema.Connections:
		return "SAML connection"
	case schema.ClientGrants:
		return "client grant"
	case schema.Organizations:
		return "organization"
	case schema.OrganizationConnections:
		return "organization's connection"
	case schema.CustomDomains:
		return "custom domain"
	default:
		return "object"
	}
}
