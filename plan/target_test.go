package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

func targetable() *schema.Config {
	spa := block(schema.SPAClient, "portal", map[string]any{"name": "Portal"})
	api := block(schema.API, "orders", map[string]any{"identifier": "https://api.example"})
	up := block(schema.SilentUpgrade, "orders", map[string]any{"client": schema.RefTo(spa.Addr), "api": schema.RefTo(api.Addr)})
	cfg := config(api, spa, block(schema.SPAClient, "other", map[string]any{"name": "Other"}))
	var refs []any
	for _, key := range []string{"acme", "beta"} {
		c := block(schema.SAMLConnection, "customer", map[string]any{"name": key, "idp_initiated.client": schema.RefTo(spa.Addr)})
		c.Addr.Each, c.Addr.Key = true, key
		refs = append(refs, schema.RefTo(c.Addr))
		cfg.Objects = append(cfg.Objects, c)
	}
	*up.Want("connections") = schema.Want{Mode: schema.Exactly, V: refs}
	cfg.Objects = append(cfg.Objects, up)
	cfg.Imports = []*schema.Import{{To: spa.Addr, ID: "A"}, {To: cfg.Objects[2].Addr, ID: "B"}}
	return cfg
}

func TestTarget(t *testing.T) {
	const acme, beta = `saml_connection.customer["acme"]`, `saml_connection.customer["beta"]`
	tests := map[string]struct {
		targets  []string
		want     []string
		unjudged int
	}{
		"one customer":   {[]string{acme}, []string{"api.orders", "spa_client.portal", acme, "silent_upgrade.orders"}, 1},
		"all of a block": {[]string{"saml_connection.customer"}, []string{"api.orders", "spa_client.portal", acme, beta, "silent_upgrade.orders"}, 0},
		"a path":         {[]string{"silent_upgrade.orders"}, []string{"api.orders", "spa_client.portal", acme, beta, "silent_upgrade.orders"}, 0},
		"client alone":   {[]string{"spa_client.portal"}, []string{"spa_client.portal"}, 2},
		"two":            {[]string{"spa_client.other", "api.orders"}, []string{"api.orders", "spa_client.other"}, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := targetable()
			var targets []schema.Address
			for _, s := range tt.targets {
				a, err := schema.ParseAddress(s)
				require.NoError(t, err)
				targets = append(targets, a)
			}
			cut, unknown := plan.Target(cfg, targets)
			assert.Empty(t, unknown)
			var got []string
			for _, o := range cut.Objects {
				got = append(got, o.Addr.String())
			}
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.unjudged, cut.Partial.Unjudged)
			assert.Len(t, cut.Declared(), len(cfg.Objects), "nothing is lost")
			for _, im := range cut.Imports {
				assert.NotNil(t, cut.Object(im.To))
			}
			assert.Len(t, targetable().Objects, len(cfg.Objects))
			assert.Len(t, cfg.Objects[len(cfg.Objects)-1].Want("connections").V, 2, "the configuration itself stays whole")
		})
	}
}

// TestTargetKnowsWhatItLeavesOut: an object that belongs to a block outside the
// plan is no orphan, and is not taken for another one of the same name.
func TestTargetKnowsWhatItLeavesOut(t *testing.T) {
	one, two := block(schema.SPAClient, "one", map[string]any{"name": "App"}), block(schema.SPAClient, "two", map[string]any{"name": "App"})
	cut, _ := plan.Target(config(one, two), []schema.Address{one.Addr})
	snap := snapshot(schema.Clients, client("B", "App", marked("prod/spa_client.two")), client("C", "Gone", marked("prod/spa_client.gone")))
	b, ds := plan.Bind(cut, snap)
	require.Empty(t, ds)
	assert.Nil(t, b.Observed[one.Addr])
	require.Len(t, b.Orphans, 1)
	assert.Equal(t, "C", b.Orphans[0].ID)
}
