package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt/deploycli"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

type importOptions struct {
	config configFlags
	tenant tenantFlags
	// kinds are names of kinds, none for the usual ones.
	kinds     []string
	scope     adopt.Selection
	fold      string
	workspace string
	own       bool
	// deployCLI is an export to read instead of a tenant, deployConfig the
	// configuration of the tool that made it.
	deployCLI, deployConfig string
	// terraform is a directory of Terraform files to convert, "" to read a tenant.
	terraform string
	// apply is for writing marks.
	apply applyOptions
}

func (a *app) importCommand() *cobra.Command {
	o := importOptions{}
	cmd := &cobra.Command{
		Use: "import DIR", Short: "Write the configuration of a tenant that is there already",
		Long: "Writes what is on the tenant as a person would have: values that differ from what tacit would create, references in\n" +
			"place of ids, one block with for_each and a CSV file for connections that differ in a few columns only. Reads only,\n" +
			"unless --own is given. Into a new directory, or beside the files of a configuration: what they declare is left out, and\n" +
			"no file is changed. What was written is planned against the tenant; that there is nothing to change is part of the\n" +
			"result, else the exit code is 1.\n\n" +
			"With --from-deploy-cli, what an export of auth0-deploy-cli holds, and nothing is asked of a tenant: keywords become\n" +
			"variables, and what was not exported stays unmanaged.\n\n" +
			"With --from-terraform, what the files of another directory declare for Auth0's Terraform provider, without a tenant:\n" +
			"expressions, variables and for_each stay as they are. What has no counterpart is listed, and has a comment at its place.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the directory to write to: tacit import DIR")
			}
			return oneDirectory(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			if o.terraform != "" {
				if err := onlyFiles(cmd); err != nil {
					return err
				}
				return a.runConvert(o)
			}
			return a.runImport(cmd.Context(), o)
		},
	}
	a.full(cmd)
	o.config.register(cmd)
	o.tenant.register(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&o.kinds, "kind", nil, "only objects of a `KIND`: "+strings.Join(importable(), ", ")+" (repeatable)")
	f.StringVar(&o.scope.Name, "name", "", "only objects whose name matches `PATTERN` (* any text, ? one character)")
	f.StringVar(&o.scope.Client, "client", "", "only applications whose name matches `PATTERN`, and their connections")
	f.StringVar(&o.fold, "fold", string(adopt.FoldAuto), "whether connections that differ in a few columns become one block: `MODE` auto, always or never")
	f.StringVar(&o.workspace, "workspace", "", "the `NAME` of a new configuration, first part of its ownership marks (default \"default\")")
	f.StringVar(&o.deployCLI, "from-deploy-cli", "", "read an export of auth0-deploy-cli, a directory or a YAML `FILE`, instead of a tenant")
	f.StringVar(&o.deployConfig, "deploy-cli-config", "", "its `config.json`, for defaults of variables (default: the one beside the export)")
	f.StringVar(&o.terraform, "from-terraform", "", "convert the *.tf files of a `DIR` for Auth0's Terraform provider; asks no tenant")
	f.BoolVar(&o.own, "own", false, "mark what was written as owned by the configuration; asks before it writes")
	f.BoolVar(&o.apply.autoApprove, "auto-approve", false, "with --own: do not ask")
	return cmd
}

// importable are the kinds that can be asked for. Those behind the usual ones
// cost a request per organization, or are about the whole tenant.
func importable() []string {
	return append(usualKinds(), schema.OrganizationConnection.Name, schema.TenantSettingsKind.Name)
}

func usualKinds() []string {
	return []string{schema.SPAClient.Name, schema.API.Name, schema.ClientGrant.Name, schema.SAMLConnection.Name, schema.Organization.Name, schema.SilentUpgrade.Name}
}

// prepare checks the flags.
func (o *importOptions) prepare() error {
	if err := o.offline(); err != nil {
		return err
	}
	if len(o.kinds) == 0 {
		o.kinds = usualKinds()
		if o.deployCLI != "" {
			o.kinds = importable() // nothing costs a request
		}
		if o.scope.Client != "" {
			o.kinds = slices.DeleteFunc(o.kinds, func(k string) bool { return k == schema.Organization.Name })
		}
	}
	for _, name := range o.kinds {
		if !slices.Contains(importable(), name) {
			return fmt.Errorf("--kind is one of %s, not %q", strings.Join(importable(), ", "), name)
		}
		o.scope.Kinds = append(o.scope.Kinds, schema.KindByName(name))
	}
	if !slices.Contains([]adopt.Fold{adopt.FoldAuto, adopt.FoldAlways, adopt.FoldNever}, adopt.Fold(o.fold)) {
		return fmt.Errorf("--fold is auto, always or never, not %q", o.fold)
	}
	return nil
}

// importing is an import under way.
type importing struct {
	importOptions
	*app
	dir    adopt.Directory
	tenant *mgmt.Tenant
	// there is the configuration that is in the directory already, nil when it
	// is new.
	there *loaded
	// cfg is that configuration, or an empty one.
	cfg    *schema.Config
	source adopt.Source
	re     adopt.Replanner
	plan   adopt.Plan
	// before is how many requests connecting took.
	before int
	// export is what is read instead of a tenant, nil for none.
	export *deploycli.Export
}

func (a *app) runImport(ctx context.Context, o importOptions) error {
	if err := o.prepare(); err != nil {
		return err
	}
	im := &importing{importOptions: o, app: a}
	if err := im.open(); err != nil {
		return err
	}
	read := im.read
	if o.deployCLI != "" {
		read = im.readExport
	}
	if err := read(ctx); err != nil {
		return err
	}
	out, err := im.re.Import(im.source, im.scope, im.plan)
	if err != nil {
		return im.bug(err)
	}
	if im.there == nil && im.dir.Present(".gitignore") == nil {
		out.Files[".gitignore"] = []byte(".tacit/\n")
	}
	doc := im.document(out)
	if len(doc.Objects) == 0 {
		doc.Files = []string{}
	}
	if len(doc.Changes) > 0 || len(doc.Objects) == 0 && (!o.own || len(out.Declared) == 0) {
		return im.end(doc)
	}
	if len(doc.Objects) > 0 {
		if err := im.dir.Commit(out.Files); err != nil {
			return err
		}
		doc.Written = true
	}
	if !o.own {
		return im.end(doc)
	}
	if !a.global.json {
		a.out.Imported(doc)
	}
	return im.ownAll(ctx, doc, out)
}

// end shows the result; a plan that is not empty is a bug.
func (im *importing) end(doc *view.Imported) error {
	var err error
	if im.global.json {
		err = im.json(doc)
	} else {
		im.out.Imported(doc)
		err = im.out.Err()
	}
	if err == nil && len(doc.Changes) > 0 {
		err = &exit{code: exitError}
	}
	return err
}

// open finds out what is in the directory.
func (im *importing) open() error {
	dir, err := adopt.Look(im.config.dir)
	if err != nil {
		return err
	}
	im.dir = dir
	workspace := im.workspace
	if workspace == "" {
		workspace = "default"
	}
	im.cfg = &schema.Config{Dir: dir.Path, Workspace: workspace, Now: im.env.Now()}
	catalogue, err := im.config.rules.catalogue()
	if err != nil {
		return err
	}
	if dir.Config {
		if im.there, err = im.load(im.config); err != nil {
			return err
		}
		im.there.config = plan.Complete(im.there.config)
		if im.cfg = im.there.config; im.workspace != "" && im.workspace != im.cfg.Workspace {
			return fmt.Errorf("--workspace is %s, and the configuration in %s is of the workspace %s; leave the flag out", im.workspace, dir.Path, im.cfg.Workspace)
		}
	}
	options, err := im.options(im.config)
	if err != nil {
		return err
	}
	im.re = adopt.Replanner{Config: options, Rules: catalogue}
	return nil
}

// read lists what is on the tenant.
func (im *importing) read(ctx context.Context) error {
	var err error
	if im.tenant, err = im.connect(ctx, im.importOptions.tenant, im.cfg); err != nil {
		return err
	}
	im.re.Connected = im.cfg.Connected
	need := mgmt.NeededScopes(mgmt.Work{Read: []schema.Collection{schema.Connections, schema.Clients, schema.ResourceServers}})
	if err := im.tenant.Preflight(need); err != nil {
		return err
	}
	im.before = im.tenant.Requests()
	snap, err := apply.Inventory(ctx, im.tenant, im.cfg, im.re.Rules, im.scope.Kinds)
	if err != nil {
		return err
	}
	return im.from(snap, im.guard(im.tenant, false))
}

// from makes what is written out of what was read, and of what is in the
// directory.
func (im *importing) from(snap *schema.Snapshot, guard plan.Guard) error {
	im.re.Snap = snap
	b, ds := plan.Bind(im.cfg, im.re.Settled().Snap)
	if ds.HasErrors() {
		return &badConfig{im.there.files.WithSnippets(ds.Sorted())}
	}
	im.source = adopt.Source{Snap: snap, Workspace: im.cfg.Workspace, Declared: adopt.Declared(b), Guard: guard}
	im.plan = adopt.Plan{Fold: adopt.Fold(im.fold), Declared: im.source.Declared, Present: im.dir.Present}
	if im.there == nil {
		im.plan.Head = im.head()
		if !im.dir.New {
			im.plan.Single = "main"
		}
		return nil
	}
	im.plan.Single = "imported"
	taken := map[string]bool{}
	for _, o := range im.cfg.Declared() {
		taken[o.Addr.Block().String()] = true
	}
	im.plan.Taken = func(name string) bool {
		local, ok := strings.CutPrefix(name, "local.")
		return taken[name] || ok && im.there.files.Taken(local)
	}
	return nil
}

// head are the blocks about the whole of a new configuration.
func (im *importing) head() []hclconf.Block {
	var out []hclconf.Block
	if im.workspace != "" {
		out = append(out, hclconf.Block{Type: "tacit", Args: []hclconf.Arg{{Name: "workspace", Value: im.workspace}}})
	}
	tenant := hclconf.Block{Kind: schema.Tenant, Values: map[string]any{"domain": im.re.Connected}}
	var ready []string
	for _, o := range im.re.Snap.Objects[schema.CustomDomains] {
		if o.String("status") == "ready" {
			ready = append(ready, o.String("domain"))
		}
	}
	if im.export != nil {
		ready = im.export.CustomDomains
		tenant.Below = []string{"login_domain is the custom domain of the export, which does not tell whether it is ready."}[:min(1, len(ready))]
	}
	switch len(ready) {
	case 0:
	case 1:
		tenant.Values["login_domain"] = ready[0]
	default:
		tenant.Below = []string{"The tenant has several custom domains. Set login_domain to the one that the SPA and the IdPs use: " + strings.Join(ready, ", ") + "."}
	}
	for n, v := range tenant.Values {
		if hclconf.Writable(schema.Tenant.Attr(n), v) != nil {
			delete(tenant.Values, n)
		}
	}
	if len(tenant.Values) == 0 { // an export that does not tell
		return out
	}
	return append(out, tenant)
}

// bug explains that nothing was written because what would be makes no plan.
func (im *importing) bug(err error) error {
	var broken adopt.Broken
	if errors.As(err, &broken) {
		im.problems(broken.Diagnostics)
	}
	return fmt.Errorf("nothing was written: what import made of the tenant does not load. This is a bug in tacit; please report it\n%w", err)
}

// document is the result in the form that is shown.
func (im *importing) document(out *adopt.Result) *view.Imported {
	doc := &view.Imported{
		Directory: im.config.dir, Declared: len(out.Declared), Files: slices.Sorted(maps.Keys(out.Files)),
		Objects: written(out), Skipped: []view.Skipped{}, Changes: []view.Difference{}, Paths: out.Working, PathsOff: out.Off,
	}
	for _, s := range out.Skipped {
		doc.Skipped = append(doc.Skipped, view.Skipped(s))
	}
	for _, c := range out.Changes {
		doc.Changes = append(doc.Changes, view.Difference{Address: c.Address, Attribute: c.Attribute})
	}
	if im.export != nil {
		im.exported(doc, out)
	} else {
		doc.Tenant, doc.Requests = im.tenant.Domain(), im.tenant.Requests()-im.before
	}
	return doc
}

func written(out *adopt.Result) []view.ImportedObject {
	list := []view.ImportedObject{}
	for o, a := range out.Addresses {
		list = append(list, view.ImportedObject{Address: a.String(), Kind: o.Kind.Name, ID: o.ID, Name: o.Label})
	}
	slices.SortFunc(list, func(a, b view.ImportedObject) int { return strings.Compare(a.Address, b.Address) })
	return list
}
