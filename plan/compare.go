package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Compared is how two tenants differ, in the terms of a configuration: ids
// count as the names of what they stand for.
type Compared struct {
	A ComparedTenant `json:"a"`
	B ComparedTenant `json:"b"`
	// Differences are sorted by kind and name.
	Differences []Difference `json:"differences"`
	// Same counts the objects that both tenants have and that are alike.
	Same int `json:"same"`
	// Unknown is what could not be compared, and why.
	Unknown []NotCompared `json:"not_compared"`
}

// ComparedTenant is one of the two tenants.
type ComparedTenant struct {
	// Source is what the person called it, Domain the tenant's own host.
	Source string `json:"source"`
	Domain string `json:"domain"`
	// Requests is how many requests to the Management API reading it took.
	Requests int `json:"requests"`

	Stock `json:"-"`
}

// Stock is all that tacit knows of a tenant.
type Stock struct {
	Snapshot *schema.Snapshot
	// Unread says why a collection could not be read, Unrelated why the clients
	// of connections could not ("" when they were).
	Unread map[schema.Collection]string
	// Hidden says why fields of all objects of a collection could not be read.
	Hidden    map[schema.Collection]string
	Unrelated string
}

// The tenants of a difference.
const (
	OnlyA = "a"
	OnlyB = "b"
)

// Difference is an object that one tenant has alone, or that is not the same on
// both.
type Difference struct {
	Kind string `json:"kind"`
	// Key are the attributes that find the object, with their values.
	Key []KeyPart `json:"key"`
	// Only is the one tenant that has the object, "" when both have.
	Only string `json:"only,omitempty"`
	AID  string `json:"a_id,omitempty"`
	BID  string `json:"b_id,omitempty"`
	// Attributes are those that differ, before is A's value and after is B's.
	// Of an object that one tenant has alone they are those that have a value
	// other than the one that Auth0, or what the kind means, gives by itself.
	Attributes []AttrChange `json:"attributes"`
}

// KeyPart is an attribute of a natural key.
type KeyPart struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Name is the object's key for people.
func (d *Difference) Name() string { return keyName(d.Key) }

func keyName(key []KeyPart) string {
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = k.Value
	}
	return strings.Join(parts, ", ")
}

// NotCompared is an object, an attribute of one or a whole kind that could not
// be compared.
type NotCompared struct {
	Kind      string `json:"kind"`
	Name      string `json:"name,omitempty"`
	Attribute string `json:"attribute,omitempty"`
	Why       string `json:"why"`
}

// Comparing says what of two tenants to compare, and how.
type Comparing struct {
	// Kinds are names of kinds, none for all.
	Kinds []string
	// Name is a pattern of names and identifiers, "" for all.
	Name string
	// Rename says which texts of A count as which of B.
	Rename map[string]string
}

// Comparable are the kinds that two tenants are compared by. Of applications the
// kind is that of the objects: see [Comparing.kind].
func Comparable() []*schema.Kind {
	return []*schema.Kind{
		schema.Client, schema.API, schema.ClientGrant, schema.SAMLConnection, schema.Organization,
		schema.OrganizationConnection, schema.TenantSettingsKind, schema.CustomDomain,
	}
}

// Wants tells whether objects of the kind are compared.
func (o Comparing) Wants(k *schema.Kind) bool {
	return len(o.Kinds) == 0 || slices.Contains(o.Kinds, k.Name) || k == schema.Client && slices.Contains(o.Kinds, schema.SPAClient.Name)
}

// ComparedCollections are the collections to read for a comparison: those of the
// kinds, and those whose names stand for ids.
func (o Comparing) ComparedCollections() []schema.Collection {
	var out []schema.Collection
	for _, k := range Comparable() {
		if named(k) || o.Wants(k) {
			out = append(out, k.Collection)
		}
	}
	return out
}

// Compare tells how two tenants differ.
func (o Comparing) Compare(a, b ComparedTenant) *Compared {
	a.Domain, b.Domain = ownDomain(a), ownDomain(b)
	c := &comparison{
		o: o, a: newTerms(a.Stock, o.renaming(a.Domain, b.Domain)), b: newTerms(b.Stock, strings.NewReplacer()),
		out: &Compared{A: a, B: b, Differences: []Difference{}, Unknown: []NotCompared{}},
	}
	for _, k := range Comparable() {
		if o.Wants(k) {
			c.kind(k)
		}
	}
	return c.out
}

// ownDomain is the host in the identifier of the tenant's Management API
// (https://HOST/api/v2/, Auth0 docs), so that a custom domain, or the name under
// which a copy is served, does not count.
func ownDomain(c ComparedTenant) string {
	for _, o := range c.Snapshot.Objects[schema.ResourceServers] {
		host, api := strings.CutSuffix(strings.TrimPrefix(o.String("identifier"), "https://"), "/api/v2/")
		if api && isSystem(o) {
			return host
		}
	}
	return c.Domain
}

func isSystem(o *schema.Observed) bool { return o.Raw["is_system"] == true }

// renaming replaces texts of A, the longest first.
func (o Comparing) renaming(a, b string) *strings.Replacer {
	from := make([]string, 0, len(o.Rename))
	for old := range o.Rename {
		from = append(from, old)
	}
	slices.SortFunc(from, func(x, y string) int { return cmp.Or(len(y)-len(x), strings.Compare(x, y)) })
	var pairs []string
	for _, old := range from {
		pairs = append(pairs, old, o.Rename[old])
	}
	if a != "" {
		pairs = append(pairs, a, b)
	}
	return strings.NewReplacer(pairs...)
}

// comparison compares two tenants.
type comparison struct {
	o    Comparing
	a, b *terms
	out  *Compared
	// unread counts attributes that are not compared because a whole collection
	// hides them.
	unread int
}

// side is a tenant with its letter.
type side struct {
	name string
	*terms
}

func (c *comparison) sides() []side { return []side{{"A", c.a}, {"B", c.b}} }

func (c *comparison) kind(k *schema.Kind) {
	if why := c.unreadable(k); why != "" {
		c.unknown(k, "", "", why)
		return
	}
	for _, s := range c.sides() {
		if why := s.Hidden[k.Collection]; why != "" {
			c.unknown(k, "", "", "in part: of "+s.name+", "+why)
		}
	}
	as, bs := c.a.objects(k), c.b.objects(k)
	for _, id := range keys(as, bs) {
		x, y := as[id], bs[id]
		if !c.o.names(k, x) && !c.o.names(k, y) {
			continue
		}
		if why := unclear(x, y); why != "" {
			c.unknown(c.kindOf(k, x, y), keyName(first(x, y).key), "", why)
			continue
		}
		c.pair(c.kindOf(k, x, y), x.one(), y.one())
	}
}

// names tells whether the pattern fits a part of the key, in B's terms or as the
// tenant itself has it. Settings have the name of their kind.
func (o Comparing) names(k *schema.Kind, f *found) bool {
	if f == nil {
		return false
	}
	if k.NaturalKey == "" {
		return matches(o.Name, k.Name)
	}
	return slices.ContainsFunc(f.key, func(p KeyPart) bool { return matches(o.Name, p.Value) }) ||
		slices.ContainsFunc(f.objects, func(obs *schema.Observed) bool { return matches(o.Name, obs.String(k.NaturalKey)) })
}

func first(x, y *found) *found {
	if x != nil {
		return x
	}
	return y
}

// unclear says why objects of one key cannot be told apart.
func unclear(x, y *found) string {
	for _, f := range []*found{x, y} {
		if f != nil && f.why != "" {
			return f.why
		}
	}
	if x.count() > 1 || y.count() > 1 {
		return "ambiguous: A has " + strconv.Itoa(x.count()) + " of that name and B has " + strconv.Itoa(y.count())
	}
	return ""
}

// kindOf calls applications SPAs that are SPAs wherever they are.
func (c *comparison) kindOf(k *schema.Kind, x, y *found) *schema.Kind {
	if k != schema.Client {
		return k
	}
	for _, f := range []*found{x, y} {
		if f == nil {
			continue
		}
		for _, o := range f.objects {
			if o.String("app_type") != "spa" {
				return schema.Client
			}
		}
	}
	return schema.SPAClient
}

// unreadable says why the objects of a kind cannot be compared.
func (c *comparison) unreadable(k *schema.Kind) string {
	var out []string
	for _, s := range c.sides() {
		if why := s.Unread[k.Collection]; why != "" {
			out = append(out, s.name+" could not be read: "+why)
		}
	}
	return strings.Join(out, "; ")
}

func (c *comparison) unknown(k *schema.Kind, name, attribute, why string) {
	c.out.Unknown = append(c.out.Unknown, NotCompared{k.Name, name, attribute, why})
}

// pair compares an object with its counterpart; one of them may be nil.
func (c *comparison) pair(k *schema.Kind, x, y *located) {
	if len(c.o.Kinds) > 0 && !slices.Contains(c.o.Kinds, k.Name) {
		return
	}
	d := Difference{Kind: k.Name, Attributes: []AttrChange{}}
	switch {
	case x == nil:
		d.Key, d.Only, d.BID = y.key, OnlyB, y.ID
	case y == nil:
		d.Key, d.Only, d.AID = x.key, OnlyA, x.ID
	default:
		d.Key, d.AID, d.BID = y.key, x.ID, y.ID
	}
	doubts := len(c.out.Unknown) + c.unread
	for i := range k.Attrs {
		row := &k.Attrs[i]
		if row.Has(schema.Identity) || row.Has(schema.Internal) || row.Has(schema.Local) || row.ShownAt != "" {
			continue // what is shown at another row's path is compared there
		}
		if ac, differs := c.attr(k, row, x, y); differs {
			d.Attributes = append(d.Attributes, ac)
		}
	}
	switch {
	case d.Only != "" || len(d.Attributes) > 0:
		c.out.Differences = append(c.out.Differences, d)
	case doubts == len(c.out.Unknown)+c.unread:
		c.out.Same++
	}
}

// attr compares one attribute.
func (c *comparison) attr(k *schema.Kind, row *schema.Attr, x, y *located) (AttrChange, bool) {
	v, w := c.a.value(k, row, x), c.b.value(k, row, y)
	ac := AttrChange{Name: row.Name, Type: row.Type.String(), attr: row}
	secret := MayBeSecret(v.v) || MayBeSecret(w.v)
	ac.Before, ac.After = newValue(row, v.v, v.presence, secret), newValue(row, w.v, w.presence, secret)
	if x == nil || y == nil {
		v = pick(x, v, w)
		return ac, v.presence == schema.Known && !usual(k, row, v.v)
	}
	if v.presence == schema.NotRead && v.why == "" || w.presence == schema.NotRead && w.why == "" {
		c.unread++ // what the collection hides is said once
		return ac, false
	}
	why := cmp.Or(v.why, w.why)
	if why == "" && row.Has(schema.Secret) && (v.presence == schema.Known) != (w.presence == schema.Known) {
		why = "a secret that only one of the two tenants shows"
	}
	if why != "" {
		c.unknown(k, keyName(y.key), row.Name, why)
		return ac, false
	}
	return ac, !alike(row, v, w)
}

func pick(x *located, v, w term) term {
	if x != nil {
		return v
	}
	return w
}

// alike: null and no value at all mean the same, as in a plan. JSON values must
// cover each other.
func alike(row *schema.Attr, v, w term) bool {
	known := func(t term) bool { return t.presence == schema.Known }
	switch {
	case !known(v) && !known(w):
		return true
	case !known(v):
		return row.Equal(nil, w.v)
	case !known(w):
		return row.Equal(v.v, nil)
	default:
		return row.Equal(v.v, w.v) && row.Equal(w.v, v.v)
	}
}

// usual: a configuration that creates the object need not say so.
func usual(k *schema.Kind, row *schema.Attr, v any) bool {
	if k == schema.SPAClient && row.Implied != nil && row.Equal(row.Implied, v) {
		return true
	}
	empty := row.Collection() && row.Equal([]any{}, v)
	return empty || v == "" || row.Default != nil && row.Equal(row.Default, v)
}
