package plan

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Needs returns, for each change, the earlier ones that must be over before its
// body is written or its object is deleted; what does not need each other may
// go at once. Relations come after all bodies, and deletions after those.
//
// The result is longer than Changes: the further entries are gates, which stand
// for all that they need in turn, so that thousands of connections and their
// memberships need not name each other.
func (p *Plan) Needs() [][]int {
	n := &needs{out: make([][]int, len(p.Changes)), at: map[schema.Address]int{}, held: map[string][]int{}, freed: map[claim]int{}}
	for i := range p.Changes {
		n.add(i, &p.Changes[i])
	}
	return n.out
}

// needs collects what changes need of those before them.
type needs struct {
	out [][]int
	// bodies and deletions wait for their own sort only: deletions come after
	// everything else anyway.
	bodies, deletions ranks
	// at finds changes by their objects, held deletions by the ids that their
	// objects hold, and freed changes by what they let go.
	at    map[schema.Address]int
	held  map[string][]int
	freed map[claim]int
}

func (n *needs) add(i int, c *Change) {
	var list []int
	r := rank(c.object.Kind.Collection)
	if c.Action == Delete {
		list = append(n.deletions.before(n, lastRank-r), n.held[c.ID]...)
		n.deletions.add(i, lastRank-r)
		for _, id := range holds(c) {
			n.held[id] = append(n.held[id], i)
		}
	} else {
		// Ranks count beside references, because an object may name another by
		// more than its id: a grant names the identifier and the scopes of an API.
		list = n.bodies.before(n, r)
		n.bodies.add(i, r)
		for _, a := range c.dependencies() {
			if j, ok := n.at[a]; ok {
				list = append(list, j)
			}
		}
		n.at[c.object.Addr] = i
	}
	taken, given := c.claims()
	for _, t := range taken {
		if j, ok := n.freed[t]; ok {
			list = append(list, j)
		}
	}
	for _, g := range given {
		n.freed[g] = i
	}
	slices.Sort(list)
	n.out[i] = slices.Compact(list)
}

// ranks keeps, for each rank, a gate for the changes of lower ranks, 0 when there
// is none, and those that came since it was made.
type ranks struct {
	gate  [lastRank + 1]int
	since [lastRank + 1][]int
}

func (r *ranks) add(i, rank int) {
	for above := rank + 1; above <= lastRank; above++ {
		r.since[above] = append(r.since[above], i)
	}
}

// before returns the gate that a change of the rank waits for, if any. A newer
// gate waits for the older one, so that each change is named once.
func (r *ranks) before(n *needs, rank int) []int {
	if list := r.since[rank]; len(list) > 0 {
		if r.gate[rank] > 0 {
			list = append(list, r.gate[rank])
		}
		r.gate[rank], r.since[rank] = len(n.out), nil
		n.out = append(n.out, list)
	}
	if r.gate[rank] == 0 {
		return nil
	}
	return []int{r.gate[rank]}
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
