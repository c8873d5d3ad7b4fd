package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func grant(client any, subject string) *schema.Object {
	wants := map[string]any{"client": client, "audience": "https://api/", "scope": []any{"read:x"}}
	if subject != "" {
		wants["subject_type"] = subject
	}
	return block(schema.ClientGrant, "g", wants)
}

// TestBindGrantsByTheWholeKey: client, audience and subject_type together; a
// tenant from before subject types leaves the part out.
func TestBindGrantsByTheWholeKey(t *testing.T) {
	app := block(schema.Client, "app", map[string]any{"client_id": "A"})
	held := []*schema.Observed{
		observed("cgr_user", map[string]any{"client_id": "A", "audience": "https://api/", "subject_type": "user"}),
		observed("cgr_old", map[string]any{"client_id": "A", "audience": "https://api/"}),
		observed("cgr_default", map[string]any{"audience": "https://api/", "default_for": "third_party_clients"}),
	}
	tests := map[string]struct {
		object *schema.Object
		want   string
	}{
		"user":            {grant(schema.RefTo(app.Addr), "user"), "cgr_user"},
		"client":          {grant(schema.RefTo(app.Addr), "client"), "cgr_old"},
		"client, unsaid":  {grant(schema.RefTo(app.Addr), ""), "cgr_old"},
		"another client":  {grant("B", "user"), ""},
		"of a new client": {grant(schema.RefTo(schema.Address{Kind: "spa_client", Name: "new"}), "user"), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, ds := plan.Bind(config(tt.object, app), &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{
				schema.Clients: {client("A", "App", nil)}, schema.ClientGrants: held,
			}})
			require.Empty(t, ds)
			id, _ := b.IDs()(tt.object.Addr)
			assert.Equal(t, tt.want, id)
		})
	}
}

func TestTheTenantsOneObjectIsAlwaysFound(t *testing.T) {
	o := &schema.Object{Kind: schema.TenantSettingsKind, Addr: schema.Address{Kind: "tenant_settings"}, Src: &schema.Range{}, Wants: make([]schema.Want, len(schema.TenantSettingsKind.Attrs))}
	*o.Want("flags") = schema.Want{Mode: schema.Exactly, V: map[string]any{"enable_sso": true}, Src: o.Src}
	have := observed("", map[string]any{"flags": map[string]any{"enable_sso": false, "enable_pipeline2": false}, "friendly_name": "X"})
	b, ds := plan.Bind(config(o), snapshot(schema.TenantSettings, have))
	require.Empty(t, ds)
	p, ds := plan.Make(config(o), b, nil)
	require.Empty(t, ds)
	require.Len(t, p.Changes, 1)
	assert.Equal(t, plan.Update, p.Changes[0].Action)
	body, err := plan.Body(&p.Changes[0], have, nil)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"flags": map[string]any{"enable_sso": true}}, body, "PATCH merges flags: only what was asked for is sent")
}

// TestValuesManageOnlyTheMembersGiven covers rows of the type JSON.
func TestValuesManageOnlyTheMembersGiven(t *testing.T) {
	tests := map[string]struct {
		kind *schema.Kind
		attr string
		want any
		have any
		body any
		same bool
	}{
		"given members are held":       {schema.SPAClient, "mobile", map[string]any{"ios": map[string]any{"team_id": "T"}}, map[string]any{"ios": map[string]any{"team_id": "T", "more": true}, "android": map[string]any{}}, nil, true},
		"merged: only given are sent":  {schema.SPAClient, "client_metadata", map[string]any{"team": "blue", "old": nil}, map[string]any{"crm": "1", "old": "x"}, map[string]any{"team": "blue", "old": nil}, false},
		"null of what is not there":    {schema.SPAClient, "client_metadata", map[string]any{"old": nil}, map[string]any{"crm": "1"}, nil, true},
		"replaced: all goes back":      {schema.SAMLConnection, "metadata", map[string]any{"team": "blue", "old": nil}, map[string]any{"crm": "1", "old": "x"}, map[string]any{"team": "blue", "crm": "1"}, false},
		"replaced deeply":              {schema.SAMLConnection, "upstream_params", map[string]any{"a": map[string]any{"value": "1"}}, map[string]any{"a": map[string]any{"alias": "z"}, "b": map[string]any{}}, map[string]any{"a": map[string]any{"alias": "z", "value": "1"}, "b": map[string]any{}}, false},
		"lists are compared as wholes": {schema.SPAClient, "refresh_token.policies", []any{"x"}, []any{"x", "y"}, []any{"x"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := block(tt.kind, "o", map[string]any{"name": "n", tt.attr: tt.want})
			o.Convert = true
			have := map[string]any{"name": "n", "app_type": "spa", "token_endpoint_auth_method": "none", "oidc_conformant": true,
				"jwt_configuration": map[string]any{"alg": "RS256"}, "grant_types": []any{"authorization_code"}}
			path := tt.kind.Attr(tt.attr).APIPath()
			have = schema.Put(have, path, tt.have)
			p, ds := diff(t, o, have)
			require.Empty(t, ds)
			if tt.same {
				require.Empty(t, p.Changes)
				return
			}
			require.Len(t, p.Changes, 1)
			body, err := plan.Body(&p.Changes[0], observed("ID", have), nil)
			require.NoError(t, err)
			got, _ := schema.Lookup(body, path)
			assert.Equal(t, tt.body, got)
		})
	}
}

// TestRulesSeeTheMembersThatStay: a file that gives one member of a JSON value
// leaves the others to the tenant, whose values rules judge.
func TestRulesSeeTheMembersThatStay(t *testing.T) {
	sso, connections := schema.Use[bool](schema.TenantSettingsKind, "flags.enable_sso"), schema.Use[bool](schema.TenantSettingsKind, "flags.enable_client_connections")
	tenant := block(schema.TenantSettingsKind, "", map[string]any{"flags": map[string]any{"enable_client_connections": false}})
	app, api := block(schema.SPAClient, "app", map[string]any{"name": "App"}), block(schema.API, "api", map[string]any{"identifier": "https://api/"})
	conn := block(schema.SAMLConnection, "c", map[string]any{"name": "c"})
	up := block(schema.SilentUpgrade, "up", map[string]any{
		"connections": []any{schema.RefTo(conn.Addr)}, "client": schema.RefTo(app.Addr), "api": schema.RefTo(api.Addr),
	})
	cfg := config(app, api, conn, up, tenant)
	var given, kept schema.Presence
	look := &check.Rule{Code: "TAC000", Severity: check.Always(schema.Error), Judge: func(p *check.Path) check.Verdict {
		_, given = connections.Get(p.Tenant)
		_, kept = sso.Get(p.Tenant)
		return check.Passed()
	}}
	b, ds := plan.Bind(cfg, snapshot(schema.TenantSettings, observed("", map[string]any{"flags": map[string]any{"enable_sso": true}})))
	require.Empty(t, ds)
	_, _ = plan.Make(cfg, b, plan.Rules{look})
	assert.Equal(t, []schema.Presence{schema.Known, schema.Known}, []schema.Presence{given, kept})
	_, _ = plan.Offline(cfg, plan.Rules{look})
	assert.Equal(t, []schema.Presence{schema.Known, schema.NotRead}, []schema.Presence{given, kept}, "without a tenant")
}
