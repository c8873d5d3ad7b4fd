package hclconf

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

// FuzzLoad: no file makes loading, evaluating or formatting panic, and every
// place in a diagnostic lies inside of the file.
func FuzzLoad(f *testing.F) {
	archives, err := filepath.Glob("testdata/mistakes/*.txtar")
	require.NoError(f, err)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		require.NoError(f, err)
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == ".hcl" && filepath.Base(name) != "too_much_work.txtar" {
				f.Add(string(file.Data))
			}
		}
	}
	f.Add(`spa_client "x" { name = yamldecode("a: &a [b, b]\nc: *a") }`)
	f.Add(`api "x" { token_lifetime = 1e999999 }`)
	f.Fuzz(func(t *testing.T, text string) {
		dir := write(t, map[string]string{"main.hcl": text})
		files, ds := Load(Options{Dir: dir})
		offline, more := files.Evaluate(nil)
		online, _ := files.Evaluate(knownIDs)
		require.Len(t, online.Objects, len(offline.Objects))
		for _, d := range append(ds, more...) {
			if d.Subject != nil && d.Subject.File == filepath.Join(dir, "main.hcl") {
				require.LessOrEqual(t, d.Subject.End.Byte, len(text))
			}
			if s := d.Snippet; s != nil {
				require.LessOrEqual(t, s.Start, s.End)
				require.LessOrEqual(t, s.End, len(s.Code))
			}
			require.NotEmpty(t, d.Summary)
			require.NotEmpty(t, d.Detail)
		}
		for _, o := range offline.Objects {
			require.Len(t, o.Wants, len(o.Kind.Attrs))
			if ds.HasErrors() || more.HasErrors() {
				continue
			}
			for i, w := range o.Wants {
				_ = o.Kind.Attrs[i].Equal(w.V, w.V)
				_, done := schema.Resolve(w.V, knownIDs)
				require.True(t, done)
			}
		}
		out, ds := Format("main.hcl", []byte(text))
		if !ds.HasErrors() {
			_, ds = Format("main.hcl", out)
			require.False(t, ds.HasErrors())
		}
	})
}
