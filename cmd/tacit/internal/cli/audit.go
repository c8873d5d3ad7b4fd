package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type auditOptions struct {
	tenant tenantFlags
	rules  ruleFlags
	scope  plan.Scope
	strict bool
}

func (a *app) auditCommand() *cobra.Command {
	o := auditOptions{scope: plan.Scope{Via: schema.ViaIframe}}
	cmd := &cobra.Command{
		Use: "audit", Short: "Find broken logins on a tenant, with no configuration at all",
		Long: "Judges every SAML connection with IdP-initiated login, with the application that its users land in and every API of\nthe tenant, whatever tool manages them. Reads only. What the SPA sends is not on the tenant: it is assumed to send what\nauth0-spa-js sends by itself. Exit code 3 when a rule fails.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runAudit(cmd.Context(), o) },
	}
	a.full(cmd)
	o.tenant.register(cmd)
	o.rules.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.scope.Connection, "connection", "", "only connections whose name matches `PATTERN` (* any text, ? one character)")
	f.StringVar(&o.scope.Client, "client", "", "only applications whose name matches `PATTERN`")
	f.StringVar(&o.scope.API, "api", "", "only APIs whose identifier or name matches `PATTERN`")
	f.StringVar(&o.scope.Via, "via", schema.ViaIframe, "how the SPAs ask: iframe, redirect or interactive")
	f.StringVar(&o.scope.LoginDomain, "login-domain", "", "the `HOST` that SPAs and IdPs use, when it is a custom domain")
	f.BoolVar(&o.strict, "strict", false, "warnings and unknowns count as failures")
	return cmd
}

func (a *app) runAudit(ctx context.Context, o auditOptions) error {
	vias := []string{schema.ViaIframe, schema.ViaRedirect, schema.ViaInteractive}
	if !slices.Contains(vias, o.scope.Via) {
		return fmt.Errorf("--via is one of %s, not %q", strings.Join(vias, ", "), o.scope.Via)
	}
	catalogue, err := o.rules.catalogue()
	if err != nil {
		return err
	}
	if f := o.tenant; f.sandbox != "" && f.seed == "" {
		path := f.path(&schema.Config{})
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("there is no sandbox to audit at %s: run it where one was applied, or name its store with --sandbox=FILE", path)
		}
	}
	t, err := a.connect(ctx, o.tenant, &schema.Config{})
	if err != nil {
		return err
	}
	need := mgmt.NeededScopes(mgmt.Work{Read: []schema.Collection{schema.Connections, schema.Clients, schema.ResourceServers}})
	if err := t.Preflight(need); err != nil {
		return err
	}
	before := t.Requests()
	snap, err := apply.Survey(ctx, t, catalogue, o.scope)
	if err != nil {
		return err
	}
	o.scope.Domain, o.scope.Now = bareHost(t.Domain()), a.env.Now()
	if len(snap.Objects[schema.CustomDomains]) == 0 && o.scope.LoginDomain == "" {
		o.scope.LoginDomain = o.scope.Domain
	}
	doc := plan.Audit(snap, catalogue, o.scope)
	doc.Requests = t.Requests() - before
	if a.global.json {
		err = a.json(doc)
	} else {
		a.out.Audited(doc)
	}
	if err == nil && doc.Failed(o.strict) {
		return &exit{code: exitCheckFailed}
	}
	return err
}
