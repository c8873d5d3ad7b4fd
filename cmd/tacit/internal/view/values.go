package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

const (
	sensitive  = "(sensitive value)"
	afterApply = "(known after apply)"
)

// inline writes a value in one line, as HCL would have it. With pending,
// "${address}" in it stands for an id that is not known yet.
func inline(v any, pending bool) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		if _, ok := bareReference(v, pending); ok {
			return afterApply
		}
		return quote(v, pending)
	case json.Number:
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = inline(e, pending)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, quote(k, false)+" = "+inline(v[k], pending))
		}
		if len(parts) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	default:
		return fmt.Sprint(v)
	}
}

var (
	quoting  = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{")
	literals = strings.NewReplacer("${", "$${", "%{", "%%{")
)

// quote writes a string as an HCL template in quotes.
func quote(s string, pending bool) string {
	return `"` + template(s, pending, quoting) + `"`
}

// template escapes the literal parts of a string and leaves the holes of a
// pending one, which read as the references they are.
func template(s string, pending bool, literal *strings.Replacer) string {
	var b strings.Builder
	for pending {
		before, a, after, ok := cutHole(s)
		if !ok {
			break
		}
		b.WriteString(literal.Replace(before) + "${" + a.String() + "." + schema.KindByName(a.Kind).IDAttr + "}")
		s = after
	}
	return b.String() + literal.Replace(s)
}

// maxBraces bounds the search for the end of a hole.
const maxBraces = 8

// cutHole finds the first "${address}".
func cutHole(s string) (before string, a schema.Address, after string, ok bool) {
	for from := 0; ; {
		i := strings.Index(s[from:], "${")
		if i < 0 {
			return "", a, "", false
		}
		i += from
		// A for_each key may hold "}": the address ends where it parses.
		end := i + 2
		for range maxBraces {
			j := strings.IndexByte(s[end:], '}')
			if j < 0 {
				break
			}
			end += j + 1
			if a, err := schema.ParseAddress(s[i+2 : end-1]); err == nil {
				return s[:i], a, s[end:], true
			}
		}
		from = i + 2
	}
}

// bareReference recognises a value that is nothing but an unknown id.
func bareReference(v any, pending bool) (schema.Address, bool) {
	s, _ := v.(string)
	if !pending || s == "" {
		return schema.Address{}, false
	}
	before, a, after, ok := cutHole(s)
	return a, ok && before == "" && after == ""
}

// side is one side of a change, ready to be shown.
type side struct {
	v       any
	known   bool
	pending bool
}

func sides(ac *plan.AttrChange) (before, after side) {
	return sideOf(ac.Before), sideOf(ac.After)
}

func sideOf(v plan.Value) side {
	return side{v: v.Shown(), known: v.Presence == schema.Known, pending: v.Pending}
}

func (s side) inline() string { return inline(s.v, s.pending) }

// list returns the value as a list; none when it is something else.
func (s side) list() []any {
	l, _ := s.v.([]any)
	return l
}

func (s side) object() map[string]any {
	m, _ := s.v.(map[string]any)
	return m
}

func (s side) string() string {
	t, _ := s.v.(string)
	return t
}

// edit is one step from an old to a new list: keep, drop or add an element.
type edit struct {
	op byte // ' ', '-' or '+'
	v  any
}

// maxTable bounds the work of comparing two lists in order.
const maxTable = 1 << 20

// diffOrdered turns one list into the other with the fewest edits.
func diffOrdered(a, b []any) []edit {
	var out []edit
	for len(a) > 0 && len(b) > 0 && schema.Same(a[0], b[0]) {
		out = append(out, edit{' ', a[0]})
		a, b = a[1:], b[1:]
	}
	if len(a)*len(b) > maxTable {
		return append(append(out, all('-', a)...), all('+', b)...)
	}
	common := commonLengths(a, b)
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case schema.Same(a[i], b[j]):
			out = append(out, edit{' ', a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			out = append(out, edit{'-', a[i]})
			i++
		default:
			out = append(out, edit{'+', b[j]})
			j++
		}
	}
	return append(append(out, all('-', a[i:])...), all('+', b[j:])...)
}

// commonLengths holds at [i][j] how many elements a[i:] and b[j:] share in
// order.
func commonLengths(a, b []any) [][]int {
	t := make([][]int, len(a)+1)
	for i := range t {
		t[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if schema.Same(a[i], b[j]) {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}

// diffSet compares without regard to order: what goes, what stays, what comes.
func diffSet(a, b []any) []edit {
	out := all('-', schema.Missing(a, b))
	for range len(a) - len(out) {
		out = append(out, edit{' ', nil})
	}
	return append(out, all('+', schema.Missing(b, a))...)
}

func all(op byte, list []any) []edit {
	out := make([]edit, len(list))
	for i, v := range list {
		out[i] = edit{op, v}
	}
	return out
}

func lines(s string) []any {
	ls := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	out := make([]any, len(ls))
	for i, l := range ls {
		out[i] = l
	}
	return out
}
