package hclconf

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEnvStaysSensitive: a pull request cannot print what a CI job knows.
func TestEnvStaysSensitive(t *testing.T) {
	for _, expr := range []string{`nonsensitive(env("STAGE"))`, `nonsensitive("x${env("STAGE")}")`, `nonsensitive(upper(env("STAGE")))`} {
		f, ds := Load(Options{
			Dir: write(t, map[string]string{"main.hcl": "tacit { env = [\"STAGE\"] }\nspa_client \"x\" { name = " + expr + " }\n"}),
			Env: func(string) (string, bool) { return "hunter2", true },
		})
		require.Empty(t, ds)
		_, ds = f.Evaluate(nil)
		require.Len(t, ds, 1, expr)
		assert.Equal(t, "Function failed", ds[0].Summary)
		assert.NotContains(t, ds[0].Detail, "hunter2")
		assert.Contains(t, ds[0].Detail, "sensitive")
	}
}

// TestSensitiveArguments: no error of a function quotes a sensitive argument,
// whichever argument the error is about.
func TestSensitiveArguments(t *testing.T) {
	for _, expr := range []string{
		`fileset(".", "[${var.s}")`, `fileset("../${var.s}", "*")`, `fileset("${var.s}", "*")`, `file(var.s)`, `file("../${var.s}")`,
		`fileexists("../${var.s}")`, `file([for x in [var.s] : x][0])`, `fileset(".", [for x in [var.s] : "[${x}"][0])`,
		`parseint(var.s, 10)`, `regex(var.s, "a")`, `replace("a", "/(${var.s}/", "")`, `format("%d", var.s)`, `format("%${var.s}", 1)`,
		`jsondecode(var.s)`, `yamldecode("a: [${var.s}")`, `csvdecode("a,b\n${var.s}")`, `tonumber(var.s)`, `index(["a"], var.s)`,
		`lookup({ a = 1 }, var.s)`, `zipmap([var.s], [])`, `env(var.s)`, `base64decode(var.s)`,
	} {
		f, ds := Load(Options{
			Dir:  write(t, map[string]string{"main.hcl": "variable \"s\" {\n type = string\n sensitive = true\n}\nlocals { a = " + expr + " }\n"}),
			Vars: map[string]string{"s": "hunter2"},
		})
		_, more := f.Evaluate(nil)
		ds = append(ds, more...)
		for _, d := range ds {
			assert.NotContains(t, d.Summary+d.Detail, "hunter2", expr)
		}
	}
}
