package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
)

func settings(flags schema.Cell) *schema.State {
	k := schema.TenantSettingsKind
	s := schema.StateOf(k, schema.Address{Kind: k.Name}, nil)
	s.Cells[k.Index("flags")] = flags
	return s
}

func TestMembersOfJSONAttributes(t *testing.T) {
	h := schema.Use[bool](schema.TenantSettingsKind, "flags.enable_sso")
	assert.Equal(t, "flags.enable_sso", h.Name())
	assert.Equal(t, "flags", h.Field().Attr.Name)
	for name, c := range map[string]struct {
		cell     schema.Cell
		want     bool
		presence schema.Presence
	}{
		"given":              {schema.Cell{Presence: schema.Known, V: map[string]any{"enable_sso": true}}, true, schema.Known},
		"left out":           {schema.Cell{Presence: schema.Known, V: map[string]any{}}, false, schema.Absent},
		"left out by a file": {schema.Cell{Presence: schema.Known, V: map[string]any{}, Partial: true}, false, schema.NotRead},
		"null":               {schema.Cell{Presence: schema.Known, V: map[string]any{"enable_sso": nil}}, false, schema.Null},
		"another type":       {schema.Cell{Presence: schema.Known, V: map[string]any{"enable_sso": "yes"}}, false, schema.Unknown},
		"no object":          {schema.Cell{Presence: schema.Known, V: []any{}}, false, schema.Unknown},
		"not read":           {schema.Cell{}, false, schema.NotRead},
		"none":               {schema.Cell{Presence: schema.Absent}, false, schema.Absent},
	} {
		v, presence := h.Get(settings(c.cell))
		assert.Equal(t, c.presence, presence, name)
		assert.Equal(t, c.want, v, name)
	}
	deep := schema.Use[string](schema.TenantSettingsKind, "sessions.a.b")
	s := settings(schema.Cell{})
	s.Cells[schema.TenantSettingsKind.Index("sessions")] = schema.Cell{
		Presence: schema.Known, V: map[string]any{"a": map[string]any{"b": "deep"}},
	}
	v, _ := deep.Get(s)
	assert.Equal(t, "deep", v)
	whole, _ := schema.Use[map[string]any](schema.TenantSettingsKind, "sessions").Get(s)
	assert.Contains(t, whole, "a")
	assert.Panics(t, func() { schema.Use[bool](schema.TenantSettingsKind, "friendly_name.x") }, "not a JSON attribute")
	assert.Panics(t, func() { schema.Use[map[string]any](schema.TenantSettingsKind, "friendly_name") })
}

func TestDerivedOnce(t *testing.T) {
	type words []string
	s, calls := settings(schema.Cell{}), 0
	for range 3 {
		got := schema.Derive(s, func(s *schema.State) words {
			calls++
			return words{s.Kind.Name}
		})
		assert.Equal(t, words{"tenant_settings"}, got)
	}
	assert.Equal(t, 1, calls)
	assert.Equal(t, 7, schema.Derive(s, func(*schema.State) int { return 7 }), "kept per type")
}
