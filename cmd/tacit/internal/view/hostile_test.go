package view_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func TestHostileText(t *testing.T) {
	for _, v := range []struct{ name, in, want string }{
		{"plain", "plain ÄÖ 漢字　名 ✗", "plain ÄÖ 漢字　名 ✗"},
		{"color code", "\x1b[31mred", `\u{1B}[31mred`},
		{"title of the terminal", "\x1b]0;pwned\a", `\u{1B}]0;pwned\u{07}`},
		{"8-bit CSI", "\u009b31m", `\u{9B}31m`},
		{"raw 8-bit CSI", "a\x9b31m", `a\x{9B}31m`},
		{"line break", "a\nb\r\nc", `a\nb\r\nc`},
		{"tab and backspace", "a\tb\b", `a\tb\u{08}`},
		{"DEL and NUL", "\x7f\x00", `\u{7F}\u{00}`},
		{"bidi override", "a\u202eb\u2066c\u200fd\u061ce", `a\u{202E}b\u{2066}c\u{200F}d\u{61C}e`},
		{"zero width", "a\u200bb\u2060\ufeffc\u00add", `a\u{200B}b\u{2060}\u{FEFF}c\u{AD}d`},
		{"separators", "a\u2028b\u2029c\u0085d", `a\u{2028}b\u{2029}c\u{85}d`},
		{"odd spaces", "a\u00a0b\u2003c", `a\u{A0}b\u{2003}c`},
		{"invisible letters", "a\u3164b\u2800c\u115fd", `a\u{3164}b\u{2800}c\u{115F}d`},
		{"tags", "a\U000E0041b", `a\u{E0041}b`},
		{"private use", "a\ue000", `a\u{E000}`},
		{"invalid UTF-8", "a\xff\xc3(", `a\x{FF}\x{C3}(`},
		{"surrogate", "\xed\xa0\x80", `\x{ED}\x{A0}\x{80}`},
		{"GitHub command", "::error::pwned", `\u{3A}:error::pwned`},
		{"indented GitHub command", "   ::add-mask::x", `   \u{3A}:add-mask::x`},
		{"old command", "x ##[error]y ##vso[task] ##teamcity[x]", `x #\u{23}[error]y #\u{23}vso[task] #\u{23}teamcity[x]`},
	} {
		t.Run(v.name, func(t *testing.T) {
			for _, color := range []bool{false, true} {
				out := render(t, view.Options{Color: color}, func(p *view.Printer) { p.Line("%s", v.in) })
				assert.Equal(t, v.want+"\n", out)
			}
		})
	}
}

func TestLineKeepsBreaksOfTheFormatOnly(t *testing.T) {
	out := render(t, view.Options{}, func(p *view.Printer) {
		p.Line("a %s\nb %v %d", "x\ny", []string{"p\nq"}, 7)
	})
	assert.Equal(t, "a x\\ny\nb [p\\nq] 7\n", out)
}

// everything puts one text into every place that takes data.
func everything(s, key string) func(p *view.Printer) {
	r := &schema.Range{File: s, Start: schema.Pos{Line: 1}}
	f := check.Finding{
		Code: s, Rule: s, Severity: schema.Error, Outcome: check.Fail, Object: s, Instances: []string{s, s}, Subject: r, Message: s,
		Why: s, Fix: s, Symptom: s, Source: s, Grade: check.Grade(s), Paths: []string{s, s},
	}
	g := f
	g.Outcome, g.Settle = check.Unknown, s
	d := schema.Diagnostic{
		Severity: schema.Error, Summary: s, Detail: s, Subject: r, Also: []schema.Range{*r}, Instances: []string{s},
		Snippet: &schema.Snippet{Context: s, Code: s, StartLine: 1, Start: len(s) / 3, End: len(s) / 2},
	}
	return func(p *view.Printer) {
		p.Line("%s %v %v", s, []string{s}, map[string]string{s: s})
		p.Report(&check.Report{Paths: 2, Findings: []check.Finding{f, g}})
		p.Diagnostics(schema.Diagnostics{d})
		p.Plan(hostilePlan(s, key))
		p.Traces([]*rehearse.Trace{hostileTrace(s)})
		p.Mermaid(hostileTrace(s))
	}
}

// hostilePlan has the text in every value of an update and of a create.
func hostilePlan(s, key string) *plan.Plan {
	portal := schema.Address{Kind: "spa_client", Name: "portal", Each: true, Key: key}
	tmpl := &schema.Template{Parts: []schema.Part{{Lit: s}, {Addr: &portal}, {Lit: s}}}
	cfg := &schema.Config{Workspace: s}
	declare := func(k *schema.Kind, a schema.Address, values map[string]any) {
		o := &schema.Object{Kind: k, Addr: a, Wants: make([]schema.Want, len(k.Attrs))}
		for n, v := range values {
			*o.Want(n) = schema.Want{Mode: schema.Exactly, V: v, Why: []schema.Reason{{Code: s, Text: s}, {Code: "mark", Text: s}}}
		}
		cfg.Objects = append(cfg.Objects, o)
	}
	declare(schema.SPAClient, portal, map[string]any{"name": "n" + s, "description": s, "callbacks": list(s, "x")})
	declare(schema.SAMLConnection, schema.Address{Kind: "saml_connection", Name: "c"}, map[string]any{
		"name": "acme", "sign_in_endpoint": s, "signing_cert": s, "domain_aliases": list(s), "fields_map": map[string]any{s: s, "l": list(s)},
		"idp_initiated.query": s, "idp_initiated.client": tmpl, "tenant_domain": tmpl,
	})
	declare(schema.API, schema.Address{Kind: "api", Name: "a"}, map[string]any{
		"name": tmpl, "identifier": "i" + s, "scope": []any{map[string]any{"value": s, "description": s, s: s}}, "token_lifetime": json.Number("1"),
	})
	snap := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{schema.Connections: {{ID: s, Raw: map[string]any{
		"name": "acme", "options": map[string]any{
			"signInEndpoint": "x" + s, "fieldsMap": map[string]any{"k" + s: s}, "domain_aliases": []any{"y" + s},
			"idpinitiated": map[string]any{"client_authorizequery": "z" + s, "client_id": json.Number("5")},
		},
	}}}}}
	b, _ := plan.Bind(cfg, snap)
	pl, _ := plan.Make(cfg, b, nil)
	pl.Tenant = s
	return pl
}

var seeds = []string{
	"", "a", "\x1b[2J", "\u202e", "::error::x", "a\n::error::x", "\n\n\n", " \t ", "${", "$${spa_client.portal}", "%{x}",
	"${spa_client.portal[\"}\"]}", "a=b&c=d", "a=b&a=c", "\xff\xfe", "\r\n", "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----",
	"##[error]", "\u2028", strings.Repeat("x", 300), strings.Repeat("y ", 200), "\u0300", "\u3000::x", "]", "\"", `\`,
}

func TestHostileTextEverywhere(t *testing.T) {
	for _, s := range seeds {
		for _, o := range []view.Options{{}, {Color: true, Full: true, Width: 1}} {
			render(t, o, everything(s, s))
		}
	}
}

func FuzzHarmless(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, s, 80, true)
	}
	f.Fuzz(func(t *testing.T, s, key string, width int, color bool) {
		render(t, view.Options{Width: width % 200, Color: color, Full: len(s)%2 == 0}, everything(s, key))
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in := map[string]any{"z": s, "a<b>&": []any{s, 1.5, nil}, s: true}
		var buf bytes.Buffer
		require.NoError(t, view.JSON(&buf, in))
		assertHarmlessJSON(t, buf.String())
		var back map[string]any
		require.NoError(t, json.Unmarshal(buf.Bytes(), &back))
		if utf8.ValidString(s) {
			assert.Equal(t, in, back)
		}
	})
}

func assertHarmlessJSON(t *testing.T, s string) {
	t.Helper()
	assert.NotContains(t, s, "##[")
	for _, r := range s {
		if r != '\n' && (r < ' ' || r == 0x7F || (r >= 0x80 && r < 0xA0) || isFormat(r)) {
			t.Fatalf("%U in %q", r, s)
		}
	}
}

func TestJSON(t *testing.T) {
	var buf bytes.Buffer
	require.NoError(t, view.JSON(&buf, struct {
		Z string         `json:"z"`
		A map[string]any `json:"a"`
	}{"<&>\u202e\U000E0041\x7f", map[string]any{"n": json.Number("12345678901234567890"), "b": []string{"x"}}}))
	compare(t, "json", buf.String())
	assert.Error(t, view.JSON(&bytes.Buffer{}, func() {}))
}
