package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadmeListsEveryBehaviour holds the README's tables to Behaviours and LoginBehaviours. `go test -run Readme -args
// update` rewrites them.
func TestReadmeListsEveryBehaviour(t *testing.T) {
	holdReadme(t, "behaviours", behaviourTable())
	holdReadme(t, "login behaviours", loginTable())
}

// holdReadme holds one table of the README, or rewrites it.
func holdReadme(t *testing.T, name, table string) {
	t.Helper()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	want := between(t, string(data), name, table)
	if updating() {
		require.NoError(t, os.WriteFile("README.md", []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(data), "`go test -run 'Readme|Recorded' -args update` rewrites it")
}

// between puts a table between its markers.
func between(t *testing.T, doc, name, table string) string {
	t.Helper()
	start, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(doc, start)
	require.True(t, ok, "marker of %s", name)
	_, tail, ok := strings.Cut(rest, end)
	require.True(t, ok, "end marker of %s", name)
	return head + start + table + end + tail
}

// updating reads "update" from the arguments after -args.
func updating() bool { return slices.Contains(os.Args, "update") }

func behaviourTable() string {
	var b strings.Builder
	b.WriteString("| area | behaviour | grade | source |\n|---|---|---|---|\n")
	for _, x := range Behaviours() {
		b.WriteString("| " + strings.Join([]string{x.Area, x.Fact, string(x.Grade), x.Source}, " | ") + " |\n")
	}
	return b.String()
}

func loginTable() string {
	var b strings.Builder
	b.WriteString("| area | id | behaviour | grade | source |\n|---|---|---|---|---|\n")
	for _, x := range LoginBehaviours() {
		b.WriteString("| " + strings.Join([]string{x.Area, x.ID, x.Fact, string(x.Grade), x.Source}, " | ") + " |\n")
	}
	return b.String()
}

// TestEveryLoginBehaviourIsDecided: a row that no code names would promise what nothing does.
func TestEveryLoginBehaviourIsDecided(t *testing.T) {
	files, err := filepath.Glob("login*.go")
	require.NoError(t, err)
	var source strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			data, err := os.ReadFile(f)
			require.NoError(t, err)
			source.Write(data)
		}
	}
	for _, b := range LoginBehaviours() {
		assert.Contains(t, source.String(), `"`+b.ID+`"`)
	}
}

func TestBehavioursAreGraded(t *testing.T) {
	all := Behaviours()
	ids := map[string]bool{}
	for _, b := range LoginBehaviours() {
		all = append(all, b.Behaviour)
		assert.Regexp(t, "^[a-z]+(-[a-z]+)*$", b.ID)
		assert.False(t, ids[b.ID], "%s appears twice", b.ID)
		ids[b.ID] = true
	}
	for _, b := range all {
		assert.NotEmpty(t, b.Area)
		assert.NotEmpty(t, b.Fact)
		assert.NotEmpty(t, b.Source, b.Fact)
		assert.Contains(t, []Grade{Recorded, Documented, OpenSource, Assumed}, b.Grade, b.Fact)
	}
}
