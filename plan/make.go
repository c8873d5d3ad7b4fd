package plan

import (
	"fmt"
	"math"
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Offline judges a configuration by its files alone: contributions are
// applied, what only the tenant knows is unknown.
func Offline(cfg *schema.Config, rules Rules) (*check.Report, schema.Diagnostics) {
	none := &Binding{}
	d := &differ{cfg: cfg, b: none, ids: none.IDs()}
	objects := d.prepare()
	ds := check.Contribute(objects, rules, newProjector(cfg, objects, none, true).paths())
	secret := newRedactor(cfg)
	return secret.report(check.Judge(rules, newProjector(cfg, objects, none, true).paths(), cfg.Ignores...)), secret.diagnostics(ds)
}

// Needs returns the fields that the configuration manages or asserts and those
// that the rules read, with contributions counted in. The caller reads them
// before Make.
func Needs(cfg *schema.Config, rules Rules) []schema.Field {
	var fs []schema.Field
	seen := map[*schema.Attr]bool{}
	add := func(k *schema.Kind, a *schema.Attr) {
		if !seen[a] && !a.Has(schema.Local) {
			seen[a] = true
			fs = append(fs, schema.Field{Kind: k, Attr: a})
		}
	}
	upgrades := false
	for _, o := range cfg.Objects {
		upgrades = upgrades || o.Kind == schema.SilentUpgrade
		for i := range o.Wants {
			a := &o.Kind.Attrs[i]
			if o.Wants[i].Mode != schema.Unmanaged || o.Writes() && (a.Implied != nil || a.Has(schema.Internal)) {
				add(o.Kind, a)
			}
		}
	}
	if upgrades {
		for _, f := range check.Reads(rules) {
			add(f.Kind, f.Attr)
		}
		for _, r := range rules {
			for _, f := range r.Contributes {
				add(f.Kind, f.Attr)
			}
		}
	}
	return fs
}

// Members returns, for the relation of connections to clients, which clients'
// membership the plan needs to know, and which connections need their whole set
// read. Rules enable no client but that of their path (TAC101).
func Members(cfg *schema.Config, b *Binding) (clients, whole []string) {
	known, ids := byAddress(cfg), b.IDs()
	ask := func(v any) {
		v, _ = schema.Resolve(v, ids)
		clients = append(clients, texts(elements(v))...)
	}
	for _, o := range cfg.Objects {
		switch o.Kind {
		case schema.SilentUpgrade:
			if leads(o, known) {
				ask(o.Want("client").V)
			}
		case schema.SAMLConnection:
			w, obs := o.Want("clients"), b.Observed[o.Addr]
			switch {
			case obs == nil:
			case w.Mode == schema.Exactly:
				whole = append(whole, obs.ID)
			default:
				ask(w.V)
			}
		}
	}
	slices.Sort(clients)
	return slices.Compact(clients), whole
}

// leads reports whether an upgrade has a path among the objects.
func leads(up *schema.Object, known map[schema.Address]*schema.Object) bool {
	declared := func(v any) bool {
		a, ok := ref(v)
		return ok && known[a] != nil
	}
	conns, _ := up.Want("connections").V.([]any)
	return declared(up.Want("client").V) && declared(up.Want("api").V) && slices.ContainsFunc(conns, declared)
}

// Make compares the configuration with the bound objects, judges the planned
// state and orders the changes. With error diagnostics there is no plan.
func Make(cfg *schema.Config, b *Binding, rules Rules) (*Plan, schema.Diagnostics) {
	d := &differ{cfg: cfg, b: b, ids: b.IDs()}
	objects := d.prepare()
	d.ds = append(d.ds, check.Contribute(objects, rules, newProjector(cfg, objects, b, false).paths())...)
	p := &Plan{FormatVersion: FormatVersion, Tenant: cfg.Domain(), Workspace: cfg.Workspace, Partial: partial(cfg), Prune: cfg.Prune, Changes: []Change{}, Orphans: b.Orphans}
	for _, o := range cfg.Objects {
		if o.Kind.Collection == "" {
			continue
		}
		c := d.object(objects[o.Addr])
		if c == nil {
			p.Unchanged++
			continue
		}
		p.Changes = append(p.Changes, *c)
	}
	p.Changes = d.order(p.Changes)
	secret := newRedactor(cfg)
	for i := range p.Changes {
		p.Changes[i].Name, p.Changes[i].key = secret.text(p.Changes[i].Name), p.Changes[i].Name
		p.Changes[i].Fetches = secret.text(p.Changes[i].Fetches)
	}
	p.Report = secret.report(check.Judge(rules, newProjector(cfg, objects, b, false).paths(), cfg.Ignores...))
	if cfg.Partial == nil { // a path that was left out may be the one that is meant
		d.ds = append(d.ds, p.Report.UnusedIgnores()...)
	}
	p.Budget.Apply = applyCost(p)
	return p, secret.diagnostics(d.ds)
}

// clientsPerRequest is the largest number of clients that one request to a
// connection's clients may name (Auth0 API schema: 1 to 50 items).
const clientsPerRequest = 50

// applyCost counts the writes, and one look at each object before its update or
// deletion.
func applyCost(p *Plan) int {
	n := 0
	for _, c := range p.Changes {
		if c.Action == Delete {
			n += 2
			continue
		}
		body := c.Action == Create
		for _, a := range c.Attributes {
			if a.attr.Via == "" {
				body = true
				continue
			}
			list, _ := a.After.raw.([]any)
			before, _ := a.Before.raw.([]any)
			moves := len(schema.Missing(list, before)) + len(schema.Missing(before, list))
			n += int(math.Ceil(float64(moves) / clientsPerRequest))
		}
		if body {
			n++
			if c.Action == Update {
				n++
			}
		}
	}
	return n
}

// order sorts changes so that every id is known when it is needed: APIs, then
// clients, then connections, unless references ask for another order.
// Relations are written after all bodies and do not count; deletions come last.
func (d *differ) order(changes []Change) []Change {
	changes, gone := split(changes)
	slices.SortStableFunc(changes, func(a, b Change) int {
		return rank(a.object.Kind.Collection) - rank(b.object.Kind.Collection)
	})
	at := make(map[schema.Address]int, len(changes))
	for i, c := range changes {
		at[c.object.Addr] = i
	}
	out := make([]Change, 0, len(changes))
	const visiting, done = 1, 2
	mark := make([]int, len(changes))
	var visit func(i int)
	visit = func(i int) {
		switch mark[i] {
		case done:
			return
		case visiting:
			d.fail(changes[i].object, nil, "Objects need each other's ids",
				fmt.Sprintf("%s needs the id of an object that needs the id of %s, and neither exists yet. Take one of the two ids out, apply, then put it back.", changes[i].Address, changes[i].Address))
			return
		}
		mark[i] = visiting
		for _, a := range changes[i].dependencies() {
			if j, ok := at[a]; ok {
				visit(j)
			}
		}
		mark[i] = done
		out = append(out, changes[i])
	}
	for i := range changes {
		visit(i)
	}
	return append(out, deletions(gone)...)
}

// lastRank is the highest rank.
const lastRank = 6

// rank orders collections by who needs whose ids.
func rank(c schema.Collection) int {
	switch c {
	case schema.Clients:
		return 1
	case schema.ClientGrants:
		return 2
	case schema.Connections:
		return 3
	case schema.Organizations:
		return 4
	case schema.OrganizationConnections:
		return 5
	case schema.TenantSettings:
		return lastRank
	default:
		return 0
	}
}

// dependencies are the objects whose ids the change's body needs.
func (c *Change) dependencies() []schema.Address {
	var out []schema.Address
	for _, a := range c.Attributes {
		if a.attr.Via != "" || !a.After.Pending {
			continue
		}
		schema.Templates(a.After.raw, func(t *schema.Template) {
			for _, p := range t.Parts {
				if p.Addr != nil {
					out = append(out, *p.Addr)
				}
			}
		})
	}
	return out
}
