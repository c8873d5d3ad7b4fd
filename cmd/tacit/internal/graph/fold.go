package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	// fewConnections are shown one by one, whatever they have in common.
	fewConnections = 12
	// alike is from how many on connections fold into one node.
	alike = 3
	// maxNodes is how many nodes a column has.
	maxNodes = 60
	// maxNames is how many names a folded node tells.
	maxNames = 20
)

// fold makes one node of connections that lead to the same clients and APIs in
// the same way and of which the rules say the same.
func (b *builder) fold(g *Graph) {
	all := b.order[Connection]
	if b.Whole || len(all) <= fewConnections {
		return
	}
	groups := map[string][]*Node{}
	var keys []string
	for _, n := range all {
		k := n.likeness()
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], n)
	}
	// What is broken is seen first, then the few before the many.
	slices.SortStableFunc(keys, func(a, c string) int {
		x, y := groups[a], groups[c]
		return cmp.Or(rank(x[0])-rank(y[0]), len(x)-len(y))
	})
	var out []*Node
	folded := 0
	for _, k := range keys {
		group := groups[k]
		if len(group) < alike {
			out = append(out, group...)
			continue
		}
		folded += len(group)
		one := merge(group, fmt.Sprintf("%d connections", len(group)))
		one.Only, b.links[one] = group[0].Only, b.links[group[0]]
		out = append(out, one)
	}
	if folded > 0 {
		g.Limits = append(g.Limits, fmt.Sprintf("%d connections are drawn folded: those with the same application, APIs and findings are one box. --full draws each.", folded))
	}
	b.order[Connection] = b.limit(Connection, out, g)
}

func rank(n *Node) int {
	if n.Broken() {
		return 0
	}
	return 1
}

// likeness is equal for nodes that are drawn alike.
func (n *Node) likeness() string {
	var k strings.Builder
	k.WriteString(n.edges)
	for _, m := range n.Marks {
		fmt.Fprintf(&k, "\x01%s\x00%s\x00%s", m.Code, m.Outcome, m.Severity)
	}
	return k.String()
}

// merge makes one node of several, with the marks of all.
func merge(group []*Node, label string) *Node {
	n := &Node{Kind: group[0].Kind, Label: label, Marks: []Mark{}, Unused: group[0].Unused}
	for _, o := range group {
		n.Count += o.Count
		n.Names = append(n.Names, o.Names...)
		n.Unused = n.Unused && o.Unused
		for _, m := range o.Marks {
			if !slices.ContainsFunc(n.Marks, func(x Mark) bool { return x.same(&m) }) {
				n.Marks = append(n.Marks, m)
			}
		}
	}
	slices.Sort(n.Names)
	n.Names = n.Names[:min(len(n.Names), maxNames)]
	slices.SortFunc(n.Marks, compareMarks)
	return n
}

// limit puts what is too much for a column into one last node.
func (b *builder) limit(k Kind, nodes []*Node, g *Graph) []*Node {
	if b.Whole || len(nodes) <= maxNodes {
		return nodes
	}
	rest := nodes[maxNodes-1:]
	last := merge(rest, "")
	last.Label = fmt.Sprintf("%d more", last.Count)
	for _, n := range rest {
		for _, to := range b.links[n] {
			b.link(last, to, "")
		}
		b.replace(n, last)
	}
	g.Limits = append(g.Limits, fmt.Sprintf("The column of %ss has %d boxes at most; what differs beyond that is in its last one. --full draws each.", k, maxNodes))
	return append(slices.Clone(nodes[:maxNodes-1]), last)
}

// replace lets links lead to another node.
func (b *builder) replace(old, n *Node) {
	for from, list := range b.links {
		if i := slices.Index(list, old); i >= 0 {
			list = slices.Clone(list)
			if slices.Contains(list, n) {
				list = slices.Delete(list, i, i+1)
			} else {
				list[i] = n
			}
			b.links[from] = list
			if via := b.via[from][old]; via != "" {
				b.via[from][n] = via
			}
		}
	}
}

// number gives the nodes their ids, in order, and draws the edges.
func (b *builder) number(g *Graph) {
	letters := map[Kind]string{Connection: "c", Client: "p", API: "a", Tenant: "t"}
	for _, k := range []Kind{Connection, Client, API, Tenant} {
		for i, n := range b.order[k] {
			n.ID = fmt.Sprintf("%s%d", letters[k], i+1)
			g.Nodes = append(g.Nodes, n)
		}
	}
	for _, k := range []Kind{Connection, Client} {
		for _, from := range b.order[k] {
			for _, to := range b.links[from] {
				g.Edges = append(g.Edges, Edge{from.ID, to.ID, b.via[from][to], from.Broken() || to.Broken()})
			}
		}
	}
}
