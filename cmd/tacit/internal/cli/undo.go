package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type undoOptions struct {
	// run is the run to take back; "" lists them.
	run         string
	config      configFlags
	tenant      tenantFlags
	autoApprove bool
	// connections allows deleting connections, and with them their users.
	connections bool
}

func (a *app) undoCommand() *cobra.Command {
	var o undoOptions
	cmd := &cobra.Command{
		Use: "undo [RUN] [DIR]", Short: "Take back what a run of apply did, as far as the tenant still holds it",
		Long: "Without RUN it lists the runs of a configuration. With one it plans the way back from the run's journal: objects\n" +
			"that the run created are deleted, attributes that it changed get back their former values, and clients of\n" +
			"connections are enabled as before. What anybody changed since is left alone and named (exit code 1). It shows the\n" +
			"plan, asks, writes, and reads the tenant again. The files still say what they said: take the change out of them\n" +
			"too, or the next apply makes it again.",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.run, args = runArgument(args)
			o.config.directory(args)
			if o.run == "" {
				return a.listRuns(o.config.dir)
			}
			return a.runUndo(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	cmd.Flags().BoolVar(&o.autoApprove, "auto-approve", false, "do not ask")
	cmd.Flags().BoolVar(&o.connections, "allow-destroy-connections", false, "also delete connections that the run created, and with them their users")
	return cmd
}

// runArgument takes the run off the front of the arguments; a lone directory is
// the one whose runs to list.
func runArgument(args []string) (run string, rest []string) {
	if len(args) == 0 {
		return "", args
	}
	if info, err := os.Stat(args[0]); len(args) == 1 && err == nil && info.IsDir() {
		return "", args
	}
	return args[0], args[1:]
}

// pastRun is the JSON form of a run in the list.
type pastRun struct {
	apply.Head
	Started  time.Time `json:"started"`
	Done     apply.End `json:"done"`
	State    string    `json:"state"`
	Finished bool      `json:"finished"`
}

func (a *app) listRuns(dir string) error {
	runs, err := apply.JournalsOf(dir).Runs()
	if err != nil {
		return err
	}
	out := make([]pastRun, len(runs))
	for i, r := range runs {
		out[i] = pastRun{r.Head, r.Started, r.Counts(), r.State(), r.Finished()}
	}
	if a.global.json {
		return a.json(out)
	}
	if len(out) == 0 {
		a.out.Line("No runs: apply has written nothing yet from here.")
	}
	for _, r := range out {
		what := fmt.Sprintf("%d added, %d changed, %d destroyed", r.Done.Created, r.Done.Updated, r.Done.Deleted)
		if r.Done.InDoubt > 0 {
			what += fmt.Sprintf(", %d unknown", r.Done.InDoubt)
		}
		on := r.Tenant
		if r.Sandbox != "" {
			on = "sandbox " + r.Sandbox
		}
		if r.Undoes != "" {
			what += ", undoing " + r.Undoes
		}
		a.out.Line("%s  %s  %s: %s (%s)", r.Run, stamp(r.Started), on, what, r.State)
	}
	return nil
}

// undone is the JSON form of an undo.
type undone struct {
	Run    string     `json:"run"`
	Undoes string     `json:"undoes"`
	Plan   *plan.Plan `json:"plan"`
	// Left is what is not taken back.
	Left []apply.Left `json:"left"`
	// Breaks are the declared paths whose connection stays without the rest.
	Breaks    []plan.Stranded   `json:"breaks"`
	Result    *apply.Result     `json:"result"`
	Verified  bool              `json:"verified"`
	Recovered []apply.Recovered `json:"recovered,omitempty"`
}

func (a *app) runUndo(ctx context.Context, o undoOptions) error {
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	return a.alone(l.config.Dir, func() error { return a.undoLoaded(ctx, o, l) })
}

func (a *app) undoLoaded(ctx context.Context, o undoOptions, l *loaded) error {
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	h := a.head(t, o.tenant, l.config)
	h.Undoes = o.run
	if err := a.sameTenant(h, o); err != nil {
		return err
	}
	doc := undone{Run: h.Run, Undoes: o.run}
	if doc.Recovered, err = a.lookAfter(ctx, t, h, l.config.Dir); err != nil {
		return err
	}
	u, err := a.planUndo(ctx, t, l, o)
	if err != nil {
		return err
	}
	doc.Plan, doc.Left, doc.Breaks = u.Plan, u.Left, plan.Strands(l.config, u.Plan, staying(u.Left))
	if !a.global.json {
		a.showUndo(u, o)
		a.showBreaks(doc.Breaks)
	}
	if len(u.Plan.Changes) == 0 {
		doc.Verified = len(unfinished(u.Left)) == 0
		return a.undoEnd(doc)
	}
	if err := a.confirm(ctx, applyOptions{autoApprove: o.autoApprove}, u.Plan); err != nil {
		return err
	}
	none := func(schema.Address) (string, bool) { return "", false }
	runner := apply.Runner{Tenant: t, Guard: a.guard(t, o.connections), Parallelism: o.tenant.parallelism}
	doc.Result, err = a.carry(ctx, runner, u.Plan, none, h, l.config.Dir)
	if err == nil {
		err = a.verifyUndo(ctx, t, l, o, &doc)
	}
	if err != nil {
		r := doc.Result
		err = fmt.Errorf("%w\nBefore that, %d objects were changed back and %d destroyed. To go on from there: %s", err, r.Updated, r.Deleted, l.again(o.config, o.tenant, "undo", o.run))
		if a.global.json {
			return errors.Join(err, a.json(doc))
		}
		return err
	}
	if !a.global.json {
		a.out.Line("")
		a.out.Line("Undo complete! Resources: 0 added, %d changed, %d destroyed.", doc.Result.Updated, doc.Result.Deleted)
		a.out.Line("Verified: the tenant was read again. The files still say what they said: the next apply would make the change again.")
	}
	return a.undoEnd(doc)
}

// sameTenant refuses to take back on one tenant what was done on another.
func (a *app) sameTenant(h apply.Head, o undoOptions) error {
	past, err := apply.JournalsOf(o.config.dir).Read(o.run)
	if err != nil {
		return err
	}
	if past.Same(h) {
		return nil
	}
	name := func(h apply.Head) string {
		s := h.Tenant
		if h.Sandbox != "" {
			s = "the sandbox " + h.Sandbox
		}
		return s + ", workspace " + h.Workspace
	}
	return fmt.Errorf("the run %s was made on %s; this command is for %s, so nothing was read or written", o.run, name(past.Head), name(h))
}

// planUndo reads the journal, as it is after looking at what was unknown, and
// the tenant.
func (a *app) planUndo(ctx context.Context, t *mgmt.Tenant, l *loaded, o undoOptions) (*apply.Undoing, error) {
	past, err := apply.JournalsOf(l.config.Dir).Read(o.run)
	if err != nil {
		return nil, err
	}
	before := t.Requests()
	u, err := apply.Runner{Tenant: t, Guard: a.guard(t, o.connections)}.Undo(ctx, past)
	if err != nil {
		return nil, err
	}
	u.Plan.Budget.Read = t.Requests() - before
	if len(u.Plan.Changes) > 0 {
		u.Plan.Budget.Apply += u.Plan.Budget.Read
	}
	return u, nil
}

func (a *app) showUndo(u *apply.Undoing, o undoOptions) {
	if len(u.Plan.Changes) > 0 {
		a.out.Plan(u.Plan)
	} else {
		a.out.Line("No changes. Nothing of the run %s can be taken back, or all of it was.", o.run)
	}
	if len(u.Left) == 0 {
		return
	}
	a.out.Line("")
	a.out.Line("Not taken back (%d):", len(u.Left))
	connections := false
	for _, l := range u.Left {
		a.out.Line("  %s", l.Summary())
		connections = connections || l.Reason == apply.LeftGuarded && !o.connections
	}
	if connections {
		a.out.Line("With --allow-destroy-connections, connections that the run created are deleted too, and with them their users.")
	}
}

// staying tells which objects the undo leaves on the tenant.
func staying(left []apply.Left) func(schema.Address) bool {
	return func(a schema.Address) bool {
		return slices.ContainsFunc(left, func(l apply.Left) bool {
			return l.Address == a.String() && l.Reason != apply.LeftGone && l.Reason != apply.LeftDestroyed
		})
	}
}

// showBreaks says what becomes of the users of connections that stay.
func (a *app) showBreaks(breaks []plan.Stranded) {
	if len(breaks) == 0 {
		return
	}
	a.out.Line("")
	a.out.Line("What that breaks (%d): users still arrive, and get no API token:", len(breaks))
	for i, b := range breaks {
		if i == maxDrift {
			a.out.Line("  ... and %d more", len(breaks)-i)
			break
		}
		a.out.Line("  %s from %s: %s is destroyed", b.Path, b.Connection, strings.Join(b.Lost, ", "))
	}
	a.out.Line("Apply again, or disable IdP-initiated login on these connections.")
}

// unfinished are the parts of the run that still have an effect.
func unfinished(left []apply.Left) []apply.Left {
	var out []apply.Left
	for _, l := range left {
		if l.Reason != apply.LeftGone {
			out = append(out, l)
		}
	}
	return out
}

// verifyUndo plans the way back once more: there must be nothing left to do.
func (a *app) verifyUndo(ctx context.Context, t *mgmt.Tenant, l *loaded, o undoOptions, doc *undone) error {
	u, err := a.planUndo(ctx, t, l, o)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	if n := len(u.Plan.Changes); n > 0 {
		return fmt.Errorf("verifying: after the writes %d objects are still not as they were (%s and so on); someone else may be changing them, or Auth0 did not keep a value", n, u.Plan.Changes[0].Address)
	}
	doc.Verified = true
	return nil
}

// undoEnd prints the document and fails when a part of the run stays.
func (a *app) undoEnd(doc undone) error {
	n := len(unfinished(doc.Left))
	if a.global.json {
		if err := a.json(doc); err != nil {
			return err
		}
		if n > 0 {
			return &exit{code: exitError}
		}
		return nil
	}
	if n > 0 {
		return fmt.Errorf("%d parts of the run %s were not taken back; they are named above", n, doc.Undoes)
	}
	return nil
}
