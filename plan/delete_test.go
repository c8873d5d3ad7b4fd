package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

func TestGuard(t *testing.T) {
	const domain = "example.eu.auth0.com"
	guard := plan.Guard{Domain: "login.example.com", OwnClient: "OWN"}
	open := guard
	open.Connections = true
	body := func(k, v string, more ...any) map[string]any {
		out := map[string]any{k: v}
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i].(string)] = more[i+1]
		}
		return out
	}
	tests := map[string]struct {
		guard plan.Guard
		kind  *schema.Kind
		obs   *schema.Observed
		why   string
	}{
		"a client":                    {guard, schema.SPAClient, observed("A", body("name", "A")), ""},
		"a client of tacit's owner":   {guard, schema.SPAClient, observed("A", body("name", "All Applications", "global", false)), ""},
		"the global client":           {guard, schema.SPAClient, observed("A", body("name", "All Applications", "global", true)), "global client"},
		"our own client":              {guard, schema.Client, observed("OWN", body("name", "tacit")), "tacit itself uses"},
		"a client not read whole":     {guard, schema.SPAClient, &schema.Observed{ID: "A", Raw: body("name", "A"), Fields: []string{"name"}}, "was not read"},
		"an API":                      {guard, schema.API, observed("A", body("identifier", "https://api.example.com/")), ""},
		"a system API":                {guard, schema.API, observed("A", body("identifier", "https://x/me/", "is_system", true)), "Auth0's own"},
		"the Management API":          {guard, schema.API, observed("A", body("identifier", "https://login.example.com/api/v2/")), "Auth0's own"},
		"the Management API, renamed": {guard, schema.API, observed("A", body("identifier", "https://"+domain+"/api/v2/", "is_system", false)), "Auth0's own"},
		"an API not read whole":       {guard, schema.API, &schema.Observed{ID: "A", Raw: body("identifier", "x"), Fields: []string{"identifier"}}, "was not read"},
		"a connection":                {guard, schema.SAMLConnection, observed("A", body("name", "c")), "deletes its users"},
		"a connection, allowed":       {open, schema.SAMLConnection, observed("A", body("name", "c")), ""},
		"anything, with no guard set": {plan.Guard{}, schema.SAMLConnection, observed("A", body("name", "c")), "deletes its users"},
		"what tacit never deletes":    {open, schema.Tenant, observed("A", nil), "does not delete"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			addr := schema.Address{Kind: tt.kind.Name, Name: "x"}
			c, err := plan.Destroy(plan.Removal{Kind: tt.kind, Addr: addr, Observed: tt.obs}, tt.guard)
			if tt.why == "" {
				require.NoError(t, err)
				assert.Equal(t, plan.Delete, c.Action)
				assert.Equal(t, tt.obs.ID, c.ID)
				return
			}
			var refused *plan.GuardError
			require.ErrorAs(t, err, &refused)
			assert.Contains(t, refused.Why, tt.why)
			assert.Contains(t, err.Error(), addr.String())
		})
	}
}

func destroy(t *testing.T, k *schema.Kind, name string, obs *schema.Observed) plan.Change {
	t.Helper()
	c, err := plan.Destroy(plan.Removal{Kind: k, Addr: schema.Address{Kind: k.Name, Name: name}, Observed: obs, Hidden: []string{"name"}}, plan.Guard{Connections: true})
	require.NoError(t, err)
	return c
}

// TestDeletionsComeLastAndBackwards: whatever holds an id goes before what it
// names, and updates come before all deletions.
func TestDeletionsComeLastAndBackwards(t *testing.T) {
	up, _ := plan.Restore(plan.Restoration{
		Kind: schema.SPAClient, Addr: schema.Address{Kind: "spa_client", Name: "z"}, Observed: observed("Z", map[string]any{"description": "new"}),
		Attrs: []plan.Was{{Attr: schema.SPAClient.Attr("description"), V: "old", Presence: schema.Known}},
	})
	require.NotNil(t, up)
	p := plan.Assemble("t", "w", []plan.Change{
		destroy(t, schema.API, "a", observed("API", map[string]any{"identifier": "x"})),
		destroy(t, schema.SPAClient, "b", observed("B", map[string]any{"name": "B"})),
		*up,
		destroy(t, schema.SAMLConnection, "d", observed("D", map[string]any{"name": "d", "options": map[string]any{"idpinitiated": map[string]any{"client_id": "B"}}})),
		destroy(t, schema.SAMLConnection, "c", observed("C", map[string]any{"name": "c"})),
	})
	var order []string
	for _, c := range p.Changes {
		order = append(order, c.Address)
	}
	assert.Equal(t, []string{"spa_client.z", "saml_connection.c", "saml_connection.d", "spa_client.b", "api.a"}, order)
	create, update, gone := p.Counts()
	assert.Equal(t, []int{0, 1, 4}, []int{create, update, gone})
	assert.Equal(t, 2+4*2, p.Budget.Apply)
	assert.Equal(t, []string{}, append([]string{}, plan.Moved(&p.Changes[4], observed("API", map[string]any{"identifier": "x"}))...))
	assert.Equal(t, []string{"identifier"}, plan.Moved(&p.Changes[4], observed("API", map[string]any{"identifier": "y"})))
	assert.Empty(t, p.Changes[3].Name, "a hidden name is not shown")
}

func TestRestore(t *testing.T) {
	conn := func(idp map[string]any) *schema.Observed {
		options := map[string]any{"signInEndpoint": "https://new", "signingCert": "new", "thumbprints": []any{"x"}, "odd": 1}
		if idp != nil {
			options["idpinitiated"] = idp
		}
		return observed("C", map[string]any{"name": "c", "options": options})
	}
	was := func(k *schema.Kind, name string, v any, from string) plan.Was {
		w := plan.Was{Attr: k.Attr(name), V: v, Presence: schema.Known}
		if from != "" {
			w.Presence, w.From = schema.Absent, from
		}
		return w
	}
	tests := map[string]struct {
		kind *schema.Kind
		obs  *schema.Observed
		was  []plan.Was
		body map[string]any
		stay []string
	}{
		"a value": {
			schema.SPAClient, observed("A", map[string]any{"description": "new"}), []plan.Was{was(schema.SPAClient, "description", "old", "")},
			map[string]any{"description": "old"}, nil,
		},
		"as it was": {
			schema.SPAClient, observed("A", map[string]any{"description": "old"}), []plan.Was{was(schema.SPAClient, "description", "old", "")}, nil, nil,
		},
		"sets compare as sets": {
			schema.SPAClient, observed("A", map[string]any{"grant_types": []any{"b", "a"}}), []plan.Was{was(schema.SPAClient, "grant_types", []any{"a", "b"}, "")}, nil, nil,
		},
		"null removes": {
			schema.SPAClient, observed("A", map[string]any{"token_endpoint_auth_method": "none"}), []plan.Was{was(schema.SPAClient, "token_endpoint_auth_method", nil, "token_endpoint_auth_method")},
			map[string]any{"token_endpoint_auth_method": nil}, nil,
		},
		"a list that was not there": {
			schema.SPAClient, observed("A", map[string]any{"web_origins": []any{"https://x"}}), []plan.Was{was(schema.SPAClient, "web_origins", nil, "web_origins")},
			map[string]any{"web_origins": []any{}}, nil,
		},
		"what Auth0 cannot unset": {
			schema.SAMLConnection, observed("C", map[string]any{"display_name": "X"}), []plan.Was{was(schema.SAMLConnection, "display_name", nil, "display_name")}, nil, []string{"display_name"},
		},
		"out of a container that PATCH replaces": {
			schema.SAMLConnection, conn(map[string]any{"enabled": true, "odd": 1}), []plan.Was{was(schema.SAMLConnection, "idp_initiated.enabled", nil, "options.idpinitiated.enabled")},
			map[string]any{"options": map[string]any{"signInEndpoint": "https://new", "signingCert": "new", "thumbprints": []any{"x"}, "odd": 1, "idpinitiated": map[string]any{"odd": 1}}}, nil,
		},
		"with the object that was made on the way": {
			schema.SAMLConnection, conn(map[string]any{"enabled": true, "client_id": "A"}),
			[]plan.Was{was(schema.SAMLConnection, "idp_initiated.enabled", nil, "options.idpinitiated"), was(schema.SAMLConnection, "idp_initiated.client", nil, "options.idpinitiated")},
			map[string]any{"options": map[string]any{"signInEndpoint": "https://new", "signingCert": "new", "thumbprints": []any{"x"}, "odd": 1}}, nil,
		},
		"but an empty one that was there stays": {
			schema.SAMLConnection, conn(map[string]any{"enabled": true}), []plan.Was{was(schema.SAMLConnection, "idp_initiated.enabled", nil, "options.idpinitiated.enabled")},
			map[string]any{"options": map[string]any{"signInEndpoint": "https://new", "signingCert": "new", "thumbprints": []any{"x"}, "odd": 1, "idpinitiated": map[string]any{}}}, nil,
		},
		"a certificate without what is derived from it": {
			schema.SAMLConnection, conn(nil), []plan.Was{was(schema.SAMLConnection, "signing_cert", "old", "")},
			map[string]any{"options": map[string]any{"signInEndpoint": "https://new", "signingCert": "old", "odd": 1}}, nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, stay := plan.Restore(plan.Restoration{Kind: tt.kind, Addr: schema.Address{Kind: tt.kind.Name, Name: "x"}, Observed: tt.obs, Attrs: tt.was})
			assert.Equal(t, tt.stay, stay)
			if tt.body == nil {
				assert.Nil(t, c)
				return
			}
			require.NotNil(t, c)
			body, err := plan.Body(c, tt.obs, nil)
			require.NoError(t, err)
			assert.Equal(t, tt.body, body)
			assert.Equal(t, plan.Update, c.Action)

			after := map[string]any{}
			for k, v := range tt.obs.Raw {
				after[k] = v
			}
			for k, v := range body {
				if after[k] = v; v == nil {
					delete(after, k)
				}
			}
			assert.Empty(t, plan.Unmade(c, observed("X", after), nil))
			assert.NotEmpty(t, plan.Unmade(c, tt.obs, nil))
			again, _ := plan.Restore(plan.Restoration{Kind: tt.kind, Observed: observed("X", after), Attrs: tt.was})
			assert.Nil(t, again, "restoring twice changes nothing")
		})
	}
}
