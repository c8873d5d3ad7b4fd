package hclconf

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// oneLine is how long a list or an object may be that stands on one line.
const oneLine = 80

// expression writes a value: a canonical one, a template or [Code].
func expression(v any) string {
	switch v := v.(type) {
	case Code:
		return string(v)
	case *schema.Template:
		return template(v)
	case string:
		return quoted(v)
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return v.String()
	case nil:
		return "null"
	case []any:
		items := make([]string, len(v))
		for i, e := range v {
			items[i] = expression(e)
		}
		return bracketed("[", items, ",", "]")
	case map[string]any:
		items := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			items = append(items, objectKey(k)+" = "+expression(v[k]))
		}
		return bracketed("{", items, "", "}")
	default:
		panic(fmt.Sprintf("hclconf: %T is no value to write", v))
	}
}

// bracketed writes elements on one line, or one a line.
func bracketed(opening string, items []string, after, closing string) string {
	space := ""
	if opening == "{" && len(items) > 0 {
		space = " "
	}
	one := opening + space + strings.Join(items, ", ") + space + closing
	if len(items) < 2 && !strings.Contains(one, "\n") || len(one) <= oneLine && !strings.Contains(one, "\n") {
		return one
	}
	return opening + "\n" + strings.Join(items, after+"\n") + after + "\n" + closing
}

// objectKey leaves the quotes out where a plain name means itself: a key "for"
// would begin an expression.
func objectKey(k string) string {
	if hclsyntax.ValidIdentifier(k) && !slices.Contains([]string{"for", "null", "true", "false"}, k) {
		return k
	}
	return quoted(k)
}

// quoted writes a text so that nothing in it is evaluated.
func quoted(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

// template writes a text around ids of other blocks, a bare reference without
// quotes.
func template(t *schema.Template) string {
	if a, ok := t.Ref(); ok {
		return Reference(a)
	}
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Addr == nil {
			b.WriteString(strings.TrimSuffix(strings.TrimPrefix(quoted(p.Lit), `"`), `"`))
			continue
		}
		b.WriteString("${" + Reference(*p.Addr) + "." + schema.KindByName(p.Addr.Kind).IDAttr + "}")
	}
	return `"` + b.String() + `"`
}

// Reference writes how one block names another, or an instance of it.
func Reference(a schema.Address) string {
	s := a.Kind + "." + a.Name
	if a.Each {
		s += "[" + quoted(a.Key) + "]"
	}
	return s
}

// Quoted writes a text as an expression, so that nothing in it is evaluated.
func Quoted(s string) Code { return Code(quoted(s)) }

// Expression writes a value.
func Expression(v any) Code { return Code(expression(v)) }

// List writes a list as an expression.
func List(v []any) Code { return Code(expression(v)) }

// AsQueryBlock takes an authorize query apart, when a query block says exactly
// the same: the same parameters in the same spelling that tacit would send. A
// query with flaws stays the text that it is, so that rules see them.
func AsQueryBlock(raw string) (QueryBlock, bool) {
	q := schema.ParseQuery(raw)
	for _, f := range q.Flaws() {
		if f.Kind != schema.Unheard && f.Kind != schema.Frozen {
			return nil, false
		}
	}
	params := slices.Clone(q.Params)
	slices.SortStableFunc(params, func(a, b schema.Param) int { return queryRank(a.Key) - queryRank(b.Key) })
	var out QueryBlock
	for _, p := range params {
		if !hclsyntax.ValidIdentifier(p.Key) || !sayable(p.Value) {
			return nil, false
		}
		var v any = p.Value
		if words := strings.Fields(p.Value); len(words) > 0 && (p.Key == "scope" || p.Key == "response_type") {
			list := make([]any, len(words))
			for i, w := range words {
				list[i] = w
			}
			v = list
		}
		out = append(out, Arg{p.Key, v})
	}
	return out, len(out) > 0 && !strings.HasPrefix(raw, "?") && schema.ParseQuery(schema.EncodeQuery(params)).Equal(q)
}

// Writable says why a value cannot be written as that row's, nil when it can:
// evaluating what is written gives the same value again, and tacit accepts it.
// The message holds no part of the value.
func Writable(row *schema.Attr, v any) error {
	if !ofType(row, v) {
		return fmt.Errorf("it is no %s", row.Type)
	}
	if !expressible(v, 0) {
		return fmt.Errorf("it holds text or numbers that HCL does not keep as they are")
	}
	if s, ok := v.(string); ok && len(row.Enum) > 0 && !slices.Contains(row.Enum, s) {
		return fmt.Errorf("it is none of the values that tacit knows")
	}
	if row.Check != nil && row.Check(v) != nil {
		return fmt.Errorf("tacit does not accept it")
	}
	for _, e := range elements(row, v) {
		for i := range row.Elem {
			if f := e[row.Elem[i].Name]; f != nil && Writable(&row.Elem[i], f) != nil {
				return fmt.Errorf("tacit does not accept one of them")
			}
		}
		if label, _ := e[row.Key].(string); strings.TrimSpace(label) == "" {
			return fmt.Errorf("one of them has no name")
		}
	}
	return nil
}

func elements(row *schema.Attr, v any) []map[string]any {
	list, _ := v.([]any)
	var out []map[string]any
	for _, e := range list {
		if m, ok := e.(map[string]any); ok && row.Type == schema.Objects {
			out = append(out, m)
		}
	}
	return out
}

// ofType reports whether a value has the shape that evaluating gives for rows of
// that type.
func ofType(row *schema.Attr, v any) bool {
	switch row.Type {
	case schema.Bool:
		_, ok := v.(bool)
		return ok
	case schema.Number:
		_, ok := v.(json.Number)
		return ok
	case schema.List, schema.Set, schema.Refs:
		return onlyTexts(v)
	case schema.Map:
		m, ok := v.(map[string]any)
		for _, e := range m {
			_, text := e.(string)
			ok = ok && (text || onlyTexts(e))
		}
		return ok
	case schema.Objects:
		list, ok := v.([]any)
		return ok && len(list) > 0 && len(elements(row, v)) == len(list) // no blocks say nothing
	case schema.JSON:
		return v != nil
	default:
		_, ok := v.(string)
		return ok
	}
}

func onlyTexts(v any) bool {
	list, ok := v.([]any)
	for _, e := range list {
		_, text := e.(string)
		ok = ok && text
	}
	return ok
}

// Bounds of what is written: the parser's are wider.
const (
	deepest = 50
	longest = 60  // characters of a number
	largest = 300 // bits before or behind its point
)

func expressible(v any, depth int) bool {
	if depth > deepest {
		return false
	}
	switch v := v.(type) {
	case string:
		return sayable(v)
	case json.Number:
		return plainNumber(v)
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !expressible(e, depth+1) })
	case map[string]any:
		for k, e := range v {
			if !sayable(k) || !expressible(e, depth+1) {
				return false
			}
		}
	}
	return true
}

// sayable: HCL brings texts into Unicode's normal form C.
func sayable(s string) bool { return utf8.ValidString(s) && cty.NormalizeString(s) == s }

func plainNumber(n json.Number) bool {
	f, _, err := big.ParseFloat(n.String(), 10, 512, big.ToNearestEven) //nolint:mnd // cty's precision
	if err != nil || len(n) > longest {
		return false
	}
	e := f.MantExp(nil)
	return e < largest && e > -largest
}
