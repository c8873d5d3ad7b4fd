package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// RemovedObject is an object of the tenant that a removed block names, and that may
// be deleted or forgotten. Who carries it out looks at the object once more and
// compares with Observed, as for any change.
type RemovedObject struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	// Name is the object's natural key, for people.
	Name string `json:"name"`
	// Address is where the object was declared, "" for kinds without a mark.
	Address string `json:"address,omitempty"`
	// Forget: only the ownership mark is taken off; [RemovedObject.Change] says how.
	// Otherwise the object is deleted.
	Forget bool          `json:"forget"`
	Src    *schema.Range `json:"source,omitempty"`

	// Observed is the object as it was read.
	Observed *schema.Observed `json:"-"`
	// Block is the removed block.
	Block *schema.Removed `json:"-"`
}

// Removals returns what the removed blocks name on the tenant, in an order in
// which it can be deleted: what refers to others first. Names that the tenant
// does not know are a note; objects that must not be deleted are errors. domain
// is the tenant's.
func Removals(cfg *schema.Config, b *Binding, snap *schema.Snapshot, domain string) ([]RemovedObject, schema.Diagnostics) {
	r := &remover{cfg: cfg, domain: domain, ids: b.IDs(), snap: snap, found: map[*schema.Kind]map[string][]*schema.Observed{}, declared: map[string]schema.Address{}}
	for a, o := range b.Observed {
		if k := schema.KindByName(a.Kind); k != nil && o != nil {
			r.declared[string(k.Collection)+" "+o.ID] = a
		}
	}
	for _, e := range cfg.Removed {
		r.block(e)
	}
	rank := map[schema.Collection]int{
		schema.OrganizationConnections: 0, schema.ClientGrants: 1, schema.Organizations: 2,
		schema.Connections: 3, schema.Clients: 4, schema.ResourceServers: 5,
	}
	slices.SortStableFunc(r.out, func(a, b RemovedObject) int {
		return cmp.Or(rank[a.Block.Object.Kind.Collection]-rank[b.Block.Object.Kind.Collection], cmp.Compare(a.Name, b.Name))
	})
	return r.out, r.ds
}

type remover struct {
	cfg    *schema.Config
	domain string
	ids    schema.IDs
	snap   *schema.Snapshot
	// found indexes the snapshot by natural key, per kind.
	found map[*schema.Kind]map[string][]*schema.Observed
	// declared are the objects that blocks stand for, by collection and id.
	declared map[string]schema.Address
	out      []RemovedObject
	ds       schema.Diagnostics
}

func (r *remover) tell(e *schema.Removed, severity schema.Severity, summary, detail string) {
	d := schema.Diagnostic{Severity: severity, Summary: summary, Detail: detail, Subject: e.Object.Src}
	if e.Object.Addr.Each {
		d.Instances = []string{e.Object.Addr.String()}
	}
	r.ds = append(r.ds, d)
}

// block looks up what one block names and decides what may happen to it.
func (r *remover) block(e *schema.Removed) {
	o := e.Object
	found, by, ok := r.lookup(o)
	if !ok {
		r.tell(e, schema.Error, "Name known only after apply", fmt.Sprintf("What finds the %s depends on an id in a way that is not known yet. Write the id itself.", noun(o.Kind)))
		return
	}
	switch len(found) {
	case 0:
		r.tell(e, schema.Info, "Nothing to remove", fmt.Sprintf("The tenant has no %s with %s. Once every tenant of this configuration is rid of it, take the removed block out.", noun(o.Kind), by))
		return
	case 1:
	default:
		ids := make([]string, len(found))
		for i, f := range found {
			ids[i] = f.ID
		}
		slices.Sort(ids)
		r.tell(e, schema.Error, "Found more than once on the tenant", fmt.Sprintf("%d objects have %s: %s. Name the one that is meant by client_id.", len(found), by, strings.Join(ids, ", ")))
		return
	}
	if summary, detail := r.refuse(e, found[0]); summary != "" {
		r.tell(e, schema.Error, summary, detail)
		return
	}
	mark := markOf(o.Kind, found[0])
	if !e.Destroy && mark == "" {
		r.tell(e, schema.Info, "Nothing to forget", fmt.Sprintf("The %s with %s carries no ownership mark (any more); take the removed block out.", noun(o.Kind), by))
		return
	}
	r.out = append(r.out, RemovedObject{
		Kind: o.Kind.Name, ID: found[0].ID, Name: shownName(o, found[0]),
		Address: strings.TrimPrefix(mark, r.cfg.Workspace+"/"), Forget: !e.Destroy, Src: o.Src, Observed: found[0], Block: e,
	})
}

// lookup finds the objects with the block's identity or natural key; by says
// how they were looked for. It is not ok while a part is unknown.
func (r *remover) lookup(o *schema.Object) (found []*schema.Observed, by string, ok bool) {
	for i := range o.Kind.Attrs {
		a := &o.Kind.Attrs[i]
		if !a.Has(schema.Identity) || o.Wants[i].Mode == schema.Unmanaged {
			continue
		}
		v, done := schema.Resolve(o.Wants[i].V, r.ids)
		id, isText := v.(string)
		if !done || !isText {
			return nil, "", false
		}
		for _, f := range r.snap.Objects[o.Kind.Collection] {
			if f.ID == id {
				found = append(found, f)
			}
		}
		return found, called(o, a.Name, id), true
	}
	key, state := declaredKey(o, r.ids, true)
	switch state {
	case keyKnown:
		return r.byKey(o.Kind)[key], called(o, strings.Join(append([]string{o.Kind.NaturalKey}, o.Kind.KeyRest...), ", "), strings.ReplaceAll(key, keySeparator, ", ")), true
	case keyNew:
		return nil, "a reference to an object that does not exist yet", true
	default:
		return nil, "", false
	}
}

// called says in a message what a block looks for.
func called(o *schema.Object, attr, value string) string {
	if secretKey(o) {
		return fmt.Sprintf("the sensitive %s that this block gives", attr)
	}
	return fmt.Sprintf("the %s %q", attr, value)
}

// shownName is the natural key of an object, for people.
func shownName(o *schema.Object, obs *schema.Observed) string {
	if secretKey(o) {
		return hidden
	}
	return obs.String(o.Kind.Attr(o.Kind.NaturalKey).APIPath())
}

// secretKey: what finds the object is made of sensitive values.
func secretKey(o *schema.Object) bool {
	return slices.ContainsFunc(o.Wants, func(w schema.Want) bool { return w.Sensitive })
}

func (r *remover) byKey(k *schema.Kind) map[string][]*schema.Observed {
	if m := r.found[k]; m != nil {
		return m
	}
	m := map[string][]*schema.Observed{}
	for _, o := range r.snap.Objects[k.Collection] {
		if key := keyOf(k, o); key != "" && (k != schema.SPAClient || o.String("app_type") == "spa") {
			m[key] = append(m[key], o)
		}
	}
	r.found[k] = m
	return m
}

// refuse says why an object must not be removed by this block.
func (r *remover) refuse(e *schema.Removed, found *schema.Observed) (summary, detail string) {
	k := e.Object.Kind
	mark := markOf(k, found)
	if a, ok := r.declared[string(k.Collection)+" "+found.ID]; ok {
		return "Removed, but still declared", fmt.Sprintf("%s is the %s %s, which this block removes. Remove one of the two blocks.", a, noun(k), found.ID)
	}
	if what := r.untouchable(k, found); what != "" {
		return "Never removed", fmt.Sprintf("%s is %s. tacit does not remove it.", found.ID, what)
	}
	if k.Mark() == nil {
		return "", ""
	}
	switch ws := schema.MarkWorkspace(mark); {
	case mark == "" && e.Destroy:
		return "Not owned", fmt.Sprintf("The %s %s carries no ownership mark: tacit did not create it, and deletes only what it owns. Delete it in the dashboard; or take it over first, with a block and an import block, and remove it then.", noun(k), found.ID)
	case mark != "" && ws != r.cfg.Workspace:
		return "Owned by another configuration", fmt.Sprintf("The %s %s carries the mark %q of another workspace. Remove it there.", noun(k), found.ID, mark)
	case e.Protected() != "":
		return "Protected against deletion", e.Protected()
	}
	return "", ""
}

// untouchable names objects that no configuration may remove.
func (r *remover) untouchable(k *schema.Kind, o *schema.Observed) string {
	truth := func(path string) bool { v, _ := schema.Lookup(o.Raw, path); return v == true }
	switch k.Collection {
	case schema.Clients:
		if truth("global") {
			return "the tenant's global client"
		}
		if app := o.String("app_type"); app != "spa" {
			return fmt.Sprintf("an application of the type %q and not a spa_client", app)
		}
	case schema.ResourceServers:
		if truth("is_system") || r.managementAPI(o.String("identifier")) {
			return "a system API of Auth0"
		}
	case schema.ClientGrants:
		if r.managementAPI(o.String("audience")) {
			return "a grant for the Management API, perhaps the one that tacit itself works with"
		}
	default:
	}
	return ""
}

// managementAPI recognises the audience of the tenant's own API, which keeps
// the canonical domain where the tenant is reached by another.
func (r *remover) managementAPI(audience string) bool {
	return strings.EqualFold(audience, "https://"+r.domain+"/api/v2/") || strings.HasSuffix(strings.ToLower(audience), ".auth0.com/api/v2/")
}

// Change is what carrying out the removal does to the object, given whole.
func (r RemovedObject) Change(now *schema.Observed, g Guard) (Change, error) {
	k := r.Block.Object.Kind
	addr := schema.Address{Kind: k.Name, Name: "removed", Each: true, Key: r.Name}
	if a, err := schema.ParseAddress(r.Address); err == nil {
		addr = a
	}
	if !r.Forget {
		g.Connections = !r.Block.Object.PreventDestroy
		c, err := Destroy(Removal{Kind: k, Addr: addr, Observed: now, Owned: r.Address != "", Hidden: r.sensitive()}, g)
		c.Src = r.Src
		return c, err
	}
	c, _ := Restore(Restoration{Kind: k, Addr: addr, Observed: now, Owned: true, Attrs: []Was{{Attr: k.Mark(), Presence: schema.Absent}}})
	if c == nil {
		return Change{}, fmt.Errorf("%s carries no mark any more", addr)
	}
	c.Src = r.Src
	return *c, nil
}

// sensitive are the attributes whose values the block keeps from being shown.
func (r RemovedObject) sensitive() []string {
	var out []string
	for i := range r.Block.Object.Wants {
		if r.Block.Object.Wants[i].Sensitive {
			out = append(out, r.Block.Object.Kind.Attrs[i].Name)
		}
	}
	return out
}

// Remove adds removals to a plan, in an order in which they can be made.
func (p *Plan) Remove(changes []Change) {
	kept, gone := split(slices.Concat(p.Changes, changes))
	p.Changes = slices.Concat(kept, deletions(gone))
	for _, c := range changes {
		p.Orphans = slices.DeleteFunc(p.Orphans, func(o Orphan) bool { return o.ID == c.ID })
	}
	p.Budget.Apply = applyCost(p)
}

// The brake: more than brakeShare of more than brakeFrom objects are not deleted
// in one run unless it is asked for.
const (
	brakeFrom  = 10
	brakeShare = 0.3
)

// Brake refuses a plan that deletes a large part of what the tenant holds. snap
// is what was read of it.
func (p *Plan) Brake(snap *schema.Snapshot) error {
	gone := map[schema.Collection]int{}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action == Delete {
			gone[c.object.Kind.Collection]++
		}
	}
	for c, n := range gone {
		if all := len(snap.Objects[c]); all > brakeFrom && float64(n) > brakeShare*float64(all) {
			return fmt.Errorf("the plan deletes %d of the tenant's %d %s; if that is meant, say so with --allow-mass-change", n, all, c)
		}
	}
	return nil
}
