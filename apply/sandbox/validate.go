package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fact is one row of what the Management API accepts in a request body.
type fact struct {
	path     string   // dotted from the root; [] stands for any element, * for any key; "" is the body itself
	is       string   // JSON types, joined by |; "" accepts any
	min, max int64    // of a string's length, a number, an array's items, an object's members; max 0 means no limit
	natural  bool     // a number that is not below 0, which min does not say
	required bool     // in its parent, when that is given
	closed   bool     // an object that refuses members without a row
	unique   bool     // an array without equal items
	enum     []string // allowed strings
	pattern  string
	format   string // a format that formats() knows
	desc     string // Auth0's description, which its messages repeat
}

// node is a fact with what hangs under it.
type node struct {
	fact
	types   []string
	matches *regexp.Regexp
	props   map[string]*node
	any     *node // members without a row of their own
	elem    *node
}

// schemas are the compiled tables by name.
type schemas map[string]*node

// compile builds the tree of a table. A later row replaces an earlier one with the same path, so that a table can be
// "like that one, but".
func compile(rows []fact) (*node, error) {
	root := &node{}
	for _, f := range rows {
		n, err := root.place(f.path)
		if err != nil {
			return nil, err
		}
		n.fact, n.types, n.matches = f, nil, nil
		if f.is != "" {
			n.types = strings.Split(f.is, "|")
		}
		if f.pattern != "" {
			if n.matches, err = regexp.Compile(f.pattern); err != nil {
				return nil, fmt.Errorf("%s: %w", f.path, err)
			}
		}
		if f.format != "" && formatCheck(f.format) == nil {
			return nil, fmt.Errorf("%s: unknown format %q", f.path, f.format)
		}
	}
	return root, nil
}

// place finds or makes the node of a path.
func (n *node) place(path string) (*node, error) {
	for rest := path; rest != ""; {
		var step string
		switch {
		case strings.HasPrefix(rest, "[]"):
			rest = strings.TrimPrefix(strings.TrimPrefix(rest, "[]"), ".")
			if n.elem == nil {
				n.elem = &node{}
			}
			n = n.elem
			continue
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			step, rest = rest[:end], strings.TrimPrefix(rest[end:], ".")
		}
		switch step {
		case "":
			return nil, fmt.Errorf("bad path %q", path)
		case "*":
			if n.any == nil {
				n.any = &node{}
			}
			n = n.any
		default:
			if n.props == nil {
				n.props = map[string]*node{}
			}
			if n.props[step] == nil {
				n.props[step] = &node{}
			}
			n = n.props[step]
		}
	}
	return n, nil
}

// check validates a request body against a table and gives the first refusal.
func (sc schemas) check(name string, body any) error { return sc.checkAt(name, "", body) }

// checkAt is check for a part of a body that stands at a path.
func (sc schemas) checkAt(name, path string, body any) error {
	v := &validation{}
	sc[name].check(v, path, body)
	if v.message == "" {
		return nil
	}
	return errBody("Payload validation error: %s", v.message)
}

// validation carries the first message; Auth0 answers with one although z-schema collects several (recorded).
type validation struct{ message string }

func (v *validation) fail(path, desc, message string) {
	if v.message != "" {
		return
	}
	if path == "" {
		v.message = "'" + message + "'."
		return
	}
	v.message = "'" + message + "' on property " + path + described(desc) + "."
}

// described is the description part of a message.
func described(desc string) string {
	if desc == "" {
		return ""
	}
	return " (" + desc + ")"
}

// check validates one value: its type, then the limits of that type, then what is inside.
func (n *node) check(v *validation, path string, value any) {
	if v.message != "" {
		return
	}
	found := jsonType(value)
	if !n.accepts(found) {
		v.fail(path, n.desc, msgType(strings.Join(n.types, ","), found))
		return
	}
	switch value := value.(type) {
	case string:
		n.checkText(v, path, value)
	case json.Number:
		n.checkNumber(v, path, value)
	case []any:
		n.checkArray(v, path, value)
	case object:
		n.checkObject(v, path, value)
	}
}

func (n *node) accepts(found string) bool {
	return len(n.types) == 0 || slices.Contains(n.types, found) || (found == "integer" && slices.Contains(n.types, "number"))
}

func (n *node) checkText(v *validation, path, s string) {
	length := int64(utf8.RuneCountInString(s))
	switch {
	case n.enum != nil && !slices.Contains(n.enum, s):
		v.fail(path, n.desc, msgEnum(s))
	case length < n.min:
		v.fail(path, n.desc, msgShort(length, n.min))
	case n.max > 0 && length > n.max:
		v.fail(path, n.desc, msgLong(length, n.max))
	case n.matches != nil && !n.matches.MatchString(s):
		v.fail(path, n.desc, "String does not match pattern "+n.pattern+": "+s)
	case n.format != "" && !formatCheck(n.format)(s):
		v.fail(path, n.desc, "Object didn't pass validation for format "+n.format+": "+s)
	}
}

func (n *node) checkNumber(v *validation, path string, num json.Number) {
	r, ok := new(big.Rat).SetString(num.String())
	if !ok {
		return
	}
	switch {
	case n.min != 0 && r.Cmp(new(big.Rat).SetInt64(n.min)) < 0, n.min == 0 && (n.max > 0 || n.natural) && r.Sign() < 0:
		v.fail(path, n.desc, msgBelow(num.String(), strconv.FormatInt(n.min, 10)))
	case n.max > 0 && r.Cmp(new(big.Rat).SetInt64(n.max)) > 0:
		v.fail(path, n.desc, msgAbove(num.String(), strconv.FormatInt(n.max, 10)))
	}
}

func (n *node) checkArray(v *validation, path string, list []any) {
	switch size := int64(len(list)); {
	case size < n.min:
		v.fail(path, n.desc, fmt.Sprintf("Array is too short (%d), minimum %d", size, n.min))
	case n.max > 0 && size > n.max:
		v.fail(path, n.desc, fmt.Sprintf("Array is too long (%d), maximum %d", size, n.max))
	}
	if n.unique {
		if i, j, twice := firstTwice(list); twice {
			v.fail(path, n.desc, fmt.Sprintf("Array items are not unique (indexes %d and %d)", i, j))
		}
	}
	if n.elem == nil {
		return
	}
	for i, e := range list {
		n.elem.check(v, path+"["+strconv.Itoa(i)+"]", e)
	}
}

func (n *node) checkObject(v *validation, path string, o object) {
	switch size := int64(len(o)); {
	case size < n.min:
		v.fail(path, n.desc, fmt.Sprintf("Too few properties defined (%d), minimum %d", size, n.min))
	case n.max > 0 && size > n.max:
		v.fail(path, n.desc, fmt.Sprintf("Too many properties defined (%d), maximum %d", size, n.max))
	}
	keys := slices.Sorted(maps.Keys(o))
	if n.closed {
		unknown := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return n.props[k] != nil || n.any != nil })
		if len(unknown) > 0 {
			v.fail(path, n.desc, "Additional properties not allowed: "+strings.Join(unknown, ","))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(n.props)) {
		if _, there := o[k]; n.props[k].required && !there {
			v.fail(path, n.desc, "Missing required property: "+k)
		}
	}
	for _, k := range keys {
		sub := n.props[k]
		if sub == nil {
			sub = n.any
		}
		if sub != nil {
			sub.check(v, strings.TrimPrefix(path+"."+k, "."), o[k])
		}
	}
}

// firstTwice finds two equal items.
func firstTwice(list []any) (int, int, bool) {
	seen := make(map[string]int, len(list))
	for j, e := range list {
		data, err := encode(e)
		if err != nil {
			continue
		}
		if i, ok := seen[string(data)]; ok {
			return i, j, true
		}
		seen[string(data)] = j
	}
	return 0, 0, false
}

// integer is the value of a whole number.
func integer(v any) (int64, bool) {
	num, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	if n, err := num.Int64(); err == nil {
		return n, true
	}
	r, ok := new(big.Rat).SetString(num.String())
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}
