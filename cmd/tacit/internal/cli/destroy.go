package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type destroyOptions struct {
	config configFlags
	tenant tenantFlags
	// named is the tenant that a script says it means.
	named      string
	massChange bool
}

func (a *app) destroyCommand() *cobra.Command {
	var o destroyOptions
	cmd := &cobra.Command{
		Use: "destroy [DIR]", Short: "Delete from the tenant what tacit created for a configuration",
		Long: "Deletes the applications, connections and organizations that carry this configuration's mark, declared or not any\n" +
			"more, after the tenant was named: typed at the prompt, or with --tenant. Deleting a connection deletes its users, so\n" +
			"each declared one needs prevent_destroy = false in its block first; without that nothing is deleted at all. Connections\n" +
			"that are not declared any more stay, and so does every application in which logins of a connection that stays land.\n" +
			"What tacit did not create stays, and APIs, grants and tenant settings stay too, since they carry no mark; they are named.",
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			l, err := a.load(o.config)
			if err != nil {
				return err
			}
			return a.alone(l.config.Dir, func() error { return a.destroyLoaded(cmd.Context(), o, l) })
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	cmd.Flags().StringVar(&o.named, "tenant", "", "the `DOMAIN` of the tenant that is meant, instead of the question")
	cmd.Flags().BoolVar(&o.massChange, "allow-mass-change", false, "delete more than 30 % of more than 10 objects in one run")
	return cmd
}

// destroyed is the JSON form of a destroy.
type destroyed struct {
	Plan *plan.Plan `json:"plan"`
	// Left is what stays on the tenant, with the reason.
	Left      []plan.Left       `json:"left"`
	Result    *apply.Result     `json:"result"`
	Verified  bool              `json:"verified"`
	Run       string            `json:"run,omitempty"`
	Recovered []apply.Recovered `json:"recovered,omitempty"`
}

func (a *app) destroyLoaded(ctx context.Context, o destroyOptions, l *loaded) error {
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	if _, host, isURL := strings.Cut(o.named, "://"); isURL { // as AUTH0_DOMAIN may be written
		o.named = host
	}
	if o.named != "" && o.named != t.Domain() {
		return fmt.Errorf("nothing was read or written: --tenant says %s, but this command is for %s", o.named, t.Domain())
	}
	l.config.Prune = true // what is declared no longer goes too
	doc := destroyed{}
	h := a.head(t, o.tenant, l.config)
	if doc.Recovered, err = a.lookAfter(ctx, t, h, l.config.Dir); err != nil {
		return err
	}
	d, err := a.planDestroy(ctx, t, l)
	if err != nil {
		return err
	}
	doc.Plan, doc.Left = d.plan, d.left
	if !a.global.json {
		a.showDestroy(l, d)
	}
	if len(d.plan.Changes) == 0 {
		doc.Verified = true
		return a.destroyEnd(doc)
	}
	if err := a.mayDestroyAll(ctx, o, t, l, d); err != nil {
		return err
	}
	runner := apply.Runner{Tenant: t, Guard: a.guard(t, mayDestroy(d.removals)), Parallelism: o.tenant.parallelism}
	none := func(schema.Address) (string, bool) { return "", false }
	doc.Result, err = a.carry(ctx, runner, d.plan, none, h, l.config.Dir)
	doc.Run = h.Run
	if err == nil {
		err = a.verifyDestroy(ctx, t, l, &doc)
	}
	if err != nil {
		err = fmt.Errorf("%w\nBefore that, %d objects were destroyed. Run destroy again to go on from there", err, doc.Result.Deleted)
		if a.global.json {
			return errors.Join(err, a.json(doc))
		}
		return err
	}
	return a.destroyEnd(doc)
}

// destruction is what destroying a configuration comes to.
type destruction struct {
	plan     *plan.Plan
	left     []plan.Left
	removals []plan.RemovedObject
	snap     *schema.Snapshot
}

func (a *app) planDestroy(ctx context.Context, t *mgmt.Tenant, l *loaded) (*destruction, error) {
	before := t.Requests()
	snap, b, ds, err := apply.Read(ctx, t, l.config, nil)
	if err != nil {
		return nil, err
	}
	removals, left, more := plan.Everything(l.config, b)
	if ds = l.files.WithSnippets(append(ds, more...).Sorted()); ds.HasErrors() {
		return nil, &badConfig{ds}
	}
	p := plan.Assemble(t.Domain(), l.config.Workspace, nil)
	if err := a.addRemovals(ctx, t, p, removals, a.guard(t, false)); err != nil {
		return nil, err
	}
	p.Budget.Read = t.Requests() - before
	if len(p.Changes) > 0 {
		p.Budget.Apply += p.Budget.Read - len(removals) // looking again that all is gone
	}
	return &destruction{p, left, removals, snap}, nil
}

func (a *app) showDestroy(l *loaded, d *destruction) {
	if len(d.plan.Changes) == 0 {
		a.out.Line("Nothing to destroy: no object that may go carries the mark of the workspace %s.", l.config.Workspace)
	} else {
		a.out.Plan(d.plan)
	}
	a.out.LeftBehind(d.left)
}

// mayDestroyAll asks everything that can be asked before the first deletion.
func (a *app) mayDestroyAll(ctx context.Context, o destroyOptions, t *mgmt.Tenant, l *loaded, d *destruction) error {
	if err := d.plan.Brake(d.snap); err != nil && !o.massChange {
		return fmt.Errorf("nothing was written: %w", err)
	}
	if err := t.Preflight(writeScopes(l.config, d.plan)); err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	if o.named != "" {
		return nil
	}
	if !a.env.StdinTerminal || !a.global.input || a.global.json {
		return fmt.Errorf("nothing was written: there is no terminal to ask on; look at the plan, then run again with --tenant %s", t.Domain())
	}
	return a.ask(ctx, fmt.Sprintf("This deletes %s from %s. Type the tenant's domain to go on:", plural(len(d.plan.Changes), "object"), t.Domain()), t.Domain())
}

// verifyDestroy reads the tenant again: nothing of it may be left.
func (a *app) verifyDestroy(ctx context.Context, t *mgmt.Tenant, l *loaded, doc *destroyed) error {
	d, err := a.planDestroy(ctx, t, l)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	if n := len(d.plan.Changes); n > 0 {
		return fmt.Errorf("verifying: %s still there (%s and so on); someone else may be making them", plural(n, "object"), d.plan.Changes[0].Address)
	}
	doc.Verified = true
	return nil
}

func (a *app) destroyEnd(doc destroyed) error {
	if a.global.json {
		return a.json(doc)
	}
	if doc.Result != nil {
		a.out.Line("")
		a.out.Line("Destroy complete! Resources: %d destroyed.", doc.Result.Deleted)
		a.out.Line("Verified: the tenant was read again. What the files still declare, the next apply would make again.")
	}
	return nil
}
