package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
)

type driftOptions struct {
	config configFlags
	tenant tenantFlags
	since  string
	// undeclared also lists connections that no block declares.
	undeclared  bool
	adopt       bool
	autoApprove bool
}

func (a *app) driftCommand() *cobra.Command {
	var o driftOptions
	cmd := &cobra.Command{
		Use: "drift [DIR]", Short: "Show what was changed on the tenant, by whom and when",
		Long: "Compares the tenant with the configuration and finds in the tenant's log who wrote what differs: a person in the\n" +
			"Dashboard, an application, a run of tacit. Writes nothing to the tenant. Exit code 2 when something was changed there,\n" +
			"or when nothing tells which side moved; 0 when nothing differs but what the files say anew and apply has not carried\n" +
			"out. The log needs the scope read:logs, lags, and reaches back as far as the tenant's plan keeps it: what is not there is\n" +
			"unknown.\n\n" +
			"tacit apply takes drift back. --adopt goes the other way: it changes the lines of the files that hold such a value,\n" +
			"and nothing else in them, after a plan of the result. What stands in an expression is named with the value to write.",
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runDrift(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "read the log from `WHEN` on: a time, a date or how long ago (36h, 7d); default: the last run, else all of it")
	f.BoolVar(&o.undeclared, "undeclared", false, "also list SAML connections that no block declares")
	f.BoolVar(&o.adopt, "adopt", false, "write what the tenant has into the files; shows the lines and asks")
	f.BoolVar(&o.autoApprove, "auto-approve", false, "with --adopt: do not ask")
	return cmd
}

func (a *app) runDrift(ctx context.Context, o driftOptions) error {
	since, err := moment(o.since, a.env.Now())
	if err != nil {
		return err
	}
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	before := t.Requests()
	p, err := a.makePlan(ctx, l, t, apply.Read)
	if err != nil {
		return err
	}
	doc := &view.Drift{Tenant: p.plan.Tenant, Workspace: p.plan.Workspace, Differences: []apply.Difference{}, Diagnostics: p.remarks}
	foreign := undeclared(p, o.undeclared)
	if len(p.plan.Changes)+len(p.plan.Orphans)+len(foreign) > 0 {
		e, err := a.evidence(ctx, t, a.head(t, o.tenant, l.config), l, since, doc)
		if err != nil {
			return err
		}
		doc.Differences = apply.Differences(p.plan, p.binding.IDs(), e)
		for _, c := range foreign {
			doc.Undeclared = append(doc.Undeclared, view.Undeclared{Name: c.String("name"), ID: c.ID, By: e.MadeBy(schema.Connections, c.ID)})
		}
	}
	doc.Drift, doc.Requests = apply.Drifted(doc.Differences), t.Requests()-before
	if o.adopt {
		return a.adopt(ctx, o, l, p, doc)
	}
	return a.endDrift(doc)
}

// endDrift shows the result.
func (a *app) endDrift(doc *view.Drift) error {
	if a.global.json {
		if err := a.json(doc); err != nil {
			return err
		}
	} else {
		a.err.Diagnostics(doc.Diagnostics)
		a.out.Drift(doc)
	}
	if doc.Drift {
		return &exit{code: exitChanges}
	}
	return nil
}

// evidence reads the journals and the tenant's log.
func (a *app) evidence(ctx context.Context, t *mgmt.Tenant, h apply.Head, l *loaded, since time.Time, doc *view.Drift) (apply.Evidence, error) {
	runs, err := apply.JournalsOf(l.config.Dir).Runs()
	if err != nil {
		return apply.Evidence{}, err
	}
	runs = slices.DeleteFunc(runs, func(r *apply.PastRun) bool { return !r.Same(h) })
	e := apply.Evidence{Runs: runs, Configuration: l.files.Digest()}
	if since.IsZero() {
		since = apply.Reach(runs)
	}
	e.History, err = apply.Writes(ctx, t, since)
	var refused *apply.StatusError
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusForbidden:
		doc.Log = view.DriftLog{Why: "the token lacks read:logs"}
	case err != nil:
		return e, err
	default:
		doc.Log = view.DriftLog{Since: e.History.Since, Writes: len(e.History.Writes), Short: e.History.Since.After(since)}
	}
	return e, nil
}

// undeclared are the SAML connections that no block declares and that do not
// carry the configuration's mark.
func undeclared(p *planned, asked bool) []*schema.Observed {
	if !asked {
		return nil
	}
	known := map[string]bool{}
	for _, o := range p.binding.Observed {
		if o != nil {
			known[o.ID] = true
		}
	}
	for _, o := range p.plan.Orphans {
		known[o.ID] = true
	}
	var out []*schema.Observed
	for _, c := range p.snap.Objects[schema.Connections] {
		if !known[c.ID] {
			out = append(out, c)
		}
	}
	return out
}

// moment reads a time, a date or how long ago.
func moment(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	const day = 24 * time.Hour
	if n, ok := strings.CutSuffix(s, "d"); ok {
		if days, err := strconv.Atoi(n); err == nil && days >= 0 {
			return now.Add(-time.Duration(days) * day), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--since %s: write how long ago (36h, 7d), a date (2026-11-22) or a time (2026-11-22T08:00:00Z)", s)
}
