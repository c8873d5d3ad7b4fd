package apply

import (
	"maps"
	"slices"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// VerifyCost is how many requests it takes to read the tenant again after the
// plan, given those that it took to read it for the plan.
func VerifyCost(cfg *schema.Config, b *plan.Binding, p *plan.Plan, rules plan.Rules, read int) int {
	return read - changingCost(cfg, b, rules) + changingCost(cfg, afterwards(b, p), rules)
}

// changingCost is how many requests those lists take whose length a plan may
// change.
func changingCost(cfg *schema.Config, b *plan.Binding, rules plan.Rules) int {
	cost, snap := 0, b.Snapshot
	for _, c := range []schema.Collection{schema.Connections, schema.Clients, schema.ResourceServers, schema.Organizations} {
		if list, ok := snap.Objects[c]; ok {
			cost += pages(len(list))
		}
	}
	if grants := schema.ClientGrants; declares(cfg, grants) {
		cost += pages(len(snap.Objects[grants]))
	} else {
		cost += len(plan.GrantedAudiences(cfg, b, rules))
	}
	belonging := map[string]int{}
	for _, o := range snap.Objects[schema.OrganizationConnections] {
		belonging[o.String("organization_id")]++
	}
	organizations, _ := organizationsOf(cfg, b)
	for id := range organizations {
		cost += pages(belonging[id])
	}
	return cost + membersCost(cfg, b)
}

func membersCost(cfg *schema.Config, b *plan.Binding) int {
	conns, ok := b.Snapshot.Objects[schema.Connections]
	if !ok {
		return 0
	}
	cost, enabled, sizes := 0, map[string]int{}, map[string]int{}
	for _, o := range conns {
		members := o.Relations[connectionClients].Members
		sizes[o.ID] = len(members)
		for _, id := range members {
			enabled[id]++
		}
	}
	m := cheapest(cfg, b)
	for _, id := range m.clients {
		cost += pages(enabled[id])
	}
	for _, id := range m.whole {
		cost += pages(sizes[id])
	}
	return cost
}

func declares(cfg *schema.Config, c schema.Collection) bool {
	return slices.ContainsFunc(objects(cfg), func(o *schema.Object) bool { return o.Kind.Collection == c })
}

// afterwards is the binding to the tenant as the plan leaves it, as far as the
// number of requests depends on it.
func afterwards(b *plan.Binding, p *plan.Plan) *plan.Binding {
	out := &plan.Binding{Observed: maps.Clone(b.Observed), Snapshot: &schema.Snapshot{Objects: maps.Clone(b.Snapshot.Objects)}}
	ids := func(a schema.Address) (string, bool) {
		if o := b.Observed[a]; o != nil {
			return o.ID, true
		}
		return schema.Placeholder(a), true
	}
	gone, changed := map[string]bool{}, map[string]*schema.Observed{}
	for i := range p.Changes {
		c := &p.Changes[i]
		coll, addr := c.Object().Kind.Collection, c.Object().Addr
		switch c.Action {
		case plan.Delete:
			gone[c.ID] = true
		case plan.Create:
			made := become(c, &schema.Observed{ID: schema.Placeholder(addr), Raw: made(c, ids)}, ids)
			out.Observed[addr] = made
			out.Snapshot.Objects[coll] = append(slices.Clip(out.Snapshot.Objects[coll]), made)
		case plan.Update:
			if was := b.Observed[addr]; was != nil {
				changed[c.ID] = become(c, was, ids)
			}
		}
	}
	for c, list := range out.Snapshot.Objects {
		list = slices.DeleteFunc(slices.Clone(list), func(o *schema.Observed) bool { return gone[o.ID] })
		for i, o := range list {
			if now := changed[o.ID]; now != nil {
				list[i] = now
			}
		}
		out.Snapshot.Objects[c] = list
	}
	return out
}

// made is the body of an object that will be created, where anything depends on
// it.
func made(c *plan.Change, ids schema.IDs) map[string]any {
	if k := c.Object().Kind.Collection; k != schema.Clients && k != schema.ResourceServers && k != schema.OrganizationConnections {
		return nil
	}
	raw, err := plan.Body(c, nil, ids)
	if err != nil {
		panic("apply: every id has a placeholder: " + err.Error())
	}
	if _, said := raw["is_first_party"]; !said && c.Object().Kind.Collection == schema.Clients {
		raw["is_first_party"] = true // the server's default
	}
	return raw
}

// become is the object with the clients that the change gives it.
func become(c *plan.Change, was *schema.Observed, ids schema.IDs) *schema.Observed {
	add, gone, err := plan.Relation(c, ids)
	if err != nil {
		panic("apply: every id has a placeholder: " + err.Error())
	}
	out := *was
	r := was.Relations[connectionClients]
	r.Members = slices.DeleteFunc(slices.Concat(r.Members, add), func(id string) bool { return slices.Contains(gone, id) })
	out.Relations = map[string]schema.Relation{connectionClients: r}
	return &out
}

// pages is how many requests a list of n objects takes.
func pages(n int) int { return max(1, (n+99)/100) }
