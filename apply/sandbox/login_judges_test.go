package sandbox

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// byCrewjam makes a response with crewjam/saml, an identity provider that shares no code with the tests' own, from the
// metadata that the tenant gives.
func byCrewjam(lt *loginTenant, encryptFor []byte) url.Values {
	lt.t.Helper()
	metadata := lt.get("https://" + testDomain + "/samlp/metadata?connection=acme")
	require.Equal(lt.t, http.StatusOK, metadata.status)
	var sp saml.EntityDescriptor
	require.NoError(lt.t, xml.Unmarshal([]byte(metadata.body), &sp))
	require.Equal(lt.t, "urn:auth0:example-test:acme", sp.EntityID)
	descriptor := &sp.SPSSODescriptors[0]
	if encryptFor != nil {
		key := saml.KeyDescriptor{Use: "encryption"}
		key.KeyInfo.X509Data.X509Certificates = []saml.X509Certificate{{Data: base64.StdEncoding.EncodeToString(encryptFor)}}
		descriptor.KeyDescriptors = append(descriptor.KeyDescriptors, key)
	}
	idp := &saml.IdentityProvider{Key: idpKey(), Certificate: mustParse(idpCertificate()), MetadataURL: url.URL{Scheme: "https", Host: "idp.example.com"}}
	req := &saml.IdpAuthnRequest{
		IDP: idp, HTTPRequest: httptest.NewRequest(http.MethodGet, "/", http.NoBody), Now: lt.at, ServiceProviderMetadata: &sp,
		SPSSODescriptor: descriptor, ACSEndpoint: &descriptor.AssertionConsumerServices[0],
	}
	session := &saml.Session{NameID: "crew", UserEmail: "crew@example.com", CreateTime: lt.at, Index: "1"}
	require.NoError(lt.t, saml.DefaultAssertionMaker{}.MakeAssertion(req, session))
	form, err := req.PostBinding()
	require.NoError(lt.t, err)
	require.Equal(lt.t, acsURL, form.URL)
	return url.Values{"SAMLResponse": {form.SAMLResponse}, "RelayState": {form.RelayState}}
}

func TestAnotherProvider(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	s := lt.post(acsURL, byCrewjam(lt, nil))
	require.Equal(t, http.StatusFound, s.status, s.problem())
	_, id := claims(t, s.answer().Get("id_token"))
	assert.Equal(t, "samlp|acme|crew", id["sub"])
}

// decryptionPEM is the private key of foreignKey.
func decryptionPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(foreignKey())}))
}

func TestEncryptedAssertion(t *testing.T) {
	sealed := certificate(foreignKey())
	option := func(key string, v any) func(object) { return func(seed object) { options(seed)[key] = v } }
	gcmOnly := option("assertion_decryption_settings", object{"algorithm_profile": "v2026-1"})

	lt := newLogin(t, nil, LoginOptions{})
	assert.Equal(t, "invalid_request: Assertion is encrypted. Please set options.decryptionKey with your decryption private key.", lt.post(acsURL, byCrewjam(lt, sealed)).problem())
	lt = newLogin(t, option("decryptionKey", decryptionPEM()), LoginOptions{})
	s := lt.post(acsURL, byCrewjam(lt, sealed))
	assert.Equal(t, http.StatusFound, s.status, s.problem())
	lt = newLogin(t, both(option("decryptionKey", object{"key": decryptionPEM()}), gcmOnly), LoginOptions{})
	assert.Contains(t, lt.post(acsURL, byCrewjam(lt, sealed)).problem(), "-cbc is not supported")
	lt = newLogin(t, option("decryptionKey", decryptionPEM()), LoginOptions{})
	assert.Contains(t, lt.post(acsURL, byCrewjam(lt, idpCertificate())).problem(), "the assertion is encrypted for another key")
}

// TestEncryptedWithGCM seals the tests' own assertion (crewjam's AES-GCM encrypts zeros).
func TestEncryptedWithGCM(t *testing.T) {
	seal := func(a *etree.Element, spoil bool) *etree.Element {
		own, err := detached(a)
		require.NoError(t, err)
		doc := etree.NewDocument()
		doc.SetRoot(own)
		plain, err := doc.WriteToBytes()
		require.NoError(t, err)
		key, nonce := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{7}, 12)
		block, err := aes.NewCipher(key)
		require.NoError(t, err)
		gcm, err := cipher.NewGCM(block)
		require.NoError(t, err)
		wrapped, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, &foreignKey().PublicKey, key, nil)
		require.NoError(t, err)
		content := gcm.Seal(nonce, nonce, plain, nil)
		if spoil {
			content[len(content)-1] ^= 1
		}
		b64 := base64.StdEncoding.EncodeToString
		out := etree.NewDocument()
		require.NoError(t, out.ReadFromString(`<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"><x:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/>`+
			`<d:KeyInfo xmlns:d="http://www.w3.org/2000/09/xmldsig#"><x:EncryptedKey><x:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><x:CipherData><x:CipherValue>`+b64(wrapped)+`</x:CipherValue></x:CipherData></x:EncryptedKey></d:KeyInfo>`+
			`<x:CipherData><x:CipherValue>`+b64(content)+`</x:CipherValue></x:CipherData></x:EncryptedData></saml:EncryptedAssertion>`))
		return out.Root()
	}
	for _, c := range []struct {
		name         string
		sign, spoil  bool
		refused, why string
	}{
		{"right", true, false, "", ""},
		{"damaged", true, true, "saml-assertion", "the encrypted assertion is damaged"},
		{"not signed", false, false, "saml-signature", "neither the response nor the assertion are signed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lt := newLogin(t, func(seed object) {
				options(seed)["decryptionKey"] = decryptionPEM()
				options(seed)["assertion_decryption_settings"] = object{"algorithm_profile": "v2026-1"}
			}, LoginOptions{})
			a := lt.assertion()
			r := a.xml()
			plain := r.FindElement("./Assertion")
			if c.sign {
				a.sign(plain)
			}
			sealed := seal(plain, c.spoil)
			r.RemoveChild(plain)
			r.AddChild(sealed)
			s := lt.arrive(r)
			assert.Equal(t, c.refused, s.refusedBy(), s.problem())
			if c.refused != "" {
				assert.Contains(t, s.problem(), c.why)
			}
		})
	}
}

// TestOverTheWire logs in over HTTPS, as a browser does that trusts the sandbox's authority, at an address with a port.
func TestOverTheWire(t *testing.T) {
	var log bytes.Buffer
	s, err := New(Options{SigningKey: tenantKey(), Log: &log})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	l, err := s.Start(ctx, ServeOptions{})
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(l.CA()))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	seed := loginSeed()
	data, err := json.Marshal(seed)
	require.NoError(t, err)
	require.NoError(t, s.Load(data))
	base := l.URL()
	lt := &loginTenant{testTenant: &testTenant{Server: s, t: t}, at: s.opts.Now()}
	lt.newBrowser()
	lt.browser.Transport = transport
	a := lt.assertion()
	a.destination, a.recipient, a.audience = base+acsPath, base+acsPath, "urn:auth0:127:acme"
	landed := lt.post(base+acsPath, url.Values{"SAMLResponse": {encodeXML(a.signed())}})
	require.Equal(t, http.StatusFound, landed.status, landed.body)
	asked := lt.get(base + "/authorize?" + silent().Encode())
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {"spa"}, "code": {asked.answer().Get("code")}, "code_verifier": {testVerifier}, "redirect_uri": {testApp}}
	got := lt.post(base+"/oauth/token", form)
	require.Equal(t, http.StatusOK, got.status, got.body)
	v, err := decode([]byte(got.body))
	require.NoError(t, err)
	_, access := claims(t, text(v.(object), "access_token"))
	assert.Equal(t, base+"/", access["iss"])
	transport.CloseIdleConnections()
	cancel()
	require.NoError(t, l.Wait())
	var lines []struct {
		Path      string
		Decisions []Decision
	}
	dec := json.NewDecoder(&log)
	for range 3 {
		var line struct {
			Path      string
			Decisions []Decision
		}
		require.NoError(t, dec.Decode(&line))
		lines = append(lines, line)
	}
	assert.Equal(t, "/login/callback", lines[0].Path)
	assert.Contains(t, lines[0].Decisions, Decision{ID: "saml-audience", Grade: OpenSource, Outcome: Passed})
	assert.NotContains(t, strings.Join(landed.header.Values(DecisionHeader), "\n"), "ann", "details stay out of headers")
}
