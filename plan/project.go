package plan

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// projector builds the states that rules judge: objects as they will be.
type projector struct {
	cfg     *schema.Config
	objects map[schema.Address]*schema.Object
	b       *Binding
	// offline: no tenant was read. live: states are as the tenant has them,
	// not as they will be.
	offline, live bool
	states        map[schema.Address]*schema.State
	// byKind and memberships are indexes, made when first needed.
	byKind      map[*schema.Kind][]*schema.Object
	memberships map[string]*schema.State
}

func newProjector(cfg *schema.Config, objects map[schema.Address]*schema.Object, b *Binding, offline bool) *projector {
	return &projector{cfg: cfg, objects: objects, b: b, offline: offline, states: map[schema.Address]*schema.State{}}
}

// id is the object's id, or a placeholder while it has none.
func (p *projector) id(a schema.Address) (string, bool) {
	if o := p.b.Observed[a]; o != nil {
		return o.ID, true
	}
	return schema.Placeholder(a), true
}

// state projects one object, once.
func (p *projector) state(a schema.Address) *schema.State {
	if s := p.states[a]; s != nil {
		return s
	}
	o, obs := p.objects[a], p.b.Observed[a]
	if o == nil {
		return nil
	}
	s := &schema.State{
		Kind: o.Kind, Addr: a, Src: o.Src, Cells: make([]schema.Cell, len(o.Wants)),
		Creates: obs == nil && o.Writes() && !p.offline && !p.live, Writes: o.Writes(),
		Relations: map[string]schema.Relation{},
	}
	s.ID, _ = p.id(a)
	if p.live && obs != nil {
		s.Relations = obs.Relations
	}
	for i := range o.Wants {
		s.Cells[i] = p.cell(s, o, i, obs)
	}
	p.states[a] = s
	return s
}

func (p *projector) cell(s *schema.State, o *schema.Object, i int, obs *schema.Observed) schema.Cell {
	a, w := &o.Kind.Attrs[i], &o.Wants[i]
	c := schema.Cell{Src: w.Src}
	switch {
	case p.live && a.Has(schema.Local):
	case p.live && obs == nil && a.Name == o.Kind.NaturalKey: // what the tenant lacks is called as it is declared
	case p.live:
		c.V, c.Presence = held(obs, a)
		if a.Has(schema.Identity) && obs != nil {
			c.Presence, c.V = schema.Known, obs.ID
		}
		return c
	case a.Via != "":
		return p.relation(s, a, w, obs)
	}
	switch {
	case a.Has(schema.Identity) && obs != nil:
		c.Presence, c.V = schema.Known, obs.ID
	case w.Unknown:
		c.Presence = schema.Unknown
	case w.Mode == schema.Unmanaged:
		c.V, c.Presence = p.unmanaged(s, a, obs)
	case w.V == nil:
		c.Presence = schema.Absent
	default:
		c.V, _ = schema.Resolve(w.V, p.id)
		c.Presence, c.Verbatim = schema.Known, w.Verbatim
		if w.Mode == schema.AtLeast && obs != nil {
			have, _ := obs.Get(a)
			c.V, _ = atLeast(a, c.V, have, obs)
		}
		if a.Type == schema.JSON {
			c.V, c.Partial = p.members(a, c.V, obs), obs == nil && !s.Creates
		}
	}
	return c
}

// members adds the members that the configuration leaves to the tenant.
func (p *projector) members(a *schema.Attr, v any, obs *schema.Observed) any {
	have, presence := obs.Get(a)
	if presence != schema.Known {
		return v
	}
	return schema.Overlay(have, v)
}

// held is what the tenant has of an attribute for rules. One that is shown at
// another's path is that other one's: a file may be about to change it.
func held(obs *schema.Observed, a *schema.Attr) (any, schema.Presence) {
	if a.ShownAt != "" && obs != nil {
		return obs.At(a.APIPath())
	}
	return obs.Get(a)
}

func (p *projector) unmanaged(s *schema.State, a *schema.Attr, obs *schema.Observed) (any, schema.Presence) {
	switch {
	case obs != nil:
		return held(obs, a)
	case s.Creates && a.Default != nil:
		return a.Default, schema.Known
	case s.Creates:
		return nil, schema.Absent
	default:
		return nil, schema.NotRead
	}
}

// relation adds the wanted members to those that were read.
func (p *projector) relation(s *schema.State, a *schema.Attr, w *schema.Want, obs *schema.Observed) schema.Cell {
	var r schema.Relation
	read := s.Creates
	if obs != nil {
		r, read = obs.Relations[a.Via]
	}
	if s.Creates {
		r.Complete = true
	}
	if w.Mode == schema.Exactly {
		r, read = schema.Relation{Complete: true}, true
	}
	v, _ := schema.Resolve(w.V, p.id)
	members := make([]any, len(r.Members))
	for i, m := range r.Members {
		members[i] = m
	}
	wanted, _ := v.([]any)
	for _, m := range schema.Missing(wanted, members) {
		if id, ok := m.(string); ok {
			r.Members = append(r.Members[:len(r.Members):len(r.Members)], id)
			members = append(members, id)
		}
	}
	if !read && len(members) == 0 {
		return schema.Cell{Presence: schema.NotRead, Src: w.Src}
	}
	s.Relations[a.Via] = r
	return schema.Cell{Presence: schema.Known, V: members, Src: w.Src}
}

// paths expands the silent_upgrade blocks over their connections. Blocks whose
// references are broken have diagnostics already and are left out.
func (p *projector) paths() []*check.Path {
	var out []*check.Path
	for _, o := range p.of(schema.SilentUpgrade) {
		client, ok1 := ref(o.Want("client").V)
		api, ok2 := ref(o.Want("api").V)
		cs, as := p.state(client), p.state(api)
		if ok1 && ok2 && cs != nil && as != nil {
			out = append(out, p.upgradePaths(o, cs, as)...)
		}
	}
	return out
}

func (p *projector) text(o *schema.Object, name string) string {
	v, _ := schema.Resolve(o.Want(name).V, p.id)
	s, _ := v.(string)
	return s
}

// ref returns the object that a reference value names.
func ref(v any) (schema.Address, bool) {
	if t, ok := v.(*schema.Template); ok {
		return t.Ref()
	}
	return schema.Address{}, false
}
