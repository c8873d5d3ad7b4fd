package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// addRemovals puts what removed blocks ask for into the plan. Each object is
// read whole first: deciding whether it may go needs more than a list shows.
func (a *app) addRemovals(ctx context.Context, t apply.Reader, p *plan.Plan, removals []plan.RemovedObject, guard plan.Guard) error {
	var changes []plan.Change
	for _, r := range removals {
		now, err := t.Get(ctx, r.Block.Object.Kind.Collection, r.ID)
		if err != nil {
			return fmt.Errorf("look at %s, which is to be removed: %w", r.Name, err)
		}
		c, err := r.Change(now, guard)
		if err != nil {
			return err
		}
		changes = append(changes, c)
	}
	p.Remove(changes)
	return nil
}

// mayDestroy reports whether a removed block lifts the protection of connections
// and organizations. Each removal was judged by its own block before; this is for
// the last look before the write.
func mayDestroy(removals []plan.RemovedObject) bool {
	return slices.ContainsFunc(removals, func(r plan.RemovedObject) bool {
		return !r.Forget && !r.Block.Object.PreventDestroy && r.Block.Object.Kind.Collection != schema.Clients
	})
}
