package hclconf

import (
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

// sample is a document of the package that reads them.
func sample(tb testing.TB, name string) string {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "saml", "testdata", filepath.FromSlash(name)))
	require.NoError(tb, err)
	return string(raw)
}

// acme is a moment at which the certificate of usable.xml is valid.
var acme = time.Date(2028, 6, 1, 0, 0, 0, 0, time.UTC)

// connection evaluates a saml_connection "acme" with these arguments, beside
// the documents that the tests name.
func connection(t *testing.T, now time.Time, body string) (*schema.Object, schema.Diagnostics) {
	t.Helper()
	files := map[string]string{"main.hcl": "variable \"secret\" {\n  default = \"\"\n  sensitive = true\n}\nspa_client \"portal\" { name = \"Portal\" }\nsaml_connection \"acme\" {\n  name = \"acme\"\n" + body + "\n}\n"}
	for _, name := range []string{"usable", "post-only", "rollover", "several", "no-certificate", "service-provider"} {
		files["idp/"+name+".xml"] = sample(t, "metadata/"+name+".xml")
	}
	for _, name := range []string{"rsa2048", "rsa2048-next", "ec256"} {
		files["idp/"+name+".pem"] = sample(t, "certs/"+name+".pem")
	}
	f, ds := Load(Options{Dir: write(t, files), Now: now})
	config, more := f.Evaluate(nil)
	return config.Object(schema.Address{Kind: "saml_connection", Name: "acme"}), append(ds, more...)
}

// derived are the values of the rows that a document stands for.
func derived(o *schema.Object) map[string]any {
	out := map[string]any{}
	for _, name := range []string{rowSignIn, rowSignOut, rowBinding, rowCert, rowMetadata, rowEntity} {
		if w := o.Want(name); w.Mode != schema.Unmanaged {
			out[name] = w.V
		}
	}
	return out
}

func TestMetadataBecomesWants(t *testing.T) {
	const redirect, post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	const xml = `metadata_xml = file("idp/usable.xml")` + "\n"
	cert, next := sample(t, "certs/rsa2048.pem"), sample(t, "certs/rsa2048-next.pem")
	usable := map[string]any{
		rowSignIn: "https://idp.acme.example/sso/redirect", rowBinding: redirect,
		rowSignOut: "https://idp.acme.example/slo/redirect", rowCert: cert,
	}
	with := func(changes map[string]any) map[string]any {
		out := maps.Clone(usable)
		for k, v := range changes {
			if out[k] = v; v == unmanaged {
				delete(out, k)
			}
		}
		return out
	}
	for name, tt := range map[string]struct {
		body string
		want map[string]any
	}{
		"a document":          {xml, usable},
		"null":                {`metadata_xml = null`, map[string]any{}},
		"a document or a URL": {xml + `metadata_url = null`, usable},
		"null beside it":      {xml + "signing_cert = null\nsign_in_endpoint = null", usable},
		"POST only":           {`metadata_xml = file("idp/post-only.xml")`, with(map[string]any{rowSignIn: "https://idp.acme.example/sso/post", rowBinding: post, rowSignOut: unmanaged})},
		"the other binding":   {xml + `protocol_binding = "` + post + `"`, with(map[string]any{rowSignIn: "https://idp.acme.example/sso/post", rowBinding: post})},
		"the other URL":       {xml + `sign_in_endpoint = "https://idp.acme.example/sso/post"`, with(map[string]any{rowSignIn: "https://idp.acme.example/sso/post", rowBinding: post})},
		"empty binding":       {xml + `protocol_binding = ""`, with(map[string]any{rowBinding: ""})},
		"the same":            {xml + `sign_in_endpoint = "https://idp.acme.example/sso/redirect"`, usable},
		"the same in base64":  {xml + `signing_cert = base64encode(file("idp/rsa2048.pem"))`, with(map[string]any{rowCert: base64.StdEncoding.EncodeToString([]byte(cert))})},
		"no sign-out":         {xml + `sign_out_endpoint = ""`, with(map[string]any{rowSignOut: ""})},
		"sign-out reset":      {xml + `reset = ["sign_out_endpoint"]`, with(map[string]any{rowSignOut: nil})},
		"another certificate": {`metadata_xml = file("idp/rollover.xml")` + "\n" + `signing_cert = file("idp/rsa2048-next.pem")`,
			with(map[string]any{rowCert: next, rowSignOut: unmanaged})},
		"certificate given": {`metadata_xml = file("idp/no-certificate.xml")` + "\n" + `signing_cert = file("idp/rsa2048.pem")`,
			with(map[string]any{rowSignOut: unmanaged})},
		"one of several": {`metadata_xml = file("idp/several.xml")` + "\n" + `metadata_entity_id = "https://two.example/idp"`,
			with(map[string]any{rowSignIn: "https://two.example/sso", rowSignOut: unmanaged, rowCert: next})},
	} {
		t.Run(name, func(t *testing.T) {
			o, ds := connection(t, acme, tt.body)
			require.Empty(t, ds)
			assert.Equal(t, tt.want, derived(o))
		})
	}
}

// unmanaged marks a row that a case leaves alone; nil is the API's null.
const unmanaged = "unmanaged"

func TestMetadataIsReferredTo(t *testing.T) {
	text := sample(t, "metadata/usable.xml")
	dir := write(t, map[string]string{"acme.xml": text, "main.hcl": `
saml_connection "acme" {
  for_each     = toset(["a", "b"])
  name         = each.key
  metadata_xml = file("acme.xml")
}
saml_connection "copy" {
  for_each         = saml_connection.acme
  name             = "copy-${each.key}"
  sign_in_endpoint = each.value.sign_in_endpoint
  display_name     = saml_connection.acme["b"].protocol_binding
}
`})
	f := load(t, Options{Dir: dir, Now: acme})
	config, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	o := object(t, config, `saml_connection.copy["a"]`)
	assert.Equal(t, "https://idp.acme.example/sso/redirect", o.Want(rowSignIn).V)
	assert.Equal(t, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", o.Want("display_name").V)
	assert.Len(t, f.documents, 1, "a text is read once")
}

// TestMetadataMovesWithTime: only the injected clock decides.
func TestMetadataMovesWithTime(t *testing.T) {
	for year, cert := range map[int]string{2028: "rsa2048", 2036: "rsa2048-next"} {
		o, ds := connection(t, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), `metadata_xml = file("idp/rollover.xml")`)
		require.Empty(t, ds)
		assert.Equal(t, sample(t, "certs/"+cert+".pem"), o.Want(rowCert).V)
	}
}

func TestSeveralSigningCertificates(t *testing.T) {
	at := time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC)
	o, ds := connection(t, at, `metadata_xml = file("idp/rollover.xml")`)
	require.Len(t, ds, 1)
	assert.Equal(t, schema.Warning, ds[0].Severity)
	assert.Regexp(t, `idp/rollover.xml has 2, and Auth0 holds one. tacit takes the one that lasts longest, SHA-1 [0-9a-f]{8} \(until 2040-01-01\), and not SHA-1 [0-9a-f]{8} \(until 2035-01-01\)`, ds[0].Detail)
	assert.Equal(t, sample(t, "certs/rsa2048-next.pem"), o.Want(rowCert).V)
	o, ds = connection(t, at, `metadata_xml = file("idp/rollover.xml")
signing_cert = file("idp/rsa2048.pem")`)
	require.Empty(t, ds)
	assert.Equal(t, sample(t, "certs/rsa2048.pem"), o.Want(rowCert).V)
}

func TestSensitiveMetadata(t *testing.T) {
	o, ds := connection(t, acme, `metadata_xml = sensitive(file("idp/usable.xml"))`)
	require.Empty(t, ds)
	for _, name := range []string{rowSignIn, rowBinding, rowSignOut, rowCert} {
		assert.True(t, o.Want(name).Sensitive, name)
	}
	_, ds = connection(t, acme, `metadata_xml = sensitive("<hunter2")`)
	require.True(t, ds.HasErrors())
	assert.NotContains(t, ds[0].Detail, "hunter2")
	assert.Nil(t, ds[0].Snippet)
}

// TestMetadataOverIDs: a document that depends on an id is read once the id is
// known.
func TestMetadataOverIDs(t *testing.T) {
	dir := write(t, map[string]string{"acme.xml": sample(t, "metadata/usable.xml"), "main.hcl": `
spa_client "portal" { name = "Portal" }
saml_connection "acme" {
  name         = "acme"
  metadata_xml = replace(file("acme.xml"), "sso/redirect", spa_client.portal.client_id)
}
`})
	f := load(t, Options{Dir: dir, Now: acme})
	config, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	w := object(t, config, "saml_connection.acme").Want(rowSignIn)
	assert.True(t, w.Unknown)
	config, ds = f.Evaluate(knownIDs)
	require.Empty(t, ds)
	w = object(t, config, "saml_connection.acme").Want(rowSignIn)
	assert.False(t, w.Unknown)
	assert.Equal(t, "https://idp.acme.example/ID-spa_client-portal", w.V)
}

// federation is a configuration with n connections of a document each.
func federation(tb testing.TB, n int) string {
	tb.Helper()
	files := map[string]string{"main.hcl": `
locals { all = { for f in fileset("idp", "*.xml") : trimsuffix(f, ".xml") => f } }
saml_connection "customer" {
  for_each     = local.all
  name         = each.key
  metadata_xml = file("idp/${each.value}")
}
`}
	text := sample(tb, "metadata/usable.xml")
	for i := range n {
		files[fmt.Sprintf("idp/c%05d.xml", i)] = strings.ReplaceAll(text, "acme", fmt.Sprintf("c%d", i))
	}
	return write(tb, files)
}

func TestMetadataWorkGrowsLinearly(t *testing.T) {
	f := load(t, Options{Dir: federation(t, 300), Now: acme})
	config, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	require.Len(t, config.Objects, 300)
	assert.Len(t, f.documents, 300)
	assert.LessOrEqual(t, f.steps.evaluations, 4*300)
	assert.Equal(t, "https://idp.c7.example/sso/redirect", object(t, config, `saml_connection.customer["c00007"]`).Want(rowSignIn).V)
}

func BenchmarkFiveThousandDocuments(b *testing.B) {
	dir := federation(b, 5000)
	b.ReportAllocs()
	for b.Loop() {
		f, ds := Load(Options{Dir: dir, Now: acme})
		require.Empty(b, ds)
		_, ds = f.Evaluate(nil)
		require.Empty(b, ds)
	}
}
