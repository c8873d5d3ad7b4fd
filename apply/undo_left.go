package apply

import (
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// movedSince lists the attributes that are neither what the run wrote nor what
// they were before. Secrets cannot be compared.
func movedSince(obj *object) []string {
	if obj.body == nil {
		return nil
	}
	var out []string
	for _, l := range obj.body.Attributes {
		a := obj.kind.Attr(l.Name)
		v, p := obj.now.Get(a)
		if l.Before.Is == isSecret || l.After.Is == isSecret || l.After.is(a, v, p) {
			continue
		}
		if obj.created() || !l.was(obj.kind).Held(v, p) {
			out = append(out, l.Name)
		}
	}
	return out
}

// is reports whether the tenant holds the value.
func (h Held) is(a *schema.Attr, v any, p schema.Presence) bool {
	if h.Is != isValue {
		return p != schema.Known
	}
	if p != schema.Known {
		v = nil
	}
	return a.Equal(v, h.V)
}

// was is the former value for planning.
func (l Leaf) was(k *schema.Kind) plan.Was {
	p := map[string]schema.Presence{isValue: schema.Known, isNull: schema.Null}[l.Before.Is]
	if l.Before.Is == isAbsent {
		p = schema.Absent
	}
	return plan.Was{Attr: k.Attr(l.Name), V: l.Before.V, Presence: p, From: l.Before.From}
}

// hiddenOf names the attributes that the run's configuration called sensitive.
func hiddenOf(obj *object) []string {
	if obj.body == nil {
		return nil
	}
	var out []string
	for _, l := range obj.body.Attributes {
		if l.Before.Is == isSecret || l.After.Is == isSecret {
			out = append(out, l.Name)
		}
	}
	if obj.body.Key == "" && !slices.Contains(out, obj.kind.NaturalKey) {
		out = append(out, obj.kind.NaturalKey)
	}
	return out
}

// Summary says what is left of an object in one line.
func (l Left) Summary() string {
	s := l.Address
	if len(l.Fields) > 0 {
		s += " (" + strings.Join(l.Fields, ", ") + ")"
	}
	return s + ": " + l.Why
}
