package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
)

type certsOptions struct {
	config configFlags
	tenant tenantFlags
	within string
	format string
}

func (a *app) certsCommand() *cobra.Command {
	var o certsOptions
	cmd := &cobra.Command{
		Use: "certs [DIR]", Short: "List the certificates of the SAML connections by expiry",
		Long: "Lists every certificate of every SAML connection that the files declare: those the identity providers sign with, and\n" +
			"those of the connection's own keys. With AUTH0_DOMAIN or --sandbox it also reads the tenant, one request per 100\n" +
			"connections, and adds the certificates of connections that no block declares, those that differ from the files, and\n" +
			"those that Auth0 read from a metadata_url. Writes nothing. A connection that signs requests without a signing_key\n" +
			"does so with the tenant's own certificate, which is not listed.\n\n" +
			"With --within exit code 3 when a certificate that is in use expires within that time or has expired.\n\n" +
			"JSON: {\"at\", \"tenant\": DOMAIN|null, \"requests\", \"within_hours\", \"due\": N, \"certificates\": [{\"connection\", \"address\",\n" +
			"\"use\": idp_signing|request_signing|decryption, \"from\": files|tenant, \"file\", \"line\", \"used\", \"live\":\n" +
			"same|differs|missing, \"certificate\": {...}|null as of tacit inspect, \"days_left\", \"flaws\", \"due\", \"note\"}]}, by\n" +
			"expiry. The calendar (ical) has an event with an alarm --within before (60d unless given) for each certificate in use.",
		Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runCerts(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.tenant.register(cmd)
	a.full(cmd)
	cmd.Flags().StringVar(&o.within, "within", "", "exit code 3 when a certificate expires within a `TIME` such as 60d, 8w or 36h, or has expired")
	cmd.Flags().StringVar(&o.format, "format", "text", "text, json, junit or ical")
	cmd.AddCommand(a.rotateCommand(), a.watchCommand())
	return cmd
}

// span reads a time such as 60d.
func span(s string) (time.Duration, error) {
	bad := fmt.Errorf("--within takes a number of days, weeks or hours, such as 60d, 8w or 36h, not %q", s)
	units := map[string]int{"h": 1, "d": 24, "w": 7 * 24}
	if s == "" {
		return 0, bad
	}
	unit := units[s[len(s)-1:]]
	n, err := strconv.Atoi(s[:len(s)-1])
	const most = 100 * 366 * 24
	if err != nil || unit == 0 || n < 0 || n > most/unit {
		return 0, bad
	}
	return time.Duration(n*unit) * time.Hour, nil
}

func (a *app) runCerts(ctx context.Context, o certsOptions) error {
	var within time.Duration
	var err error
	if o.within != "" {
		if within, err = span(o.within); err != nil {
			return err
		}
	}
	if !slices.Contains([]string{"text", "json", "junit", "ical"}, o.format) {
		return fmt.Errorf("--format is text, json, junit or ical, not %q", o.format)
	}
	if a.global.json && o.format != "text" && o.format != "json" {
		return errors.New("--json and --format " + o.format + " are two formats; leave one out")
	}
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	rows := certs.Declared(l.config, certs.Find(l.files, l.config.Dir))
	var domain *string
	requests := 0
	if a.tenantGiven(o.tenant) {
		t, live, err := a.liveConnections(ctx, o.tenant, l.config)
		if err != nil {
			return err
		}
		d := t.Domain()
		rows, domain, requests = certs.Merge(rows, live), &d, t.Requests()
	}
	list := certs.NewList(rows, a.env.Now(), within)
	list.Tenant, list.Requests = domain, requests
	a.err.Diagnostics(l.remarks)
	if err := a.showCerts(list, o, within); err != nil {
		return err
	}
	if o.within != "" && list.Due > 0 {
		return &exit{code: exitCheckFailed}
	}
	return nil
}

func (a *app) showCerts(l *certs.List, o certsOptions, within time.Duration) error {
	switch {
	case a.global.json || o.format == "json":
		return a.json(l)
	case o.format == "junit":
		return view.CertificatesJUnit(a.env.Stdout, l)
	case o.format == "ical":
		const ahead = 60 * 24 * time.Hour
		if o.within == "" {
			within = ahead
		}
		return view.CertificatesCalendar(a.env.Stdout, l, within)
	default:
		a.out.Certificates(l)
		return a.out.Err()
	}
}

// tenantGiven tells whether flags or environment name a tenant.
func (a *app) tenantGiven(f tenantFlags) bool {
	return f.sandbox != "" || f.seed != "" || a.getenv("AUTH0_DOMAIN") != ""
}

// liveConnections reads the SAML connections of the tenant.
func (a *app) liveConnections(ctx context.Context, f tenantFlags, cfg *schema.Config) (*mgmt.Tenant, []*schema.Observed, error) {
	t, err := a.connect(ctx, f, cfg)
	if err != nil {
		return nil, nil, err
	}
	if err := t.Preflight(mgmt.NeededScopes(mgmt.Work{Read: []schema.Collection{schema.Connections}})); err != nil {
		return nil, nil, err
	}
	live, err := t.List(ctx, schema.Connections, []string{"id", "name", "options", "strategy"})
	if err != nil {
		return nil, nil, err
	}
	return t, live, nil
}
