package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/tacit-dev/tacit/"

// allowedImports is the import table: what of ours each package may use. A
// package that is not listed may use nothing of ours.
func allowedImports() map[string][]string {
	everything := []string{
		"schema", "schema/saml", "schema/hclconf", "schema/check", "schema/check/rules", "plan", "apply",
		"apply/mgmt", "apply/sandbox", "apply/rehearse", "apply/stage",
		"cmd/tacit/internal/view", "cmd/tacit/internal/adopt", "cmd/tacit/internal/adopt/deploycli", "cmd/tacit/internal/adopt/terraform", "cmd/tacit/internal/onboard", "cmd/tacit/internal/lsp", "cmd/tacit/internal/fetch", "cmd/tacit/internal/certs",
		"cmd/tacit/internal/handoff", "cmd/tacit/internal/graph",
	}
	return map[string][]string{
		"schema": {}, "schema/saml": {}, "apply/rehearse": {}, "cmd/tacit/internal/fetch": {},
		"schema/hclconf":             {"schema", "schema/saml"},
		"schema/check":               {"schema"},
		"schema/check/rules":         {"schema", "schema/saml", "schema/check"},
		"plan":                       {"schema", "schema/check"},
		"apply":                      {"schema", "plan"},
		"apply/mgmt":                 {"schema", "apply"},
		"apply/sandbox":              {"schema/saml"},
		"apply/stage":                {"schema", "schema/saml", "schema/check", "plan", "apply", "apply/sandbox", "apply/rehearse"},
		"cmd/tacit/internal/onboard": {"schema", "schema/saml", "schema/hclconf"},
		"cmd/tacit/internal/certs":   {"schema", "schema/saml", "schema/hclconf"},
		"cmd/tacit/internal/handoff": {"schema", "schema/saml"},
		"cmd/tacit/internal/graph":   {"schema", "schema/check"},
		"cmd/tacit/internal/view": {
			"schema", "schema/saml", "schema/check", "plan", "apply", "apply/rehearse",
			"cmd/tacit/internal/certs", "cmd/tacit/internal/handoff", "cmd/tacit/internal/graph",
		},
		"cmd/tacit/internal/adopt": {
			"schema", "schema/saml", "schema/hclconf", "schema/check", "schema/check/rules", "plan", "apply",
			"apply/sandbox", "apply/rehearse", "apply/stage", "cmd/tacit/internal/view",
		},
		"cmd/tacit/internal/adopt/deploycli": {"schema", "schema/hclconf", "cmd/tacit/internal/adopt"},
		"cmd/tacit/internal/adopt/terraform": {"schema", "schema/hclconf", "cmd/tacit/internal/adopt"},

		"cmd/tacit/internal/cli": everything,
		"cmd/tacit":              {"cmd/tacit/internal/cli"},
	}
}

// onlyImporters names the libraries that one package alone may use.
func onlyImporters() map[string]string {
	return map[string]string{
		"github.com/auth0/go-auth0":      "apply/mgmt",
		"github.com/hashicorp/hcl":       "schema/hclconf",
		"github.com/zclconf/go-cty":      "schema/hclconf",
		"github.com/spf13/cobra":         "cmd/tacit/internal/cli",
		"github.com/zclconf/go-cty-yaml": "schema/hclconf",
		"go.yaml.in/yaml/v3":             "cmd/tacit/internal/adopt/deploycli",
	}
}

// goFile is a source file of the module, path relative to its root.
type goFile struct {
	path, pkg string
	test      bool
	imports   []string
	lines     int
}

func sources(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && p != root) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" {
			return nil
		}
		rel, err := filepath.Rel(root, p)
		require.NoError(t, err)
		src, err := os.ReadFile(p)
		require.NoError(t, err)
		f, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ImportsOnly|parser.ParseComments)
		require.NoError(t, err)
		g := goFile{path: filepath.ToSlash(rel), pkg: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(p, "_test.go"), lines: bytes.Count(src, []byte("\n"))}
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			g.imports = append(g.imports, name)
		}
		out = append(out, g)
		return nil
	})
	require.NoError(t, err)
	return out
}

func TestImportsFollowTheTable(t *testing.T) {
	table := allowedImports()
	for _, f := range sources(t) {
		if f.test {
			continue // tests may bring a sandbox to a planner
		}
		allowed, listed := table[f.pkg]
		assert.Truef(t, listed, "%s: package %s is not in the import table", f.path, f.pkg)
		for _, i := range f.imports {
			ours, ok := strings.CutPrefix(i, module)
			if ok && ours != f.pkg {
				assert.Containsf(t, allowed, ours, "%s imports %s", f.path, ours)
			}
		}
	}
}

func TestLibrariesHaveOneImporter(t *testing.T) {
	for _, f := range sources(t) {
		for _, i := range f.imports {
			for lib, owner := range onlyImporters() {
				if i == lib || strings.HasPrefix(i, lib+"/") {
					assert.Equalf(t, owner, f.pkg, "%s imports %s", f.path, i)
				}
			}
		}
	}
}

// TestSandboxIsIndependent: were the witness to share code with the planner,
// one misreading would make both agree. Its tests hold to it too.
func TestSandboxIsIndependent(t *testing.T) {
	for _, f := range sources(t) {
		if f.pkg != "apply/sandbox" {
			continue
		}
		for _, i := range f.imports {
			ours, ok := strings.CutPrefix(i, module)
			assert.Falsef(t, ok && ours != "schema/saml" && ours != "apply/sandbox", "%s imports %s", f.path, i)
		}
	}
}

func TestFilesStaySmall(t *testing.T) {
	for _, f := range sources(t) {
		if !f.test {
			assert.LessOrEqualf(t, f.lines, 400, "%s has %d lines", f.path, f.lines)
		}
	}
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	require.NoError(t, err)
	allowed := []string{"cmd", "plan", "apply", "schema", "examples", "go.mod", "go.sum", "README.md", "LICENSE"}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			assert.Truef(t, slices.Contains(allowed, e.Name()), "%s does not belong at the top", e.Name())
		}
	}
}
