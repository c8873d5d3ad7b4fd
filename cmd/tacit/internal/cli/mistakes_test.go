package cli_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// catalogue is where hclconf keeps its mistakes: configurations and the
// diagnostics they give.
const catalogue = "../../../../schema/hclconf/testdata/mistakes"

// TestMistakesAsSeen prints every mistake of the catalogue as tacit validate
// shows it on a terminal of 80 columns.
func TestMistakesAsSeen(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join(catalogue, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	goldens, err := filepath.Abs("testdata/mistakes")
	require.NoError(t, err)
	for _, file := range archives {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			seen := validate(t, archive)
			assert.NotContains(t, seen, "hunter2", "a sensitive value leaked")
			for line := range strings.Lines(seen) {
				assert.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 80, line)
			}
			golden := filepath.Join(goldens, name+".golden")
			if *update {
				require.NoError(t, os.MkdirAll(goldens, 0o750))
				require.NoError(t, os.WriteFile(golden, []byte(seen), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err, "run with -update once")
			assert.Equal(t, string(want), seen)
		})
	}
}

// TestEveryKindOfMistakeIsShown: for each kind of error that the language has
// there is one in the catalogue.
func TestEveryKindOfMistakeIsShown(t *testing.T) {
	kinds := []struct{ kind, golden, says string }{
		{"syntax", "syntax_error", "Text without closing quotes"},
		{"unknown block type, with a suggestion", "unknown_block_type", `Did you mean "spa_client"?`},
		{"unknown attribute, with a suggestion", "unknown_attribute", `Did you mean "name"?`},
		{"unknown reference, with a suggestion", "references", `No block declares api.order. Did you mean "orders"?`},
		{"unknown function", "unknown_names", "Unknown function"},
		{"reference to another kind", "references", "Reference to the wrong kind"},
		{"reference to what is not managed", "not_set", "Not set in the configuration"},
		{"wrong type", "wrong_types", "Wrong type"},
		{"value out of the accepted ones", "enum_and_check", "it must be"},
		{"Auth0's limits on values", "limits", "Auth0 accepts at most"},
		{"missing attribute", "missing_attributes", "Missing attribute"},
		{"null where a value is needed", "null_required", "Missing value"},
		{"empty query", "query_misuse", `reset = ["idp_initiated.query"]`},
		{"two spellings of one value", "query_misuse", "Set twice"},
		{"reset", "reset", "Set and reset"},
		{"labels", "labels", "Wrong number of labels"},
		{"declared twice", "declared_twice", "Declared twice"},
		{"one object of the tenant twice", "natural_keys", "Auth0 has one object per name"},
		{"values that must not be shared", "collisions", "Realm on two connections"},
		{"domain aliases on two connections", "collisions", "Domain on two connections"},
		{"limits on what belongs together", "collisions", "Too many connections"},
		{"settings of blocks", "settings_of_blocks", "Always existing"},
		{"a missing file is never empty", "files", "no such file"},
		{"files outside of the directory", "files", "outside of the configuration directory"},
		{"environment variables that files must not read", "env", "Environment variable refused"},
		{"function that fails", "function_errors", "Function failed"},
		{"sensitive values stay hidden", "sensitive_in_functions", "the reason is not shown"},
		{"for_each", "for_each", "for_each over a list"},
		{"one mistake under for_each is one", "once_under_for_each", "In 3 instances"},
		{"dynamic", "dynamic", "Incomplete dynamic block"},
		{"circles", "cycle", "Values depend on each other"},
		{"variable without a value", "variables", "Variable without a value"},
		{"validation of a variable", "variables", "The mode is slow or slower"},
		{"type of a variable", "variables", "Invalid type specification"},
		{"output", "outputs", "Output declared twice"},
		{"moved", "moved", "Not an address"},
		{"circles of moved blocks", "moved_chains", "Moved in a circle"},
		{"import", "import", "Imported to nothing"},
		{"removed", "removed", "Removed, but still declared"},
		{"prevent_destroy", "removed", "Protected against deletion"},
		{"required_version", "tacit_block", "Other version of tacit required"},
		{"workspace", "tacit_block", "Unusable workspace name"},
		{"no configuration", "no_files", "No configuration files"},
		{"IdP metadata", "metadata", "Metadata that cannot be used"},
		{"comments that accept a finding", "ignore", "tacit:ignore without a reason"},
		{"several at once", "many_mistakes_at_once", "Unknown block"},
		{"nested too deep", "too_deep", "Nested too deep"},
		{"too much work", "too_much_work", "Too much work"},
	}
	for _, k := range kinds {
		t.Run(k.kind, func(t *testing.T) {
			seen, err := os.ReadFile(filepath.Join("testdata/mistakes", k.golden+".golden"))
			require.NoError(t, err)
			assert.Contains(t, strings.ReplaceAll(string(seen), "\n", " "), k.says)
		})
	}
}

// validate runs tacit validate on the files of an archive, whose comment gives
// options as in hclconf: "var NAME=VALUE", "env NAME=VALUE", "var-file NAME".
func validate(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, f := range archive.Files {
		if f.Name != "want" {
			require.NoError(t, os.MkdirAll(filepath.Dir(f.Name), 0o750))
			require.NoError(t, os.WriteFile(f.Name, f.Data, 0o600))
		}
	}
	args, env := []string{"validate"}, map[string]string{}
	for line := range strings.Lines(string(archive.Comment)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, "=")
		switch word {
		case "var", "var-file":
			args = append(args, "--"+word, rest)
		case "env":
			env[name] = value
		}
	}
	var seen bytes.Buffer
	code := cli.Main(t.Context(), cli.Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &seen, Stderr: &seen, Width: 80, Now: time.Now,
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	assert.Contains(t, []int{0, 1, 3}, code)
	return seen.String()
}
