package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) showCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show PLANFILE", Short: "Print a saved plan", Args: cobra.ExactArgs(1),
		Long: "Prints a plan saved by tacit plan --out, as plan printed it. Needs no tenant and no configuration.",
		RunE: func(_ *cobra.Command, args []string) error { return a.runShow(args[0]) },
	}
	a.full(cmd)
	return cmd
}

func (a *app) runShow(path string) error {
	f, err := readPlan(path)
	if err != nil {
		return err
	}
	if a.global.json {
		return a.json(f)
	}
	a.out.Line("Saved on %s by tacit %s for %s, workspace %s.", f.Created.Format("2006-01-02 15:04:05 MST"), f.Tacit, f.Plan.Tenant, f.Plan.Workspace)
	a.out.Line("")
	a.out.Plan(f.Plan)
	a.out.Line("")
	a.out.Report(f.Plan.Report)
	if err := a.out.Err(); err != nil {
		return fmt.Errorf("show: %w", err)
	}
	return nil
}
