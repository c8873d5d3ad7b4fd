package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// starter is the configuration that init writes.
//
//go:embed starter.hcl
var starter []byte

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use: "init [DIR]", Short: "Write a configuration to start from",
		Long: "Writes main.hcl with one application, one API, one customer and the silent upgrade between them, and a .gitignore.\nA directory that holds *.hcl files already is left alone.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return a.runInit(dir)
		},
	}
}

func (a *app) runInit(dir string) error {
	found, err := filepath.Glob(filepath.Join(dir, "*.hcl"))
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	if len(found) > 0 {
		return fmt.Errorf("%s holds a configuration already (%s); nothing was written", dir, filepath.Base(found[0]))
	}
	if err := os.MkdirAll(filepath.Join(dir, "idp"), 0o750); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	written := []string{}
	for name, text := range map[string][]byte{"main.hcl": starter, ".gitignore": []byte(".tacit/\n")} {
		path := filepath.Join(dir, name)
		err := writeNew(path, text)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return fmt.Errorf("init: %w", err)
		}
		written = append(written, path)
	}
	if a.global.json {
		return a.json(struct {
			Written []string `json:"written"`
		}{written})
	}
	a.out.Line("Wrote %s.", filepath.Join(dir, "main.hcl"))
	a.out.Line("Put the customer's certificate into %s, then: tacit plan --sandbox %s", filepath.Join(dir, "idp", "first-customer.pem"), dir)
	return nil
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) //nolint:gosec // G302: a configuration holds no secret and is meant to be committed
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
