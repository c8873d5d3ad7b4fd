package schema

import (
	"encoding/json"
	"maps"
	"math/big"
	"strings"
)

// Part is a piece of a Template: literal text, or the id of an object.
type Part struct {
	Lit string `json:"lit,omitempty"`
	// Addr, when set, stands for the id of that object.
	Addr *Address `json:"addr,omitempty"`
}

// Template is a string over ids of which some are known only after apply. A
// bare reference is a template of one part.
type Template struct {
	Parts []Part
}

// RefTo is the template that holds nothing but the id of one object.
func RefTo(a Address) *Template { return &Template{Parts: []Part{{Addr: &a}}} }

// Ref returns the object when the template is a bare reference.
func (t *Template) Ref() (Address, bool) {
	if len(t.Parts) == 1 && t.Parts[0].Addr != nil {
		return *t.Parts[0].Addr, true
	}
	return Address{}, false
}

// IDs resolves the id of an object; ok is false while it is unknown.
type IDs func(Address) (id string, ok bool)

// Resolve replaces the templates of a value by strings. done is false when an
// id is unknown; such templates stay in the result. The input is not changed.
func Resolve(v any, ids IDs) (out any, done bool) {
	switch v := v.(type) {
	case *Template:
		return v.resolve(ids)
	case []any:
		return resolveList(v, ids)
	case map[string]any:
		return resolveMap(v, ids)
	default:
		return v, true
	}
}

func (t *Template) resolve(ids IDs) (any, bool) {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Addr == nil {
			b.WriteString(p.Lit)
			continue
		}
		id, ok := ids(*p.Addr)
		if !ok {
			return t, false
		}
		b.WriteString(id)
	}
	return b.String(), true
}

func resolveList(v []any, ids IDs) (any, bool) {
	if !hasTemplate(v) {
		return v, true
	}
	out, all := make([]any, len(v)), true
	for i := range v {
		var ok bool
		out[i], ok = Resolve(v[i], ids)
		all = all && ok
	}
	return out, all
}

func resolveMap(v map[string]any, ids IDs) (any, bool) {
	if !hasTemplate(v) {
		return v, true
	}
	out, all := make(map[string]any, len(v)), true
	for k := range v {
		var ok bool
		out[k], ok = Resolve(v[k], ids)
		all = all && ok
	}
	return out, all
}

func hasTemplate(v any) bool {
	found := false
	Templates(v, func(*Template) { found = true })
	return found
}

// Templates calls f for every template in the value.
func Templates(v any, f func(*Template)) {
	switch v := v.(type) {
	case *Template:
		f(v)
	case []any:
		for _, e := range v {
			Templates(e, f)
		}
	case map[string]any:
		for _, e := range v {
			Templates(e, f)
		}
	}
}

// Equal compares two canonical values as the attribute's type says. A template
// equals only a template of the same parts.
func (a *Attr) Equal(x, y any) bool {
	if a.Kept != nil {
		x, y = a.Kept(x), a.Kept(y)
	}
	if a.Has(EmptyIsAbsent) && empty(x) && empty(y) {
		return true
	}
	if a.Type == Query {
		if p, ok := x.(string); ok {
			if q, ok := y.(string); ok {
				return ParseQuery(p).Equal(ParseQuery(q))
			}
		}
	}
	if a.Type == Cert {
		if p, ok := x.(string); ok {
			if q, ok := y.(string); ok {
				return sameCert(p, q)
			}
		}
	}
	switch a.Type {
	case Set, Refs:
		return sameSet(x, y)
	case Objects:
		return a.sameObjects(x, y)
	case JSON:
		return Covers(y, x)
	default:
		if len(a.Enum) > 0 && sameProtocol(a, x, y) {
			return true
		}
		return Same(x, y)
	}
}

// sameProtocol: "oidc" and "oauth2" are one client_protocol. Auth0's docs name
// oauth2, its API schema oidc, and both are in use (silent-upgrade reference,
// open question 1).
func sameProtocol(a *Attr, x, y any) bool {
	return strings.HasSuffix(a.Name, "client_protocol") && isOIDC(x) && isOIDC(y)
}

func isOIDC(v any) bool { return v == "oidc" || v == "oauth2" }

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return false
	}
}

// Same compares two JSON values: numbers numerically, everything else
// structurally, templates by their parts.
func Same(x, y any) bool {
	switch x := x.(type) {
	case json.Number:
		y, ok := y.(json.Number)
		return ok && sameNumber(x, y)
	case []any:
		y, ok := y.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Same(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := y.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k := range x {
			if w, ok := y[k]; !ok || !Same(x[k], w) {
				return false
			}
		}
		return true
	case *Template:
		y, ok := y.(*Template)
		return ok && elementKey(x) == elementKey(y)
	default:
		return x == y
	}
}

// Covers reports whether have holds all that want says: of objects every member
// that want gives (a null member may be absent), of everything else the same
// value.
func Covers(have, want any) bool {
	w, ok := want.(map[string]any)
	if !ok {
		return Same(want, have)
	}
	h, ok := have.(map[string]any)
	if !ok {
		return false
	}
	for k, v := range w {
		e, there := h[k]
		if v == nil && !there {
			continue
		}
		if !there || !Covers(e, v) {
			return false
		}
	}
	return true
}

// Overlay returns have with the members that want gives, deeply; anything but
// two objects is replaced.
func Overlay(have, want any) any {
	h, ok1 := have.(map[string]any)
	w, ok2 := want.(map[string]any)
	if !ok1 || !ok2 {
		return want
	}
	out := make(map[string]any, len(h)+len(w))
	for k, v := range h {
		out[k] = v
	}
	for k, v := range w {
		out[k] = Overlay(h[k], v)
	}
	return out
}

// Sendable returns a value that the tenant answered with without what only
// answers hold.
func (a *Attr) Sendable(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for _, path := range a.Answered {
		m = Without(m, path)
	}
	return m
}

// Without returns a copy of m without the value at a dotted path.
func Without(m map[string]any, path string) map[string]any {
	head, rest, nested := strings.Cut(path, ".")
	out := maps.Clone(m)
	if !nested {
		delete(out, head)
		return out
	}
	if sub, ok := out[head].(map[string]any); ok {
		out[head] = Without(sub, rest)
	}
	return out
}

func sameNumber(x, y json.Number) bool {
	if x == y {
		return true
	}
	p, ok1 := new(big.Rat).SetString(string(x))
	q, ok2 := new(big.Rat).SetString(string(y))
	return ok1 && ok2 && p.Cmp(q) == 0
}

// elementKey identifies a list element for set comparison.
func elementKey(v any) string {
	switch v := v.(type) {
	case string:
		return "s" + v
	case *Template:
		var b strings.Builder
		b.WriteByte('t')
		for _, p := range v.Parts {
			if p.Addr != nil {
				b.WriteString("\x00" + p.Addr.String() + "\x00")
			} else {
				b.WriteString(p.Lit)
			}
		}
		return b.String()
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			panic("schema: not a JSON value: " + err.Error())
		}
		return "j" + string(raw)
	}
}

func sameSet(x, y any) bool {
	p, ok1 := x.([]any)
	q, ok2 := y.([]any)
	return ok1 && ok2 && len(Missing(p, q)) == 0 && len(Missing(q, p)) == 0
}

// Missing returns the elements of want that have does not hold, in order and
// without repeats.
func Missing(want, have []any) []any {
	seen := make(map[string]bool, len(have)+len(want))
	for _, e := range have {
		seen[elementKey(e)] = true
	}
	var out []any
	for _, e := range want {
		if k := elementKey(e); !seen[k] {
			seen[k] = true
			out = append(out, e)
		}
	}
	return out
}

// sameObjects: every element has its counterpart by key with the same declared
// fields; fields that no row declares are not compared.
func (a *Attr) sameObjects(x, y any) bool {
	p, ok1 := x.([]any)
	q, ok2 := y.([]any)
	return ok1 && ok2 && len(p) == len(q) && a.HoldsObjects(q, p)
}

// HoldsObjects reports whether have holds each element of want: the same key
// and, for the fields that the element sets, the same values.
func (a *Attr) HoldsObjects(have, want []any) bool {
	byKey := make(map[any]map[string]any, len(have))
	for _, e := range have {
		if m, ok := e.(map[string]any); ok {
			byKey[m[a.Key]] = m
		}
	}
	for _, e := range want {
		m, _ := e.(map[string]any)
		h, ok := byKey[m[a.Key]]
		if !ok {
			return false
		}
		for k, v := range m {
			if !Same(v, h[k]) {
				return false
			}
		}
	}
	return true
}
