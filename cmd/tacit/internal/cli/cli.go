// Package cli is tacit's command line: one file per command, each a struct of
// options, a function that parses flags into it and a run method. Everything
// from outside (streams, environment, terminal) arrives in [Env].
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
)

// Env is the process as commands see it.
type Env struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool)
	// Now is the clock.
	Now func() time.Time
	// Width is the terminal's width in columns, 0 when unknown.
	Width                                         int
	StdinTerminal, StdoutTerminal, StderrTerminal bool
	// Keep has the process live on after a signal until done is called, for what
	// has to be put back on a tenant; it may be nil.
	Keep func() (done func())
}

// The exit codes (README, "Exit codes"). A failed check wins over changes, an
// error over both.
const (
	exitOK          = 0
	exitError       = 1
	exitChanges     = 2
	exitCheckFailed = 3
	exitStale       = 4
	exitInterrupted = 130
)

// exit ends a command with a code; err, when given, is shown first.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err != nil {
		return e.err.Error()
	}
	return fmt.Sprintf("exit status %d", e.code)
}

func (e *exit) Unwrap() error { return e.err }

// badConfig carries diagnostics to the one place that shows them.
type badConfig struct{ ds schema.Diagnostics }

func (e *badConfig) Error() string {
	return fmt.Sprintf("%d problems in the configuration", len(e.ds))
}

// app is what every command shares.
type app struct {
	env Env
	// out and err print to standard output and standard error.
	out, err *view.Printer
	global   globalFlags
	// ended is done when the person or the system wants the command to end; it
	// also ends evaluations, which no command passes a context to.
	ended context.Context
	// run is the id of this run, in the tenant's log and in the journal.
	run string
}

// globalFlags are accepted by every command.
type globalFlags struct {
	noColor bool
	json    bool
	input   bool
	full    bool
}

// Main runs one command line and returns the exit code.
func Main(ctx context.Context, env Env) int {
	a := &app{env: env, run: runID(), ended: ctx}
	a.printers()
	root := a.root()
	root.SetArgs(rewriteDashes(env.Args))
	err := root.ExecuteContext(ctx)
	return a.finish(ctx, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tacit",
		Short: "Keep SAML IdP-initiated logins upgradable to API tokens on Auth0",
		Long: "tacit declares SAML connections, SPA clients and APIs of an Auth0 tenant in HCL, and makes sure that a user who clicks\n" +
			"the tile in the company's identity provider lands in the app and gets an API token.",
		SilenceErrors: true, SilenceUsage: true,
		Version: release,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "see tacit --help"
			if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
				hint = "did you mean " + like[0] + "?"
			}
			return fmt.Errorf("unknown command %q: %s", args[0], hint)
		},
		PersistentPreRun: func(*cobra.Command, []string) {
			a.printers()
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	root.SetOut(a.env.Stdout)
	root.SetErr(a.env.Stderr)
	root.SetIn(a.env.Stdin)
	f := root.PersistentFlags()
	f.BoolVar(&a.global.noColor, "no-color", false, "no colours (also: NO_COLOR)")
	f.BoolVar(&a.global.json, "json", false, "print the result as JSON on standard output")
	f.BoolVar(&a.global.input, "input", true, "ask questions on a terminal")
	root.AddCommand(
		a.initCommand(), a.importCommand(), a.fmtCommand(), a.validateCommand(), a.planCommand(), a.showCommand(), a.applyCommand(), a.undoCommand(), a.driftCommand(), a.destroyCommand(),
		a.checkCommand(), a.auditCommand(), a.diffTenantsCommand(), a.rehearseCommand(), a.explainCommand(), a.rulesCommand(), a.inspectCommand(), a.onboardCommand(), a.offboardCommand(), a.outputCommand(),
		a.certsCommand(), a.sandboxCommand(), a.doctorCommand(), a.versionCommand(),
		a.handoffCommand(), a.graphCommand(),
	)
	return root
}

// full registers the flag that the shortened texts name.
func (a *app) full(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.global.full, "full", false, "shorten nothing: every change and every explanation")
}

func (a *app) printers() {
	noColor := a.global.noColor
	if v, ok := a.env.LookupEnv("NO_COLOR"); ok && v != "" {
		noColor = true
	}
	if v, _ := a.env.LookupEnv("TERM"); v == "dumb" {
		noColor = true
	}
	a.out = view.New(a.env.Stdout, view.Options{Color: a.env.StdoutTerminal && !noColor, Width: a.env.Width, Full: a.global.full})
	a.err = view.New(a.env.Stderr, view.Options{Color: a.env.StderrTerminal && !noColor, Width: a.env.Width, Full: a.global.full})
}

// finish shows an error once and turns it into an exit code.
func (a *app) finish(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	var bad *badConfig
	var end *exit
	code := exitError
	if ctx.Err() != nil {
		code = exitInterrupted
	}
	switch {
	case errors.As(err, &bad):
		a.problems(bad.ds)
	case errors.As(err, &end):
		code = end.code
		if end.err != nil {
			a.problem(end.err)
		}
	case ctx.Err() != nil:
		a.problem(fmt.Errorf("interrupted: %w", err))
	default:
		a.problem(err)
	}
	return code
}

func (a *app) problems(ds schema.Diagnostics) {
	ds = ds.Sorted()
	if a.global.json {
		// The printer's own failure has nowhere to go but the exit code,
		// which is an error already.
		_ = view.JSON(a.env.Stdout, struct {
			Diagnostics schema.Diagnostics `json:"diagnostics"`
		}{ds})
		return
	}
	a.err.Diagnostics(ds)
}

// problem shows an error.
func (a *app) problem(err error) { a.problems(schema.Diagnostics{diagnosticOf(err)}) }

// diagnosticOf reads an error: its first line is what happened, the others say
// more.
func diagnosticOf(err error) schema.Diagnostic {
	first, rest, _ := strings.Cut(err.Error(), "\n")
	return schema.Diagnostic{Severity: schema.Error, Summary: first, Detail: rest}
}

// json prints a result on standard output.
func (a *app) json(v any) error { return view.JSON(a.env.Stdout, v) }
