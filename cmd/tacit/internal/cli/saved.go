package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/google/renameio/v2/maybe"

	"github.com/tacit-dev/tacit/plan"
)

// save describes the plan that was just made as a file.
func (p *planned) save(a *app, l *loaded) *plan.File {
	inputs := map[string]string{}
	for _, in := range l.files.Inputs() {
		inputs[in.Name] = in.SHA256
	}
	return plan.Save(p.plan, l.config, p.binding, l.catalogue, inputs, version(), a.env.Now())
}

// writePlan stores a plan for a later "apply FILE"; only its owner may read it,
// since it shows the tenant's settings.
func writePlan(path string, f *plan.File) error {
	raw, err := f.Encode()
	if err != nil {
		return err
	}
	// A file that is there keeps its permissions when it is replaced.
	if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--out: %w", err)
	}
	if err := maybe.WriteFile(path, raw, 0o600); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}

// maxPlan is the largest saved plan that is read: some 100,000 changes.
const maxPlan = 256 << 20

func readPlan(path string) (*plan.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxPlan {
		return nil, fmt.Errorf("%s: %w", path, plan.ErrNotAPlan)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := plan.Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// planFile takes a saved plan off the front of the arguments: a regular file
// where a directory could stand.
func planFile(args []string) (file string, rest []string) {
	if len(args) == 0 {
		return "", args
	}
	if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
		return args[0], args[1:]
	}
	return "", args
}

// approved reads the saved plan, nil without one, and takes its targets.
func (o *applyOptions) approved() (*plan.File, error) {
	if o.planFile == "" {
		return nil, nil //nolint:nilnil // no plan was given, and that is no error
	}
	saved, err := readPlan(o.planFile)
	switch {
	case err != nil:
		return nil, err
	case len(o.target.addresses) > 0:
		return nil, errors.New("the saved plan says what it is for; leave --target out, or plan with it and save again")
	case o.prune.on && !saved.Plan.Prune:
		return nil, errors.New("the saved plan prunes nothing; leave --prune out, or plan with it and save again")
	case saved.Plan.Partial != nil:
		o.target.addresses = saved.Plan.Partial.Targets
	}
	o.prune.on = saved.Plan.Prune
	return saved, nil
}

// approve compares a saved plan with the one made now; exit code 4 when the
// approval does not hold, before any write.
func (a *app) approve(saved, now *plan.File, matching bool) error {
	drift := saved.Stale(now, matching)
	if len(drift) == 0 {
		return nil
	}
	if a.global.json {
		if err := a.json(struct {
			Stale []plan.Drift `json:"stale"`
		}{drift}); err != nil {
			return err
		}
		return &exit{code: exitStale}
	}
	var lines []string
	for i, d := range drift {
		if i == maxDrift {
			lines = append(lines, fmt.Sprintf("... and %d more", len(drift)-i))
			break
		}
		lines = append(lines, strings.TrimSpace(d.Object+" "+d.Field)+" "+d.Text)
	}
	advice := "Make the plan again and have it approved"
	switch {
	case drift[0].Elsewhere():
		advice = "Give the variables and the credentials that it was made with"
	case !matching:
		advice += ", or accept any plan with the same changes with --matching"
	}
	return &exit{exitStale, fmt.Errorf("the saved plan is stale; nothing was written\n%s\n%s", strings.Join(lines, "\n"), advice)}
}

// maxDrift is how many differences of a stale plan are named.
const maxDrift = 20
