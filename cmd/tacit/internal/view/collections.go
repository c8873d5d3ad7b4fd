package view

import (
	"maps"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// maxElements is how many changed elements of one collection are shown.
const maxElements = 40

// list writes a list element by element.
func (r *renderer) list(at int, op byte, name, typ string, before, after side, notes []string) {
	var edits []edit
	if typ == schema.Set.String() || typ == schema.Refs.String() {
		edits = diffSet(before.list(), after.list())
	} else {
		edits = diffOrdered(before.list(), after.list())
	}
	r.open(at, op, name+" = [", notes)
	r.edits(at+4, edits, "element", func(e edit) {
		spans := []span{text(pad(at + 4)), symbol(e.op), text(" " + inline(e.v, after.pending && e.op == '+') + ",")}
		if a, ok := bareReference(e.v, after.pending && e.op == '+'); ok {
			spans = append(spans, styled(cyan, " # id of "+a.String()))
		}
		r.p.put(spans...)
	})
	r.close(at, "]", op)
}

// edits writes changed elements and counts the others where they stand.
func (r *renderer) edits(at int, edits []edit, noun string, write func(edit)) {
	same, shown := 0, 0
	flush := func() {
		if same > 0 {
			r.note(at, plural(same, "unchanged "+noun)+" hidden")
		}
		same = 0
	}
	left := 0
	for _, e := range edits {
		if e.op == ' ' {
			same++
			continue
		}
		flush()
		if shown++; shown > maxElements && !r.p.opts.Full {
			left++
			continue
		}
		write(e)
	}
	flush()
	if left > 0 {
		r.note(at, plural(left, "more changed "+noun)+", --full shows them")
	}
}

func (r *renderer) close(at int, bracket string, op byte) {
	if op == '-' {
		r.p.put(text(pad(at+2)+bracket), styled(yellow, " -> "), text("null"))
		return
	}
	r.p.put(text(pad(at+2) + bracket))
}

// mapping writes a map key by key.
func (r *renderer) mapping(at int, op byte, name string, before, after side, notes []string) {
	r.open(at, op, name+" = {", notes)
	keys := sortedKeys(before.object(), after.object())
	r.fields(at+4, keys, func(k string) string { return quote(k, false) }, before, after, "element")
	r.close(at, "}", op)
}

func sortedKeys(ms ...map[string]any) []string {
	seen := map[string]bool{}
	for _, m := range ms {
		for k := range m {
			seen[k] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// fields writes what differs between two objects, in the order of keys.
func (r *renderer) fields(at int, keys []string, name func(string) string, before, after side, noun string) {
	differing := slices.DeleteFunc(slices.Clone(keys), func(k string) bool {
		b, had := before.object()[k]
		a, has := after.object()[k]
		return had && has && schema.Same(a, b)
	})
	wide := 0
	for _, k := range differing {
		if w := width(name(k)); w <= maxAlign {
			wide = max(wide, w)
		}
	}
	for _, k := range differing {
		b, had := before.object()[k]
		a, has := after.object()[k]
		b2, a2 := side{b, had, before.pending}, side{a, has, after.pending}
		r.value(at, opOf(b2, a2), align(name(k), wide), schema.List.String(), b2, a2, nil)
	}
	if same := len(keys) - len(differing); same > 0 {
		r.note(at, plural(same, "unchanged "+noun)+" hidden")
	}
}

// objects writes labelled blocks, those that differ.
func (r *renderer) objects(at int, n *node) {
	before, after := sides(n.ac)
	key := r.label(n)
	old, now := byLabel(before.list(), key), byLabel(after.list(), key)
	edits := make([]edit, 0, len(old)+len(now))
	for _, l := range labels(before.list(), after.list(), key) {
		b, had := old[l]
		a, has := now[l]
		op := opOf(side{known: had}, side{known: has})
		if had && has && schema.Same(a, b) {
			op = ' '
		}
		edits = append(edits, edit{op, l})
	}
	r.above(at, r.reasons(n.ac))
	r.edits(at, edits, n.name+" block", func(e edit) {
		l, _ := e.v.(string)
		b := side{any(old[l]), e.op != '+', before.pending}
		a := side{any(now[l]), e.op != '-', after.pending}
		head := n.name + " " + quote(l, false) + " {"
		if len(old[l])+len(now[l]) == 0 {
			r.open(at, e.op, head+"}", nil)
			return
		}
		r.open(at, e.op, head, nil)
		r.fields(at+4, sortedKeys(old[l], now[l]), func(k string) string { return k }, b, a, "attribute")
		r.p.put(text(pad(at+2) + "}"))
	})
}

func (r *renderer) label(n *node) string {
	if r.kind != nil {
		if a := r.kind.Attr(n.ac.Name); a != nil {
			return a.Key
		}
	}
	return "value"
}

// byLabel indexes the elements, without the key itself.
func byLabel(list []any, key string) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, e := range list {
		m, _ := e.(map[string]any)
		rest := maps.Clone(m)
		delete(rest, key)
		out[labelOf(m, key)] = rest
	}
	return out
}

func labelOf(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func labels(before, after []any, key string) []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range slices.Concat(before, after) {
		m, _ := e.(map[string]any)
		if l := labelOf(m, key); !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}

// params are both sides of an authorize query, decoded.
type params struct {
	before, after map[string]any
	// keys are in the order in which the queries have them.
	keys []string
}

// params returns nil when the attribute is no query, or one that would lose
// something when shown by parameter.
func (n *node) params() *params {
	if n.ac == nil || n.ac.Type != schema.Query.String() || n.ac.Before.Sensitive || n.ac.After.Sensitive {
		return nil
	}
	before, after := sides(n.ac)
	old, oldKeys, ok1 := decode(before)
	now, keys, ok2 := decode(after)
	if !ok1 || !ok2 {
		return nil
	}
	for _, k := range oldKeys {
		if _, stays := now[k]; !stays {
			keys = append(keys, k)
		}
	}
	return &params{old, now, keys}
}

// decode fails on repeated and empty keys, and where the key of a for_each
// instance may hold what separates parameters.
func decode(s side) (m map[string]any, keys []string, ok bool) {
	m = map[string]any{}
	for _, kv := range schema.ParseQuery(s.string()).Params {
		if _, twice := m[kv.Key]; twice || kv.Key == "" {
			return nil, nil, false
		}
		m[kv.Key] = kv.Value
		keys = append(keys, kv.Key)
	}
	if s.pending && separates(s.string()) {
		return nil, nil, false
	}
	return m, keys, len(m) > 0 || !s.known
}

// separates tells whether the name of an unknown id holds what means something
// in a query.
func separates(s string) bool {
	for {
		_, a, after, ok := cutHole(s)
		if !ok || strings.ContainsAny(a.Key, "&=%+#") {
			return ok
		}
		s = after
	}
}

// query writes an authorize query by parameter, decoded, as the query block of
// the configuration has it.
func (r *renderer) query(at int, n *node) {
	before, after := sides(n.ac)
	op, ps := opOf(before, after), n.params()
	before.v, after.v = ps.before, ps.after
	r.open(at, op, n.name+" {", r.reasons(n.ac))
	r.fields(at+4, ps.keys, func(k string) string { return k }, before, after, "parameter")
	r.close(at, "}", op)
}
