package certs_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// issuer makes certificates of one key, which is what takes time.
type issuer struct{ key *rsa.PrivateKey }

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return &issuer{key}
}

// pem is a certificate that expires in so many days, and began 100 days before.
func (i *issuer) pem(t *testing.T, name string, days int) string {
	t.Helper()
	end := now.Add(time.Duration(days) * 24 * time.Hour)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: end.Add(-100 * 24 * time.Hour), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &i.key.PublicKey, i.key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// metadata is a document with these certificates.
func metadata(entity string, pems ...string) string {
	keys := ""
	for _, p := range pems {
		block, _ := pem.Decode([]byte(p))
		keys += `<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` +
			base64.StdEncoding.EncodeToString(block.Bytes) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>\n"
	}
	return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + entity + `">` + "\n" +
		`<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + "\n" + keys +
		`<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>` + "\n"
}

// directory is a loaded configuration.
type directory struct {
	cfg *schema.Config
	at  *certs.Origins
	dir string
}

func load(t *testing.T, files map[string]string) *directory {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	f, ds := hclconf.Load(hclconf.Options{Dir: dir, Now: now})
	cfg, more := f.Evaluate(nil)
	require.False(t, append(ds, more...).HasErrors(), "%v", append(ds, more...))
	return &directory{cfg, certs.Find(f, dir), dir}
}

func (d *directory) connection(t *testing.T, name string) *schema.Object {
	t.Helper()
	for _, o := range certs.Connections(d.cfg) {
		if certs.Name(o) == name {
			return o
		}
	}
	t.Fatalf("no connection %s", name)
	return nil
}

// lines are the rows in short.
func (d *directory) lines(l *certs.List) []string {
	var out []string
	for _, r := range l.Rows {
		subject := "-"
		if r.Certificate != nil {
			subject = r.Certificate.Subject
		}
		file, err := filepath.Rel(d.dir, r.File)
		if err != nil {
			file = r.File
		}
		out = append(out, fmt.Sprintf("%s %s %s used=%v due=%v %s:%d %s %s (%s)", r.Connection, r.Use, subject, r.Used, r.Due, filepath.ToSlash(file), r.Line, r.From, r.Live, r.Note))
	}
	return out
}

func block(name, rest string) string {
	return fmt.Sprintf("saml_connection %q {\nname = %q\n%s\n}\n", name, name, rest)
}

const signIn = "sign_in_endpoint = \"https://idp.example.com/sso\"\n"

func live(t *testing.T, name, options string) *schema.Observed {
	t.Helper()
	var raw map[string]any
	require.NoError(t, json.Unmarshal([]byte(options), &raw))
	return &schema.Observed{Raw: map[string]any{"name": name, "options": raw}}
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return string(b)
}

func TestDeclared(t *testing.T) {
	i := newIssuer(t)
	a, b, c, d, next := i.pem(t, "a", 10), i.pem(t, "b", 300), i.pem(t, "c", -5), i.pem(t, "d", 90), i.pem(t, "next", 95)
	w := load(t, map[string]string{
		"idp/acme.pem": "bag attributes\n" + a, "idp/globex.xml": metadata("urn:g", d, next), "dec.pem": c,
		"main.hcl": block("acme", signIn+`signing_cert = file("idp/${"acme"}.pem")
decryption_key = { key = "secret", cert = file("dec.pem") }`) +
			block("globex", `metadata_xml = file("idp/globex.xml")`) +
			block("inline", signIn+"signing_cert = <<-EOT\n"+b+"EOT") +
			block("url", `metadata_url = "https://idp.example.com/metadata"`) +
			"saml_connection \"theirs\" {\nexisting = true\nname = \"theirs\"\n}\n",
	})
	l := certs.NewList(certs.Declared(w.cfg, w.at), now, 30*24*time.Hour)
	assert.Equal(t, []string{
		"acme decryption CN=c used=true due=true main.hcl:5 files  ()",
		"acme idp_signing CN=a used=true due=true idp/acme.pem:2 files  ()",
		"globex idp_signing CN=d used=false due=false idp/globex.xml:3 files  (stands beside the one that Auth0 is given)",
		"globex idp_signing CN=next used=true due=false idp/globex.xml:4 files  ()",
		"inline idp_signing CN=b used=true due=false main.hcl:" + fmt.Sprint(lineOf(t, w, "signing_cert = <<-EOT")) + " files  ()",
		"theirs idp_signing - used=false due=false main.hcl:" + fmt.Sprint(lineOf(t, w, "saml_connection \"theirs\"")) + " files  (only the tenant knows it)",
		"url idp_signing - used=false due=false main.hcl:" + fmt.Sprint(lineOf(t, w, "metadata_url")) + " files  (Auth0 reads it from metadata_url; only the tenant knows it)",
	}, w.lines(l))
	assert.Equal(t, 2, l.Due)
	out, err := json.Marshal(l)
	require.NoError(t, err)
	assert.NotContains(t, string(out), "secret")
}

func lineOf(t *testing.T, w *directory, text string) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.dir, "main.hcl"))
	require.NoError(t, err)
	before, _, ok := strings.Cut(string(raw), text)
	require.True(t, ok)
	return strings.Count(before, "\n") + 1
}

func TestMerge(t *testing.T) {
	i := newIssuer(t)
	a, b, c := i.pem(t, "a", 10), i.pem(t, "b", 20), i.pem(t, "c", 30)
	w := load(t, map[string]string{"a.pem": a, "both.xml": metadata("urn:b", b, c), "main.hcl": block("same", signIn+`signing_cert = file("a.pem")`) +
		block("other", signIn+`signing_cert = file("a.pem")`) + block("absent", signIn+`signing_cert = file("a.pem")`) +
		block("url", `metadata_url = "https://idp.example.com/metadata"`) + block("rolling", `metadata_xml = file("both.xml")`)})
	rows := certs.Merge(certs.Declared(w.cfg, w.at), []*schema.Observed{
		live(t, "same", `{"signingCert":`+quoted(t, base64.StdEncoding.EncodeToString([]byte(a)))+`}`),
		live(t, "other", `{"signingCert":`+quoted(t, b)+`,"signing_key":{"key":"secret","cert":`+quoted(t, c)+`},"decryptionKey":"secret"}`),
		live(t, "url", `{"cert":`+quoted(t, c)+`}`),
		live(t, "rolling", `{"signingCert":`+quoted(t, b)+`}`),
		live(t, "by-hand", `{"signingCert":`+quoted(t, c)+`}`),
		live(t, "empty", `{}`),
	})
	l := certs.NewList(rows, now, 0)
	place := func(text string) string { return fmt.Sprint(lineOf(t, w, text)) }
	assert.Equal(t, []string{
		"absent idp_signing CN=a used=true due=false a.pem:1 files missing (not on the tenant yet)",
		"other idp_signing CN=a used=true due=false a.pem:1 files differs ()",
		"same idp_signing CN=a used=true due=false a.pem:1 files same ()",
		"other idp_signing CN=b used=true due=false :0 tenant differs (the tenant holds it; the files declare another one)",
		"rolling idp_signing CN=b used=true due=false both.xml:3 files same (the tenant still holds this one)",
		"by-hand idp_signing CN=c used=true due=false :0 tenant  (no block declares this connection)",
		"other request_signing CN=c used=true due=false :0 tenant  (the tenant holds it; the files do not say)",
		"rolling idp_signing CN=c used=true due=false both.xml:4 files differs ()",
		"url idp_signing CN=c used=true due=false main.hcl:" + place("metadata_url") + " tenant same ()",
		"empty idp_signing - used=false due=false :0 tenant  (the tenant holds no certificate for it)",
	}, w.lines(l))
	out, err := json.Marshal(l)
	require.NoError(t, err)
	assert.NotContains(t, string(out), "secret")
}

func TestRotate(t *testing.T) {
	i := newIssuer(t)
	old, fresh, early, expired := i.pem(t, "old", 10), i.pem(t, "fresh", 90), i.pem(t, "early", 200), i.pem(t, "expired", -1)
	w := load(t, map[string]string{
		"a.pem": old, "shared.pem": i.pem(t, "shared", 50), "doc.xml": metadata("urn:d", old), "idp/b.pem": early,
		"main.hcl": block("acme", signIn+`signing_cert = file("a.pem")`) + block("beta", signIn+`signing_cert = file("idp/b.pem")`) +
			block("s1", signIn+`signing_cert = file("shared.pem")`) + block("s2", signIn+`signing_cert = file("./shared.pem")`) +
			block("doc", `metadata_xml = file("doc.xml")`) + block("url", `metadata_url = "https://idp.example.com/metadata"`) +
			block("expr", signIn+`signing_cert = trimspace(file("a.pem"))`) + block("inline", signIn+"signing_cert = <<-EOT\n"+old+"EOT") +
			"saml_connection \"theirs\" {\nexisting = true\nname = \"theirs\"\n}\n",
	})
	rotate := func(name, cert, document string) (*certs.Rotation, error) {
		next, err := certs.ReadCertificate([]byte(cert))
		if document != "" {
			next, err = certs.ReadMetadata([]byte(document), "", now)
		}
		require.NoError(t, err)
		return certs.Rotate(w.cfg, w.at, w.connection(t, name), next, now)
	}
	r, err := rotate("acme", fresh, "")
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(w.dir, "a.pem"), r.File)
	assert.Equal(t, "CN=old", r.Old.Subject)
	assert.Empty(t, r.Warnings)
	text, err := r.Edited([]byte(old))
	require.NoError(t, err)
	assert.Equal(t, fresh, string(text))

	r, err = rotate("acme", early, "")
	require.NoError(t, err)
	assert.Equal(t, []string{"the new certificate: it is not valid before 2026-09-09", "beta has the new certificate already: make sure that it is meant for acme"}, r.Warnings)

	r, err = rotate("s1", fresh, "")
	require.NoError(t, err)
	assert.Equal(t, []string{"s2"}, r.Shared)

	r, err = rotate("doc", fresh, strings.Replace(metadata("urn:other", fresh), "/sso", "/elsewhere", 1))
	require.NoError(t, err)
	assert.Equal(t, []string{"the document is of another identity provider: urn:other, and it was urn:d", "the document has other sign-on URLs than https://idp.example.com/sso; see the plan"}, r.Warnings)

	r, err = rotate("inline", fresh, "")
	require.NoError(t, err)
	src, err := os.ReadFile(filepath.Join(w.dir, "main.hcl"))
	require.NoError(t, err)
	text, err = r.Edited(src)
	require.NoError(t, err)
	assert.Equal(t, strings.Replace(string(src), old, fresh, 1), string(text))

	for _, c := range []struct{ name, cert, document, want string }{
		{"acme", old, "", "acme has this certificate already"},
		{"acme", expired, "", "the new certificate expired on 2026-05-31; ask for a current one"},
		{"doc", fresh, "", "give it with --metadata"},
		{"url", fresh, "", "Auth0 reads the certificate of url from metadata_url"},
		{"expr", fresh, "", "is an expression that tacit does not rewrite"},
		{"theirs", fresh, "", "saml_connection.theirs is existing = true"},
	} {
		_, err := rotate(c.name, c.cert, c.document)
		require.ErrorContains(t, err, c.want)
	}
	_, err = certs.ReadCertificate([]byte(fresh + old))
	require.ErrorContains(t, err, "it holds 2 certificates")
	_, err = certs.ReadCertificate([]byte("<html>"))
	require.ErrorContains(t, err, "not a certificate")
}

func TestWatch(t *testing.T) {
	i := newIssuer(t)
	a, b, expired := i.pem(t, "a", 10), i.pem(t, "b", 90), i.pem(t, "expired", -10)
	const url = "https://idp.example.com/"
	declared := func(name, path string) string {
		return block(name, fmt.Sprintf("metadata_xml = file(\"a.xml\")\nmetadata = { metadata_source = %q }", url+path))
	}
	w := load(t, map[string]string{"a.xml": metadata("urn:a", a), "main.hcl": declared("same", "same") + declared("twin", "same") + declared("gone", "gone") +
		declared("beside", "beside") + declared("old-beside", "old") + declared("down", "down") + declared("page", "page") +
		block("by-url", fmt.Sprintf("metadata_url = %q", url+"gone")) + block("unwatched", `metadata_xml = file("a.xml")`)})
	var asked atomic.Int32
	fetch := func(_ context.Context, at string) ([]byte, error) {
		asked.Add(1)
		text, ok := map[string]string{
			"same": metadata("urn:a", a), "gone": metadata("urn:a", b), "beside": metadata("urn:a", a, b), "old": metadata("urn:a", a, expired), "page": "<html/>",
		}[strings.TrimPrefix(at, url)]
		if !ok {
			return nil, errors.New("it is down")
		}
		return []byte(text), nil
	}
	rows := certs.Declared(w.cfg, w.at)
	var got []string
	for _, r := range certs.Watch(t.Context(), certs.Sources(w.cfg, w.at, rows), fetch, now) {
		fresh := ""
		for _, c := range r.New {
			fresh += c.Subject
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Connection, r.Outcome, fresh)))
	}
	assert.Equal(t, []string{"beside beside CN=b", "by-url unknown", "down unknown", "gone changed CN=b", "old-beside same", "page unknown", "same same", "twin same", "unwatched unwatched"}, got)
	assert.Equal(t, int32(6), asked.Load(), "one URL is fetched once, also for two connections")

	rows = certs.Merge(rows, []*schema.Observed{live(t, "by-url", `{"cert":`+quoted(t, a)+`}`)})
	for _, r := range certs.Watch(t.Context(), certs.Sources(w.cfg, w.at, rows), fetch, now) {
		if r.Connection == "by-url" {
			assert.Equal(t, certs.Changed, r.Outcome, "the tenant tells what is held")
		}
	}
}

// TestASlowCustomerHoldsNobody: all but one are asked while one does not answer.
func TestASlowCustomerHoldsNobody(t *testing.T) {
	a := newIssuer(t).pem(t, "a", 10)
	var hcl strings.Builder
	for n := range 60 {
		hcl.WriteString(block(fmt.Sprintf("c%02d", n), fmt.Sprintf("metadata_xml = file(\"a.xml\")\nmetadata = { metadata_source = \"https://idp.example.com/%d\" }", n)))
	}
	w := load(t, map[string]string{"a.xml": metadata("urn:a", a), "main.hcl": hcl.String()})
	var others atomic.Int32
	all := make(chan struct{})
	fetch := func(_ context.Context, at string) ([]byte, error) {
		if at == "https://idp.example.com/0" {
			<-all
			return nil, errors.New("too late")
		}
		if others.Add(1) == 59 {
			close(all)
		}
		return []byte(metadata("urn:a", a)), nil
	}
	got := certs.Watch(t.Context(), certs.Sources(w.cfg, w.at, certs.Declared(w.cfg, w.at)), fetch, now)
	assert.Equal(t, certs.Unknown, got[0].Outcome)
	assert.Equal(t, certs.Published, got[59].Outcome)
}
