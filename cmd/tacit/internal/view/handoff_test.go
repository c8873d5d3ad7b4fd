package view_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/graph"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// sheetOf has a text in every place of a sheet.
func sheetOf(s string, p saml.Product) *handoff.Sheet {
	return handoff.Make(handoff.Facts{
		Connection: s, Customer: s, Application: s, Product: p, Hosts: []string{s, "login.example.com"}, Organizations: []string{s, ""}, EntityID: s,
		Landing: s, Signs: s, SignOut: true, UserID: s, FieldsMap: map[string]any{"email": []any{s, s}, s: s}, SignOn: s,
		Certificate: &saml.Certificate{Subject: s, SHA256: s, NotAfter: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		Gaps:        []handoff.Gap{{What: s, How: s}}, Contact: s, Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	})
}

func graphOf(s string) *graph.Graph {
	m := graph.Mark{Code: s, Rule: s, Outcome: check.Fail, Severity: schema.Error, Message: s, Fix: s}
	w := m
	w.Severity = schema.Warning
	return &graph.Graph{
		Nodes: []*graph.Node{
			{ID: "c1", Kind: graph.Connection, Label: s, Count: 3, Names: []string{s, s}, Marks: []graph.Mark{m, w}, Only: []string{s}},
			{ID: "c2", Kind: graph.Connection, Label: "x" + s, Count: 1, Names: []string{s}, Unused: true},
			{ID: "p1", Kind: graph.Client, Label: s, Count: 1, Names: []string{s}}, {ID: "a1", Kind: graph.API, Label: s, Count: 1, Names: []string{s}, Marks: []graph.Mark{w}},
			{ID: "t1", Kind: graph.Tenant, Label: s, Count: 1, Names: []string{s}, Marks: []graph.Mark{m}},
		},
		Edges: []graph.Edge{{From: "c1", To: "p1", Broken: true}, {From: "p1", To: "a1", Via: s}},
		Paths: 4, Broken: 1, Offline: true, Limits: []string{s},
	}
}

// formats renders both in every format but JSON.
func formats(t *testing.T, s string, p saml.Product) map[string]string {
	t.Helper()
	sheet, picture := sheetOf(s, p), graphOf(s)
	out := map[string]string{}
	write := func(name string, f func(io.Writer) error) {
		var b bytes.Buffer
		require.NoError(t, f(&b))
		out[name] = b.String()
	}
	write("handoff.html", func(w io.Writer) error { return view.HandoffHTML(w, sheet) })
	write("handoff.md", func(w io.Writer) error { return view.HandoffMarkdown(w, sheet) })
	write("graph.html", func(w io.Writer) error { return view.GraphHTML(w, picture) })
	write("graph.svg", func(w io.Writer) error { return view.GraphSVG(w, picture) })
	out["handoff.txt"] = render(t, view.Options{}, func(p *view.Printer) { p.Handoff(sheet) })
	out["graph.mmd"] = render(t, view.Options{}, func(p *view.Printer) { p.GraphMermaid(picture) })
	out["graph.dot"] = render(t, view.Options{}, func(p *view.Printer) { p.GraphDOT(picture) })
	return out
}

func TestHandoffAndGraphFormats(t *testing.T) {
	for name, text := range formats(t, "acme", saml.Entra) {
		compare(t, name, text)
	}
}

func TestHandoffOfEveryProduct(t *testing.T) {
	for _, p := range saml.Products() {
		compare(t, "handoff-"+string(p)+".md", formats(t, "acme", p)["handoff.md"])
	}
}

var (
	hostile = append([]string{
		`</style><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `javascript:alert(1)`, "``` | **b** [x](http://evil.example) <b>", `\N\G\l`, `"; x [label="`,
		`--> evil`, `]]>`, "%%{init: {}}%%", "end", "a\x00b", "https://evil.example @jane #1 :smile: www.evil.example", "`", "|", `\|`, "{{.}}", "&lt;&#x202e;",
	}, seeds...)
	elements    = regexp.MustCompile(`<(/?[a-zA-Z][a-zA-Z0-9]*)`)
	mermaidLine = regexp.MustCompile(`^(flowchart LR|  %% .*|  [cpat]\d+(\[\[|\(\[|\[|\()"[^"]*"(\]\]|\]\)|\]|\)):::[a-z]+|  [cpat]\d+( -- "[^"]*")? --> [cpat]\d+|  (classDef|linkStyle) [a-z0-9,]+ .*)$`)
	dotString   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	dotLine     = regexp.MustCompile(`^(digraph tacit \{|\}|  rankdir=LR|  label=S|  (node|edge|[cpat]\d+( -> [cpat]\d+)?)( \[[a-zA-Z]+=(S|\d+|box)(, [a-zA-Z]+=(S|\d+|box))*\])?)$`)
)

// assertStructure: data changed nothing of the structure that harmless data
// has.
func assertStructure(t *testing.T, got, plain map[string]string) {
	t.Helper()
	for _, name := range []string{"handoff.html", "graph.html", "graph.svg"} {
		assert.Equal(t, elements.FindAllString(plain[name], -1), elements.FindAllString(got[name], -1), name)
		assertHarmless(t, strings.ReplaceAll(trimLines(got[name]), "::", ":"), false) // CSS has ::before
	}
	assertXML(t, got["graph.svg"])
	for _, l := range strings.Split(strings.TrimSuffix(got["graph.mmd"], "\n"), "\n") {
		assert.Regexp(t, mermaidLine, l)
	}
	for _, l := range strings.Split(strings.TrimSuffix(got["graph.dot"], "\n"), "\n") {
		assert.Regexp(t, dotLine, dotString.ReplaceAllString(l, "S"))
	}
	assertHarmless(t, trimLines(got["handoff.md"]), false)
	assert.Equal(t, strings.Count(plain["handoff.md"], "\n"), strings.Count(got["handoff.md"], "\n"), "Markdown lines")
	for _, l := range strings.Split(got["handoff.md"], "\n") {
		if strings.HasPrefix(l, "|") {
			assert.Equal(t, 4, strings.Count(strings.ReplaceAll(strings.ReplaceAll(l, `\\`, ""), `\|`, ""), "|"), "cells of %q", l)
		}
	}
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func assertXML(t *testing.T, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}

func TestHostileHandoffAndGraph(t *testing.T) {
	plain := formats(t, "acme", saml.Okta)
	for _, s := range hostile {
		if strings.TrimSpace(s) != "" {
			assertStructure(t, formats(t, s, saml.Okta), plain)
		}
	}
}

func FuzzHandoffAndGraph(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.TrimSpace(s) == "" || len(s) > 2000 {
			t.Skip("what is empty is left out, and other lines stand in its place")
		}
		assertStructure(t, formats(t, s, saml.Okta), formats(t, "acme", saml.Okta))
	})
}

var policy = regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`)

// TestPagesLoadNothing: the policy allows what stands in the page by its digest
// and nothing else, and the page names nothing to load.
func TestPagesLoadNothing(t *testing.T) {
	out := formats(t, "acme", saml.Okta)
	for _, name := range []string{"handoff.html", "graph.html"} {
		m := policy.FindStringSubmatch(out[name])
		require.NotNil(t, m, name)
		csp := html.UnescapeString(m[1])
		assert.True(t, strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-"), csp)
		assert.NotContains(t, csp, "unsafe")
		for _, v := range []struct{ tag, directive string }{{"style", "style-src"}, {"script", "script-src"}} {
			inner := regexp.MustCompile(`(?s)<` + v.tag + `>(.*?)</` + v.tag + `>`).FindStringSubmatch(out[name])
			if inner != nil {
				assert.Contains(t, csp, v.directive+" 'sha256-"+sha256Of(inner[1])+"'", name)
			}
		}
		assert.NotRegexp(t, `(?i)<(link|img|iframe|object|embed|base|form)\b|\ssrc=|\son[a-z]+=|url\((?:[^#])|@import|<[a-z]+[^>]*\sstyle=`, out[name])
	}
}

func sha256Of(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}
