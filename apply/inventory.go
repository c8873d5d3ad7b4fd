package apply

import (
	"context"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Inventory reads whatever tacit can declare of the given kinds, with what a
// plan of cfg and of paths over all of it needs: the lists that a plan reads,
// and which connections each single-page application and each default client is
// enabled on. Collections that the token may not read, or that this tenant does
// not have, are missing from the snapshot.
func Inventory(ctx context.Context, t Reader, cfg *schema.Config, rules plan.Rules, kinds []*schema.Kind) (*schema.Snapshot, error) {
	snap := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelReads)
	for c, fs := range inventoryFields(cfg, rules, kinds) {
		slices.Sort(fs)
		g.Go(func() error {
			list, err := t.List(gctx, c, fs)
			if !needed(c) && unreadable(err) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			snap.Objects[c] = list
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	b, _ := plan.Bind(cfg, snap) // its diagnostics come when the plan is made
	if err := inventoryOrganizations(ctx, t, cfg, b, snap, kinds); err != nil {
		return nil, err
	}
	b, ds := plan.Bind(cfg, snap)
	var m membership
	if !ds.HasErrors() {
		m.clients, m.whole = plan.Members(cfg, b)
	}
	m.clients = append(m.clients, plan.DefaultClients(snap, plan.Scope{})...)
	for _, o := range snap.Objects[schema.Clients] {
		if o.String("app_type") == "spa" && len(snap.Objects[schema.Connections]) > 0 {
			m.clients = append(m.clients, o.ID)
		}
	}
	slices.Sort(m.clients)
	m.clients = slices.Compact(m.clients)
	return snap, relate(ctx, t, snap, m)
}

// needed: without these there is nothing to refer to.
func needed(c schema.Collection) bool {
	return c == schema.Clients || c == schema.Connections || c == schema.ResourceServers
}

// inventoryFields are the fields to list of each collection: all rows of the
// kinds asked for, and of the others what finding and judging them takes.
func inventoryFields(cfg *schema.Config, rules plan.Rules, kinds []*schema.Kind) map[schema.Collection][]string {
	fields, _ := wanted(cfg, plan.Needs(cfg, rules))
	add := func(c schema.Collection, path string) {
		if c == "" || c == schema.OrganizationConnections {
			return
		}
		if fields[c] == nil {
			fields[c] = identity(c)
		}
		if top, _, _ := strings.Cut(path, "."); !slices.Contains(fields[c], top) {
			fields[c] = append(fields[c], top)
		}
	}
	add(schema.Clients, "global") // for names and kinds of what is referred to
	add(schema.ResourceServers, "is_system")
	add(schema.ResourceServers, "name")
	for _, k := range append([]*schema.Kind{schema.SAMLConnection}, kinds...) {
		for i := range k.Attrs {
			if a := &k.Attrs[i]; a.Via == "" && !a.Has(schema.Local) {
				add(k.Collection, a.APIPath())
			}
		}
	}
	if slices.Contains(kinds, schema.SilentUpgrade) {
		for _, f := range plan.Reads(rules) {
			if f.Attr.Via == "" {
				add(f.Kind.Collection, f.Attr.APIPath())
			}
		}
	}
	return fields
}

// inventoryOrganizations reads the connections of all organizations when they
// are asked for, at a request each, else those that cfg needs.
func inventoryOrganizations(ctx context.Context, t Reader, cfg *schema.Config, b *plan.Binding, snap *schema.Snapshot, kinds []*schema.Kind) error {
	if !slices.Contains(kinds, schema.OrganizationConnection) {
		_, err := readOrganizations(ctx, t, cfg, b, snap)
		return err
	}
	var ids []string
	for _, o := range snap.Objects[schema.Organizations] {
		ids = append(ids, o.ID)
	}
	return listOrganizationConnections(ctx, t, ids, snap)
}
