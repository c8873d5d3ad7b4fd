package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

type explainOptions struct {
	config  configFlags
	tenant  tenantFlags
	planned bool
	// domain chooses one of several login domains.
	domain string
}

func (a *app) explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use: "explain CODE | explain PATH[/CONNECTION]", Short: "Tell all of one rule, or which token a SPA gets and why",
		Long: "With a code such as TAC301: the prerequisite, why it is one, what breaks without it, what to write, and how well that\nis established.\n\nWith a path, the address of a silent_upgrade block, and where it has several connections one of them by name or address\n(silent_upgrade.orders/acme, or as a second argument): which token\nthe SPA gets on the tenant as it is (or, with --planned, as an apply would leave it), what every rule says of it, and\nadvice on what no configuration shows.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runExplain(cmd.Context(), o, args) },
	}
	o.config.register(cmd)
	cmd.Flags().StringVar(&o.config.dir, "chdir", ".", "the configuration's `DIR`")
	a.full(cmd)
	o.tenant.register(cmd)
	cmd.Flags().StringVar(&o.domain, "login-domain", "", "which `HOST`, when users log in at several")
	cmd.Flags().BoolVar(&o.planned, "planned", false, "judge the state that an apply would produce")
	return cmd
}

func (a *app) runExplain(ctx context.Context, o explainOptions, args []string) error {
	if len(args) == 1 && !strings.Contains(args[0], ".") {
		return a.explainRule(args[0])
	}
	l, err := a.look(ctx, o.config, o.tenant, o.planned)
	if err != nil {
		return err
	}
	var paths []*check.Path
	missing := []string{}
	if o.planned {
		paths = plan.Planned(l.config, l.binding, l.catalogue)
	} else {
		var c *plan.Checked
		c, paths = plan.Check(l.config, l.binding, l.catalogue)
		missing = c.Missing
	}
	p, err := choosePath(paths, args, o.domain)
	if err != nil && len(missing) > 0 {
		return fmt.Errorf("%w\nNot on the tenant: %s. With --planned tacit judges what an apply would make", err, strings.Join(missing, ", "))
	}
	if err != nil {
		return err
	}
	e := check.Explain(l.catalogue, p)
	plan.Redact(l.config, e)
	if a.global.json {
		return a.json(e)
	}
	a.out.Explanation(e)
	return nil
}

// choosePath finds the one path that is meant.
func choosePath(paths []*check.Path, args []string, domain string) (*check.Path, error) {
	var connections, domains, all []string
	var found []*check.Path
	add := func(list *[]string, s string) {
		if !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	whole := func(p *check.Path) bool { return len(args) == 1 && slices.Contains(namesOf(p), args[0]) }
	for _, p := range paths {
		add(&all, p.Addr.String())
		if p.Addr.String() != args[0] && !whole(p) {
			continue
		}
		add(&connections, p.Connection.Addr.String())
		if len(args) == 1 || args[1] == p.Connection.Addr.String() || args[1] == p.Connection.Name() {
			add(&domains, p.LoginDomain)
			if domain == "" || domain == p.LoginDomain {
				found = append(found, p)
			}
		}
	}
	switch {
	case len(connections) == 0:
		return nil, fmt.Errorf("there is no path %q to judge; there are: %s", args[0], some(all))
	case len(domains) == 0:
		return nil, fmt.Errorf("%s has no connection %q; it has: %s", args[0], args[1], some(connections))
	case len(found) == 0:
		return nil, fmt.Errorf("users of %s do not log in at %q; they do at: %s", args[0], domain, some(domains))
	case len(args) == 1 && len(connections) > 1:
		return nil, fmt.Errorf("%s has %d connections; name one of them after it: %s", args[0], len(connections), some(connections))
	case len(found) > 1:
		return nil, fmt.Errorf("users of %s log in at %d domains; choose one with --login-domain: %s", args[0], len(domains), some(domains))
	}
	return found[0], nil
}

func some(list []string) string {
	const most = 10
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func (a *app) explainRule(code string) error {
	all := rules.Catalogue()
	i := slices.IndexFunc(all, func(r *check.Rule) bool { return strings.EqualFold(r.Code, code) || r.Name == code })
	if i < 0 {
		if schema.KindByName(code) != nil {
			return fmt.Errorf("%q is a kind, not a path; a path is the address of a silent_upgrade block, such as silent_upgrade.orders", code)
		}
		return unknownRule(code)
	}
	v := view.RuleOf(all[i])
	if a.global.json {
		return a.json(v)
	}
	a.out.Rule(v)
	return nil
}
