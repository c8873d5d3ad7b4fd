package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/onboard"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

type offboardOptions struct {
	config          configFlags
	tenant          tenantFlags
	name            string
	delete          bool
	days            int
	dryRun, offline bool
}

// waitDays is how long a connection stays disabled unless --wait says otherwise.
const waitDays = 30

func (a *app) offboardCommand() *cobra.Command {
	var o offboardOptions
	cmd := &cobra.Command{
		Use: "offboard NAME [DIR]", Short: "Disable a customer's connection, and later delete it",
		Long: "Two steps, each a change to the files that is planned before it is written. Nothing is written to the tenant.\n\n" +
			"First the connection leaves every silent_upgrade, its IdP-initiated login is turned off and every application is taken\n" +
			"off it. Its users stay, and so does every other setting. A note in the block says since when.\n\n" +
			"With --delete, after --wait days, the block becomes a removed block: the next apply deletes the connection and all of\n" +
			"its users. Since when it is disabled tacit knows from the note; that it is disabled on the tenant it looks up.\n\n" +
			"In JSON: {\"name\", \"address\", \"deleted\", \"users\", \"files\": [{\"path\", \"new\", \"diff\"}], \"plan\", \"written\"}; users is null, as\n" +
			"tacit does not read how many there are.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return errors.New("the name of a connection is expected, and perhaps the configuration directory: tacit offboard acme")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			o.config.directory(args[1:])
			return a.runOffboard(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	a.full(cmd)
	o.tenant.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.delete, "delete", false, "the second step: delete the connection and its users")
	f.IntVar(&o.days, "wait", waitDays, "how many `DAYS` a connection stays disabled before it may be deleted")
	f.BoolVar(&o.dryRun, "dry-run", false, "show the changes to the files and write none")
	f.BoolVar(&o.offline, "offline", false, "look at the files alone: no plan")
	return cmd
}

// offboarded is the JSON form of both steps.
type offboarded struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	// Deleted: this is the second step.
	Deleted bool `json:"deleted"`
	// Users is how many the connection has, null for unknown.
	Users       *int               `json:"users"`
	Files       []view.FileChange  `json:"files"`
	Plan        *plan.Plan         `json:"plan"`
	Written     bool               `json:"written"`
	Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
}

func (a *app) runOffboard(ctx context.Context, o offboardOptions) error {
	if o.days < 0 {
		return errors.New("--wait is a number of days, 0 or more")
	}
	r := &onboard.Offboarding{Name: o.name, Now: a.env.Now(), Wait: time.Duration(o.days) * 24 * time.Hour, Load: func(extra map[string][]byte) (*hclconf.Files, *schema.Config, schema.Diagnostics) {
		return a.readWith(o.config, extra)
	}}
	step := r.Disable
	if o.delete {
		step = r.Delete
	}
	p, err := step()
	var bad *onboard.BadConfigError
	switch {
	case errors.As(err, &bad):
		return &badConfig{bad.Diagnostics}
	case err != nil:
		return err
	}
	doc := &offboarded{Name: o.name, Address: p.Address.String(), Deleted: o.delete, Files: changesOf(p.Edits)}
	if !a.global.json {
		a.out.Files(nil, doc.Files)
		a.out.Line("")
	}
	if !o.offline {
		if err := a.planOffboarding(ctx, o, p, doc); err != nil {
			return err
		}
	}
	if !o.dryRun {
		if err := onboard.Commit(o.config.dir, p.Edits); err != nil {
			return err
		}
		doc.Written = true
	}
	if a.global.json {
		return a.json(doc)
	}
	a.tellOffboarded(o, doc)
	return a.out.Err()
}

func (a *app) tellOffboarded(o offboardOptions, doc *offboarded) {
	a.out.Line("")
	if o.delete {
		a.out.Line("The next apply deletes the connection and all of its users; how many there are\ntacit does not read. Look at the dashboard first.")
	} else {
		a.out.Line("The next apply disables the connection. Its users stay.")
	}
	if !doc.Written {
		a.out.Line("Nothing was written (--dry-run).")
		return
	}
	for _, f := range doc.Files {
		a.out.Line("Wrote %s.", f.Path)
	}
}

// planOffboarding shows what the files as they will be do to the tenant. What
// is to be deleted must be disabled there.
func (a *app) planOffboarding(ctx context.Context, o offboardOptions, p *onboard.Proposal, doc *offboarded) error {
	if o.delete {
		now, err := a.planOf(ctx, o, p.Address, nil)
		if err != nil {
			return err
		}
		for i := range now.plan.Changes {
			if now.plan.Changes[i].Address == p.Address.String() {
				return fmt.Errorf("%s is not disabled on %s yet; nothing was written. First: tacit apply", p.Address, now.plan.Tenant)
			}
		}
	}
	target := p.Address
	if o.delete {
		target = schema.Address{}
	}
	pl, err := a.planOf(ctx, o, target, p.Extra())
	if err != nil {
		return err
	}
	doc.Plan, doc.Diagnostics = pl.plan, pl.remarks
	if !a.global.json {
		a.err.Diagnostics(pl.remarks)
		a.out.Plan(pl.plan)
	}
	return nil
}

// planOf plans one object, or everything, since targets leave removed blocks
// out.
func (a *app) planOf(ctx context.Context, o offboardOptions, target schema.Address, extra map[string][]byte) (*planned, error) {
	o.config.extra = extra
	l, err := a.load(o.config)
	if err != nil {
		return nil, err
	}
	if target.Kind != "" {
		if err := l.target(targetFlag{addresses: []string{target.String()}}); err != nil {
			return nil, err
		}
	}
	tenant, err := a.connect(ctx, o.tenant, l.config)
	if err != nil {
		return nil, fmt.Errorf("%w, or look at the files alone with --offline", err)
	}
	return a.makePlan(ctx, l, tenant, apply.Read)
}
