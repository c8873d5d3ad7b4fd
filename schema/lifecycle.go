package schema

import "strings"

// Output is a value that a configuration gives to people and programs.
type Output struct {
	Name, Description string
	// V is the canonical JSON value; ids that are not known yet are Templates.
	V any
	// Unknown: the value depends on an id in a way that no template expresses.
	Unknown bool
	// Sensitive: declared so, or made of something sensitive.
	Sensitive bool
	// Src is the value's expression.
	Src *Range
}

// Value returns the output with ids filled in; known is false while it depends
// on an object that does not exist yet.
func (o *Output) Value(ids IDs) (v any, known bool) {
	if o.Unknown {
		return nil, false
	}
	if v, known = Resolve(o.V, ids); !known {
		return nil, false
	}
	return v, true
}

// Move says that an object is declared at another address than before. With
// no key on either side it is about all instances of the block.
type Move struct {
	From, To Address
	Src      *Range
}

// Import says that an object of the tenant becomes the one declared at an
// address, and owned.
type Import struct {
	To  Address
	ID  string
	Src *Range
}

// Ignore is a comment by which a person accepts what a rule finds on a block.
type Ignore struct {
	Code, Reason string
	// Block is the block that it stands in or above, without an instance.
	Block Address
	Src   *Range
}

// Removed names an object that shall no longer be on the tenant, or no longer
// be owned.
type Removed struct {
	// Object holds what finds it: only the rows of the natural key (or of the
	// identity) are set. Its address is none of the configuration's objects.
	// PreventDestroy holds as for declared objects.
	Object *Object
	// Destroy: the object is deleted. Otherwise its ownership mark is taken
	// off and it stays.
	Destroy bool
}

// Protected says why the object is not simply deleted, "" when it may be.
func (r *Removed) Protected() string {
	if !r.Destroy || !r.Object.PreventDestroy {
		return ""
	}
	return "Deleting this " + strings.ReplaceAll(r.Object.Kind.Name, "_", " ") + " deletes " + r.Object.Kind.Takes + ". To do that, write prevent_destroy = false in the removed block; to keep the object and only give up owning it, write destroy = false."
}

// Moves answers which address an object has now and which it had before.
type Moves struct {
	byFrom map[Address]*Move
	byTo   map[Address][]*Move
}

// NewMoves indexes moved blocks.
func NewMoves(list []*Move) *Moves {
	m := &Moves{byFrom: map[Address]*Move{}, byTo: map[Address][]*Move{}}
	for _, e := range list {
		m.byFrom[e.From] = e
		m.byTo[e.To] = append(m.byTo[e.To], e)
	}
	return m
}

// Next returns the address that a single moved block gives to a; the block
// about one instance wins over the one about all of them.
func (m *Moves) Next(a Address) (Address, *Move) {
	if e := m.byFrom[a]; e != nil {
		return e.To, e
	}
	if e := m.byFrom[a.Block()]; a.Each && e != nil && !e.To.Each {
		return Address{Kind: e.To.Kind, Name: e.To.Name, Key: a.Key, Each: true}, e
	}
	return a, nil
}

// Last follows moved blocks to their end. A circle has none: then it returns a
// member of it.
func (m *Moves) Last(a Address) Address {
	for range len(m.byFrom) {
		next, e := m.Next(a)
		if e == nil {
			break
		}
		a = next
	}
	return a
}

// Former returns the addresses under which the object at a was declared
// before, the latest first.
func (m *Moves) Former(a Address) []Address {
	var out []Address
	seen := map[Address]bool{a: true}
	for queue := []Address{a}; len(queue) > 0; queue = queue[1:] {
		for _, f := range m.before(queue[0]) {
			if next, _ := m.Next(f); next == queue[0] && !seen[f] {
				seen[f] = true
				out, queue = append(out, f), append(queue, f)
			}
		}
	}
	return out
}

func (m *Moves) before(a Address) []Address {
	var out []Address
	for _, e := range m.byTo[a] {
		out = append(out, e.From)
	}
	if a.Each {
		for _, e := range m.byTo[a.Block()] {
			if !e.From.Each {
				out = append(out, Address{Kind: e.From.Kind, Name: e.From.Name, Key: a.Key, Each: true})
			}
		}
	}
	return out
}
