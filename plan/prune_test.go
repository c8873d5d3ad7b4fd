package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// left is a tenant with what a configuration once made: an application, a
// connection whose logins land in it, an organization.
func left() *schema.Snapshot {
	mark := func(a string) map[string]any { return map[string]any{"tacit": a} }
	return &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{
		schema.Clients: {
			client("A", "Portal", marked("prod/spa_client.portal")), client("B", "Old", marked("prod/spa_client.old")),
			client("C", "Foreign", marked("dev/spa_client.foreign")), client("D", "Nobody's", map[string]any{}),
			client("E", "Long", marked("prod/sha256:0123456789abcdef")),
		},
		schema.Connections: {observed("con_1", map[string]any{
			"name": "acme", "strategy": "samlp", "metadata": mark(`prod/saml_connection.c["acme"]`),
			"options": map[string]any{"idpinitiated": map[string]any{"client_id": "A", "enabled": true}},
		})},
		schema.Organizations: {observed("org_1", map[string]any{"name": "acme", "metadata": mark("prod/organization.acme")})},
	}}
}

func TestPrune(t *testing.T) {
	cfg := config()
	b, ds := plan.Bind(cfg, left())
	require.Empty(t, ds)
	assert.Empty(t, plan.Prune(cfg, b, nil), "nothing is deleted by omission")

	cfg.Prune = true
	got := map[string]string{}
	for _, r := range plan.Prune(cfg, b, nil) {
		got[r.ID] = r.Address
	}
	assert.Equal(t, map[string]string{"B": "spa_client.old", "E": `spa_client.undeclared["Long"]`}, got)
	kept := map[string]string{}
	for _, o := range b.Orphans {
		kept[o.ID] = o.Kept
	}
	assert.Contains(t, kept["A"], `logins of the connection "acme" land in it`)
	assert.Contains(t, kept["con_1"], `all of its users`)
	assert.Contains(t, kept["con_1"], `removed "saml_connection" with name = "acme" and prevent_destroy = false`)
	assert.Contains(t, kept["org_1"], `memberships`)
	assert.NotContains(t, kept, "C")
	assert.NotContains(t, kept, "D")
}

// A removed block that names the same object has been asked already.
func TestPruneBesideRemovedBlock(t *testing.T) {
	cfg := config()
	cfg.Prune = true
	cfg.Removed = []*schema.Removed{forget(remove(schema.SPAClient, map[string]any{"name": "Old"}))}
	b, ds := plan.Bind(cfg, left())
	require.Empty(t, ds)
	named, ds := plan.Removals(cfg, b, left(), "")
	require.Empty(t, ds)
	for _, r := range plan.Prune(cfg, b, named) {
		assert.Equal(t, r.ID == "B", r.Forget, r.ID)
	}
}

func TestEverything(t *testing.T) {
	open := block(schema.SAMLConnection, "c", map[string]any{"name": "acme"})
	open.Addr = schema.Address{Kind: "saml_connection", Name: "c", Key: "acme", Each: true}
	nobodys := block(schema.SPAClient, "nobodys", map[string]any{"client_id": "D"})
	only := block(schema.SPAClient, "only", map[string]any{"client_id": "C"})
	only.Existing = true
	cfg := config(open, nobodys, only, block(schema.API, "orders", map[string]any{"identifier": "https://api/"}))
	snap := left()
	snap.Objects[schema.ResourceServers] = []*schema.Observed{observed("rs_1", map[string]any{"identifier": "https://api/"})}
	b, ds := plan.Bind(cfg, snap)
	require.Empty(t, ds)

	gone, stays, ds := plan.Everything(cfg, b)
	require.Empty(t, ds)
	require.NotEmpty(t, gone)
	ids := map[string]bool{}
	for _, r := range gone {
		ids[r.ID] = true
	}
	assert.Equal(t, map[string]bool{"con_1": true, "A": true, "B": true, "E": true}, ids, "what carries the mark, declared or not")
	why := map[string]string{}
	for _, l := range stays {
		why[l.ID] = l.Why
	}
	assert.Contains(t, why["D"], "tacit did not create it")
	assert.Contains(t, why["rs_1"], `removed "api" with identifier = "https://api/"`)
	assert.Contains(t, why["org_1"], "prevent_destroy = false")
	assert.Len(t, stays, 3)

	open.PreventDestroy = true
	_, _, ds = plan.Everything(cfg, b)
	require.Len(t, ds, 1)
	assert.Equal(t, "Protected against deletion", ds[0].Summary)
	assert.Contains(t, ds[0].Detail, "prevent_destroy = false")
}

// An application in which logins land of a connection that stays is no one's to destroy.
func TestEverythingKeepsWhereLoginsLand(t *testing.T) {
	cfg := config()
	b, ds := plan.Bind(cfg, left())
	require.Empty(t, ds)
	gone, stays, ds := plan.Everything(cfg, b)
	require.Empty(t, ds)
	for _, r := range gone {
		assert.NotEqual(t, "A", r.ID, "acme stays, since no block lifts its protection")
	}
	why := map[string]string{}
	for _, l := range stays {
		why[l.ID] = l.Why
	}
	assert.Contains(t, why["A"], `logins of the connection "acme" land in it`)
	assert.Contains(t, why, "con_1")
}

// What a configuration calls sensitive is not shown on the way out either.
func TestEverythingHidesSensitiveValues(t *testing.T) {
	app := block(schema.SPAClient, "old", map[string]any{"name": "hunter2", "client_id": "B"})
	app.Want("name").Sensitive = true
	cfg := config(app)
	snap := snapshot(schema.Clients, client("B", "hunter2", map[string]any{"client_metadata": map[string]any{"tacit": "prod/spa_client.old"}, "global": false}))
	b, ds := plan.Bind(cfg, snap)
	require.Empty(t, ds)
	gone, _, ds := plan.Everything(cfg, b)
	require.Empty(t, ds)
	require.Len(t, gone, 1)
	c, err := gone[0].Change(snap.Objects[schema.Clients][0], plan.Guard{})
	require.NoError(t, err)
	p := plan.Assemble("t", "prod", []plan.Change{c})
	assert.NotContains(t, string(encoded(t, p)), "hunter2")
	assert.NotContains(t, gone[0].Name, "hunter2")
}

func encoded(t *testing.T, p *plan.Plan) []byte {
	t.Helper()
	raw, err := (&plan.File{FormatVersion: plan.FormatVersion, Plan: p}).Encode()
	require.NoError(t, err)
	return raw
}
