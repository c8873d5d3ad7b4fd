package saml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema/saml"
)

// usable parses a document and takes its only identity provider.
func usable(t *testing.T, text []byte) *saml.Metadata {
	t.Helper()
	doc, err := saml.ParseMetadata(text)
	require.NoError(t, err)
	m, err := doc.IDP("")
	require.NoError(t, err)
	require.NoError(t, m.Usable())
	return m
}

// refused is why a document cannot be used.
func refused(t *testing.T, text []byte) *saml.Refusal {
	t.Helper()
	doc, err := saml.ParseMetadata(text)
	var m *saml.Metadata
	if err == nil {
		m, err = doc.IDP("")
	}
	if err == nil {
		err = m.Usable()
	}
	var r *saml.Refusal
	require.ErrorAs(t, err, &r)
	return r
}

func TestMetadata(t *testing.T) {
	m := usable(t, read(t, "metadata/usable.xml"))
	assert.Equal(t, "https://idp.acme.example/metadata", m.EntityID)
	assert.Equal(t, "https://idp.acme.example/sso/redirect", saml.At(m.SignOn, saml.Redirect))
	assert.Equal(t, "https://idp.acme.example/sso/post", saml.At(m.SignOn, saml.POST))
	assert.Equal(t, "https://idp.acme.example/slo/redirect", saml.At(m.SignOut, saml.Redirect))
	assert.Len(t, m.NameIDFormats, 2)
	assert.Equal(t, time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC), *m.ValidUntil)
	assert.Equal(t, "PT1H", m.CacheDuration)
	require.Len(t, m.Certificates, 2)
	assert.Equal(t, "encryption", m.Certificates[0].Use)
	signing := m.SigningCertificate(now)
	assert.Equal(t, certificate(t, "rsa2048").SHA256, signing.SHA256)
	assert.Equal(t, string(read(t, "certs/rsa2048.pem")), signing.PEM())
	assert.Equal(t, 28, signing.Line)
	assert.Empty(t, m.Warnings(now))
	assert.Equal(t, m.Certificates[1].SHA1, usable(t, read(t, "metadata/utf16.xml")).SigningCertificate(now).SHA1)
}

func TestWarnings(t *testing.T) {
	m := usable(t, read(t, "metadata/post-only.xml"))
	assert.Equal(t, []string{"the identity provider wants signed requests: set sign_saml_request = true"}, m.Warnings(now))
	m = usable(t, read(t, "metadata/expired.xml"))
	assert.Equal(t, []string{
		"the signing certificate " + certificate(t, "rsa2048-old").SHA1[:8] + ": it expired on 2020-01-01",
		"the document was valid until 2019-06-01; ask for a current one",
	}, m.Warnings(now))
}

func TestSignOut(t *testing.T) {
	good := string(read(t, "metadata/usable.xml"))
	m := usable(t, []byte(strings.Replace(good, "https://idp.acme.example/slo/redirect", "https://u:sekret@idp.acme.example/slo", 1)))
	assert.Equal(t, "https://idp.acme.example/slo/post", m.SignOutURL())
	assert.Equal(t, []string{"a sign-out URL is left out: it holds a user name or password"}, m.Warnings(now))
	assert.Empty(t, usable(t, read(t, "metadata/post-only.xml")).SignOutURL())
}

func TestWhichCertificate(t *testing.T) {
	rollover := usable(t, read(t, "metadata/rollover.xml"))
	require.Len(t, rollover.SigningCertificates(), 3)
	for _, tt := range []struct {
		at, cert  string
		ambiguous int
	}{
		{"2012-01-01T00:00:00Z", "rsa2048-old", 0},  // none is valid yet: the first to be
		{"2018-01-01T00:00:00Z", "rsa2048-old", 0},  // the only one that is valid
		{"2022-01-01T00:00:00Z", "rsa2048-old", 0},  // expired, the next is not valid yet
		{"2028-01-01T00:00:00Z", "rsa2048", 0},      // the only one that is valid
		{"2032-01-01T00:00:00Z", "rsa2048-next", 2}, // two are: the one that lasts longer
		{"2036-01-01T00:00:00Z", "rsa2048-next", 0}, //
		{"2050-01-01T00:00:00Z", "rsa2048-next", 0}, // all expired: the last to
		{"0001-01-01T00:00:00Z", "rsa2048-next", 3}, // no clock
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		require.NoError(t, err)
		assert.Equal(t, certificate(t, tt.cert).SHA1, rollover.SigningCertificate(at).SHA1, tt.at)
		assert.Len(t, rollover.Ambiguous(at), tt.ambiguous, tt.at)
	}
	chain := usable(t, read(t, "metadata/chain.xml"))
	require.Len(t, chain.SigningCertificates(), 1)
	assert.Equal(t, "CN=leaf.idp.example", chain.SigningCertificate(now).Subject)
}

func TestWhichIDP(t *testing.T) {
	doc, err := saml.ParseMetadata(read(t, "metadata/several.xml"))
	require.NoError(t, err)
	_, err = doc.IDP("")
	require.ErrorContains(t, err, `holds 2 identity providers; say by its entity ID which one is meant: "https://one.example/idp", "https://two.example/idp".`)
	m, err := doc.IDP("https://two.example/idp")
	require.NoError(t, err)
	require.NoError(t, m.Usable())
	assert.Equal(t, "https://two.example/sso", saml.At(m.SignOn, saml.Redirect))
	assert.NotNil(t, m.ValidUntil, "what the root says holds for all of them")
	_, err = doc.IDP("https://three.example/idp")
	assert.Equal(t, saml.NoSuchIDP, saml.AsRefusal(err).Reason)
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		file   string
		reason saml.Reason
		says   string
	}{
		{"service-provider.xml", saml.NotIDP, "metadata of a service provider"},
		{"no-certificate.xml", saml.NoSigningCert, "no certificate that the identity provider signs with"},
		{"encryption-only.xml", saml.NoSigningCert, "for encryption only"},
		{"strange-namespace.xml", saml.NoSigningCert, `namespace "https://www.w3.org/2000/09/xmldsig#"`},
		{"no-sign-on.xml", saml.NoSignOn, "HTTP-Redirect or HTTP-POST"},
		{"login.html", saml.HTMLPage, "a login page that was saved instead"},
		{"bomb.xml", saml.Doctype, "<!DOCTYPE"},
		{"xxe.xml", saml.Doctype, "<!DOCTYPE"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			r := refused(t, read(t, "metadata/"+tt.file))
			assert.Equal(t, tt.reason, r.Reason)
			assert.Contains(t, r.Text, tt.says)
			assert.Positive(t, r.Line)
		})
	}
}

// TestDamage changes one thing in a document that can be used.
func TestDamage(t *testing.T) {
	const open, end = `<md:EntityDescriptor `, `</md:EntityDescriptor>`
	good := string(read(t, "metadata/usable.xml"))
	for _, tt := range []struct {
		name, old, new string
		reason         saml.Reason
		says           string
	}{
		{"nothing", good, "", saml.Empty, "empty"},
		{"only white space", good, " \n", saml.Empty, "empty"},
		{"only a comment", good, "<!-- -->", saml.Empty, "no element"},
		{"json", good, `{"error":"unauthorized"}`, saml.NotWellFormed, "JSON"},
		{"prose", good, "see attachment", saml.NotWellFormed, `begins with "see attachment"`},
		{"page without a doctype", good, "<HTML></HTML>", saml.HTMLPage, "login page"},
		{"certificate", good, string(read(t, "certs/rsa2048.pem")), saml.NotMetadata, "certificate or a key in PEM"},
		{"cut off", end, "", saml.NotWellFormed, "ends before <md:EntityDescriptor> is closed"},
		{"cut in a tag", "</md:IDPSSODescriptor>\n" + end, "</md:IDPSS", saml.NotWellFormed, "cut off"},
		{"text behind", end, end + "\nthanks", saml.NotWellFormed, "text after the end"},
		{"second root", end, end + "<x/>", saml.NotWellFormed, "second document"},
		{"second declaration", end, end + `<?xml version="1.0"?>`, saml.NotWellFormed, "two documents in one file"},
		{"attribute twice", open, open + `entityID="a" `, saml.NotWellFormed, "entityID twice"},
		{"attribute twice by two prefixes", open, open + `xmlns:a="urn:x" xmlns:b="urn:x" a:c="1" b:c="2" `, saml.NotWellFormed, "c twice"},
		{"undeclared prefix", "<ds:KeyInfo>", "<dsig:KeyInfo>", saml.NotWellFormed, `"dsig" is not declared`},
		{"undeclared prefix of an attribute", open, open + `x:a="1" `, saml.NotWellFormed, `"x" is not declared`},
		{"wrong end", "</ds:KeyInfo>", "</ds:X509Data>", saml.NotWellFormed, "<ds:KeyInfo> is closed by </ds:X509Data>"},
		{"unknown entity", "PT1H", "&hour;", saml.NotWellFormed, "not well-formed"},
		{"control character", "PT1H", "\x1b[2J", saml.BadEncoding, "does not allow"},
		{"not UTF-8", "PT1H", "\xff", saml.BadEncoding, "does not allow"},
		{"not UTF-16", "UTF-8", "UTF-16", saml.BadEncoding, `encoding="UTF-16"`},
		{"rare encoding", "UTF-8", "EBCDIC-CP-US", saml.BadEncoding, "EBCDIC-CP-US"},
		{"no namespace", "xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"", "xmlns:md=\"urn:x\"", saml.NotMetadata, `namespace "urn:x"`},
		{"message", "md:EntityDescriptor", "md:Response", saml.NotMetadata, "SAML message"},
		{"other protocol", "SAML:2.0:protocol", "SAML:1.1:protocol", saml.WrongProtocol, "does not speak SAML 2.0"},
		{"no entity ID", `entityID="https://idp.acme.example/metadata"`, "", saml.BadEntityID, "no entityID"},
		{"long entity ID", "idp.acme.example/metadata", strings.Repeat("x", 1020), saml.BadEntityID, "longer than 1024"},
		{"two roles", "  <md:IDPSSO", `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/><md:IDPSSO`, saml.SeveralIDPs, "describes 2"},
		{"two of one name", good, "<E xmlns='urn:oasis:names:tc:SAML:2.0:metadata'>", saml.NotMetadata, "begins with the element"},
		{"script", "https://idp.acme.example/sso/post", "javascript:alert(1)", saml.BadSignOn, "neither https nor http"},
		{"credentials", "https://idp.acme.example/sso/post", "https://u:sekret@idp.acme.example/", saml.BadSignOn, "user name or password"},
		{"header injection", "/sso/post", "&#13;&#10;X: y", saml.BadSignOn, "control character"},
		{"C1 control", "/sso/post", "/sso&#x9b;2J", saml.BadSignOn, "control character"},
		{"bidi mark", "/sso/post", "/sso\u202etsop", saml.BadSignOn, "invisible character"},
		{"no location", `Location="https://idp.acme.example/sso/post"`, "", saml.BadSignOn, "is missing"},
		{"relative location", "https://idp.acme.example/sso/post", "/sso", saml.BadSignOn, "neither https nor http"},
		{"cut certificate", "MIIC", "MIID", saml.BadCertificate, "cannot be read"},
		{"many attributes", open, open + attributes(100), saml.LimitExceeded, "more attributes"},
		{"deep", "<md:KeyDescriptor use=\"signing\">", strings.Repeat("<md:x>", 300), saml.LimitExceeded, "200 levels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, good, tt.old)
			r := refused(t, []byte(strings.ReplaceAll(good, tt.old, tt.new)))
			assert.Equal(t, tt.reason, r.Reason, r.Text)
			assert.Contains(t, r.Text, tt.says)
			assert.NotContains(t, r.Text, "sekret")
			assert.NotContains(t, r.Text, "\x1b")
		})
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strings.Repeat("b", i) + `="" `)
	}
	return b.String()
}

// TestTolerated: what looks odd and can be used.
func TestTolerated(t *testing.T) {
	good := string(read(t, "metadata/usable.xml"))
	pem := string(read(t, "certs/rsa2048.pem"))
	body := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(pem, "-----BEGIN CERTIFICATE-----", ""), "-----END CERTIFICATE-----", ""))
	require.Contains(t, good, body)
	for name, text := range map[string]string{
		"blank lines before":       "\n \n" + good,
		"byte order mark":          "\xef\xbb\xbf" + good,
		"CRLF":                     strings.ReplaceAll(good, "\n", "\r\n"),
		"no declaration":           strings.TrimPrefix(good, `<?xml version="1.0" encoding="UTF-8"?>`),
		"Latin-1":                  strings.Replace(strings.Replace(good, "UTF-8", "ISO-8859-1", 1), "  <md:IDP", "<!-- Z\xfcrich --><md:IDP", 1),
		"comment inside of it":     strings.Replace(good, body, body[:40]+"<!-- x -->"+body[40:], 1),
		"PEM armour":               strings.Replace(good, body, pem, 1),
		"spaces for line breaks":   strings.Replace(good, body, strings.ReplaceAll(body, "\n", " "), 1),
		"CDATA":                    strings.Replace(good, body, "<![CDATA["+body+"]]>", 1),
		"decoy in an extension":    strings.Replace(good, "  <md:IDP", `<md:Extensions><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://evil.example/"/></md:IDPSSODescriptor></md:Extensions><md:IDP`, 1),
		"text around an end point": strings.Replace(good, "https://idp.acme.example/sso/redirect", " https://idp.acme.example/sso/redirect\n", 1),
	} {
		t.Run(name, func(t *testing.T) {
			m := usable(t, []byte(text))
			assert.Equal(t, certificate(t, "rsa2048").SHA256, m.SigningCertificate(now).SHA256)
			assert.Equal(t, "https://idp.acme.example/sso/redirect", saml.At(m.SignOn, saml.Redirect))
		})
	}
}
