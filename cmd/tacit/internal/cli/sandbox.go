package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply/sandbox"
)

type sandboxOptions struct {
	addr, seed, store, log, ca, scopes string
	spa                                string
	tier, faults, date                 string
	latency, lag                       time.Duration
	logDelay, logRetention             time.Duration
	http                               bool
}

func (a *app) sandboxCommand() *cobra.Command {
	var o sandboxOptions
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Serve a local Auth0 tenant",
		Long: "Serves a local tenant until it is stopped (Ctrl-C, SIGTERM). When it is ready it prints one JSON line:\n" +
			"{\"url\":...,\"domain\":\"127.0.0.1:PORT\",\"ca\":\"FILE\"}. Trust the CA with SSL_CERT_FILE=FILE.\n\n" +
			"With --spa it also serves a single-page app, an API that verifies tokens, and an identity provider with a tile per\n" +
			"connection, all over HTTPS below localhost; the ready line then has \"app\", \"api\", \"login\" and \"idp\" as well.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runSandbox(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.addr, "addr", "", "listen on `HOST:PORT`; port 0 takes a free one (default 127.0.0.1:0, with --spa "+spaAddr+")")
	f.StringVar(&o.seed, "seed", "", "what a new tenant holds: a `FILE` of API bodies")
	f.StringVar(&o.store, "store", "", "keep the tenant in a `FILE`")
	f.StringVar(&o.log, "log", "", "write one JSON line per request to a `FILE`, - for standard error")
	f.StringVar(&o.ca, "ca", "", "write the certificate authority to a `FILE` (default: a temporary file)")
	f.StringVar(&o.scopes, "scopes", "", "what tokens may do: `\"read:clients ...\"` (default everything)")
	f.StringVar(&o.tier, "tier", "off", "rate limits of a subscription: off, free, essentials, enterprise-nonprod, enterprise-prod")
	f.DurationVar(&o.latency, "latency", 0, "answer each request that much later, such as 80ms")
	f.DurationVar(&o.lag, "consistency-delay", 0, "keep new objects out of lists for that long")
	f.DurationVar(&o.logDelay, "log-delay", 0, "show entries of the tenant's log that much later")
	f.DurationVar(&o.logRetention, "log-retention", 0, "keep entries of the tenant's log that long (default: as the tier's subscription does)")
	f.StringVar(&o.faults, "faults", "", "misbehave as a `FILE` says: a JSON list of {method, path, nth, action, status, ms}")
	f.StringVar(&o.spa, "spa", "", "serve the single-page app in `DIR` beside the tenant, which is DIR/.tacit/sandbox.json if that exists")
	f.StringVar(&o.date, "api-date", "", "behave as Auth0 did on a `DAY` such as 2025-06-30, where its behaviour changed since (default: the latest known)")
	f.BoolVar(&o.http, "http", false, "plain http, on a loopback address only")
	return cmd
}

func (a *app) runSandbox(ctx context.Context, o sandboxOptions) error {
	var opts sandbox.Options
	if o.scopes != "" { // none given means all of them
		opts.Scopes = strings.Fields(o.scopes)
	}
	if err := o.conditions(&opts); err != nil {
		return err
	}
	closeLog, err := a.openLog(o.log, &opts)
	if err != nil {
		return err
	}
	defer closeLog()
	var n *neighbors
	if o.spa != "" {
		if n, err = o.neighbors(a.env.Now); err != nil {
			return err
		}
		opts.Login.StandIn = n.idp.Certificate()
	}
	srv, err := a.newSandbox(o, opts)
	if err != nil {
		return err
	}
	if o.ca == "" && !o.http {
		if o.ca, err = emptyFile("tacit-sandbox-ca-*.pem"); err != nil {
			return err
		}
		defer func() { _ = os.Remove(o.ca) }() // a temporary file; the system clears it otherwise
	}
	serve := sandbox.ServeOptions{Addr: o.addr, HTTP: o.http, CAFile: o.ca}
	if n != nil {
		n.tenant = srv
		serve.Beside = n.hosts()
	}
	l, err := srv.Start(ctx, serve)
	if err != nil {
		return err
	}
	if err := a.announce(l, o.ca, n); err != nil {
		return err
	}
	if err := l.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// newSandbox makes the tenant: from the store, or from the seed.
func (a *app) newSandbox(o sandboxOptions, opts sandbox.Options) (*sandbox.Server, error) {
	fresh := true
	if o.store != "" {
		_, err := os.Stat(o.store)
		fresh = os.IsNotExist(err)
		if opts.Store, err = sandbox.OpenStore(o.store); err != nil {
			return nil, err
		}
	}
	srv, err := sandbox.New(opts)
	if err != nil {
		return nil, err
	}
	return srv, a.seedSandbox(srv, o.seed, o.store, fresh)
}

func emptyFile(pattern string) (string, error) {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// ready is the line that a waiting program reads.
type ready struct {
	URL    string `json:"url"`
	Domain string `json:"domain"`
	CA     string `json:"ca"`
	App    string `json:"app,omitempty"`
	API    string `json:"api,omitempty"`
	Login  string `json:"login,omitempty"`
	IDP    string `json:"idp,omitempty"`
}

// announce says where everything is: to programs in one line, to people how to look at it.
func (a *app) announce(l *sandbox.Listener, ca string, n *neighbors) error {
	r := ready{URL: l.URL(), Domain: l.Domain(), CA: ca}
	if n != nil {
		r.App, r.API, r.Login, r.IDP = n.url(appHost), n.url(apiHost), n.url(loginHost), n.url(idpHost)
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(a.env.Stdout, "%s\n", line); err != nil {
		return err
	}
	if n == nil {
		return nil
	}
	pin, err := pinned(l.CA())
	if err != nil {
		return err
	}
	a.err.Line("Identity provider  %s   click a tile here", r.IDP)
	a.err.Line("Application        %s", r.App)
	a.err.Line("Tenant             %s   and %s, which is another site", r.Login, r.URL)
	a.err.Line("")
	a.err.Line("A browser that trusts this run and no other:")
	a.err.Line("  chromium --user-data-dir=$(mktemp -d) \\\n    --ignore-certificate-errors-spki-list=%s \\\n    %s", pin, r.IDP)
	return a.err.Err()
}

// conditions sets under what conditions the sandbox serves.
func (o *sandboxOptions) conditions(opts *sandbox.Options) error {
	var err error
	if opts.Tier, err = sandbox.ParseTier(o.tier); err != nil {
		return fmt.Errorf("--tier: %w", err)
	}
	opts.NoEntityLimits = true // a tier is its rate limits; how much it may hold is another matter
	opts.Latency, opts.ConsistencyDelay, opts.LogRetention = o.latency, o.lag, o.logRetention
	if o.logDelay > 0 {
		opts.LogDelay = func() time.Duration { return o.logDelay }
	}
	if o.date != "" {
		if opts.APIDate, err = time.Parse(time.DateOnly, o.date); err != nil {
			return fmt.Errorf("--api-date: %q is not a day; write it like 2025-06-30", o.date)
		}
	}
	if o.faults == "" {
		return nil
	}
	raw, err := os.ReadFile(o.faults)
	if err != nil {
		return fmt.Errorf("--faults: %w", err)
	}
	if opts.Faults, err = sandbox.ParseFaults(raw); err != nil {
		return fmt.Errorf("--faults %s: %w", o.faults, err)
	}
	return nil
}

func (a *app) openLog(path string, opts *sandbox.Options) (func(), error) {
	switch path {
	case "":
		return func() {}, nil
	case "-":
		opts.Log = a.env.Stderr
		return func() {}, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--log: %w", err)
	}
	opts.Log = f
	return func() { _ = f.Close() }, nil // each line was written already
}
