package graph_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/graph"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func state(k *schema.Kind, name string) *schema.State {
	return &schema.State{Kind: k, Addr: schema.Address{Kind: k.Name, Name: name}, Cells: make([]schema.Cell, len(k.Attrs))}
}

// world is n connections into one client for one API.
func world(n int) graph.Input {
	in := graph.Input{Name: func(s *schema.State) string { return s.Addr.Name }, Tenant: "example"}
	client, api := state(schema.SPAClient, "portal"), state(schema.API, "orders")
	for i := range n {
		c := state(schema.SAMLConnection, fmt.Sprintf("c%03d", i))
		in.Connections = append(in.Connections, c)
		in.Paths = append(in.Paths, graph.Judged{Path: &check.Path{Connection: c, Client: client, API: api, Via: "iframe"}})
	}
	return in
}

func fails(in graph.Input, i int, code, object string) {
	in.Paths[i].Findings = append(in.Paths[i].Findings, check.Finding{Code: code, Outcome: check.Fail, Severity: schema.Error, Object: object})
}

func of(g *graph.Graph, k graph.Kind) []*graph.Node {
	var out []*graph.Node
	for _, n := range g.Nodes {
		if n.Kind == k {
			out = append(out, n)
		}
	}
	return out
}

func TestFewAreDrawnOneByOne(t *testing.T) {
	in := world(12)
	in.Connections = append(in.Connections[:0:0], in.Connections...)
	g := graph.Make(in)
	assert.Len(t, of(g, graph.Connection), 12)
	assert.Empty(t, g.Limits)
	assert.Len(t, g.Edges, 13)
	assert.Equal(t, graph.Edge{From: "p1", To: "a1", Via: "iframe"}, g.Edges[12])
}

func TestAlikeFoldAndOddStandOut(t *testing.T) {
	in := world(500)
	fails(in, 7, "TAC102", "saml_connection.c007")
	fails(in, 9, "TAC102", "saml_connection.c009")
	g := graph.Make(in)
	conns := of(g, graph.Connection)
	require.Len(t, conns, 3)
	assert.Equal(t, []string{"c007", "c009", "498 connections"}, []string{conns[0].Label, conns[1].Label, conns[2].Label})
	assert.True(t, conns[0].Broken())
	assert.False(t, conns[2].Broken())
	assert.Equal(t, 498, conns[2].Count)
	assert.Len(t, conns[2].Names, 20)
	assert.Equal(t, 2, g.Broken)
	require.Len(t, g.Limits, 1)
	assert.Contains(t, g.Limits[0], "498 connections are drawn folded")
	in.Whole = true
	assert.Len(t, of(graph.Make(in), graph.Connection), 500)
}

func TestAColumnHasItsLimit(t *testing.T) {
	in := world(200)
	for i := range 200 {
		fails(in, i, fmt.Sprintf("TAC%d", i), in.Paths[i].Path.Connection.Addr.String()) // each its own mistake
	}
	g := graph.Make(in)
	conns := of(g, graph.Connection)
	require.Len(t, conns, 60)
	assert.Equal(t, "141 more", conns[59].Label)
	total := 0
	for _, n := range conns {
		total += n.Count
	}
	assert.Equal(t, 200, total)
	assert.Len(t, g.Limits, 1)
}

// TestBlame: a finding is where it can be mended.
func TestBlame(t *testing.T) {
	for _, v := range []struct {
		object string
		want   graph.Kind
	}{
		{"saml_connection.c000", graph.Connection}, {"spa_client.portal", graph.Client}, {"api.orders", graph.API},
		{"organization_connection.x", graph.Connection}, {"organization.x", graph.Connection}, {"client_grant.x", graph.API},
		{"tenant_settings.x", graph.Tenant}, {"custom_domain.x", graph.Tenant}, {"", graph.Tenant},
	} {
		in := world(1)
		fails(in, 0, "TAC1", v.object)
		for _, n := range graph.Make(in).Nodes {
			assert.Equal(t, n.Kind == v.want, n.Broken(), "%s at %s", v.object, n.Kind)
		}
	}
}

func TestEdgesOfWhatFailsAreBroken(t *testing.T) {
	in := world(2)
	fails(in, 0, "TAC1", "saml_connection.c000")
	broken := map[string]bool{}
	for _, e := range graph.Make(in).Edges {
		broken[e.From+e.To] = e.Broken
	}
	assert.Equal(t, map[string]bool{"c1p1": true, "c2p1": false, "p1a1": false}, broken)
}

func TestWhereAConnectionLeads(t *testing.T) {
	in := world(2)
	other := *in.Paths[0].Path
	other.API, other.Via = state(schema.API, "bills"), "redirect"
	in.Paths = append(in.Paths, graph.Judged{Path: &other})
	in.Connections = append(in.Connections, state(schema.SAMLConnection, "lone"))
	conns := of(graph.Make(in), graph.Connection)
	assert.Empty(t, conns[0].Only)
	assert.Equal(t, []string{"orders"}, conns[1].Only)
	assert.True(t, conns[2].Unused)
}
