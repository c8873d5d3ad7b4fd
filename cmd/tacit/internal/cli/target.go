package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// targetFlag limits a plan to some of the declared objects.
type targetFlag struct{ addresses []string }

func (f *targetFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.addresses, "target", nil, "limit the plan to the object at an `ADDRESS` and what it needs (repeatable; without key all instances)")
}

// pruneFlag asks for the deletion of what nothing declares any more.
type pruneFlag struct{ on bool }

func (f *pruneFlag) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.on, "prune", false, "delete applications that tacit created here and that no block declares any more;\nconnections and organizations need a removed block")
}

// limit applies both flags that say what a plan is about.
func (l *loaded) limit(t targetFlag, p pruneFlag) error {
	if p.on && len(t.addresses) > 0 {
		return errors.New("--prune looks at the whole configuration; leave --target out")
	}
	l.config.Prune = p.on
	return l.target(t)
}

// target cuts the loaded configuration down to the targets; without any it
// stays whole.
func (l *loaded) target(f targetFlag) error {
	if len(f.addresses) == 0 {
		return nil
	}
	var targets []schema.Address
	var missing schema.Diagnostics
	for _, s := range f.addresses {
		a, err := schema.ParseAddress(s)
		if err != nil {
			missing = append(missing, l.noTarget(s))
		} else if !slices.Contains(targets, a) {
			targets = append(targets, a)
		}
	}
	cut, unknown := plan.Target(l.config, targets)
	for _, a := range unknown {
		missing = append(missing, l.noTarget(a.String()))
	}
	if len(missing) > 0 {
		return &badConfig{missing}
	}
	l.config = cut
	return nil
}

// noTarget says that nothing is declared at an address.
func (l *loaded) noTarget(s string) schema.Diagnostic {
	var names []string
	for _, o := range l.config.Objects {
		names = append(names, o.Addr.String(), o.Addr.Block().String())
	}
	slices.Sort(names)
	advice := strings.TrimSpace(hclconf.DidYouMean(s, slices.Compact(names)))
	if advice == "" {
		advice = "Write the address of a block, such as spa_client.portal, or of one instance: saml_connection.customer[\"acme\"]."
	}
	return schema.Diagnostic{Severity: schema.Error, Summary: "Nothing is declared at --target " + s, Detail: advice}
}
