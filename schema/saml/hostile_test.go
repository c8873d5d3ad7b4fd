package saml_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema/saml"
)

// TestNothingIsReached: a package that can open neither files nor connections
// follows no XInclude, no entity and no URL of a document.
func TestNothingIsReached(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			first, _, _ := strings.Cut(path, "/")
			assert.NotContains(t, first, ".", "%s imports %s: the standard library is enough", name, path)
			assert.NotContains(t, []string{"os", "net", "net/http", "io/fs", "syscall", "unsafe", "os/exec"}, path, name)
		}
	}
}

// TestCost: what a document of the greatest size makes tacit allocate is
// bounded, whatever is in it.
func TestCost(t *testing.T) {
	const root, most = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x">`, 300 << 20
	fill := func(unit string) string { return strings.Repeat(unit, (saml.MaxSize-2000)/len(unit)) }
	var wide strings.Builder
	for i := 0; wide.Len() < saml.MaxSize-1000; i++ {
		fmt.Fprintf(&wide, `a%d="" `, i)
	}
	var scopes strings.Builder
	for i := range 60 {
		fmt.Fprintf(&scopes, ` xmlns:n%d="urn:n"`, i)
	}
	cert := strings.ReplaceAll(string(read(t, "certs/ec256.pem")), "\n", "")
	for name, tt := range map[string]struct {
		text   string
		reason saml.Reason
	}{
		"too large":       {root + fill("x") + strings.Repeat("x", 4000), saml.TooLarge},
		"elements":        {root + fill("<a/>"), saml.LimitExceeded},
		"depth":           {root + fill("<a>"), saml.LimitExceeded},
		"attributes":      {root + "<a " + wide.String() + "/>", saml.LimitExceeded},
		"one attribute":   {root + `<a b="` + fill("x") + `"/>`, saml.NotWellFormed},
		"namespaces":      {root + "<b" + scopes.String() + ">" + fill(`<n0:a n1:a="" n2:b="" n3:c=""/>`), saml.NotWellFormed},
		"references":      {root + fill("&amp;"), saml.NotWellFormed},
		"comments":        {root + fill("<!---->"), saml.NotWellFormed},
		"instructions":    {fill("<?a b?>"), saml.Empty},
		"text":            {root + fill("x"), saml.NotWellFormed},
		"a directive":     {"<!DOCTYPE a [" + fill("<!ENTITY a 'b'>"), saml.NotWellFormed},
		"a long name":     {"<" + fill("a") + "/>", saml.NotMetadata},
		"UTF-16":          {"\xff\xfe" + fill("<\x00a\x00/\x00>\x00"), saml.NotMetadata},
		"an entity ID":    {strings.Replace(root, `"x"`, `"`+fill("x")+`"`, 1) + `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>`, saml.BadEntityID},
		"end points":      {root + `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + fill("<md:SingleSignOnService/>"), saml.NotWellFormed},
		"identities":      {strings.ReplaceAll(root, "EntityD", "EntitiesD") + fill(`<md:EntityDescriptor><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>`) + "</md:EntitiesDescriptor>", saml.SeveralIDPs},
		"certificates":    {root + `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>` + fill("<X509Certificate>"+cert+"</X509Certificate>"), saml.LimitExceeded},
		"one certificate": {root + `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` + fill(cert), saml.NotWellFormed},
	} {
		t.Run(name, func(t *testing.T) {
			text := []byte(tt.text)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := refused(t, text)
			runtime.ReadMemStats(&after)
			assert.Equal(t, tt.reason, r.Reason, "%.200s", r.Text)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(most))
			assert.Less(t, len(r.Text), 2000, "%.200s", r.Text)
		})
	}
}

func TestCertificates(t *testing.T) {
	one := string(read(t, "certs/rsa2048.pem"))
	der := certificate(t, "rsa2048").Raw
	for name, text := range map[string]string{
		"PEM": one, "DER": string(der), "byte order mark": "\xef\xbb\xbf" + one,
		"CRLF": strings.ReplaceAll(one, "\n", "\r\n"), "line breaks lost": strings.ReplaceAll(one, "\n", " "),
		"base64 of DER": base64of(string(der), 0), "in columns": base64of(string(der), 64), "base64 of PEM": base64of(one, 0),
		"text around it": "Bag Attributes\n  friendlyName: acme\n" + one + "\nregards\n",
	} {
		t.Run(name, func(t *testing.T) {
			cs, err := saml.ParseCertificates([]byte(text))
			require.NoError(t, err)
			require.Len(t, cs, 1)
			assert.Equal(t, der, cs[0].Raw)
		})
	}
	cs, err := saml.ParseCertificates(read(t, "certs/chain.pem"))
	require.NoError(t, err)
	assert.Len(t, cs, 2)
}

func TestNegativeSerialNumber(t *testing.T) {
	assert.Equal(t, "CN=negative.idp.example", certificate(t, "negative-serial").Subject, "go.mod must say godebug x509negativeserial=1")
}

func TestNoCertificates(t *testing.T) {
	one := string(read(t, "certs/rsa2048.pem"))
	for _, tt := range []struct{ text, says string }{
		{"", "empty"},
		{"acme", "neither PEM, nor DER"},
		{"<xml/>", "neither PEM, nor DER"},
		{"MAA=", "not a certificate"},
		{"-----BEGIN PRIVATE KEY-----\nc2VrcmV0\n-----END PRIVATE KEY-----\n", "private key"},
		{one + "-----BEGIN RSA PRIVATE KEY-----\nc2VrcmV0\n-----END RSA PRIVATE KEY-----\n", "private key"},
		{base64of("-----BEGIN PRIVATE KEY-----\nc2VrcmV0\n-----END PRIVATE KEY-----\n", 0), "private key"},
		{"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n", `type "CERTIFICATE REQUEST"`},
		{one[:200], "cut off"},
		{strings.Replace(one, "MII", "!!!", 1), "not base64"},
		{one + strings.Replace(one, "MII", "MIJ", 1), "Certificate 2 of 2"},
		{strings.Repeat("x", saml.MaxSize+1), "larger than 4 MB"},
	} {
		_, err := saml.ParseCertificates([]byte(tt.text))
		require.ErrorContains(t, err, tt.says)
		assert.NotContains(t, err.Error(), "c2VrcmV0")
	}
}

func seeds(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(raw)
	}
}
