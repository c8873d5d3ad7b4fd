package hclconf

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBombs: expressions that would take minutes or gigabytes are refused
// before they are computed.
func TestBombs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3<<20)
	list := strings.Repeat("a,", 150_000)
	for name, c := range map[string]struct{ expr, file, want string }{
		"nested json":          {`jsondecode(file("t"))`, strings.Repeat("[", 1_000_000), "Function failed"},
		"nested json objects":  {`jsondecode(file("t"))`, strings.Repeat(`{"a":`, 100_000), "Function failed"},
		"digits in json":       {`jsondecode(file("t"))`, strings.Repeat("9", 900_000), "Function failed"},
		"wide json":            {`jsondecode(file("t"))`, "[" + strings.Repeat("1,", 600_000) + "1]", "Function failed"},
		"types in json":        {`tolist(jsondecode(file("t")))`, manyTypes(2000), "Function failed"},
		"nested yaml":          {`yamldecode(file("t"))`, strings.Repeat("[", 900_000), "Function failed"},
		"balanced yaml":        {`yamldecode(file("t"))`, strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "Function failed"},
		"compact yaml":         {`yamldecode(file("t"))`, strings.Repeat("- ", 100_000), "Function failed"},
		"template":             {strings.Repeat("${local.t}", 200), long, "Too much work"},
		"join":                 {`join("", [` + strings.Repeat("local.t,", 400) + `])`, long, "Function failed"},
		"join separators":      {`join(local.t, range(1000))`, long, "Function failed"},
		"format":               {`format("` + strings.Repeat("%[1]s", 1000) + `", local.t)`, long, "Function failed"},
		"format widths":        {`format("` + strings.Repeat("%[1]9999d", 9000) + `", 1)`, "", "Function failed"},
		"formatlist":           {`formatlist("` + strings.Repeat("%[1]s", 1000) + `", split(",", local.t))`, list, "Function failed"},
		"join of a loop":       {`join("", [for i in range(1024) : local.t])`, long, "Function failed"},
		"upper in a loop":      {`[for i in range(1024) : upper("${local.t}${i}")]`, long, "Too much work"},
		"loop in a template":   {`%{ for i in range(1024) }${local.t}%{ endfor }`, long, "Too much work"},
		"concat":               {`concat(` + strings.Repeat("split(\",\", local.t),", 10) + `[])`, list, "Function failed"},
		"concat in concat":     {strings.Repeat("concat(", 8) + `split(",", local.t)` + strings.Repeat(`, split(",", local.t))`, 8), list, "Too much work"},
		"replace":              {`replace(local.t, "/(?s)^.*$/", "` + strings.Repeat("$0", 2000) + `")`, long, "Function failed"},
		"groups":               {`regexall("()()()()()()()()()()()()()()()()()", local.t)`, long[:1<<20], "Function failed"},
		"slow pattern":         {`regexall("(?:(?:a{0,30}){0,30}b?)*c", local.t)`, strings.Repeat("a", 1<<20), "Function failed"},
		"csv":                  {`csvdecode(file("t"))`, "a\n" + strings.Repeat("1\n", 400_000), "Function failed"},
		"wide csv":             {`csvdecode(file("t"))`, strings.Repeat("c,", 300_000) + "\n\n\n", "Function failed"},
		"parseint":             {`parseint("` + strings.Repeat("9", 100_000) + `", 10)`, "", "Function failed"},
		"tonumber":             {`tonumber("` + strings.Repeat("9", 100_000) + `")`, "", "Function failed"},
		"sum of texts":         {`"` + strings.Repeat("9", 100_000) + `" + 1`, "", "Value too large"},
		"number":               {strings.Repeat("9", 100_000), "", "Number too long"},
		"modulo":               {`1e600000000 % 3`, "", "Value too large"},
		"digits of a format":   {`format("%d", 1e10000000)`, "", "Function failed"},
		"digits of jsonencode": {`jsonencode(1e20000000)`, "", "Function failed"},
		"digits of a template": {`x${1e20000000}`, "", "Value too large"},
		"digits of a key":      {`{ (1e20000000) = 1 }`, "", "Value too large"},
		"digest in loops":      {`[for i in range(1000) : [for j in range(1000) : sha256("${local.t}${i}${j}")]]`, long, "Too much work"},
		"length in loops":      {`[for i in range(1000) : [for j in range(900) : length("${i}${local.t}")]]`, long, "Too much work"},
		"contains in loops":    {`[for i in range(1000) : [for j in range(900) : contains(split(",", local.t), "z${i}")]]`, list, "Too much work"},
		"sort in loops":        {`[for i in range(1000) : sort(concat(split(",", local.t), ["${i}"]))]`, list, "Too much work"},
		"sets":                 {`setunion(split(",", local.t), split(",", local.t))`, list, "Function failed"},
		"split":                {`split("", local.t)`, long, "Function failed"},
		"files in loops":       {`[for i in range(1000) : [for j in range(1000) : fileset(".", "${i}${j}*")]]`, "", "Too much work"},
		"pieces of text":       {strings.Repeat("$0", 50_000), "", "Nested too deep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.ContainsAny(c.expr[:2], "$%x") && !strings.HasPrefix(c.expr, "(") {
				c.expr = `"` + c.expr + `"`
			}
			text := "locals {\n t = file(\"t\")\n a = " + c.expr + "\n}\n"
			ds := evaluateBomb(t, map[string]string{"main.hcl": text, "t": c.file})
			if assert.NotEmpty(t, ds) {
				assert.Contains(t, []string{c.want, "Too much work", "Value too large"}, ds[0])
			}
		})
	}
}

// manyTypes is a JSON list of objects that all differ in type.
func manyTypes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"a%d":1}`, i)
	}
	return "[" + b.String()[1:] + "]"
}

// evaluateBomb returns the summaries of all mistakes.
func evaluateBomb(t *testing.T, files map[string]string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // a busy machine is no bomb
	defer cancel()
	f, ds := Load(Options{Dir: write(t, files), Context: ctx})
	f.steps.share = 10 // a tenth of the time
	_, more := f.Evaluate(nil)
	var out []string
	for _, d := range append(ds, more...) {
		assert.NotEqual(t, "Interrupted", d.Summary)
		out = append(out, d.Summary)
	}
	return out
}

// TestBombsInVariables: defaults and validations are evaluated by Load.
func TestBombsInVariables(t *testing.T) {
	t.Parallel()
	thousand := "[" + strings.Repeat("1,", 1100) + "]"
	loops := "[for a in " + thousand + " : [for b in " + thousand + " : b]]"
	for name, text := range map[string]string{
		"default":    "variable \"a\" {\n default = " + loops + "\n}",
		"validation": "variable \"a\" {\n default = 1\n validation {\n condition = length([for i in range(1024) : [for j in range(1024) : i]]) > var.a\n error_message = \"x\"\n}\n}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, evaluateBomb(t, map[string]string{"main.hcl": text}), "Too much work")
		})
	}
}

func TestInterruptedEvaluation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := load(t, Options{Dir: customers(t, 500), Context: ctx})
	_, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	cancel()
	_, ds = f.Evaluate(nil)
	require.Len(t, ds, 1)
	assert.Equal(t, "Interrupted", ds[0].Summary)
}

// TestLargeButSane: what people may well write stays possible.
func TestLargeButSane(t *testing.T) {
	t.Parallel()
	var csv strings.Builder
	csv.WriteString("name,stage,domain,extra\n")
	for i := range 10_000 {
		fmt.Fprintf(&csv, "c%d,prod,c%d.example.com,x\n", i, i)
	}
	for name, expr := range map[string]string{
		"csv":      `{ for c in local.rows : c.name => merge(c, { url = "https://${c.domain}/" }) }`,
		"distinct": `distinct([for c in local.rows : c.name])`,
		"set":      `sort(toset([for c in local.rows : upper(c.domain)]))`,
		"json":     `jsondecode(jsonencode(local.rows))`,
		"text":     `split(",", join(",", [for c in local.rows : format("%s-%s", c.name, c.stage)]))`,
		"regex":    `[for c in local.rows : replace(c.domain, "/\\.example\\.(com|org)$/", "") if can(regex("^c[0-9]+$", c.name))]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := load(t, Options{Dir: write(t, map[string]string{
				"c.csv": csv.String(), "main.hcl": "locals {\n rows = csvdecode(file(\"c.csv\"))\n a = " + expr + "\n}",
			})})
			_, ds := f.Evaluate(nil)
			assert.Empty(t, ds)
		})
	}
}
