package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
)

type watchOptions struct {
	config       configFlags
	tenant       tenantFlags
	allowPrivate bool
	strict       bool
}

func (a *app) watchCommand() *cobra.Command {
	var o watchOptions
	cmd := &cobra.Command{
		Use: "watch [DIR]", Short: "Compare declared certificates with what the customers publish",
		Long: "Fetches the metadata of every declared SAML connection whose metadata URL is known, and says which customers publish\n" +
			"another certificate than is declared, or a new one beside it. Looks once: run it daily. The URL is metadata_url or,\n" +
			"for a connection with metadata_xml, the text metadata_source in its metadata:\n\n" +
			"  metadata = { metadata_source = \"https://idp.example.com/metadata\" }\n\n" +
			"Where the files do not say the certificate (metadata_url), AUTH0_DOMAIN or --sandbox tells which one Auth0 holds.\n\n" +
			fetchHelp + "\n\n" +
			"Exit code 3 when a customer publishes a certificate that is not declared. What could not be compared is unknown, and\n" +
			"exit code 3 with --strict.\n\n" +
			"JSON: {\"requests\", \"connections\": [{\"connection\", \"address\", \"outcome\": same|changed|beside|unknown|unwatched,\n" +
			"\"used\": {certificate}|null, \"new\": [{certificate}], \"why\"}]}.",
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runWatch(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.tenant.register(cmd)
	cmd.Flags().BoolVar(&o.allowPrivate, "allow-private", false, "fetch from private addresses, and through HTTPS_PROXY, too")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "exit code 3 also when something could not be compared")
	return cmd
}

func (a *app) runWatch(ctx context.Context, o watchOptions) error {
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	f, err := a.fetcher(o.allowPrivate)
	if err != nil {
		return err
	}
	at := certs.Find(l.files, l.config.Dir)
	rows, requests := certs.Declared(l.config, at), 0
	if a.tenantGiven(o.tenant) {
		t, live, err := a.liveConnections(ctx, o.tenant, l.config)
		if err != nil {
			return err
		}
		rows, requests = certs.Merge(rows, live), t.Requests()
	}
	get := func(ctx context.Context, url string) ([]byte, error) {
		doc, err := f.Get(ctx, url)
		if err != nil {
			return nil, err
		}
		return doc.Text, nil
	}
	watched := certs.Watch(ctx, certs.Sources(l.config, at, rows), get, a.env.Now())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.err.Diagnostics(l.remarks)
	if a.global.json {
		err = a.json(struct {
			Requests    int             `json:"requests"`
			Connections []certs.Watched `json:"connections"`
		}{requests, append([]certs.Watched{}, watched...)})
	} else {
		a.out.WatchedCertificates(watched)
		err = a.out.Err()
	}
	if err != nil {
		return err
	}
	for _, w := range watched {
		if w.Outcome == certs.Changed || w.Outcome == certs.Beside || o.strict && w.Outcome == certs.Unknown {
			return &exit{code: exitCheckFailed}
		}
	}
	return nil
}
