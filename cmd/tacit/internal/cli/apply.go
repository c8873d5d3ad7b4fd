package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type applyOptions struct {
	config      configFlags
	tenant      tenantFlags
	target      targetFlag
	prune       pruneFlag
	autoApprove bool
	// planFile is the saved plan that was approved, "" when none was given.
	planFile string
	matching bool
	// massChange lifts the brake on deletions.
	massChange bool
	// noRehearse writes without rehearsing the paths first.
	noRehearse bool
}

func (a *app) applyCommand() *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use: "apply [PLANFILE] [DIR]", Short: "Make the tenant match the configuration, then read it again to verify",
		Long: "Plans, shows the plan, asks, writes, and reads the tenant again to verify. Refuses when a rule fails on a path whose\nobjects the plan changes (exit code 3, nothing written).\n\nWith a plan saved by plan --out it plans again, compares, and writes without asking; it refuses (exit code 4) when\nthe configuration or the tenant is not what the approval was given for.",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.planFile, args = planFile(args)
			if len(args) > 1 {
				return fmt.Errorf("%s is not a saved plan: write apply [PLANFILE] [DIR]", args[0])
			}
			o.config.directory(args)
			return a.runApply(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.config.rules.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	o.target.register(cmd)
	o.prune.register(cmd)
	cmd.Flags().BoolVar(&o.autoApprove, "auto-approve", false, "do not ask")
	cmd.Flags().BoolVar(&o.massChange, "allow-mass-change", false, "delete more than 30 % of more than 10 objects in one run")
	cmd.Flags().BoolVar(&o.noRehearse, "no-rehearse", false, "do not rehearse the logins that the plan changes before writing")
	cmd.Flags().BoolVar(&o.matching, "matching", false, "with a PLANFILE: accept any plan with the same changes and verdicts")
	return cmd
}

// applied is the JSON form of an apply.
type applied struct {
	Plan *plan.Plan `json:"plan"`
	// Result is what was written; null when nothing was.
	Result   *apply.Result      `json:"result"`
	Verified bool               `json:"verified"`
	Remarks  schema.Diagnostics `json:"diagnostics,omitempty"`
	// Run is what tacit undo takes back, "" when nothing was written.
	Run string `json:"run,omitempty"`
	// Recovered tells of runs that were stopped.
	Recovered []apply.Recovered `json:"recovered,omitempty"`

	// Rehearsal is how the logins fared that the plan changes, before any write.
	Rehearsal *stage.Gate `json:"rehearsal,omitempty"`

	// ids are those of all declared objects, known once verified.
	ids schema.IDs
}

func (a *app) runApply(ctx context.Context, o applyOptions) error {
	saved, err := o.approved()
	if err != nil {
		return err
	}
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	if err := l.limit(o.target, o.prune); err != nil {
		return err
	}
	return a.alone(l.config.Dir, func() error { return a.applyLoaded(ctx, o, l, saved) })
}

// applyLoaded applies what was loaded, or of it what saved is the approval of.
func (a *app) applyLoaded(ctx context.Context, o applyOptions, l *loaded, saved *plan.File) error {
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	recovered, err := a.lookAfter(ctx, t, a.head(t, o.tenant, l.config), l.config.Dir)
	if err != nil {
		return err
	}
	p, err := a.makePlan(ctx, l, t, o.reader())
	if err != nil {
		return err
	}
	if !a.global.json {
		a.err.Diagnostics(p.remarks)
		a.out.Plan(p.plan)
		a.out.Orphans(p.plan.Orphans, p.plan.Prune)
		a.out.Line("")
		a.out.Report(p.plan.Report)
	}
	doc := applied{Plan: p.plan, Remarks: p.remarks, Recovered: recovered}
	if saved != nil {
		if err := a.approve(saved, p.save(a, l), o.matching); err != nil {
			return err
		}
	}
	blocking, already := p.plan.Blocked()
	if len(blocking) > 0 {
		return a.refuse(doc, len(blocking))
	}
	if len(already) > 0 && !a.global.json {
		a.out.Line("")
		a.out.Line("Already broken (%d): paths that this plan does not touch; see the findings.", len(already))
	}
	if len(p.plan.Changes) == 0 {
		doc.Verified = true
		return a.jsonOnly(doc)
	}
	if err := p.plan.Brake(p.snap); err != nil && !o.massChange {
		return fmt.Errorf("nothing was written: %w", err)
	}
	if err := t.Preflight(writeScopes(l.config, p.plan)); err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	if err := a.rehearseFirst(ctx, l, p, o, &doc); err != nil {
		return err
	}
	if err := a.confirm(ctx, o, p.plan); err != nil {
		return err
	}
	return a.carryOut(ctx, l, p, o, doc)
}

// jsonOnly prints the document when JSON was asked for; text was printed on
// the way.
func (a *app) jsonOnly(doc applied) error {
	if a.global.json {
		return a.json(doc)
	}
	return nil
}

func (a *app) refuse(doc applied, n int) error {
	if a.global.json {
		if err := a.json(doc); err != nil {
			return err
		}
		return &exit{code: exitCheckFailed}
	}
	return &exit{exitCheckFailed, fmt.Errorf("nothing was written: %d failing rules concern objects that this plan changes", n)}
}

func (a *app) confirm(ctx context.Context, o applyOptions, p *plan.Plan) error {
	if o.autoApprove || o.planFile != "" {
		return nil
	}
	if !a.env.StdinTerminal || !a.global.input || a.global.json {
		return errors.New("nothing was written: there is no terminal to ask on; look at the plan, then run again with --auto-approve")
	}
	return a.ask(ctx, fmt.Sprintf("Change %s as shown? Only \"yes\" is accepted:", p.Tenant), "yes")
}

// ask waits for the one answer that lets a write go on.
func (a *app) ask(ctx context.Context, question, want string) error {
	a.err.Line("")
	a.err.Line("%s", question)
	answer := make(chan string, 1)
	go func() {
		// The reader stays behind when the run is interrupted; the process
		// ends then.
		line, _ := bufio.NewReader(a.env.Stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return fmt.Errorf("nothing was written: %w", ctx.Err())
	case s := <-answer:
		if s != want {
			return errors.New("nothing was written: not confirmed")
		}
		return nil
	}
}

func (a *app) carryOut(ctx context.Context, l *loaded, p *planned, o applyOptions, doc applied) error {
	h := a.head(p.tenant, o.tenant, l.config)
	if l.config.Partial == nil {
		h.Configuration = l.files.Digest()
	}
	runner := apply.Runner{Tenant: p.tenant, Guard: a.guard(p.tenant, mayDestroy(p.removals)), Parallelism: o.tenant.parallelism}
	result, err := a.carry(ctx, runner, p.plan, p.binding.IDs(), h, l.config.Dir)
	doc.Result, doc.Run = result, h.Run
	back := l.again(o.config, o.tenant, "undo", h.Run)
	if err == nil {
		err = a.verify(ctx, l, p, &doc)
	}
	if err != nil {
		return a.stopped(doc, back, err)
	}
	if err := apply.JournalsOf(l.config.Dir).Clean(h); err != nil {
		a.err.Line("Note: old journals stay: %s", err)
	}
	if a.global.json {
		return a.json(doc)
	}
	a.out.Line("")
	a.out.Line("Apply complete! Resources: %d added, %d changed, %d destroyed.", result.Created, result.Updated, result.Deleted)
	a.out.Line("Verified: the tenant was read again and matches %s.", whole(p.plan))
	a.out.Line("To take this run back: %s", back)
	return a.showOutputs(l, doc.ids)
}

// whole names what a plan was made of.
func whole(p *plan.Plan) string {
	if p.Partial != nil {
		return "what this plan looked at"
	}
	return "the configuration"
}

// stopped reports a failed run with what it had done by then.
func (a *app) stopped(doc applied, back string, err error) error {
	r := doc.Result
	if len(r.Events) > 0 {
		err = fmt.Errorf("%w\nBefore that, %d writes were made; they stay. Run apply again to go on from there, or take it back: %s", err, len(r.Events), back)
	}
	if a.global.json {
		return errors.Join(err, a.json(doc))
	}
	return err
}

// verify reads the tenant again: what was written must be there.
func (a *app) verify(ctx context.Context, l *loaded, p *planned, doc *applied) error {
	again, err := a.makePlan(ctx, l, p.tenant, apply.Read)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	if n := len(again.plan.Changes); n > 0 {
		var names []string
		for _, c := range again.plan.Changes {
			for _, at := range c.Attributes {
				names = append(names, c.Address+" "+at.Name)
			}
		}
		return fmt.Errorf("verifying: after the writes %d objects still differ (%s); someone else may be changing them, or Auth0 did not keep a value", n, strings.Join(names, ", "))
	}
	doc.Verified, doc.ids = true, again.binding.IDs()
	return nil
}
