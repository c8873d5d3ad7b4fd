package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Body returns the request body that makes the change, given the object as it
// is now (nil for a create) and the ids known by now. Containers that PATCH
// replaces are sent whole: what was read, overlaid with what changes. It is nil
// when only relations change.
func Body(c *Change, have *schema.Observed, ids schema.IDs) (map[string]any, error) {
	k := c.object.Kind
	out, touched := map[string]any{}, false
	if c.Action == Create {
		out, touched = maps.Clone(k.Fixed), true
		if out == nil {
			out = map[string]any{}
		}
	}
	for i := range c.Attributes {
		ac := &c.Attributes[i]
		if ac.attr.Via != "" {
			continue
		}
		v, done := schema.Resolve(ac.After.raw, ids)
		if !done {
			return nil, fmt.Errorf("%s: %s needs an id that is not known yet", c.Address, ac.Name)
		}
		touched = true
		if ac.from != "" {
			out = withdraw(out, k, ac, have)
			continue
		}
		if err := overlayable(c, ac.attr, have); err != nil {
			return nil, err
		}
		if ac.attr.Type == schema.JSON {
			v = given(c, ac.attr, v)
		}
		out = overlay(out, k, ac.attr, have, v)
	}
	if !touched {
		return nil, nil
	}
	if k == schema.SAMLConnection && c.Action == Update {
		out = repeatDisplayName(out, have)
	}
	return out, nil
}

// overlayable refuses to replace a container that the tenant holds in a shape
// that nobody expects: whatever is in there would be lost.
func overlayable(c *Change, a *schema.Attr, have *schema.Observed) error {
	top, _, nested := strings.Cut(a.APIPath(), ".")
	if !nested || have == nil || have.Raw[top] == nil {
		return nil
	}
	if _, ok := have.Raw[top].(map[string]any); !ok {
		return fmt.Errorf("%s: the tenant's %s is not an object, so %s cannot be set without losing it; nothing was written", c.Address, top, a.Name)
	}
	return nil
}

// given cuts an object down to what is to be sent: where PATCH merges, only
// the members that the configuration gives (null removes one); elsewhere the
// whole, without the members that the configuration takes out.
func given(c *Change, a *schema.Attr, v any) any {
	m, ok := v.(map[string]any)
	want, _ := c.object.Want(a.Name).V.(map[string]any)
	if !ok || want == nil {
		return v
	}
	out := map[string]any{}
	for k, e := range m {
		_, given := want[k]
		switch {
		case c.Action == Update && a.Has(schema.Merged):
			if given {
				out[k] = e
			}
		case e != nil || !given:
			out[k] = e
		}
	}
	return out
}

// overlay sets the value in the body; the first time it touches a container
// that PATCH replaces, it starts from what the tenant has.
func overlay(body map[string]any, k *schema.Kind, a *schema.Attr, have *schema.Observed, v any) map[string]any {
	path := a.APIPath()
	body = schema.Put(begin(body, k, path, have), path, v)
	for _, stale := range a.Derived() {
		body = schema.Without(body, stale)
	}
	return body
}

// begin puts what the tenant has into the body when the path is the first one
// inside a container that PATCH replaces.
func begin(body map[string]any, k *schema.Kind, path string, have *schema.Observed) map[string]any {
	top, _, nested := strings.Cut(path, ".")
	if _, begun := body[top]; nested && !begun && have != nil && slices.Contains(k.Whole, top) {
		if was, ok := have.Raw[top].(map[string]any); ok {
			return schema.Put(body, top, maps.Clone(was))
		}
	}
	return body
}

// repeatDisplayName: Auth0's API description says that a PATCH without
// display_name overwrites it with name; recorded answers do not. Sending back
// what is there is right under both readings.
func repeatDisplayName(body map[string]any, have *schema.Observed) map[string]any {
	name := have.String("display_name")
	if _, set := body["display_name"]; !set && name != "" {
		body["display_name"] = name
	}
	return body
}

// Relation returns which ids the change adds to and takes from a sub-resource.
func Relation(c *Change, ids schema.IDs) (add, gone []string, err error) {
	for _, ac := range c.Attributes {
		if ac.attr.Via == "" {
			continue
		}
		after, done := schema.Resolve(ac.After.raw, ids)
		if !done {
			return nil, nil, fmt.Errorf("%s: %s needs an id that is not known yet", c.Address, ac.Name)
		}
		a, _ := after.([]any)
		b, _ := ac.Before.raw.([]any)
		add = append(add, texts(schema.Missing(a, b))...)
		gone = append(gone, texts(schema.Missing(b, a))...)
	}
	return add, gone, nil
}

// Members are the objects that the change adds to a sub-resource and whose ids
// are known only after apply.
func (c *Change) Members() []schema.Address {
	var out []schema.Address
	for _, ac := range c.Attributes {
		if ac.attr.Via == "" {
			continue
		}
		schema.Templates(ac.After.raw, func(t *schema.Template) {
			if a, ok := t.Ref(); ok {
				out = append(out, a)
			}
		})
	}
	return out
}

func texts(list []any) []string {
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Moved returns the attributes whose value is no longer what the plan saw: a
// reason not to write.
func Moved(c *Change, now *schema.Observed) []string {
	var out []string
	for _, ac := range c.Attributes {
		if ac.attr.Via != "" {
			continue
		}
		v, p := now.Get(ac.attr)
		same := p == ac.Before.Presence
		if same && p == schema.Known {
			same = schema.Same(v, ac.Before.raw) || ac.attr.Type != schema.JSON && ac.attr.Equal(v, ac.Before.raw)
		}
		if !same {
			out = append(out, ac.Name)
		}
	}
	return out
}
