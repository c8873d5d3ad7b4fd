package sandbox

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const tableStart, tableEnd = "<!-- behaviours -->\n", "<!-- end of behaviours -->"

// TestReadmeListsEveryBehaviour holds the README's table to Behaviours. `go test -run Readme -args update` rewrites it.
func TestReadmeListsEveryBehaviour(t *testing.T) {
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(data), tableStart)
	require.True(t, ok, "marker")
	_, tail, ok := strings.Cut(rest, tableEnd)
	require.True(t, ok, "end marker")
	want := head + tableStart + behaviourTable() + tableEnd + tail
	if updating() {
		require.NoError(t, os.WriteFile("README.md", []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(data))
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

func TestBehavioursAreGraded(t *testing.T) {
	for _, b := range Behaviours() {
		assert.NotEmpty(t, b.Area)
		assert.NotEmpty(t, b.Fact)
		assert.NotEmpty(t, b.Source, b.Fact)
		assert.Contains(t, []Grade{Recorded, Documented, OpenSource, Assumed}, b.Grade, b.Fact)
	}
}
