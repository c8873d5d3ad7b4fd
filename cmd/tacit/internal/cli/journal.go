package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// head describes this run for its journal.
func (a *app) head(t *mgmt.Tenant, f tenantFlags, cfg *schema.Config) apply.Head {
	return apply.Head{Run: a.run, Tenant: t.Domain(), Sandbox: f.store(cfg), Workspace: cfg.Workspace, Version: version()}
}

// store names the sandbox in journals, so that a run on a local tenant is never
// taken for one on the real tenant of the same domain: relative to the
// configuration when it lies inside, "" without a sandbox.
func (f tenantFlags) store(cfg *schema.Config) string {
	if f.sandbox == "" {
		return ""
	}
	file, err1 := filepath.Abs(f.path(cfg))
	dir, err2 := filepath.Abs(cfg.Dir)
	if err1 != nil || err2 != nil {
		return f.path(cfg)
	}
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return file
}

// guard says what this run may not delete.
func (a *app) guard(t *mgmt.Tenant, connections bool) plan.Guard {
	own := t.OwnClient()
	if own == "" {
		own = a.getenv("AUTH0_CLIENT_ID")
	}
	return plan.Guard{Domain: t.Domain(), OwnClient: own, Connections: connections}
}

// alone does f while no other run of the configuration directory is under way.
func (a *app) alone(dir string, f func() error) error {
	if err := privateDir(filepath.Join(dir, ".tacit")); err != nil {
		return err
	}
	lock, err := apply.JournalsOf(dir).Lock(a.run, a.env.Now())
	if err != nil {
		return err
	}
	return errors.Join(f(), lock.Release())
}

// lookAfter finds out what runs that were stopped left, before anything else.
func (a *app) lookAfter(ctx context.Context, t *mgmt.Tenant, h apply.Head, dir string) ([]apply.Recovered, error) {
	found, err := apply.Runner{Tenant: t}.Recover(ctx, apply.JournalsOf(dir), h, a.env.Now)
	for _, r := range found {
		a.tellRecovered(r)
	}
	return found, err
}

func (a *app) tellRecovered(r apply.Recovered) {
	if a.global.json {
		return
	}
	d := r.Done
	a.err.Line("Note: the run %s of %s was stopped. It had added %d objects, changed %d and destroyed %d.", r.Run, stamp(r.Started), d.Created, d.Updated, d.Deleted)
	for _, l := range r.Lookups {
		if l.ID != "" {
			a.err.Line("      %s: it had not learned whether it was created; it was [%s].", l.Address, l.ID)
		} else {
			a.err.Line("      %s: it had not learned whether it was created; it was not.", l.Address)
		}
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// carry writes the plan to the tenant, with a journal.
func (a *app) carry(ctx context.Context, r apply.Runner, p *plan.Plan, known schema.IDs, h apply.Head, dir string) (*apply.Result, error) {
	if err := apply.ForgetRead(dir); err != nil {
		return &apply.Result{}, fmt.Errorf("nothing was written: the read kept for plan --refresh=log cannot be dropped: %w", err)
	}
	j, err := apply.JournalsOf(dir).Start(h, a.env.Now)
	if err != nil {
		return &apply.Result{}, err
	}
	r.Journal = j
	r.Progress = func(e apply.Event) {
		if !a.global.json {
			a.out.Line("%s: %s [%s]", e.Address, e.Verb, e.ID)
		}
	}
	result, err := r.Run(ctx, p, known)
	return result, errors.Join(err, j.Close())
}
