package rules

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rows are all prerequisites with the rules that judge them, or the reason why
// none does.
func rows() map[string]string {
	all := map[string]string{}
	for _, part := range []map[string]string{connectionRows(), clientRows(), apiRows(), tenantRows(), domainRows()} {
		maps.Copy(all, part)
	}
	return all
}

var codes = regexp.MustCompile(`TAC\d{3}`)

// Each rule is there for a prerequisite, and each prerequisite names rules that
// exist.
func TestRowsNameRules(t *testing.T) {
	named := map[string]bool{}
	for id, row := range rows() {
		for _, code := range codes.FindAllString(row, -1) {
			named[code] = true
			assert.NotNil(t, rule(t, code), id)
		}
	}
	for _, r := range Catalogue() {
		assert.True(t, named[r.Code], "%s is for no row", r.Code)
	}
}

// What a rule follows is another rule of the catalogue.
func TestCausesAreRules(t *testing.T) {
	for _, r := range Catalogue() {
		for _, code := range r.Follows {
			assert.NotNil(t, rule(t, code), r.Code)
			assert.NotEqual(t, r.Code, code)
		}
	}
}

// Every known prerequisite has its line here. The list is kept beside the
// repository; a fresh clone has none.
func TestEveryPrerequisiteIsAccountedFor(t *testing.T) {
	have := rows()
	var sections []string
	for _, section := range prerequisites(t) {
		sections = append(sections, section.name)
		for _, id := range section.rows {
			assert.NotEmpty(t, have[id], "%s (section %s) has neither a rule nor a reason", id, section.name)
		}
	}
	assert.Equal(t, []string{"1.1", "1.2", "1.3", "1.4", "1.5"}, sections)
}

type prerequisiteTable struct {
	name string
	rows []string
}

// prerequisites reads the ids of the tables "### 1.x" of the reference.
func prerequisites(t *testing.T) []prerequisiteTable {
	t.Helper()
	raw, err := os.ReadFile(reference(t, "silent-upgrade.md"))
	require.NoError(t, err)
	var out []prerequisiteTable
	for line := range strings.Lines(string(raw)) {
		switch {
		case strings.HasPrefix(line, "## 2."):
			return out
		case strings.HasPrefix(line, "### 1."):
			out = append(out, prerequisiteTable{name: line[4:7]})
		case strings.HasPrefix(line, "| ") && len(out) > 0:
			if id := strings.Fields(line)[1]; id != "id" {
				out[len(out)-1].rows = append(out[len(out)-1].rows, id)
			}
		}
	}
	return out
}

// reference finds a file beside the repository, ../shared/reference of its root.
func reference(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(filepath.Dir(dir), "shared", "reference", name)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("the list of prerequisites is not here (%s): coverage is not compared", path)
			}
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("the list of prerequisites is not here: coverage is not compared")
		}
		dir = parent
	}
}
