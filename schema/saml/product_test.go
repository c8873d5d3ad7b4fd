package saml_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema/saml"
)

func TestProductAt(t *testing.T) {
	for _, v := range []struct {
		addresses []string
		want      saml.Product
	}{
		{[]string{"http://www.okta.com/exk1", "https://acme.okta.com/app/acme_app_1/exk1/sso/saml"}, saml.Okta},
		{[]string{"exk1", "https://login.acme.example/app/acme_app_1/exk1abc/sso/saml"}, saml.Okta},
		{[]string{"https://sts.windows.net/0c0c/", "https://login.microsoftonline.com/0c0c/saml2"}, saml.Entra},
		{[]string{"https://accounts.google.com/o/saml2?idpid=C0"}, saml.Google},
		{[]string{"http://fs.acme.example/adfs/services/trust", "https://fs.acme.example/adfs/ls/"}, saml.ADFS},
		{[]string{"https://auth.pingone.eu/e1/saml20/idp/sso"}, saml.Ping},
		{[]string{"https://ping.acme.example:9031/idp/SSO.saml2"}, saml.Ping},
		{[]string{"https://acme.onelogin.com/trust/saml2/http-post/sso/1"}, saml.OneLogin},
		{[]string{"acme", "https://sso.jumpcloud.com/saml2/acme"}, saml.JumpCloud},
		{[]string{"https://kc.acme.example/realms/acme", "https://kc.acme.example/realms/acme/protocol/saml"}, saml.Keycloak},
		{[]string{"https://idp.acme.example/idp/shibboleth", "https://idp.acme.example/idp/profile/SAML2/Redirect/SSO"}, saml.Shibboleth},
		{[]string{"https://idp.acme.example/saml/sso"}, saml.Generic},
		{[]string{"https://okta.com.evil.example/x", "https://notokta.com/y", "https://evil.example/?okta.com"}, saml.Generic},
		{[]string{"https://acme.okta.com/x", "https://acme.onelogin.com/y"}, saml.Generic},
		{[]string{"", "://", "%zz"}, saml.Generic},
		{nil, saml.Generic},
	} {
		assert.Equal(t, v.want, saml.ProductAt(v.addresses...), "%q", v.addresses)
	}
}

// TestProductOfPublishedMetadata: what vendors really publish is recognized,
// and nothing else is taken for theirs.
func TestProductOfPublishedMetadata(t *testing.T) {
	vendors := map[string]saml.Product{
		"Okta": saml.Okta, "Microsoft Entra ID": saml.Entra, "Microsoft AD FS": saml.ADFS, "OneLogin": saml.OneLogin, "Keycloak": saml.Keycloak,
		"JumpCloud": saml.JumpCloud, "PingOne": saml.Ping, "Google Workspace": saml.Google, "Shibboleth": saml.Shibboleth, "Shibboleth TestShib": saml.Shibboleth,
	}
	seen := map[saml.Product]bool{}
	dir := metadataDir(t)
	for _, l := range labels(t, dir) {
		want, known := vendors[l.Vendor]
		if l.Expectation != "accept" || !known {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(l.File)))
		require.NoError(t, err)
		doc, err := saml.ParseMetadata(text)
		require.NoError(t, err)
		got := doc.IDPs[0].Product()
		if got != saml.Generic {
			assert.Equal(t, want, got, l.File)
		}
		seen[got] = true
	}
	delete(seen, saml.Generic)
	assert.GreaterOrEqual(t, len(seen), 7, "%v", seen)
}
