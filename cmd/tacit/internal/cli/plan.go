package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type planOptions struct {
	config           configFlags
	tenant           tenantFlags
	target           targetFlag
	prune            pruneFlag
	refresh          refreshFlags
	detailedExitCode bool
	strict           bool
	out, since       string
}

func (a *app) planCommand() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use: "plan [DIR]", Short: "Show what apply would change, and whether the logins would work",
		Long: "Compares the configuration with the tenant, shows the changes and judges every declared path on the state that\napply would produce. Writes nothing. Exit code 3 when a rule fails; with --detailed-exitcode 2 when there are changes.\n\n" +
			"With --refresh=log the last read is kept in DIR/.tacit, without secrets, and a later plan takes it again when the\n" +
			"tenant's log shows no write since: at most 3 requests for a tenant of any size. Anything but logins in the log, a gap\n" +
			"in it or any other doubt reads everything, and the plan says why. The log lags: such a plan shows the tenant as it\n" +
			"was --log-delay ago, or when it was last read. Auth0 names no bound for that. Needs the scope read:logs, and\n" +
			"client credentials or a token that tells its application: the read is kept for that application alone, and an opaque\n" +
			"AUTH0_API_TOKEN cannot be bound to one. apply always reads the tenant.",
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			if err := o.refresh.check(o.out); err != nil {
				return err
			}
			return a.runPlan(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.config.rules.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	o.target.register(cmd)
	o.prune.register(cmd)
	o.refresh.register(cmd)
	cmd.Flags().BoolVar(&o.detailedExitCode, "detailed-exitcode", false, "exit 2 when there are changes")
	cmd.Flags().StringVar(&o.out, "out", "", "save the plan in a `FILE` for a later apply FILE")
	cmd.Flags().StringVar(&o.since, "since", "", "also show what the configuration itself says differently from a saved plan or directory `PATH`")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "warnings and unknowns count as failures")
	return cmd
}

// planned is a plan with what is needed to apply it.
type planned struct {
	tenant  *mgmt.Tenant
	plan    *plan.Plan
	binding *plan.Binding
	snap    *schema.Snapshot
	// removals are what removed blocks name on the tenant; the plan's changes
	// hold them too.
	removals []plan.RemovedObject
	remarks  schema.Diagnostics
	// cost is what reading the whole tenant took.
	cost apply.Cost
}

// reader is apply.Read, or apply.ReadWhole where a rehearsal follows.
type reader func(context.Context, apply.Reader, *schema.Config, plan.Rules) (*schema.Snapshot, *plan.Binding, schema.Diagnostics, error)

// source is where a plan reads the tenant from.
type source struct {
	apply.Reader
	read reader
	// cost is what the whole read took; nil when it is read now, and counted.
	cost *apply.Cost
}

// makePlan reads the tenant and plans.
func (a *app) makePlan(ctx context.Context, l *loaded, t *mgmt.Tenant, read reader) (*planned, error) {
	return a.planFrom(ctx, l, t, source{t, read, nil})
}

func (a *app) planFrom(ctx context.Context, l *loaded, t *mgmt.Tenant, from source) (*planned, error) {
	l.config = plan.Complete(l.config)
	if err := t.Preflight(mgmt.NeededScopes(mgmt.Work{Read: collections(l.config)})); err != nil {
		return nil, err
	}
	before := t.Requests()
	snap, b, ds, err := from.read(ctx, from, l.config, l.catalogue)
	if err != nil {
		return nil, err
	}
	known := t.Requests()
	b, ds, err = bindAgain(ctx, from, l.config, b, snap, ds)
	if err != nil {
		return nil, err
	}
	cost := apply.Cost{Once: t.Requests() - known} // not needed again once the objects exist, or are gone
	if ds.HasErrors() {
		return nil, &badConfig{l.files.WithSnippets(append(l.remarks, ds...))}
	}
	removals, gone := plan.Removals(l.config, b, snap, t.Domain())
	removals = plan.Prune(l.config, b, removals)
	p, more := apply.Make(l.config, b, l.catalogue, l.files.Evaluate)
	ds = slices.Concat(l.remarks, ds, more, gone)
	ds = l.files.WithSnippets(ds.Sorted())
	if ds.HasErrors() {
		return nil, &badConfig{ds}
	}
	p.Tenant = t.Domain()
	looks := t.Requests()
	if err := a.addRemovals(ctx, from, p, removals, a.guard(t, false)); err != nil {
		return nil, err
	}
	cost.Once += t.Requests() - looks
	if cost.Read = t.Requests() - before; from.cost != nil {
		cost = *from.cost
	}
	p.Budget.Read = cost.Read
	if len(p.Changes) > 0 {
		p.Budget.Apply += apply.VerifyCost(l.config, b, p, l.catalogue, cost.Read-cost.Once)
	}
	return &planned{t, p, b, snap, removals, append(ds, plan.Crowding(p, snap)...), cost}, nil
}

// planJSON is the JSON form of plan and of an apply that did not happen.
type planJSON struct {
	*plan.Plan
	Since       *since             `json:"since,omitempty"`
	Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
}

func (a *app) runPlan(ctx context.Context, o planOptions) error {
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	if err := l.limit(o.target, o.prune); err != nil {
		return err
	}
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	p, err := a.planAfter(ctx, o, l, t)
	if err != nil {
		return err
	}
	doc := planJSON{Plan: p.plan, Diagnostics: p.remarks}
	if o.since != "" {
		if doc.Since, err = a.since(o.since, o.config, l.config); err != nil {
			return err
		}
	}
	if o.out != "" {
		if err := writePlan(o.out, p.save(a, l)); err != nil {
			return err
		}
	}
	if err := a.showPlan(doc, o, l); err != nil {
		return err
	}
	switch {
	case p.plan.Report.Failed(o.strict):
		return &exit{code: exitCheckFailed}
	case o.detailedExitCode && len(p.plan.Changes) > 0:
		return &exit{code: exitChanges}
	}
	return nil
}

func (a *app) showPlan(doc planJSON, o planOptions, l *loaded) error {
	if a.global.json {
		return a.json(doc)
	}
	a.err.Diagnostics(doc.Diagnostics)
	if doc.Since != nil {
		a.showSince(o.since, doc.Since)
	}
	a.out.Plan(doc.Plan)
	a.out.Orphans(doc.Orphans, doc.Prune)
	a.out.Line("")
	a.out.Report(doc.Report)
	if o.out != "" {
		a.out.Line("")
		a.out.Line("The plan was saved in %s. To carry out exactly this: %s", o.out, l.again(o.config, o.tenant, "apply", append(o.config.rules.weighed(), o.out)...))
	}
	return nil
}
