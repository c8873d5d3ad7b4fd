package sandbox

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResourceServerLife(t *testing.T) {
	tt := newTenantFor(t, Options{})
	o := tt.want(201, "POST", "/resource-servers", `{"identifier":"https://api.example.com/"}`)
	id := text(o, "id")
	assert.Regexp(t, `^[0-9a-f]{24}$`, id)
	delete(o, "id")
	assert.JSONEq(t, `{"identifier":"https://api.example.com/","allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,
		"subject_type_authorization":{"client":{"policy":"require_client_grant"},"user":{"policy":"allow_all"}},
		"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`, jsonOf(t, o))

	o = tt.want(200, "PATCH", "/resource-servers/"+id, `{"scopes":[{"value":"a"},{"value":"b"}],"proof_of_possession":{"mechanism":"dpop","required":true}}`)
	assert.JSONEq(t, `{"mechanism":"dpop","required":true,"required_for":"all_clients"}`, jsonOf(t, o["proof_of_possession"]))
	o = tt.want(200, "PATCH", "/resource-servers/"+id, `{"scopes":[],"proof_of_possession":null,"token_lifetime":123456}`)
	assert.Equal(t, []any{}, o["scopes"])
	assert.NotContains(t, o, "proof_of_possession")
	assert.Equal(t, number(7200), o["token_lifetime_for_web"])
	tt.want(204, "DELETE", "/resource-servers/"+url.PathEscape("https://api.example.com/"), nil)
	tt.want(204, "DELETE", "/resource-servers/"+id, nil)
}

func TestResourceServerSecret(t *testing.T) {
	tt := newTenantFor(t, Options{})
	o := tt.want(201, "POST", "/resource-servers", `{"identifier":"x","signing_alg":"HS256"}`)
	assert.NotContains(t, o, "signing_secret")
	assert.Len(t, tt.want(200, "GET", "/resource-servers/x", nil)["signing_secret"], 32)
	tt.want(200, "PATCH", "/resource-servers/x", `{"signing_alg":"RS256"}`)
	assert.NotContains(t, tt.want(200, "GET", "/resource-servers/x", nil), "signing_secret")
}

func TestResourceServerRefusals(t *testing.T) {
	tt := newTenantFor(t, Options{})
	tt.want(201, "POST", "/resource-servers", `{"identifier":"x"}`)
	system := "/resource-servers/" + url.PathEscape("https://"+testDomain+"/api/v2/")
	assert.Equal(t, "Auth0 Management API", text(tt.want(200, "GET", system, nil), "name"))
	tt.refused(409, "resource_server_conflict", "A resource server with the same identifier already exists.", "POST", "/resource-servers", `{"identifier":"x"}`)
	tt.refused(400, "invalid_body", "Payload validation error: 'Additional properties not allowed: id,identifier'.", "PATCH", "/resource-servers/x", `{"id":"1","identifier":"y"}`)
	tt.refused(400, "invalid_body", "Payload validation error: 'Additional properties not allowed: name'.", "PATCH", system, `{"name":"y"}`)
	tt.refused(400, "", "System resource servers cannot be deleted.", "DELETE", system, nil)
	tt.refused(404, "inexistent_resource_server", "The resource server does not exist", "GET", "/resource-servers/nope", nil)
	tt.refused(400, "invalid_body", "Payload validation error: 'Value 2592001 is greater than maximum 2592000' on property token_lifetime (Expiration value (in seconds) for access tokens issued for this API from the token endpoint.).", "PATCH", "/resource-servers/x", `{"token_lifetime":2592001}`)
	tt.want(200, "PATCH", system, `{"token_lifetime":600}`)
}

func TestResourceServerIdentifiersFilter(t *testing.T) {
	tt := newTenantFor(t, Options{})
	for _, id := range []string{"a", "b", "c"} {
		tt.want(201, "POST", "/resource-servers", `{"identifier":"`+id+`"}`)
	}
	o := tt.want(200, "GET", "/resource-servers?include_totals=true&identifiers=a&identifiers=c", nil)
	assert.Equal(t, number(2), o["total"])
}

func TestClientGrants(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"clients":[{"client_id":"spa","name":"s"}],"resource_servers":[{"identifier":"x"}]}`)))
	o := tt.want(201, "POST", "/client-grants", `{"client_id":"spa","audience":"x","scope":["a"]}`)
	assert.Regexp(t, `^cgr_[A-Za-z0-9]{16}$`, o["id"])
	assert.Equal(t, "client", o["subject_type"])
	user := tt.want(201, "POST", "/client-grants", `{"client_id":"spa","audience":"x","scope":[],"subject_type":"user"}`)
	id := text(user, "id")
	def := tt.want(201, "POST", "/client-grants", `{"audience":"x","scope":["a"],"default_for":"third_party_clients"}`)
	assert.NotContains(t, def, "client_id")

	assert.NotContains(t, tt.want(200, "PATCH", "/client-grants/"+id, `{"allow_all_scopes":true}`), "scope")
	tt.want(400, "PATCH", "/client-grants/"+id, `{"allow_all_scopes":false}`)
	o = tt.want(200, "PATCH", "/client-grants/"+id, `{"allow_all_scopes":false,"scope":["b"]}`)
	assert.Equal(t, []any{"b"}, o["scope"])
	assert.Equal(t, tt.want(200, "GET", "/client-grants/"+id, nil), o)

	list := tt.want(200, "GET", "/client-grants?include_totals=true&client_id=spa&subject_type=user", nil)
	assert.Equal(t, number(1), list["total"])
	list = tt.want(200, "GET", "/client-grants?take=2&include_totals=true", nil)
	assert.Len(t, list["client_grants"], 2)
	assert.Contains(t, list, "next")
	assert.NotContains(t, list, "total")

	tt.want(409, "POST", "/client-grants", `{"client_id":"spa","audience":"x","scope":[]}`)
	tt.refused(400, "invalid_body", "Payload validation error: 'Additional properties not allowed: audience,client_id'.", "PATCH", "/client-grants/"+id, `{"client_id":"z","audience":"y"}`)
	tt.refused(404, "inexistent_client_grant", "The grant does not exist.", "PATCH", "/client-grants/cgr_x", `{"scope":[]}`)
	tt.want(404, "POST", "/client-grants", `{"client_id":"nope","audience":"x","scope":[]}`)
	tt.want(404, "POST", "/client-grants", `{"client_id":"spa","audience":"nope","scope":[]}`)
	tt.want(204, "DELETE", "/client-grants/"+id, nil)
	tt.want(204, "DELETE", "/client-grants/"+id, nil)
}

func TestTenantSettings(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"tenant_settings":{"flags":{"enable_sso":true,"odd":1},"mtls":{"enable_endpoint_aliases":true},"sandbox_versions_available":["22"],"default_redirection_uri":"https://x.test"}}`)))
	o := tt.want(200, "PATCH", "/tenants/settings", `{"flags":{"enable_sso":false},"mtls":null,"default_redirection_uri":"","default_audience":"","session_lifetime_in_minutes":181}`)
	assert.JSONEq(t, `{"flags":{"enable_sso":false,"odd":1,"cannot_change_enforce_client_authentication_on_passwordless_start":true,
		"enforce_client_authentication_on_passwordless_start":true},"default_audience":"","session_lifetime":3.0166666666666666}`, jsonOf(t, o))
	o = tt.want(200, "GET", "/tenants/settings", nil)
	assert.JSONEq(t, `{"flags":{"enable_sso":false,"odd":1},"default_audience":"","session_lifetime":3.0166666666666666,"sandbox_versions_available":["22"]}`, jsonOf(t, o))
	assert.Equal(t, object{"default_audience": ""}, tt.want(200, "GET", "/tenants/settings?fields=default_audience", nil))
	tt.refused(400, "invalid_body", "Payload validation error: 'Additional properties not allowed: nope'.", "PATCH", "/tenants/settings", `{"nope":1}`)
}

func TestCustomDomains(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"custom_domains":[{"custom_domain_id":"cd_1","domain":"a.example.com"},{"custom_domain_id":"cd_2","domain":"b.example.com"}]}`)))
	_, v := tt.call("GET", "/custom-domains", nil)
	assert.Len(t, v, 2)
	o := tt.want(200, "GET", "/custom-domains?take=1", nil)
	assert.Contains(t, o, "next")
	o = tt.want(200, "GET", "/custom-domains?q=domain:a*", nil)
	assert.Contains(t, o, "custom_domains")
}
