package apply

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// connectionClients is the relation of connections to clients (Attr.Via).
const connectionClients = "connection_clients"

// membership says how the clients of connections are read.
type membership struct {
	// clients are asked which connections they are enabled on, so that one
	// request answers for 100 connections.
	clients []string
	// whole are connections that are asked for all their clients.
	whole []string
	// every: clients are all that the tenant has, so that what they answer is
	// the whole set of every connection.
	every bool
}

// readMembers reads which connections the clients in question are enabled on,
// and the whole sets of connections that declare one, in the way that certainly
// takes fewer requests.
func readMembers(ctx context.Context, t Reader, cfg *schema.Config, b *plan.Binding, snap *schema.Snapshot) error {
	if snap.Objects[schema.Connections] == nil {
		return nil
	}
	return relate(ctx, t, snap, cheapest(cfg, b))
}

// cheapest decides how memberships are read. A client that is enabled on every
// connection takes as many requests as their list.
func cheapest(cfg *schema.Config, b *plan.Binding) membership {
	clients, whole := plan.Members(cfg, b)
	all := applications(b.Snapshot)
	if all != nil && (len(all)-len(clients))*pages(len(b.Snapshot.Objects[schema.Connections])) < len(whole) {
		return membership{clients: all, every: true}
	}
	return membership{clients: clients, whole: whole}
}

// applications are the ids of all clients that a tenant has, nil when asking
// them one by one may not tell the clients of a connection: when they were not
// listed, and when one may be a third party's. Whether such a client tells of a
// domain-level connection, which it can use without being on its list, is not
// documented.
func applications(snap *schema.Snapshot) []string {
	var out []string
	for _, o := range snap.Objects[schema.Clients] {
		if o.Raw["is_first_party"] != true {
			return nil
		}
		out = append(out, o.ID)
	}
	return out
}

// relate fills in which connections the clients are enabled on.
func relate(ctx context.Context, t Reader, snap *schema.Snapshot, m membership) error {
	var mu sync.Mutex
	members, exact := map[string][]string{}, map[string][]string{}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelReads)
	for _, id := range m.clients {
		g.Go(func() error {
			conns, err := t.ClientConnections(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			for _, c := range conns {
				members[c] = append(members[c], id)
			}
			return err
		})
	}
	for _, id := range m.whole {
		g.Go(func() error {
			all, err := t.ConnectionClients(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			exact[id] = slices.Clip(all)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, o := range snap.Objects[schema.Connections] {
		r := schema.Relation{Members: members[o.ID], Asked: m.clients, Complete: m.every}
		if all, ok := exact[o.ID]; ok {
			r.Members, r.Complete = all, true
		}
		slices.Sort(r.Members)
		o.Relations = map[string]schema.Relation{connectionClients: r}
	}
	return nil
}
