package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/schema"
)

func TestQueryIsReadAsMeant(t *testing.T) {
	for _, c := range []struct{ raw, key, value, canonical string }{
		{"response_type=token+id_token&scope=openid", "response_type", "token id_token", "response_type=id_token%20token&scope=openid"},
		{"scope=openid email", "scope", "openid email", "scope=email%20openid"},
		{"scope=openid%20email", "scope", "openid email", "scope=email%20openid"},
		{"?scope=openid", "scope", "openid", "scope=openid"},
		{"scope=openid,profile,email", "scope", "openid,profile,email", "scope=openid%2Cprofile%2Cemail"},
		{"type=code&timeout=30", "timeout", "30", "timeout=30&type=code"},
		{"audience=https://api.example.com/orders", "audience", "https://api.example.com/orders", "audience=https%3A%2F%2Fapi.example.com%2Forders"},
		{"redirect_uri=https%3A%2F%2Fapp.example.com%2Fs%3Fconnection%3Dacme", "redirect_uri", "https://app.example.com/s?connection=acme", "redirect_uri=https%3A%2F%2Fapp.example.com%2Fs%3Fconnection%3Dacme"},
		{"redirect_uri=https://app.example.com/s?a=b&connection=acme", "redirect_uri", "https://app.example.com/s?a=b", "connection=acme&redirect_uri=https%3A%2F%2Fapp.example.com%2Fs%3Fa%3Db"},
		{"redirect_uri=https://app.example.com/s?a=b&connection=acme", "connection", "acme", "connection=acme&redirect_uri=https%3A%2F%2Fapp.example.com%2Fs%3Fa%3Db"},
		{"scope=a&scope=b", "scope", "a", "scope=a&scope=b"},
		{"scope=100%&x", "scope", "100%", "scope=100%25&x="},
		{"&&scope=&", "scope", "", "scope="},
		{"redirect_uri=http://a/=b", "redirect_uri", "http://a/=b", "redirect_uri=http%3A%2F%2Fa%2F%3Db"},
	} {
		t.Run(c.raw, func(t *testing.T) {
			q := schema.ParseQuery(c.raw)
			v, ok := q.Get(c.key)
			assert.True(t, ok)
			assert.Equal(t, c.value, v)
			assert.Equal(t, c.canonical, q.Canonical())
			for _, p := range q.Params {
				assert.NotContains(t, c.raw[p.Start:p.End], "&")
			}
		})
	}
	_, ok := schema.ParseQuery("").Get("scope")
	assert.False(t, ok)
}

func TestQueriesThatMeanTheSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"scope=openid email&response_type=id_token", "response_type=id_token&scope=email%20openid", true},
		{"scope=openid+email", "scope=openid%20email", true},
		{"scope=openid  email", "scope=openid email", true},
		{"redirect_uri=https://a.example.com/s", "redirect_uri=https%3a%2F%2Fa.example.com%2fs", true},
		{"timeout=30&type=code", "type=code&timeout=30", true},
		{"&scope=openid&", "?scope=openid", true},
		{"scope=openid,email", "scope=openid email", false},
		{"scope=a&scope=b", "scope=b&scope=a", false},
		{"redirect_uri=https://a.example.com/s?x=y&z=1", "redirect_uri=https%3A%2F%2Fa.example.com%2Fs%3Fx%3Dy%26z%3D1", false},
		{"redirect_uri=https://a.example.com/s", "redirect_uri=https://a.example.com/s/", false},
		{"state=a b", "state=b a", false},
		{"audience=x", "", false},
		{"Scope=openid", "scope=openid", false},
	} {
		p, q := schema.ParseQuery(c.a), schema.ParseQuery(c.b)
		assert.Equal(t, c.same, p.Equal(q), "%s | %s", c.a, c.b)
		assert.Equal(t, c.same, p.Canonical() == q.Canonical(), "%s | %s", c.a, c.b)
	}
}

func TestQueryFlaws(t *testing.T) {
	names := map[schema.QueryFlawKind]string{
		schema.Unheard: "unheard", schema.Frozen: "frozen", schema.Detached: "detached", schema.Repeated: "repeated",
		schema.NotQuoted: "not quoted", schema.Plus: "plus", schema.BadEscape: "bad escape", schema.Commas: "commas",
	}
	for _, c := range []struct {
		raw   string
		flaws []string
	}{
		{"response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fs%3Fconnection%3Dacme", nil},
		{"scope=openid email&redirect_uri=https://app.example.com/s", nil},
		{"", nil},
		{"type=code&timeout=30", []string{"unheard type=code", "unheard timeout=30"}},
		{"scope=openid&audience=https://api.example.com", []string{"unheard audience=https://api.example.com"}},
		{"state=x&nonce=y", []string{"frozen state=x", "frozen nonce=y"}},
		{"scope=openid+email+profile", []string{"plus +"}},
		{"scope=openid,email&response_type=token,id_token", []string{"commas ,", "commas ,"}},
		{"scope=100%&x=%zz1&y=%4", []string{"bad escape %", "unheard x=%zz1", "bad escape %zz", "unheard y=%4", "bad escape %4"}},
		{"scope=a&scope=b&scope=c", []string{"repeated scope=b", "repeated scope=c"}},
		{"redirect_uri=https://app.example.com/s?connection=acme&org=1&scope=openid", []string{"not quoted ?connection=acme", "detached org=1"}},
		{"redirect_uri=https://app.example.com/#/s&x=1", []string{"not quoted #/s", "detached x=1"}},
		{"connection=acme&redirect_uri=https://app.example.com/s?a=b", []string{"unheard connection=acme", "not quoted ?a=b"}},
		{"?state", []string{"frozen state"}},
	} {
		t.Run(c.raw, func(t *testing.T) {
			var got []string
			for _, f := range schema.ParseQuery(c.raw).Flaws() {
				got = append(got, names[f.Kind]+" "+c.raw[f.Start:f.End])
			}
			assert.Equal(t, c.flaws, got)
		})
	}
}

// What tacit encodes has no flaw, whatever the words and addresses are.
func TestEncodedQueriesHaveNoFlaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~ä]{0,20}`)
		noComma := rapid.StringMatching(`[a-z:_ ]{1,20}`)
		q := schema.ParseQuery(schema.EncodeQuery([]schema.Param{
			{Key: "response_type", Value: noComma.Draw(t, "type")},
			{Key: "scope", Value: noComma.Draw(t, "scope")},
			{Key: "redirect_uri", Value: "https://app.example.com/" + text.Draw(t, "path")},
		}))
		if fs := q.Flaws(); len(fs) > 0 {
			t.Fatalf("%s: %v", q.Raw, fs)
		}
	})
}

func TestWithin(t *testing.T) {
	h := schema.Use[schema.AuthorizeQuery](schema.SAMLConnection, "idp_initiated.query")
	src := &schema.Range{File: "main.hcl", Start: schema.Pos{Line: 4, Column: 11, Byte: 90}, End: schema.Pos{Line: 4, Column: 33, Byte: 112}}
	s := &schema.State{Kind: schema.SAMLConnection, Src: &schema.Range{File: "main.hcl"}, Cells: make([]schema.Cell, len(schema.SAMLConnection.Attrs))}
	i := schema.SAMLConnection.Index("idp_initiated.query")
	s.Cells[i] = schema.Cell{Presence: schema.Known, V: "type=code&timeout=30", Src: src, Verbatim: true}
	assert.Equal(t, &schema.Range{File: "main.hcl", Start: schema.Pos{Line: 4, Column: 22, Byte: 101}, End: schema.Pos{Line: 4, Column: 32, Byte: 111}}, h.Within(s, 10, 20))
	s.Cells[i].Verbatim = false
	assert.Equal(t, src, h.Within(s, 10, 20), "the whole expression")
	s.Cells[i].Src = nil
	assert.Equal(t, s.Src, h.Within(s, 10, 20), "the block")
}

func TestConvertedOnce(t *testing.T) {
	h := schema.Use[[]string](schema.SPAClient, "callbacks")
	s := &schema.State{Kind: schema.SPAClient, Cells: make([]schema.Cell, len(schema.SPAClient.Attrs))}
	s.Cells[schema.SPAClient.Index("callbacks")] = schema.Cell{Presence: schema.Known, V: []any{"a", "b"}}
	first, _ := h.Get(s)
	assert.Equal(t, []string{"a", "b"}, first)
	assert.Zero(t, testing.AllocsPerRun(10, func() { h.Get(s) }))
}
