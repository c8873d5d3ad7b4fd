package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Cell is one attribute of a State.
type Cell struct {
	Presence Presence
	// Partial: V is an object of which only the members that the configuration
	// gives are known.
	Partial bool
	// Verbatim: see [Want].
	Verbatim bool
	V        any
	// Src is the expression that decided the value, nil when the tenant or
	// tacit did.
	Src *Range

	// as is V as a handle returned it, so that it is converted once for all
	// rules and paths.
	as any
}

// State is an object as rules judge it: as declared, as planned, or as the
// tenant has it. Ids of objects that do not exist yet are placeholders.
type State struct {
	Kind  *Kind
	Addr  Address
	Src   *Range
	ID    string
	Cells []Cell
	// Gone: something names the object, and the tenant does not have it.
	Gone bool
	// Creates: the object does not exist yet and will.
	Creates bool
	// Writes: tacit may change the object.
	Writes bool
	// Relations are what was read of sub-resources, members to be added
	// included.
	Relations map[string]Relation
	derived   map[any]any
}

// Derive returns what f makes of the state. It is made once for each type T, so
// that paths that share an object look at it once. A State is not for
// concurrent use.
func Derive[T any](s *State, f func(*State) T) T {
	key := any((*T)(nil))
	if v, ok := s.derived[key].(T); ok {
		return v
	}
	v := f(s)
	if s.derived == nil {
		s.derived = map[any]any{}
	}
	s.derived[key] = v
	return v
}

// Name returns the natural key for messages, or the address.
func (s *State) Name() string {
	if i := s.Kind.Index(s.Kind.NaturalKey); i >= 0 {
		if n, ok := s.Cells[i].V.(string); ok && n != "" {
			return n
		}
	}
	return s.Addr.String()
}

// Cell returns the cell of a row, for messages that point at it.
func (s *State) Cell(name string) Cell { return s.Cells[s.Kind.mustIndex(name)] }

// Value is the set of Go types in which rules read attributes.
type Value interface {
	string | bool | float64 | []string | []map[string]any | map[string]any | AuthorizeQuery
}

// Handle reads one attribute of one kind as T. A handle cannot be wrong at run
// time: Use panics at program start when name or type do not fit the row.
type Handle[T Value] struct {
	kind *Kind
	i    int
	name string
	// member is the dotted path inside a JSON attribute, "" for all of it.
	member string
}

// Use makes the handle for an attribute, or for a member of a JSON attribute
// ("flags.enable_sso"), whose type no row checks. Kinds that share their rows
// (spa_client and client) share handles.
func Use[T Value](k *Kind, name string) Handle[T] {
	var zero T
	if i, member := k.jsonMember(name); i >= 0 {
		return Handle[T]{k, i, name, member}
	}
	i := k.mustIndex(name)
	if !fits(any(zero), k.Attrs[i].Type) {
		panic(fmt.Sprintf("schema: %s.%s is a %s, not a %T", k.Name, name, k.Attrs[i].Type, zero))
	}
	return Handle[T]{k, i, k.Attrs[i].Name, ""}
}

// jsonMember splits a name that descends into a JSON attribute; i is -1 when it
// is a row's own.
func (k *Kind) jsonMember(name string) (i int, member string) {
	if k.Index(name) >= 0 {
		return -1, ""
	}
	for at, c := range name {
		if c != '.' {
			continue
		}
		if i := k.Index(name[:at]); i >= 0 && k.Attrs[i].Type == JSON {
			return i, name[at+1:]
		}
	}
	return -1, ""
}

func fits(zero any, t Type) bool {
	switch zero.(type) {
	case bool:
		return t == Bool
	case float64:
		return t == Number
	case []string:
		return t == List || t == Set || t == Refs
	case []map[string]any:
		return t == Objects
	case map[string]any:
		return t == JSON || t == Map
	case AuthorizeQuery:
		return t == Query
	default:
		return t == String || t == Ref || t == Cert || t == Query
	}
}

// Field is what a rule declares to read: a collection's body field or relation.
type Field struct {
	Kind *Kind
	Attr *Attr
}

// Field returns the row that the handle reads.
func (h Handle[T]) Field() Field { return Field{h.kind, &h.kind.Attrs[h.i]} }

// Name returns the name of what the handle reads, for messages.
func (h Handle[T]) Name() string { return h.name }

// Default is what Auth0 assumes of an attribute that has no value, nil when no
// row says so.
func (h Handle[T]) Default() any {
	if h.member != "" {
		return nil
	}
	return h.kind.Attrs[h.i].Default
}

// Get reads the attribute. A value of an unexpected shape (the tenant's, never
// ours) counts as Unknown; T is its zero value unless Presence is Known. The
// result is shared and must not be changed.
func (h Handle[T]) Get(s *State) (T, Presence) {
	c := &s.Cells[h.i]
	var zero T
	if c.Presence != Known {
		return zero, c.Presence
	}
	if h.member != "" {
		v, presence := c.at(h.member)
		if presence != Known {
			return zero, presence
		}
		return shape[T](v)
	}
	if t, ok := c.V.(T); ok {
		return t, Known
	}
	if t, ok := c.as.(T); ok {
		return t, Known
	}
	t, presence := shape[T](c.V)
	if presence == Known {
		c.as = t
	}
	return t, presence
}

// shape makes a T of a value.
func shape[T Value](v any) (T, Presence) {
	var zero T
	out, ok := convert(any(zero), v)
	if !ok {
		return zero, Unknown
	}
	t, _ := out.(T)
	return t, Known
}

// Within returns where the bytes start to end of a text stand in the
// configuration, when a line holds the text as it is; else what Src returns.
func (h Handle[T]) Within(s *State, start, end int) *Range {
	c := &s.Cells[h.i]
	if !c.Verbatim || c.Src == nil {
		return h.Src(s)
	}
	const quote = 1
	r := Range{File: c.Src.File, Start: c.Src.Start, End: c.Src.Start}
	r.Start.Column, r.Start.Byte = r.Start.Column+quote+start, r.Start.Byte+quote+start
	r.End.Column, r.End.Byte = r.End.Column+quote+end, r.End.Byte+quote+end
	return &r
}

// at descends into an object.
func (c *Cell) at(member string) (any, Presence) {
	object, ok := c.V.(map[string]any)
	if !ok {
		return nil, Unknown
	}
	v, ok := Lookup(object, member)
	switch {
	case !ok && c.Partial:
		return nil, NotRead
	case !ok:
		return nil, Absent
	case v == nil:
		return nil, Null
	default:
		return v, Known
	}
}

// Src returns where the configuration set the attribute, or the block when it
// did not.
func (h Handle[T]) Src(s *State) *Range {
	if r := s.Cells[h.i].Src; r != nil {
		return r
	}
	return s.Src
}

func convert(zero, v any) (any, bool) {
	switch zero.(type) {
	case string:
		s, ok := v.(string)
		return s, ok
	case bool:
		b, ok := v.(bool)
		return b, ok
	case float64:
		n, ok := v.(json.Number)
		if !ok {
			return nil, false
		}
		f, err := n.Float64()
		return f, err == nil
	case []string:
		return convertAll[string](v)
	case []map[string]any:
		return convertAll[map[string]any](v)
	case map[string]any:
		m, ok := v.(map[string]any)
		return m, ok
	case AuthorizeQuery:
		s, ok := v.(string)
		return ParseQuery(s), ok
	}
	return nil, false
}

func convertAll[E any](v any) ([]E, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]E, len(list))
	for i, e := range list {
		if out[i], ok = e.(E); !ok {
			return nil, false
		}
	}
	return out, true
}

// placeholderPrefix starts an id that no tenant can hold: Auth0's client ids
// are alphanumeric and its other ids start with con_, cgr_ or hex digits.
const placeholderPrefix = "id-of-"

// Placeholder stands for the id of an object that does not exist yet (or, in
// validate, was not looked up). It survives URL encoding and reads well.
func Placeholder(a Address) string {
	s := placeholderPrefix + a.Kind + "." + a.Name
	if !a.Each {
		return s
	}
	sum := sha256.Sum256([]byte(a.Key))
	safe := strings.Map(func(r rune) rune {
		if r < 128 && (r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return r
		}
		return '_'
	}, a.Key)
	return s + "." + safe + "-" + hex.EncodeToString(sum[:4])
}

// IsPlaceholder reports whether the id came from Placeholder.
func IsPlaceholder(id string) bool { return strings.HasPrefix(id, placeholderPrefix) }

// Tri is an answer that may be missing.
type Tri uint8

// The three answers.
const (
	Maybe Tri = iota
	No
	Yes
)

// SameID compares two ids. A placeholder of an object that may exist on the
// tenant could be any literal id, so offline the answer is Maybe.
func SameID(a, b string, offline bool) Tri {
	switch {
	case a == b:
		return Yes
	case offline && IsPlaceholder(a) != IsPlaceholder(b):
		return Maybe
	default:
		return No
	}
}

// HasID looks an id up among others with SameID.
func HasID(ids []string, id string, offline bool) Tri {
	best := No
	for _, e := range ids {
		switch SameID(e, id, offline) {
		case Yes:
			return Yes
		case Maybe:
			best = Maybe
		case No:
		}
	}
	return best
}

// Fields collects the distinct fields of a list, in order.
func Fields(fs ...Field) []Field {
	var out []Field
	for _, f := range fs {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}
