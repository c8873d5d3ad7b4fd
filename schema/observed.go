package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Presence says what is known of a value.
type Presence uint8

// The presences. NotRead is not a default: nobody fetched the value.
const (
	NotRead Presence = iota
	Unknown          // depends on something that is not known yet
	Absent           // the tenant does not hold the key
	Null             // the tenant holds null
	Known
)

// presences are the names of NotRead to Known.
func presences() []string { return []string{"not read", "unknown", "absent", "null", "known"} }

// String names the presence for messages and JSON.
func (p Presence) String() string { return presences()[p] }

// ParsePresence reads what String writes.
func ParsePresence(s string) (Presence, error) {
	if i := slices.Index(presences(), s); i >= 0 {
		return Presence(i), nil //nolint:gosec // an index below five
	}
	return NotRead, fmt.Errorf("%q is not a presence", s)
}

// Relation is a set of ids that the tenant keeps behind an end point of its
// own, as far as it was asked for.
type Relation struct {
	Members []string
	// Asked are the ids whose membership was looked up; Complete means that
	// the whole set was read and Asked does not matter.
	Asked    []string
	Complete bool
}

// Has tells whether the id is a member; known is false when nobody asked.
func (r Relation) Has(id string) (member, known bool) {
	if slices.Contains(r.Members, id) {
		return true, true
	}
	return false, r.Complete || slices.Contains(r.Asked, id)
}

// Observed is an object as the tenant returned it.
type Observed struct {
	ID string
	// Raw is the body as it came, numbers as json.Number, unknown keys
	// included.
	Raw map[string]any
	// Fields are the top-level keys that were asked for, nil for all of them.
	Fields []string
	// Relations are the sub-resources that were read, by Attr.Via.
	Relations map[string]Relation
}

// Get returns the value at the attribute's API path.
func (o *Observed) Get(a *Attr) (any, Presence) {
	if o == nil {
		return nil, NotRead
	}
	if a.Via != "" {
		r, ok := o.Relations[a.Via]
		if !ok {
			return nil, NotRead
		}
		return anys(r.Members), Known
	}
	v, p := o.At(a.APIPath())
	if a.ShownAt == "" || p == Known {
		return v, p
	}
	if v, p = o.At(a.ShownAt); p == Known {
		v = a.FromShown(v)
	}
	return v, p
}

// At returns the value at a dotted path of the body.
func (o *Observed) At(path string) (any, Presence) {
	top, _, _ := strings.Cut(path, ".")
	if o.Fields != nil && !slices.Contains(o.Fields, top) {
		return nil, NotRead
	}
	v, ok := Lookup(o.Raw, path)
	switch {
	case !ok:
		return nil, Absent
	case v == nil:
		return nil, Null
	default:
		return v, Known
	}
}

// String returns the string at a dotted path, "" when there is none.
func (o *Observed) String(path string) string {
	v, _ := o.At(path)
	s, _ := v.(string)
	return s
}

func anys(ss []string) []any {
	out := make([]any, len(ss))
	for i, s := range ss {
		out[i] = s
	}
	return out
}

// Lookup descends into a JSON object along a dotted path.
func Lookup(m map[string]any, path string) (any, bool) {
	head, rest, nested := strings.Cut(path, ".")
	v, ok := m[head]
	if !nested || !ok {
		return v, ok
	}
	sub, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	return Lookup(sub, rest)
}

// Put returns a copy of m with the value set at a dotted path; objects along
// the path are copied, not changed.
func Put(m map[string]any, path string, v any) map[string]any {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	head, rest, nested := strings.Cut(path, ".")
	if !nested {
		out[head] = v
		return out
	}
	sub, _ := out[head].(map[string]any)
	out[head] = Put(sub, rest, v)
	return out
}

// Snapshot is what was read of a tenant.
type Snapshot struct {
	// Objects are the bodies per collection, in the tenant's order. A missing
	// key means that the collection was not read.
	Objects map[Collection][]*Observed
	// Whole are the same objects with all that the tenant holds of them, where
	// they were read whole; nil otherwise.
	Whole map[Collection][]*Observed
	// Others are connections of strategies that tacit does not manage, as far
	// as their names were asked for: id, name and strategy.
	Others []*Observed
	// Requests counts what reading cost, for the budget line.
	Requests int
}

// Find returns the objects of a collection whose value at path equals s.
func (s *Snapshot) Find(c Collection, path, value string) []*Observed {
	var out []*Observed
	for _, o := range s.Objects[c] {
		if o.String(path) == value {
			out = append(out, o)
		}
	}
	return out
}
