package apply

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// TakeStock reads whole collections with their relations, whatever anything
// declares. What the tenant refuses to tell is named and left out.
func TakeStock(ctx context.Context, t Reader, collections []schema.Collection, members bool) (plan.Stock, error) {
	inv := plan.Stock{
		Snapshot: &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}},
		Unread:   map[schema.Collection]string{}, Hidden: map[schema.Collection]string{},
	}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelReads)
	organizations := false
	for _, c := range collections {
		if c == schema.OrganizationConnections {
			organizations = true
			continue
		}
		g.Go(func() error {
			list, err := t.List(gctx, c, nil)
			hidden := new(HiddenError)
			if errors.As(err, &hidden) {
				list, err = t.List(gctx, c, fieldsBut(c, hidden.Field))
			}
			mu.Lock()
			defer mu.Unlock()
			if hidden.Field != "" {
				inv.Hidden[c] = hidden.Error()
			}
			if unreadable(err) {
				inv.Unread[c] = refusal(err)
				return nil
			}
			inv.Snapshot.Objects[c] = list
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return inv, err
	}
	if organizations {
		if err := stockOrganizations(ctx, t, &inv); err != nil {
			return inv, err
		}
	}
	if !members {
		return inv, nil
	}
	return inv, stockMembers(ctx, t, &inv)
}

// fieldsBut are the top-level fields that tacit knows of a collection's objects,
// without one of them.
func fieldsBut(c schema.Collection, without string) []string {
	out := identity(c)
	for _, k := range plan.Comparable() {
		for i := range k.Attrs {
			row := &k.Attrs[i]
			top, _, _ := strings.Cut(row.APIPath(), ".")
			if k.Collection == c && row.Via == "" && !row.Has(schema.Local) && top != without && !slices.Contains(out, top) {
				out = append(out, top)
			}
		}
	}
	return out
}

// refusal is what the tenant answered.
func refusal(err error) string {
	var e *StatusError
	if errors.As(err, &e) {
		return e.Error()
	}
	return err.Error()
}

func stockOrganizations(ctx context.Context, t Reader, inv *plan.Stock) error {
	const c = schema.OrganizationConnections
	if why := inv.Unread[schema.Organizations]; why != "" {
		inv.Unread[c] = why
		return nil
	}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelReads)
	for _, o := range inv.Snapshot.Objects[schema.Organizations] {
		g.Go(func() error {
			list, err := t.OrganizationConnections(gctx, o.ID)
			mu.Lock()
			defer mu.Unlock()
			if unreadable(err) {
				inv.Unread[c] = refusal(err)
				return nil
			}
			inv.Snapshot.Objects[c] = append(inv.Snapshot.Objects[c], list...)
			return err
		})
	}
	return g.Wait()
}

// stockMembers reads which clients are enabled on which connections, in the
// way that certainly takes fewer requests.
func stockMembers(ctx context.Context, t Reader, inv *plan.Stock) error {
	var connections []string
	for _, o := range inv.Snapshot.Objects[schema.Connections] {
		connections = append(connections, o.ID)
	}
	m := membership{whole: connections}
	if all := applications(inv.Snapshot); all != nil && len(all)*pages(len(connections)) < len(connections) {
		m = membership{clients: all, every: true}
	}
	err := relate(ctx, t, inv.Snapshot, m)
	if unreadable(err) {
		inv.Unrelated = refusal(err)
		return nil
	}
	return err
}
