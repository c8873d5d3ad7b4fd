package cli

import (
	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

type validateOptions struct {
	config configFlags
	strict bool
}

func (a *app) validateCommand() *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use: "validate [DIR]", Short: "Check the files alone, without a tenant",
		Long: "Reads the configuration and judges every declared path by what the files say. What only the tenant knows is\nreported as unknown. Needs no network. Exit code 3 when a rule fails.",
		Args: oneDirectory,
		RunE: func(_ *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runValidate(o)
		},
	}
	o.config.register(cmd)
	o.config.rules.register(cmd)
	a.full(cmd)
	cmd.Flags().BoolVar(&o.strict, "strict", false, "warnings and unknowns count as failures")
	return cmd
}

// validated is the JSON form of a validation.
type validated struct {
	Diagnostics schema.Diagnostics `json:"diagnostics"`
	Objects     int                `json:"objects"`
	Checks      *check.Report      `json:"checks"`
}

func (a *app) runValidate(o validateOptions) error {
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	report, ds := plan.Offline(plan.Complete(l.config), l.catalogue)
	ds = l.files.WithSnippets(append(l.remarks, ds...).Sorted())
	if ds.HasErrors() {
		return &badConfig{ds}
	}
	if a.global.json {
		if err := a.json(validated{ds, len(l.config.Objects), report}); err != nil {
			return err
		}
	} else {
		a.err.Diagnostics(ds)
		a.out.Report(report)
		if !report.Failed(o.strict) {
			a.out.Line("The configuration is valid (%d objects).", len(l.config.Objects))
		}
	}
	if report.Failed(o.strict) {
		return &exit{code: exitCheckFailed}
	}
	return nil
}
