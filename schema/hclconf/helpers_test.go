package hclconf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

// write makes a configuration directory.
func write(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(tb, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(tb, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func load(tb testing.TB, o Options) *Files {
	tb.Helper()
	f, ds := Load(o)
	require.Empty(tb, ds)
	return f
}

// evaluate loads and evaluates one file; there must be no mistakes.
func evaluate(tb testing.TB, text string, ids schema.IDs) *schema.Config {
	tb.Helper()
	f := load(tb, Options{Dir: write(tb, map[string]string{"main.hcl": text})})
	config, ds := f.Evaluate(ids)
	require.Empty(tb, ds)
	return config
}

// object returns the object at an address such as spa_client.portal.
func object(tb testing.TB, c *schema.Config, address string) *schema.Object {
	tb.Helper()
	a, err := schema.ParseAddress(address)
	require.NoError(tb, err)
	o := c.Object(a)
	require.NotNil(tb, o, address)
	return o
}

// knownIDs gives every object an id made of its address.
func knownIDs(a schema.Address) (string, bool) { return "ID-" + a.Kind + "-" + a.Name + a.Key, true }

func writeFile(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
}
