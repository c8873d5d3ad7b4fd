package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// jsonOf is the JSON text of a value, for JSONEq.
func jsonOf(tb testing.TB, v any) string {
	tb.Helper()
	data, err := encode(v)
	require.NoError(tb, err)
	return string(data)
}

func TestClientDefaultsOnCreate(t *testing.T) {
	const grants = `["authorization_code","implicit","refresh_token","client_credentials"]`
	const publicGrants = `["authorization_code","implicit","refresh_token"]`
	cases := []struct{ name, body, key, want string }{
		{"no alg, so HS256", `{"name":"a"}`, "jwt_configuration", `{"secret_encoded":false,"lifetime_in_seconds":36000}`},
		{"jwt given gets no lifetime", `{"name":"a","jwt_configuration":{"alg":"RS256"}}`, "jwt_configuration", `{"secret_encoded":false,"alg":"RS256"}`},
		{"not conformant", `{"name":"a"}`, "oidc_conformant", `false`},
		{"third party is conformant", `{"name":"a","is_first_party":false}`, "oidc_conformant", `true`},
		{"third party mode", `{"name":"a","is_first_party":false}`, "third_party_security_mode", `"permissive"`},
		{"grant types", `{"name":"a"}`, "grant_types", grants},
		{"app_type alone changes nothing", `{"name":"a","app_type":"spa"}`, "grant_types", grants},
		{"public client", `{"name":"a","token_endpoint_auth_method":"none"}`, "grant_types", publicGrants},
		{"refresh token", `{"name":"a"}`, "refresh_token", `{"rotation_type":"non-rotating","expiration_type":"non-expiring","leeway":0,"token_lifetime":2592000,"idle_token_lifetime":1296000,"infinite_token_lifetime":true,"infinite_idle_token_lifetime":true}`},
		{"partial refresh token", `{"name":"a","refresh_token":{"rotation_type":"rotating","expiration_type":"expiring","leeway":5}}`, "refresh_token", `{"rotation_type":"rotating","expiration_type":"expiring","leeway":5,"token_lifetime":2592000,"idle_token_lifetime":1296000,"infinite_token_lifetime":false,"infinite_idle_token_lifetime":false}`},
		{"empty list stays", `{"name":"a","callbacks":[]}`, "callbacks", `[]`},
		{"logout mirrors", `{"name":"a","oidc_logout":{"backchannel_logout_urls":["https://x.test/o"]}}`, "oidc_backchannel_logout", `{"backchannel_logout_urls":["https://x.test/o"]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := newTenantFor(t, Options{}).want(201, "POST", "/clients", c.body)
			assert.JSONEq(t, c.want, jsonOf(t, o[c.key]))
			assert.Len(t, text(o, "client_id"), 32)
			assert.Len(t, text(o, "client_secret"), 64)
		})
	}
}

func TestEncryptedShowsInThePostAnswerOnly(t *testing.T) {
	tt := newTenantFor(t, Options{})
	o := tt.want(201, "POST", "/clients", `{"name":"x"}`)
	assert.Equal(t, true, o["encrypted"])
	id := text(o, "client_id")
	assert.NotContains(t, tt.want(200, "GET", "/clients/"+id, nil), "encrypted")
	assert.NotContains(t, tt.want(200, "PATCH", "/clients/"+id, `{"description":"y"}`), "encrypted")
}

func TestClientAbsentUnlessSent(t *testing.T) {
	o := newTenantFor(t, Options{}).want(201, "POST", "/clients", `{"name":"a"}`)
	for _, key := range []string{"app_type", "token_endpoint_auth_method", "callbacks", "web_origins", "allowed_origins", "client_metadata"} {
		assert.NotContains(t, o, key)
	}
}

func TestClientPatch(t *testing.T) {
	const create = `{"name":"a","callbacks":["https://a.test/cb"],"client_metadata":{"one":"1","two":"2"},"addons":{"samlp":{"audience":"x"},"box":{}},
		"token_endpoint_auth_method":"none","native_social_login":{"apple":{"enabled":true},"google":{"enabled":true}},"initiate_login_uri":"https://a.test/login",
		"oidc_logout":{"backchannel_logout_urls":["https://a.test/out"]}}`
	cases := []struct{ name, patch, key, want string }{
		{"omitted stays", `{"description":"d"}`, "callbacks", `["https://a.test/cb"]`},
		{"list is replaced", `{"callbacks":[]}`, "callbacks", `[]`},
		{"jwt merges", `{"jwt_configuration":{"alg":"RS256"}}`, "jwt_configuration", `{"secret_encoded":false,"lifetime_in_seconds":36000,"alg":"RS256"}`},
		{"social login merges", `{"native_social_login":{"google":{"enabled":false}}}`, "native_social_login", `{"apple":{"enabled":true},"google":{"enabled":false}}`},
		{"metadata merges", `{"client_metadata":{"one":null,"three":"3"}}`, "client_metadata", `{"two":"2","three":"3"}`},
		{"empty metadata changes nothing", `{"client_metadata":{}}`, "client_metadata", `{"one":"1","two":"2"}`},
		{"refresh token is replaced", `{"refresh_token":{"rotation_type":"rotating","expiration_type":"expiring"}}`, "refresh_token", `{"rotation_type":"rotating","expiration_type":"expiring"}`},
		{"addon kept and replaced", `{"addons":{"samlp":{}}}`, "addons", `{"samlp":{},"box":{}}`},
		{"addons null", `{"addons":null}`, "addons", `null`},
		{"auth method null", `{"token_endpoint_auth_method":null}`, "token_endpoint_auth_method", `null`},
		{"initiate_login_uri empty", `{"initiate_login_uri":""}`, "initiate_login_uri", `null`},
		{"description empty stays empty", `{"description":""}`, "description", `""`},
		{"old logout name null removes both", `{"oidc_backchannel_logout":null}`, "oidc_logout", `null`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tt := newTenantFor(t, Options{})
			id := text(tt.want(201, "POST", "/clients", create), "client_id")
			patched := tt.want(200, "PATCH", "/clients/"+id, c.patch)
			assert.JSONEq(t, c.want, jsonOf(t, patched[c.key]))
			_, there := patched[c.key]
			assert.Equal(t, c.want != "null", there, "null leaves the member absent")
			assert.Equal(t, tt.want(200, "GET", "/clients/"+id, nil), patched, "GET repeats the PATCH answer")
		})
	}
}

func TestClientRefusals(t *testing.T) {
	tt := newTenantFor(t, Options{})
	id := text(tt.want(201, "POST", "/clients", `{"name":"a"}`), "client_id")
	public := text(tt.want(201, "POST", "/clients", `{"name":"b","token_endpoint_auth_method":"none","client_aliases":["taken"]}`), "client_id")
	cases := []struct {
		status                            int
		code, message, method, path, body string
	}{
		{404, "inexistent_client", "The client does not exist", "GET", "/clients/nope", ""},
		{404, "inexistent_client", "The client does not exist", "PATCH", "/clients/nope", `{"name":"x"}`},
		{404, "inexistent_client", "The client does not exist", "GET", "/clients/nope/connections", ""},
		{400, "invalid_body", "Payload validation error: 'Missing required property: name'.", "POST", "/clients", `{}`},
		{400, "invalid_body", "Payload validation error: 'Additional properties not allowed: bar,foo'.", "POST", "/clients", `{"name":"x","foo":1,"bar":2}`},
		{400, "invalid_body", "Payload validation error: 'Expected type string but found type integer' on property name (Name of this client (min length: 1 character, does not allow `<` or `>`).).", "POST", "/clients", `{"name":7}`},
		{400, "invalid_body", "Payload validation error: 'Expected type object but found type array'.", "POST", "/clients", `[]`},
		{400, "invalid_body", "Payload validation error: 'No enum match for: web' on property app_type (The type of application this client represents).", "POST", "/clients", `{"name":"x","app_type":"web"}`},
		{400, "invalid_body", "Payload validation error: 'Additional properties not allowed: x' on property refresh_token (Refresh token configuration).", "POST", "/clients", `{"name":"x","refresh_token":{"x":1}}`},
		{400, "invalid_body", "Payload validation error: 'Value 0 is less than minimum 1' on property refresh_token.token_lifetime.", "PATCH", "/clients/" + id, `{"refresh_token":{"token_lifetime":0}}`},
		{400, "invalid_body", "Payload validation error: 'Additional properties not allowed: client_id,global'.", "PATCH", "/clients/" + id, `{"client_id":"x","global":true}`},
		{400, "invalid_body", "Invalid grant types: client_credentials", "POST", "/clients", `{"name":"x","token_endpoint_auth_method":"none","grant_types":["client_credentials"]}`},
		{400, "invalid_body", "Invalid grant types: client_credentials", "PATCH", "/clients/" + public, `{"grant_types":["client_credentials"]}`},
		{400, "invalid_body", `Application must not have Token Endpoint Authentication Method set to "none" when client_credentials grant type is enabled`, "PATCH", "/clients/" + id, `{"token_endpoint_auth_method":"none"}`},
		{409, "", "Another client exists with the same alias.", "PATCH", "/clients/" + id, `{"client_aliases":["taken"]}`},
		{400, "invalid_body", "Invalid request payload JSON format", "POST", "/clients", `{"name":`},
	}
	for _, c := range cases {
		t.Run(c.method+" "+c.message, func(t *testing.T) {
			tt.t = t
			var body any
			if c.body != "" {
				body = c.body
			}
			tt.refused(c.status, c.code, c.message, c.method, c.path, body)
		})
	}
}

func TestGlobalClientIsListedLastAndStays(t *testing.T) {
	tt := newTenantFor(t, Options{})
	tt.want(201, "POST", "/clients", `{"name":"b"}`)
	tt.want(201, "POST", "/clients", `{"name":"a"}`)
	_, v := tt.call("GET", "/clients?fields=name,global", nil)
	assert.Equal(t, []string{"b", "a", "All Applications"}, names(v))
	_, v = tt.call("GET", "/clients?is_global=false", nil)
	assert.Equal(t, []string{"b", "a"}, names(v))
	_, v = tt.call("GET", "/clients?is_global=true", nil)
	id := text(v.([]any)[0].(object), "client_id")
	tt.refused(400, "", "Global client cannot be deleted.", "DELETE", "/clients/"+id, nil)
}

func names(v any) []string {
	var out []string
	list, _ := v.([]any)
	for _, e := range list {
		out = append(out, text(e.(object), "name"))
	}
	return out
}

func TestDeletedClientLeavesGrantsAndConnections(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"clients":[{"client_id":"spa","name":"s"}],"connections":[{"id":"con_1","name":"c","strategy":"samlp"}],
		"connection_clients":{"con_1":[{"client_id":"spa"}]},"client_grants":[{"id":"cgr_1","client_id":"spa","audience":"https://api"}]}`)))
	tt.want(204, "DELETE", "/clients/spa", nil)
	tt.want(204, "DELETE", "/clients/spa", nil)
	assert.Empty(t, tt.want(200, "GET", "/connections/con_1/clients", nil)["clients"])
	tt.want(404, "GET", "/client-grants/cgr_1", nil)
}

func TestClientCredentialsAreReducedToIDs(t *testing.T) {
	tt := newTenantFor(t, Options{})
	o := tt.want(201, "POST", "/clients", `{"name":"m","client_authentication_methods":{"private_key_jwt":{"credentials":[{"credential_type":"public_key","name":"k","pem":"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}]}}}`)
	assert.NotContains(t, o, "client_secret")
	assert.NotContains(t, jsonOf(t, o), "BEGIN PUBLIC KEY")
	got := tt.want(200, "GET", "/clients/"+text(o, "client_id"), nil)
	cred := child(child(o, "client_authentication_methods"), "private_key_jwt")["credentials"].([]any)[0].(object)
	assert.JSONEq(t, `{"private_key_jwt":{"credentials":[{"id":"`+text(cred, "id")+`"}]}}`, jsonOf(t, got["client_authentication_methods"]))
}
