package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type checkOptions struct {
	config configFlags
	tenant tenantFlags
	strict bool
}

func (a *app) checkCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use: "check [DIR]", Short: "Judge the declared paths on the tenant as it is",
		Long: "Reads the tenant and judges every declared path on what it holds now, whatever the configuration would change. Writes\nnothing. Exit code 3 when a rule fails or a declared object is missing.",
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runCheck(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	o.config.rules.register(cmd)
	cmd.Flags().BoolVar(&o.strict, "strict", false, "warnings and unknowns count as failures")
	return cmd
}

// live is a configuration with what was read of its tenant.
type live struct {
	*loaded
	tenant  *mgmt.Tenant
	binding *plan.Binding
	// requests is how many it took.
	requests int
	remarks  schema.Diagnostics
}

// look reads what the declared paths need, or, planned, what an apply of them
// would.
func (a *app) look(ctx context.Context, c configFlags, tf tenantFlags, planned bool) (*live, error) {
	return a.lookWith(ctx, c, tf, planned, apply.Read)
}

func (a *app) lookWith(ctx context.Context, c configFlags, tf tenantFlags, planned bool, read reader) (*live, error) {
	l, err := a.load(c)
	if err != nil {
		return nil, err
	}
	if planned {
		l.config = plan.Complete(l.config)
	}
	t, err := a.connect(ctx, tf, l.config)
	if err != nil {
		return nil, err
	}
	if err := t.Preflight(mgmt.NeededScopes(mgmt.Work{Read: collections(l.config)})); err != nil {
		return nil, err
	}
	before := t.Requests()
	snap, b, ds, err := read(ctx, t, l.config, l.catalogue)
	if err != nil {
		return nil, err
	}
	if b, ds, err = bindAgain(ctx, t, l.config, b, snap, ds); err != nil {
		return nil, err
	}
	ds = append(l.remarks, ds...)
	if ds.HasErrors() {
		return nil, &badConfig{l.files.WithSnippets(ds.Sorted())}
	}
	return &live{loaded: l, tenant: t, binding: b, requests: t.Requests() - before, remarks: ds}, nil
}

func (a *app) runCheck(ctx context.Context, o checkOptions) error {
	l, err := a.look(ctx, o.config, o.tenant, false)
	if err != nil {
		return err
	}
	c, _ := plan.Check(l.config, l.binding, l.catalogue)
	c.Tenant, c.Requests = l.tenant.Domain(), l.requests
	ds := l.files.WithSnippets(append(l.remarks, c.UnusedIgnores()...).Sorted())
	if a.global.json {
		err = a.json(struct {
			*plan.Checked
			Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
		}{c, ds})
	} else {
		a.err.Diagnostics(ds)
		a.out.Checked(c)
	}
	if err == nil && (c.Failed(o.strict) || len(c.Missing) > 0) {
		return &exit{code: exitCheckFailed}
	}
	return err
}
