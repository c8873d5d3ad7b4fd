package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type doctorOptions struct {
	config configFlags
	tenant tenantFlags
	scopes bool
}

func (a *app) doctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use: "doctor [DIR]", Short: "Check files, login, scopes and reach, one after the other",
		Long: "Checks that the configuration can be read, which tenant is meant, that the login works and what the token may do.\nSends two requests, writes nothing. With --scopes it only prints the scopes that plan and apply need.",
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runDoctor(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.tenant.register(cmd)
	cmd.Flags().BoolVar(&o.scopes, "scopes", false, "print the least scopes for plan and for apply; no tenant is asked")
	return cmd
}

// step is one thing that doctor looked at.
type step struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	// Unknown: it cannot be told, which is no failure.
	Unknown bool   `json:"unknown,omitempty"`
	Detail  string `json:"detail"`
}

// neededScopes is what doctor --scopes tells.
type neededScopes struct {
	Plan  []string `json:"plan"`
	Apply []string `json:"apply"`
	// Rules are those without which some rules say unknown.
	Rules []string `json:"rules"`
}

func (a *app) runDoctor(ctx context.Context, o doctorOptions) error {
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	l.config = plan.Complete(l.config)
	used := collections(l.config)
	writable := writableCollections(l.config)
	need := neededScopes{
		mgmt.NeededScopes(mgmt.Work{Read: used}),
		mgmt.NeededScopes(mgmt.Work{Read: used, Created: creatable(writable), Updated: writable, Deleted: deletable(l.config)}),
		mgmt.NeededScopes(mgmt.Work{Read: judged(l.config)}),
	}
	if o.scopes {
		return a.showScopes(need)
	}
	steps := []step{{"configuration", true, false, plural(len(l.config.Objects), "object")}}
	steps = append(steps, a.examine(ctx, o, l, need)...)
	if a.global.json {
		err = a.json(struct {
			Checks []step `json:"checks"`
		}{steps})
	} else {
		for _, s := range steps {
			a.out.Line("%-13s %-8s %s", s.Check, s.verdict(), s.Detail)
		}
	}
	if err == nil && slices.ContainsFunc(steps, func(s step) bool { return !s.OK && !s.Unknown }) {
		return &exit{code: exitError}
	}
	return err
}

func (s step) verdict() string {
	switch {
	case s.Unknown:
		return "unknown"
	case s.OK:
		return "ok"
	default:
		return "FAILED"
	}
}

// examine asks the tenant; the first step that fails is the last.
func (a *app) examine(ctx context.Context, o doctorOptions, l *loaded, need neededScopes) []step {
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return []step{{"login", false, false, err.Error()}}
	}
	steps := []step{{"login", true, false, "tenant " + t.Domain()}}
	steps = append(steps, scopeStep(t, "plan scopes", need.Plan), scopeStep(t, "apply scopes", need.Apply), ruleStep(t, need.Rules))
	if _, err := t.List(ctx, schema.ResourceServers, nil); err != nil {
		return append(steps, step{"reach", false, false, err.Error()})
	}
	return append(steps, step{"reach", true, false, "the Management API answers"})
}

func scopeStep(t *mgmt.Tenant, name string, need []string) step {
	have, known := t.Scopes()
	if !known {
		return step{name, false, true, "the token does not say what it may do; needed: " + strings.Join(need, " ")}
	}
	if missing := mgmt.MissingScopes(have, need); len(missing) > 0 {
		return step{name, false, false, "missing: " + strings.Join(missing, " ")}
	}
	return step{name, true, false, plural(len(need), "scope")}
}

func (a *app) showScopes(need neededScopes) error {
	if a.global.json {
		return a.json(need)
	}
	a.out.Line("plan:  %s", strings.Join(need.Plan, " "))
	a.out.Line("apply: %s", strings.Join(need.Apply, " "))
	a.out.Line("rules: %s", strings.Join(need.Rules, " "))
	return nil
}

// judged are what rules look at beside the declared objects.
func judged(cfg *schema.Config) []schema.Collection {
	upgrades := func(o *schema.Object) bool { return o.Kind == schema.SilentUpgrade }
	if !slices.ContainsFunc(cfg.Objects, upgrades) {
		return nil
	}
	out := []schema.Collection{schema.TenantSettings, schema.GuardianPolicies, schema.PostLoginBindings, schema.ClientGrants}
	if plan.CustomLogin(cfg) {
		out = append(out, schema.CustomDomains)
	}
	return out
}

// ruleStep never fails: without these scopes the rules concerned say unknown.
func ruleStep(t *mgmt.Tenant, need []string) step {
	s := scopeStep(t, "rule scopes", need)
	if !s.OK && !s.Unknown {
		s.Unknown = true
		s.Detail += "; without them some rules say unknown"
	}
	return s
}

// collections are what a plan of the configuration reads.
func collections(cfg *schema.Config) []schema.Collection {
	out := collect(cfg, func(*schema.Object) bool { return true })
	add := func(c schema.Collection) {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for _, r := range cfg.Removed {
		add(r.Object.Kind.Collection)
	}
	if cfg.Prune {
		for _, k := range plan.Marked() {
			add(k.Collection)
		}
	}
	slices.Sort(out)
	return out
}

// deletable are the collections from which removed blocks delete.
func deletable(cfg *schema.Config) []schema.Collection {
	var out []schema.Collection
	for _, r := range cfg.Removed {
		if r.Destroy {
			out = append(out, r.Object.Kind.Collection)
		}
	}
	return out
}

// writableCollections are those that hold objects which tacit may write.
func writableCollections(cfg *schema.Config) []schema.Collection {
	return collect(cfg, (*schema.Object).Writes)
}

func collect(cfg *schema.Config, want func(*schema.Object) bool) []schema.Collection {
	var out []schema.Collection
	for _, o := range cfg.Objects {
		if c := o.Kind.Collection; c != "" && want(o) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// creatable leaves out what every tenant has already.
func creatable(cs []schema.Collection) []schema.Collection {
	return slices.DeleteFunc(slices.Clone(cs), func(c schema.Collection) bool { return c == schema.TenantSettings })
}

// writeScopes are what carrying out the plan needs.
func writeScopes(cfg *schema.Config, p *plan.Plan) []string {
	w := mgmt.Work{Read: collections(cfg)}
	for i := range p.Changes {
		c := p.Changes[i].Object().Kind.Collection
		switch p.Changes[i].Action {
		case plan.Create:
			w.Created = append(w.Created, c)
		case plan.Delete:
			w.Deleted = append(w.Deleted, c)
		case plan.Update:
			w.Updated = append(w.Updated, c)
		}
	}
	return mgmt.NeededScopes(w)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
