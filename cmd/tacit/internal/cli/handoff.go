package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

type handoffOptions struct {
	config  configFlags
	tenant  tenantFlags
	offline bool
	file    fileFlags
	name    string
	idp     string
	contact string
	ticket  bool
	strict  bool
}

const handoffHelp = `Writes the sheet for the administrator of a customer's identity provider: what to enter where in the words of their
product, in order, how to test the tile, what errors mean, and what to send back. NAME is the connection's name, or its
address. The product is recognized by the metadata or the sign-in URL; --idp says it.

With --sandbox, or AUTH0_DOMAIN in the environment, the tenant is read for what only it knows, such as an
organization's id. Otherwise, and with --offline, the sheet is made of the files, and says what is missing.

--json, or --format json, has {"connection", "customer", "application", "idp", "idp_name", "idp_recognized_by",
"missing": [{"what", "how"}], "values": [{"key", "label", "value", "note"}], "steps": [{"text", "fields": [{"label",
"copy", "text"}], "attributes"}], "attributes": [{"field", "name", "or", "from", "needed"}], "notes", "expect",
"errors": [{"says", "means", "who"}], "send_back", "certificate": {"subject", "sha256", "expires", "days_left"},
"contact", "date"}. Keys of values: acs_url, entity_id, metadata_url, name_id, response, encryption, requests,
request_certificate, logout_url, relay_state.

--sso-ticket prints, instead of a sheet, the body for POST /api/v2/self-service-profiles/{id}/sso-ticket, which starts
Auth0's own wizard: for a connection that does not exist yet with the IdP-initiated login, applications, organizations
and domains that the files declare; for one that exists its connection_id.`

func (a *app) handoffCommand() *cobra.Command {
	var o handoffOptions
	cmd := &cobra.Command{
		Use: "handoff NAME [DIR]", Short: "Write the sheet for the administrator of a customer's identity provider", Long: handoffHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a connection: tacit handoff acme")
			}
			return oneDirectory(nil, args[1:])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			o.config.directory(args[1:])
			return a.runHandoff(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.tenant.register(cmd)
	o.file.register(cmd, "text", "html", "markdown", "json")
	f := cmd.Flags()
	f.BoolVar(&o.offline, "offline", false, "read the files alone, whatever the environment says")
	f.StringVar(&o.idp, "idp", "", "the customer's `PRODUCT`: "+strings.Join(products(), ", "))
	f.StringVar(&o.contact, "contact", "", "whom to ask: a `LINE` for the sheet")
	f.BoolVar(&o.ticket, "sso-ticket", false, "print the body that starts Auth0's self-service wizard")
	f.BoolVar(&o.strict, "strict", false, "exit code 3 when something is missing")
	return cmd
}

func products() []string {
	var out []string
	for _, p := range saml.Products() {
		out = append(out, string(p))
	}
	return out
}

func (a *app) runHandoff(ctx context.Context, o handoffOptions) error {
	if o.idp != "" && !slices.Contains(products(), o.idp) {
		return fmt.Errorf("--idp: %q is not one of %s", o.idp, strings.Join(products(), ", "))
	}
	if o.ticket && (o.idp != "" || o.contact != "" || o.file.format != "") {
		return errors.New("--sso-ticket prints JSON for Auth0; leave --idp, --contact and --format out")
	}
	format, err := o.file.chosen(a.global.json || o.ticket)
	if err != nil {
		return err
	}
	h, err := a.sight(ctx, o)
	if err != nil {
		return err
	}
	if o.ticket {
		ticket, err := h.ticket()
		if err != nil {
			return err
		}
		return a.emit(o.file, func(w io.Writer) error { return view.JSON(w, ticket) })
	}
	sheet := handoff.Make(h.facts(o))
	if err := a.emit(o.file, func(w io.Writer) error {
		switch format {
		case "json":
			return view.JSON(w, sheet)
		case "html":
			return view.HandoffHTML(w, sheet)
		case "markdown":
			return view.HandoffMarkdown(w, sheet)
		default:
			return a.handoffText(w, sheet)
		}
	}); err != nil {
		return err
	}
	for _, g := range sheet.Missing {
		a.err.Line("missing: %s\n  %s", g.What, g.How)
	}
	if o.strict && len(sheet.Missing) > 0 {
		return &exit{code: exitCheckFailed}
	}
	return nil
}

// handoffText prints for a terminal, and without color into a file.
func (a *app) handoffText(w io.Writer, s *handoff.Sheet) error {
	p := a.out
	if w != a.env.Stdout {
		p = view.New(w, view.Options{})
	}
	p.Handoff(s)
	return p.Err()
}

// sight is one connection as an apply would leave it.
type sight struct {
	*live
	ahead      *plan.Ahead
	connection *schema.State
	// provider is Auth0's side as the tenant tells it, nil when it was not asked
	// or does not know the connection.
	provider *serviceProvider
	offline  bool
}

// foresee is a configuration as an apply would leave it: with the tenant where
// one is named, by the files alone otherwise.
func (a *app) foresee(ctx context.Context, c configFlags, t tenantFlags, offline bool) (*live, *plan.Ahead, error) {
	if t.sandbox != "" || !offline && a.getenv("AUTH0_DOMAIN") != "" {
		l, err := a.look(ctx, c, t, true)
		if err != nil {
			return nil, nil, err
		}
		return l, plan.LookAhead(l.config, l.binding, l.catalogue), nil
	}
	l, err := a.load(c)
	if err != nil {
		return nil, nil, err
	}
	l.config = plan.Complete(l.config)
	return &live{loaded: l, remarks: l.remarks}, plan.LookAhead(l.config, nil, l.catalogue), nil
}

func (a *app) sight(ctx context.Context, o handoffOptions) (*sight, error) {
	l, ahead, err := a.foresee(ctx, o.config, o.tenant, o.offline)
	if err != nil {
		return nil, err
	}
	a.err.Diagnostics(l.files.WithSnippets(l.remarks.Sorted()))
	h := &sight{live: l, ahead: ahead, offline: l.tenant == nil}
	if h.connection, err = named(ahead.States(schema.SAMLConnection), o.name); err != nil {
		return nil, err
	}
	if h.offline || !h.exists(h.connection) {
		return h, nil
	}
	at := schema.ProviderMetadataURL(bareHost(l.tenant.Domain()), h.connection.Name())
	if strings.HasPrefix(l.tenant.Domain(), "http://") { // a sandbox on loopback
		at = "http" + strings.TrimPrefix(at, "https")
	}
	h.provider, err = fetchProvider(ctx, l.tenant.Transport(), at)
	return h, err
}

func (h *sight) exists(s *schema.State) bool {
	return h.binding != nil && h.binding.Observed[s.Addr] != nil
}

// named finds a connection by its name, its address or its for_each key.
func named(all []*schema.State, name string) (*schema.State, error) {
	var names []string
	for _, s := range all {
		if s.Name() == name || s.Addr.String() == name {
			return s, nil
		}
		names = append(names, s.Name())
	}
	if len(names) == 0 {
		return nil, errors.New("the configuration declares no saml_connection")
	}
	return nil, fmt.Errorf("no saml_connection is named %q; there are: %s", name, some(names))
}

// fileFlags say in which format and where to.
type fileFlags struct {
	format, out string
	force       bool
	formats     []string
}

func (f *fileFlags) register(cmd *cobra.Command, formats ...string) {
	f.formats = formats
	cmd.Flags().StringVar(&f.format, "format", "", "one `OF` "+strings.Join(formats, ", ")+" (default: as --out ends, else "+formats[0]+")")
	cmd.Flags().StringVar(&f.out, "out", "", "write to a `FILE` that does not exist yet")
	cmd.Flags().BoolVar(&f.force, "force", false, "let --out replace a file")
}

// chosen is the format: --json, what --format says, or how the file is called.
func (f *fileFlags) chosen(json bool) (string, error) {
	ending := map[string]string{".html": "html", ".htm": "html", ".md": "markdown", ".json": "json", ".txt": "text", ".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}[strings.ToLower(filepath.Ext(f.out))]
	switch {
	case json && f.format != "" && f.format != "json":
		return "", fmt.Errorf("--json and --format %s exclude each other", f.format)
	case json:
		return "json", nil
	case f.format == "" && slices.Contains(f.formats, ending):
		return ending, nil
	case f.format == "":
		return f.formats[0], nil
	case !slices.Contains(f.formats, f.format):
		return "", fmt.Errorf("--format: %q is not one of %s", f.format, strings.Join(f.formats, ", "))
	}
	return f.format, nil
}

// emit prints, or writes the file whole or not at all.
func (a *app) emit(f fileFlags, render func(io.Writer) error) error {
	if f.out == "" {
		return render(a.env.Stdout)
	}
	var b bytes.Buffer
	if err := render(&b); err != nil {
		return err
	}
	write := writeNew
	if f.force {
		write = func(path string, text []byte) error { return maybe.WriteFile(path, text, 0o644) }
	}
	err := write(f.out, b.Bytes())
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already; nothing was written\nChoose another name, or replace it with --force", f.out)
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	a.err.Line("Wrote %s.", f.out)
	return nil
}
