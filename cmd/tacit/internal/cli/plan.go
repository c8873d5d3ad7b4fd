package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

type planOptions struct {
	config           configFlags
	tenant           tenantFlags
	detailedExitCode bool
	strict           bool
}

func (a *app) planCommand() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use: "plan [DIR]", Short: "Show what apply would change, and whether the logins would work",
		Long: "Compares the configuration with the tenant, shows the changes and judges every declared path on the state that\napply would produce. Writes nothing. Exit code 3 when a rule fails; with --detailed-exitcode 2 when there are changes.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runPlan(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	cmd.Flags().BoolVar(&o.detailedExitCode, "detailed-exitcode", false, "exit 2 when there are changes")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "warnings and unknowns count as failures")
	return cmd
}

// planned is a plan with what is needed to apply it.
type planned struct {
	tenant  *mgmt.Tenant
	plan    *plan.Plan
	binding *plan.Binding
	remarks schema.Diagnostics
}

// makePlan reads the tenant and plans.
func (a *app) makePlan(ctx context.Context, l *loaded, t *mgmt.Tenant) (*planned, error) {
	before := t.Requests()
	catalogue := rules.Catalogue()
	snap, b, ds, err := apply.Read(ctx, t, l.config, catalogue)
	if err != nil {
		return nil, err
	}
	if ds.HasErrors() {
		return nil, &badConfig{append(l.remarks, ds...)}
	}
	p, more := apply.Make(l.config, b, catalogue, l.files.Evaluate)
	ds = append(append(l.remarks, ds...), more...).Sorted()
	if ds.HasErrors() {
		return nil, &badConfig{ds}
	}
	p.Budget.Read = t.Requests() - before
	if len(p.Changes) > 0 {
		p.Budget.Apply += apply.VerifyCost(p, snap, p.Budget.Read)
	}
	return &planned{t, p, b, ds}, nil
}

// planJSON is the JSON form of plan and of an apply that did not happen.
type planJSON struct {
	*plan.Plan
	Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
}

func (a *app) runPlan(ctx context.Context, o planOptions) error {
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	p, err := a.makePlan(ctx, l, t)
	if err != nil {
		return err
	}
	if a.global.json {
		if err := a.json(planJSON{p.plan, p.remarks}); err != nil {
			return err
		}
	} else {
		a.err.Diagnostics(p.remarks)
		a.out.Plan(p.plan)
		a.out.Line("")
		a.out.Report(p.plan.Report)
	}
	switch {
	case p.plan.Report.Failed(o.strict):
		return &exit{code: exitCheckFailed}
	case o.detailedExitCode && len(p.plan.Changes) > 0:
		return &exit{code: exitChanges}
	}
	return nil
}
