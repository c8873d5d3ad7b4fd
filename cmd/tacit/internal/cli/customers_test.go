package cli_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var examples = filepath.Join("..", "..", "..", "..", "examples")

// ownDomain is the line that names an example's tenant; on loopback the tenant
// is another.
var ownDomain = regexp.MustCompile(`(?m)^ *domain +=.*auth0\.com"\n`)

// copyExample copies an example without the name of its tenant.
func copyExample(tb testing.TB, name string) string {
	tb.Helper()
	dir := tb.TempDir()
	require.NoError(tb, os.CopyFS(dir, os.DirFS(filepath.Join(examples, name))))
	require.NoError(tb, os.RemoveAll(filepath.Join(dir, ".tacit")))
	main := filepath.Join(dir, "main.hcl")
	text, err := os.ReadFile(main)
	require.NoError(tb, err)
	require.NoError(tb, os.WriteFile(main, ownDomain.ReplaceAll(text, nil), 0o600))
	return dir
}

// customers is the example many-customers with n customers: a line in the CSV
// and a metadata document each, of a dozen kinds of identity provider. more is
// HCL beside it.
func customers(tb testing.TB, n int, more string) string {
	tb.Helper()
	dir := copyExample(tb, "many-customers")
	table := filepath.Join(dir, "customers.csv")
	raw, err := os.ReadFile(table)
	require.NoError(tb, err)
	rows, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	require.NoError(tb, err)
	require.Equal(tb, []string{"name", "display_name", "idp", "domains", "entity_id"}, rows[0])
	out := rows[:1:1]
	for i := range n {
		row := append([]string(nil), rows[1+i%(len(rows)-1)]...)
		document, err := os.ReadFile(filepath.Join(dir, "idp", row[0]+".xml"))
		require.NoError(tb, err)
		row[0] = fmt.Sprintf("%s-%05d", row[0], i)
		row[3] = fmt.Sprintf("c%d.example", i)
		require.NoError(tb, os.WriteFile(filepath.Join(dir, "idp", row[0]+".xml"), document, 0o600))
		out = append(out, row)
	}
	var text strings.Builder
	require.NoError(tb, csv.NewWriter(&text).WriteAll(out))
	require.NoError(tb, os.WriteFile(table, []byte(text.String()), 0o600))
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "more.hcl"), []byte(more), 0o600))
	return dir
}

// edit replaces text in a file of a configuration.
func edit(tb testing.TB, dir, file, from, to string) {
	tb.Helper()
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	require.NoError(tb, err)
	require.Contains(tb, string(text), from)
	require.NoError(tb, os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600))
}
