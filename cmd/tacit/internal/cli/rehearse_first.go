package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/plan"
)

// reader reads whole what a rehearsal copies.
func (o applyOptions) reader() reader {
	if o.noRehearse {
		return apply.Read
	}
	return apply.ReadWhole
}

// rehearseFirst drives the logins whose objects the plan changes on a copy of
// the tenant, and refuses to go on when one fails that did not before.
func (a *app) rehearseFirst(ctx context.Context, l *loaded, p *planned, o applyOptions, doc *applied) error {
	if o.noRehearse {
		return nil
	}
	s, err := a.stage(l, p, stage.Options{})
	if err != nil {
		return err
	}
	g, err := s.Gate(ctx, plan.Planned(l.config, p.binding, l.catalogue))
	if err != nil {
		return cannotApply(fmt.Errorf("nothing was written: %w\nWith --no-rehearse tacit writes all the same", err))
	}
	if g == nil {
		return nil
	}
	doc.Rehearsal = g
	if !a.global.json {
		a.tellGate(g)
	}
	if len(g.Blocking) == 0 {
		return nil
	}
	if a.global.json {
		if err := a.json(doc); err != nil {
			return err
		}
		return &exit{code: exitCheckFailed}
	}
	return &exit{exitCheckFailed, fmt.Errorf("nothing was written: with this plan the login fails on %s\nWith --no-rehearse tacit writes all the same", some(g.Blocking))}
}

// tellGate says in a line what was rehearsed, and shows what failed.
func (a *app) tellGate(g *stage.Gate) {
	of := "the one path"
	if g.OutOf > 1 {
		of = fmt.Sprintf("%d of the %d paths", g.Paths, g.OutOf)
	}
	a.out.Line("")
	if len(g.Blocking) > 0 {
		failed := *g.Report
		failed.Logins = slices.DeleteFunc(slices.Clone(g.Logins), func(t *rehearse.Trace) bool { return t.Outcome != rehearse.Failed })
		a.out.Rehearsal(&failed)
		a.out.Line("")
		return
	}
	a.out.Line("Rehearsed %s that this plan changes, on a copy in a model of Auth0: %s.", of, g.Verdict)
	if len(g.Already) > 0 {
		a.out.Line("Already broken on the tenant as it is: %s.", some(g.Already))
	}
	if len(g.Cookies) > 0 {
		a.out.Line("Not in browsers that block third-party cookies: %s.", some(g.Cookies))
	}
}
