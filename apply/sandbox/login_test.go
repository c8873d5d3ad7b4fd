package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"html"
	"io"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"
)

// keys of the tests, made once.
var (
	tenantKey  = sync.OnceValue(newKey)
	idpKey     = sync.OnceValue(newKey)
	foreignKey = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// certificate is a self-signed one for a key. It ended long ago: Auth0 accepts expired certificates.
func certificate(key *rsa.PrivateKey) []byte {
	at := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: at, NotAfter: at.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return der
}

var idpCertificate = sync.OnceValue(func() []byte { return certificate(idpKey()) })

func armoured(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

const (
	testAPI    = "https://api.example.com/orders"
	testApp    = "https://app.example.com"
	customHost = "login.example.com"
	acsPath    = "/login/callback?connection=acme"
	acsURL     = "https://" + testDomain + acsPath
)

// loginSeed is a tenant on which the silent upgrade works.
func loginSeed() object {
	cert := base64.StdEncoding.EncodeToString([]byte(armoured(idpCertificate())))
	return object{
		"clients": []any{
			object{
				"client_id": "spa", "name": "Portal", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
				"is_first_party": true, "jwt_configuration": object{"alg": "RS256"}, "web_origins": []any{testApp},
				"grant_types": []any{"authorization_code", "implicit", "refresh_token"},
				"callbacks":   []any{testApp + "/start-login", testApp}, "allowed_logout_urls": []any{testApp},
			},
			object{"client_id": "other", "name": "Other", "client_secret": strings.Repeat("s", 64), "callbacks": []any{"https://other.example.com"}},
		},
		"connections": []any{object{"id": "con_acme", "name": "acme", "strategy": "samlp", "options": object{
			"signingCert": cert, "signInEndpoint": "https://idp.example.com/sso", "idpinitiated": object{
				"enabled": true, "client_id": "spa", "client_protocol": "oauth2",
				"client_authorizequery": "response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme",
			},
		}}},
		"connection_clients": object{"con_acme": []any{object{"client_id": "spa"}}},
		"resource_servers": []any{object{
			"id": "rs", "identifier": testAPI, "name": "Orders", "signing_alg": "RS256", "token_lifetime": 600, "allow_offline_access": true,
			"skip_consent_for_verifiable_first_party_clients": true, "scopes": []any{object{"value": "read:orders"}, object{"value": "write:orders"}},
		}},
		"custom_domains": []any{object{"custom_domain_id": "cd_1", "domain": customHost, "status": "ready"}},
	}
}

// loginTenant is a tenant with a browser, an identity provider and a clock that tests move.
type loginTenant struct {
	*testTenant
	at        time.Time
	browser   *http.Client
	decisions []Decision // about the last request
}

func newLogin(tb testing.TB, edit func(seed object), login LoginOptions) *loginTenant {
	tb.Helper()
	lt := &loginTenant{at: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)}
	lt.testTenant = newTenantFor(tb, Options{
		SigningKey: tenantKey(), Login: login, Now: func() time.Time { return lt.at },
		Decided: func(_ *http.Request, d []Decision) { lt.decisions = d },
	})
	seed := loginSeed()
	if edit != nil {
		edit(seed)
	}
	data, err := json.Marshal(seed)
	require.NoError(tb, err)
	require.NoError(tb, lt.Load(data))
	lt.newBrowser()
	return lt
}

// newBrowser is a browser without cookies that follows no redirect.
func (lt *loginTenant) newBrowser() {
	lt.browser = &http.Client{Transport: lt.Transport(), Jar: &jar{now: func() time.Time { return lt.at }, kept: map[string]map[string]*http.Cookie{}}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// jar keeps host-only cookies by the tenant's clock; the standard library's has its own.
type jar struct {
	now  func() time.Time
	kept map[string]map[string]*http.Cookie
}

func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	if j.kept[u.Hostname()] == nil {
		j.kept[u.Hostname()] = map[string]*http.Cookie{}
	}
	for _, c := range cookies {
		if c.Domain != "" {
			panic("a cookie of the tenant names a domain")
		}
		j.kept[u.Hostname()][c.Name] = c
	}
}

func (j *jar) Cookies(u *url.URL) []*http.Cookie {
	var out []*http.Cookie
	for _, c := range j.kept[u.Hostname()] {
		if c.Expires.IsZero() || c.Expires.After(j.now()) {
			out = append(out, c)
		}
	}
	return out
}

// seen is an answer as a browser gets it.
type seen struct {
	t        testing.TB
	status   int
	header   http.Header
	body     string
	location *url.URL
}

func (lt *loginTenant) do(req *http.Request) *seen {
	lt.t.Helper()
	lt.decisions = nil
	resp, err := lt.browser.Do(req)
	require.NoError(lt.t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(lt.t, err)
	require.NoError(lt.t, resp.Body.Close())
	out := &seen{t: lt.t, status: resp.StatusCode, header: resp.Header, body: string(body), location: &url.URL{}}
	if l := resp.Header.Get("Location"); l != "" {
		out.location, err = req.URL.Parse(l)
		require.NoError(lt.t, err)
	}
	return out
}

func (lt *loginTenant) get(at string) *seen {
	lt.t.Helper()
	req, err := http.NewRequestWithContext(lt.t.Context(), http.MethodGet, at, http.NoBody)
	require.NoError(lt.t, err)
	return lt.do(req)
}

func (lt *loginTenant) post(at string, form url.Values) *seen {
	lt.t.Helper()
	req, err := http.NewRequestWithContext(lt.t.Context(), http.MethodPost, at, strings.NewReader(form.Encode()))
	require.NoError(lt.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return lt.do(req)
}

// answer is the parameters of an OAuth answer, wherever they are.
func (s *seen) answer() url.Values {
	s.t.Helper()
	if m := regexp.MustCompile(`var authorizationResponse = (.*?);var mainWin`).FindStringSubmatch(s.body); m != nil {
		var message struct{ Response map[string]string }
		require.NoError(s.t, json.Unmarshal([]byte(m[1]), &message))
		out := url.Values{}
		for k, v := range message.Response {
			out.Set(k, v)
		}
		return out
	}
	if s.location.Fragment != "" {
		v, err := url.ParseQuery(s.location.EscapedFragment())
		require.NoError(s.t, err)
		return v
	}
	return s.location.Query()
}

// problem is the description on an error page or in an answer.
func (s *seen) problem() string {
	if m := regexp.MustCompile(`(?s)<b id="error">(.*?)</b>: <span id="error_description">(.*?)</span>`).FindStringSubmatch(s.body); m != nil {
		return html.UnescapeString(m[1] + ": " + m[2])
	}
	if a := s.answer(); a.Get("error") != "" {
		return a.Get("error") + ": " + a.Get("error_description")
	}
	return s.body
}

// refusedBy is the behaviour that refused the last request, as its header tells.
func (s *seen) refusedBy() string {
	out := ""
	for _, v := range s.header.Values(DecisionHeader) {
		id, params, err := mime.ParseMediaType(v)
		require.NoError(s.t, err)
		if params["outcome"] == string(Refused) {
			out = id
		}
	}
	return out
}

// assertion is a SAML response in the making.
type assertion struct {
	key                        *rsa.PrivateKey
	cert                       []byte
	destination, recipient     string
	audience, issuer, nameID   string
	format                     string
	id                         string
	now, notBefore, notOnAfter time.Time
	attributes                 [][2]string
	bare                       bool // no certificate in the signature
}

var assertionCount = 0

func (lt *loginTenant) assertion() *assertion {
	assertionCount++
	return &assertion{
		key: idpKey(), cert: idpCertificate(), destination: acsURL, recipient: acsURL, audience: "urn:auth0:example-test:acme",
		issuer: "https://idp.example.com", nameID: "ann", format: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
		id: fmt.Sprintf("_a%d", assertionCount), now: lt.at, notBefore: lt.at, notOnAfter: lt.at.Add(5 * time.Minute),
		attributes: [][2]string{{claims2005 + "emailaddress", "ann@example.com"}},
	}
}

// xml is the response without signatures.
func (a *assertion) xml() *etree.Element {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	var attributes strings.Builder
	for _, at := range a.attributes {
		fmt.Fprintf(&attributes, `<saml:Attribute Name="%s"><saml:AttributeValue>%s</saml:AttributeValue></saml:Attribute>`, at[0], at[1])
	}
	doc := etree.NewDocument()
	err := doc.ReadFromString(fmt.Sprintf(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r%s" Version="2.0" IssueInstant="%s" Destination="%s"><saml:Issuer>%s</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`+
		`<saml:Assertion ID="%s" Version="2.0" IssueInstant="%s"><saml:Issuer>%s</saml:Issuer><saml:Subject><saml:NameID Format="%s">%s</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="%s" NotOnOrAfter="%s"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="%s" NotOnOrAfter="%s"><saml:AudienceRestriction><saml:Audience>%s</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement>%s</saml:AttributeStatement></saml:Assertion></samlp:Response>`,
		a.id, stamp(a.now), html.EscapeString(a.destination), a.issuer, a.id, stamp(a.now), a.issuer, a.format, a.nameID, html.EscapeString(a.recipient),
		stamp(a.notOnAfter), stamp(a.notBefore), stamp(a.notOnAfter), a.audience, attributes.String()))
	if err != nil {
		panic(err)
	}
	return doc.Root()
}

// sign adds an enveloped signature after the issuer.
func (a *assertion) sign(e *etree.Element) {
	ctx, err := dsig.NewSigningContext(a.key, [][]byte{a.cert})
	if err != nil {
		panic(err)
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	own, err := detached(e)
	if err != nil {
		panic(err)
	}
	sig, err := ctx.ConstructSignature(own, true)
	if err != nil {
		panic(err)
	}
	if a.bare {
		for _, info := range sig.FindElements("./KeyInfo") {
			sig.RemoveChild(info)
		}
	}
	e.InsertChildAt(1, sig)
}

// signed is the response with its assertion signed.
func (a *assertion) signed() *etree.Element {
	r := a.xml()
	a.sign(r.FindElement("./Assertion"))
	return r
}

func encodeXML(e *etree.Element) string {
	doc := etree.NewDocument()
	doc.SetRoot(e.Copy())
	data, err := doc.WriteToBytes()
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(data)
}

// arrive posts a response as the provider's page does.
func (lt *loginTenant) arrive(e *etree.Element) *seen {
	lt.t.Helper()
	return lt.post(acsURL, url.Values{"SAMLResponse": {encodeXML(e)}})
}

// login logs the browser in at the canonical domain.
func (lt *loginTenant) login() *seen {
	lt.t.Helper()
	s := lt.arrive(lt.assertion().signed())
	require.Equal(lt.t, http.StatusFound, s.status, "%s", s.body)
	return s
}

const testVerifier = "0123456789012345678901234567890123456789012345"

// silent is the request of a single-page app; overrides with an empty value remove a parameter.
func silent(overrides ...string) url.Values {
	sum := sha256.Sum256([]byte(testVerifier))
	q := url.Values{
		"client_id": {"spa"}, "response_type": {"code"}, "redirect_uri": {testApp}, "audience": {testAPI}, "scope": {"openid profile email read:orders"},
		"state": {"st"}, "nonce": {"no"}, "prompt": {"none"}, "response_mode": {"web_message"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(overrides); i += 2 {
		if overrides[i+1] == "" {
			q.Del(overrides[i])
		} else {
			q.Set(overrides[i], overrides[i+1])
		}
	}
	return q
}

func (lt *loginTenant) authorize(q url.Values) *seen {
	lt.t.Helper()
	return lt.get("https://" + testDomain + "/authorize?" + q.Encode())
}

// redeem exchanges a code; it returns status and body.
func (lt *loginTenant) redeem(code string, overrides ...string) (int, object) {
	lt.t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {"spa"}, "code": {code}, "code_verifier": {testVerifier}, "redirect_uri": {testApp}}
	for i := 0; i < len(overrides); i += 2 {
		form.Set(overrides[i], overrides[i+1])
	}
	return lt.token(form)
}

func (lt *loginTenant) token(form url.Values) (int, object) {
	lt.t.Helper()
	s := lt.post("https://"+testDomain+"/oauth/token", form)
	v, err := decode([]byte(s.body))
	require.NoError(lt.t, err, s.body)
	return s.status, v.(object)
}

// claims reads a JWT without verifying it.
func claims(tb testing.TB, token string) (head, body object) {
	tb.Helper()
	parts := strings.Split(token, ".")
	require.Len(tb, parts, 3, token)
	for i, into := range []*object{&head, &body} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		require.NoError(tb, err)
		v, err := decode(data)
		require.NoError(tb, err)
		*into = v.(object)
	}
	return head, body
}
