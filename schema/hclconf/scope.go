package hclconf

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// scope is what an expression may name, without what differs between
// instances.
type scope struct {
	ctx    *hcl.EvalContext
	failed bool
	unsafe bool
}

// scope resolves everything that the unit refers to.
func (w *world) scope(u *unit) *scope {
	if sc := w.scopes[u.id]; sc != nil {
		return sc
	}
	sc := &scope{ctx: &hcl.EvalContext{Functions: w.ev.f.funcs, Variables: map[string]cty.Value{}}}
	locals := map[string]cty.Value{}
	objects := map[*block]*wanted{}
	for i := range u.uses {
		x := &u.uses[i]
		switch x.kind {
		case useVar:
			sc.failed = sc.failed || !w.ev.f.vars[x.name].ok
			sc.ctx.Variables["var"] = w.ev.f.varObj
		case useLocal:
			o := w.local(w.ev.f.locals[x.name])
			sc.take(o, x.unsafe && !o.known)
			locals[x.name] = o.v
		case useBlock:
			if !x.own {
				want(objects, x)
			}
		case useEach: // differs between instances
		}
	}
	if len(locals) > 0 && !sc.failed {
		sc.ctx.Variables["local"] = cty.ObjectVal(locals)
	}
	w.blocks(sc, objects)
	w.scopes[u.id] = sc
	return sc
}

func (sc *scope) take(o outcome, decides bool) {
	sc.failed = sc.failed || o.failed
	sc.unsafe = sc.unsafe || o.unsafe || decides
}

// wanted is what an expression reads of one block.
type wanted struct {
	rows uint64 // by row index; idBit for the id
	// keys are the instances, nil for all.
	keys map[string]hcl.Range
	all  bool
	// unsafe are the rows on which a decision depends.
	unsafe uint64
}

// idBit stands for the id in a set of rows. Kinds have fewer rows than that.
const idBit = 1 << 63

func rowBits(x *use) uint64 {
	switch x.row {
	case rowNone:
		return 0
	case rowID:
		return idBit
	case rowWhole:
		bits := uint64(idBit)
		for i, s := range x.block.sites {
			if s != nil {
				bits |= 1 << i
			}
		}
		return bits
	default:
		return 1 << x.row
	}
}

func want(objects map[*block]*wanted, x *use) {
	o := objects[x.block]
	if o == nil {
		o = &wanted{keys: map[string]hcl.Range{}}
		objects[x.block] = o
	}
	bits := rowBits(x)
	o.rows |= bits
	if x.unsafe {
		o.unsafe |= bits
	}
	if x.keyed {
		o.keys[x.key] = x.rng
	} else {
		o.all = true
	}
}

// blocks adds the values of blocks to a scope.
func (w *world) blocks(sc *scope, objects map[*block]*wanted) {
	kinds := map[string]map[string]cty.Value{}
	for b, x := range objects {
		o := w.blockValue(b, x)
		sc.take(o, w.base != nil && w.decides(b, x))
		if o.failed {
			continue
		}
		if b.kind.Unlabelled {
			sc.ctx.Variables[b.kind.Name] = o.v
			continue
		}
		if kinds[b.kind.Name] == nil {
			kinds[b.kind.Name] = map[string]cty.Value{}
		}
		kinds[b.kind.Name][b.addr.Name] = o.v
	}
	for kind, named := range kinds {
		sc.ctx.Variables[kind] = cty.ObjectVal(named)
	}
}

// decides reports whether a row on which a decision depends is not known
// without ids.
func (w *world) decides(b *block, x *wanted) bool {
	if x.unsafe == 0 {
		return false
	}
	if x.unsafe&idBit != 0 {
		return true
	}
	for _, in := range w.ev.instances(b).list {
		for i, s := range b.sites {
			if s != nil && x.unsafe&(1<<i) != 0 && !w.ev.base.site(s, in).known {
				return true
			}
		}
	}
	return false
}

// valueKey names a block's value with some of its attributes.
type valueKey struct {
	block *block
	rows  uint64
}

// blockValue is an object, or under for_each a map of objects.
func (w *world) blockValue(b *block, x *wanted) outcome {
	set := w.ev.instances(b)
	if set.failed {
		return failure
	}
	if b.forEach == nil {
		return w.objectValue(b, set.list[0], x.rows)
	}
	if !x.all {
		return w.someInstances(b, set, x)
	}
	key := valueKey{b, x.rows}
	if o, ok := w.values[key]; ok {
		return o
	}
	o := w.mapValue(b, set.list, x.rows)
	w.values[key] = o
	return o
}

func (w *world) someInstances(b *block, set *instances, x *wanted) outcome {
	var list []*instance
	for key, rng := range x.keys {
		if in := set.find(key); in != nil {
			list = append(list, in)
			continue
		}
		w.unknownKey(at(rng), b, set, key)
	}
	if len(list) < len(x.keys) {
		return failure
	}
	return w.mapValue(b, list, x.rows)
}

func (w *world) mapValue(b *block, list []*instance, rows uint64) outcome {
	out, result := make(map[string]cty.Value, len(list)), outcome{}
	for _, in := range list {
		o := w.objectValue(b, in, rows)
		if o.failed {
			return failure
		}
		result.unsafe = result.unsafe || o.unsafe
		out[in.addr.Key] = o.v
	}
	result.v = mapOrObject(out)
	return result
}

// mapOrObject prefers a map: operations on objects of thousands of attributes
// are slow.
func mapOrObject(m map[string]cty.Value) cty.Value {
	var t cty.Type
	for _, v := range m {
		switch {
		case t == cty.NilType:
			t = v.Type()
		case !t.Equals(v.Type()):
			return cty.ObjectVal(m)
		}
	}
	if len(m) == 0 {
		return cty.EmptyObjectVal
	}
	return cty.MapVal(m)
}

// objectValue is one object with its identity and the wanted rows.
func (w *world) objectValue(b *block, in *instance, rows uint64) outcome {
	tree, result := map[string]any{refAttr: in.ref}, outcome{}
	for i, s := range b.sites {
		if s == nil || rows&(1<<i) == 0 {
			continue
		}
		o := w.site(s, in)
		if o.failed {
			return failure
		}
		result.unsafe = result.unsafe || o.unsafe
		v := w.memberValue(s.row, o)
		plant(tree, s.row.Name, v)
		if s.row.Alt != "" {
			plant(tree, s.row.Alt, v)
		}
	}
	if rows&idBit != 0 && b.kind.IDAttr != "" {
		id := w.id(in.addr)
		tree["id"], tree[b.kind.IDAttr] = id, id
	}
	result.v = grow(tree)
	return result
}

// plant puts a value at a dotted name.
func plant(tree map[string]any, name string, v cty.Value) {
	head, rest, nested := strings.Cut(name, ".")
	if !nested {
		tree[head] = v
		return
	}
	sub, ok := tree[head].(map[string]any)
	if !ok {
		sub = map[string]any{}
		tree[head] = sub
	}
	plant(sub, rest, v)
}

func grow(tree map[string]any) cty.Value {
	out := make(map[string]cty.Value, len(tree))
	for k, v := range tree {
		switch v := v.(type) {
		case cty.Value:
			out[k] = v
		case map[string]any:
			out[k] = grow(v)
		}
	}
	return cty.ObjectVal(out)
}

// memberValue is a row's value as other expressions see it; what a secret row
// holds stays sensitive wherever it goes.
func (w *world) memberValue(row *schema.Attr, o outcome) cty.Value {
	switch {
	case row.Has(schema.Secret) && !o.null:
		return o.v.Mark(sensitive)
	case row.Type == schema.Ref && o.null:
		return cty.NullVal(cty.DynamicPseudoType)
	case row.Type == schema.Ref:
		return w.shallow(row, o.v)
	case o.null:
		return cty.NullVal(rowType(row))
	case row.Type == schema.Refs:
		if !o.v.IsKnown() {
			return o.v
		}
		out := o.v.AsValueSlice()
		for i, e := range out {
			out[i] = w.shallow(row, e)
		}
		return cty.TupleVal(out)
	case row.Type == schema.Objects && o.v.IsKnown():
		return byLabel(row, o.v)
	default:
		return o.v
	}
}

// shallow is a referenced object with nothing but its identity and id, so that
// two blocks may refer to each other.
func (w *world) shallow(row *schema.Attr, v cty.Value) cty.Value {
	attrs := map[string]cty.Value{refAttr: v, "id": v}
	if a, ok := refOf(v); ok {
		attrs["id"] = w.id(a)
	} else {
		attrs[refAttr] = cty.NullVal(refType)
	}
	if k := schema.KindByName(row.Targets[0]); k != nil && k.IDAttr != "" {
		attrs[k.IDAttr] = attrs["id"]
	}
	return cty.ObjectVal(attrs)
}

func byLabel(row *schema.Attr, v cty.Value) cty.Value {
	out := map[string]cty.Value{}
	for _, e := range v.AsValueSlice() {
		fields := e.AsValueMap()
		label := fields[row.Key].AsString()
		delete(fields, row.Key)
		out[label] = cty.ObjectVal(fields)
	}
	return cty.ObjectVal(out)
}
