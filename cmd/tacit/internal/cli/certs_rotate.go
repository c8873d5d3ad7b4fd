package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

type rotateOptions struct {
	config         configFlags
	tenant         tenantFlags
	name           string
	cert, metadata string
	entityID       string
	allowPrivate   bool
	shared         bool
	dryRun         bool
}

func (a *app) rotateCommand() *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use: "rotate NAME [DIR]", Short: "Put a connection's new signing certificate into the files",
		Long: "Takes the new certificate (--cert) or metadata document (--metadata) that a customer sent for the connection NAME, or\n" +
			"the block at an address. Checks it, says what changes when, and replaces the file that file(\"...\") names, or the text\n" +
			"in the block; the old one is in your version control. With AUTH0_DOMAIN or --sandbox it then shows the plan and\n" +
			"rehearses the connection's paths. Nothing is written to the tenant: apply does that, at the moment that you agree on\n" +
			"with the customer. The rehearsal signs with a key of its own and cannot show that the customer's is the new one.\n\n" +
			fetchHelp + "\n\n" +
			"JSON: {\"rotation\": {\"connection\", \"address\", \"old\": {certificate}|null, \"new\": {certificate}, \"file\", \"shared\": [NAME],\n" +
			"\"warnings\": [...], \"written\", \"overlap_possible\"}, \"checks\" as of tacit validate or, with a tenant, \"plan\" as of tacit\n" +
			"plan and \"rehearsal\" as of tacit rehearse}. Exit code 3 when a rule or a login on the connection's paths fails.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the connection: tacit certs rotate NAME --cert NEW.pem [DIR]")
			}
			return oneDirectory(nil, args[1:])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			o.config.directory(args[1:])
			return a.runRotate(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.tenant.register(cmd)
	a.full(cmd)
	f := cmd.Flags()
	f.StringVar(&o.cert, "cert", "", "the new certificate: a `FILE`, or - for standard input")
	f.StringVar(&o.metadata, "metadata", "", "the new metadata document: a `FILE|URL`, or - for standard input")
	f.StringVar(&o.entityID, "entity-id", "", "which identity provider, when the document holds several: its entity `ID`")
	f.BoolVar(&o.allowPrivate, "allow-private", false, "fetch from private addresses, and through HTTPS_PROXY, too")
	f.BoolVar(&o.shared, "shared", false, "change a file or text that serves other connections, too")
	f.BoolVar(&o.dryRun, "dry-run", false, "show everything and write nothing")
	return cmd
}

func (a *app) runRotate(ctx context.Context, o rotateOptions) error {
	if (o.cert == "") == (o.metadata == "") {
		return errors.New("give the new certificate with --cert, or the new metadata document with --metadata")
	}
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	at := certs.Find(l.files, l.config.Dir)
	obj, err := connectionCalled(l.config, o.name)
	if err != nil {
		return err
	}
	if o.entityID == "" {
		o.entityID = at.Entity[obj.Addr].Text
	}
	next, err := a.newCertificate(ctx, o)
	if err != nil {
		return err
	}
	r, err := certs.Rotate(l.config, at, obj, next, a.env.Now())
	if err != nil {
		return err
	}
	if len(r.Shared) > 0 && !o.shared {
		return fmt.Errorf("%s also serves %s; nothing was written. Give %s a file of its own, or change all of them with --shared", r.File, some(r.Shared), r.Connection)
	}
	return a.rotate(ctx, o, r, obj)
}

// connectionCalled finds a declared connection by name or address.
func connectionCalled(cfg *schema.Config, name string) (*schema.Object, error) {
	var names []string
	for _, o := range certs.Connections(cfg) {
		if certs.Name(o) == name || o.Addr.String() == name {
			return o, nil
		}
		names = append(names, certs.Name(o))
	}
	return nil, fmt.Errorf("no block declares a SAML connection %q.%s", name, hclconf.DidYouMean(name, names))
}

func (a *app) newCertificate(ctx context.Context, o rotateOptions) (*certs.Next, error) {
	from := o.cert
	if o.metadata != "" {
		from = o.metadata
	} else if strings.Contains(from, "://") {
		return nil, errors.New("--cert takes a file; a URL is fetched for --metadata only")
	}
	text, err := a.document(ctx, from, o.allowPrivate)
	if err != nil {
		return nil, err
	}
	var next *certs.Next
	if o.metadata != "" {
		next, err = certs.ReadMetadata(text, o.entityID, a.env.Now())
	} else {
		next, err = certs.ReadCertificate(text)
	}
	if err != nil {
		if strings.Contains(from, "://") {
			from = "what the URL answers"
		}
		return nil, fmt.Errorf("%s cannot be used: %w", from, err)
	}
	return next, nil
}

// rotated is the JSON form of a rotation.
type rotated struct {
	Rotation *certs.Rotation `json:"rotation"`
	// Checks are the rules on the files alone, where no tenant was asked.
	Checks      *check.Report      `json:"checks,omitempty"`
	Plan        *plan.Plan         `json:"plan,omitempty"`
	Rehearsal   *rehearse.Report   `json:"rehearsal,omitempty"`
	Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
}

// rotate tries the changed file out before it is written.
func (a *app) rotate(ctx context.Context, o rotateOptions, r *certs.Rotation, obj *schema.Object) error {
	path, err := filepath.EvalSymlinks(r.File)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := r.Edited(old)
	if err != nil {
		return fmt.Errorf("%s: %w", r.File, err)
	}
	o.config.extra = map[string][]byte{r.Name: text}
	l, err := a.load(o.config)
	if err != nil {
		var bad *badConfig
		if errors.As(err, &bad) {
			bad.ds = append(bad.ds, schema.Diagnostic{Severity: schema.Error, Summary: "Nothing was written", Detail: "These are mistakes with the new " + r.File + "."})
		}
		return err
	}
	doc := &rotated{Rotation: r, Diagnostics: l.remarks}
	if err := a.tryRotation(ctx, o, l, obj, doc); err != nil {
		return err
	}
	if !o.dryRun {
		if err := maybe.WriteFile(path, text, info.Mode().Perm()); err != nil {
			return err
		}
		r.Written = true
	}
	return a.showRotation(doc)
}

// tryRotation judges the files alone, or plans and rehearses.
func (a *app) tryRotation(ctx context.Context, o rotateOptions, l *loaded, obj *schema.Object, doc *rotated) error {
	if !a.tenantGiven(o.tenant) {
		report, ds := plan.Offline(plan.Complete(l.config), l.catalogue)
		doc.Checks, doc.Diagnostics = report, l.files.WithSnippets(append(doc.Diagnostics, ds...).Sorted())
		return nil
	}
	t, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return err
	}
	p, err := a.makePlan(ctx, l, t, apply.ReadWhole)
	if err != nil {
		return err
	}
	doc.Plan, doc.Diagnostics = p.plan, p.remarks
	var paths []*check.Path
	for _, path := range plan.Planned(l.config, p.binding, l.catalogue) {
		if path.Connection.Addr == obj.Addr {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	s, err := a.stage(l, p, stage.Options{Findings: p.plan.Report.Findings})
	if err != nil {
		return err
	}
	play, err := s.Planned(ctx, paths, stage.Cases(l.config, paths)...)
	if err != nil {
		return cannotApply(err)
	}
	doc.Rehearsal = play.Report
	return nil
}

func (a *app) showRotation(doc *rotated) error {
	if a.global.json {
		if err := a.json(doc); err != nil {
			return err
		}
	} else {
		a.err.Diagnostics(doc.Diagnostics)
		a.out.Rotation(doc.Rotation, a.env.Now())
		if doc.Plan != nil {
			a.out.Plan(doc.Plan)
			a.out.Line("")
			a.out.Report(doc.Plan.Report)
		} else {
			a.out.Report(doc.Checks)
		}
		a.out.RotationEnd(doc.Rotation, doc.Rehearsal)
		if err := a.out.Err(); err != nil {
			return err
		}
	}
	failed := doc.Checks != nil && doc.Checks.Failed(false) || doc.Plan != nil && doc.Plan.Report.Failed(false)
	if failed || doc.Rehearsal != nil && doc.Rehearsal.Failing(false) {
		return &exit{code: exitCheckFailed}
	}
	return nil
}
