package terraform_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt/terraform"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

func write(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(tb, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(tb, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

// beside is what stands around the resource of every case.
const beside = `
variable "app" { default = "https://app.example.com" }
variable "stages" { default = ["dev", "prod"] }
locals { ids = toset(["a", "b"]) }
resource "auth0_client" "one" {
  name            = "One"
  app_type        = "spa"
  oidc_conformant = true
  grant_types     = ["authorization_code"]
  jwt_configuration { alg = "RS256" }
}
resource "auth0_client" "each" {
  for_each = local.ids
  name     = each.key
  app_type = "spa"
}
resource "auth0_client" "counted" {
  count    = 2
  name     = "Number ${count.index}"
  app_type = "spa"
}
resource "auth0_resource_server" "orders" {
  name       = "Orders"
  identifier = "https://orders.example.com"
}
resource "auth0_connection" "acme" {
  name     = "acme"
  strategy = "samlp"
  options {
    sign_in_endpoint = "https://idp.example.com"
  }
}
`

type expression struct{ name, terraform, tacit string }

// expressions are Terraform's ways to say things, and what of the result shows
// how tacit says them.
func expressions() []expression {
	output := func(value string) string { return "output \"x\" {\n  value = " + value + "\n}\n" }
	return []expression{
		{"id of a client", output(`auth0_client.one.id`), `value = spa_client.one.client_id`},
		{"client id", output(`auth0_client.one.client_id`), `value = spa_client.one.client_id`},
		{"instance", output(`auth0_client.each["a"].id`), `value = spa_client.each["a"].client_id`},
		{"number", output(`auth0_client.counted[1].id`), `value = spa_client.counted["1"].client_id`},
		{"splat", output(`auth0_client.counted[*].id`), `value = [for x in spa_client.counted : x.client_id]`},
		{"old splat", output(`auth0_client.counted.*.id`), `value = [for x in spa_client.counted : x.client_id]`},
		{"for", output(`{ for k, c in auth0_client.each : k => c.id }`), `value = { for k, c in spa_client.each : k => c.id }`},
		{"template", output(`"${var.app}/x/${auth0_resource_server.orders.identifier}"`), `value = "${var.app}/x/${api.orders.identifier}"`},
		{"conditional", output(`var.app == "" ? null : upper(auth0_client.one.name)`), `value = var.app == "" ? null : upper(spa_client.one.name)`},
		{"nested attribute", output(`auth0_connection.acme.options[0].sign_in_endpoint`), `value = saml_connection.acme.sign_in_endpoint`},
		{"heredoc", output("<<-EOT\n  one\n  ${var.app}\nEOT"), "value = <<-EOT"},
		{"base64 of a file", output(`filebase64("${path.module}/idp/acme.pem")`), `value = base64encode(file("idp/acme.pem"))`},
		{"files", output(`[for n in var.stages : file("idp/${n}.pem")]`), `value = [for n in var.stages : file("idp/${n}.pem")]`},
		{"count", "", `for_each = toset([for n in range(2) : tostring(n)])`},
		{"count.index", "", `name     = "Number ${tonumber(each.key)}"`},
		{
			"grants one by one", `
resource "auth0_client_grant" "g" {
  count     = 2
  client_id = auth0_client.counted[count.index].id
  audience  = auth0_resource_server.orders.identifier
  scopes    = ["read:${count.index}"]
}`, `spa_client.counted[each.key]`,
		},
		{
			"clients of a connection one by one", `
resource "auth0_connection_client" "c" {
  for_each      = toset([auth0_client.one.id, auth0_client.each["a"].id])
  connection_id = auth0_connection.acme.id
  client_id     = each.value
}`, `clients          = [spa_client.one, spa_client.each["a"]]`,
		},
		{
			"scopes one by one", `
resource "auth0_resource_server_scope" "s" {
  for_each                   = { "read:a" = "Read", "write:a" = "Write" }
  resource_server_identifier = auth0_resource_server.orders.identifier
  scope                      = each.key
  description                = each.value
}`, `labels   = [scope.key]

    content {
      description = scope.value
    }`,
		},
		{
			"dynamic scopes", `
resource "auth0_resource_server_scopes" "s" {
  resource_server_identifier = auth0_resource_server.orders.id
  dynamic "scopes" {
    for_each = toset(["read:a", "read:b"])
    content {
      name = scopes.value
    }
  }
}`, `labels   = [scope.value]`,
		},
		{
			"dynamic block", `
resource "auth0_connection" "b" {
  name     = "b"
  strategy = "samlp"
  options {
    dynamic "idp_initiated" {
      for_each = var.app == "" ? [] : [1]
      content {
        enabled                = true
        client_id              = auth0_client.one.id
        client_authorize_query = "response_type=code"
      }
    }
  }
}`, `client                = spa_client.one
      client_authorizequery = "response_type=code"`,
		},
		{
			"existing", `
data "auth0_client" "old" { name = "Old" }
resource "auth0_connection_client" "old" {
  connection_id = auth0_connection.acme.id
  client_id     = data.auth0_client.old.client_id
}`, `clients          = [client.old]`,
		},
		{
			"nothing is managed", `
resource "auth0_resource_server" "left" {
  identifier = "urn:left"
  lifecycle { ignore_changes = all }
}`, "existing   = true\n  identifier = \"urn:left\"",
		},
		{
			"null, numbers as text, texts as numbers", `
resource "auth0_tenant" "t" {
  support_url      = null
  session_lifetime = "12"
  sandbox_version  = 22
}`, "session_lifetime = 12\n  sandbox_version  = \"22\"",
		},
	}
}

func text(out *terraform.Converted) string {
	var all strings.Builder
	for name, text := range out.Files {
		if strings.HasSuffix(name, ".hcl") {
			all.Write(text)
		}
	}
	return all.String()
}

func TestExpressions(t *testing.T) {
	for _, e := range expressions() {
		t.Run(e.name, func(t *testing.T) {
			pems := map[string]string{"main.tf": beside + e.terraform, "idp/acme.pem": "x", "idp/dev.pem": "x", "idp/prod.pem": "x"}
			out, ds := terraform.Convert(terraform.Options{Dir: write(t, pems)})
			require.False(t, ds.HasErrors(), "%v", ds)
			assert.Contains(t, text(out), e.tacit)
			assert.Empty(t, only(out.Skipped, "var."), "%v", text(out))
			files, ds := hclconf.Load(hclconf.Options{Dir: "none", Extra: out.Files})
			_, more := files.Evaluate(nil)
			assert.False(t, append(ds, more...).HasErrors(), "%v\n%s", append(ds, more...), text(out))
		})
	}
}

// only are the notes that are not about something with the prefix.
func only(list []terraform.Note, not string) []terraform.Note {
	var out []terraform.Note
	for _, n := range list {
		if !strings.HasPrefix(n.What, not) {
			out = append(out, n)
		}
	}
	return out
}

// lines lets blocks with several attributes stand on one line of a table.
var lines = strings.NewReplacer("{ ", "{\n", " }", "\n}", "; ", "\n")

// TestLeftOut: what has no counterpart is listed with its place, a comment
// stands where it would be, and what refers to it goes the same way.
func TestLeftOut(t *testing.T) {
	for name, c := range map[string]struct{ terraform, what, why string }{
		"function":       {`output "x" { value = templatefile("a.tpl", {}) }`, "output.x", "tacit has no function templatefile"},
		"environment":    {`output "x" { value = env("HOME") }`, "output.x", "tacit has no function env"},
		"outside":        {`output "x" { value = file("../secret") }`, "output.x", "outside of the directory"},
		"missing file":   {`output "x" { value = file("nowhere.pem") }`, "output.x", "not there"},
		"private key":    {`output "x" { value = file("key.pem") }`, "output.x", "private key"},
		"other resource": {`output "x" { value = aws_s3_bucket.b.id }`, "output.x", "nothing declares aws_s3_bucket.b"},
		"workspace":      {`output "x" { value = terraform.workspace }`, "output.x", "tacit has no terraform.workspace"},
		"client secret":  {`output "x" { value = auth0_client.one.client_secret }`, "output.x", "Auth0 makes it"},
		"not set":        {`output "x" { value = auth0_client.one.description }`, "output.x", "not in the configuration"},
		"lost local":     {"locals { b = uuid() }\noutput \"x\" { value = local.b }", "output.x", "local.b is not converted"},
		"secret local":   {`locals { s = { client_secret = "abc" } }` + "\n" + `output "x" { value = local.s }`, "local.s", "looks like a secret"},
		"deep secret":    {`locals { s = { client_secret = { value = "abc" } } }` + "\n" + `output "x" { value = local.s }`, "local.s", "looks like a secret"},
		"unused local":   {`locals { s = "abc" }`, "local.s", "nothing that was converted refers to it"},
		"local of a secret": {`locals { s = "abc" }` + "\n" + `resource "auth0_resource_server" "x" {
  identifier     = "urn:x"
  signing_secret = local.s
}`, "local.s", "nothing that was converted refers to it"},
		"other tenant":     {`resource "auth0_client" "x" { provider = auth0.other }`, "auth0_client.x", "another tenant"},
		"other strategy":   {`resource "auth0_connection" "x" { strategy = "oidc" }`, "auth0_connection.x", "its strategy is oidc"},
		"computed name":    {`resource "auth0_connection" "x" { name = uuid(); strategy = "samlp" }`, "auth0_connection.x", "its name has no counterpart: tacit has no function uuid"},
		"setting":          {`resource "auth0_resource_server" "x" { identifier = "urn:x"; verification_location = "y" }`, "auth0_resource_server.x.verification_location", "no such setting"},
		"signing secret":   {`resource "auth0_resource_server" "x" { identifier = "urn:x"; signing_secret = "0123456789abcdef" }`, "auth0_resource_server.x.signing_secret", "secrets are not copied"},
		"ignored":          {`resource "auth0_resource_server" "x" { identifier = "urn:x"; name = "n"; lifecycle { ignore_changes = [name] } }`, "auth0_resource_server.x.name", "Terraform ignores changes to it"},
		"relation":         {`resource "auth0_connection_client" "x" { connection_id = "con_1"; client_id = "c" }`, "auth0_connection_client.x", "nothing that was converted"},
		"moved":            {`moved { from = auth0_client.a }`, "moved", "Terraform's state"},
		"variable default": {`variable "api_secret" { default = "abc" }` + "\n" + `output "x" { value = var.api_secret }`, "var.api_secret.default", "TACIT_VAR_api_secret"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{"main.tf": beside, "x.tf": lines.Replace(c.terraform), "key.pem": "-----BEGIN PRIVATE KEY-----"})
			out, ds := terraform.Convert(terraform.Options{Dir: dir})
			require.False(t, ds.HasErrors(), "%v", ds)
			notes := map[string]string{}
			for _, n := range append(out.Skipped, out.Remarks...) {
				notes[n.What] = n.Why
				require.NotNil(t, n.Src)
			}
			require.Contains(t, notes, c.what)
			assert.Contains(t, notes[c.what], c.why)
			assert.NotContains(t, text(out), "0123456789abcdef")
			assert.NotContains(t, text(out), `"abc"`)
		})
	}
}
