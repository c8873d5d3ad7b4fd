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
	s, err := a.stage(l, p, stage.Options{Findings: p.plan.Report.Findings})
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
	what := "the login fails on"
	if len(g.Rehearsals) > 0 && g.AsExpected.Failed > 0 {
		what = "the login fails, or does not end as expected, on"
	}
	return &exit{exitCheckFailed, fmt.Errorf("nothing was written: with this plan %s %s\nWith --no-rehearse tacit writes all the same", what, some(g.Blocking))}
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
		failed.Rehearsals = slices.DeleteFunc(slices.Clone(g.Rehearsals), func(e *rehearse.Rehearsed) bool { return e.Outcome != rehearse.Failed })
		a.out.Rehearsal(&failed)
		a.out.Line("")
		return
	}
	with := ""
	if n := len(g.Rehearsals); n > 0 {
		with = fmt.Sprintf(", with %d of the %s on them", n, plural(g.OutOfRehearsals, "rehearsal"))
	}
	a.out.Line("Rehearsed %s that this plan changes%s, on a copy in a model of Auth0: %s.", of, with, g.Verdict)
	if len(g.Already) > 0 {
		a.out.Line("Already broken on the tenant as it is: %s.", some(g.Already))
	}
	if len(g.Cookies) > 0 {
		a.out.Line("Not in browsers that block third-party cookies: %s.", some(g.Cookies))
	}
}
