package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

func addr(t *testing.T, s string) schema.Address {
	t.Helper()
	a, err := schema.ParseAddress(s)
	require.NoError(t, err)
	return a
}

func TestMovesFollowBlocksAndInstances(t *testing.T) {
	list := func(pairs ...string) *schema.Moves {
		var out []*schema.Move
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, &schema.Move{From: addr(t, pairs[i]), To: addr(t, pairs[i+1])})
		}
		return schema.NewMoves(out)
	}
	tests := map[string]struct {
		moves  *schema.Moves
		now    string
		former []string
	}{
		"no move":                      {list(), "api.a", nil},
		"a block":                      {list("api.a", "api.b"), "api.b", []string{"api.a"}},
		"a chain":                      {list("api.b", "api.c", "api.a", "api.b"), "api.c", []string{"api.b", "api.a"}},
		"all instances":                {list("api.a", "api.b"), `api.b["x"]`, []string{`api.a["x"]`}},
		"one instance":                 {list(`api.a["x"]`, `api.a["y"]`), `api.a["y"]`, []string{`api.a["x"]`}},
		"into for_each":                {list("api.a", `api.a["x"]`), `api.a["x"]`, []string{"api.a"}},
		"out of for_each":              {list(`api.a["x"]`, "api.a"), "api.a", []string{`api.a["x"]`}},
		"block, then instance":         {list("api.a", "api.b", `api.b["x"]`, `api.b["y"]`), `api.b["y"]`, []string{`api.b["x"]`, `api.a["y"]`, `api.a["x"]`}},
		"an instance goes another way": {list("api.a", "api.b", `api.a["x"]`, `api.c["x"]`), `api.b["x"]`, nil},
		"a circle ends":                {list("api.a", "api.b", "api.b", "api.a"), "api.b", []string{"api.a"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, a := range tt.moves.Former(addr(t, tt.now)) {
				got = append(got, a.String())
				if name != "a circle ends" {
					assert.Equal(t, tt.now, tt.moves.Last(a).String())
				}
			}
			assert.Equal(t, tt.former, got)
		})
	}
}

func TestOutputsResolve(t *testing.T) {
	app := addr(t, "spa_client.app")
	ids := func(a schema.Address) (string, bool) { return "ID", a == app }
	o := &schema.Output{V: map[string]any{"id": schema.RefTo(app), "none": nil}}
	v, known := o.Value(ids)
	assert.True(t, known)
	assert.Equal(t, map[string]any{"id": "ID", "none": nil}, v)
	o.V = []any{schema.RefTo(app), schema.RefTo(addr(t, "api.x"))}
	v, known = o.Value(ids)
	assert.False(t, known)
	assert.Nil(t, v, "a part alone would be misread")
	_, known = (&schema.Output{Unknown: true}).Value(ids)
	assert.False(t, known)
}
