package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOrganizationLife(t *testing.T) {
	tt := newTenantFor(t, Options{})
	o := tt.want(201, "POST", "/organizations", `{"name":"acme","display_name":"Acme","branding":{"logo_url":"https://example.com/a.png","colors":{"primary":"#57ddff","page_background":"#fff5f5"}},"metadata":{"a":"1","b":null}}`)
	id := text(o, "id")
	assert.Regexp(t, `^org_[A-Za-z0-9]{16}$`, id)
	delete(o, "id")
	assert.JSONEq(t, `{"name":"acme","display_name":"Acme","branding":{"logo_url":"https://example.com/a.png","colors":{"primary":"#57ddff","page_background":"#fff5f5"}},
		"metadata":{"a":"1"},"third_party_client_access":"block","is_app_entitlement_active":false}`, jsonOf(t, o))
	assert.Equal(t, "Acme", tt.want(200, "GET", "/organizations/"+id, nil)["display_name"])
	assert.Equal(t, id, tt.want(200, "GET", "/organizations/name/acme", nil)["id"])

	o = tt.want(200, "PATCH", "/organizations/"+id, `{"name":"acme-2","metadata":{"c":"3"}}`)
	assert.Equal(t, object{"c": "3"}, o["metadata"], "replaced")
	assert.Equal(t, "Acme", o["display_name"], "omitted members stay")
	assert.NotContains(t, tt.want(200, "PATCH", "/organizations/"+id, `{"metadata":{}}`), "metadata")
	tt.want(404, "GET", "/organizations/name/acme", nil)
	tt.want(200, "GET", "/organizations/name/acme-2", nil)

	tt.want(204, "DELETE", "/organizations/"+id, nil)
	tt.refused(404, "", "No organization found by that id or name", "DELETE", "/organizations/"+id, nil)
	tt.refused(404, "", "No organization found by that id or name", "GET", "/organizations/"+id, nil)
	tt.refused(404, "", "No organization found by that id or name", "PATCH", "/organizations/"+id, `{"display_name":"x"}`)
}

func TestOrganizationOfEarlierDays(t *testing.T) {
	tt := newTenantFor(t, Options{APIDate: time.Date(2026, 4, 22, 0, 0, 0, 0, time.UTC)})
	assert.NotContains(t, tt.want(201, "POST", "/organizations", `{"name":"acme"}`), "third_party_client_access")
}

func TestOrganizationRefusals(t *testing.T) {
	tt := newTenantFor(t, Options{})
	one := text(tt.want(201, "POST", "/organizations", `{"name":"one"}`), "id")
	tt.want(201, "POST", "/organizations", `{"name":"two"}`)
	const taken = "An organization with this name already exists."
	tt.refused(409, "", taken, "POST", "/organizations", `{"name":"two"}`)
	tt.refused(409, "", taken, "PATCH", "/organizations/"+one, `{"name":"two"}`)
	tt.want(200, "PATCH", "/organizations/"+one, `{"name":"one"}`)
	for body, message := range map[string]string{
		`{}`:                                    "'Missing required property: name'.",
		`{"name":"x","id":"org_1"}`:             "'Additional properties not allowed: id'.",
		`{"name":"Upper"}`:                      "'Object didn't pass validation for format organization-name: Upper' on property name (The name of this organization.).",
		`{"name":""}`:                           "'String is too short (0 chars), minimum 1' on property name (The name of this organization.).",
		`{"name":"` + nameOf(51) + `"}`:         "'String is too long (51 chars), maximum 50' on property name (The name of this organization.).",
		`{"name":"x","display_name":""}`:        "'String is too short (0 chars), minimum 1' on property display_name (Friendly name of this organization.).",
		`{"name":"x","branding":{"a":1}}`:       "'Additional properties not allowed: a' on property branding.",
		`{"name":"x","metadata":{"a":{}}}`:      "'Expected type string,null but found type object' on property metadata.a.",
		`{"name":"x","branding":{"colors":{}}}`: "'Missing required property: page_background' on property branding.colors.",
	} {
		tt.refused(400, "invalid_body", "Payload validation error: "+message, "POST", "/organizations", body)
	}
}

func nameOf(n int) string { return strings.Repeat("n", n) }

func TestOrganizationLists(t *testing.T) {
	tt := newTenantFor(t, Options{})
	for i := range 60 {
		tt.want(201, "POST", "/organizations", fmt.Sprintf(`{"name":"org-%02d"}`, 59-i))
	}
	_, v := tt.call("GET", "/organizations", nil)
	assert.Len(t, v, 50)
	assert.Equal(t, "org-59", names(v)[0], "in creation order")
	o := tt.want(200, "GET", "/organizations?include_totals=true&page=1", nil)
	assert.Len(t, o["organizations"], 10)
	assert.Equal(t, []any{number(50), number(50), number(60)}, []any{o["start"], o["limit"], o["total"]})
	o = tt.want(200, "GET", "/organizations?take=40", nil)
	assert.Len(t, o["organizations"], 40)
	o = tt.want(200, "GET", "/organizations?take=40&from="+text(o, "next"), nil)
	assert.Len(t, o["organizations"], 20)
	assert.NotContains(t, o, "next")
	tt.want(200, "GET", "/organizations?per_page=100&page=9", nil)
	assert.Equal(t, "invalid_paging", tt.want(400, "GET", "/organizations?per_page=100&page=10", nil)["errorCode"])
	tt.want(400, "GET", "/organizations?page=1001", nil)
}

func TestOrganizationScopes(t *testing.T) {
	seed := []byte(`{"organizations":[{"id":"org_1","name":"acme","metadata":{"secret":"x"}}],"connections":[{"id":"con_1","name":"c","strategy":"samlp"}]}`)
	tt := newTenantFor(t, Options{Scopes: []string{"read:organizations_summary", "create:organizations"}})
	require.NoError(t, tt.Load(seed))
	tt.want(201, "POST", "/organizations", `{"name":"x"}`)
	tt.refused(403, "insufficient_scope", "Insufficient scope, expected any of: create:organization_connections", "POST", "/organizations", `{"name":"y","enabled_connections":[{"connection_id":"con_1"}]}`)
	tt.refused(403, "insufficient_scope", "Insufficient scope, expected any of: read:organization_connections", "GET", "/organizations/org_1/enabled_connections", nil)
	tt.refused(403, "insufficient_scope", "Insufficient scope, expected any of: delete:organizations", "DELETE", "/organizations/org_1", nil)
	tt = newTenantFor(t, Options{Scopes: []string{"read:organizations_summary"}})
	require.NoError(t, tt.Load(seed))
	assert.Equal(t, object{"id": "org_1", "name": "acme"}, tt.want(200, "GET", "/organizations/org_1", nil))
	tt.want(403, "GET", "/organizations/name/acme", nil)
}

// orgTenant holds an organization, a database connection con_db and SAML connections con_00 to con_11.
func orgTenant(t *testing.T) *testTenant {
	t.Helper()
	cons := []any{object{"id": "con_db", "name": "db", "strategy": "auth0"}}
	for i := range 12 {
		cons = append(cons, object{"id": fmt.Sprintf("con_%02d", i), "name": fmt.Sprintf("saml-%02d", i), "strategy": "samlp"})
	}
	data, err := encode(object{"connections": cons, "organizations": []any{object{"id": "org_1", "name": "acme"}}})
	require.NoError(t, err)
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load(data))
	return tt
}

func TestOrganizationConnectionLife(t *testing.T) {
	tt := orgTenant(t)
	const at = "/organizations/org_1/enabled_connections"
	o := tt.want(201, "POST", at, `{"connection_id":"con_01"}`)
	assert.JSONEq(t, `{"connection_id":"con_01","assign_membership_on_login":false,"show_as_button":true,"connection":{"name":"saml-01","strategy":"samlp"}}`, jsonOf(t, o))
	o = tt.want(201, "POST", at, `{"connection_id":"con_db","assign_membership_on_login":true,"is_signup_enabled":true}`)
	assert.Equal(t, true, o["is_signup_enabled"])
	o = tt.want(200, "PATCH", at+"/con_01", `{"assign_membership_on_login":true}`)
	assert.Equal(t, true, o["show_as_button"])
	assert.Equal(t, true, tt.want(200, "GET", at+"/con_01", nil)["assign_membership_on_login"])
	o = tt.want(200, "GET", at+"?include_totals=true&per_page=1&page=1", nil)
	assert.Equal(t, "con_db", text(o["enabled_connections"].([]any)[0].(object), "connection_id"))
	assert.Equal(t, []any{number(1), number(1), number(2)}, []any{o["start"], o["limit"], o["total"]})
	o = tt.want(200, "GET", at+"?include_totals=true&per_page=50&page=7", nil)
	assert.Equal(t, []any{number(350), number(0), number(2)}, []any{o["start"], o["limit"], o["total"]}, "limit is the number returned")
	_, v := tt.call("GET", at, nil)
	assert.Len(t, v, 2, "a bare array")

	const signup = "Only database connections with assign_membership_on_login = true support is_signup_enabled = true."
	tt.refused(400, "invalid_body", signup, "POST", at, `{"connection_id":"con_02","assign_membership_on_login":true,"is_signup_enabled":true}`)
	tt.refused(400, "invalid_body", signup, "PATCH", at+"/con_db", `{"assign_membership_on_login":false}`)
	tt.refused(404, "", "No connection found by that id", "POST", at, `{"connection_id":"con_none"}`)
	tt.refused(404, "", "No connection found by that id", "GET", at+"/con_02", nil)
	tt.refused(404, "", "No connection found by that id", "PATCH", at+"/con_02", `{}`)
	tt.refused(409, "", "The organization connection already exists.", "POST", at, `{"connection_id":"con_01"}`)
	const missing = "/organizations/org_2/enabled_connections"
	for _, c := range []struct {
		method, path string
		body         any
	}{{"GET", missing, nil}, {"POST", missing, `{"connection_id":"con_01"}`}, {"GET", missing + "/con_01", nil}, {"DELETE", missing + "/con_01", nil}} {
		tt.refused(404, "", "No organization found by that id or name", c.method, c.path, c.body)
	}
	tt.want(204, "DELETE", at+"/con_01", nil)
	tt.want(204, "DELETE", at+"/con_01", nil)
	tt.want(202, "DELETE", "/connections/con_db", nil)
	_, v = tt.call("GET", at, nil)
	assert.Equal(t, []any{}, v, "a deleted connection leaves its organizations")
}

func TestOrganizationConnectionsOf2026(t *testing.T) {
	tt := orgTenant(t)
	const at, enabled = "/organizations/org_1/connections", "/organizations/org_1/enabled_connections"
	o := tt.want(201, "POST", at, `{"connection_id":"con_01","is_enabled":false,"organization_connection_name":"ours"}`)
	assert.JSONEq(t, `{"connection_id":"con_01","assign_membership_on_login":false,"show_as_button":true,"is_enabled":false,"organization_access_level":"none",
		"organization_connection_name":"ours","connection":{"name":"saml-01","strategy":"samlp"}}`, jsonOf(t, o))
	tt.want(201, "POST", enabled, `{"connection_id":"con_02"}`)
	for query, n := range map[string]int{"": 2, "&is_enabled=true": 1, "&is_enabled=false": 1} {
		o := tt.want(200, "GET", at+"?include_totals=true"+query, nil)
		assert.Len(t, o["connections"], n, query)
		assert.Equal(t, number(50), o["limit"])
	}
	_, v := tt.call("GET", enabled, nil)
	assert.Len(t, v, 1)
	tt.want(404, "GET", enabled+"/con_01", nil)
	tt.want(200, "PATCH", at+"/con_01", `{"is_enabled":true}`)
	o = tt.want(200, "GET", enabled+"/con_01", nil)
	assert.NotContains(t, o, "is_enabled")
	assert.NotContains(t, o, "organization_connection_name")
	tt.refused(400, "invalid_body", "Payload validation error: 'Additional properties not allowed: connection_id'.", "PATCH", at+"/con_01", `{"connection_id":"con_03"}`)
}

func TestTenConnectionsPerOrganization(t *testing.T) {
	tt := orgTenant(t)
	for i := range 10 {
		tt.want(201, "POST", "/organizations/org_1/enabled_connections", fmt.Sprintf(`{"connection_id":"con_%02d"}`, i))
	}
	tt.refused(403, "too_many_entities", "You reached the limit of entities of this type for this tenant.", "POST", "/organizations/org_1/enabled_connections", `{"connection_id":"con_10"}`)
	var links []string
	for i := range 11 {
		links = append(links, fmt.Sprintf(`{"connection_id":"con_%02d"}`, i))
	}
	tt.want(403, "POST", "/organizations", `{"name":"big","enabled_connections":[`+strings.Join(links, ",")+`]}`)
	tt.want(404, "GET", "/organizations/name/big", nil)
	o := tt.want(201, "POST", "/organizations", `{"name":"big","enabled_connections":[`+strings.Join(links[:10], ",")+`]}`)
	assert.Len(t, o["enabled_connections"], 10)
	assert.NotContains(t, tt.want(200, "GET", "/organizations/name/big", nil), "enabled_connections")
	_, v := tt.call("GET", "/organizations/"+text(o, "id")+"/enabled_connections", nil)
	assert.Len(t, v, 10)
}

func TestOrganizationsSurviveAStore(t *testing.T) {
	tt := orgTenant(t)
	tt.want(201, "POST", "/organizations/org_1/connections", `{"connection_id":"con_01","organization_access_level":"full"}`)
	snap, err := tt.Snapshot()
	require.NoError(t, err)
	again := newTenantFor(t, Options{})
	require.NoError(t, again.Load(snap))
	assert.Equal(t, "full", again.want(200, "GET", "/organizations/org_1/connections/con_01", nil)["organization_access_level"])
	twice, err := again.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, string(snap), string(twice))
	for seed, want := range map[string]string{
		`{"organization_enabled_connections":{"org_9":[]}}`:                                               "seed: organization_enabled_connections.org_9: no organization has that id",
		`{"organizations":[{"id":"o","name":"n"}],"organization_enabled_connections":{"o":[{"x":1}]}}`:    `seed: organization_enabled_connections.o[0]: expected {"connection_id": "..."}, found object`,
		`{"organization_client_grants":{"org_9":[]}}`:                                                     "seed: organization_client_grants.org_9: no organization has that id",
		`{"organizations":[{"id":"o","name":"n"},{"id":"p","name":"n"}],"custom_domains":[{"domain":1}]}`: "seed: organizations[1]: the same object as o",
		`{"custom_domains":[{}]}`: "seed: custom_domains[0]: has neither custom_domain_id nor anything to derive it from",
	} {
		require.ErrorContains(t, again.Load([]byte(seed)), want)
	}
}

func TestCustomDomainOrderAndItems(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"custom_domains":[{"custom_domain_id":"cd_1","domain":"login.example.com","status":"ready"},{"domain":"auth.example.com"}]}`)))
	_, v := tt.call("GET", "/custom-domains", nil)
	list := v.([]any)
	assert.Equal(t, "auth.example.com", text(list[0].(object), "domain"), "by domain")
	assert.Regexp(t, `^cd_[A-Za-z0-9]{16}$`, text(list[0].(object), "custom_domain_id"))
	o := tt.want(200, "GET", "/custom-domains?take=1", nil)
	assert.Len(t, o["custom_domains"], 1)
	assert.NotContains(t, tt.want(200, "GET", "/custom-domains?take=1&from="+text(o, "next"), nil), "next")
	assert.Equal(t, "ready", tt.want(200, "GET", "/custom-domains/cd_1", nil)["status"])
	tt.refused(404, "inexistent_custom_domain", "The custom domain cd_x does not exist", "GET", "/custom-domains/cd_x", nil)
}

func TestPoliciesAndBindings(t *testing.T) {
	tt := newTenantFor(t, Options{})
	_, v := tt.call("GET", "/guardian/policies", nil)
	assert.Equal(t, []any{}, v)
	_, v = tt.call("PUT", "/guardian/policies", []any{"confidence-score"})
	assert.Equal(t, []any{"confidence-score"}, v)
	_, v = tt.call("GET", "/guardian/policies", nil)
	assert.Equal(t, []any{"confidence-score"}, v)
	tt.want(400, "PUT", "/guardian/policies", []any{"sometimes"})
	assert.Equal(t, object{"bindings": []any{}, "per_page": number(20)}, tt.want(200, "GET", "/actions/triggers/post-login/bindings", nil))
	for _, bindings := range []string{
		`[{"id":"1","trigger_id":"post-login"},{"id":"x","trigger_id":"credentials-exchange"},{"id":"2","trigger":"post-login"}]`,
		`{"post-login":[{"id":"1"},{"id":"2"}],"credentials-exchange":[{"id":"x"}]}`,
	} {
		require.NoError(t, tt.Load([]byte(`{"guardian_policies":["all-applications"],"action_bindings":`+bindings+`}`)))
		_, v = tt.call("GET", "/guardian/policies", nil)
		assert.Equal(t, []any{"all-applications"}, v)
		o := tt.want(200, "GET", "/actions/triggers/post-login/bindings?per_page=1&page=1", nil)
		assert.Equal(t, "2", text(o["bindings"].([]any)[0].(object), "id"))
		assert.Equal(t, []any{number(2), number(1), number(1)}, []any{o["total"], o["page"], o["per_page"]})
	}
	tt.want(400, "GET", "/actions/triggers/pre-login/bindings", nil)
	for _, scope := range []string{"read:mfa_policies", "read:actions"} {
		tt := newTenantFor(t, Options{Scopes: []string{scope}})
		policies, bindings := 200, 403
		if scope == "read:actions" {
			policies, bindings = 403, 200
		}
		tt.want(policies, "GET", "/guardian/policies", nil)
		tt.want(bindings, "GET", "/actions/triggers/post-login/bindings", nil)
	}
}

func TestGrantKeys(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"clients":[{"client_id":"a","name":"A"}],"resource_servers":[{"identifier":"api"}]}`)))
	user := tt.want(201, "POST", "/client-grants", `{"client_id":"a","audience":"api","scope":["r"],"subject_type":"user"}`)
	tt.want(201, "POST", "/client-grants", `{"client_id":"a","audience":"api","allow_all_scopes":true}`)
	for _, body := range []string{
		`{"client_id":"a","audience":"api","scope":[],"subject_type":"user"}`, `{"client_id":"a","audience":"api","scope":[]}`,
		`{"client_id":"a","audience":"api","scope":[],"subject_type":"client"}`,
	} {
		tt.want(409, "POST", "/client-grants", body)
	}
	tt.refused(400, "invalid_body", "Payload validation error: 'Additional properties not allowed: audience,client_id,subject_type'.", "PATCH", "/client-grants/"+text(user, "id"), `{"audience":"x","client_id":"y","subject_type":"client"}`)
	o := tt.want(200, "GET", "/client-grants?include_totals=true&subject_type=user", nil)
	assert.Equal(t, number(1), o["total"])
	o = tt.want(200, "PATCH", "/client-grants/"+text(user, "id"), `{"allow_all_scopes":true}`)
	assert.NotContains(t, o, "scope")
	tt.want(400, "PATCH", "/client-grants/"+text(user, "id"), `{"allow_all_scopes":false}`)
	o = tt.want(200, "PATCH", "/client-grants/"+text(user, "id"), `{"allow_all_scopes":false,"scope":["r"]}`)
	assert.Equal(t, []any{"r"}, o["scope"])
}

func TestListLimits(t *testing.T) {
	tt := newTenantFor(t, Options{})
	many := func(n int, form string) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf(form, i))
		}
		return "[" + strings.Join(out, ",") + "]"
	}
	tt.want(201, "POST", "/clients", `{"name":"x","callbacks":`+many(100, `"https://example.com/%d"`)+`}`)
	tt.want(400, "POST", "/clients", `{"name":"x","callbacks":`+many(101, `"https://example.com/%d"`)+`}`)
	tt.want(400, "POST", "/clients", `{"name":"x","web_origins":`+many(101, `"https://example.com/%d"`)+`}`)
	tt.want(201, "POST", "/resource-servers", `{"identifier":"a","scopes":`+many(1000, `{"value":"s%d"}`)+`}`)
	tt.want(400, "POST", "/resource-servers", `{"identifier":"b","scopes":`+many(1001, `{"value":"s%d"}`)+`}`)
	tt.want(400, "POST", "/connections", `{"name":"x","strategy":"samlp","realms":`+many(11, `"r%d"`)+`}`)
}

func TestSettingsKeepWhatPromptsDecide(t *testing.T) {
	tt := newTenantFor(t, Options{})
	require.NoError(t, tt.Load([]byte(`{"tenant_settings":{"universal_login":{"colors":{"primary":"#000000"},"identifier_first":true}}}`)))
	o := tt.want(200, "PATCH", "/tenants/settings", `{"universal_login":{"colors":{"page_background":"#ffffff"}}}`)
	assert.Equal(t, object{"colors": object{"page_background": "#ffffff"}, "identifier_first": true}, o["universal_login"])
	assert.Equal(t, object{"colors": object{"page_background": "#ffffff"}}, tt.want(200, "GET", "/tenants/settings", nil)["universal_login"])
	assert.NotContains(t, tt.want(200, "PATCH", "/tenants/settings", `{"universal_login":null}`), "universal_login")
}
