package hclconf_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

func loaded(t *testing.T, dir string, extra map[string][]byte) (*hclconf.Files, *schema.Config) {
	t.Helper()
	files, ds := hclconf.Load(hclconf.Options{Dir: dir, Extra: extra})
	cfg, more := files.Evaluate(nil)
	require.False(t, append(ds, more...).HasErrors(), "%v", append(ds, more...))
	return files, cfg
}

// TestAddElement: what blocks go over is found through locals, loops and other
// blocks, and gets an element in its own manner. The rest stays as it is.
func TestAddElement(t *testing.T) {
	const block = `
organization "c" {
  for_each     = %
  name         = each.key
  display_name = each.value
}
`
	for name, test := range map[string]struct{ over, more, want string }{
		"a map on lines":          {"{\n    a = \"A\" # the first\n  }", "", "    a = \"A\" # the first\n    n = \"New\"\n  }"},
		"a map on lines, commas":  {"{\n    a = \"A\", # the first\n  }", "", "    a = \"A\", # the first\n    n = \"New\",\n  }"},
		"a map on one line":       {"{ a = \"A\" }", "", "{ a = \"A\", n = \"New\" }"},
		"through a local":         {"local.them", "locals {\n  them = { a = \"A\" }\n}", "them = { a = \"A\", n = \"New\" }"},
		"through a loop":          {"{ for k, v in local.them : k => v if true }", "locals {\n  them = { a = \"A\" }\n}", "them = { a = \"A\", n = \"New\" }"},
		"a set":                   {"toset([\"a\", \"b\"])", "", "[\"a\", \"b\", \"n\"]"},
		"a set on lines":          {"toset([\n    \"a\", # the first\n  ])", "", "\"a\", # the first\n    \"n\",\n"},
		"a set without a comma":   {"toset([\n    \"a\" # the first\n  ])", "", "\"a\", # the first\n    \"n\",\n"},
		"through another block":   {"organization.d", "organization \"d\" {\n  for_each = toset([\"a\"])\n  name = \"${each.key}-d\"\n}", "toset([\"a\", \"n\"])"},
		"a comment over the last": {"{\n    # of Acme\n    a = \"A\"\n  }", "", "    # of Acme\n    a = \"A\"\n    n = \"New\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := "# kept\n" + strings.Replace(block, "%", test.over, 1) + test.more + "\n"
			if strings.Contains(test.over, "organization.d") {
				text = strings.Replace(text, "display_name = each.value\n", "", 1)
			}
			require.NoError(t, os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600))
			files, before := loaded(t, dir, nil)
			edit, err := files.AddElement(schema.Address{Kind: "organization", Name: "c"}, "n", func(s hclconf.Slot) (any, error) {
				assert.Equal(t, []string{"display_name"}, s.Feeds)
				return "New", nil
			})
			require.NoError(t, err)
			assert.Contains(t, string(edit.After), test.want)
			_, after := loaded(t, dir, map[string][]byte{edit.Path: edit.After})
			added := schema.Address{Kind: "organization", Name: "c", Key: "n", Each: true}
			assert.NotNil(t, after.Object(added))
			assert.Greater(t, len(after.Objects), len(before.Objects))

			// And out again, which leaves what was there.
			again, _ := loaded(t, dir, map[string][]byte{edit.Path: edit.After})
			back, err := again.RemoveElement(schema.Address{Kind: "organization", Name: "c"}, "n")
			require.NoError(t, err)
			_, restored := loaded(t, dir, map[string][]byte{back.Path: back.After})
			assert.Len(t, restored.Objects, len(before.Objects))
			assert.Contains(t, string(back.After), "# kept\n")
		})
	}
}

// TestAddElementRefuses what it cannot add to.
func TestAddElementRefuses(t *testing.T) {
	for _, over := range []string{`{ for i in range(3) : "o${i}" => "x" }`, `jsondecode("{\"a\":\"A\"}")`, `{}`, `merge({ a = "A" }, {})`} {
		dir := t.TempDir()
		text := "organization \"c\" {\n  for_each = " + over + "\n  name = each.key\n}\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600))
		files, _ := loaded(t, dir, nil)
		_, err := files.AddElement(schema.Address{Kind: "organization", Name: "c"}, "n", func(hclconf.Slot) (any, error) { return "New", nil })
		assert.Error(t, err, over)
	}
}

func TestReferencesComeAndGo(t *testing.T) {
	for list, want := range map[string]string{
		"saml_connection.a":                     "[saml_connection.a, saml_connection.b]",
		"[saml_connection.a]":                   "[saml_connection.a, saml_connection.b]",
		"[\n    saml_connection.a, # Acme\n  ]": "[\n    saml_connection.a, # Acme\n    saml_connection.b,\n  ]",
		"[\n    saml_connection.a # Acme\n  ]":  "[\n    saml_connection.a, # Acme\n    saml_connection.b,\n  ]",
	} {
		dir := t.TempDir()
		text := "silent_upgrade \"u\" {\n  connections = " + list + "\n}\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600))
		files, _ := hclconf.Load(hclconf.Options{Dir: dir})
		u, b := schema.Address{Kind: "silent_upgrade", Name: "u"}, schema.Address{Kind: "saml_connection", Name: "b"}
		edit, err := files.AddReference(u, "connections", b)
		require.NoError(t, err)
		assert.Equal(t, "silent_upgrade \"u\" {\n  connections = "+want+"\n}\n", string(edit.After))
		files, _ = hclconf.Load(hclconf.Options{Dir: dir, Extra: map[string][]byte{edit.Path: edit.After}})
		edit, last, err := files.RemoveReference(u, "connections", b)
		require.NoError(t, err)
		assert.False(t, last)
		assert.NotContains(t, string(edit.After), "saml_connection.b")
		assert.Contains(t, string(edit.After), "saml_connection.a")
	}
}

func TestAddCSVRow(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"plain":              {"a,b\n1,2\n", "a,b\n1,2\nx,\"y, z\"\n"},
		"no line at the end": {"a,b\n1,2", "a,b\n1,2\nx,\"y, z\"\n"},
		"carriage returns":   {"a,b\r\n1,2\r\n", "a,b\r\n1,2\r\nx,\"y, z\"\r\n"},
		"all in quotes":      {"a,b\n\"1\",\"2\"\n", "a,b\n\"1\",\"2\"\n\"x\",\"y, z\"\n"},
		"a text of lines":    {"a,b\n\"1\n1\",2\n", "a,b\n\"1\n1\",2\nx,\"y, z\"\n"},
	} {
		got, err := hclconf.AddCSVRow([]byte(test.text), []string{"x", "y, z"})
		require.NoError(t, err, name)
		assert.Equal(t, test.want, string(got), name)
	}
	for _, bad := range []string{"=1+1", "+1", "-1", "@x", "\tx", "a\nb", "a\rb"} {
		_, err := hclconf.AddCSVRow([]byte("a,b\n"), []string{"x", bad})
		assert.Error(t, err, "%q", bad)
	}
}

// FuzzAddCSVRow: a row that is added is read as it was given, and everything
// before it stays, byte for byte.
func FuzzAddCSVRow(f *testing.F) {
	f.Add("a,b\n1,2\n", "x", "y")
	f.Add("a,b\r\n\"1\",\"2\"", "x\"", ",")
	f.Add("\ufeffa,b\n\n", " x", "#")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		got, err := hclconf.AddCSVRow([]byte(text), []string{a, b})
		if err != nil {
			return
		}
		require.True(t, bytes.HasPrefix(got, []byte(text)))
		rows, err := csv.NewReader(bytes.NewReader(got)).ReadAll()
		require.NoError(t, err)
		assert.Equal(t, []string{a, b}, rows[len(rows)-1])
	})
}

// FuzzAddElement: an element that is added to a map reads as it was given,
// whatever it is, and nothing else of the file changes its meaning.
func FuzzAddElement(f *testing.F) {
	f.Add("{\n    a = \"A\" # first\n  }", "n", "New")
	f.Add("{ a = \"A\" }", "n", "${file(\"/etc/passwd\")}")
	f.Add("{\n    a = \"A\",\n  }", "n", "%{ for x in y }\"\\\n\u202e")
	f.Add("{\n    a = <<-EOT\n      x\n    EOT\n  }", "n", "New")
	f.Add("{ \"a\" : \"A\", /* x */ }", "b c", "")
	f.Fuzz(func(t *testing.T, over, key, value string) {
		text := "locals {\n  them = " + over + "\n}\n\noutput \"them\" {\n  value = local.them\n}\n\norganization \"c\" {\n  for_each = local.them\n  name = each.key\n  display_name = each.value\n}\n"
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600))
		files, ds := hclconf.Load(hclconf.Options{Dir: dir})
		before, more := files.Evaluate(nil)
		if append(ds, more...).HasErrors() {
			return
		}
		edit, err := files.AddElement(schema.Address{Kind: "organization", Name: "c"}, key, func(hclconf.Slot) (any, error) { return value, nil })
		if err != nil {
			return
		}
		files, ds = hclconf.Load(hclconf.Options{Dir: dir, Extra: map[string][]byte{edit.Path: edit.After}})
		after, more := files.Evaluate(nil)
		if append(ds, more...).HasErrors() {
			return // the caller sees that, and refuses
		}
		was, _ := before.Outputs[0].V.(map[string]any)
		is, _ := after.Outputs[0].V.(map[string]any)
		for k, v := range was {
			if k != key {
				assert.Equal(t, v, is[k])
			}
		}
		assert.LessOrEqual(t, len(is), len(was)+1)
	})
}
