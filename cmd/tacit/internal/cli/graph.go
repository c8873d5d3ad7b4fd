package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/graph"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

type graphOptions struct {
	config  configFlags
	tenant  tenantFlags
	offline bool
	file    fileFlags
}

const graphHelp = `Draws which connections lead into which applications and get tokens for which APIs, with failing prerequisites in red:
what the rules say of the state that an apply would leave. With --sandbox, or AUTH0_DOMAIN in the environment, the
tenant is read; otherwise, and with --offline, the files alone speak.

Up to 12 connections are drawn one by one. Of more, 3 or more with the same application, APIs and findings are one box,
and a column has 60 boxes at most; the picture says so. --full draws each.

SVG and HTML load nothing and need nothing. --json, or --format json, has {"nodes": [{"id", "kind", "label", "count",
"names", "marks": [{"code", "rule", "outcome", "severity", "message", "fix"}], "unused"}], "edges": [{"from", "to",
"via", "broken"}], "paths", "broken", "offline", "limits"}. kind is connection, client, api or tenant. The exit code is 0
also when prerequisites fail; tacit check and tacit validate judge.`

func (a *app) graphCommand() *cobra.Command {
	var o graphOptions
	cmd := &cobra.Command{
		Use: "graph [DIR]", Short: "Draw connections, applications and APIs, with failing prerequisites in red", Long: graphHelp, Args: oneDirectory,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.config.directory(args)
			return a.runGraph(cmd.Context(), o)
		},
	}
	o.config.register(cmd)
	o.config.rules.register(cmd)
	o.tenant.register(cmd)
	o.file.register(cmd, "mermaid", "dot", "svg", "html", "json")
	cmd.Flags().BoolVar(&o.offline, "offline", false, "read the files alone, whatever the environment says")
	cmd.Flags().BoolVar(&a.global.full, "full", false, "draw every object, however many")
	return cmd
}

func (a *app) runGraph(ctx context.Context, o graphOptions) error {
	format, err := o.file.chosen(a.global.json)
	if err != nil {
		return err
	}
	l, ahead, err := a.foresee(ctx, o.config, o.tenant, o.offline)
	if err != nil {
		return err
	}
	a.err.Diagnostics(l.files.WithSnippets(l.remarks.Sorted()))
	g := graph.Make(graphInput(l, ahead, a.global.full))
	return a.emit(o.file, func(w io.Writer) error {
		p := view.New(w, view.Options{})
		switch format {
		case "json":
			return view.JSON(w, g)
		case "html":
			return view.GraphHTML(w, g)
		case "svg":
			return view.GraphSVG(w, g)
		case "dot":
			p.GraphDOT(g)
		default:
			p.GraphMermaid(g)
		}
		return p.Err()
	})
}

func graphInput(l *live, ahead *plan.Ahead, whole bool) graph.Input {
	in := graph.Input{
		Connections: ahead.States(schema.SAMLConnection), Tenant: ahead.Text(l.config.Domain()), Offline: l.tenant == nil, Whole: whole,
		Name: func(s *schema.State) string { return ahead.Text(s.Name()) },
	}
	for _, p := range ahead.Paths {
		in.Paths = append(in.Paths, graph.Judged{Path: p, Findings: ahead.Judge(p)})
	}
	return in
}
