package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
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

type rehearseOptions struct {
	config configFlags
	tenant tenantFlags
	paths  []string
	// only are titles of rehearsal blocks.
	only []string
	asIs bool
	// strict counts what is unknown as failed.
	strict bool
	fault  string
	// faultGiven tells an empty name from none.
	faultGiven bool
	// thirdParty: the browser sends cookies from iframes to other sites.
	thirdParty bool
	// expired: the user comes back when the session has ended.
	expired bool
	// implicit: the application asks as auth0.js does.
	implicit bool
	format   string
	live     liveOptions
}

func (a *app) rehearseCommand() *cobra.Command {
	var o rehearseOptions
	cmd := &cobra.Command{
		Use: "rehearse [DIR]", Short: "Show the logins of the declared paths before touching the tenant",
		Long: "Copies the tenant into a local model of Auth0, carries out the plan on the copy, signs a SAML response as the customer's\n" +
			"identity provider would, and follows the browser along every silent_upgrade path: the landing, the silent request, the\n" +
			"exchange of the code, the verification of the JWT. Nothing is written to the tenant. Exit code 3 when a login fails.\n\n" +
			"The rehearsal blocks of these paths run too, each judged by what it expects: one that expects an error has passed\n" +
			"when the error comes. They say themselves how the identity provider and the browser behave; with --fault they are\n" +
			"left out. In JSON they are \"rehearsals\": a list of {\"rehearsal\", \"outcome\", \"expect\", \"unmet\": [{\"expectation\",\n" +
			"\"expected\", \"found\"}], \"login\"}, with the login in the shape of \"logins\".\n\n" +
			"What no login on a copy shows, such as the customer's own certificate, is told beside the path where its rule fails.\n\n" +
			"Iframes get no cookies of another site, as in Safari, Firefox and Brave; --allow-third-party-cookies is Chrome.\n\n" +
			"--expired-session asks what the application does when the user comes back later: the silent request has to answer\n" +
			"login_required, and the login that the application then shows, with the connection, has to bring the token. A login\n" +
			"passes when both hold.\n\n" +
			"--implicit is an application with auth0.js. It has no refresh tokens, no DPoP and no silent request with the whole page:\n" +
			"of paths with one of these nothing can be told.\n\n" +
			"The identity provider can misbehave. The verdict is about the login all the same: one that a connection rightly\nrefuses has failed (exit code 3), one that it accepts has passed. The faults:\n" + faults() + "\n\n" + liveHelp,
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			o.faultGiven = cmd.Flags().Changed("fault")
			return a.runRehearse(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.paths, "path", nil, "only the paths of `ADDRESS`, such as silent_upgrade.orders, or of one connection: silent_upgrade.orders/NAME (repeatable)")
	f.StringArrayVar(&o.only, "only", nil, "only the rehearsal blocks called `TITLE`, and not the paths themselves (repeatable)")
	f.BoolVar(&o.strict, "strict", false, "exit code 3 also when a login could not be judged, something was not read, or a rule fails that was not rehearsed")
	f.BoolVar(&o.asIs, "as-is", false, "rehearse on the tenant as it is, not as an apply would leave it")
	f.StringVar(&o.fault, "fault", "", "let the identity provider misbehave: a `NAME` of the list above")
	f.BoolVar(&o.thirdParty, "allow-third-party-cookies", false, "let iframes send cookies to other sites")
	o.live.register(cmd)
	f.BoolVar(&o.implicit, "implicit", false, "ask for the tokens themselves, as auth0.js does, instead of a code with PKCE")
	f.BoolVar(&o.expired, "expired-session", false, "let the session end before the application asks: login_required, then a visible login")
	f.StringVar(&o.format, "format", "text", "text, json or mermaid (sequence diagrams)")
	return cmd
}

// faults lists what --fault takes.
func faults() string {
	var b strings.Builder
	for _, f := range rehearse.Faults() {
		fmt.Fprintf(&b, "  %-22s %s\n", f, f.Doc())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (o *rehearseOptions) check() error {
	if !slices.Contains([]string{"text", "json", "mermaid"}, o.format) {
		return fmt.Errorf("--format is text, json or mermaid, not %q", o.format)
	}
	if o.faultGiven && o.fault == "" {
		return errors.New("--fault names no fault; leave it out, or see tacit rehearse --help")
	}
	if len(o.only) > 0 && (len(o.paths) > 0 || o.fault != "") {
		return errors.New("--only chooses rehearsal blocks, which name their path and fault themselves; leave --path and --fault out")
	}
	if len(o.only) > 0 && (o.expired || o.implicit) {
		return errors.New("--only chooses rehearsal blocks, which say themselves how the login goes; leave --expired-session and --implicit out")
	}
	if o.fault != "" && !slices.Contains(rehearse.Faults(), rehearse.Fault(o.fault)) {
		return fmt.Errorf("no fault is called %q; tacit rehearse --help lists them", o.fault)
	}
	return o.live.check(o)
}

func (a *app) runRehearse(ctx context.Context, o rehearseOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	a.global.json = a.global.json || o.format == "json"
	if o.live.on {
		return a.runLive(ctx, o)
	}
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	p, err := a.makePlan(ctx, l, t, apply.ReadWhole)
	if err != nil {
		return err
	}
	paths, cases, err := o.choose(l.config, plan.Planned(l.config, p.binding, l.catalogue))
	if err != nil {
		return err
	}
	options := stage.Options{Fault: rehearse.Fault(o.fault), Implicit: o.implicit, ThirdPartyCookies: o.thirdParty, Findings: p.plan.Report.Findings}
	if o.expired {
		options.Session = rehearse.SessionExpired
	}
	s, err := a.stage(l, p, options)
	if err != nil {
		return err
	}
	play := s.Planned
	if o.asIs {
		play = s.Present
		now, _ := plan.Check(l.config, p.binding, l.catalogue)
		s.Findings = now.Findings
	}
	r, err := play(ctx, paths, cases...)
	if err != nil {
		return cannotApply(err)
	}
	return a.showRehearsal(r.Report, o, p.remarks)
}

// cannotApply gives a plan that fails on the copy the exit code of a failed
// check: the tenant itself is well.
func cannotApply(err error) error {
	var e *stage.ApplyError
	if errors.As(err, &e) {
		return &exit{exitCheckFailed, err}
	}
	return err
}

// stage makes a stage for the planned tenant.
func (a *app) stage(l *loaded, p *planned, o stage.Options) (*stage.Stage, error) {
	o.Config, o.Binding, o.Plan, o.Domain = l.config, p.binding, p.plan, p.tenant.Domain()
	o.Guard, o.Now = a.guard(p.tenant, mayDestroy(p.removals)), a.env.Now
	o.Open = func(ctx context.Context, transport http.RoundTripper) (apply.Tenant, error) {
		return mgmt.New(ctx, mgmt.Options{
			Domain: bareHost(o.Domain), Token: a.run, Transport: transport, UserAgent: "tacit/" + release, RunID: a.run, Now: a.env.Now,
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }, // a copy has no limits to wait for
		})
	}
	return stage.New(o)
}

// choose finds what is meant: paths and their rehearsals, or rehearsals alone.
func (o *rehearseOptions) choose(cfg *schema.Config, all []*check.Path) ([]*check.Path, []stage.Case, error) {
	if len(o.only) > 0 {
		cases, err := chooseCases(stage.Cases(cfg, all), o.only)
		return nil, cases, err
	}
	paths, err := choosePaths(all, o.paths)
	if err != nil || o.fault != "" {
		return paths, nil, err
	}
	return paths, stage.Cases(cfg, paths), nil
}

// chooseCases finds rehearsals by title, with or without the key of an instance.
func chooseCases(all []stage.Case, chosen []string) ([]stage.Case, error) {
	hit := map[string]bool{}
	var out []stage.Case
	var titles []string
	for _, c := range all {
		names := []string{c.Title(), c.Block.Addr.Name}
		if slices.ContainsFunc(chosen, func(s string) bool { return slices.Contains(names, s) }) {
			hit[names[0]], hit[names[1]] = true, true
			out = append(out, c)
		}
		if !slices.Contains(titles, names[1]) {
			titles = append(titles, names[1])
		}
	}
	for _, s := range chosen {
		if !hit[s] && len(titles) == 0 {
			return nil, fmt.Errorf("--only %s: no rehearsal block concerns a path; write one: rehearsal %q { path = ... }", s, s)
		}
		if !hit[s] {
			return nil, fmt.Errorf("--only %s: there is no such rehearsal; there are: %s", s, some(titles))
		}
	}
	return out, nil
}

// choosePaths finds the paths that are meant: all without a choice.
func choosePaths(all []*check.Path, chosen []string) ([]*check.Path, error) {
	if len(chosen) == 0 {
		return all, nil
	}
	hit := map[string]bool{}
	var out []*check.Path
	for _, p := range all {
		in := false
		for _, c := range chosen {
			if slices.Contains(namesOf(p), c) {
				in, hit[c] = true, true
			}
		}
		if in {
			out = append(out, p)
		}
	}
	for _, c := range chosen {
		if !hit[c] {
			var labels []string
			for _, p := range all {
				labels = append(labels, stage.Label(p))
			}
			return nil, fmt.Errorf("--path %s: there is no such path; there are: %s", c, some(labels))
		}
	}
	return out, nil
}

// namesOf are the ways to name a path: its block with or without key, one of its
// connections by name or address, and what a trace calls it.
func namesOf(p *check.Path) []string {
	var out []string
	for _, block := range []schema.Address{p.Addr, p.Addr.Block()} {
		out = append(out, block.String(), block.String()+"/"+p.Connection.Name(), block.String()+"/"+p.Connection.Addr.String())
	}
	return append(out, stage.Label(p))
}

func (a *app) showRehearsal(r *rehearse.Report, o rehearseOptions, ds schema.Diagnostics) error {
	switch {
	case a.global.json:
		err := a.json(struct {
			*rehearse.Report
			Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
		}{r, ds})
		if err != nil {
			return err
		}
	case o.format == "mermaid":
		a.err.Diagnostics(ds)
		logins := slices.Clone(r.Logins)
		for _, e := range r.Rehearsals {
			logins = append(logins, e.Login)
		}
		a.diagrams(logins)
	default:
		a.err.Diagnostics(ds)
		a.out.Rehearsal(r)
	}
	if r.Failing(o.strict) {
		return &exit{code: exitCheckFailed}
	}
	return nil
}

// diagrams draws one login bare, and several fenced as in Markdown.
func (a *app) diagrams(logins []*rehearse.Trace) {
	if len(logins) == 1 {
		a.out.Mermaid(logins[0])
		return
	}
	for i, t := range logins {
		if i > 0 {
			a.out.Line("")
		}
		a.out.Line("```mermaid")
		a.out.Mermaid(t)
		a.out.Line("```")
	}
}
