package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

func TestStrands(t *testing.T) {
	app, x := block(schema.SPAClient, "app", nil), block(schema.API, "x", nil)
	c, d := block(schema.SAMLConnection, "c", nil), block(schema.SAMLConnection, "d", nil)
	up := block(schema.SilentUpgrade, "up", map[string]any{
		"connections": []any{schema.RefTo(c.Addr), schema.RefTo(d.Addr)}, "client": schema.RefTo(app.Addr), "api": schema.RefTo(x.Addr),
	})
	cfg := config(app, x, c, d, up)
	there := func(a schema.Address) bool { return a == c.Addr }
	deletes := func(addresses ...string) *plan.Plan {
		p := &plan.Plan{}
		for _, a := range addresses {
			p.Changes = append(p.Changes, plan.Change{Address: a, Action: plan.Delete})
		}
		return p
	}
	one := []plan.Stranded{{Path: "silent_upgrade.up", Connection: "saml_connection.c", Lost: []string{"api.x"}}}
	assert.Equal(t, one, plan.Strands(cfg, deletes("api.x"), there), "d is not on the tenant")
	assert.Empty(t, plan.Strands(cfg, deletes("api.x", "saml_connection.c"), there), "nobody arrives any more")
	assert.Empty(t, plan.Strands(cfg, deletes("api.other"), there))
	assert.Empty(t, plan.Strands(cfg, &plan.Plan{Changes: []plan.Change{{Address: "api.x", Action: plan.Update}}}, there))
}
