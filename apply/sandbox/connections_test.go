package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testCertificate is an expired certificate: DER and PEM.
func testCertificate(tb testing.TB) ([]byte, string) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(tb, err)
	tpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Date(2009, 9, 9, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2010, 9, 9, 22, 5, 43, 0, time.UTC),
		Subject: pkix.Name{CommonName: "idp.example.com", Country: []string{"AU"}, Province: []string{"Some-State"}, Organization: []string{"Widgits"}},
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, key.Public(), key)
	require.NoError(tb, err)
	return der, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestSigningCertificateForms(t *testing.T) {
	der, armoured := testCertificate(t)
	sum := sha1.Sum(der)
	spaced := strings.ReplaceAll(strings.TrimSpace(armoured), "\n", " ")
	for name, c := range map[string]struct{ sent, cert string }{
		"PEM":                       {armoured, armoured},
		"PEM without final newline": {strings.TrimSpace(armoured), strings.TrimSpace(armoured)},
		"base64 of PEM":             {base64.StdEncoding.EncodeToString([]byte(armoured)), armoured},
		"spaces for newlines":       {spaced, spaced},
	} {
		t.Run(name, func(t *testing.T) {
			tt := newTenantFor(t, Options{})
			o := child(tt.want(201, "POST", "/connections", object{"name": "c", "strategy": "samlp", "options": object{"signingCert": c.sent}}), "options")
			assert.Equal(t, c.sent, o["signingCert"], "echoed as sent")
			assert.Equal(t, c.cert, o["cert"])
			assert.Equal(t, []any{hex.EncodeToString(sum[:])}, o["thumbprints"])
			assert.Equal(t, "2010-09-09T22:05:43.000Z", o["expires"], "expired is accepted")
			assert.JSONEq(t, `{"countryName":"AU","stateOrProvinceName":"Some-State","organizationName":"Widgits","commonName":"idp.example.com"}`, jsonOf(t, o["subject"]))
		})
	}
}

func TestPingFederateConsumesItsCertificate(t *testing.T) {
	_, armoured := testCertificate(t)
	o := newTenantFor(t, Options{}).want(201, "POST", "/connections", object{"name": "p", "strategy": "pingfederate",
		"options": object{"signingCert": armoured, "pingFederateBaseUrl": "https://ping.example.com"}})
	options := child(o, "options")
	assert.NotContains(t, options, "signingCert")
	assert.Equal(t, armoured, options["cert"])
	assert.Equal(t, "https://ping.example.com", options["signInEndpoint"])
}

func TestMetadata(t *testing.T) {
	der, armoured := testCertificate(t)
	doc := fmt.Sprintf("\t\t<?xml version=\"1.0\"?>\n"+`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">
		<md:IDPSSODescriptor><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>
		%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
		<md:SingleLogoutService Binding="%[2]s" Location="https://idp.example.com/out"/>
		<md:SingleSignOnService Binding="%[3]s" Location="https://idp.example.com/post"/>
		<md:SingleSignOnService Binding="%[2]s" Location="https://idp.example.com/in"/></md:IDPSSODescriptor></md:EntityDescriptor>`,
		base64.StdEncoding.EncodeToString(der), bindingRedirect, bindingPost)
	const url = "https://idp.example.com/metadata"
	tt := newTenantFor(t, Options{Metadata: map[string][]byte{url: []byte(doc)}})
	check := func(o object) {
		t.Helper()
		assert.Equal(t, "https://idp.example.com/in", o["signInEndpoint"])
		assert.Equal(t, "https://idp.example.com/out", o["signOutEndpoint"])
		assert.Equal(t, bindingRedirect, o["bindingMethod"])
		assert.Equal(t, armoured, o["cert"])
		assert.Equal(t, base64.StdEncoding.EncodeToString([]byte(armoured)), o["signingCert"])
		assert.NotContains(t, o, "metadataXml")
	}
	o := tt.want(201, "POST", "/connections", object{"name": "x", "strategy": "samlp", "options": object{"metadataXml": doc}})
	check(child(o, "options"))
	o = tt.want(200, "PATCH", "/connections/"+text(o, "id"), object{"options": object{"metadataUrl": url}})
	check(child(o, "options"))
	assert.Equal(t, url, child(o, "options")["metadataUrl"])

	bad := tt.want(400, "POST", "/connections", object{"name": "y", "strategy": "samlp", "options": object{"metadataUrl": "https://elsewhere.example.com/"}})
	assert.Contains(t, bad["message"], "does not reach the network")
	tt.want(400, "POST", "/connections", object{"name": "y", "strategy": "samlp", "options": object{"metadataXml": "not xml <"}})
}

func TestIDPInitiated(t *testing.T) {
	tt := newTenantFor(t, Options{})
	for name, c := range map[string]struct{ sent, want string }{
		"client named":      {`{"client_id":"client_id","client_protocol":"samlp"}`, `{"client_id":"client_id","client_protocol":"samlp","enabled":true}`},
		"off stays off":     {`{"client_id":"x","enabled":false}`, `{"client_id":"x","enabled":false}`},
		"query alone":       {`{"client_authorizequery":"redirect_uri=https%3A%2F%2Fx"}`, `{"client_authorizequery":"redirect_uri=https%3A%2F%2Fx"}`},
		"empty":             {`{}`, `{}`},
		"any query accepts": {`{"client_id":"x","enabled":true,"client_authorizequery":"type=code&timeout=30"}`, `{"client_id":"x","enabled":true,"client_authorizequery":"type=code&timeout=30"}`},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"name":"c` + strings.ReplaceAll(name, " ", "") + `","strategy":"samlp","options":{"idpinitiated":` + c.sent + `}}`
			o := tt.want(201, "POST", "/connections", body)
			assert.JSONEq(t, c.want, jsonOf(t, child(o, "options")["idpinitiated"]))
			o = tt.want(200, "PATCH", "/connections/"+text(o, "id"), `{"options":{"idpinitiated":`+c.sent+`}}`)
			assert.JSONEq(t, c.want, jsonOf(t, child(o, "options")["idpinitiated"]))
		})
	}
}

func TestConnectionLife(t *testing.T) {
	tt := newTenantFor(t, Options{})
	o := tt.want(201, "POST", "/connections", `{"name":"acme","strategy":"samlp","display_name":"ACME","metadata":{"a":"1"},"options":{"debug":true,"fieldsMap":{}}}`)
	id := text(o, "id")
	assert.Regexp(t, `^con_[A-Za-z0-9]{16}$`, id)
	assert.Regexp(t, `^https://example-test\.eu\.auth0\.com/p/samlp/[A-Za-z0-9]{8}$`, o["provisioning_ticket_url"])
	delete(o, "id")
	delete(o, "provisioning_ticket_url")
	assert.JSONEq(t, `{"name":"acme","strategy":"samlp","display_name":"ACME","metadata":{"a":"1"},"is_domain_connection":false,"show_as_button":false,
		"authentication":{"active":true},"connected_accounts":{"active":false},"realms":["acme"],"enabled_clients":[],
		"options":{"debug":true,"fieldsMap":{},"assertion_decryption_settings":{"algorithm_profile":"v2026-1","algorithm_exceptions":[]}}}`, jsonOf(t, o))

	o = tt.want(200, "PATCH", "/connections/"+id, `{"options":{"entityId":"e"},"metadata":{"b":"2"}}`)
	assert.JSONEq(t, `{"entityId":"e"}`, jsonOf(t, o["options"]), "options are replaced as a whole")
	assert.JSONEq(t, `{"b":"2"}`, jsonOf(t, o["metadata"]), "metadata is replaced as a whole")
	assert.Equal(t, "ACME", o["display_name"], "an omitted display_name stays")
	assert.NotContains(t, o, "enabled_clients")
	assert.Equal(t, tt.want(200, "GET", "/connections/"+id, nil), o)

	deleted := tt.want(202, "DELETE", "/connections/"+id, nil)
	assert.Equal(t, object{"deleted_at": "2026-09-01T12:00:00.000Z"}, deleted)
	tt.want(204, "DELETE", "/connections/"+id, nil)
	tt.refused(404, "inexistent_connection", "The connection does not exist", "GET", "/connections/"+id, nil)
}

func TestConnectionRefusals(t *testing.T) {
	tt := newTenantFor(t, Options{})
	id := text(tt.want(201, "POST", "/connections", `{"name":"acme","strategy":"samlp"}`), "id")
	spa := text(tt.want(201, "POST", "/clients", `{"name":"s"}`), "client_id")
	tooMany := strings.TrimSuffix(strings.Repeat(`{"client_id":"`+spa+`","status":true},`, 51), ",")
	for _, c := range []struct {
		status                            int
		code, message, method, path, body string
	}{
		{409, "connection_conflict", "A connection with the same name already exists", "POST", "/connections", `{"name":"acme","strategy":"samlp"}`},
		{409, "", `There is already another connection with some realms from "realms" parameter`, "POST", "/connections", `{"name":"b","strategy":"samlp","realms":["acme"]}`},
		{400, "invalid_body", "Payload validation error: 'Additional properties not allowed: name,strategy'.", "PATCH", "/connections/" + id, `{"name":"acme","strategy":"samlp"}`},
		{400, "invalid_body", "Payload validation error: 'Missing required property: strategy'.", "POST", "/connections", `{"name":"b"}`},
		{400, "invalid_body", "Payload validation error: 'String does not match pattern ^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$: a_b' on property name (The name of the connection. Must start and end with an alphanumeric character and can only contain alphanumeric characters and '-'. Max length 128).", "POST", "/connections", `{"name":"a_b","strategy":"samlp"}`},
		{400, "invalid_body", "Payload validation error: 'Too many properties defined (11), maximum 10' on property metadata.", "PATCH", "/connections/" + id, `{"metadata":{"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":"","10":"","11":""}}`},
		{400, "invalid_body", "Payload validation error: 'String is too long (256 chars), maximum 255' on property metadata.a.", "PATCH", "/connections/" + id, `{"metadata":{"a":"` + strings.Repeat("x", 256) + `"}}`},
		{400, "invalid_body", "Payload validation error: 'Array is too long (51), maximum 50'.", "PATCH", "/connections/" + id + "/clients", `[` + tooMany + `]`},
		{400, "invalid_body", "Payload validation error: 'Array is too short (0), minimum 1'.", "PATCH", "/connections/" + id + "/clients", `[]`},
		{400, "invalid_body", "Payload validation error: 'Missing required property: status' on property [0].", "PATCH", "/connections/" + id + "/clients", `[{"client_id":"x"}]`},
		{400, "invalid_body", "Payload validation error: 'Object didn't pass validation for format client-id: a b' on property enabled_clients[0].", "POST", "/connections", `{"name":"b","strategy":"samlp","enabled_clients":["a b"]}`},
		{404, "inexistent_client", "The client does not exist", "PATCH", "/connections/" + id + "/clients", `[{"client_id":"` + spa + `","status":true},{"client_id":"nope","status":true}]`},
		{404, "inexistent_connection", "The connection does not exist", "PATCH", "/connections/con_nope/clients", `[{"client_id":"x","status":true}]`},
		{404, "inexistent_connection", "The connection does not exist", "GET", "/connections/con_nope/clients", ""},
	} {
		t.Run(c.message, func(t *testing.T) {
			tt.t = t
			var body any
			if c.body != "" {
				body = c.body
			}
			tt.refused(c.status, c.code, c.message, c.method, c.path, body)
		})
	}
	tt.t = t
	assert.Empty(t, tt.want(200, "GET", "/connections/"+id+"/clients", nil)["clients"], "a refused PATCH changed nothing")
}

func TestMembers(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"clients":[{"client_id":"b","name":"b"},{"client_id":"A","name":"a"},{"client_id":"c","name":"c"}],"connections":[{"id":"con_1","name":"x","strategy":"samlp"}]}`)))
	list := func(q string) string { return jsonOf(t, tt.want(200, "GET", "/connections/con_1/clients"+q, nil)) }
	assert.JSONEq(t, `{"clients":[]}`, list(""))
	tt.want(204, "PATCH", "/connections/con_1/clients", `[{"client_id":"c","status":true},{"client_id":"b","status":true},{"client_id":"A","status":true}]`)
	assert.JSONEq(t, `{"clients":[{"client_id":"A"},{"client_id":"b"},{"client_id":"c"}]}`, list("?take=100"))
	tt.want(204, "PATCH", "/connections/con_1/clients", `[{"client_id":"c","status":false},{"client_id":"c","status":false}]`)
	assert.JSONEq(t, `{"clients":[{"client_id":"A"},{"client_id":"b"}]}`, list(""))
	page := tt.want(200, "GET", "/connections/con_1/clients?take=1", nil)
	assert.JSONEq(t, `{"clients":[{"client_id":"b"}]}`, list("?take=1&from="+text(page, "next")))
}

func TestOptionsScopes(t *testing.T) {
	tt := newTenantFor(t, Options{Scopes: []string{"create:connections", "read:connections", "update:connections"}})
	o := tt.want(201, "POST", "/connections", `{"name":"a","strategy":"samlp","options":{"debug":true}}`)
	assert.NotContains(t, o, "options")
	assert.NotContains(t, tt.want(200, "GET", "/connections/"+text(o, "id"), nil), "options")
	tt.refused(403, "insufficient_scope", "Insufficient scope, expected any of: update:connections_options", "PATCH", "/connections/"+text(o, "id"), `{"options":{}}`)
	tt.want(200, "PATCH", "/connections/"+text(o, "id"), `{"display_name":"A"}`)
}

func TestAPIDate(t *testing.T) {
	old := newTenantFor(t, Options{APIDate: time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)})
	o := old.want(201, "POST", "/connections", `{"name":"a","strategy":"samlp"}`)
	assert.NotContains(t, o, "authentication")
	assert.Equal(t, object{}, o["options"])
	o = old.want(200, "GET", "/connections/"+text(o, "id"), nil)
	assert.Equal(t, []any{}, o["enabled_clients"])
	rs := old.want(201, "POST", "/resource-servers", `{"identifier":"x"}`)
	assert.NotContains(t, rs, "subject_type_authorization")
}

func TestStrictOptions(t *testing.T) {
	tt := newTenantFor(t, Options{StrictOptions: true})
	tt.refused(400, "invalid_body", "Payload validation error: 'No enum match for: md5' on property options.digestAlgorithm.", "POST", "/connections", `{"name":"a","strategy":"samlp","options":{"digestAlgorithm":"md5"}}`)
	newTenantFor(t, Options{}).want(201, "POST", "/connections", `{"name":"a","strategy":"samlp","options":{"digestAlgorithm":"md5"}}`)
}
