package view_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
)

// snippet marks the part of code between « and ».
func snippet(context, code string, line int) *schema.Snippet {
	start := strings.Index(code, "«")
	code = strings.Replace(code, "«", "", 1)
	end := strings.Index(code, "»")
	return &schema.Snippet{Context: context, Code: strings.Replace(code, "»", "", 1), StartLine: line, Start: start, End: end}
}

func mistakes() schema.Diagnostics {
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("saml_connection.customer[\"acme%03d\"]", i))
	}
	return schema.Diagnostics{
		{
			Severity: schema.Error, Summary: "Not an origin", Subject: at("main.hcl", 14, 18),
			Detail:  "\"https://app.example.com/\" has a path; an origin is scheme, host and port only: write \"https://app.example.com\".",
			Snippet: snippet(`spa_client "portal"`, "  web_origins = [«\"https://app.example.com/\"»]", 14),
		},
		{
			Severity: schema.Error, Summary: "Unknown attribute", Subject: at("main.hcl", 98, 3), Instances: many,
			Detail:  "saml_connection has no attribute \"singin_endpoint\". Did you mean sign_in_endpoint?",
			Snippet: snippet(`saml_connection "customer"`, "\t«singin_endpoint»\t= each.value.url", 98),
		},
		{
			Severity: schema.Error, Summary: "Declared twice", Subject: at("z.hcl", 3, 1), Also: []schema.Range{*at("a.hcl", 9, 1)},
			Detail: "Two blocks have one name.", Instances: []string{"spa_client.portal"},
		},
		{
			Severity: schema.Warning, Summary: "Long line", Subject: at("z.hcl", 9, 1),
			Snippet: snippet("", "  signing_cert = \""+strings.Repeat("MIIC", 60)+"«"+strings.Repeat("x", 12)+"»"+strings.Repeat("AQAB", 60)+"\"", 9),
		},
		{
			Severity: schema.Warning, Summary: "Many lines", Subject: at("z.hcl", 96, 3),
			Snippet: snippet("", "  callbacks = «[\n"+strings.Repeat("    \"https://app.example.com\",\n", 10)+"  ]»", 96),
		},
		{Severity: schema.Error, Summary: "AUTH0_DOMAIN and the tenant block name different tenants, and tacit will not guess which of the two you meant"},
		{Severity: schema.Error, Summary: "Missing brace", Subject: at("zz.hcl", 5, 9), Snippet: snippet("", "  name = «»", 5)},
	}
}

func TestDiagnostics(t *testing.T) {
	golden(t, "diagnostics", func(p *view.Printer) { p.Diagnostics(mistakes()) })
}

func TestSnippetsOutsideTheCode(t *testing.T) {
	for _, v := range [][2]int{{-5, -1}, {-5, 3}, {50, 60}, {3, 1}, {0, 0}, {0, 1000}, {5, 5}} {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			out := render(t, view.Options{}, func(p *view.Printer) {
				p.Diagnostics(schema.Diagnostics{{
					Severity: schema.Error, Summary: "x", Subject: at("f", 1, 1),
					Snippet: &schema.Snippet{Code: "äöü\nab", StartLine: 1, Start: v[0], End: v[1]},
				}})
			})
			assert.Contains(t, out, "1: äöü")
		})
	}
}
