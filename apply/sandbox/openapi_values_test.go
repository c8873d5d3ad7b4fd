package sandbox

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// generator makes bodies from a schema of the document and the table of ours beside it.
type generator struct {
	*published
	out  map[string]candidate // by path and body
	skip map[string]bool      // paths below which nothing is tried
}

// deepest is how far below the body values are tried.
const deepest = 7

func (g *generator) add(path string, body any) {
	data, err := encode(body)
	if err != nil {
		panic(err)
	}
	g.out[path+"\x00"+string(data)] = candidate{path, body}
}

// resolve follows $ref.
func (g *generator) resolve(s object) object {
	for text(s, "$ref") != "" {
		s = child(g.schemas, strings.TrimPrefix(text(s, "$ref"), "#/components/schemas/"))
	}
	return s
}

// alternatives are the schemas of which one must hold.
func (g *generator) alternatives(s object) []object {
	s = g.resolve(s)
	var out []object
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		for _, e := range asList(s[key]) {
			out = append(out, g.alternatives(asObject(e))...)
		}
	}
	if out == nil {
		return []object{s}
	}
	return out
}

// walk tries values at a path. whole puts a value there into a body; base, when not nil, is a value that is right there.
func (g *generator) walk(s object, n *node, path string, base any, whole func(any) any, depth int) {
	for _, s := range g.alternatives(s) {
		right := base
		if right == nil {
			right = g.sample(s, 0)
		}
		for _, v := range append(g.values(s, right), ownValues(n, right)...) {
			g.add(path, whole(v))
		}
		if g.skip[path] || depth > deepest {
			continue
		}
		if o, ok := right.(object); ok {
			g.members(s, n, path, o, whole, depth)
		}
		if items, ok := s["items"].(object); ok {
			var first any
			if list, _ := right.([]any); len(list) > 0 {
				first = list[0]
			}
			g.walk(items, elemOf(n), path+"[]", first, func(v any) any { return whole([]any{v}) }, depth+1)
		}
	}
}

// members tries each member of an object: those of the document, and those that only our table has.
func (g *generator) members(s object, n *node, path string, right object, whole func(any) any, depth int) {
	props := child(s, "properties")
	for _, key := range slices.Sorted(maps.Keys(props)) {
		g.walk(asObject(props[key]), propOf(n, key), strings.TrimPrefix(path+"."+key, "."), right[key], func(v any) any {
			o := clone(right)
			o[key] = v
			return whole(o)
		}, depth+1)
		if _, there := right[key]; there {
			o := clone(right)
			delete(o, key)
			g.add(path, whole(o))
		}
	}
	if n == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(n.props)) {
		if props[key] != nil {
			continue
		}
		for _, v := range ownValues(n.props[key], nil) {
			o := clone(right)
			o[key] = v
			g.add(strings.TrimPrefix(path+"."+key, "."), whole(o))
		}
	}
}

func elemOf(n *node) *node {
	if n == nil {
		return nil
	}
	return n.elem
}

func propOf(n *node, key string) *node {
	if n == nil {
		return nil
	}
	if p := n.props[key]; p != nil {
		return p
	}
	return n.any
}

// sample is a value that is right by a schema.
func (g *generator) sample(s object, depth int) any {
	s = g.alternatives(s)[0]
	if e := asList(s["enum"]); len(e) > 0 {
		return e[0]
	}
	least := func(key string) int { n, _ := integer(s[key]); return int(n) }
	switch typesOf(s)[0] {
	case "string":
		return word(text(s, "format"), least("minLength"))
	case "integer", "number":
		return number(int64(max(1, least("minimum"))))
	case "boolean":
		return true
	case "array":
		out := []any{}
		for i := range least("minItems") {
			v := g.sample(asObject(s["items"]), depth+1)
			if w, ok := v.(string); ok && i > 0 {
				v = w + strconv.Itoa(i)
			}
			out = append(out, v)
		}
		return out
	case "object":
		return g.sampleObject(s, depth)
	default:
		return nil
	}
}

func (g *generator) sampleObject(s object, depth int) object {
	out, props := object{}, child(s, "properties")
	if depth > deepest {
		return out
	}
	for _, key := range asList(s["required"]) {
		name, _ := key.(string)
		out[name] = g.sample(asObject(props[name]), depth+1)
	}
	if least, _ := integer(s["minProperties"]); int64(len(out)) < least {
		for _, key := range slices.Sorted(maps.Keys(props)) {
			out[key] = g.sample(asObject(props[key]), depth+1)
			if int64(len(out)) >= least {
				break
			}
		}
	}
	return out
}

func typesOf(s object) []string {
	if one, ok := s["type"].(string); ok {
		return []string{one}
	}
	var out []string
	for _, e := range asList(s["type"]) {
		out = append(out, e.(string))
	}
	if out == nil {
		return []string{"object"}
	}
	return out
}

// word is a text that satisfies a format, at least so long.
func word(format string, least int) string {
	switch format {
	case "url", "url-or-null", "callback-url", "url-with-placeholders", "absolute-uri-or-empty", "absolute-https-uri-with-placeholders-or-empty",
		"absolute-https-uri-or-empty", "strict-https-uri-or-null", "ec-initiate-login-uri-template-url":
		return "https://acme.example/x"
	case "client-id":
		return heldClient
	case "organization-id":
		return heldOrganization
	case "connection-id":
		return spareConnection
	case "html-color":
		return "#003366"
	case "email-or-empty":
		return "help@acme.example"
	case "date-time":
		return "2026-08-20T12:00:00.000Z"
	case "ipv4":
		return "192.0.2.1"
	case "ipv6":
		return "2001:db8::1"
	case "cidr":
		return "192.0.2.0/24"
	case "ipv6_cidr":
		return "2001:db8::/32"
	}
	return "acme" + strings.Repeat("x", max(0, least-4))
}

// values are right and wrong values by a schema: each type, each name of an enumeration and one more, and the edges of
// each limit.
func (g *generator) values(s object, right any) []any {
	out := append([]any{right}, everyType()...)
	out = append(out, asList(s["enum"])...)
	if _, limited := s["enum"]; limited {
		out = append(out, "no-such-name")
	}
	if o, ok := right.(object); ok {
		more := clone(o)
		more["no_such_member"] = true
		out = append(out, more)
	}
	for _, key := range []string{"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties"} {
		if n, ok := integer(s[key]); ok {
			out = append(out, edges(right, text(s, "format"), int(n))...)
		}
	}
	if text(s, "pattern") != "" {
		out = append(out, "a b", "<a>", "-a", "a-", "ä")
	}
	return out
}

// ownValues are the edges of our own table.
func ownValues(n *node, right any) []any {
	if n == nil {
		return nil
	}
	if right == nil {
		switch {
		case slices.Contains(n.types, "string"):
			right = word(n.format, int(n.min))
		case slices.Contains(n.types, "object"):
			right = object{}
		case slices.Contains(n.types, "array"):
			right = []any{}
		default:
			right = number(1)
		}
	}
	out := []any{right}
	for _, e := range n.enum {
		out = append(out, e)
	}
	for _, limit := range []int64{n.min, n.max} {
		if limit > 0 {
			out = append(out, edges(right, n.format, int(limit))...)
		}
	}
	return out
}

func everyType() []any {
	return []any{"acme", "", true, false, number(0), number(1), numeral("1.5"), number(-1), nil, object{}, []any{}, []any{"acme"}, object{"acme": "x"}}
}

// longest keeps texts and lists within the size of a body.
const longest = 60_000

// edges are values just at, below and above a limit.
func edges(right any, format string, limit int) []any {
	var out []any
	for _, n := range []int{limit - 1, limit, limit + 1} {
		switch right := right.(type) {
		case string:
			if format == "" && n >= 0 && n <= longest {
				out = append(out, strings.Repeat("a", n))
			}
		case []any:
			if n >= 0 && n <= longest {
				out = append(out, repeatItem(right, n))
			}
		case object:
			if n >= 0 && n <= longest {
				out = append(out, padded(right, n))
			}
		case bool:
		default:
			out = append(out, number(int64(n)))
		}
	}
	return out
}

func repeatItem(list []any, n int) []any {
	var item any = "https://acme.example/"
	if len(list) > 0 {
		item = list[0]
	}
	out := make([]any, n)
	for i := range out {
		out[i] = item
		if s, ok := item.(string); ok && len(list) == 0 {
			out[i] = s + strconv.Itoa(i)
		}
	}
	return out
}

func padded(o object, n int) object {
	out := clone(o)
	for i := 0; len(out) < n; i++ {
		out["m"+strconv.Itoa(i)] = "x"
	}
	return out
}
