package plan_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// TestCrowding: a limit is named when the plan passes it, and only then.
func TestCrowding(t *testing.T) {
	tests := map[string]struct {
		kind         *schema.Kind
		have, create int
		want         string
	}{
		"within":                       {schema.API, 3, 7, ""},
		"past the smallest":            {schema.API, 3, 8, "from 3 to 11 APIs. Auth0's limit is 10 on Free (entity"},
		"past two at once":             {schema.API, 10, 91, "10 on Free and 100 on the self-service plans (entity"},
		"larger subscription already":  {schema.API, 11, 5, ""},
		"past the next":                {schema.API, 100, 1, "Auth0's limit is 100 on the self-service plans"},
		"connections":                  {schema.SAMLConnection, 99, 2, "not counting connections of other strategies. Auth0's limit is 100 on Free and the self-service"},
		"many connections are allowed": {schema.SAMLConnection, 101, 900, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			snap := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}
			for i := range tt.have {
				snap.Objects[tt.kind.Collection] = append(snap.Objects[tt.kind.Collection], observed(fmt.Sprint(i), map[string]any{}))
			}
			cfg := config()
			for i := range tt.create {
				name := fmt.Sprintf("new%d", i)
				wants := map[string]any{tt.kind.NaturalKey: name}
				if tt.kind == schema.SAMLConnection {
					wants["sign_in_endpoint"], wants["signing_cert"] = "https://idp.example", "x"
				}
				cfg.Objects = append(cfg.Objects, block(tt.kind, name, wants))
			}
			b, _ := plan.Bind(cfg, snap)
			p, ds := plan.Make(cfg, b, nil)
			require.Empty(t, ds)
			got := plan.Crowding(p, snap)
			if tt.want == "" {
				assert.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			assert.Contains(t, got[0].Detail, tt.want)
			assert.Equal(t, schema.Info, got[0].Severity)
		})
	}
}
