package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// liveOptions are those of a rehearsal on the tenant itself.
type liveOptions struct {
	on, allowed bool
	// canaries is how many may be made, 0 when nobody said.
	canaries int
}

const liveHelp = `With --live the logins run on the tenant itself, as it is now: its Actions, MFA policies and settings take part. No
customer's connection is touched. A canary stands for each: a SAML connection tacit-canary-... that takes over how the
customer's answers and reads users, and none of its keys, certificate, domains or metadata. Its user is
canary-...@tacit.invalid. What the run will cause is listed first, and goes on when you type the tenant's name; without
a terminal and under CI=true only with --allow-live. The canary is deleted whatever happens, and its user with it; one
that a killed run left over is deleted by the next run, after 15 minutes. Exit code 1 when one could not be deleted, or that is not known; 3 also when nothing
could be told of any login. Rehearsal blocks do not run. With --sandbox it is a demonstration that asks nothing. --json
has "live" besides: {"run", "causes", "canaries": [{"name", "for", "removed", "may_be_there"}], "leftovers_removed",
"other_canaries", "left_behind"}.`

// fewCanaries is how many are made when nobody chose.
const fewCanaries = 3

func (o *liveOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.on, "live", false, "rehearse on the tenant itself, through short-lived canary connections")
	f.BoolVar(&o.allowed, "allow-live", false, "with --live: do not ask, also without a terminal and under CI=true")
	f.IntVar(&o.canaries, "canaries", 0, "with --live: make at most `N` canaries, one per connection (default 3, or as many as --path chooses)")
}

func (o *liveOptions) check(r *rehearseOptions) error {
	switch {
	case o.canaries < 0:
		return errors.New("--canaries takes a number above 0")
	case !o.on && (o.allowed || o.canaries > 0):
		return errors.New("--allow-live and --canaries say how --live works; give --live as well")
	case o.on && r.asIs:
		return errors.New("--live looks at the tenant as it is already; leave --as-is out")
	case o.on && r.faultGiven:
		return errors.New("--fault is for a copy: to see how a tenant refuses a broken response, rehearse without --live")
	case o.on && len(r.only) > 0:
		return errors.New("--only chooses rehearsal blocks, which run on a copy; leave it out, or rehearse without --live")
	case o.on && r.expired:
		return errors.New("--expired-session is for a copy, where sessions can be ended; leave it out, or rehearse without --live")
	case o.on && r.implicit:
		return errors.New("--implicit is for a copy; leave it out, or rehearse without --live")
	}
	return nil
}

func (a *app) runLive(ctx context.Context, o rehearseOptions) error {
	t, err := a.lookWith(ctx, o.config, o.tenant, false, apply.ReadWhole)
	if err != nil {
		return err
	}
	l, err := a.liveStage(o, t)
	if err != nil {
		return err
	}
	if l.Writes() {
		if err := o.few(l.Connections()); err != nil {
			return err
		}
		if err := t.tenant.Preflight(liveScopes(t.config, l)); err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		a.err.Causes(t.tenant.Domain(), l.Causes())
		if err := a.allowLive(ctx, o, t.tenant.Domain()); err != nil {
			return err
		}
	}
	if a.env.Keep != nil {
		defer a.env.Keep()()
	}
	r, err := l.Rehearse(ctx)
	return a.showLive(ctx, r, err, o, t.files.WithSnippets(t.remarks.Sorted()))
}

// liveStage prepares the chosen paths.
func (a *app) liveStage(o rehearseOptions, t *live) (*stage.Live, error) {
	there, lacking := plan.Present(t.config, t.binding)
	all := slices.Clone(there)
	for _, p := range lacking {
		all = append(all, p.Path)
	}
	chosen, err := choosePaths(all, o.paths)
	if err != nil {
		return nil, err
	}
	there = slices.DeleteFunc(there, func(p *check.Path) bool { return !slices.Contains(chosen, p) })
	lacking = slices.DeleteFunc(lacking, func(p plan.Lacking) bool { return !slices.Contains(chosen, p.Path) })
	lo := stage.LiveOptions{
		Tenant: t.tenant, Transport: t.tenant.Transport(), Config: t.config, Snapshot: t.binding.Snapshot,
		Domain: t.tenant.Domain(), Base: t.tenant.Origin(), Run: a.run, Now: a.env.Now, Sleep: pause, Patience: stage.Patience(),
		ThirdPartyCookies: o.thirdParty, Tell: a.err.Line,
	}
	if o.tenant.sandbox != "" {
		lo.Patience = nil // what is in this process knows its connections at once
	}
	return stage.NewLive(lo, there, lacking)
}

// few refuses to fill a tenant with canaries that nobody chose.
func (o *rehearseOptions) few(connections []string) error {
	n, most := len(connections), o.live.canaries
	switch {
	case most == 0 && len(o.paths) > 0:
		return nil
	case most == 0:
		most = fewCanaries
	}
	if n <= most {
		return nil
	}
	return fmt.Errorf("nothing was written: this would make %d canaries on the tenant, one for each of %s\nOne or two customers tell most: choose them with --path ADDRESS/NAME, or allow that many with --canaries %d", n, some(connections), n)
}

// liveScopes are what making and removing canaries needs.
func liveScopes(cfg *schema.Config, l *stage.Live) []string {
	made := []schema.Collection{schema.Connections}
	if l.Organizations() > 0 {
		made = append(made, schema.OrganizationConnections)
	}
	return mgmt.NeededScopes(mgmt.Work{Read: collections(cfg), Created: made, Deleted: made})
}

// allowLive asks for the tenant's name. A sandbox is nobody's.
func (a *app) allowLive(ctx context.Context, o rehearseOptions, domain string) error {
	if o.live.allowed || o.tenant.sandbox != "" {
		return nil
	}
	switch {
	case a.ci():
		return errors.New("nothing was written: CI is set, and a pipeline rehearses on a tenant only when told to; look at the list above, then run again with --allow-live")
	case !a.env.StdinTerminal || !a.global.input || a.global.json:
		return errors.New("nothing was written: there is no terminal to ask on; look at the list above, then run again with --allow-live")
	}
	return a.ask(ctx, fmt.Sprintf("To go on, type the tenant's name (%s):", domain), domain)
}

// ci: the environment says that no person is there.
func (a *app) ci() bool {
	v := a.getenv("CI")
	on, err := strconv.ParseBool(v)
	return v != "" && (on || err != nil)
}

// showLive shows the logins, and what became of the canaries when that is not
// well.
func (a *app) showLive(ctx context.Context, r *rehearse.Report, err error, o rehearseOptions, ds schema.Diagnostics) error {
	if err == nil {
		return a.showRehearsal(r, o, ds)
	}
	var left *stage.LeftBehind
	code := exitError
	if ctx.Err() != nil && !errors.As(err, &left) {
		code, err = exitInterrupted, fmt.Errorf("interrupted, and no canary of this run was left behind: %w", err)
	}
	if a.global.json {
		why := diagnosticOf(err)
		a.err.Diagnostics(schema.Diagnostics{why})
		if err := a.json(liveJSON{r, append(ds, why)}); err != nil {
			return err
		}
		return &exit{code: code}
	}
	if r.Counts != (rehearse.Counts{}) {
		a.out.Rehearsal(r)
	}
	return &exit{code, err}
}

// liveJSON is a rehearsal that did not end well.
type liveJSON struct {
	*rehearse.Report
	Diagnostics schema.Diagnostics `json:"diagnostics"`
}

// pause waits, unless the run ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
