package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
)

// refreshFlags say how a plan comes to know the tenant.
type refreshFlags struct {
	from string
	// delay is how late entries of the tenant's log are taken to come.
	delay time.Duration
}

// The values of --refresh.
const (
	refreshFull = "full"
	refreshLog  = "log"
)

func (f *refreshFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.from, "refresh", refreshFull, "learn the state of the tenant `HOW`: full reads it, log takes the last read if its log shows no write")
	cmd.Flags().DurationVar(&f.delay, "log-delay", apply.DefaultLogDelay, "with --refresh=log: the `TIME` after which entries of the log are there")
}

// check refuses what cannot be meant.
func (f *refreshFlags) check(out string) error {
	switch {
	case f.from != refreshFull && f.from != refreshLog:
		return fmt.Errorf("--refresh=%s: write full or log", f.from)
	case f.from == refreshLog && f.delay <= 0:
		return fmt.Errorf("--log-delay %s: entries of the tenant's log never come at once; give a time such as %s", f.delay, apply.DefaultLogDelay)
	case f.from == refreshLog && out != "":
		return fmt.Errorf("--out saves what is to be approved, and an approval must rest on what the tenant holds now: leave --refresh=log out")
	}
	return nil
}

// planAfter plans as --refresh says.
func (a *app) planAfter(ctx context.Context, o planOptions, l *loaded, t *mgmt.Tenant) (*planned, error) {
	if o.refresh.from != refreshLog {
		return a.makePlan(ctx, l, t, apply.Read)
	}
	before := t.Requests()
	r := apply.Refresh{
		Dir: l.config.Dir, Tenant: t, Log: t, Delay: o.refresh.delay,
		For: apply.KeptFor{Tenant: t.Domain(), Sandbox: o.tenant.store(l.config), Client: t.OwnClient(), Version: version()},
	}
	k, why := r.Held(ctx)
	if why == nil {
		p, err := a.planFrom(ctx, l, t, source{k.Reader, apply.Read, &k.Cost})
		if err == nil {
			p.plan.Reading = &plan.Reading{Kept: true, Read: &k.Read, AsOf: &k.AsOf}
			p.plan.Budget.Read = t.Requests() - before
			return p, nil
		}
		why = err
	}
	rec := r.Record(ctx)
	p, err := a.planFrom(ctx, l, t, source{rec.Reader(), apply.Read, nil})
	if err != nil {
		return nil, err
	}
	p.plan.Reading = &plan.Reading{Why: why.Error()}
	if err := rec.Keep(plan.Needs(l.config, l.catalogue), p.cost); err != nil {
		p.plan.Reading.NotKept = err.Error()
	}
	p.plan.Budget.Read = t.Requests() - before
	return p, nil
}
