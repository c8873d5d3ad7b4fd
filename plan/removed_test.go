package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// remove is a removed block that may delete.
func remove(k *schema.Kind, key map[string]any) *schema.Removed {
	return &schema.Removed{Object: block(k, "removed", key), Destroy: true}
}

func forget(r *schema.Removed) *schema.Removed { r.Destroy = false; return r }

func protect(r *schema.Removed) *schema.Removed { r.Object.PreventDestroy = true; return r }

func TestRemovals(t *testing.T) {
	conn := func(mark string) *schema.Observed {
		return observed("con_1", map[string]any{"name": "acme", "metadata": map[string]any{"tacit": mark, "team": "blue"}})
	}
	name := map[string]any{"name": "acme"}
	portal := map[string]any{"name": "Portal"}
	mine := marked("prod/spa_client.old")
	api := map[string]any{"identifier": "https://api/"}
	grantKey := map[string]any{"client": "A", "audience": "https://api/", "subject_type": "user"}
	held := map[string]any{"client_id": "A", "audience": "https://api/", "subject_type": "user"}
	tests := map[string]struct {
		block   *schema.Removed
		tenant  []*schema.Observed
		id      string // "" when nothing is removed
		address string
		says    string
		level   schema.Severity
	}{
		"owned connection":       {remove(schema.SAMLConnection, name), []*schema.Observed{conn(`prod/saml_connection.c["acme"]`)}, "con_1", `saml_connection.c["acme"]`, "", ""},
		"forgotten connection":   {forget(protect(remove(schema.SAMLConnection, name))), []*schema.Observed{conn("prod/saml_connection.old")}, "con_1", "saml_connection.old", "", ""},
		"protected connection":   {protect(remove(schema.SAMLConnection, name)), []*schema.Observed{conn("prod/saml_connection.old")}, "", "", "Protected against deletion", schema.Error},
		"unmarked connection":    {remove(schema.SAMLConnection, name), []*schema.Observed{conn("")}, "", "", "Not owned", schema.Error},
		"forgotten already":      {forget(remove(schema.SAMLConnection, name)), []*schema.Observed{conn("")}, "", "", "Nothing to forget", schema.Info},
		"another workspace's":    {remove(schema.SAMLConnection, name), []*schema.Observed{conn("dev/saml_connection.old")}, "", "", "Owned by another configuration", schema.Error},
		"forget another's":       {forget(remove(schema.SAMLConnection, name)), []*schema.Observed{conn("dev/saml_connection.old")}, "", "", "Owned by another configuration", schema.Error},
		"gone already":           {remove(schema.SAMLConnection, name), nil, "", "", "Nothing to remove", schema.Info},
		"client by name":         {remove(schema.SPAClient, portal), []*schema.Observed{client("A", "Portal", mine)}, "A", "spa_client.old", "", ""},
		"client by client_id":    {remove(schema.SPAClient, map[string]any{"client_id": "B"}), []*schema.Observed{client("A", "Portal", mine), client("B", "Portal", mine)}, "B", "spa_client.old", "", ""},
		"two clients":            {remove(schema.SPAClient, portal), []*schema.Observed{client("A", "Portal", mine), client("B", "Portal", mine)}, "", "", "Found more than once on the tenant", schema.Error},
		"another type's name":    {remove(schema.SPAClient, portal), []*schema.Observed{client("A", "Portal", map[string]any{"app_type": "regular_web"})}, "", "", "Nothing to remove", schema.Info},
		"another type's id":      {remove(schema.SPAClient, map[string]any{"client_id": "A"}), []*schema.Observed{client("A", "Portal", map[string]any{"app_type": "non_interactive"})}, "", "", "Never removed", schema.Error},
		"global client":          {remove(schema.SPAClient, map[string]any{"client_id": "G"}), []*schema.Observed{client("G", "All Applications", map[string]any{"global": true})}, "", "", "Never removed", schema.Error},
		"api":                    {remove(schema.API, api), []*schema.Observed{observed("rs_1", map[string]any{"identifier": "https://api/"})}, "rs_1", "", "", ""},
		"api, other spelling":    {remove(schema.API, map[string]any{"identifier": "https://api"}), []*schema.Observed{observed("rs_1", map[string]any{"identifier": "https://api/"})}, "", "", "Nothing to remove", schema.Info},
		"system api":             {remove(schema.API, api), []*schema.Observed{observed("rs_1", map[string]any{"identifier": "https://api/", "is_system": true})}, "", "", "Never removed", schema.Error},
		"management api":         {remove(schema.API, map[string]any{"identifier": "https://t.example.com/api/v2/"}), []*schema.Observed{observed("rs_1", map[string]any{"identifier": "https://t.example.com/api/v2/"})}, "", "", "Never removed", schema.Error},
		"grant":                  {remove(schema.ClientGrant, grantKey), []*schema.Observed{observed("cgr_1", held)}, "cgr_1", "", "", ""},
		"grant of management":    {remove(schema.ClientGrant, map[string]any{"client": "A", "audience": "https://x.eu.auth0.com/api/v2/"}), []*schema.Observed{observed("cgr_1", map[string]any{"client_id": "A", "audience": "https://x.eu.auth0.com/api/v2/"})}, "", "", "Never removed", schema.Error},
		"grant of a new client":  {remove(schema.ClientGrant, map[string]any{"client": schema.RefTo(schema.Address{Kind: "spa_client", Name: "new"}), "audience": "https://api/"}), []*schema.Observed{observed("cgr_1", held)}, "", "", "Nothing to remove", schema.Info},
		"organization, its link": {remove(schema.OrganizationConnection, map[string]any{"organization": "org_1", "connection": "con_1"}), []*schema.Observed{observed("org_1/con_1", map[string]any{"organization_id": "org_1", "connection_id": "con_1"})}, "org_1/con_1", "", "", ""},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			cfg := config()
			cfg.Removed = []*schema.Removed{tt.block}
			got, ds := plan.Removals(cfg, &plan.Binding{}, snapshot(tt.block.Object.Kind.Collection, tt.tenant...), "t.example.com")
			if tt.says != "" {
				require.Len(t, ds, 1)
				assert.Equal(t, tt.says, ds[0].Summary)
				assert.Equal(t, tt.level, ds[0].Severity)
				assert.NotNil(t, ds[0].Subject)
				assert.Empty(t, got)
				return
			}
			require.Empty(t, ds)
			require.Len(t, got, 1)
			assert.Equal(t, tt.id, got[0].ID)
			assert.Equal(t, tt.address, got[0].Address)
			assert.Equal(t, !tt.block.Destroy, got[0].Forget)
			assert.NotEmpty(t, got[0].Name)
		})
	}
}

func TestRemovalOfWhatABlockStandsFor(t *testing.T) {
	app := block(schema.SPAClient, "app", map[string]any{"client_id": "A"})
	cfg := config(app)
	cfg.Removed = []*schema.Removed{remove(schema.SPAClient, map[string]any{"name": "App"})}
	snap := snapshot(schema.Clients, client("A", "App", marked("prod/spa_client.app")))
	b, ds := plan.Bind(cfg, snap)
	require.Empty(t, ds)
	got, ds := plan.Removals(cfg, b, snap, "")
	require.Len(t, ds, 1)
	assert.Equal(t, "Removed, but still declared", ds[0].Summary)
	assert.Empty(t, got)
}

func TestRemovalsDoNotTellSensitiveKeys(t *testing.T) {
	secret := func() *schema.Removed {
		r := remove(schema.API, map[string]any{"identifier": "hunter2"})
		r.Object.Want("identifier").Sensitive = true
		return r
	}
	cfg := config()
	cfg.Removed = []*schema.Removed{secret()}
	_, ds := plan.Removals(cfg, &plan.Binding{}, snapshot(schema.ResourceServers), "")
	require.Len(t, ds, 1)
	assert.NotContains(t, ds[0].Detail, "hunter2")
	got, ds := plan.Removals(cfg, &plan.Binding{}, snapshot(schema.ResourceServers, observed("rs_1", map[string]any{"identifier": "hunter2"})), "")
	require.Empty(t, ds)
	assert.Equal(t, "(sensitive value)", got[0].Name)
}

func TestRemovalsComeInAnOrderThatWorks(t *testing.T) {
	cfg := config()
	cfg.Removed = []*schema.Removed{
		remove(schema.API, map[string]any{"identifier": "https://api/"}),
		remove(schema.SPAClient, map[string]any{"client_id": "A"}),
		remove(schema.ClientGrant, map[string]any{"client": "A", "audience": "https://api/"}),
	}
	got, ds := plan.Removals(cfg, &plan.Binding{}, &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{
		schema.ResourceServers: {observed("rs_1", map[string]any{"identifier": "https://api/"})},
		schema.Clients:         {client("A", "App", marked("prod/spa_client.app"))},
		schema.ClientGrants:    {observed("cgr_1", map[string]any{"client_id": "A", "audience": "https://api/"})},
	}}, "")
	require.Empty(t, ds)
	require.Len(t, got, 3)
	assert.Equal(t, []string{"cgr_1", "A", "rs_1"}, []string{got[0].ID, got[1].ID, got[2].ID})
}

func TestForgettingKeepsTheOtherMetadata(t *testing.T) {
	mark := map[string]any{"tacit": "prod/x", "team": "blue"}
	tests := map[string]struct {
		kind      *schema.Kind
		now, body map[string]any
	}{
		"replaced metadata goes back without the mark": {schema.SAMLConnection,
			map[string]any{"display_name": "Acme", "metadata": mark}, map[string]any{"display_name": "Acme", "metadata": map[string]any{"team": "blue"}}},
		"merged metadata gets a null": {schema.SPAClient,
			map[string]any{"client_metadata": mark}, map[string]any{"client_metadata": map[string]any{"tacit": nil}}},
		"nothing but the mark": {schema.Organization,
			map[string]any{"metadata": map[string]any{"tacit": "prod/x"}}, map[string]any{"metadata": map[string]any{}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			now := observed("ID", tt.now)
			c, err := plan.RemovedObject{Block: remove(tt.kind, nil), Name: "x", Forget: true}.Change(now, plan.Guard{})
			require.NoError(t, err)
			body, err := plan.Body(&c, now, nil)
			require.NoError(t, err)
			assert.Equal(t, tt.body, body)
		})
	}
}

func TestForOutputsReadsWhatTheOutputsNeed(t *testing.T) {
	app := block(schema.SPAClient, "app", map[string]any{"name": "App", "callbacks": []any{"https://x"}})
	api := block(schema.API, "api", map[string]any{"identifier": "https://api/"})
	grant := block(schema.ClientGrant, "g", map[string]any{"client": schema.RefTo(app.Addr), "audience": "https://api/", "scope": []any{"x"}})
	up := block(schema.SilentUpgrade, "up", nil)
	cfg := config(app, api, grant, up)
	kinds := func(v any, unknown bool) []string {
		cfg.Outputs = []*schema.Output{{Name: "o", V: v, Unknown: unknown}}
		got := plan.ForOutputs(cfg)
		if got == nil {
			return nil
		}
		var out []string
		for _, o := range got.Objects {
			out = append(out, o.Kind.Name)
			assert.Equal(t, schema.Unmanaged, o.Wants[len(o.Wants)-1].Mode)
		}
		return out
	}
	assert.Empty(t, kinds("plain", false))
	assert.Equal(t, []string{"api"}, kinds(schema.RefTo(api.Addr), false))
	assert.Equal(t, []string{"spa_client", "client_grant"}, kinds([]any{schema.RefTo(grant.Addr)}, false), "a grant is found by its client")
	assert.Equal(t, []string{"spa_client", "api", "client_grant"}, kinds(nil, true))

	cfg.Outputs = []*schema.Output{{V: schema.RefTo(app.Addr)}}
	got := plan.ForOutputs(cfg).Objects[0]
	assert.Equal(t, "App", got.Want("name").V)
	assert.Equal(t, schema.Unmanaged, got.Want("callbacks").Mode)
	assert.Equal(t, schema.Exactly, app.Want("callbacks").Mode, "the configuration itself stays")
}
