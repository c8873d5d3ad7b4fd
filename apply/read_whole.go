package apply

import (
	"context"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// ReadWhole is Read for a rehearsal, which needs whole bodies: a copy of a
// tenant is never made of fields that nobody read. It sends as many requests,
// and a plan sees the same fields; the bodies are in [schema.Snapshot.Whole].
func ReadWhole(ctx context.Context, t Reader, cfg *schema.Config, rules plan.Rules) (*schema.Snapshot, *plan.Binding, schema.Diagnostics, error) {
	return read(ctx, t, cfg, rules, true)
}

// cut leaves of listed objects the fields that were wanted, so that a plan does
// not depend on how the tenant was read. Only the lists of clients and
// connections take fields, and those of connections hold some that nobody asked
// for (recorded: is_domain_connection).
func cut(c schema.Collection, list []*schema.Observed, fields []string) []*schema.Observed {
	if c != schema.Clients && c != schema.Connections {
		return list
	}
	out := make([]*schema.Observed, len(list))
	for i, o := range list {
		out[i] = &schema.Observed{ID: o.ID, Raw: map[string]any{}, Fields: fields}
		for _, f := range fields {
			if v, ok := o.Raw[f]; ok {
				out[i].Raw[f] = v
			}
		}
	}
	return out
}
