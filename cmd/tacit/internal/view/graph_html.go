package view

import (
	html "html/template"
	"io"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/graph"
)

// GraphHTML writes the graph as one page: the picture, and below it what fails
// and how to mend it.
func GraphHTML(w io.Writer, g *graph.Graph) error {
	safe, err := cleaned(g)
	if err != nil {
		return err
	}
	var failing, folded []*graph.Node
	for _, n := range safe.Nodes {
		if n.Broken() {
			failing = append(failing, n)
		}
		if n.Count > 1 {
			folded = append(folded, n)
		}
	}
	return writePage(w, "graph", []string{"graph.css", "graph_svg.css"}, html.FuncMap{
		"summary": func() string { return graphSummary(safe) },
		"picture": func() html.HTML { return html.HTML(svg(safe, "")) }, // #nosec G203 -- svg escapes its texts
		"failing": func() []*graph.Node { return failing },
		"folded":  func() []*graph.Node { return folded },
		"breaks":  func(m graph.Mark) bool { return m.Breaks() },
		"more":    func(n *graph.Node) int { return n.Count - len(n.Names) },
	}, safe)
}
