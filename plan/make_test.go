package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// diff plans one object against one observed body (nil: not there).
func diff(t *testing.T, o *schema.Object, have map[string]any) (*plan.Plan, schema.Diagnostics) {
	t.Helper()
	b := &plan.Binding{Observed: map[schema.Address]*schema.Observed{}, Owned: map[schema.Address]bool{}}
	if have != nil {
		b.Observed[o.Addr] = observed("ID", have)
	}
	return plan.Make(config(o), b, nil)
}

// A conversion takes out what the kind excludes, and nothing else.
func TestConversionDropsWhatDoesNotFit(t *testing.T) {
	for name, tt := range map[string]struct{ have, after []any }{
		"excluded":       {[]any{"implicit", "client_credentials", "password"}, []any{"implicit", "password", "authorization_code"}},
		"missing":        {[]any{"implicit", "password"}, []any{"implicit", "password", "authorization_code"}},
		"fits":           {[]any{"authorization_code", "password"}, nil},
		"excluded alone": {[]any{"authorization_code", "client_credentials"}, []any{"authorization_code"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := block(schema.SPAClient, "a", map[string]any{"name": "A"})
			o.Convert = true
			p, ds := diff(t, o, map[string]any{
				"name": "A", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
				"jwt_configuration": map[string]any{"alg": "RS256"}, "grant_types": tt.have,
			})
			require.Empty(t, ds)
			if tt.after == nil {
				require.Empty(t, p.Changes)
				return
			}
			require.Len(t, p.Changes, 1)
			body, err := plan.Body(&p.Changes[0], observed("ID", map[string]any{"grant_types": tt.have}), nil)
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"grant_types": tt.after}, body)
		})
	}
}

func TestDiffOfOneAttribute(t *testing.T) {
	yes := func(attr string, w schema.Want) *schema.Object {
		o := block(schema.API, "a", map[string]any{"identifier": "https://api/"})
		w.Src = o.Src
		o.Convert = true
		*o.Want(attr) = w
		return o
	}
	have := map[string]any{"identifier": "https://api/", "signing_alg": "RS256"}
	with := func(k string, v any) map[string]any {
		out := map[string]any{k: v}
		for k, v := range have {
			out[k] = v
		}
		return out
	}
	exactly := func(v any) schema.Want { return schema.Want{Mode: schema.Exactly, V: v} }
	scope := func(v, d string) map[string]any { return map[string]any{"value": v, "description": d} }
	tests := map[string]struct {
		attr   string
		want   schema.Want
		have   map[string]any
		after  any
		change bool
	}{
		"unmanaged stays":                   {"name", schema.Want{}, with("name", "X"), nil, false},
		"exactly, other value":              {"name", exactly("Y"), with("name", "X"), "Y", true},
		"exactly, same value":               {"name", exactly("X"), with("name", "X"), nil, false},
		"exactly, absent":                   {"name", exactly("X"), have, "X", true},
		"reset of a value":                  {"consent_policy", exactly(nil), with("consent_policy", "standard"), nil, true},
		"reset of what is absent":           {"consent_policy", exactly(nil), have, nil, false},
		"numbers compare numerically":       {"token_lifetime", exactly(json.Number("86400")), with("token_lifetime", json.Number("86400.0")), nil, false},
		"at least, missing is appended":     {"scope", schema.Want{Mode: schema.AtLeast, V: []any{scope("b", "B")}}, with("scopes", []any{scope("a", "A")}), []any{scope("a", "A"), scope("b", "B")}, true},
		"at least, held":                    {"scope", schema.Want{Mode: schema.AtLeast, V: []any{scope("a", "A")}}, with("scopes", []any{scope("a", "A"), scope("z", "Z")}), nil, false},
		"at least, other description":       {"scope", schema.Want{Mode: schema.AtLeast, V: []any{scope("a", "new")}}, with("scopes", []any{map[string]any{"value": "a", "description": "old", "x": true}}), []any{map[string]any{"value": "a", "description": "new", "x": true}}, true},
		"exact scopes drop others":          {"scope", exactly([]any{scope("a", "A")}), with("scopes", []any{scope("z", "Z"), scope("a", "A")}), []any{scope("a", "A")}, true},
		"exact scopes in another order":     {"scope", exactly([]any{scope("a", "A"), scope("z", "Z")}), with("scopes", []any{scope("z", "Z"), scope("a", "A")}), nil, false},
		"a nested value in another's midst": {"subject_type_authorization.user.policy", exactly("deny_all"), with("subject_type_authorization", map[string]any{"client": map[string]any{"policy": "deny_all"}}), "deny_all", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, ds := diff(t, yes(tt.attr, tt.want), tt.have)
			require.Empty(t, ds)
			if !tt.change {
				require.Empty(t, p.Changes)
				return
			}
			require.Len(t, p.Changes, 1)
			require.Len(t, p.Changes[0].Attributes, 1)
			a := p.Changes[0].Attributes[0]
			assert.Equal(t, tt.attr, a.Name)
			assert.Equal(t, tt.after, a.After.Shown())
		})
	}
}

func TestConnectionComparisons(t *testing.T) {
	tests := map[string]struct {
		attr       string
		want, have any
	}{
		"query order and escapes": {"idp_initiated.query", "response_type=id_token&scope=openid%20email", "scope=email+openid&response_type=id_token"},
		"oidc is oauth2":          {"idp_initiated.client_protocol", "oauth2", "oidc"},
		"sets have no order":      {"domain_aliases", []any{"a", "b"}, []any{"b", "a"}},
		"empty is absent":         {"sign_out_endpoint", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := block(schema.SAMLConnection, "c", map[string]any{"name": "c", tt.attr: tt.want})
			have := map[string]any{"name": "c"}
			if tt.have != nil {
				have = schema.Put(have, schema.SAMLConnection.Attr(tt.attr).APIPath(), tt.have)
			}
			p, ds := diff(t, o, have)
			require.Empty(t, ds)
			assert.Empty(t, p.Changes)
		})
	}
}

func TestRefusals(t *testing.T) {
	existing := func(o *schema.Object) *schema.Object { o.Existing = true; return o }
	spa := func(wants map[string]any) *schema.Object { return block(schema.SPAClient, "p", wants) }
	good := map[string]any{"client_id": "ID", "name": "P", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
		"jwt_configuration": map[string]any{"alg": "RS256"}, "grant_types": []any{"implicit", "authorization_code"}}
	tests := map[string]struct {
		object  *schema.Object
		have    map[string]any
		summary string
	}{
		"existing differs":         {existing(spa(map[string]any{"name": "P", "app_type": "spa", "description": "mine"})), map[string]any{"name": "P", "app_type": "spa", "description": "theirs"}, "description is not what the tenant has"},
		"implied differs":          {spa(map[string]any{"name": "P"}), schema.Put(good, "oidc_conformant", false), "oidc_conformant on the tenant is not what spa_client means"},
		"grant missing":            {spa(map[string]any{"name": "P"}), schema.Put(good, "grant_types", []any{"implicit"}), "grant_types on the tenant is not what spa_client means"},
		"rename of a connection":   {block(schema.SAMLConnection, "c", map[string]any{"name": "new"}), map[string]any{"name": "old"}, "name cannot be changed"},
		"create without end point": {block(schema.SAMLConnection, "c", map[string]any{"name": "new", "signing_cert": "x"}), nil, "sign_in_endpoint is missing"},
		"identifier byte for byte": {block(schema.API, "a", map[string]any{"identifier": "https://api"}), map[string]any{"identifier": "https://api/", "signing_alg": "RS256"}, "identifier cannot be changed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, ds := diff(t, tt.object, tt.have)
			require.Len(t, ds, 1)
			assert.Equal(t, tt.summary, ds[0].Summary)
			assert.NotEmpty(t, ds[0].Detail)
		})
	}
	t.Run("the same objects without the fault", func(t *testing.T) {
		p, ds := diff(t, spa(map[string]any{"name": "P"}), good)
		require.Empty(t, ds)
		assert.Empty(t, p.Changes)
	})
}

func TestCreateImpliesAndMarks(t *testing.T) {
	p, ds := diff(t, block(schema.SPAClient, "p", map[string]any{"name": "P"}), nil)
	require.Empty(t, ds)
	require.Len(t, p.Changes, 1)
	body, err := plan.Body(&p.Changes[0], nil, nil)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"name": "P", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
		"jwt_configuration": map[string]any{"alg": "RS256"}, "grant_types": []any{"authorization_code"},
		"client_metadata": map[string]any{"tacit": "prod/spa_client.p"},
	}, body)
}

func TestUpdateSendsBackTheWholeOptions(t *testing.T) {
	o := block(schema.SAMLConnection, "c", map[string]any{"name": "c", "signing_cert": "NEW", "idp_initiated.enabled": true})
	have := map[string]any{
		"name": "c", "display_name": "C", "options": map[string]any{
			"signingCert": "OLD", "thumbprints": []any{"stale"}, "cert": "stale", "unknown": map[string]any{"deep": nil},
			"idpinitiated": map[string]any{"client_id": "kept", "odd": json.Number("1")}, "bindingMethod": "kept",
		},
	}
	p, ds := diff(t, o, have)
	require.Empty(t, ds)
	require.Len(t, p.Changes, 1)
	body, err := plan.Body(&p.Changes[0], observed("ID", have), nil)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"display_name": "C",
		"options": map[string]any{
			"signingCert": "NEW", "unknown": map[string]any{"deep": nil}, "bindingMethod": "kept",
			"idpinitiated": map[string]any{"client_id": "kept", "odd": json.Number("1"), "enabled": true},
		},
	}, body)
	assert.Equal(t, "OLD", have["options"].(map[string]any)["signingCert"], "what was read is not changed")
}

func TestMovedNamesWhatChangedSincePlanning(t *testing.T) {
	o := block(schema.API, "a", map[string]any{"identifier": "https://api/", "name": "New"})
	p, ds := diff(t, o, map[string]any{"identifier": "https://api/", "name": "Old", "signing_alg": "RS256"})
	require.Empty(t, ds)
	assert.Empty(t, plan.Moved(&p.Changes[0], observed("ID", map[string]any{"name": "Old"})))
	assert.Equal(t, []string{"name"}, plan.Moved(&p.Changes[0], observed("ID", map[string]any{"name": "Theirs"})))
}

func TestOrderFollowsIDs(t *testing.T) {
	conn := block(schema.SAMLConnection, "c", map[string]any{"name": "c", "sign_in_endpoint": "https://idp/", "signing_cert": "x"})
	app := block(schema.SPAClient, "app", map[string]any{"name": "App"})
	holds := func(a schema.Address) *schema.Template {
		return &schema.Template{Parts: []schema.Part{{Lit: "https://app/"}, {Addr: &a}}}
	}
	none := &plan.Binding{}

	set := func(o *schema.Object, name string, v any) {
		*o.Want(name) = schema.Want{Mode: schema.Exactly, V: v, Src: o.Src}
	}
	set(app, "callbacks", []any{holds(conn.Addr)})
	p, ds := plan.Make(config(conn, app), none, nil)
	require.Empty(t, ds)
	assert.Equal(t, "saml_connection.c", p.Changes[0].Address, "the client needs the connection's id")

	*conn.Want("clients") = schema.Want{Mode: schema.AtLeast, V: []any{schema.RefTo(app.Addr)}, Src: conn.Src}
	_, ds = plan.Make(config(conn, app), none, nil)
	assert.Empty(t, ds, "enabled clients are written last and make no circle")

	set(conn, "idp_initiated.client", schema.RefTo(app.Addr))
	_, ds = plan.Make(config(conn, app), none, nil)
	require.NotEmpty(t, ds)
	assert.Equal(t, "Objects need each other's ids", ds[0].Summary)
}

func TestSensitiveValuesStayOutOfTheJSON(t *testing.T) {
	o := block(schema.API, "a", map[string]any{"identifier": "https://api/"})
	*o.Want("name") = schema.Want{Mode: schema.Exactly, V: "hush-new", Sensitive: true, Src: o.Src}
	p, ds := diff(t, o, map[string]any{"identifier": "https://api/", "name": "hush-old", "signing_alg": "RS256"})
	require.Empty(t, ds)
	raw, err := json.Marshal(p)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "hush")
	assert.Contains(t, string(raw), `"sensitive":true`)
	body, err := plan.Body(&p.Changes[0], observed("ID", nil), nil)
	require.NoError(t, err)
	assert.Equal(t, "hush-new", body["name"], "the value is still sent")
}

// TestFetches: Auth0 fetches a metadata URL on every write of the connection's
// body, also one that the configuration does not manage.
func TestFetches(t *testing.T) {
	const url = "https://idp.example.com/metadata"
	have := map[string]any{"name": "acme", "options": map[string]any{"metadataUrl": url}}
	for name, tt := range map[string]struct {
		attrs map[string]any
		have  map[string]any
		want  string
	}{
		"created":          {map[string]any{"name": "acme", "metadata_url": url}, nil, url},
		"changed":          {map[string]any{"name": "acme", "display_name": "Acme", "metadata_url": url}, have, url},
		"not managed":      {map[string]any{"name": "acme", "display_name": "Acme"}, have, url},
		"taken out":        {map[string]any{"name": "acme", "metadata_url": ""}, have, ""},
		"there is none":    {map[string]any{"name": "acme", "display_name": "Acme"}, map[string]any{"name": "acme", "options": map[string]any{}}, ""},
		"only its clients": {map[string]any{"name": "acme", "clients": []any{"c"}}, have, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, ds := diff(t, block(schema.SAMLConnection, "acme", tt.attrs), tt.have)
			require.False(t, ds.HasErrors(), "%v", ds)
			require.Len(t, p.Changes, 1)
			assert.Equal(t, tt.want, p.Changes[0].Fetches)
		})
	}
}

// TestWhatTacitMadeBecomesThatAgain: drift of what a kind means is a change on an
// object with our mark, and a question on one that is only now taken over.
func TestWhatTacitMadeBecomesThatAgain(t *testing.T) {
	o := block(schema.SPAClient, "p", map[string]any{"name": "P"})
	have := map[string]any{"name": "P", "app_type": "spa", "oidc_conformant": false, "grant_types": []any{"authorization_code"},
		"token_endpoint_auth_method": "none", "jwt_configuration": map[string]any{"alg": "RS256"}, "client_metadata": map[string]any{"tacit": schema.Mark("prod", o.Addr)}}
	b := &plan.Binding{
		Observed: map[schema.Address]*schema.Observed{o.Addr: observed("ID", have)}, Owned: map[schema.Address]bool{o.Addr: true}, Imported: map[schema.Address]bool{},
	}
	p, ds := plan.Make(config(o), b, nil)
	require.Empty(t, ds)
	require.Len(t, p.Changes, 1)
	require.Len(t, p.Changes[0].Attributes, 1)
	assert.Equal(t, "oidc_conformant", p.Changes[0].Attributes[0].Name)

	b.Imported[o.Addr] = true
	_, ds = plan.Make(config(o), b, nil)
	require.Len(t, ds, 1)
	assert.Contains(t, ds[0].Detail, "convert = true")
}
