package plan

import (
	"github.com/tacit-dev/tacit/schema"
)

// Needs returns, for each change, the earlier ones that must be over before its
// body is written or its object is deleted; what does not need each other may
// go at once. Relations come after all bodies, and deletions after those.
func (p *Plan) Needs() [][]int {
	out := make([][]int, len(p.Changes))
	ranks := make([]int, len(p.Changes))
	freed := map[claim]int{}
	for i := range p.Changes {
		c := &p.Changes[i]
		ranks[i] = rank(c.object.Kind.Collection)
		taken, given := c.claims()
		refers := map[schema.Address]bool{}
		for _, a := range c.dependencies() {
			refers[a] = true
		}
		for j := range p.Changes[:i] {
			if needs(c, &p.Changes[j], ranks[i]-ranks[j], refers) {
				out[i] = append(out[i], j)
			}
		}
		for _, t := range taken {
			if j, ok := freed[t]; ok {
				out[i] = append(out[i], j)
			}
		}
		for _, g := range given {
			freed[g] = i
		}
	}
	return out
}

// needs reports whether a change waits for an earlier one, above which it stands
// by rank. Ranks count beside references, because an object may name another by
// more than its id: a grant names the identifier and the scopes of an API.
func needs(c, earlier *Change, above int, refers map[schema.Address]bool) bool {
	switch {
	case (c.Action == Delete) != (earlier.Action == Delete):
		return false // deletions come after everything else anyway
	case c.Action == Delete:
		return above < 0 || holds(earlier, c.ID)
	default:
		return above > 0 || refers[earlier.object.Addr]
	}
}

// claim is a text that only one object of a kind may hold at a time: a name, or
// an alias of an application.
type claim struct{ kind, attr, text string }

// claims are what the change takes hold of and what it lets go. Sets and names
// count, whether or not they must be unique: waiting in vain does no harm.
func (c *Change) claims() (taken, given []claim) {
	for _, a := range c.Attributes {
		if a.attr.Type != schema.Set && a.Name != c.object.Kind.NaturalKey {
			continue
		}
		after, before := elements(a.After.raw), elements(a.Before.raw)
		for _, t := range texts(schema.Missing(after, before)) {
			taken = append(taken, claim{c.Kind, a.Name, t})
		}
		for _, t := range texts(schema.Missing(before, after)) {
			given = append(given, claim{c.Kind, a.Name, t})
		}
	}
	return taken, given
}

// elements are those of a list, or a single value as one.
func elements(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}
