package view

import (
	"fmt"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/graph"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// maxMarkLines is how many failing prerequisites a box names.
const maxMarkLines = 4

// markLine is a line of a box below its name.
type markLine struct {
	text string
	// look is fail, warn, unknown or note.
	look string
}

// markLines are what a box says: failing prerequisites by name, the rest
// counted.
func markLines(n *graph.Node) []markLine {
	var out []markLine
	if len(n.Only) > 0 {
		out = append(out, markLine{"only " + strings.Join(n.Only, ", "), "note"})
	}
	failing, warnings, unknown := 0, 0, 0
	for i := range n.Marks {
		m := &n.Marks[i]
		switch {
		case m.Breaks():
			if failing++; failing <= maxMarkLines {
				out = append(out, markLine{"✗ " + m.Code + " " + m.Rule, "fail"})
			}
		case m.Outcome == check.Fail && m.Severity == schema.Warning:
			warnings++
		case m.Outcome == check.Unknown:
			unknown++
		}
	}
	if more := failing - maxMarkLines; more > 0 {
		out = append(out, markLine{fmt.Sprintf("✗ and %d more", more), "fail"})
	}
	if warnings > 0 {
		out = append(out, markLine{"! " + plural(warnings, "warning"), "warn"})
	}
	if unknown > 0 {
		out = append(out, markLine{fmt.Sprintf("? %d not known", unknown), "unknown"})
	}
	if n.Unused {
		out = append(out, markLine{"in no silent_upgrade", "note"})
	}
	return out
}

// graphSummary tells what the picture shows.
func graphSummary(g *graph.Graph) string {
	s := plural(g.Paths, "path") + ": every prerequisite holds, as far as rules can tell"
	if g.Broken > 0 {
		s = fmt.Sprintf("%s, %d broken", plural(g.Paths, "path"), g.Broken)
	}
	if g.Offline {
		s += " (from the files alone, no tenant was read)"
	}
	return s + "."
}

// drawn is how a box is drawn.
func drawn(n *graph.Node) string {
	switch {
	case n.Broken():
		return "broken"
	case n.Unused:
		return "unused"
	default:
		return string(n.Kind)
	}
}

// GraphMermaid writes the graph in the Mermaid language.
func (p *Printer) GraphMermaid(g *graph.Graph) {
	p.put(text("flowchart LR"))
	for _, l := range append([]string{graphSummary(g)}, g.Limits...) {
		p.put(text("  %% " + mermaid(l)))
	}
	for _, n := range g.Nodes {
		lines := []string{n.Label}
		for _, m := range markLines(n) {
			lines = append(lines, m.text)
		}
		shapes := map[graph.Kind][2]string{graph.Connection: {"[", "]"}, graph.Client: {"(", ")"}, graph.API: {"([", "])"}, graph.Tenant: {"[[", "]]"}}
		s := shapes[n.Kind]
		p.put(text("  " + n.ID + s[0] + `"` + mermaid(lines...) + `"` + s[1] + ":::" + drawn(n)))
	}
	var red []string
	for i, e := range g.Edges {
		arrow := " --> "
		if e.Via != "" {
			arrow = ` -- "` + mermaid(e.Via) + `" --> `
		}
		p.put(text("  " + e.From + arrow + e.To))
		if e.Broken {
			red = append(red, fmt.Sprint(i))
		}
	}
	p.put(text("  classDef broken fill:#fdecec,stroke:#b91c1c,stroke-width:2px,color:#7f1d1d"))
	p.put(text("  classDef unused fill:#f3f4f6,stroke:#9ca3af,stroke-dasharray:4,color:#4b5563"))
	p.put(text("  classDef connection fill:#eef4fb,stroke:#3b6ea5,color:#12263f"))
	p.put(text("  classDef client fill:#eefaf3,stroke:#2f855a,color:#12331f"))
	p.put(text("  classDef api fill:#f5f0fc,stroke:#6b46c1,color:#2a1a4a"))
	p.put(text("  classDef tenant fill:#fffbeb,stroke:#b7791f,color:#4a3208"))
	if len(red) > 0 {
		p.put(text("  linkStyle " + strings.Join(red, ",") + " stroke:#b91c1c,stroke-width:2px"))
	}
}
