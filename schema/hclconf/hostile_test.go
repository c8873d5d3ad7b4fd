package hclconf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestHostileFiles: none of these hangs, exhausts memory or panics.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	doubling := "locals {\n  l0 = [1, 1]\n"
	for i := range 60 {
		doubling += fmt.Sprintf("  l%d = [local.l%d, local.l%d]\n", i+1, i, i)
	}
	var chain strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&chain, "  l%d = local.l%d\n", i, i+1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"doubling":       {doubling + "}", "Value too large"},
		"long chain":     {"locals {\n" + chain.String() + "  l20000 = 1\n}", "References too deep"},
		"sum":            {"locals {\n a = 1" + strings.Repeat("+1", 100_000) + "\n}", "Nested too deep"},
		"signs":          {"locals {\n a = " + strings.Repeat("!", 100_000) + "true\n}", "Nested too deep"},
		"conditionals":   {"locals {\n a = " + strings.Repeat("true ? 1 : ", 100_000) + "2\n}", "Nested too deep"},
		"indexes":        {"locals {\n b = 1\n a = local.b" + strings.Repeat("[local.b]", 100_000) + "\n}", "Nested too deep"},
		"templates":      {"locals {\n a = " + strings.Repeat(`"${`, 10_000) + "\n}", "Nested too deep"},
		"set product":    {`locals { a = setproduct(range(1000), range(1000), range(1000)) }`, "Function failed"},
		"padding":        {`locals { a = format("%0999999999d", 1) }`, "Function failed"},
		"indent":         {`locals { a = indent(999999999999, "a\nb\nc") }`, "Function failed"},
		"replace":        {"locals {\n s = join(\"\", [for i in range(1000) : \"aaaaaaaaaa\"])\n b = replace(local.s, \"\", local.s)\n}", "Function failed"},
		"big number":     {`api "x" { identifier = "https://a.example.com/${1e99999}" }`, ""},
		"for_each":       {"spa_client \"x\" {\n for_each = { for i in flatten([for a in range(350) : [for b in range(300) : \"${a}-${b}\"]]) : i => 1 }\n name = each.key\n}", "Too many instances"},
		"yaml aliases":   {`locals { a = length(yamldecode("a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g]")) }`, "Function failed"},
		"file too large": {strings.Repeat("# comment comment comment\n", 200_000), "Cannot read a configuration file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, ds := Load(Options{Dir: write(t, map[string]string{"main.hcl": c.text})})
			f.steps.share = 2
			_, more := f.Evaluate(nil)
			ds = append(ds, more...)
			if c.want == "" {
				return
			}
			if assert.NotEmpty(t, ds) {
				assert.Equal(t, c.want, ds[0].Summary)
			}
		})
	}
}

// TestObjectsInFunctions: an object as an argument is at worst a mistake.
func TestObjectsInFunctions(t *testing.T) {
	for _, expr := range []string{
		`jsonencode(%s)`, `yamlencode(%s)`, `tostring(%s)`, `length(toset([%[1]s, %[1]s]))`, `distinct([%[1]s, %[1]s])[0].name`,
		`contains([%[1]s], %[1]s)`, `%[1]s == %[1]s`, `keys(%s)[0]`, `merge(%s, { a = 1 }).name`, `lookup(%s, "name", "x")`,
		`format("%%v", %s)`, `"${%s}"`, `join(",", [for k, v in %s : k])`, `values(%s)[0]`, `flatten([%s])[0].name`,
		`try(%s.nope, "x")`, `can(%s.name)`, `coalesce(%s, "x")`, `sha256(%s)`, `upper(%s.name)`, `[for v in %s : v][0]`, `tomap(%s)`,
		`sort([%s])[0]`, `setunion([%[1]s], [%[1]s])`, `zipmap(["a"], [%s])["a"].name`, `1 == 1 ? %s : "x"`, `%s[*].name`, `%s...`,
	} {
		for _, object := range []string{"spa_client.portal", "saml_connection.many", `saml_connection.many["a"]`, "api.orders"} {
			t.Run(expr+" of "+object, func(t *testing.T) {
				f, _ := Load(Options{Dir: write(t, map[string]string{"main.hcl": `
spa_client "portal" {
  name = "Portal"
  callbacks = []
}
api "orders" {
  identifier = "https://api.example.com"
  scope "x" { description = "X" }
}
saml_connection "many" {
  for_each = toset(["a", "b"])
  name     = each.key
  clients  = [spa_client.portal]
}
spa_client "x" {
  name        = "X"
  description = ` + fmt.Sprintf(expr, object) + `
}`})})
				_, ds := f.Evaluate(nil)
				_, more := f.Evaluate(knownIDs)
				for _, d := range append(ds, more...) {
					assert.NotEmpty(t, d.Detail)
				}
			})
		}
	}
}
