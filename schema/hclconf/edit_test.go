package hclconf

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

// laidOut is a configuration in which values stand in every way that people
// write them.
const laidOut = `# The portal.
spa_client "portal" {
  name="Customer portal" # on the tile
  description = <<-EOT
    Two
    lines
  EOT
  callbacks = [
    # landing pages
    "${local.app}/start", # the first counts
    "https://old.example", // gone soon

    "https://kept.example"
  ]
  web_origins         = [local.app, "https://a.example"]
  allowed_logout_urls = []
  is_first_party      = (true) /* ours */
  client_metadata = {
    team  = "blue" # who to ask
    "a b" = "c",
  }
  refresh_token { leeway = 3 }
}

locals { app = "https://app.example" }

api "orders" {
  identifier     = "https://api.example"
  name           = local.app # computed
  token_lifetime = 600

  # Scopes.
  scope "read" { description = "Read" }

  scope "write" {
    description = "Write" # careful
  }
}

saml_connection "acme" {
  name             = "acme"
  sign_in_endpoint = "https://idp.example/sso"
  clients          = [spa_client.portal]

  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"
    query { # what the app wants
      response_type = ["id_token"]
      scope         = "openid email"
      redirect_uri  = "${local.app}/start"
      audience      = "https://api.example"
    }
  }
}
`

func TestEditChangesTheLinesOfAValueAlone(t *testing.T) {
	tests := map[string]struct {
		row string
		is  any
		// lines that go and lines that come.
		gone, come string
	}{
		"text, comment behind it":  {"spa_client.portal name", `New "name"`, `  name="Customer portal" # on the tile`, `  name="New \"name\"" # on the tile`},
		"text that looks like HCL": {"saml_connection.acme sign_in_endpoint", "${x}", `  sign_in_endpoint = "https://idp.example/sso"`, `  sign_in_endpoint = "$${x}"`},
		"heredoc":                  {"spa_client.portal description", "One", "  description = <<-EOT\n    Two\n    lines\n  EOT", `  description = "One"`},
		"bool in parentheses":      {"spa_client.portal is_first_party", false, `  is_first_party      = (true) /* ours */`, `  is_first_party      = false /* ours */`},
		"number":                   {"api.orders token_lifetime", json.Number("60"), `  token_lifetime = 600`, `  token_lifetime = 60`},
		"value in a one-line block": {
			"spa_client.portal refresh_token.leeway", json.Number("0.5"), `  refresh_token { leeway = 3 }`, `  refresh_token { leeway = 0.5 }`,
		},
		"elements line by line": {
			"spa_client.portal callbacks", []any{"https://new.example", "https://app.example/start", "https://kept.example", "https://last.example"},
			"    \"https://old.example\", // gone soon\n    \"https://kept.example\"", "    \"https://new.example\",\n    \"https://kept.example\",\n    \"https://last.example\",",
		},
		"elements on one line": {
			"spa_client.portal web_origins", []any{"https://b.example", "https://app.example"}, `  web_origins         = [local.app, "https://a.example"]`, `  web_origins         = [local.app, "https://b.example"]`,
		},
		"into an empty list": {"spa_client.portal allowed_logout_urls", []any{"https://x.example"}, `  allowed_logout_urls = []`, `  allowed_logout_urls = ["https://x.example"]`},
		"members":            {"spa_client.portal client_metadata", map[string]any{"team": "red", "for": "x"}, "    team  = \"blue\" # who to ask\n    \"a b\" = \"c\",", "    team  = \"red\" # who to ask\n    \"for\" = \"x\""},
		"fields of blocks": {
			"api.orders scope", []any{map[string]any{"value": "write", "description": "Change"}, map[string]any{"value": "admin", "description": "All"}},
			"  scope \"read\" { description = \"Read\" }\n    description = \"Write\" # careful", "    description = \"Change\" # careful\n  scope \"admin\" {\n    description = \"All\"\n  }",
		},
		"references": {"saml_connection.acme clients", []any{}, `  clients          = [spa_client.portal]`, `  clients          = []`},
		"query": {
			"saml_connection.acme idp_initiated.query", "response_type=id_token%20token&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fstart&prompt=login",
			"      response_type = [\"id_token\"]\n      scope         = \"openid email\"\n      audience      = \"https://api.example\"",
			"      response_type = [\"id_token\", \"token\"]\n      scope         = \"openid\"\n      prompt = \"login\"",
		},
		"taken out": {"api.orders token_lifetime", nil, `  token_lifetime = 600`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := load(t, Options{Dir: write(t, map[string]string{"main.hcl": laidOut})})
			cfg, ds := f.Evaluate(nil)
			require.Empty(t, ds)
			files, stuck := f.Edit([]Edit{editOf(t, cfg, tt.row, tt.is)})
			require.Empty(t, stuck)
			was, is := strings.Split(laidOut, "\n"), strings.Split(string(files["main.hcl"]), "\n")
			assert.Equal(t, tt.gone, strings.Join(lacking(was, is), "\n"))
			assert.Equal(t, tt.come, strings.Join(lacking(is, was), "\n"))
		})
	}
}

// lacking are the lines, other than empty ones, that the others do not have.
func lacking(lines, others []string) []string {
	rest := slices.Clone(others)
	var out []string
	for _, l := range lines {
		if i := slices.Index(rest, l); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else if strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return out
}

func editOf(tb testing.TB, cfg *schema.Config, at string, is any) Edit {
	tb.Helper()
	addr, row, _ := strings.Cut(at, " ")
	o := object(tb, cfg, addr)
	return Edit{Addr: o.Addr, Row: row, Was: o.Want(row).V, Value: is}
}

func TestEditLeavesWhatExpressionsSay(t *testing.T) {
	f := load(t, Options{Dir: write(t, map[string]string{"main.hcl": laidOut})})
	cfg, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	files, stuck := f.Edit([]Edit{
		editOf(t, cfg, "api.orders name", "Orders"),
		editOf(t, cfg, "saml_connection.acme idp_initiated.query", "response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Felse.example&audience=https%3A%2F%2Fapi.example"),
		editOf(t, cfg, "spa_client.portal app_type", "native"),
	})
	assert.Empty(t, files)
	assert.Contains(t, stuck[0].Why, "computed")
	assert.Equal(t, `name = "Orders"`, stuck[0].Write)
	assert.Equal(t, 29, stuck[0].Src.Start.Line)
	assert.Contains(t, stuck[1].Why, "computed")
	assert.Equal(t, "no line says it", stuck[2].Why)
}

func TestEditOfACellIsCertainOrNotMade(t *testing.T) {
	table := "name,display,on\nacme,\"Acme, Inc\",true\nglobex,Globex,false\r\n"
	text := `locals { rows = csvdecode(file("c.csv")) }
saml_connection "c" {
  for_each     = { for c in local.rows : c.name => c }
  name         = each.key
  display_name = each.value.display
  show_as_button = each.value.on
  realms       = ["x-${each.value.display}"]
}
`
	f := load(t, Options{Dir: write(t, map[string]string{"main.hcl": text, "c.csv": table})})
	cfg, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	files, stuck := f.Edit([]Edit{
		editOf(t, cfg, `saml_connection.c["acme"] display_name`, `Acme "Corp"`),
		editOf(t, cfg, `saml_connection.c["globex"] show_as_button`, true),
		editOf(t, cfg, `saml_connection.c["globex"] realms`, []any{"y"}),
		editOf(t, cfg, `saml_connection.c["globex"] display_name`, `=HYPERLINK("x")`),
	})
	assert.Equal(t, map[string][]byte{"c.csv": []byte("name,display,on\nacme,\"Acme \"\"Corp\"\"\",true\nglobex,Globex,true\r\n")}, files)
	require.Len(t, stuck, 2)
	assert.Equal(t, `realms = ["y"]`, stuck[2].Write)
	assert.Contains(t, stuck[3].Why, "begins like a formula")
}

// FuzzEdit: an edit that is made gives its row the value that was asked for and
// changes no other, and comments stay.
func FuzzEdit(f *testing.F) {
	for n := range uint16(80) {
		f.Add(laidOut, "https://new.example|x${y}|\n", n)
	}
	f.Add("spa_client \"a\" {\r\n  name = \"x\" # y\r\n  callbacks = [\r\n \"a\",\r\n\"b\" ]\r\n}", "b|c", uint16(1))
	f.Fuzz(func(t *testing.T, text, value string, n uint16) {
		dir := write(t, map[string]string{"main.hcl": text})
		files, ds := Load(Options{Dir: dir})
		cfg, more := files.Evaluate(nil)
		if ds.HasErrors() || more.HasErrors() {
			return
		}
		edits := possible(cfg, value, uint(n)/16)
		if len(edits) == 0 {
			return
		}
		e := edits[int(n)%len(edits)]
		made, stuck := files.Edit([]Edit{e})
		if len(stuck) > 0 {
			return
		}
		again, ds := Load(Options{Dir: dir, Extra: made})
		now, more := again.Evaluate(nil)
		if e.Value == nil && (ds.HasErrors() || more.HasErrors()) {
			return // the block needs it; whoever edits plans the result
		}
		require.Empty(t, append(ds, more...), string(made["main.hcl"]))
		require.Len(t, now.Objects, len(cfg.Objects))
		alone := !files.named(e)
		for k, o := range cfg.Objects {
			for i := range o.Wants {
				row, was, is := &o.Kind.Attrs[i], o.Wants[i].V, now.Objects[k].Wants[i].V
				if o.Addr.Block() == e.Addr && row.Name == e.Row {
					require.True(t, row.Equal(e.Value, is), "%s %s: %v, not %v\n%s", e.Addr, e.Row, is, e.Value, made["main.hcl"])
				} else if alone {
					require.True(t, schema.Same(was, is), "%s %s: %v became %v\n%s", o.Addr, row.Name, was, is, made["main.hcl"])
				}
			}
		}
		if out := made["main.hcl"]; out != nil {
			commentsStay(t, text, string(out))
		}
	})
}

// named: something may refer to the row that is edited, and change with it.
func (f *Files) named(e Edit) bool {
	for _, u := range f.units {
		for _, x := range u.expr.Variables() {
			if x.RootName() == e.Addr.Kind && len(x) > 2 {
				return true
			}
		}
	}
	return false
}

// possible are edits of all rows that the files set, to values of their types.
func possible(cfg *schema.Config, text string, n uint) []Edit {
	var out []Edit
	for _, o := range cfg.Objects {
		if o.Addr.Each {
			continue
		}
		for i := range o.Wants {
			row, w := &o.Kind.Attrs[i], o.Wants[i]
			v := another(row, w.V, text, n)
			if w.Mode == schema.Unmanaged || v == nil && n%4 > 0 || v != nil && !emptied(v) && Writable(row, v) != nil {
				continue
			}
			out = append(out, Edit{Addr: o.Addr, Row: row.Name, Was: w.V, Value: v})
		}
	}
	return out
}

func emptied(v any) bool {
	list, ok := v.([]any)
	return ok && len(list) == 0
}

// another makes a value of the row's type.
func another(row *schema.Attr, was any, text string, n uint) any {
	words := strings.Split(text, "|")
	list, _ := was.([]any)
	switch row.Type {
	case schema.Bool:
		return was != true
	case schema.Number:
		return json.Number(fmt.Sprint(n))
	case schema.List, schema.Set:
		out := []any{}
		for i, e := range list {
			if _, plain := e.(string); plain && n>>uint(i%8)&1 == 0 {
				out = append(out, e)
			}
		}
		for _, w := range words {
			if !slices.Contains(out, any(w)) {
				out = slices.Insert(out, int(n)%(len(out)+1), any(w))
			}
		}
		return out
	case schema.Map:
		out := map[string]any{}
		m, _ := was.(map[string]any)
		for k, v := range m {
			if len(k)%2 == int(n%2) {
				out[k] = v
			} else if n%3 == 0 {
				out[k] = text
			}
		}
		out[words[0]] = text
		return out
	case schema.Query:
		return schema.EncodeQuery([]schema.Param{{Key: "response_type", Value: "id_token"}, {Key: "scope", Value: words[0]}, {Key: "state", Value: text}})
	case schema.Refs:
		return list[:len(list)/2]
	case schema.Objects:
		return append(slices.Clone(list[len(list)/2:]), map[string]any{row.Key: text})
	case schema.String, schema.Cert:
		return text
	default:
		return nil
	}
}

// commentsStay: every comment is there still, unless its line went with an
// element or an attribute that was taken out.
func commentsStay(tb testing.TB, was, is string) {
	tb.Helper()
	lines := strings.Split(was, "\n")
	tokens, _ := hclsyntax.LexConfig([]byte(was), "", hcl.InitialPos)
	for _, tok := range tokens {
		comment := strings.TrimSpace(string(tok.Bytes))
		alone := strings.HasPrefix(strings.TrimSpace(lines[tok.Range.Start.Line-1]), comment)
		if tok.Type == hclsyntax.TokenComment && alone && !strings.Contains(comment, "\n") {
			require.Contains(tb, is, comment)
		}
	}
}
