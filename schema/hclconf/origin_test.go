package hclconf_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

func origins(t *testing.T, src string, files map[string]string) (map[schema.Address]hclconf.Origin, string) {
	t.Helper()
	dir := t.TempDir()
	files["main.hcl"] = src
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	f, _ := hclconf.Load(hclconf.Options{Dir: dir})
	return f.Origins(schema.SAMLConnection, "tenant_domain"), dir
}

func TestOrigins(t *testing.T) {
	got, dir := origins(t, `
variable "secret" {
  default   = "a.txt"
  sensitive = true
}
saml_connection "file" {
  for_each      = { a = 1, b = 2 }
  name          = each.key
  tenant_domain = (file("./${each.key}.txt"))
}
saml_connection "quoted" {
  name          = "quoted"
  tenant_domain = "here"
}
saml_connection "expression" {
  name          = "expression"
  tenant_domain = trimspace(file("a.txt"))
}
saml_connection "template" {
  name          = "template"
  tenant_domain = "${file("a.txt")} and more"
}
saml_connection "secret" {
  name          = "secret"
  tenant_domain = file(var.secret)
}
saml_connection "missing" {
  name          = "missing"
  tenant_domain = file("missing.txt")
}
saml_connection "silent" {
  name = "silent"
}
`, map[string]string{"a.txt": "A", "b.txt": "B"})
	type fact struct {
		text, file string
		literal    bool
	}
	facts := map[string]fact{}
	for addr, o := range got {
		facts[addr.String()] = fact{o.Text, o.File, o.Literal}
		assert.Equal(t, filepath.Join(dir, "main.hcl"), o.Src.File)
	}
	assert.Equal(t, map[string]fact{
		`saml_connection.file["a"]`:  {"A", "a.txt", false},
		`saml_connection.file["b"]`:  {"B", "b.txt", false},
		"saml_connection.quoted":     {"here", "", true},
		"saml_connection.expression": {"A", "", false},
		"saml_connection.template":   {"A and more", "", false},
		"saml_connection.secret":     {"", "", false},
	}, facts)
}

// TestRewrittenTextsAreRead: whatever text is put in place of another, quoted
// or as a heredoc, is what the file says afterwards, and nothing else changes.
func TestRewrittenTextsAreRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		line := rapid.StringMatching(`[a-z${%"\\ #]{0,12}`)
		text := strings.Join(rapid.SliceOfN(line, 1, 4).Draw(r, "lines"), "\n") + "\n"
		if strings.TrimSpace(text) == "" {
			text = "x\n"
		}
		value := rapid.SampledFrom([]string{`"old"`, "<<EOT\nold\nlonger\nEOT", "<<EOT\n" + strings.Repeat("as long as a certificate\n", 80) + "EOT", "<<-EOT\n    old\n      longer\n    EOT"}).Draw(r, "value")
		src := "# before\nsaml_connection \"a\" {\n  name = \"a\" # kept\n  tenant_domain = " + value + "\n  display_name = \"after\"\n}\n"
		before, _ := origins(t, src, map[string]string{})
		at := before[schema.Address{Kind: "saml_connection", Name: "a"}]
		require.True(t, at.Literal)
		out, err := hclconf.Rewrite([]byte(src), at.Src, text)
		require.NoError(t, err)
		after, _ := origins(t, string(out), map[string]string{})
		require.Equal(t, text, after[schema.Address{Kind: "saml_connection", Name: "a"}].Text, string(out))
		head, tail, _ := strings.Cut(src, value)
		require.True(t, strings.HasPrefix(string(out), head))
		require.True(t, strings.HasSuffix(string(out), tail))
	})
}

func TestRewriteRefuses(t *testing.T) {
	src := []byte("a = <<EOT\nold\nEOT\n")
	at := schema.Range{Start: schema.Pos{Byte: 4}, End: schema.Pos{Byte: 17}}
	_, err := hclconf.Rewrite(src, at, "x\n EOT\ny")
	require.ErrorContains(t, err, "holds the line that ends the heredoc")
	at.End.Byte = 400
	_, err = hclconf.Rewrite(src, at, "x")
	require.ErrorContains(t, err, "changed meanwhile")
}
