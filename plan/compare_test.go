package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// drawTenant is a tenant with objects of every kind, whose rows hold values of
// their type or none.
type drawTenant struct {
	t     *rapid.T
	certs []string
	snap  *schema.Snapshot
}

func tenants(t *testing.T) func(*rapid.T) *schema.Snapshot {
	t.Helper()
	var certs []string
	for _, name := range []string{"acme", "globex"} {
		raw, err := os.ReadFile(filepath.Join("..", "examples", "quickstart", "idp", name+".pem"))
		require.NoError(t, err)
		certs = append(certs, string(raw))
	}
	return func(rt *rapid.T) *schema.Snapshot {
		d := &drawTenant{rt, certs, &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}}
		d.make(schema.Organization, 2)
		d.make(schema.API, 2)
		d.make(schema.Client, 3)
		d.make(schema.SAMLConnection, 3)
		d.make(schema.CustomDomain, 2)
		d.make(schema.TenantSettingsKind, 1)
		d.pairs(schema.ClientGrant, schema.Clients, schema.ResourceServers)
		d.pairs(schema.OrganizationConnection, schema.Organizations, schema.Connections)
		d.snap.Objects[schema.ResourceServers] = append(d.snap.Objects[schema.ResourceServers], &schema.Observed{
			ID: "ffffffffffffffffffffffff", Raw: map[string]any{"identifier": "https://a.example/api/v2/", "is_system": true},
		})
		return d.snap
	}
}

func (d *drawTenant) make(k *schema.Kind, n int) {
	for i := range n {
		id := fmt.Sprintf("%s-id-%016d", strings.ReplaceAll(k.Name, "_", ""), i)
		o := d.object(k, id)
		if k.NaturalKey != "" {
			o.Raw[k.NaturalKey] = fmt.Sprintf("%s %d", k.Name, i)
		}
		d.snap.Objects[k.Collection] = append(d.snap.Objects[k.Collection], o)
	}
}

// pairs make kinds whose key is two other objects.
func (d *drawTenant) pairs(k *schema.Kind, left, right schema.Collection) {
	for i, x := range d.snap.Objects[left] {
		for j, y := range d.snap.Objects[right] {
			if !rapid.Bool().Draw(d.t, "paired") {
				continue
			}
			o := d.object(k, fmt.Sprintf("%s-id-%d-%d-%012d", strings.ReplaceAll(k.Name, "_", ""), i, j, 0))
			if k == schema.ClientGrant {
				o.Raw["client_id"], o.Raw["audience"], o.Raw["subject_type"] = x.ID, y.Raw["identifier"], "user"
			} else {
				o.Raw["organization_id"], o.Raw["connection_id"] = x.ID, y.ID
			}
			d.snap.Objects[k.Collection] = append(d.snap.Objects[k.Collection], o)
		}
	}
}

func (d *drawTenant) object(k *schema.Kind, id string) *schema.Observed {
	o := &schema.Observed{ID: id, Raw: map[string]any{k.IDAttr: id}}
	for i := range k.Attrs {
		row := &k.Attrs[i]
		switch {
		case !comparedRow(k, row):
		case row.Via != "":
			var members []string
			for _, c := range d.snap.Objects[schema.Clients] {
				if rapid.Bool().Draw(d.t, "member") {
					members = append(members, c.ID)
				}
			}
			o.Relations = map[string]schema.Relation{row.Via: {Members: members, Complete: true}}
		case rapid.Bool().Draw(d.t, row.Name):
			o.Raw = schema.Put(o.Raw, row.APIPath(), d.value(row))
		}
	}
	return o
}

// comparedRow leaves out what no comparison looks at, and what finds an object.
func comparedRow(k *schema.Kind, row *schema.Attr) bool {
	return !row.Has(schema.Identity) && !row.Has(schema.Internal) && !row.Has(schema.Local) && row.ShownAt == "" && !slices.Contains(k.Key(), row)
}

func (d *drawTenant) value(row *schema.Attr) any {
	word := rapid.SampledFrom([]string{"one", "two", "organization-id-0000000000000001", "https://x.example/?client_id=client-id-0000000000000000"}).Draw(d.t, "word")
	if row.Has(schema.Secret) {
		return "hush"
	}
	switch row.Type {
	case schema.Bool:
		return rapid.Bool().Draw(d.t, "bool")
	case schema.Number:
		return json.Number(fmt.Sprint(rapid.IntRange(1, 5).Draw(d.t, "number")))
	case schema.List, schema.Set:
		return []any{word, "three"}
	case schema.Map, schema.JSON:
		return map[string]any{"key": word, "deep": map[string]any{"n": json.Number("1")}}
	case schema.Query:
		return "response_type=id_token&client_id=client-id-0000000000000001"
	case schema.Cert:
		return rapid.SampledFrom(d.certs).Draw(d.t, "certificate")
	case schema.Ref:
		return rapid.SampledFrom(d.snap.Objects[schema.Clients]).Draw(d.t, "client").ID
	case schema.Objects:
		return []any{map[string]any{row.Key: word, "description": "x"}}
	default:
		return word
	}
}

// remapped is the tenant with other ids throughout, its lists in another order.
func remapped(s *schema.Snapshot) *schema.Snapshot {
	var pairs []string
	for _, list := range s.Objects {
		for _, o := range list {
			pairs = append(pairs, o.ID, "other-"+strings.ToUpper(o.ID))
		}
	}
	// Ids of pairs hold no other id here, so the order does not matter.
	other := strings.NewReplacer(pairs...)
	out := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}
	for c, list := range s.Objects {
		for _, o := range slices.Backward(list) {
			n := &schema.Observed{ID: other.Replace(o.ID), Raw: map[string]any{}}
			n.Raw, _ = replaced(o.Raw, other).(map[string]any)
			for via, r := range o.Relations {
				m := make([]string, len(r.Members))
				for i, id := range slices.Backward(r.Members) {
					m[len(m)-1-i] = other.Replace(id)
				}
				n.Relations = map[string]schema.Relation{via: {Members: m, Complete: true}}
			}
			out.Objects[c] = append(out.Objects[c], n)
		}
	}
	return out
}

func replaced(v any, r *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return r.Replace(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = replaced(v[i], r)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = replaced(e, r)
		}
		return out
	default:
		return v
	}
}

func compare(o plan.Comparing, a, b *schema.Snapshot) *plan.Compared {
	side := func(s *schema.Snapshot) plan.ComparedTenant {
		return plan.ComparedTenant{Domain: "a.example", Stock: plan.Stock{Snapshot: s}}
	}
	return o.Compare(side(a), side(b))
}

func TestATenantIsLikeItselfWhateverItsIDs(t *testing.T) {
	draw := tenants(t)
	rapid.Check(t, func(rt *rapid.T) {
		a := draw(rt)
		for name, b := range map[string]*schema.Snapshot{"itself": a, "other ids": remapped(a)} {
			got := compare(plan.Comparing{}, a, b)
			require.Empty(rt, got.Differences, name)
			require.Empty(rt, got.Unknown, name)
			count := -1 // Auth0's own API
			for _, list := range a.Objects {
				count += len(list)
			}
			require.Equal(rt, count, got.Same, name)
		}
	})
}

func TestOneAttributeChangedIsTheOnlyDifference(t *testing.T) {
	draw := tenants(t)
	rapid.Check(t, func(rt *rapid.T) {
		a := draw(rt)
		b := remapped(a)
		k := plan.Comparable()[rapid.IntRange(0, len(plan.Comparable())-1).Draw(rt, "kind")]
		if len(b.Objects[k.Collection]) == 0 {
			rt.Skip("no such object")
		}
		o := b.Objects[k.Collection][len(b.Objects[k.Collection])-1] // the first of A, never Auth0's own API
		var rows []*schema.Attr
		for i := range k.Attrs {
			if comparedRow(k, &k.Attrs[i]) {
				rows = append(rows, &k.Attrs[i])
			}
		}
		row := rows[rapid.IntRange(0, len(rows)-1).Draw(rt, "row")]
		secretBefore := change(row, o)
		got := compare(plan.Comparing{}, a, b)
		if row.Has(schema.Secret) && !secretBefore {
			require.Empty(rt, got.Differences)
			require.Len(rt, got.Unknown, 1)
			require.Equal(rt, row.Name, got.Unknown[0].Attribute)
			return
		}
		require.Empty(rt, got.Unknown)
		require.Len(rt, got.Differences, 1, row.Name)
		require.Len(rt, got.Differences[0].Attributes, 1)
		require.Equal(rt, row.Name, got.Differences[0].Attributes[0].Name)
		if row.Has(schema.Secret) {
			raw, err := json.Marshal(got)
			require.NoError(rt, err)
			require.NotContains(rt, string(raw), "changed")
		}
	})
}

// change gives the attribute a value that nothing drawn has; it reports whether
// there was one.
func change(row *schema.Attr, o *schema.Observed) bool {
	have, p := o.Get(row)
	if row.Via != "" {
		r := o.Relations[row.Via]
		all := []string{"other-CLIENT-ID-0000000000000000"}
		if slices.Contains(r.Members, all[0]) {
			r.Members = slices.DeleteFunc(slices.Clone(r.Members), func(s string) bool { return s == all[0] })
		} else {
			r.Members = append(slices.Clone(r.Members), all...)
		}
		o.Relations = map[string]schema.Relation{row.Via: r}
		return true
	}
	var v any = "changed"
	switch row.Type { //nolint:exhaustive // the others are texts
	case schema.Bool:
		v = have != true
	case schema.Number:
		v = json.Number("77")
	case schema.List, schema.Set, schema.Refs:
		v = []any{"changed"}
	case schema.Map, schema.JSON:
		m := map[string]any{}
		if old, ok := have.(map[string]any); ok {
			m = maps.Clone(old)
		}
		m["more"] = "changed"
		v = m
	case schema.Query:
		v = "response_type=changed"
	case schema.Objects:
		v = []any{map[string]any{row.Key: "changed"}}
	}
	o.Raw = schema.Put(o.Raw, row.APIPath(), v)
	return p == schema.Known
}

func TestAmbiguousNamesAreNotCompared(t *testing.T) {
	client := func(id, name string) *schema.Observed {
		return &schema.Observed{ID: id, Raw: map[string]any{"client_id": id, "name": name, "app_type": "spa"}}
	}
	conn := &schema.Observed{
		ID: "con_0000000000000001", Raw: map[string]any{"name": "acme"},
		Relations: map[string]schema.Relation{"connection_clients": {Members: []string{"client-0000000000000002"}, Complete: true}},
	}
	a := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{
		schema.Clients: {client("client-0000000000000001", "Portal"), client("client-0000000000000002", "Portal")}, schema.Connections: {conn},
	}}
	got := compare(plan.Comparing{}, a, a)
	assert.Empty(t, got.Differences)
	require.Len(t, got.Unknown, 2)
	assert.Equal(t, plan.NotCompared{Kind: "spa_client", Name: "Portal", Why: "ambiguous: A has 2 of that name and B has 2"}, got.Unknown[0])
	assert.Equal(t, "clients", got.Unknown[1].Attribute)
	assert.Contains(t, got.Unknown[1].Why, `one of 2 of the name "Portal"`)
}

func TestWhatCouldNotBeReadIsNotCompared(t *testing.T) {
	empty := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}
	full := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{
		schema.Organizations: {{ID: "org_0000000000000001", Raw: map[string]any{"name": "acme"}}},
	}}
	got := plan.Comparing{}.Compare(
		plan.ComparedTenant{Stock: plan.Stock{Snapshot: empty, Unread: map[schema.Collection]string{schema.Organizations: "Auth0 answered 403"}}},
		plan.ComparedTenant{Stock: plan.Stock{Snapshot: full}})
	assert.Empty(t, got.Differences)
	assert.Equal(t, []plan.NotCompared{{Kind: "organization", Why: "A could not be read: Auth0 answered 403"}}, got.Unknown)
}

func TestRenamedObjectsMeet(t *testing.T) {
	a := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{schema.Connections: {
		{ID: "con_0000000000000001", Raw: map[string]any{"name": "acme-dev", "display_name": "Acme", "options": map[string]any{"signInEndpoint": "https://dev.acme.example/sso"}}},
	}}}
	b := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{schema.Connections: {
		{ID: "con_0000000000000002", Raw: map[string]any{"name": "acme", "display_name": "Acme", "options": map[string]any{"signInEndpoint": "https://acme.example/sso"}}},
	}}}
	rename := map[string]string{"acme-dev": "acme", "dev.acme.example": "acme.example"}
	assert.Empty(t, compare(plan.Comparing{Rename: rename}, a, b).Differences)
	assert.Empty(t, compare(plan.Comparing{Rename: rename, Name: "acme-d*"}, a, b).Differences)
	got := compare(plan.Comparing{}, a, b).Differences
	require.Len(t, got, 2)
	assert.Equal(t, []string{plan.OnlyB, plan.OnlyA}, []string{got[0].Only, got[1].Only})
}

// What looks like a secret in free-form settings differs, and is not shown.
func TestCompareHidesWhatMayBeSecret(t *testing.T) {
	for _, v := range []any{
		map[string]any{"api_key": "hunter2"}, map[string]any{"n": "-----BEGIN PRIVATE KEY-----\nhunter2"},
		map[string]any{"deep": map[string]any{"password": "hunter2"}}, []any{"https://me:hunter2@example.com"},
	} {
		assert.True(t, plan.MayBeSecret(v), "%v", v)
	}
	for _, v := range []any{"https://app.example.com", map[string]any{"team": "blue", "api_key": ""}, []any{"read:orders"}, nil, true} {
		assert.False(t, plan.MayBeSecret(v), "%v", v)
	}
}
