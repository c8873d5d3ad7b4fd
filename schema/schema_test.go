package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

func TestAddressesReadBack(t *testing.T) {
	for _, a := range []schema.Address{
		{Kind: "spa_client", Name: "portal"}, {Kind: "tenant_settings"},
		{Kind: "saml_connection", Name: "customer", Each: true, Key: `a"b\]["ü`}, {Kind: "saml_connection", Name: "customer", Each: true},
	} {
		got, err := schema.ParseAddress(a.String())
		require.NoError(t, err)
		assert.Equal(t, a, got)
	}
	for _, s := range []string{"", "spa_client", "nonsense.x", `saml_connection.x["`, `saml_connection.x[a]`} {
		_, err := schema.ParseAddress(s)
		assert.Error(t, err, s)
	}
}

func TestMarksFitAndTellApart(t *testing.T) {
	long := schema.Address{Kind: "saml_connection", Name: "customer", Each: true, Key: strings.Repeat("x", 300)}
	other := long
	other.Key += "y"
	assert.LessOrEqual(t, len(schema.Mark("production", long)), 255)
	assert.NotEqual(t, schema.Mark("production", long), schema.Mark("production", other))
	assert.Equal(t, "production", schema.MarkWorkspace(schema.Mark("production", long)))
}

func TestCertificatesCompareByWhatTheyHold(t *testing.T) {
	const pem = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
	cert := schema.SAMLConnection.Attr("signing_cert")
	for name, other := range map[string]string{
		"spaces for newlines": "-----BEGIN CERTIFICATE----- MAMCAQE= -----END CERTIFICATE-----",
		"base64 of PEM":       "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BTUNBUUU9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K",
		"bare base64 of DER":  "MAMCAQE=",
	} {
		assert.True(t, cert.Equal(pem, other), name)
	}
	assert.False(t, cert.Equal(pem, "MAMCAQI="))
	assert.False(t, cert.Equal("junk", "other junk"))
}

func TestQueriesCompareByMeaning(t *testing.T) {
	equal := func(a, b string) bool { return schema.ParseQuery(a).Equal(schema.ParseQuery(b)) }
	assert.True(t, equal("response_type=token id_token&scope=openid", "scope=openid&response_type=id_token+token"))
	assert.True(t, equal("redirect_uri=https%3A%2F%2Fa", "redirect_uri=https://a"))
	assert.False(t, equal("scope=openid", "scope=openid&audience=x"))
	assert.False(t, equal("redirect_uri=https://a?x=1&y=2", "redirect_uri=https%3A%2F%2Fa%3Fx%3D1%26y%3D2"), "an unescaped & ends the value")
}

func TestMissingKeepsOrderWithoutRepeats(t *testing.T) {
	assert.Equal(t, []any{"c", "a"}, schema.Missing([]any{"c", "b", "a", "c"}, []any{"b"}))
	assert.Nil(t, schema.Missing([]any{"b"}, []any{"a", "b"}))
}

// TestRowsAreSound: what a row promises must be possible.
func TestRowsAreSound(t *testing.T) {
	for _, k := range schema.Kinds() {
		seen := map[string]bool{}
		for i := range k.Attrs {
			a := &k.Attrs[i]
			name := k.Name + "." + a.Name
			assert.Falsef(t, seen[a.Name], "%s stands twice", name)
			seen[a.Name] = true
			assert.NotEmptyf(t, a.Doc, "%s has no documentation", name)
			if s, ok := a.Default.(string); ok && a.Enum != nil {
				assert.Containsf(t, a.Enum, s, "default of %s", name)
			}
			if s, ok := a.Implied.(string); ok && a.Enum != nil {
				assert.Containsf(t, a.Enum, s, "implied value of %s", name)
			}
			for _, target := range a.Targets {
				assert.NotNilf(t, schema.KindByName(target), "%s refers to %s", name, target)
			}
			assert.Equalf(t, a.Type == schema.Ref || a.Type == schema.Refs, len(a.Targets) > 0, "targets of %s", name)
		}
		for _, key := range slices.Concat([]string{k.NaturalKey}, k.KeyRest) {
			assert.Truef(t, key == "" || k.Attr(key) != nil, "%s is found by %q", k.Name, key)
		}
	}
}
