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

// FuzzParseQuery: any text is a query, equal to itself, and a query that was
// written anew means the same.
func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{
		"response_type=token+id_token&scope=openid+email", "response_type=code&scope=openid profile email", "type=id_token&timeout=30",
		"redirect_uri=https%3A%2F%2Fexample.com%3Fa%3Db", "?a=%zz&&=&b", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := schema.ParseQuery(s)
		assert.True(t, q.Equal(schema.ParseQuery(s)))
		again := schema.ParseQuery(schema.EncodeQuery(q.Params))
		assert.Truef(t, q.Equal(again), "%q became %q", s, again.Raw)
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
