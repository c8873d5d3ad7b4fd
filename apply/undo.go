package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Undoing is the way back from a run.
type Undoing struct {
	Plan *plan.Plan
	// Left is what stays as the run left it, or as others did since.
	Left []Left
}

// Left is an object, or some of its attributes, that is not taken back.
type Left struct {
	Address string   `json:"address"`
	Fields  []string `json:"fields,omitempty"`
	Reason  Reason   `json:"reason"`
	// Why says it in words.
	Why string `json:"why"`
}

// Reason says why something is not taken back.
type Reason string

// The reasons.
const (
	LeftMoved     Reason = "moved"     // not what the run wrote any more
	LeftGuarded   Reason = "guarded"   // must never be deleted, or not without leave
	LeftSecret    Reason = "secret"    // the journal keeps no secrets
	LeftSet       Reason = "set"       // Auth0 cannot unset it
	LeftDestroyed Reason = "destroyed" // the run deleted it
	LeftGone      Reason = "gone"      // somebody deleted it since
	LeftUncertain Reason = "uncertain" // it is not known that the run made it
	LeftUsed      Reason = "used"      // something that stays needs it
)

// object is what a run did to one object.
type object struct {
	addr    schema.Address
	kind    *schema.Kind
	body    *Step
	clients *Step
	now     *schema.Observed
}

// created: the run made the object.
func (o *object) created() bool { return o.body != nil && o.body.Action == string(plan.Create) }

func (o *object) id() string {
	if o.body != nil && o.body.Made != "" {
		return o.body.Made
	}
	if o.clients != nil {
		return o.clients.Made
	}
	return ""
}

// Undo reads the tenant and plans the way back from a run: objects that it
// created are deleted, what it changed gets back its former values, but only
// where the tenant still holds what the run wrote.
func (o Runner) Undo(ctx context.Context, p *PastRun) (*Undoing, error) {
	objects, err := objectsOf(p)
	if err != nil {
		return nil, err
	}
	u := &undo{Runner: o, lists: map[schema.Collection][]*schema.Observed{}, uses: map[string]string{}}
	if err := u.read(ctx, objects); err != nil {
		return nil, err
	}
	for _, obj := range objects {
		if err := u.object(ctx, obj); err != nil {
			return nil, err
		}
	}
	u.keepUsed()
	return &Undoing{Plan: plan.Assemble(p.Tenant, p.Workspace, u.changes), Left: u.left}, nil
}

// objectsOf gathers the steps of each object, in the order of their addresses:
// that of the run is chance. Steps that certainly had no effect do not count.
func objectsOf(p *PastRun) ([]*object, error) {
	var out []*object
	byAddr := map[string]*object{}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Outcome == Failed || s.Outcome == Lost {
			continue
		}
		obj := byAddr[s.Address]
		if obj == nil {
			addr, err := schema.ParseAddress(s.Address)
			if err != nil {
				return nil, err
			}
			obj = &object{addr: addr, kind: schema.KindByName(s.Kind)}
			byAddr[s.Address] = obj
			out = append(out, obj)
		}
		at := &obj.body
		if s.Action == actionClients {
			at = &obj.clients
		}
		if *at != nil {
			return nil, fmt.Errorf("the journal of run %s tells of two writes of one sort to %s, which no run makes", p.Run, s.Address)
		}
		*at = s
	}
	slices.SortFunc(out, func(a, b *object) int { return a.addr.Compare(b.addr) })
	return out, nil
}

type undo struct {
	Runner
	lists   map[schema.Collection][]*schema.Observed
	members map[string][]string // by client, the connections it is enabled on
	changes []plan.Change
	left    []Left
	// uses are, by id, the objects that stay and hold that id.
	uses map[string]string
}

// read lists the collections in question whole, and asks on which connections
// the clients in question are enabled.
func (u *undo) read(ctx context.Context, objects []*object) error {
	var clients []string
	need := func(c schema.Collection) error {
		if _, ok := u.lists[c]; ok {
			return nil
		}
		list, err := u.Tenant.List(ctx, c, nil)
		u.lists[c] = list
		return err
	}
	for _, obj := range objects {
		if err := need(obj.kind.Collection); err != nil {
			return err
		}
		if obj.clients != nil {
			clients = append(append(clients, obj.clients.Enable...), obj.clients.Disable...)
		}
	}
	slices.Sort(clients)
	u.members = map[string][]string{}
	for _, id := range slices.Compact(clients) {
		conns, err := u.Tenant.ClientConnections(ctx, id)
		if notFound(err) {
			continue // deleted since, and with it its memberships
		}
		if err != nil {
			return err
		}
		u.members[id] = conns
	}
	for _, obj := range objects {
		u.locate(obj)
	}
	return nil
}

// locate finds the object on the tenant: by its id, or where the run did not
// learn the id, by its mark.
func (u *undo) locate(obj *object) {
	id, m := obj.id(), obj.kind.Mark()
	for _, o := range u.lists[obj.kind.Collection] {
		byMark := id == "" && m != nil && obj.body.Mark != "" && o.String(m.APIPath()) == obj.body.Mark
		byKey := id == "" && m == nil && obj.body.Key != "" && o.String(obj.kind.NaturalKey) == obj.body.Key
		if id != "" && o.ID == id || byMark || byKey {
			obj.now = o
			return
		}
	}
}

func (u *undo) leave(obj *object, r Reason, fields []string, format string, args ...any) {
	u.left = append(u.left, Left{Address: obj.addr.String(), Fields: fields, Reason: r, Why: fmt.Sprintf(format, args...)})
}

func (u *undo) object(ctx context.Context, obj *object) error {
	switch {
	case obj.created():
		return u.creation(ctx, obj)
	case obj.body != nil && obj.body.Action == string(plan.Delete):
		if obj.now == nil {
			u.leave(obj, LeftDestroyed, nil, "the run deleted it, and Auth0 cannot bring it back; apply creates a new one when a block declares it")
		}
	case obj.now == nil:
		u.leave(obj, LeftGone, nil, "it is no longer on the tenant")
	default:
		u.update(obj)
	}
	return nil
}

// creation plans the deletion of what the run created.
func (u *undo) creation(ctx context.Context, obj *object) error {
	if obj.now == nil && obj.body.unknown() && obj.body.nameless() {
		u.leave(obj, LeftUncertain, nil, "the run was stopped before it learned whether it made it, and its name is sensitive; delete it by hand if it is there")
		return nil
	}
	if obj.now == nil {
		return nil // gone already, or never made
	}
	if obj.kind.Mark() == nil && obj.body.Outcome != Done {
		u.leave(obj, LeftUncertain, nil, "it exists, but the run was stopped before it learned whether it made it, and it carries no mark; delete it by hand if it did")
		return nil
	}
	moved, err := u.strangers(ctx, obj)
	if err != nil {
		return err
	}
	if moved = append(movedSince(obj), moved...); len(moved) > 0 {
		u.stay(obj, LeftMoved, moved, "it was changed since")
		return nil
	}
	c, err := plan.Destroy(plan.Removal{Kind: obj.kind, Addr: obj.addr, Observed: obj.now, Owned: obj.body.Mark != "", Hidden: hiddenOf(obj)}, u.Guard)
	var refused *plan.GuardError
	if errors.As(err, &refused) {
		u.stay(obj, LeftGuarded, nil, refused.Why)
		return nil
	}
	u.changes = append(u.changes, c)
	return err
}

// strangers: clients that others enabled on a connection that the run created,
// or disabled, are a change of it too.
func (u *undo) strangers(ctx context.Context, obj *object) ([]string, error) {
	if obj.kind.Collection != schema.Connections || !u.Guard.Connections {
		return nil, nil // no connection, or it stays anyway
	}
	have, err := u.Tenant.ConnectionClients(ctx, obj.now.ID)
	if err != nil {
		return nil, err
	}
	var want []string
	if obj.clients != nil {
		want = obj.clients.Enable
	}
	open := obj.clients == nil || obj.clients.unknown()
	for _, id := range have {
		if !slices.Contains(want, id) {
			return []string{actionClients}, nil
		}
	}
	for _, id := range want {
		if _, exists := u.members[id]; exists && !open && !slices.Contains(have, id) {
			return []string{actionClients}, nil
		}
	}
	return nil, nil
}

// stay leaves an object as it is, and remembers whose ids it holds.
func (u *undo) stay(obj *object, r Reason, fields []string, why string) {
	u.leave(obj, r, fields, "%s", why)
	use := func(id string) {
		if u.uses[id] == "" {
			u.uses[id] = obj.addr.String()
		}
	}
	for i := range obj.kind.Attrs {
		a := &obj.kind.Attrs[i]
		if v, _ := obj.now.Get(a); a.Type == schema.Ref {
			if id, ok := v.(string); ok {
				use(id)
			}
		}
	}
	for client, conns := range u.members {
		if slices.Contains(conns, obj.now.ID) {
			use(client)
		}
	}
}

// keepUsed keeps what something needs that stays.
func (u *undo) keepUsed() {
	u.changes = slices.DeleteFunc(u.changes, func(c plan.Change) bool {
		user, used := u.uses[c.ID]
		if !used || c.Action != plan.Delete {
			return false
		}
		u.left = append(u.left, Left{Address: c.Address, Reason: LeftUsed, Why: user + " stays and uses it"})
		return true
	})
}

// update plans the way back of an object that was there before the run.
func (u *undo) update(obj *object) {
	if moved := movedSince(obj); len(moved) > 0 {
		u.stay(obj, LeftMoved, moved, "it was changed since")
		return
	}
	r := plan.Restoration{Kind: obj.kind, Addr: obj.addr, Observed: obj.now, Hidden: hiddenOf(obj)}
	var secret []string
	if obj.body != nil {
		r.Owned = obj.body.Mark != ""
		for _, l := range obj.body.Attributes {
			if l.Before.Is == isSecret {
				secret = append(secret, l.Name)
				continue
			}
			r.Attrs = append(r.Attrs, l.was(obj.kind))
		}
	}
	if len(secret) > 0 {
		u.leave(obj, LeftSecret, secret, "journals keep no secrets, so the former value is not known; set it in the configuration")
	}
	if obj.clients != nil {
		u.relation(obj, &r)
	}
	c, set := plan.Restore(r)
	if len(set) > 0 {
		u.leave(obj, LeftSet, set, "it was not set before the run, and Auth0 cannot unset it")
	}
	if c != nil {
		u.changes = append(u.changes, *c)
	}
}

// relation takes back which clients were enabled and disabled, as far as it is
// still so and the clients exist.
func (u *undo) relation(obj *object, r *plan.Restoration) {
	var members []string
	for client, conns := range u.members {
		if slices.Contains(conns, obj.now.ID) {
			members = append(members, client)
		}
	}
	slices.Sort(members)
	now := *obj.now
	now.Relations = map[string]schema.Relation{connectionClients: {Members: members}}
	r.Observed, r.Disable = &now, obj.clients.Enable
	for _, id := range obj.clients.Disable {
		if _, exists := u.members[id]; exists {
			r.Enable = append(r.Enable, id)
		} else {
			u.leave(obj, LeftGone, []string{actionClients}, "the application %s, which the run disabled, no longer exists", id)
		}
	}
}
