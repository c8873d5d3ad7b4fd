package rules

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// fleet is many connections that lead to one application and one API.
func fleet(n int, f *fixture) []*check.Path {
	first := f.path()
	paths := make([]*check.Path, n)
	for i := range paths {
		p, c := *first, *first.Connection
		c.Addr.Key = fmt.Sprintf("customer-%04d", i)
		c.Cells = append([]schema.Cell(nil), first.Connection.Cells...)
		q := &c.Cells[schema.SAMLConnection.Index("idp_initiated.query")]
		if q.Presence == schema.Known {
			q.V = fmt.Sprintf("response_type=id_token&scope=openid%%20email&redirect_uri=https%%3A%%2F%%2Fapp.example.com%%2Fstart-login%%3Fconnection%%3Dc%04d", i)
		}
		p.Connection = &c
		paths[i] = &p
	}
	return paths
}

// One mistake of many customers is one finding.
func TestAFleetSharesItsFindings(t *testing.T) {
	f := good()
	both(set(conn, "idp_initiated.enabled", notRead), set(client, "callbacks", []any{"https://elsewhere.example.com"}), set(api, "signing_alg", "HS256"))(f)
	paths := fleet(5000, f)
	rep := check.Judge(Catalogue(), paths)
	var codes []string
	for _, f := range rep.Findings {
		codes = append(codes, f.Code)
		assert.Len(t, f.Paths, 5000, f.Code)
	}
	require.Equal(t, []string{"TAC108", "TAC202", "TAC303", "TAC102"}, codes)
	assert.Nil(t, rep.Findings[0].Instances, "one application")
	assert.Len(t, rep.Findings[3].Instances, 5000)
	assert.Len(t, rep.Findings[1].Objects, 5007)
	assert.Equal(t, 0, rep.Clean)
	assert.Equal(t, 5000, rep.Paths)
}

func BenchmarkJudge5000(b *testing.B) {
	unread := good()
	offline(unread)
	unread.conn, unread.client, unread.api = vals{}, vals{}, vals{}
	cases := []struct {
		name string
		f    *fixture
	}{{"clean", good()}, {"unknown", unread}}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				paths := fleet(5000, c.f) // anew: states keep what was read out of them
				b.StartTimer()
				check.Judge(Catalogue(), paths)
			}
		})
	}
}

func BenchmarkContribute5000(b *testing.B) {
	f := good()
	paths := fleet(5000, f)
	for b.Loop() {
		objects := declared(f)
		for _, p := range paths {
			objects[p.Connection.Addr] = &schema.Object{
				Kind: schema.SAMLConnection, Addr: p.Connection.Addr, Wants: make([]schema.Want, len(schema.SAMLConnection.Attrs)),
			}
		}
		check.Contribute(objects, Catalogue(), paths)
	}
}
