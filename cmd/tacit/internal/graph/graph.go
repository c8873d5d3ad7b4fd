// Package graph makes a picture's worth of data of a configuration: which
// connections lead into which applications and get tokens for which APIs, and
// which prerequisites fail. Connections that are alike are one node.
package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Kind is the column of a node.
type Kind string

// The kinds, from left to right. Tenant holds what is wrong with none of the
// others: the tenant's settings, its domains, its Actions.
const (
	Connection Kind = "connection"
	Client     Kind = "client"
	API        Kind = "api"
	Tenant     Kind = "tenant"
)

// Graph is the JSON form of `tacit graph`.
type Graph struct {
	Nodes []*Node `json:"nodes"`
	Edges []Edge  `json:"edges"`
	// Paths counts the declared paths, Broken those with a failing error rule.
	Paths  int `json:"paths"`
	Broken int `json:"broken"`
	// Offline: no tenant was read.
	Offline bool `json:"offline"`
	// Limits say what the picture leaves out.
	Limits []string `json:"limits"`
}

// Node is an object, or several connections that are alike.
type Node struct {
	ID    string `json:"id"`
	Kind  Kind   `json:"kind"`
	Label string `json:"label"`
	// Count is how many objects it stands for, Names some of them.
	Count int      `json:"count"`
	Names []string `json:"names"`
	Marks []Mark   `json:"marks"`
	// Only are the APIs of a connection, where its clients lead to others too.
	Only []string `json:"only,omitempty"`
	// Unused: no path leads through it.
	Unused bool `json:"unused,omitempty"`

	edges string
	// apis are where paths from a connection end, by client.
	apis map[*Node][]*Node
}

// Mark is what a rule says of a node.
type Mark struct {
	Code     string          `json:"code"`
	Rule     string          `json:"rule"`
	Outcome  check.Outcome   `json:"outcome"`
	Severity schema.Severity `json:"severity"`
	// Message and Fix are those of one object, where the node is several.
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// Edge leads from a connection to a client, or from there to an API.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Via is how the SPA asks for the token: iframe, redirect, interactive, or
	// several of them.
	Via    string `json:"via,omitempty"`
	Broken bool   `json:"broken"`
}

// Breaks reports whether the mark is a failing prerequisite.
func (m *Mark) Breaks() bool { return m.Outcome == check.Fail && m.Severity == schema.Error }

// Broken reports whether a prerequisite fails here.
func (n *Node) Broken() bool {
	return slices.ContainsFunc(n.Marks, func(m Mark) bool { return m.Breaks() })
}

// Judged is a path with what the rules say of it.
type Judged struct {
	Path     *check.Path
	Findings []check.Finding
}

// Input is what a graph is made of.
type Input struct {
	Paths []Judged
	// Connections are all that are declared, those on no path included.
	Connections []*schema.State
	// Name is how an object is called.
	Name    func(*schema.State) string
	Tenant  string
	Offline bool
	// Whole folds nothing and leaves nothing out.
	Whole bool
}

// builder collects nodes by address.
type builder struct {
	Input
	nodes map[schema.Address]*Node
	order map[Kind][]*Node
	// links are where a node leads, via how: iframe, redirect, interactive.
	links map[*Node][]*Node
	via   map[*Node]map[*Node]string
}

var tenantAddress = schema.Address{Kind: "tenant"}

// Make builds the graph.
func Make(in Input) *Graph {
	b := &builder{in, map[schema.Address]*Node{}, map[Kind][]*Node{}, map[*Node][]*Node{}, map[*Node]map[*Node]string{}}
	g := &Graph{Nodes: []*Node{}, Edges: []Edge{}, Limits: []string{}, Paths: len(in.Paths), Offline: in.Offline}
	for i := range in.Paths {
		b.path(&in.Paths[i])
		if slices.ContainsFunc(in.Paths[i].Findings, func(f check.Finding) bool { return f.Breaks() }) {
			g.Broken++
		}
	}
	for _, c := range in.Connections {
		if b.nodes[c.Addr] == nil {
			b.node(Connection, c).Unused = true
		}
	}
	for _, k := range []Kind{Connection, Client, API, Tenant} {
		for _, n := range b.order[k] {
			slices.SortFunc(n.Marks, compareMarks)
		}
	}
	for _, n := range b.order[Connection] {
		b.only(n)
	}
	b.fold(g)
	for _, k := range []Kind{Client, API, Tenant} {
		b.order[k] = b.limit(k, b.order[k], g)
	}
	b.number(g)
	return g
}

func (b *builder) node(k Kind, s *schema.State) *Node {
	n := b.nodes[s.Addr]
	if n == nil {
		n = b.add(k, s.Addr, b.Name(s))
	}
	return n
}

func (b *builder) add(k Kind, a schema.Address, label string) *Node {
	n := &Node{Kind: k, Label: label, Count: 1, Names: []string{label}, Marks: []Mark{}, apis: map[*Node][]*Node{}}
	b.nodes[a] = n
	b.order[k] = append(b.order[k], n)
	return n
}

func (b *builder) path(j *Judged) {
	p := j.Path
	conn, client, api := b.node(Connection, p.Connection), b.node(Client, p.Client), b.node(API, p.API)
	b.link(conn, client, "")
	b.link(client, api, p.Via)
	conn.edges += fmt.Sprintf("%s\x00%s\x00%s\x00", p.Client.Addr, p.API.Addr, p.Via)
	if !slices.Contains(conn.apis[client], api) {
		conn.apis[client] = append(conn.apis[client], api)
	}
	for i := range j.Findings {
		f := &j.Findings[i]
		b.blamed(p, f, conn, client, api).mark(f)
	}
}

// only says where a connection leads, unless that is everywhere its clients do.
func (b *builder) only(n *Node) {
	var names []string
	partial := false
	for client, apis := range n.apis {
		partial = partial || len(apis) < len(b.links[client])
		for _, api := range apis {
			names = append(names, api.Label)
		}
	}
	if slices.Sort(names); partial {
		n.Only = slices.Compact(names)
	}
}

func (b *builder) link(from, to *Node, via string) {
	if !slices.Contains(b.links[from], to) {
		b.links[from] = append(b.links[from], to)
	}
	if via == "" {
		return
	}
	if b.via[from] == nil {
		b.via[from] = map[*Node]string{}
	}
	if was := b.via[from][to]; !slices.Contains(strings.Split(was, ", "), via) {
		b.via[from][to] = strings.TrimPrefix(was+", "+via, ", ")
	}
}

// blamed is the node at fault.
func (b *builder) blamed(p *check.Path, f *check.Finding, conn, client, api *Node) *Node {
	switch f.Object {
	case p.Connection.Addr.String():
		return conn
	case p.Client.Addr.String():
		return client
	case p.API.Addr.String():
		return api
	}
	switch kind, _, _ := strings.Cut(f.Object, "."); kind {
	case schema.Organization.Name, schema.OrganizationConnection.Name:
		return conn
	case schema.ClientGrant.Name:
		return api
	}
	if n := b.nodes[tenantAddress]; n != nil {
		return n
	}
	return b.add(Tenant, tenantAddress, cmp.Or(b.Tenant, "tenant"))
}

func (n *Node) mark(f *check.Finding) {
	m := Mark{f.Code, f.Rule, f.Outcome, f.Severity, f.Message, f.Fix}
	if !slices.ContainsFunc(n.Marks, func(o Mark) bool { return o.same(&m) }) {
		n.Marks = append(n.Marks, m)
	}
}

func (m *Mark) same(o *Mark) bool {
	return m.Code == o.Code && m.Outcome == o.Outcome && m.Severity == o.Severity
}

// compareMarks puts failing errors first.
func compareMarks(a, b Mark) int {
	rank := func(m *Mark) int {
		switch {
		case m.Breaks():
			return 0
		case m.Outcome == check.Fail && m.Severity == schema.Warning:
			return 1
		case m.Outcome == check.Unknown:
			return 2
		}
		return 3
	}
	return cmp.Or(rank(&a)-rank(&b), strings.Compare(a.Code, b.Code))
}
