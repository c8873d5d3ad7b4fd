package saml_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema/saml"
)

// now is a moment at which most of testdata/certs is valid.
var now = time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC)

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	require.NoError(t, err)
	return raw
}

func certificate(t *testing.T, name string) *saml.Certificate {
	t.Helper()
	cs, err := saml.ParseCertificates(read(t, "certs/"+name+".pem"))
	require.NoError(t, err)
	require.Len(t, cs, 1)
	return cs[0]
}

func TestFlaws(t *testing.T) {
	for _, tt := range []struct {
		cert, at string
		flaws    []saml.Flaw
		says     string
		days     int
	}{
		{"rsa2048", "2028-06-01T12:00:00Z", nil, "", 2404},
		{"rsa2048", "2024-12-31T23:59:59Z", []saml.Flaw{saml.NotYetValid}, "it is not valid before 2025-01-01", 3652},
		{"rsa2048", "2025-01-01T00:00:00Z", nil, "", 3652},
		{"rsa2048", "2034-11-02T00:00:00Z", nil, "", 60},
		{"rsa2048", "2034-11-02T00:00:01Z", []saml.Flaw{saml.Expiring}, "it expires on 2035-01-01, in 59 days", 59},
		{"rsa2048", "2034-12-31T00:00:00Z", []saml.Flaw{saml.Expiring}, "it expires on 2035-01-01, in 1 day", 1},
		{"rsa2048", "2035-01-01T00:00:00Z", []saml.Flaw{saml.Expiring}, "it expires on 2035-01-01, in less than a day", 0},
		{"rsa2048", "2035-01-01T00:00:01Z", []saml.Flaw{saml.Expired}, "it expired on 2035-01-01", -1},
		{"rsa2048-old", "2028-06-01T12:00:00Z", []saml.Flaw{saml.Expired}, "it expired on 2020-01-01", -3075},
		{"rsa1024-sha1", "2028-06-01T12:00:00Z", []saml.Flaw{saml.WeakKey, saml.WeakSignature}, "its RSA key has only 1024 bits", 2404},
		{"rsa2048-md5", "2028-06-01T12:00:00Z", []saml.Flaw{saml.WeakSignature}, "it is itself signed with MD5-RSA", 3093},
		{"ec256", "2028-06-01T12:00:00Z", []saml.Flaw{saml.ForeignKey}, "its key is EC, and whether Auth0 verifies anything but RSA signatures is not established", 2404},
		{"ed25519", "2028-06-01T12:00:00Z", []saml.Flaw{saml.ForeignKey}, "its key is Ed25519, and whether Auth0 verifies anything but RSA signatures is not established", 2404},
	} {
		t.Run(tt.cert+" "+tt.at, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tt.at)
			require.NoError(t, err)
			c := certificate(t, tt.cert)
			assert.Equal(t, tt.flaws, c.Flaws(at))
			assert.Equal(t, tt.days, c.DaysLeft(at))
			if len(tt.flaws) > 0 {
				assert.Equal(t, tt.says, c.Describe(tt.flaws[0], at))
				assert.True(t, c.Has(tt.flaws[0], at))
			}
			assert.Equal(t, !c.Has(saml.Expired, at) && !c.Has(saml.NotYetValid, at), c.ValidAt(at))
		})
	}
}
