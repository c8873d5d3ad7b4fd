package hclconf

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// instance is one object of a block: the only one, or one per for_each key.
type instance struct {
	i, of int
	addr  schema.Address
	ref   cty.Value
	// value is each.value in the base world, for a block that is not chained.
	value cty.Value
	known bool
	// each and name are made once, when first needed: the each object of the
	// base world, and the address for messages.
	each cty.Value
	name string
}

func (in *instance) String() string {
	if in.name == "" {
		in.name = in.addr.String()
	}
	return in.name
}

// instances are the objects of a block.
type instances struct {
	list   []*instance
	byKey  map[string]*instance
	failed bool
}

func (s *instances) find(key string) *instance { return s.byKey[key] }

// maxInstances bounds what one for_each may make.
const maxInstances = 100_000

// instances evaluates for_each. Which instances there are never depends on
// ids, so all worlds share them.
func (ev *evaluation) instances(b *block) *instances {
	if set := ev.sets[b]; set != nil {
		return set
	}
	set := &instances{byKey: map[string]*instance{}}
	if b.forEach == nil {
		set.list = []*instance{{of: 1, addr: b.addr, ref: ev.ref(b.addr)}}
		ev.sets[b] = set
		return set
	}
	o := ev.forEach(ev.base, b)
	if done := ev.sets[b]; done != nil {
		return done // a cycle came here first
	}
	set.failed = o.failed
	switch {
	case o.failed:
	case b.chained != nil:
		for _, in := range ev.instances(b.chained).list {
			ev.addInstance(set, b, in.addr.Key, cty.NilVal)
		}
	default:
		set.failed = !ev.expand(set, b, o.v)
	}
	for _, in := range set.list {
		in.of = len(set.list)
	}
	ev.sets[b] = set
	return set
}

// forEach evaluates a block's for_each in some world. A chained block needs
// only the keys of the other.
func (ev *evaluation) forEach(w *world, b *block) outcome {
	u := b.forEach
	return w.memo(&u.node, nil, func(w *world) outcome {
		if u.bad {
			return failure
		}
		if b.chained != nil {
			return outcome{v: cty.EmptyObjectVal, failed: ev.instances(b.chained).failed}
		}
		v, o := w.eval(u, u.expr, nil, nil)
		o.v = v
		return o
	})
}

func (ev *evaluation) addInstance(set *instances, b *block, key string, value cty.Value) {
	ev.f.steps.work += costInstance
	addr := schema.Address{Kind: b.addr.Kind, Name: b.addr.Name, Key: key, Each: true}
	in := &instance{i: len(set.list), addr: addr, ref: ev.ref(addr), value: value}
	in.known = value == cty.NilVal || value.IsWhollyKnown()
	set.list = append(set.list, in)
	set.byKey[key] = in
}

// expand makes the instances from the for_each value, or says why it cannot.
func (ev *evaluation) expand(set *instances, b *block, v cty.Value) bool {
	p := at(b.forEach.rng)
	v, marks := v.Unmark()
	t := v.Type()
	switch {
	case len(marks) > 0:
		ev.c.fail(p, "Sensitive for_each", "The keys become part of addresses, which are shown. Use for_each over something that is not sensitive, or nonsensitive(...) on the keys.")
	case v.IsNull():
		ev.c.fail(p, "for_each is null", "Use {} or toset([]) for no instances.")
	case !v.IsKnown() || t.IsSetType() && !v.IsWhollyKnown():
		ev.c.fail(p, "for_each depends on an id", "Which objects there are must be known before apply; build the keys from names, not from ids.")
	case t.IsListType() || t.IsTupleType():
		ev.c.fail(p, "for_each over a list", "Instances need lasting keys: use toset([...]) for texts, or a map such as { for x in LIST : x.name => x }.")
	case t.IsSetType() && t.ElementType() != cty.String && v.LengthInt() > 0:
		ev.c.fail(p, "for_each over a set of other things than texts", "A set must hold texts; use a map such as { for x in LIST : x.name => x }.")
	case !t.IsSetType() && !t.IsMapType() && !t.IsObjectType():
		ev.c.fail(p, "Wrong type", "for_each takes a map or a set of texts, not %s.", article(friendlyType(t)))
	case isObject(v):
		ev.c.fail(p, "for_each over one object", "This is a single object, not a map of objects; for_each needs keys and values.")
	case v.LengthInt() > maxInstances:
		ev.c.fail(p, "Too many instances", "for_each makes %d objects; tacit handles at most %d per block.", v.LengthInt(), maxInstances)
	default:
		return ev.elements(set, b, v)
	}
	return false
}

func isObject(v cty.Value) bool {
	_, ok := refOf(v)
	return ok
}

func (ev *evaluation) elements(set *instances, b *block, v cty.Value) bool {
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if k.IsNull() {
			ev.c.fail(at(b.forEach.rng), "Null key", "An element of the set is null; a key is a text.")
			return false
		}
		ev.addInstance(set, b, k.AsString(), e)
	}
	return true
}

// each is the each object for an expression of one instance.
func (w *world) each(u *unit, in *instance) (cty.Value, outcome) {
	b, key := u.block, cty.StringVal(in.addr.Key)
	if b.chained != nil {
		return w.chainedEach(u, in, key)
	}
	if w.base == nil || in.known {
		if in.each == cty.NilVal {
			in.each = cty.ObjectVal(map[string]cty.Value{"key": key, "value": in.value})
		}
		return in.each, outcome{}
	}
	o := w.ev.forEach(w, b)
	if o.failed {
		return cty.NilVal, o
	}
	for _, x := range u.uses {
		o.unsafe = o.unsafe || x.kind == useEach && x.unsafe
	}
	var value cty.Value
	switch t := o.v.Type(); {
	case t.IsObjectType() && t.HasAttribute(in.addr.Key):
		value = o.v.GetAttr(in.addr.Key)
	case t.IsMapType() && o.v.HasIndex(key).True():
		value = o.v.Index(key)
	default:
		return cty.NilVal, failure
	}
	return cty.ObjectVal(map[string]cty.Value{"key": key, "value": value}), outcome{unsafe: o.unsafe}
}

// chainedEach: each.value is the other block's instance with the same key.
func (w *world) chainedEach(u *unit, in *instance, key cty.Value) (cty.Value, outcome) {
	x := map[*block]*wanted{}
	for i := range u.uses {
		if u.uses[i].own {
			want(x, &u.uses[i])
		}
	}
	vars := map[string]cty.Value{"key": key}
	var result outcome
	for b, want := range x {
		target := w.ev.instances(b).find(in.addr.Key)
		if target == nil {
			return cty.NilVal, failure
		}
		o := w.objectValue(b, target, want.rows)
		if o.failed {
			return cty.NilVal, o
		}
		result.unsafe = result.unsafe || o.unsafe || w.base != nil && want.unsafe != 0
		vars["value"] = o.v
	}
	return cty.ObjectVal(vars), result
}
