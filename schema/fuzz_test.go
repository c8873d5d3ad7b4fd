package schema_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

// FuzzParseQuery: any text is a query, equal to itself; written anew or in its
// canonical form it means the same, and every flaw stands inside the text.
func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{
		"response_type=token+id_token&scope=openid+email", "response_type=code&scope=openid profile email", "type=id_token&timeout=30",
		"redirect_uri=https%3A%2F%2Fexample.com%3Fa%3Db", "?a=%zz&&=&b", "", "??", "scope=openid,email&scope=%",
		"redirect_uri=https://app.example.com/s?connection=acme&organization=o&state=1&nonce=2&audience=x#y",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := schema.ParseQuery(s)
		assert.True(t, q.Equal(schema.ParseQuery(s)))
		again := schema.ParseQuery(schema.EncodeQuery(q.Params))
		assert.Truef(t, q.Equal(again), "%q became %q", s, again.Raw)
		canonical := schema.ParseQuery(q.Canonical())
		assert.Truef(t, q.Equal(canonical), "%q became %q", s, canonical.Raw)
		assert.Equal(t, canonical.Raw, canonical.Canonical())
		end := 0
		for _, p := range q.Params {
			assert.True(t, end <= p.Start && p.Start < p.End && p.End <= len(s))
			end = p.End
		}
		for _, f := range q.Flaws() {
			assert.True(t, 0 <= f.Start && f.Start < f.End && f.End <= len(s), "%+v", f)
		}
	})
}

// FuzzCertDER: no text makes it panic, and what is a certificate equals itself.
func FuzzCertDER(f *testing.F) {
	f.Add("-----BEGIN CERTIFICATE----- MAA= -----END CERTIFICATE-----")
	for _, file := range []string{"new.pem", "old.pem"} {
		pem, err := os.ReadFile(filepath.Join("..", "cmd", "tacit", "internal", "view", "testdata", file))
		require.NoError(f, err)
		f.Add(string(pem))
		f.Add(base64.StdEncoding.EncodeToString(pem))
	}
	f.Add("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t")
	f.Fuzz(func(t *testing.T, s string) {
		if schema.CertDER(s) != nil {
			assert.True(t, schema.SAMLConnection.Attr("signing_cert").Equal(s, s+"\n"))
		}
	})
}
