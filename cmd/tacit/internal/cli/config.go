package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// configFlags say where a configuration and its variables come from.
type configFlags struct {
	dir      string
	vars     []string
	varFiles []string
	// rules weigh what the commands that judge find.
	rules ruleFlags
	// extra are files that are about to be written (hclconf.Options).
	extra map[string][]byte
}

func (f *configFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.vars, "var", nil, "set a variable: `NAME=VALUE` (repeatable; also TACIT_VAR_NAME)")
	cmd.Flags().StringArrayVar(&f.varFiles, "var-file", nil, "read variables from a `FILE` (repeatable)")
}

// oneDirectory accepts at most one operand, and says what is wrong with more.
func oneDirectory(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("one directory is expected, not %d (%s); a flag's value needs an equals sign: --sandbox=FILE", len(args), strings.Join(args, ", "))
	}
	return nil
}

// directory takes the last argument as the configuration directory.
func (f *configFlags) directory(args []string) {
	f.dir = "."
	if len(args) > 0 {
		f.dir = args[0]
	}
}

// loaded is a configuration that was read and evaluated without any id.
type loaded struct {
	files  *hclconf.Files
	config *schema.Config
	// catalogue are the rules as the flags weigh them.
	catalogue []*check.Rule
	// remarks are diagnostics that are not errors.
	remarks schema.Diagnostics
}

func (a *app) load(f configFlags) (*loaded, error) {
	catalogue, err := f.rules.catalogue()
	if err != nil {
		return nil, err
	}
	files, cfg, ds, err := a.read(f)
	if err != nil {
		return nil, err
	}
	if ds.HasErrors() {
		return nil, &badConfig{ds}
	}
	return &loaded{files, cfg, catalogue, ds}, nil
}

// readWith loads and evaluates the configuration as it would be with some files
// added or changed.
func (a *app) readWith(f configFlags, extra map[string][]byte) (*hclconf.Files, *schema.Config, schema.Diagnostics) {
	f.extra = extra
	files, cfg, ds, err := a.read(f)
	if err != nil {
		ds = append(ds, diagnosticOf(err))
	}
	return files, cfg, ds
}

// read loads and evaluates. Also with errors: all mistakes are shown at once.
func (a *app) read(f configFlags) (*hclconf.Files, *schema.Config, schema.Diagnostics, error) {
	options, err := a.options(f)
	if err != nil {
		return nil, nil, nil, err
	}
	files, ds := hclconf.Load(options)
	cfg, more := files.Evaluate(nil)
	return files, cfg, append(append(ds, more...), knownIgnores(cfg.Ignores)...), nil
}

// options are what loading takes.
func (a *app) options(f configFlags) (hclconf.Options, error) {
	vars := map[string]string{}
	for _, v := range f.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			// What was given is not repeated: it may be a secret.
			return hclconf.Options{}, errors.New("--var: write NAME=VALUE")
		}
		vars[name] = value
	}
	return hclconf.Options{
		Dir: f.dir, Vars: vars, VarFiles: f.varFiles, Env: a.env.LookupEnv, ToolVersion: version(), Context: a.ended, Now: a.env.Now(), Extra: f.extra,
	}, nil
}
