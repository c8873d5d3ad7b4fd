package saml_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

func base64of(s string, columns int) string {
	s = base64.StdEncoding.EncodeToString([]byte(s))
	if columns == 0 {
		return s
	}
	var b strings.Builder
	for len(s) > columns {
		b.WriteString(s[:columns] + "\n  ")
		s = s[columns:]
	}
	return b.String() + s
}

// FuzzMetadata: no document makes it panic; one that can be used has what a
// connection needs; what is accepted is well-formed for encoding/xml too.
func FuzzMetadata(f *testing.F) {
	seeds(f, "testdata/metadata/*")
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := saml.ParseMetadata(text)
		if err != nil {
			r := saml.AsRefusal(err)
			assert.NotEmpty(t, r.Reason)
			assert.True(t, utf8.ValidString(r.Error()))
			return
		}
		wellFormed(t, text)
		for _, m := range doc.IDPs {
			_ = m.Warnings(now)
			if m.Usable() != nil {
				continue
			}
			c := m.SigningCertificate(now)
			require.NotNil(t, c)
			assert.Contains(t, m.SigningCertificates(), c)
			again, err := saml.ParseCertificates([]byte(c.PEM()))
			require.NoError(t, err)
			assert.Equal(t, c.SHA256, again[0].SHA256)
			url := saml.At(m.SignOn, saml.Redirect) + saml.At(m.SignOn, saml.POST)
			assert.True(t, strings.HasPrefix(strings.ToLower(url), "http"), url)
		}
	})
}

func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	if !utf8.Valid(text) || bytes.ContainsRune(text, 0) {
		return
	}
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		if _, err := dec.Token(); err != nil {
			require.ErrorIs(t, err, io.EOF)
			return
		}
	}
}

// FuzzCertificates: no text makes it panic, and a text that holds one
// certificate is the certificate that the model compares by.
func FuzzCertificates(f *testing.F) {
	seeds(f, "testdata/certs/*")
	raw, err := os.ReadFile("testdata/certs/ec256.pem")
	require.NoError(f, err)
	one := string(raw)
	for _, s := range []string{strings.ReplaceAll(one, "\n", " "), base64of(one, 0), base64of(one, 64)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		cs, err := saml.ParseCertificates(text)
		if err != nil {
			var r *saml.Refusal
			require.ErrorAs(t, err, &r)
			return
		}
		require.NotEmpty(t, cs)
		for _, c := range cs {
			_ = c.Flaws(now)
			assert.Len(t, c.SHA256, 64)
		}
		if len(cs) == 1 && text[0] != 0x30 && utf8.Valid(text) {
			assert.Equal(t, cs[0].Raw, schema.CertDER(string(text)), "%q", text)
		}
	})
}
