package hclconf

import (
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// rule says what a function may be called with.
type rule struct {
	// lazy: the function evaluates its arguments itself.
	lazy bool
	// shallow: the function does not go into its first argument's elements.
	shallow bool
	// cheap: the function takes the same time however many elements there are.
	cheap bool
	// shares: the result is a part of an argument.
	shares bool
	// unify: the function makes elements of different types into one type.
	unify bool
	// element and char are extra costs per element and byte.
	element, char int
	// once is an extra cost of every call.
	once int
	// refuse says why arguments are too much.
	refuse func(b *budget, r hcl.Range, args []cty.Value, w weight) string
}

// Explanations of limits.
var (
	textLimit    = fmt.Sprintf("the result would have more than %d MB of text; build less at once.", maxText>>20)
	elementLimit = fmt.Sprintf("the result would have more than %d elements; build less at once.", maxElements)
	inputLimit   = fmt.Sprintf("this takes at most %d elements.", maxElements)
)

const costHash = 20_000 // putting one element into a set

// rules has an entry for every function.
var rules = map[string]rule{
	"abs": {}, "ceil": {}, "floor": {}, "max": {}, "min": {}, "parseint": {refuse: shortNumber}, "range": {},
	"chunklist": {unify: true}, "coalesce": {}, "coalescelist": {}, "compact": {unify: true}, "concat": {element: 50},
	"contains": {shallow: true, shares: true, element: 400}, "distinct": {unify: true, element: 1000}, "element": {shallow: true, cheap: true, shares: true},
	"flatten": {element: 100}, "index": {element: 200}, "keys": {shallow: true, element: 300},
	"length": {shallow: true, cheap: true, shares: true, char: 50}, "lookup": {shallow: true, cheap: true, shares: true},
	"merge": {element: 300}, "one": {shares: true}, "reverse": {},
	"setintersection": {unify: true, element: costHash, refuse: fewElements}, "setproduct": {unify: true, element: 100, refuse: product},
	"setsubtract": {unify: true, element: costHash, refuse: fewElements}, "setunion": {unify: true, element: costHash, refuse: fewElements},
	"slice": {}, "sort": {unify: true, element: 1000, refuse: fewElements}, "values": {}, "zipmap": {element: 300},

	"chomp": {}, "endswith": {}, "format": {refuse: formatted}, "formatlist": {element: 1000, refuse: formatted},
	"indent": {refuse: indented}, "join": {unify: true, refuse: joinedText}, "lower": {}, "regex": {refuse: pattern(0)}, "regexall": {refuse: pattern(0)},
	"replace": {refuse: replaced}, "split": {refuse: pieces}, "startswith": {}, "strrev": {char: 100},
	"substr": {char: 100}, "title": {}, "trim": {refuse: cutset}, "trimprefix": {}, "trimspace": {}, "trimsuffix": {}, "upper": {},

	"base64decode": {}, "base64encode": {}, "csvdecode": {char: 100, refuse: csvText}, "jsondecode": {char: 100, refuse: jsonText},
	"jsonencode": {element: 500, char: 20}, "md5": {}, "sha1": {}, "sha256": {}, "urlencode": {},
	"yamldecode": {char: 1000, refuse: yamlText}, "yamlencode": {element: 2000, char: 100},

	"can": {lazy: true}, "try": {lazy: true}, "sensitive": {shallow: true, cheap: true, shares: true}, "nonsensitive": {shallow: true, cheap: true, shares: true},
	"tobool": {}, "tolist": {unify: true, element: 300}, "tomap": {unify: true, element: 300}, "tonumber": {refuse: shortNumber},
	"toset": {unify: true, element: costHash, refuse: fewElements}, "tostring": {},

	"env": {}, "file": {once: 20_000}, "fileexists": {once: 20_000}, "fileset": {once: 2_000_000},
}

// admit charges for a call with these arguments, or says why not.
func (b *budget) admit(r hcl.Range, rule rule, args []cty.Value) string {
	var all weight
	if len(args) > maxElements {
		return inputLimit
	}
	for i, a := range args {
		w := weight{parts: 1}
		if s, text := textOf(a); rule.shallow && i == 0 {
			w.parts += count(a)
			if text {
				w.text = len(s)
			}
			b.charge(r, w.text*costByte)
		} else {
			w = b.weigh(r, a)
		}
		all.parts, all.text = all.parts+w.parts, all.text+w.text
		if w.why != "" {
			return w.why
		}
		if rule.unify && !uniform(a) {
			if why := b.unify(r, a); why != "" {
				return why
			}
		}
	}
	switch {
	case all.parts > maxParts:
		return fmt.Sprintf("the arguments have more than %d elements together.", maxParts)
	case all.text > maxText:
		return fmt.Sprintf("the arguments have more than %d MB of text together.", maxText>>20)
	}
	if rule.cheap {
		all.parts = len(args)
	}
	b.charge(r, all.parts*(rule.element+costArg)+all.text*rule.char+rule.once)
	if rule.refuse != nil {
		return rule.refuse(b, r, args, all)
	}
	return ""
}

// Limits of finding one type for the elements of a tuple or object: each type
// is compared with each.
const (
	fewTypes    = 500
	maxTypes    = 1000
	costCompare = 500
	costPair    = 8
)

// unify charges for finding one type for all elements.
func (b *budget) unify(r hcl.Range, v cty.Value) string {
	t := v.Type()
	if count(v) < fewTypes || !t.IsTupleType() && !t.IsObjectType() {
		return ""
	}
	var distinct []cty.Type
	bare, _ := v.Unmark()
	for it := bare.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if !slices.ContainsFunc(distinct, e.Type().Equals) {
			distinct = append(distinct, e.Type())
		}
		if len(distinct) > maxTypes {
			return fmt.Sprintf("the elements are of more than %d different types.", maxTypes)
		}
	}
	b.charge(r, count(v)*len(distinct)*costCompare+count(v)*count(v)*costPair)
	return ""
}

// textOf is the text of a known value, whatever its marks.
func textOf(v cty.Value) (string, bool) {
	v, _ = v.Unmark()
	if !isText(v) {
		return "", false
	}
	return v.AsString(), true
}

// count is the number of elements of a known collection, otherwise 0.
func count(v cty.Value) int {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() {
		return 0
	}
	return v.LengthInt()
}

func argText(args []cty.Value, i int) string {
	if i >= len(args) {
		return ""
	}
	s, _ := textOf(args[i])
	return s
}

// times multiplies without overflow.
func times(a, b int) int {
	if b > 0 && a > math.MaxInt/4/b {
		return math.MaxInt / 4
	}
	return a * b
}

func shortNumber(_ *budget, _ hcl.Range, args []cty.Value, _ weight) string {
	if len(argText(args, 0)) > maxDigits {
		return fmt.Sprintf("a number has at most %d digits.", maxDigits)
	}
	return ""
}

func fewElements(_ *budget, _ hcl.Range, args []cty.Value, _ weight) string {
	n := 0
	for _, a := range args {
		n += count(a)
	}
	if n > maxElements {
		return inputLimit
	}
	return ""
}

func product(_ *budget, _ hcl.Range, args []cty.Value, _ weight) string {
	n := 1
	for _, a := range args {
		n = times(n, count(a))
	}
	if times(n, len(args)) > maxElements {
		return elementLimit
	}
	return ""
}

func joinedText(_ *budget, _ hcl.Range, args []cty.Value, w weight) string {
	n := 0
	for _, a := range args[min(1, len(args)):] {
		n += count(a)
	}
	if times(n, len(argText(args, 0)))+w.text > maxText {
		return textLimit
	}
	return ""
}

var (
	verbs   = regexp.MustCompile(`%[^a-zA-Z%]*`)
	numbers = regexp.MustCompile(`[0-9]+`)
)

// formatted estimates what format and formatlist make: every verb may write
// the largest argument, and its width.
func formatted(b *budget, r hcl.Range, args []cty.Value, w weight) string {
	spec := argText(args, 0)
	b.charge(r, len(spec)*100)
	if strings.Count(spec, "%") > 10_000 {
		return "the format has more than 10000 verbs."
	}
	rows, longest := 1, 0
	for _, a := range args[min(1, len(args)):] {
		s, text := textOf(a)
		rows = max(rows, count(a))
		if text {
			longest = max(longest, len(s))
		} else {
			longest = max(longest, 6*w.text+40*w.parts)
		}
	}
	if rows > 1 { // all elements together are what w says
		longest = min(longest, max(2000, w.text))
	}
	total := len(spec)
	for _, verb := range verbs.FindAllString(spec, -1) {
		for _, n := range numbers.FindAllString(verb, -1) {
			width, err := strconv.Atoi(n)
			if err != nil || width > 9999 {
				return "a width or precision has at most four digits."
			}
			total += width
		}
		total += longest
		if len(argText(args, 1)) > 100_000 && verb != "%" && strings.ContainsAny(spec, "dbeEfgGoxX") && total > maxText {
			return textLimit
		}
	}
	if times(rows, total) > 4*maxText || rows == 1 && total > maxText {
		return textLimit
	}
	return ""
}

func indented(_ *budget, _ hcl.Range, args []cty.Value, w weight) string {
	if len(args) != 2 {
		return ""
	}
	width := 0
	if v, _ := args[0].Unmark(); v.IsKnown() && !v.IsNull() && v.Type() == cty.Number {
		n, _ := v.AsBigFloat().Int64()
		width = int(max(0, min(n, maxText)))
	}
	if times(strings.Count(argText(args, 1), "\n")+1, width)+w.text > maxText {
		return textLimit
	}
	return ""
}

// pieces counts what split makes.
func pieces(_ *budget, _ hcl.Range, args []cty.Value, _ weight) string {
	if strings.Count(argText(args, 1), argText(args, 0))+1 > maxElements {
		return elementLimit
	}
	return ""
}

func cutset(_ *budget, _ hcl.Range, args []cty.Value, _ weight) string {
	if len(argText(args, 1)) > maxDigits {
		return fmt.Sprintf("at most %d characters can be trimmed.", maxDigits)
	}
	return ""
}

// Limits of regular expressions.
const (
	maxPattern   = 4 << 10
	maxSubject   = 1 << 20
	costInst     = 5   // one instruction of a pattern on one byte
	costCompiled = 500 // one instruction compiled
)

// pattern charges for a regular expression, whose argument i is.
func pattern(i int) func(*budget, hcl.Range, []cty.Value, weight) string {
	return func(b *budget, r hcl.Range, args []cty.Value, _ weight) string {
		return b.pattern(r, argText(args, i), argText(args, 1-i))
	}
}

func (b *budget) pattern(r hcl.Range, pattern, text string) string {
	switch {
	case len(pattern) > maxPattern:
		return fmt.Sprintf("a regular expression has at most %d KB.", maxPattern>>10)
	case len(text) > maxSubject:
		return fmt.Sprintf("regular expressions look through at most %d MB of text.", maxSubject>>20)
	}
	n, seen := b.programs[pattern]
	if !seen {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			return "" // the function says so
		}
		groups := re.MaxCap()
		prog, err := syntax.Compile(re.Simplify())
		if err != nil {
			return ""
		}
		n = len(prog.Inst) + groups
		b.programs[pattern] = n
	}
	if times((len(text)+1)*costInst, n) > maxWork/2 {
		return "the regular expression is too complex for a text of this length."
	}
	b.charge(r, n*costCompiled+len(text)*n*costInst)
	if times(len(text), 1+strings.Count(pattern, "(")) > 2*maxSubject {
		return "the regular expression has too many groups for a text of this length."
	}
	return ""
}

// replaced estimates the result of replace: every $ may stand for all that
// matched.
func replaced(b *budget, r hcl.Range, args []cty.Value, _ weight) string {
	text, search, with := argText(args, 0), argText(args, 1), argText(args, 2)
	if len(search) > 1 && strings.HasPrefix(search, "/") && strings.HasSuffix(search, "/") {
		if times(strings.Count(with, "$"), len(text)) > maxText {
			return textLimit
		}
		return b.pattern(r, search[1:len(search)-1], text)
	}
	return ""
}
