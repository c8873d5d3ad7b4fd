package sandbox

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// endPointTable is the end points as the README publishes them.
func endPointTable() string {
	var b strings.Builder
	b.WriteString("| operation under /api/v2 | scopes | grade | source |\n|---|---|---|---|\n")
	for _, e := range EndPoints() {
		groups := make([]string, len(e.Scopes))
		for i, g := range e.Scopes {
			groups[i] = strings.Join(g, " or ")
		}
		b.WriteString("| " + strings.Join([]string{e.Method + " " + strings.ReplaceAll(e.Path, "{}", "ID"), strings.Join(groups, "; and "), string(e.Grade), e.Source}, " | ") + " |\n")
	}
	return b.String()
}

func TestReadmeListsEveryEndPoint(t *testing.T) { holdReadme(t, "end points", endPointTable()) }

// TestRecordedEndPointsWereRecorded: an end point is graded recorded when a recording shows it answer, and only then.
func TestRecordedEndPointsWereRecorded(t *testing.T) {
	dir := sharedDir(t, "wire")
	files, err := filepath.Glob(filepath.Join(dir, "cassettes", "*.jsonl"))
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, file := range files {
		for _, in := range lines(t, file)[1:] {
			if status, _ := integer(in["status"]); status < 300 {
				seen[text(in, "method")+" /"+regexp.MustCompile(`\{\w+\}`).ReplaceAllString(text(in, "k"), "{}")] = true
			}
		}
	}
	for _, e := range EndPoints() {
		assert.Equal(t, seen[e.Method+" "+e.Path], e.Grade == Recorded, "%s %s is graded %s", e.Method, e.Path, e.Grade)
	}
}
