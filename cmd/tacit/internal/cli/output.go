package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type outputOptions struct {
	config configFlags
	tenant tenantFlags
	// name is the one output that is asked for, "" for all.
	name string
	raw  bool
}

func (a *app) outputCommand() *cobra.Command {
	var o outputOptions
	cmd := &cobra.Command{
		Use: "output [NAME] [DIR]", Short: "Print the values of the configuration's outputs",
		Long: "Prints what output blocks say, with the ids of the tenant's objects filled in; the tenant is read for that, and only\nwhen an output needs an id. A value that needs an object which does not exist yet is (known after apply).\n\nSensitive values are printed only for a NAME with --raw or --json. --json alone is an object of\n{\"value\", \"known\", \"sensitive\"} per output; with NAME it is the value itself.",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name, args = outputName(args)
			o.config.directory(args)
			return a.runOutput(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.tenant.register(cmd)
	cmd.Flags().BoolVar(&o.raw, "raw", false, "print the text of one output as it is, without quotes and line end")
	return cmd
}

// outputName takes the name of an output off the front of the arguments. A
// single argument is the directory when there is one of that name with a
// configuration in it, or when it cannot be a name.
func outputName(args []string) (name string, rest []string) {
	if len(args) == 0 || len(args) == 1 && isConfigDir(args[0]) {
		return "", args
	}
	return args[0], args[1:]
}

func isConfigDir(arg string) bool {
	if strings.ContainsAny(arg, `/\`) || strings.HasPrefix(arg, ".") {
		return true
	}
	found, err := filepath.Glob(filepath.Join(arg, "*.hcl"))
	return err == nil && len(found) > 0
}

func (a *app) runOutput(ctx context.Context, o outputOptions) error {
	switch {
	case o.raw && o.name == "":
		return errors.New("--raw prints one output: write tacit output --raw NAME")
	case o.raw && a.global.json:
		return errors.New("--raw and --json exclude each other")
	}
	l, err := a.load(o.config)
	if err != nil {
		return err
	}
	if o.name != "" {
		if l.config.Outputs, err = oneOutput(l.config.Outputs, o.name); err != nil {
			return err
		}
	}
	values, err := a.readOutputs(ctx, l, o.tenant)
	if err != nil {
		return err
	}
	if o.name != "" {
		return a.printOutput(values[0], o)
	}
	shown := hideSensitive(values)
	if a.global.json {
		doc := map[string]view.Output{}
		for _, v := range shown {
			doc[v.Name] = v
		}
		return a.json(doc)
	}
	if len(shown) == 0 {
		a.err.Line("The configuration has no outputs.")
	}
	a.out.Outputs(shown)
	return a.out.Err()
}

// showOutputs prints the outputs after an apply, sensitive ones hidden.
func (a *app) showOutputs(l *loaded, ids schema.IDs) error {
	if len(l.config.Outputs) == 0 {
		return nil
	}
	values, err := l.outputs(ids)
	if err != nil {
		return err
	}
	a.out.Line("")
	a.out.Outputs(hideSensitive(values))
	return nil
}

func oneOutput(all []*schema.Output, name string) ([]*schema.Output, error) {
	var names []string
	for _, e := range all {
		if e.Name == name {
			return []*schema.Output{e}, nil
		}
		names = append(names, e.Name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there is no output %q: the configuration has no output blocks", name)
	}
	return nil, fmt.Errorf("there is no output %q; there are %s", name, strings.Join(names, ", "))
}

// readOutputs reads of the tenant what the outputs need and returns their
// values, sensitive ones included.
func (a *app) readOutputs(ctx context.Context, l *loaded, tenant tenantFlags) ([]view.Output, error) {
	cut := plan.ForOutputs(l.config)
	if cut == nil {
		return l.outputs(nil)
	}
	t, err := a.connect(ctx, tenant, l.config)
	if err != nil {
		return nil, err
	}
	_, b, ds, err := apply.Read(ctx, t, cut, nil)
	if err != nil {
		return nil, err
	}
	if ds.HasErrors() {
		return nil, &badConfig{l.files.WithSnippets(ds)}
	}
	return l.outputs(b.IDs())
}

// outputs returns the values of the outputs with ids filled in; nil knows none.
// Sensitive values are in it.
func (l *loaded) outputs(ids schema.IDs) ([]view.Output, error) {
	if ids == nil {
		ids = func(schema.Address) (string, bool) { return "", false }
	}
	list := l.config.Outputs
	for _, o := range list {
		if !o.Unknown {
			continue
		}
		again, ds := l.files.Evaluate(ids)
		if ds.HasErrors() {
			return nil, &badConfig{ds}
		}
		list = settled(list, again.Outputs)
		break
	}
	out := make([]view.Output, len(list))
	for i, o := range list {
		v, known := o.Value(ids)
		out[i] = view.Output{Name: o.Name, Description: o.Description, Value: v, Known: known, Sensitive: o.Sensitive}
	}
	return out, nil
}

// settled replaces outputs by their second evaluation, by name.
func settled(list, again []*schema.Output) []*schema.Output {
	byName := map[string]*schema.Output{}
	for _, o := range again {
		byName[o.Name] = o
	}
	out := make([]*schema.Output, len(list))
	for i, o := range list {
		out[i] = o
		if n := byName[o.Name]; n != nil {
			out[i] = n
		}
	}
	return out
}

// hideSensitive drops the values that are shown only when asked for by name.
func hideSensitive(list []view.Output) []view.Output {
	out := make([]view.Output, len(list))
	for i, o := range list {
		if o.Sensitive {
			o.Value = nil
		}
		out[i] = o
	}
	return out
}

// printOutput prints the one that was asked for.
func (a *app) printOutput(o view.Output, opts outputOptions) error {
	if !opts.raw && !a.global.json {
		a.out.OutputValue(&o)
		return a.out.Err()
	}
	if !o.Known {
		return fmt.Errorf("the value of output %q is known after apply: it needs the id of an object that does not exist yet", o.Name)
	}
	if a.global.json {
		return a.json(o.Value)
	}
	s, ok := plainText(o.Value)
	if !ok {
		return fmt.Errorf("output %q is not a text; use --json", o.Name)
	}
	if a.env.StdoutTerminal {
		a.out.Line("%s", s)
		return a.out.Err()
	}
	return view.Raw(a.env.Stdout, s)
}

// plainText is a text, number or truth value as --raw prints it.
func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	default:
		return "", false
	}
}
