package plan

import (
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Was is what an attribute held before a change.
type Was struct {
	Attr *schema.Attr
	V    any
	// Presence is Known, Null or Absent.
	Presence schema.Presence
	// From is, for Absent, the shortest path of the body that was absent:
	// objects that were made on the way to the attribute go with it.
	From string
}

// Restoration takes an object back to what it was.
type Restoration struct {
	Kind     *schema.Kind
	Addr     schema.Address
	Observed *schema.Observed
	Owned    bool
	Attrs    []Was
	// Enable and Disable are clients of a connection.
	Enable, Disable []string
	// Hidden names the attributes whose values are not to be shown.
	Hidden []string
}

// Restore returns the change that takes the object back, nil when it is as it
// was, and the attributes that Auth0 cannot unset once they were set.
func Restore(r Restoration) (c *Change, stay []string) {
	out := newChange(r.Kind, r.Addr, r.Observed, Update, r.Owned)
	out.hide(r.Hidden)
	for _, w := range r.Attrs {
		have, p := r.Observed.Get(w.Attr)
		if w.Held(have, p) {
			continue
		}
		ac := AttrChange{Name: w.Attr.Name, Type: w.Attr.Type.String(), Before: newValue(w.Attr, have, p, false), attr: w.Attr}
		switch {
		case w.Presence == schema.Known:
			ac.After = newValue(w.Attr, w.V, schema.Known, false)
		case w.inside(r.Kind):
			ac.After, ac.from = newValue(w.Attr, nil, schema.Absent, false), w.from()
		default:
			v, ok := unset(w.Attr)
			if !ok {
				stay = append(stay, w.Attr.Name)
				continue
			}
			ac.After = newValue(w.Attr, v, schema.Known, false)
			if v == nil {
				ac.After.Presence = schema.Null
			}
		}
		out.Attributes = append(out.Attributes, ac)
	}
	if ac, ok := members(r); ok {
		out.Attributes = append(out.Attributes, ac)
	}
	if len(out.Attributes) == 0 {
		return nil, stay
	}
	return &out, stay
}

// members is the change of the enabled clients, as far as they are not as
// wanted already.
func members(r Restoration) (AttrChange, bool) {
	if len(r.Enable)+len(r.Disable) == 0 {
		return AttrChange{}, false
	}
	a := viaAttr(r.Kind)
	v, _ := r.Observed.Get(a)
	have, _ := v.([]any)
	leave := map[any]bool{}
	for _, id := range r.Disable {
		leave[id] = true
	}
	var after []any
	for _, id := range have {
		if !leave[id] {
			after = append(after, id)
		}
	}
	after = append(after, schema.Missing(anys(r.Enable), have)...)
	if len(schema.Missing(after, have))+len(schema.Missing(have, after)) == 0 {
		return AttrChange{}, false
	}
	return AttrChange{
		Name: a.Name, Type: a.Type.String(), attr: a,
		Before: newValue(a, v, schema.Known, false), After: newValue(a, after, schema.Known, false),
	}, true
}

func viaAttr(k *schema.Kind) *schema.Attr {
	for i := range k.Attrs {
		if k.Attrs[i].Via != "" {
			return &k.Attrs[i]
		}
	}
	panic("plan: " + k.Name + " has no relation")
}

func anys(ids []string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// Held reports whether a value is what was held, or means the same.
func (w Was) Held(v any, p schema.Presence) bool {
	if w.Presence == schema.Known {
		return p == schema.Known && (schema.Same(v, w.V) || w.Attr.Equal(v, w.V))
	}
	if p != schema.Known {
		return true
	}
	u, ok := unset(w.Attr)
	return ok && u != nil && w.Attr.Equal(v, u)
}

func (w Was) from() string {
	if w.From != "" {
		return w.From
	}
	return w.Attr.APIPath()
}

// inside: what was absent lies in a container that PATCH replaces, so leaving it
// out unsets it.
func (w Was) inside(k *schema.Kind) bool {
	top, _, nested := strings.Cut(w.from(), ".")
	return nested && slices.Contains(k.Whole, top)
}

// unset is what to send so that the tenant holds nothing again, or what Auth0
// takes for the same; ok is false when there is no such value. That null
// removes these four is documented (OpenAPI document, bodies of PATCH), that ""
// and [] are accepted is recorded; clients without an algorithm sign with HS256
// (recorded).
func unset(a *schema.Attr) (v any, ok bool) {
	switch a.APIPath() {
	case "token_endpoint_auth_method", "organization_usage", "skip_non_verifiable_callback_uri_confirmation_prompt", "consent_policy", "client_metadata.tacit":
		return nil, true
	case "description", "logo_uri", "initiate_login_uri":
		return "", true
	case "jwt_configuration.alg":
		return "HS256", true
	case "enforce_policies":
		return false, true
	}
	switch {
	case a.Default != nil:
		return a.Default, true
	case a.Collection():
		return []any{}, true
	}
	return nil, false
}

// withdraw takes an attribute out of a container that PATCH replaces, and with
// it the objects from the path on that it leaves empty.
func withdraw(body map[string]any, k *schema.Kind, ac *AttrChange, have *schema.Observed) map[string]any {
	path := ac.attr.APIPath()
	body = begin(body, k, path, have)
	for _, stale := range ac.attr.Derived() {
		body = schema.Without(body, stale)
	}
	for {
		body = schema.Without(body, path)
		i := strings.LastIndexByte(path, '.')
		if i < len(ac.from) {
			return body
		}
		path = path[:i]
		if sub, _ := schema.Lookup(body, path); len(object(sub)) > 0 {
			return body
		}
	}
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// Plain returns the value with the ids of its templates; ok is false while one
// is unknown, and always for a sensitive value.
func (v Value) Plain(ids schema.IDs) (plain any, ok bool) {
	if v.Sensitive {
		return nil, false
	}
	return schema.Resolve(v.raw, ids)
}

// Unmade returns the attributes that do not have the value that the change gives
// them: none when an update whose answer was lost was made.
func Unmade(c *Change, now *schema.Observed, ids schema.IDs) []string {
	var out []string
	for _, ac := range c.Attributes {
		if ac.attr.Via != "" {
			continue
		}
		v, p := now.Get(ac.attr)
		want, done := schema.Resolve(ac.After.raw, ids)
		same := done && p == schema.Known && ac.attr.Equal(v, want)
		if want == nil {
			same = p != schema.Known
		}
		if !same {
			out = append(out, ac.Name)
		}
	}
	return out
}
