package hclconf

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

// TestWrite shows the layout of everything that a block may hold.
func TestWrite(t *testing.T) {
	portal := schema.Address{Kind: "spa_client", Name: "portal"}
	d := Document{
		Above: []string{"From example.eu.auth0.com."},
		Blocks: []Block{
			{Type: "locals", Args: []Arg{{"customers", Code(`{ for c in csvdecode(file("customers.csv")) : c.name => c }`)}}},
			{
				Kind: schema.SPAClient, Name: "portal", Above: []string{"The portal.\n}\n# tacit:ignore TAC101 it ends here \u202e"},
				Values: map[string]any{
					"name": `Portal "${x}" %{ if } \ done`, "callbacks": []any{"https://a.example/cb"}, "is_first_party": false,
					"allowed_logout_urls": []any{"https://one.example/with/a/long/path", "https://two.example/with/another/long/path"},
					"client_metadata":     map[string]any{"for": "x", "a b": "y", "team": "blue"}, "refresh_token.leeway": json.Number("0.5"),
				},
			},
			{
				Kind: schema.SAMLConnection, Name: "customer", Args: []Arg{{"for_each", Code("local.customers")}},
				Values: map[string]any{
					"name": Code("each.key"), "idp_initiated.enabled": true, "idp_initiated.client": schema.RefTo(portal),
					"idp_initiated.query": QueryBlock{{"response_type", []any{"id_token"}}, {"redirect_uri", Code(`"https://a.example/${each.key}"`)}},
					"realms":              []any{&schema.Template{Parts: []schema.Part{{Lit: "a${"}, {Addr: &portal}}}},
				},
				Below: []string{"decryption_key is set on the tenant and stays there."},
			},
			{Kind: schema.SAMLConnection, Name: "flawed", Off: true, Values: map[string]any{"name": "flawed", "idp_initiated.enabled": false, "idp_initiated.query": "scope=openid+email"}},
			{Kind: schema.API, Name: "orders", Values: map[string]any{
				"identifier": "https://api.example", "scope": []any{map[string]any{"value": "read:${x}", "description": "Read"}, map[string]any{"value": "write"}},
				"subject_type_authorization.user.policy": "deny_all",
			}},
		},
	}
	want := `# From example.eu.auth0.com.

locals {
  customers = { for c in csvdecode(file("customers.csv")) : c.name => c }
}

# The portal. } # tacit ignore TAC101 it ends here ?
spa_client "portal" {
  name           = "Portal \"$${x}\" %%{ if } \\ done"
  is_first_party = false
  callbacks      = ["https://a.example/cb"]
  allowed_logout_urls = [
    "https://one.example/with/a/long/path",
    "https://two.example/with/another/long/path",
  ]
  client_metadata = { "a b" = "y", "for" = "x", team = "blue" }

  refresh_token {
    leeway = 0.5
  }
}

saml_connection "customer" {
  for_each = local.customers
  name     = each.key
  realms   = ["a$${${spa_client.portal.client_id}"]

  idp_initiated {
    enabled = true
    client  = spa_client.portal

    query {
      response_type = ["id_token"]
      redirect_uri  = "https://a.example/${each.key}"
    }
  }

  # decryption_key is set on the tenant and stays there.
}

# saml_connection "flawed" {
#   name = "flawed"
#
#   idp_initiated {
#     enabled               = false
#     client_authorizequery = "scope=openid+email"
#   }
# }

api "orders" {
  identifier = "https://api.example"

  scope "read:$${x}" {
    description = "Read"
  }

  scope "write" {}

  subject_type_authorization {
    user {
      policy = "deny_all"
    }
  }
}
`
	require.Equal(t, want, string(d.Bytes()))
	out, ds := Format("main.hcl", d.Bytes())
	require.Empty(t, ds)
	require.Equal(t, string(d.Bytes()), string(out), "fmt has nothing to do")
}

func TestAsQueryBlock(t *testing.T) {
	for raw, block := range map[string]bool{
		"response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fa.example%2F": true,
		"redirect_uri=https://a.example/cb&timeout=30":                                        true,
		"scope=openid profile email":                                                          true,
		"response_type=token+id_token&scope=openid+email":                                     false,
		"scope=openid,profile":                                                                false,
		"redirect_uri=https://a.example/?x=1":                                                 false,
		"redirect_uri=https://a.example&redirect_uri=":                                        false,
		"?scope=openid": false,
		"scope=%zz":     false,
		"a.b=c":         false,
		"":              false,
	} {
		q, ok := AsQueryBlock(raw)
		assert.Equal(t, block, ok, raw)
		if !ok {
			continue
		}
		text := Document{Blocks: []Block{{Kind: schema.SAMLConnection, Name: "x", Values: map[string]any{"name": "x", "idp_initiated.enabled": true, "idp_initiated.query": q}}}}.Bytes()
		got, _ := object(t, evaluate(t, string(text), nil), "saml_connection.x").Want("idp_initiated.query").V.(string)
		assert.True(t, schema.ParseQuery(got).Equal(schema.ParseQuery(raw)), got)
	}
}

// FuzzWrite: what is written for a value that Writable lets pass loads, and
// evaluates to that value.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{
		`"x"`, `"a\"b\\c${d}%{e}$${f}%%{g}$"`, `"line\nbreak\r\ttab\u0000\u202e\u2028"`, `"é e\u0301"`, `0.0833`, `-1e-7`, `1e400`, `true`, `[]`, `["a","b"]`, `[1,null,{"x":[]}]`,
		`{"for":{"null":null,"a.b":1,"${x}":"y"},"true":false}`, `{}`, `"response_type=id_token&scope=openid email"`, `[{"value":"read:x","description":"R"},{"value":"${y}"}]`, `"$${$"`, `"%"`,
	} {
		f.Add(s, "a comment \n } tacit:ignore")
	}
	f.Fuzz(func(t *testing.T, text, remark string) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return
		}
		for _, k := range []*schema.Kind{schema.SPAClient, schema.SAMLConnection, schema.API} {
			tried := map[schema.Type]bool{}
			for i := range k.Attrs {
				row := &k.Attrs[i]
				if tried[row.Type] || row.Has(schema.Internal) || row.Has(schema.Local) || row.Type == schema.Ref || row.Type == schema.Refs || Writable(row, v) != nil {
					continue
				}
				tried[row.Type] = true
				values := map[string]any{"name": "x", "identifier": "x", "idp_initiated.enabled": true, row.Name: v}
				for name := range values {
					if k.Attr(name) == nil {
						delete(values, name)
					}
				}
				doc := Document{Above: []string{remark}, Blocks: []Block{{Kind: k, Name: "x", Above: []string{remark}, Below: []string{remark}, Values: values}}}
				out := doc.Bytes()
				files, ds := Load(Options{Dir: "none", Extra: map[string][]byte{"main.hcl": out}})
				require.Empty(t, ds, string(out))
				config, ds := files.Evaluate(nil)
				require.False(t, ds.HasErrors(), "%s\n%v", out, ds)
				require.Len(t, config.Objects, 1)
				got := config.Objects[0].Want(row.Name).V
				require.True(t, row.Equal(v, got) && row.Equal(got, v), "%s: %v is read as %v\n%s", row.Name, v, got, out)
				doc.Blocks[0].Off = true
				files, ds = Load(Options{Dir: "none", Extra: map[string][]byte{"main.hcl": doc.Bytes()}})
				require.Empty(t, ds)
				require.Empty(t, files.blocks)
				again, ds := Format("main.hcl", out)
				require.Empty(t, ds)
				require.True(t, bytes.Equal(out, again), "%s\n%s", out, again)
			}
		}
	})
}
