package cli

import (
	"context"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// listPage is how many connections one request lists (OpenAPI document).
const listPage = 100

// bindAgain looks whether connections of strategies that tacit does not manage
// hold names that were not found, and binds again when some do. It asks name by
// name where that takes no more requests than a list of all connections, and
// nothing when every name was found.
func bindAgain(ctx context.Context, t apply.Reader, cfg *schema.Config, b *plan.Binding, snap *schema.Snapshot, ds schema.Diagnostics) (*plan.Binding, schema.Diagnostics, error) {
	names := plan.Unfound(cfg, b)
	if all := len(snap.Objects[schema.Connections]); len(names) > max(1, (all+listPage-1)/listPage) {
		names = []string{""}
	}
	for _, name := range names {
		found, err := t.OtherConnections(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		snap.Others = append(snap.Others, found...)
	}
	if len(snap.Others) == 0 {
		return b, ds, nil
	}
	b, ds = plan.Bind(cfg, snap)
	return b, ds, nil
}
