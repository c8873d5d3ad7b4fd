package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

type fmtOptions struct {
	check     bool
	recursive bool
	paths     []string
}

func (a *app) fmtCommand() *cobra.Command {
	var o fmtOptions
	cmd := &cobra.Command{
		Use: "fmt [DIR|FILE]...", Short: "Rewrite *.hcl files in canonical form",
		Long: "Rewrites *.hcl files in canonical form and prints the names of those that changed. With --check nothing is\nwritten and the exit code is 3 when a file would change.",
		RunE: func(_ *cobra.Command, args []string) error {
			o.paths = args
			if len(args) == 0 {
				o.paths = []string{"."}
			}
			return a.runFmt(o)
		},
	}
	cmd.Flags().BoolVar(&o.check, "check", false, "change nothing; exit 3 when a file is not in canonical form")
	cmd.Flags().BoolVar(&o.recursive, "recursive", false, "descend into directories")
	return cmd
}

func (a *app) runFmt(o fmtOptions) error {
	var ds schema.Diagnostics
	changed := []string{}
	for _, path := range o.paths {
		files, err := hclFiles(path, o.recursive)
		if err != nil {
			return err
		}
		for _, file := range files {
			did, more, err := formatFile(file, o.check)
			if err != nil {
				return err
			}
			ds = append(ds, more...)
			if did {
				changed = append(changed, file)
			}
		}
	}
	if a.global.json {
		if err := a.json(struct {
			Changed     []string           `json:"changed"`
			Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
		}{changed, ds}); err != nil {
			return err
		}
	} else {
		for _, f := range changed {
			a.out.Line("%s", f)
		}
	}
	switch {
	case ds.HasErrors() && a.global.json:
		return &exit{code: exitError}
	case ds.HasErrors():
		return &badConfig{ds}
	case o.check && len(changed) > 0:
		return &exit{code: exitCheckFailed}
	}
	return nil
}

func hclFiles(path string, recursive bool) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("fmt: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var out []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != path && (!recursive || d.Name()[0] == '.'):
			return filepath.SkipDir
		case d.Type().IsRegular() && filepath.Ext(p) == ".hcl":
			out = append(out, p)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

// maxSource is the largest file of a configuration, as hclconf reads them.
const maxSource = 4 << 20

func formatFile(path string, check bool) (changed bool, ds schema.Diagnostics, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return false, nil, fmt.Errorf("fmt: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxSource {
		return false, nil, fmt.Errorf("fmt: %s is not a regular file of at most %d MB", path, maxSource>>20)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return false, nil, fmt.Errorf("fmt: %w", err)
	}
	out, ds := hclconf.Format(path, src)
	if ds.HasErrors() || bytes.Equal(src, out) {
		return false, ds, nil
	}
	if check {
		return true, ds, nil
	}
	return true, ds, maybe.WriteFile(path, out, info.Mode().Perm())
}
