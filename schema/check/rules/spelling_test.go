package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func spellingVerdicts() []verdict {
	const nested = "redirect_uri=https://app.example.com/s?connection=acme"
	samlp := set(conn, "idp_initiated.client_protocol", "samlp")
	elsewhere := set(conn, "idp_initiated.client", otherID)
	notReadQuery := set(conn, "idp_initiated.query", notRead)
	noQuery := set(conn, "idp_initiated.query", absent)
	long := strings.Repeat("x", 2100)
	id := schema.Placeholder(clientAddr(schema.SPAClient))
	return []verdict{
		{name: "detached", code: "TAC105", change: ask(nested + "&org=1"), want: check.Fail, says: []string{`"org" is cut off from the redirect_uri before it`}},

		{name: "short", code: "TAC109", want: check.Pass},
		{name: "the limit", code: "TAC109", change: ask(long[:2048]), want: check.Pass},
		{name: "one more", code: "TAC109", change: ask(long[:2049]), want: check.Fail, says: []string{"2049"}},
		{name: "depends on an id", code: "TAC109", change: ask(id + long[:2010]), want: check.Unknown},
		{name: "short whatever the id", code: "TAC109", change: ask(id), want: check.Pass},
		{name: "no query", code: "TAC109", change: noQuery, want: check.NotApplicable},
		{name: "not read", code: "TAC109", change: notReadQuery, want: check.Unknown},

		{name: "encoded", code: "TAC110", want: check.Pass},
		{name: "raw space", code: "TAC110", change: ask("scope=openid email"), want: check.Pass},
		{name: "address with a query", code: "TAC110", change: ask(nested), want: check.Fail, says: []string{"ends at the next &"}},
		{name: "address cut in two", code: "TAC110", change: ask(nested + "&org=1"), want: check.Pass},
		{name: "plus", code: "TAC110", change: ask("scope=openid+email"), want: check.Fail, severity: schema.Info, says: []string{"%20"}},
		{name: "plus and comma", code: "TAC110", change: ask("scope=openid+a,b"), want: check.Fail, severity: schema.Warning, says: []string{"comma", "+"}},
		{name: "broken escape", code: "TAC110", change: ask("scope=100%"), want: check.Fail, says: []string{"%25"}},
		{name: "no query", code: "TAC110", change: noQuery, want: check.NotApplicable},
		{name: "other protocol", code: "TAC110", change: both(samlp, ask("scope=%")), want: check.NotApplicable},
		{name: "not read", code: "TAC110", change: notReadQuery, want: check.Unknown},

		{name: "a name", code: "TAC111", want: check.Pass},
		{name: "localhost", code: "TAC111", change: ask("redirect_uri=http://LOCALHOST:3000/s"), want: check.Fail, says: []string{"takes the scopes out"}},
		{name: "127.0.0.1", code: "TAC111", change: ask("redirect_uri=http%3A%2F%2F127.0.0.1%2Fs"), want: check.Fail},
		{name: "v6", code: "TAC111", change: ask("redirect_uri=http://[::1]:3000/s"), want: check.Fail},
		{name: "under localhost", code: "TAC111", change: ask("redirect_uri=http://app.localhost/s"), want: check.Pass},
		{name: "no redirect_uri", code: "TAC111", change: ask("scope=openid"), want: check.NotApplicable},
		{name: "lands elsewhere", code: "TAC111", change: both(elsewhere, ask("redirect_uri=http://localhost/s")), want: check.NotApplicable},
		{name: "not read", code: "TAC111", change: notReadQuery, want: check.Unknown},

		{name: "a route", code: "TAC112", want: check.Pass},
		{name: "the silent page", code: "TAC112", want: check.Fail, says: []string{"page of the silent request"},
			change: both(ask("redirect_uri="+app+"/cb%3Fconnection%3Dacme"), func(f *fixture) { f.redirect = app + "/cb" })},
		{name: "the start page", code: "TAC112", change: both(ask("redirect_uri="+app+"/"), func(f *fixture) { f.redirect = app + "/cb" }), want: check.Fail, says: []string{"start page"}},
		{name: "empty", code: "TAC112", change: ask("redirect_uri="), want: check.NotApplicable},
		{name: "lands elsewhere", code: "TAC112", change: both(elsewhere, ask("redirect_uri="+app)), want: check.NotApplicable},
		{name: "not read", code: "TAC112", change: notReadQuery, want: check.Unknown},
	}
}

// A finding points at the parameter, when the file holds the query as it is.
func TestFindingsPointIntoTheQuery(t *testing.T) {
	for _, c := range []struct{ code, query, at string }{
		{"TAC105", "type=code&timeout=30", "type=code"},
		{"TAC105", "audience=x&scope=openid&nonce=1", "nonce=1"},
		{"TAC106", "scope=openid&response_type=token", "response_type=token"},
		{"TAC107", "response_type=id_token&scope=email", "scope=email"},
		{"TAC108", "scope=openid&redirect_uri=https://elsewhere.example.com/s", "redirect_uri=https://elsewhere.example.com/s"},
		{"TAC110", "scope=openid+email,x", ","},
		{"TAC110", "redirect_uri=https://a.example.com/s?b=c", "?b=c"},
		{"TAC111", "redirect_uri=http://localhost/s&scope=openid", "redirect_uri=http://localhost/s"},
		{"TAC112", "scope=openid&redirect_uri=https://app.example.com", "redirect_uri=https://app.example.com"},
	} {
		f := good()
		ask(c.query)(f)
		p := f.path()
		cell := &p.Connection.Cells[schema.SAMLConnection.Index("idp_initiated.query")]
		start := cell.Src.Start
		for _, verbatim := range []bool{true, false} {
			cell.Verbatim = verbatim
			v := rule(t, c.code).Judge(p)
			if !verbatim {
				assert.Equal(t, cell.Src, v.Src, c.query)
				continue
			}
			from := strings.Index(c.query, c.at)
			assert.Equal(t, start.Column+1+from, v.Src.Start.Column, c.query)
			assert.Equal(t, start.Byte+1+from, v.Src.Start.Byte, c.query)
			assert.Equal(t, len(c.at), v.Src.End.Column-v.Src.Start.Column, c.query)
			assert.Equal(t, len(c.at), v.Src.End.Byte-v.Src.Start.Byte, c.query)
		}
	}
}
