package view

import (
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/graph"
)

// GraphDOT writes the graph in the language of Graphviz.
func (p *Printer) GraphDOT(g *graph.Graph) {
	p.put(text("digraph tacit {"))
	p.put(text("  rankdir=LR"))
	p.put(text("  label=" + dot(append([]string{graphSummary(g)}, g.Limits...)...)))
	p.put(text(`  node [shape=box, style="rounded,filled", fillcolor="#eef4fb", color="#3b6ea5", fontname="Helvetica"]`))
	p.put(text(`  edge [color="#6b7280", fontname="Helvetica", fontsize=10]`))
	fills := map[string]string{
		"broken": `fillcolor="#fdecec", color="#b91c1c", fontcolor="#7f1d1d", penwidth=2`, "unused": `fillcolor="#f3f4f6", color="#9ca3af", style="rounded,filled,dashed"`,
		"client": `fillcolor="#eefaf3", color="#2f855a"`, "api": `fillcolor="#f5f0fc", color="#6b46c1"`, "tenant": `fillcolor="#fffbeb", color="#b7791f"`,
	}
	for _, n := range g.Nodes {
		lines := []string{n.Label}
		for _, m := range markLines(n) {
			lines = append(lines, m.text)
		}
		p.put(text("  " + n.ID + " [label=" + dot(lines...) + after(", ", fills[drawn(n)]) + "]"))
	}
	for _, e := range g.Edges {
		var attributes []string
		if e.Via != "" {
			attributes = append(attributes, "label="+dot(e.Via))
		}
		if e.Broken {
			attributes = append(attributes, `color="#b91c1c"`, "penwidth=2")
		}
		line := "  " + e.From + " -> " + e.To
		if len(attributes) > 0 {
			line += " [" + strings.Join(attributes, ", ") + "]"
		}
		p.put(text(line))
	}
	p.put(text("}"))
}

// dot makes one quoted text of lines of data. Backslashes are doubled, because
// \N and its like stand for names, and ampersands begin no entity.
func dot(lines ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = escape.Replace(clean(l))
	}
	return `"` + strings.Join(out, `\n`) + `"`
}
