package terraform_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt/terraform"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// FuzzConvert: whatever a directory holds, the end is a configuration that
// parses, or diagnostics; never a panic, and never a private key.
func FuzzConvert(f *testing.F) {
	names, err := filepath.Glob("testdata/infra/*.tf")
	require.NoError(f, err)
	for _, n := range names {
		text, err := os.ReadFile(n)
		require.NoError(f, err)
		f.Add(string(text))
	}
	for _, e := range expressions() {
		f.Add(e.terraform)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, ds := terraform.Convert(terraform.Options{Dir: write(t, map[string]string{"main.tf": text})})
		for _, d := range ds {
			require.NotEmpty(t, d.Summary)
			require.NotEmpty(t, d.Detail)
		}
		if out == nil {
			require.True(t, ds.HasErrors())
			return
		}
		for name, text := range out.Files {
			if strings.HasSuffix(name, ".hcl") {
				_, ds := hclconf.Format(name, text)
				require.False(t, ds.HasErrors(), "%s\n%v", text, ds)
			}
			require.NotContains(t, string(text), "-----BEGIN PRIVATE KEY-----")
		}
	})
}
