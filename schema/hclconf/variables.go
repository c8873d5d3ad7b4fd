package hclconf

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// variable is a declared variable with its final value.
type variable struct {
	name      string
	rng       hcl.Range
	typ       cty.Type
	defaults  *typeexpr.Defaults
	fallback  *hclsyntax.Attribute
	sensitive bool
	nullable  bool
	checks    []*hclBlock
	value     cty.Value
	ok        bool
}

// maxUnified bounds values whose elements get one type.
const maxUnified = 20_000

// envPrefix names the environment variables that set variables.
const envPrefix = "TACIT_VAR_"

var variableNames = [...]string{"type", "default", "description", "sensitive", "nullable"}

// variables declares, assigns and validates all variables.
func (l *loader) variables() {
	for _, b := range l.variabs {
		l.declareVariable(b)
	}
	given := l.varFiles()
	for _, name := range slices.Sorted(maps.Keys(l.opts.Vars)) {
		if l.vars[name] == nil {
			l.c.fail(place{}, "Unknown variable", "--var %s: no variable block declares that name.%s", name, DidYouMean(name, l.variableNames()))
		}
	}
	object := map[string]cty.Value{}
	for _, name := range l.variableNames() {
		v := l.vars[name]
		l.assign(v, given[name])
		if v.value == cty.NilVal {
			v.value = cty.UnknownVal(v.typ)
		}
		object[name] = v.value
	}
	l.varObj = cty.ObjectVal(object)
	for _, name := range l.variableNames() {
		if v := l.vars[name]; v.ok {
			l.validate(v)
		}
	}
}

func (l *loader) variableNames() []string { return slices.Sorted(maps.Keys(l.vars)) }

func (l *loader) declareVariable(b *hclBlock) {
	name := b.Labels[0]
	if first := l.vars[name]; first != nil {
		l.c.fail(at(b.DefRange()).and(first.rng), "Variable declared twice", "var.%s is declared already; remove one of the blocks.", name)
		return
	}
	v := &variable{name: name, rng: b.DefRange(), typ: cty.DynamicPseudoType, nullable: true}
	l.vars[name] = v
	for _, inner := range b.Body.Blocks {
		if inner.Type != "validation" {
			l.c.fail(at(inner.DefRange()), "Unknown block", "A variable block holds no %s block, only validation.", inner.Type)
			continue
		}
		v.checks = append(v.checks, inner)
	}
	for _, attr := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
		a := b.Body.Attributes[attr]
		switch attr {
		case "type":
			typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
			l.c.hclDiags(diags, at(a.Expr.Range()))
			if !diags.HasErrors() {
				v.typ, v.defaults = typ, defaults
			}
		case "default":
			v.fallback = a
		case "description":
			l.literal(a, cty.String)
		case "sensitive":
			v.sensitive = l.literal(a, cty.Bool).True()
		case "nullable":
			v.nullable = l.literal(a, cty.Bool).True()
		default:
			l.c.fail(at(a.NameRange), "Unknown attribute", "A variable block has no attribute %q.%s", attr, DidYouMean(attr, variableNames[:]))
		}
	}
}

// literal reads an attribute that must be written out: a string or true or
// false.
func (l *loader) literal(a *hclsyntax.Attribute, t cty.Type) cty.Value {
	v, diags := l.steps.plain(a.Expr, nil)
	l.c.hclDiags(diags, at(a.Expr.Range()))
	if diags.HasErrors() {
		return zero(t)
	}
	if v.IsNull() || v.Type() != t {
		l.c.fail(at(a.Expr.Range()), "Wrong type", "%s takes %s.", a.Name, article(friendlyType(t)))
		return zero(t)
	}
	return v
}

func zero(t cty.Type) cty.Value {
	if t == cty.Bool {
		return cty.False
	}
	return cty.StringVal("")
}

// assign finds the value with the highest precedence: -var, -var-file,
// TACIT_VAR_name, default.
func (l *loader) assign(v *variable, fromFile *hclsyntax.Attribute) {
	if text, ok := l.opts.Vars[v.name]; ok {
		l.assignText(v, text, "--var "+v.name)
		return
	}
	if fromFile != nil {
		l.assignExpr(v, fromFile.Expr)
		return
	}
	if l.opts.Env != nil {
		if text, ok := l.opts.Env(envPrefix + v.name); ok {
			l.assignText(v, text, envPrefix+v.name)
			return
		}
	}
	if v.fallback != nil {
		l.assignExpr(v, v.fallback.Expr)
		return
	}
	l.c.fail(at(v.rng), "Variable without a value", "var.%s has no default. Pass --var %s=..., a --var-file, or set %s%s in the environment.", v.name, v.name, envPrefix, v.name)
}

// assignText takes a value from the command line or environment: the text
// itself for strings, otherwise an HCL expression.
func (l *loader) assignText(v *variable, text, from string) {
	if v.typ == cty.String || v.typ == cty.DynamicPseudoType {
		l.assignValue(v, cty.StringVal(text), place{}, from)
		return
	}
	refuse := func() {
		l.c.fail(place{}, "Unreadable variable value", "%s: write the value as in a file, such as %s for a %s.", from, exampleOf(v.typ), v.typ.FriendlyNameForConstraint())
	}
	if _, deep := tooDeep(from, []byte(text), new(int)); deep {
		refuse()
		return
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), from, hcl.InitialPos)
	if diags.HasErrors() {
		refuse()
		return
	}
	value, diags := l.steps.plain(expr, nil)
	if diags.HasErrors() {
		refuse()
		return
	}
	l.assignValue(v, value, place{}, from)
}

func exampleOf(t cty.Type) string {
	switch {
	case t == cty.Bool:
		return "true"
	case t == cty.Number:
		return "5"
	case t.IsMapType() || t.IsObjectType():
		return `{ key = "value" }`
	default:
		return `["a", "b"]`
	}
}

func (l *loader) assignExpr(v *variable, e hclsyntax.Expression) {
	where := place{rng: e.Range(), hidden: v.sensitive}
	value, diags := l.steps.plain(e, nil)
	l.c.hclDiags(diags, where)
	if !diags.HasErrors() {
		l.assignValue(v, value, where, "The value of var."+v.name)
	}
}

func (l *loader) assignValue(v *variable, value cty.Value, where place, from string) {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	var w weight
	if w.add(value, 0); w.why != "" || w.parts > maxUnified && v.typ.HasDynamicTypes() {
		l.c.fail(where, "Value too large", "%s has more parts, or more text, than tacit handles; with a type such as list(string) instead of list(any) it handles more.", from)
		return
	}
	value, err := convert.Convert(value, v.typ)
	if err != nil {
		l.c.fail(where, "Wrong type for a variable", "%s does not fit its type: %s.", from, err)
		return
	}
	if value.IsNull() && !v.nullable {
		l.c.fail(where, "Variable must not be null", "var.%s has nullable = false; give it a value.", v.name)
		return
	}
	if v.sensitive {
		value = value.Mark(sensitive)
	}
	v.value, v.ok = value, true
}

// varFiles reads the -var-file files: attributes only, plain values.
func (l *loader) varFiles() map[string]*hclsyntax.Attribute {
	out := map[string]*hclsyntax.Attribute{}
	for _, name := range l.opts.VarFiles {
		text, err := readWhole(name, maxFile)
		if err != nil {
			l.c.fail(place{}, "Cannot read a variable file", "--var-file %s: %s.", name, reason(err))
			continue
		}
		body := l.parseFile(name, text, place{hidden: true})
		if body == nil {
			continue
		}
		for _, b := range body.Blocks {
			l.c.fail(at(b.DefRange()), "Block in a variable file", "A variable file holds attributes only: name = value.")
		}
		for _, attr := range slices.Sorted(maps.Keys(body.Attributes)) {
			a := body.Attributes[attr]
			if l.vars[attr] == nil {
				l.c.fail(place{rng: a.NameRange, hidden: true}, "Unknown variable", "No variable block declares %q.%s", attr, DidYouMean(attr, l.variableNames()))
				continue
			}
			out[attr] = a
		}
	}
	return out
}

// validate runs the validation blocks of a variable.
func (l *loader) validate(v *variable) {
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{"var": l.varObj}, Functions: l.funcs}
	for _, b := range v.checks {
		condition, message := b.Body.Attributes["condition"], b.Body.Attributes["error_message"]
		if condition == nil || message == nil || len(b.Body.Attributes) != 2 || len(b.Body.Blocks) > 0 {
			l.c.fail(at(b.DefRange()), "Incomplete validation", "A validation block has condition and error_message, nothing else.")
			continue
		}
		if !slices.ContainsFunc(condition.Expr.Variables(), func(t hcl.Traversal) bool {
			return traversalString(t) == "var."+v.name || strings.HasPrefix(traversalString(t), "var."+v.name+".")
		}) {
			l.c.fail(at(condition.Expr.Range()), "Validation of something else", "The condition must look at var.%s.", v.name)
			continue
		}
		ok, diags := l.steps.plain(condition.Expr, ctx)
		l.c.hclDiags(diags, at(condition.Expr.Range()))
		if diags.HasErrors() {
			continue
		}
		if ok, _ = ok.Unmark(); ok.IsNull() || !ok.IsKnown() || ok.Type() != cty.Bool {
			l.c.fail(at(condition.Expr.Range()), "Wrong type", "The condition must be true or false.")
			continue
		}
		if ok.False() {
			l.c.fail(at(condition.Expr.Range()), "Invalid value for var."+v.name, "%s", l.message(message, ctx))
		}
	}
}

func (l *loader) message(a *hclsyntax.Attribute, ctx *hcl.EvalContext) string {
	v, diags := l.steps.plain(a.Expr, ctx)
	if diags.HasErrors() || v.ContainsMarked() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return "The value does not pass the validation."
	}
	return v.AsString()
}

// traversalString writes the plain names of a traversal, for messages.
func traversalString(t hcl.Traversal) string {
	var names []string
	for _, s := range t {
		switch s := s.(type) {
		case hcl.TraverseRoot:
			names = append(names, s.Name)
		case hcl.TraverseAttr:
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, ".")
}

// typedJSON writes a value for a digest.
func typedJSON(v cty.Value) string {
	v, _ = v.UnmarkDeep()
	raw, err := ctyjson.Marshal(v, cty.DynamicPseudoType)
	if err != nil {
		return "" // unknown or a capsule: never the value of a variable
	}
	return string(raw)
}
