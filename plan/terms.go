package plan

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// terms say what the values of one tenant mean without its ids.
type terms struct {
	Stock
	// names are the natural keys behind ids, as the tenant has them.
	names map[schema.Collection]map[string]string
	// shared counts the objects of a name: one that several have means none.
	shared map[schema.Collection]map[string]int
	// ids replaces ids inside of texts, rename what counts as something else.
	ids, rename *strings.Replacer
}

// term is a value in those terms; why says that nobody knows it.
type term struct {
	v        any
	presence schema.Presence
	why      string
}

// named kinds are those whose objects others refer to.
func named(k *schema.Kind) bool {
	switch k.Collection {
	case schema.Clients, schema.Connections, schema.ResourceServers, schema.Organizations:
		return true
	default:
		return false
	}
}

// minID is the length from which a text counts as an id wherever it stands.
// Auth0's shortest are a prefix and 16 characters.
const minID = 16

func newTerms(inv Stock, rename *strings.Replacer) *terms {
	t := &terms{Stock: inv, rename: rename, names: map[schema.Collection]map[string]string{}, shared: map[schema.Collection]map[string]int{}}
	var pairs []string
	for _, k := range Comparable() {
		if !named(k) {
			continue
		}
		names, shared := map[string]string{}, map[string]int{}
		for _, o := range inv.Snapshot.Objects[k.Collection] {
			names[o.ID] = o.String(k.NaturalKey)
			shared[names[o.ID]]++
		}
		for id, name := range names {
			if len(id) >= minID && shared[name] == 1 {
				pairs = append(pairs, id, "id-of-"+k.Name+"."+url.QueryEscape(name))
			}
		}
		t.names[k.Collection], t.shared[k.Collection] = names, shared
	}
	t.ids = strings.NewReplacer(pairs...)
	return t
}

// located is an object and its key.
type located struct {
	*schema.Observed
	key []KeyPart
}

// found are the objects of one key.
type found struct {
	key     []KeyPart
	objects []*schema.Observed
	// why says that the key is not known.
	why string
}

func (f *found) count() int {
	if f == nil {
		return 0
	}
	return len(f.objects)
}

func (f *found) one() *located {
	if f == nil {
		return nil
	}
	return &located{f.objects[0], f.key}
}

// objects are the objects of a kind by their key in these terms. Auth0's own
// APIs are left out, and what other tools' strategies brought along.
func (t *terms) objects(k *schema.Kind) map[string]*found {
	out := map[string]*found{}
	for _, o := range t.Snapshot.Objects[k.Collection] {
		if k == schema.API && isSystem(o) || foreign(o) {
			continue
		}
		key, why := t.key(k, o)
		parts := make([]string, len(key))
		for i, p := range key {
			parts[i] = p.Value
		}
		id := strings.Join(parts, keySeparator)
		if out[id] == nil {
			out[id] = &found{key: key}
		}
		out[id].objects = append(out[id].objects, o)
		if why != "" {
			out[id].why = why
		}
	}
	return out
}

// foreign: a connection of an organization that is none that tacit manages. The
// list of an organization names strategies (recorded).
func foreign(o *schema.Observed) bool {
	strategy := o.String("connection.strategy")
	return strategy != "" && strategy != schema.SAMLConnection.Fixed["strategy"]
}

// key is the natural key; Auth0's default stands for a part that the tenant
// leaves out.
func (t *terms) key(k *schema.Kind, o *schema.Observed) (key []KeyPart, why string) {
	for _, row := range k.Key() {
		v := t.value(k, row, &located{Observed: o})
		s, _ := v.v.(string)
		if v.presence != schema.Known && v.why == "" {
			s, _ = row.Default.(string)
		}
		if v.why != "" {
			why, s = v.why, o.String(row.APIPath())
		}
		key = append(key, KeyPart{row.Name, s})
	}
	return key, why
}

// value is an attribute of an object in these terms.
func (t *terms) value(k *schema.Kind, row *schema.Attr, o *located) term {
	if o == nil {
		return term{presence: schema.Absent}
	}
	v, p := o.Get(row)
	if row.Via != "" {
		if p = schema.Known; t.Unrelated != "" {
			return term{presence: schema.NotRead, why: "could not be read: " + t.Unrelated}
		}
		v = t.listed(v)
	}
	switch {
	case p != schema.Known:
		return term{presence: p}
	case row.Type == schema.Ref:
		return t.reference(row, v)
	case row.Type == schema.Refs:
		return t.references(row, v)
	}
	if m := k.Mark(); m != nil && strings.HasPrefix(m.APIPath(), row.APIPath()+".") {
		if v = unmarked(v, strings.TrimPrefix(m.APIPath(), row.APIPath()+".")); v == nil {
			return term{presence: schema.Absent}
		}
	}
	return term{v: t.translate(row, v), presence: p}
}

// unmarked takes the ownership mark out of metadata; nil when nothing else is
// there. The mark tells the workspace and nothing about what is configured.
func unmarked(v any, mark string) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for k, e := range m {
		if k != mark {
			out[k] = e
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// listed are the members that the list of applications has too: Auth0's own,
// such as the global one, are not in it.
func (t *terms) listed(v any) any {
	members, _ := v.([]any)
	names := t.names[schema.Clients]
	return slices.DeleteFunc(slices.Clone(members), func(id any) bool {
		s, _ := id.(string)
		_, known := names[s]
		return t.Unread[schema.Clients] == "" && !known
	})
}

// reference is the name of an object, or its id when the tenant does not have
// the object any more.
func (t *terms) reference(row *schema.Attr, v any) term {
	id, ok := v.(string)
	if !ok {
		return term{v: v, presence: schema.Known}
	}
	c := schema.KindByName(row.Targets[0]).Collection
	name, there := t.names[c][id]
	switch {
	case t.Unread[c] != "":
		return term{presence: schema.Unknown, why: "nobody knows what its id stands for: " + t.Unread[c]}
	case !there:
		return term{v: id, presence: schema.Known}
	case t.shared[c][name] > 1:
		return term{presence: schema.Unknown, why: fmt.Sprintf("ambiguous: it refers to one of %d of the name %q", t.shared[c][name], name)}
	default:
		return term{v: t.rename.Replace(name), presence: schema.Known}
	}
}

func (t *terms) references(row *schema.Attr, v any) term {
	list, _ := v.([]any)
	out := make([]any, len(list))
	for i, e := range list {
		r := t.reference(row, e)
		if r.why != "" {
			return r
		}
		out[i] = r.v
	}
	slices.SortFunc(out, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return term{v: out, presence: schema.Known}
}

// translate replaces ids and renamed texts in a value. A certificate is none
// that could hold any.
func (t *terms) translate(row *schema.Attr, v any) any {
	if row.Type == schema.Cert || row.Has(schema.Secret) {
		return v
	}
	return t.texts(v)
}

func (t *terms) texts(v any) any {
	switch v := v.(type) {
	case string:
		return t.rename.Replace(t.ids.Replace(v))
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = t.texts(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[t.rename.Replace(t.ids.Replace(k))] = t.texts(e)
		}
		return out
	default:
		return v
	}
}
