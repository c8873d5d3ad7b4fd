package cli

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type diffTenantsOptions struct {
	// tenant holds the limits of requests.
	tenant  tenantFlags
	what    plan.Comparing
	renames []string
	strict  bool
}

func (a *app) diffTenantsCommand() *cobra.Command {
	var o diffTenantsOptions
	cmd := &cobra.Command{
		Use: "diff-tenants A B", Short: "Show how two tenants differ, in the terms of a configuration",
		Long: `Compares all that tacit knows of two tenants, whatever tool manages them. Reads
only. A and B are each

  PREFIX        the tenant that PREFIX_AUTH0_DOMAIN names, with the credentials
                beside it (PREFIX_AUTH0_CLIENT_ID, PREFIX_AUTH0_CLIENT_SECRET
                and so on), such as STAGING. Nothing without the prefix counts.
  AUTH0         the tenant that AUTH0_DOMAIN names, as for other commands
  sandbox:FILE  the store of a local tenant

Objects meet by what finds them in a configuration: connections, organizations
and custom domains by name, APIs by identifier, grants by application, API and
subject type, applications by name where only one has it. Ids count as the names
of what they stand for, A's domain as B's, and ownership marks not at all;
--rename says what else is called differently. Of secrets it says that they
differ, never what they are. What a token may not read is not compared, and said.
Attributes that tacit does not know are not compared.

Exit code 2 when something differs, 0 when nothing does; with --strict also 2
when something could not be compared.

--json: {"a", "b": {"source", "domain", "requests"},
"differences": [{"kind", "key": [{"name", "value"}], "only": "a"|"b", "a_id",
"b_id", "attributes": [{"name", "type", "before", "after"}]}], "same",
"not_compared": [{"kind", "name", "attribute", "why"}]}. before is A's value and
after is B's, each {"presence", "value", "sensitive"}.`,
		Example: "  tacit diff-tenants STAGING PROD --rename staging.example.com=example.com\n" +
			"  tacit diff-tenants STAGING PROD --kind saml_connection --name 'acme*'",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runDiffTenants(cmd.Context(), o, args[0], args[1])
		},
	}
	a.full(cmd)
	o.tenant.registerPace(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.what.Kinds, "kind", nil, "only objects of the `KIND`, such as saml_connection (repeatable)")
	f.StringVar(&o.what.Name, "name", "", "only objects whose name or identifier matches `PATTERN` (* any text, ? one character)")
	f.StringArrayVar(&o.renames, "rename", nil, "what A calls OLD, in names and in values, B calls NEW: `OLD=NEW` (repeatable)")
	f.BoolVar(&o.strict, "strict", false, "what could not be compared counts as different")
	return cmd
}

// check reads the flags into what to compare.
func (o *diffTenantsOptions) check() error {
	names := []string{schema.SPAClient.Name}
	for _, k := range plan.Comparable() {
		names = append(names, k.Name)
	}
	for _, k := range o.what.Kinds {
		if !slices.Contains(names, k) {
			return fmt.Errorf("--kind is one of %s, not %q", strings.Join(names, ", "), k)
		}
	}
	o.what.Rename = map[string]string{}
	for _, r := range o.renames {
		from, to, ok := strings.Cut(r, "=")
		if !ok || from == "" || to == "" {
			return fmt.Errorf("--rename %s: write OLD=NEW", r)
		}
		if before, twice := o.what.Rename[from]; twice && before != to {
			return fmt.Errorf("--rename gives %q two names, %q and %q", from, before, to)
		}
		o.what.Rename[from] = to
	}
	return nil
}

func (a *app) runDiffTenants(ctx context.Context, o diffTenantsOptions, left, right string) error {
	if err := o.check(); err != nil {
		return err
	}
	// Both are opened before either is read: a missing variable costs nothing.
	x, err := a.openOperand(ctx, o.tenant, left)
	if err != nil {
		return err
	}
	y, err := a.openOperand(ctx, o.tenant, right)
	if err != nil {
		return err
	}
	was, err := o.stock(ctx, left, x)
	if err != nil {
		return err
	}
	is, err := o.stock(ctx, right, y)
	if err != nil {
		return err
	}
	doc := o.what.Compare(was, is)
	if a.global.json {
		err = a.json(doc)
	} else {
		a.out.Compared(doc)
		err = a.out.Err()
	}
	if err == nil && (len(doc.Differences) > 0 || o.strict && len(doc.Unknown) > 0) {
		return &exit{code: exitChanges}
	}
	return err
}

func (o *diffTenantsOptions) stock(ctx context.Context, source string, t *mgmt.Tenant) (plan.ComparedTenant, error) {
	before := t.Requests()
	inv, err := apply.TakeStock(ctx, t, o.what.ComparedCollections(), o.what.Wants(schema.SAMLConnection))
	if err != nil {
		return plan.ComparedTenant{}, fmt.Errorf("%s: %w", source, err)
	}
	return plan.ComparedTenant{Source: source, Domain: bareHost(t.Domain()), Requests: t.Requests() - before, Stock: inv}, nil
}

// prefixes are what may stand before the names of environment variables.
var prefixes = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// openOperand opens the tenant that an operand of diff-tenants names.
func (a *app) openOperand(ctx context.Context, f tenantFlags, operand string) (*mgmt.Tenant, error) {
	if file, ok := strings.CutPrefix(operand, "sandbox:"); ok {
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s: there is no sandbox's store at %q", operand, file)
		}
		f.sandbox = file
		return a.connectSandbox(ctx, f, &schema.Config{})
	}
	if !prefixes.MatchString(operand) {
		return nil, fmt.Errorf("%q names no tenant: write the prefix of its environment variables, such as STAGING for STAGING_AUTH0_DOMAIN, or sandbox:FILE", operand)
	}
	env := environment{a: a, prefix: operand + "_"}
	if operand == "AUTH0" {
		env.prefix = ""
	}
	domain := env.get("AUTH0_DOMAIN")
	if domain == "" {
		return nil, fmt.Errorf("%s: %s is not set, so there is no tenant to read", operand, env.prefix+"AUTH0_DOMAIN")
	}
	t, err := a.login(ctx, f, env, domain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operand, err)
	}
	return t, nil
}
