package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/onboard"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

type onboardOptions struct {
	config configFlags
	tenant tenantFlags
	name   string

	metadata, ssoURL, cert, entityID string
	allowPrivate                     bool
	display, idp                     string
	domains, set                     []string
	client, api, organization        string
	dryRun, offline, force, again    bool

	// lines are the answers of the person at the terminal; nil without one.
	lines *bufio.Reader
}

func (a *app) onboardCommand() *cobra.Command {
	var o onboardOptions
	cmd := &cobra.Command{
		Use: "onboard NAME [DIR]", Short: "Declare a customer's connection from what the customer sent",
		Long: "Reads the customer's metadata (or sign-on URL and certificate), finds how the configuration declares its customers, and\n" +
			"adds one in the same manner: a row of the CSV file or an entry of the map that a saml_connection block goes over, or a\n" +
			"block of its own. Comments and layout stay. Then it validates, plans and rehearses the new path, and writes the files\n" +
			"when the login works: all of them or none, and over none. Nothing is written to the tenant.\n\n" +
			"On a terminal it asks for what is missing; without one that is an error that names the flags. What cannot be used is\n" +
			"refused in words that can be sent on to the customer (exit code 1). Exit code 3 when a rule or the login fails.\n\n" +
			"In JSON: {\"name\", \"idp\", \"idp_detected\", \"found\" (as inspect), \"address\", \"paths\", \"files\": [{\"path\", \"new\", \"diff\"}],\n" +
			"\"notes\", \"validation\", \"plan\", \"rehearsal\", \"written\"}.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return errors.New("the name of the new connection is expected, and perhaps the configuration directory: tacit onboard acme --metadata acme.xml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			o.config.directory(args[1:])
			return a.runOnboard(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.metadata, "metadata", "", "the customer's metadata: a `FILE`, an https URL, or - for standard input")
	f.BoolVar(&o.allowPrivate, "allow-private", false, "let --metadata URL reach private addresses, and go through a proxy")
	f.StringVar(&o.ssoURL, "sso-url", "", "without metadata: the identity provider's sign-on `URL`")
	f.StringVar(&o.cert, "cert", "", "without metadata: a `FILE` with the certificate that the identity provider signs with")
	f.StringVar(&o.entityID, "entity-id", "", "the identity provider's entity `ID`; chooses one of several in the metadata")
	f.StringVar(&o.idp, "idp", "", "the maker, when its URLs do not tell: "+strings.Join(onboard.MakerNames(), ", "))
	f.Lookup("idp").Usage = "the `MAKER`, when its URLs do not tell: " + strings.Join(onboard.MakerNames(), ", ")
	f.StringVar(&o.display, "display-name", "", "the customer's `NAME` on login pages (default: from NAME)")
	f.StringArrayVar(&o.domains, "domain-alias", nil, "an e-mail `DOMAIN` of the customer (repeatable)")
	f.StringVar(&o.client, "client", "", "the application that logins land in, when there are several: a `NAME` or address")
	f.StringVar(&o.api, "api", "", "the API that the token is for, when there are several: a `NAME` or address")
	f.StringVar(&o.organization, "organization", "", "the declared organization that the users log in to: a `NAME` or address")
	f.StringArrayVar(&o.set, "set", nil, "a further column or attribute of customers: `NAME=VALUE` (repeatable)")
	f.BoolVar(&o.again, "again", false, "allow a second connection of an identity provider that is declared already")
	f.BoolVar(&o.dryRun, "dry-run", false, "show the changes to the files and write none")
	f.BoolVar(&o.offline, "offline", false, "look at the files alone: no plan and no rehearsal")
	f.BoolVar(&o.force, "force", false, "write the files although a rule or the login fails")
	return cmd
}

func (a *app) runOnboard(ctx context.Context, o onboardOptions) error {
	if a.env.StdinTerminal && a.global.input && !a.global.json && o.metadata != "-" {
		o.lines = bufio.NewReader(a.env.Stdin)
	}
	r, doc, err := a.customer(ctx, &o)
	if err != nil {
		return err
	}
	if !a.global.json {
		a.out.Found(doc)
		a.out.Line("")
	}
	if err := a.details(&o, r); err != nil {
		return err
	}
	p, err := r.Propose()
	var bad *onboard.BadConfigError
	switch {
	case errors.As(err, &bad):
		return &badConfig{bad.Diagnostics}
	case err != nil:
		return err
	}
	doc.Address, doc.Notes, doc.Files = p.Address.String(), p.Notes, changesOf(p.Edits)
	for _, u := range p.Paths {
		doc.Paths = append(doc.Paths, u.String())
	}
	if !a.global.json {
		a.out.Files(doc.Notes, doc.Files)
		a.out.Line("")
	}
	works, err := a.tryOut(ctx, o, p, doc)
	if err != nil {
		return err
	}
	return a.settleOnboarding(o, p, doc, works)
}

// settleOnboarding writes the files, or says why not.
func (a *app) settleOnboarding(o onboardOptions, p *onboard.Proposal, doc *view.Onboarding, works bool) error {
	if write := !o.dryRun && (works || o.force); write {
		if err := onboard.Commit(o.config.dir, p.Edits); err != nil {
			return err
		}
		doc.Written = true
	}
	var err error
	if a.global.json {
		err = a.json(doc)
	} else {
		a.out.Line("")
		a.tellWritten(o, doc, works)
		err = a.out.Err()
	}
	if err == nil && !works {
		err = &exit{code: exitCheckFailed}
	}
	return err
}

func (a *app) tellWritten(o onboardOptions, doc *view.Onboarding, works bool) {
	var names []string
	for _, f := range doc.Files {
		names = append(names, f.Path)
	}
	switch {
	case doc.Written:
		a.out.Line("Wrote %s. Next: tacit apply, then tacit handoff %s for the customer.", strings.Join(names, ", "), o.name)
	case o.dryRun:
		a.out.Line("Nothing was written (--dry-run).")
	case !works:
		a.out.Line("Nothing was written: the login would not work. With --force tacit writes all the same.")
	}
}

// changesOf shows edits: a diff of what people wrote, and of a new HCL file.
func changesOf(edits []hclconf.Change) []view.FileChange {
	var out []view.FileChange
	for _, e := range edits {
		c := view.FileChange{Path: e.Path, New: e.Before == nil}
		switch {
		case c.New && path.Ext(e.Path) != ".hcl":
			c.Lines = bytes.Count(e.After, []byte("\n"))
		default:
			c.Diff = unified(e)
		}
		out = append(out, c)
	}
	return out
}

// unified is the diff without its head, which names the file again.
func unified(e hclconf.Change) string {
	text := string(diff.Diff("a/"+e.Path, e.Before, "b/"+e.Path, e.After))
	if i := strings.Index(text, "\n@@"); i >= 0 {
		text = text[i+1:]
	}
	return text
}

// tryOut validates, plans and rehearses the new path on the files as they will
// be. works is false when a rule or the login fails.
func (a *app) tryOut(ctx context.Context, o onboardOptions, p *onboard.Proposal, doc *view.Onboarding) (works bool, err error) {
	o.config.extra = p.Extra()
	l, err := a.load(o.config)
	if err != nil {
		return false, err
	}
	var t targetFlag
	for _, addr := range append([]schema.Address{p.Address}, p.Added...) {
		t.addresses = append(t.addresses, addr.String())
	}
	if err := l.target(t); err != nil {
		return false, err
	}
	report, ds := plan.Offline(plan.Complete(l.config), l.catalogue)
	if ds = l.files.WithSnippets(append(slices.Clone(l.remarks), ds...).Sorted()); ds.HasErrors() {
		return false, &badConfig{ds}
	}
	if doc.Validation = report; o.offline || report.Failed(false) {
		doc.Diagnostics = ds
		if !a.global.json {
			a.err.Diagnostics(ds)
			a.out.Report(report)
		}
		return !report.Failed(false), nil
	}
	return a.tryOnTenant(ctx, o, l, p, doc)
}

// tryOnTenant plans and rehearses.
func (a *app) tryOnTenant(ctx context.Context, o onboardOptions, l *loaded, p *onboard.Proposal, doc *view.Onboarding) (works bool, err error) {
	tenant, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return false, fmt.Errorf("%w, or look at the files alone with --offline", err)
	}
	pl, err := a.makePlan(ctx, l, tenant, apply.ReadWhole)
	if err != nil {
		return false, err
	}
	if i := slices.IndexFunc(pl.plan.Changes, func(c plan.Change) bool { return c.Address == p.Address.String() }); i < 0 || pl.plan.Changes[i].Action != plan.Create {
		return false, fmt.Errorf("a connection named %s exists on %s already, though no block declares it; nothing was written. Choose another name, or declare what is there: tacit import", o.name, pl.plan.Tenant)
	}
	doc.Plan, doc.Diagnostics = pl.plan, pl.remarks
	s, err := a.stage(l, pl, stage.Options{Findings: pl.plan.Report.Findings})
	if err != nil {
		return false, err
	}
	paths := plan.Planned(l.config, pl.binding, l.catalogue)
	result, err := s.Planned(ctx, paths, stage.Cases(l.config, paths)...)
	if err != nil {
		return false, cannotApply(err)
	}
	doc.Rehearsal = result.Report
	if !a.global.json {
		a.err.Diagnostics(pl.remarks)
		a.out.Plan(pl.plan)
		a.out.Line("")
		a.out.Report(pl.plan.Report)
		a.out.Line("")
		a.tellRehearsed(result.Report, func(path string) string { return l.again(o.config, o.tenant, "rehearse", "--path="+path) })
	}
	return !pl.plan.Report.Failed(false) && !result.Failing(false), nil
}

// tellRehearsed shows every step of a login that fails, and in a line that it
// works; again is the command that shows the steps of a path.
func (a *app) tellRehearsed(r *rehearse.Report, again func(path string) string) {
	if a.global.full || r.Failing(true) || len(r.Logins) != 1 {
		a.out.Rehearsal(r)
		return
	}
	a.out.Line("Rehearsed %s on a copy in a model of Auth0: %s.\nEvery step of the login: %s", r.Logins[0].Path, r.Verdict, again(r.Logins[0].Path))
}

// pointedAt finds an object by address, label or name.
func pointedAt(cfg *schema.Config, flag, given string, kinds ...string) (schema.Address, error) {
	if given == "" {
		return schema.Address{}, nil
	}
	var hits []schema.Address
	var all []string
	for _, obj := range cfg.Objects {
		if !slices.Contains(kinds, obj.Kind.Name) {
			continue
		}
		all = append(all, obj.Addr.String())
		if obj.Addr.String() == given || !obj.Addr.Each && obj.Addr.Name == given || obj.NaturalKey() == given {
			hits = append(hits, obj.Addr)
		}
	}
	switch {
	case len(hits) == 1:
		return hits[0], nil
	case len(all) == 0:
		return schema.Address{}, fmt.Errorf("%s %s: the configuration declares no %s", flag, given, strings.Join(kinds, " or "))
	}
	return schema.Address{}, fmt.Errorf("%s %s: %s; there are %s", flag, given, cmp.Or(map[bool]string{true: "several have that name"}[len(hits) > 1], "nothing of that name is declared"), some(all))
}
