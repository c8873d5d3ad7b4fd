package view

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/graph"
)

// The measures of the picture, in pixels.
const (
	boxWidth   = 290
	boxGap     = 14
	columnGap  = 130
	margin     = 20
	lineHeight = 18
	headHeight = 34 // the headings of the columns
	maxText    = 38 // columns of text that fit a box
)

// box is a node with its place.
type box struct {
	*graph.Node
	lines        []markLine
	x, y, height int
}

func (b *box) middle() int { return b.y + b.height/2 }

// columns of kinds; the tenant stands below the clients.
func columnOf(k graph.Kind) int {
	return map[graph.Kind]int{graph.Connection: 0, graph.Client: 1, graph.Tenant: 1, graph.API: 2}[k]
}

// layout places the nodes: each column from top to bottom, a node beside the
// middle of what leads to it as far as there is room.
func layout(g *graph.Graph) (boxes map[string]*box, width, height int) {
	boxes = map[string]*box{}
	var columns [3][]*box
	for _, n := range g.Nodes {
		b := &box{Node: n, lines: markLines(n)}
		b.height = 16 + lineHeight*(1+len(b.lines))
		c := columnOf(n.Kind)
		b.x = margin + c*(boxWidth+columnGap)
		boxes[n.ID] = b
		columns[c] = append(columns[c], b)
	}
	height = stack(columns[0], nil)
	for _, column := range columns[1:] {
		wish := map[*box]int{}
		for _, b := range column {
			wish[b] = wished(g, boxes, b)
		}
		slices.SortStableFunc(column, func(a, b *box) int { return wish[a] - wish[b] })
		height = max(height, stack(column, wish))
	}
	return boxes, 2*margin + 3*boxWidth + 2*columnGap, height + margin
}

// wished is the middle of what leads to a box; what nothing leads to comes
// last.
func wished(g *graph.Graph, boxes map[string]*box, b *box) int {
	const last = 1 << 20
	sum, n := 0, 0
	for _, e := range g.Edges {
		if e.To == b.ID {
			sum, n = sum+boxes[e.From].middle(), n+1
		}
	}
	if n == 0 {
		return last
	}
	return sum / n
}

// stack gives the boxes of a column their places, no higher than they wish, and
// returns where it ends.
func stack(column []*box, wish map[*box]int) int {
	y := margin + headHeight
	for _, b := range column {
		const last = 1 << 20
		if w, ok := wish[b]; ok && w != last {
			y = max(y, w-b.height/2)
		}
		b.y = y
		y += b.height + boxGap
	}
	return y - boxGap
}

// GraphSVG writes the graph as a picture that needs nothing besides.
func GraphSVG(w io.Writer, g *graph.Graph) error {
	style, err := pages.ReadFile("pages/graph_svg.css")
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return writeMarkup(w, svg(g, string(style))+"\n")
}

// svg draws; a page that has the style itself gives none.
func svg(g *graph.Graph, style string) string {
	boxes, width, height := layout(g)
	notes := append([]string{graphSummary(g)}, g.Limits...)
	top := height
	if style != "" {
		height += lineHeight * len(notes)
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`<svg xmlns="http://www.w3.org/2000/svg" class="graph" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="graph-title">`, width, height+margin, width, height+margin)
	line(`<title id="graph-title">%s</title>`, xmlText(graphSummary(g)))
	if style != "" {
		line("<style>\n%s</style>", style)
		line(`<rect class="paper" width="100%%" height="100%%"/>`)
	}
	for _, look := range []string{"fine", "broken"} {
		line(`<defs><marker id="end-%s" class="%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>`, look, look)
	}
	for i, h := range []string{"Connections", "Applications", "APIs"} {
		line(`<text class="column" x="%d" y="%d">%s</text>`, margin+i*(boxWidth+columnGap), margin+14, h)
	}
	edges := slices.Clone(g.Edges)
	slices.SortStableFunc(edges, func(a, c graph.Edge) int { return rankEdge(a) - rankEdge(c) })
	for _, e := range edges {
		b.WriteString(svgEdge(e, boxes[e.From], boxes[e.To]))
	}
	for _, n := range g.Nodes {
		b.WriteString(svgBox(boxes[n.ID]))
	}
	for i, note := range notes {
		if style != "" {
			line(`<text class="limit" x="%d" y="%d">%s</text>`, margin, top+margin+lineHeight*i, xmlText(note))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

// rankEdge lets broken edges be drawn over the others.
func rankEdge(e graph.Edge) int {
	if e.Broken {
		return 1
	}
	return 0
}

func svgEdge(e graph.Edge, from, to *box) string {
	look := "fine"
	if e.Broken {
		look = "broken"
	}
	x1, y1, x2, y2 := from.x+boxWidth, from.middle(), to.x, to.middle()
	bend := columnGap / 2
	out := fmt.Sprintf(`<path class="edge %s" d="M%d %dC%d %d %d %d %d %d" marker-end="url(#end-%s)"/>`+"\n", look, x1, y1, x1+bend, y1, x2-bend, y2, x2-1, y2, look)
	if e.Via != "" {
		out += fmt.Sprintf(`<text class="via" x="%d" y="%d">%s</text>`+"\n", (x1+x2)/2, (y1+y2)/2-6, xmlText(e.Via))
	}
	return out
}

func svgBox(b *box) string {
	var out strings.Builder
	tip := b.Label
	if b.Count > 1 {
		tip = strings.Join(b.Names, ", ")
		if more := b.Count - len(b.Names); more > 0 {
			tip += fmt.Sprintf(" and %d more", more)
		}
	}
	fmt.Fprintf(&out, `<g class="node %s"><title>%s</title>`+"\n", drawn(b.Node), xmlText(tip))
	if b.Count > 1 { // a second sheet behind the first
		fmt.Fprintf(&out, `<rect x="%d" y="%d" width="%d" height="%d" rx="7"/>`+"\n", b.x+5, b.y+5, boxWidth-5, b.height-1)
	}
	fmt.Fprintf(&out, `<rect x="%d" y="%d" width="%d" height="%d" rx="7"/>`+"\n", b.x, b.y, boxWidth, b.height)
	fmt.Fprintf(&out, `<text class="name" x="%d" y="%d">%s</text>`+"\n", b.x+12, b.y+22, xmlText(shorten(b.Label)))
	for i, l := range b.lines {
		fmt.Fprintf(&out, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", l.look, b.x+12, b.y+22+lineHeight*(i+1), xmlText(shorten(l.text)))
	}
	out.WriteString("</g>\n")
	return out.String()
}

// shorten cuts a text to what a box holds; its whole is in the tip. Letters of
// East Asian scripts are twice as wide.
func shorten(s string) string {
	const wide = 0x1100
	s = clean(s)
	used := 0
	for i, r := range s {
		if used++; r >= wide {
			used++
		}
		if used > maxText {
			return s[:i] + "…"
		}
	}
	return s
}

// xmlText makes text of data, in content and in attributes.
func xmlText(s string) string { return html.EscapeString(clean(s)) }
