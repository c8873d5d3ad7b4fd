package rules

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

const catalogueStart, catalogueEnd = "<!-- rules -->\n", "<!-- end of rules -->"

// The README shows the catalogue. `go test ./schema/check/rules -run Readme -args update`
// rewrites it.
func TestReadmeListsEveryRule(t *testing.T) {
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(data), catalogueStart)
	require.True(t, ok, "marker")
	_, tail, ok := strings.Cut(rest, catalogueEnd)
	require.True(t, ok, "end marker")
	want := head + catalogueStart + catalogue(Catalogue()) + catalogueEnd + tail
	if slices.Contains(os.Args, "update") {
		require.NoError(t, os.WriteFile("README.md", []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(data), "run: go test ./schema/check/rules -run Readme -args update")
}

// catalogue writes rules as Markdown: a table, then each rule with its
// explanation.
func catalogue(rules []*check.Rule) string {
	var b strings.Builder
	b.WriteString("| code | rule | iframe | redirect | interactive | what has to hold | evidence |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%s-%s) | %s | %s | %s | %s | %s | %s |\n", r.Code, strings.ToLower(r.Code), r.Name, r.Name,
			severity(r, schema.ViaIframe), severity(r, schema.ViaRedirect), severity(r, schema.ViaInteractive), cell(r.Summary), r.Grade)
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "\n### %s %s\n\n%s.\n\n%s\n", r.Code, r.Name, prose(r.Summary), prose(r.Why))
		fmt.Fprintf(&b, "\n**Otherwise:** %s\n", prose(r.Symptom))
		fmt.Fprintf(&b, "\n**What to do:** %s\n", mixed(r.Fix))
		fmt.Fprintf(&b, "\n%s", strings.Join(facts(r), "  \n"))
		b.WriteString("\n")
	}
	return b.String()
}

// facts are the short lines under a rule.
func facts(r *check.Rule) []string {
	out := []string{fmt.Sprintf("*Source* (%s): %s", r.Grade, prose(r.Source))}
	add := func(label string, items []string) {
		if len(items) > 0 {
			out = append(out, "*"+label+":* "+strings.Join(items, ", "))
		}
	}
	add("Reads", fields(r.Reads))
	add("tacit adds what is missing to", fields(r.Contributes))
	var implied []string
	for _, f := range r.Reads {
		if f.Attr.Implied != nil {
			v, err := json.Marshal(f.Attr.Implied)
			if err != nil {
				panic(err)
			}
			implied = append(implied, fmt.Sprintf("`%s = %s`", f.Attr.Name, v))
		}
	}
	add("What tacit creates has", implied)
	add("Explained by a failure of", r.Follows)
	if r.Advice {
		out = append(out, "*Advice:* no configuration shows whether it holds, so reports leave it out.")
	}
	return out
}

func fields(fs []schema.Field) []string {
	var out []string
	for _, f := range fs {
		if s := "`" + f.Kind.Name + "." + f.Attr.Name + "`"; !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func severity(r *check.Rule, via string) string {
	switch s := r.Severity[via]; {
	case s == "":
		return ""
	case r.Advice:
		return "(" + string(s) + ")"
	default:
		return string(s)
	}
}

func prose(s string) string {
	return strings.NewReplacer("<", "&lt;", "*", `\*`, "[", `\[`).Replace(s)
}

func cell(s string) string { return strings.ReplaceAll(prose(s), "|", `\|`) }

// mixed is text with paragraphs of code.
func mixed(s string) string {
	paragraphs := strings.Split(s, "\n\n")
	for i, p := range paragraphs {
		if isCode(p) {
			paragraphs[i] = "```\n" + p + "\n```"
		} else {
			paragraphs[i] = prose(p)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

func isCode(paragraph string) bool {
	for line := range strings.SplitSeq(paragraph, "\n") {
		if strings.HasSuffix(line, "{") || strings.HasSuffix(line, ";") {
			return true
		}
	}
	return false
}
