package hclconf

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

var update = flag.Bool("update", false, "rewrite what the catalogue of mistakes expects")

// TestMistakes runs testdata/mistakes: each archive is a configuration and the
// diagnostics it must give. The comment of an archive may pass options, one a
// line: "var NAME=VALUE", "env NAME=VALUE", "var-file NAME", "version V".
func TestMistakes(t *testing.T) {
	archives, err := filepath.Glob("testdata/mistakes/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			files, want := map[string]string{}, -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				files[f.Name] = string(f.Data)
			}
			got := diagnose(t, string(archive.Comment), files)
			if *update {
				section := txtar.File{Name: "want", Data: []byte(got)}
				if want < 0 {
					archive.Files = append(archive.Files, section)
				} else {
					archive.Files[want] = section
				}
				require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o600))
				return
			}
			require.GreaterOrEqual(t, want, 0, "run with -update once")
			assert.Equal(t, string(archive.Files[want].Data), got)
			assert.NotContains(t, got, "hunter2", "a sensitive value leaked")
		})
	}
}

// diagnose loads and evaluates and renders what both found.
func diagnose(t *testing.T, comment string, files map[string]string) string {
	t.Helper()
	dir := write(t, files)
	o := options(dir, comment)
	f, ds := Load(o)
	_, more := f.Evaluate(nil)
	var b strings.Builder
	for _, d := range append(ds, more...).Sorted() {
		b.WriteString(render(d))
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), dir+string(filepath.Separator), ""), dir, "DIR")
}

func options(dir, comment string) Options {
	o := Options{Dir: dir, Vars: map[string]string{}}
	env := map[string]string{}
	o.Env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	for line := range strings.Lines(comment) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, "=")
		switch word {
		case "var":
			o.Vars[name] = value
		case "env":
			env[name] = value
		case "var-file":
			o.VarFiles = append(o.VarFiles, filepath.Join(dir, rest))
		case "version":
			o.ToolVersion = rest
		}
	}
	return o
}

// render writes a diagnostic as plain text: severity, place, summary, the
// marked text, detail, further places and instances.
func render(d schema.Diagnostic) string {
	var b strings.Builder
	place := "-"
	if d.Subject != nil {
		place = d.Subject.String()
	}
	fmt.Fprintf(&b, "%s %s: %s\n", d.Severity, place, d.Summary)
	if s := d.Snippet; s != nil {
		marked := strings.Join(strings.Fields(s.Code[s.Start:s.End]), " ")
		fmt.Fprintf(&b, "  in %s: %s\n", s.Context, marked)
	}
	fmt.Fprintf(&b, "  %s\n", d.Detail)
	for _, r := range d.Also {
		fmt.Fprintf(&b, "  also %s\n", r)
	}
	if len(d.Instances) > 0 {
		fmt.Fprintf(&b, "  instances %s\n", strings.Join(d.Instances, " "))
	}
	return b.String()
}
