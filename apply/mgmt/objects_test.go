package mgmt_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// collections has one whole object of each, with its path.
var collections = []struct {
	c              schema.Collection
	id, path, body string
}{
	{schema.Clients, "client000", "/api/v2/clients/client000", client(0)},
	{schema.Connections, "con_000", "/api/v2/connections/con_000", connection(0)},
	{schema.ResourceServers, "api000", "/api/v2/resource-servers/api000", api(0)},
	{schema.TenantSettings, "", "/api/v2/tenants/settings", `{"session_lifetime":3.0166666666666666,"flags":{"new":null},"sandbox_version":"22","x":[{}]}`},
}

func TestObjectsGoThroughUnchanged(t *testing.T) {
	for _, k := range collections {
		t.Run(string(k.c), func(t *testing.T) {
			tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, k.body) })
			o, err := tenant.Get(t.Context(), k.c, k.id)
			require.NoError(t, err)
			assert.Equal(t, k.id, o.ID)
			assert.Nil(t, o.Fields)
			assert.JSONEq(t, k.body, asJSON(t, o.Raw))
			assert.Equal(t, request{method: "GET", path: k.path, header: f.requests[0].header}, f.requests[0])

			back, err := tenant.Update(t.Context(), k.c, k.id, o.Raw)
			require.NoError(t, err)
			assert.JSONEq(t, k.body, asJSON(t, back.Raw))
			assert.Equal(t, "PATCH", f.requests[1].method)
			assert.Equal(t, k.path, f.requests[1].path)
			assert.Equal(t, asJSON(t, o.Raw), f.requests[1].body, "numbers stay as written")

			if k.c == schema.TenantSettings {
				list, err := tenant.List(t.Context(), k.c, nil)
				require.NoError(t, err)
				assert.JSONEq(t, k.body, asJSON(t, list[0].Raw))
				return
			}
			made, err := tenant.Create(t.Context(), k.c, o.Raw)
			require.NoError(t, err)
			assert.Equal(t, k.id, made.ID)
			assert.Equal(t, "POST", f.requests[2].method)
			assert.Equal(t, "/api/v2/"+string(k.c), f.requests[2].path)
			assert.Equal(t, asJSON(t, o.Raw), f.requests[2].body)
		})
	}
}

func TestUpdateSendsExactlyTheBody(t *testing.T) {
	tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"client_id":"c"}`) })
	_, err := tenant.Update(t.Context(), schema.Clients, "c", map[string]any{
		"callbacks": []any{}, "addons": nil, "name": "", "jwt_configuration": map[string]any{"lifetime_in_seconds": json.Number("36000")},
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"addons":null,"callbacks":[],"jwt_configuration":{"lifetime_in_seconds":36000},"name":""}`, f.requests[0].body)
}

func TestIdsAreEscaped(t *testing.T) {
	for id, path := range map[string]string{
		"https://api.example.com/orders": "/api/v2/resource-servers/https:%2F%2Fapi.example.com%2Forders",
		"a b?c#d%2F/../é":                "/api/v2/resource-servers/a%20b%3Fc%23d%252F%2F..%2F%C3%A9",
	} {
		tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"id":"x"}`) })
		_, err := tenant.Get(t.Context(), schema.ResourceServers, id)
		require.NoError(t, err)
		_, err = tenant.Update(t.Context(), schema.ResourceServers, id, body)
		require.NoError(t, err)
		assert.Equal(t, path, f.requests[0].path)
		assert.Equal(t, path, f.requests[1].path)
	}
}

func TestWrongCallsStayHere(t *testing.T) {
	tenant, _ := to(t, nil)
	pending := schema.Address{Kind: "spa_client", Name: "portal"}
	for name, call := range map[string]func() error{
		"no id": func() error { _, err := tenant.Get(t.Context(), schema.Clients, ""); return err },
		"dots":  func() error { _, err := tenant.Update(t.Context(), schema.Clients, "..", body); return err },
		"placeholder": func() error {
			_, err := tenant.Get(t.Context(), schema.Clients, schema.Placeholder(pending))
			return err
		},
		"empty body": func() error { _, err := tenant.Update(t.Context(), schema.Clients, "c", nil); return err },
		"template": func() error {
			_, err := tenant.Create(t.Context(), schema.Connections, map[string]any{"options": map[string]any{"x": schema.RefTo(pending)}})
			return err
		},
		"members of nothing": func() error { return tenant.SetConnectionClients(t.Context(), "", []string{"c"}, nil) },
		"member placeholder": func() error {
			return tenant.SetConnectionClients(t.Context(), "con_1", []string{schema.Placeholder(pending)}, nil)
		},
		"both ways": func() error { return tenant.SetConnectionClients(t.Context(), "con_1", []string{"c"}, []string{"c"}) },
	} {
		require.Error(t, call(), name)
	}
	assert.Zero(t, tenant.Requests())
}

func TestStatusErrors(t *testing.T) {
	for name, test := range map[string]struct {
		body          string
		code, message string
	}{
		"whole":      {`{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`, "inexistent_client", "The client does not exist"},
		"no code":    {`{"statusCode":404,"error":"Not Found","message":"No connection found by that id"}`, "", "No connection found by that id"},
		"OAuth":      {`{"error":"access_denied","error_description":"Unauthorized"}`, "access_denied", "Unauthorized"},
		"no message": {`{}`, "", "no reason given"},
		"odd types":  {`{"message":1,"errorCode":[]}`, "", "no reason given"},
		"empty":      {``, "", "an answer that is not JSON"},
		"a string":   {`"nope"`, "", `an answer that is not JSON: "\"nope\""`},
	} {
		t.Run(name, func(t *testing.T) {
			tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 404, test.body) })
			_, err := tenant.Get(t.Context(), schema.Clients, "c")
			assert.Equal(t, &apply.StatusError{Op: "read client", Status: 404, Code: test.code, Message: test.message}, err)
		})
	}
}
