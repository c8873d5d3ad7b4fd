package hclconf

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// value evaluates an expression; a budget that is used up becomes an error.
func (b *budget) value(e hclsyntax.Expression, ctx *hcl.EvalContext) (v cty.Value, diags hcl.Diagnostics) {
	if b.over != nil {
		return cty.DynamicVal, hcl.Diagnostics{b.over}
	}
	defer func() {
		if r := recover(); r != nil {
			if _, mine := r.(usedUp); !mine {
				panic(r)
			}
			v, diags = cty.DynamicVal, hcl.Diagnostics{b.over}
		}
	}()
	return e.Value(ctx)
}

// plain installs the budget and evaluates an expression once.
func (b *budget) plain(e hclsyntax.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	b.install(&e)
	return b.value(e, ctx)
}

// install makes everything below an expression that may cost much charge the
// budget first. It returns the number of nodes.
func (b *budget) install(p *hclsyntax.Expression) int {
	nodes := 1
	switch e := (*p).(type) {
	case *hclsyntax.ForExpr:
		body := 1
		for _, x := range []*hclsyntax.Expression{&e.KeyExpr, &e.ValExpr, &e.CondExpr} {
			if *x != nil {
				body += b.install(x)
			}
		}
		if e.KeyExpr != nil {
			e.KeyExpr = &sized{within(e.KeyExpr), b, false, false}
		}
		nodes += body + b.install(&e.CollExpr)
		e.CollExpr = &counted{within(e.CollExpr), b, body}
		return nodes
	case *hclsyntax.SplatExpr:
		body := b.install(&e.Each)
		nodes += body + b.install(&e.Source)
		e.Source = &counted{within(e.Source), b, body}
		return nodes
	case *hclsyntax.TemplateJoinExpr:
		nodes += b.install(&e.Tuple)
		e.Tuple = &joined{within(e.Tuple), b}
		return nodes
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			nodes += 1 + b.installKey(e.Items[i].KeyExpr)
		}
	}
	for _, x := range parts(*p) {
		nodes += b.install(x)
	}
	b.wrap(p)
	return nodes
}

// installKey: a key in parentheses is an expression, others are names.
func (b *budget) installKey(e hclsyntax.Expression) int {
	key, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return 0
	}
	switch x := key.Wrapped.(type) {
	case *hclsyntax.ParenthesesExpr:
		n := b.install(&x.Expression)
		x.Expression = &sized{within(x.Expression), b, false, false}
		return n
	case *hclsyntax.ScopeTraversalExpr:
		return 0
	default:
		return b.install(&key.Wrapped)
	}
}

// wrap replaces an expression, or its operands, by ones that charge.
func (b *budget) wrap(p *hclsyntax.Expression) {
	switch e := (*p).(type) {
	case *hclsyntax.FunctionCallExpr:
		*p = &call{e, b}
	case *hclsyntax.TemplateExpr:
		b.template(e)
	case *hclsyntax.BinaryOpExpr:
		deep := e.Op == hclsyntax.OpEqual || e.Op == hclsyntax.OpNotEqual
		for _, x := range []*hclsyntax.Expression{&e.LHS, &e.RHS} {
			if lit, ok := (*x).(*hclsyntax.LiteralValueExpr); ok && (lit.Val.Type() != cty.Number || lit.Val.IsNull() || !hugeNumber(lit.Val)) {
				continue
			}
			if deep {
				*x = &sized{within(*x), b, true, false}
			} else {
				*x = &operand{within(*x)}
			}
		}
	case *hclsyntax.UnaryOpExpr:
		e.Val = &operand{within(e.Val)}
	case *hclsyntax.ConditionalExpr:
		e.TrueResult, e.FalseResult = &sized{within(e.TrueResult), b, true, true}, &sized{within(e.FalseResult), b, true, true}
	case *hclsyntax.IndexExpr:
		e.Key = &operand{within(&sized{within(e.Key), b, false, false})}
	}
}

// template makes the parts of a template charge for their text; the first one
// does so for what is written out.
func (b *budget) template(e *hclsyntax.TemplateExpr) {
	written, sum := 0, new(int)
	for i, part := range e.Parts {
		if lit, ok := part.(*hclsyntax.LiteralValueExpr); ok {
			if isText(lit.Val) {
				written += len(lit.Val.AsString())
				continue
			}
		}
		e.Parts[i] = &piece{within(part), b, 0, sum, i == 0}
	}
	if written > 1000 || written > 0 && len(e.Parts) > 1 {
		e.Parts[0] = &piece{within(e.Parts[0]), b, written, sum, true}
	}
}

// paren is what expressions that charge are built on: those who look for
// variables see what stands inside of parentheses.
type paren struct{ *hclsyntax.ParenthesesExpr }

// inner is the place of the expression inside.
func (p paren) inner() *hclsyntax.Expression { return &p.Expression }

// charging is what is built on paren.
type charging interface{ inner() *hclsyntax.Expression }

func within(e hclsyntax.Expression) paren {
	return paren{&hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()}}
}

// piece is a part of a template.
type piece struct {
	paren
	budget  *budget
	written int
	// sum is the text of all pieces so far; the first one starts it.
	sum   *int
	first bool
}

// Value implements hcl.Expression.
func (x *piece) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := x.Expression.Value(ctx)
	n := x.written
	if x.first {
		*x.sum = 0
	}
	switch bare, _ := v.Unmark(); {
	case x.written > 0: // its own text is counted already, or by the piece inside
	case isText(bare):
		n += len(bare.AsString())
	case !bare.IsNull() && bare.IsKnown() && bare.Type() == cty.Number && hugeNumber(bare):
		return cty.DynamicVal, append(diags, failed(x.Expression, "Value too large", tooHuge))
	}
	if *x.sum += n; *x.sum > maxText {
		x.budget.stop(x.Range(), "Value too large", "%s", tooLarge)
	}
	x.budget.made(x.Range(), 0, n)
	return v, diags
}

// sized is an expression whose value is looked at: the whole of it when deep,
// otherwise only whether it is a huge number.
type sized struct {
	paren
	budget *budget
	deep   bool
	// unify: it becomes one type with another value.
	unify bool
}

// Value implements hcl.Expression.
func (s *sized) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := s.Expression.Value(ctx)
	why := ""
	if bare, _ := v.Unmark(); s.deep {
		if why = s.budget.weigh(s.Range(), v).why; why == "" && s.unify {
			why = s.budget.unify(s.Range(), v)
		}
	} else if !bare.IsNull() && bare.IsKnown() && bare.Type() == cty.Number && hugeNumber(bare) {
		why = tooHuge
	}
	if why != "" {
		return cty.DynamicVal, append(diags, failed(s.Expression, "Value too large", why))
	}
	return v, diags
}

// operand is what arithmetic uses: a text becomes a number there, which takes
// time that grows with the square of its length.
type operand struct{ paren }

// Value implements hcl.Expression.
func (o *operand) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := o.Expression.Value(ctx)
	if _, index := o.Expression.(*sized); !index {
		if s, ok := textOf(v); ok && len(s) > maxDigits {
			return cty.DynamicVal, append(diags, failed(o.Expression, "Value too large", "A text of this length is not a number."))
		}
		if bare, _ := v.Unmark(); !bare.IsNull() && bare.IsKnown() && bare.Type() == cty.Number && hugeNumber(bare) {
			return cty.DynamicVal, append(diags, failed(o.Expression, "Value too large", tooHuge))
		}
	}
	return v, diags
}

// counted is the collection of a loop; nodes is the size of the body.
type counted struct {
	paren
	budget *budget
	nodes  int
}

// Value implements hcl.Expression.
func (c *counted) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := c.Expression.Value(ctx)
	c.budget.chargeSteps(c.Range(), count(v), c.nodes)
	return v, diags
}

// joined is what a loop in a template makes, before it becomes one text.
type joined struct {
	paren
	budget *budget
}

// Value implements hcl.Expression.
func (j *joined) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := j.Expression.Value(ctx)
	w := j.budget.weigh(j.Range(), v)
	if w.why != "" {
		// The expression around this one takes a tuple or what is unknown.
		return cty.DynamicVal, append(diags, failed(j.Expression, "Value too large", w.why))
	}
	j.budget.made(j.Range(), 0, w.text)
	return v, diags
}

func failed(e hclsyntax.Expression, summary, detail string) *hcl.Diagnostic {
	r := e.Range()
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Subject: &r, Detail: detail}
}

// call is a function call whose arguments are looked at before the function
// sees them.
type call struct {
	*hclsyntax.FunctionCallExpr
	budget *budget
}

// evaluated is an argument with its value.
type evaluated struct {
	hclsyntax.Expression
	value cty.Value
}

// Value implements hcl.Expression.
func (e *evaluated) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) { return e.value, nil }

// Value implements hcl.Expression.
func (c *call) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	c.budget.charge(c.NameRange, costCall)
	r, known := rules[c.Name]
	if r.lazy || !known {
		v, diags := c.FunctionCallExpr.Value(ctx)
		c.budget.goOn()
		return v, diags
	}
	var diags hcl.Diagnostics
	values := make([]cty.Value, len(c.Args))
	use := *c.FunctionCallExpr
	use.Args = make([]hclsyntax.Expression, len(c.Args))
	for i, arg := range c.Args {
		v, more := arg.Value(ctx)
		diags = append(diags, more...)
		values[i], use.Args[i] = v, &evaluated{arg, v}
	}
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if use.ExpandFinal {
		values = expand(values)
	}
	if why := c.budget.admit(c.Range(), r, values); why != "" {
		return cty.DynamicVal, append(diags, failed(c.FunctionCallExpr, "Function failed", c.Name+": "+why))
	}
	if r.unify && !use.ExpandFinal {
		for i, v := range values {
			use.Args[i] = &evaluated{c.Args[i], listed(v)}
		}
	}
	v, more := use.Value(ctx)
	c.budget.goOn()
	for _, d := range more {
		// A text about one argument may quote another one; all of them decide
		// whether it is shown.
		if d.Expression == &use || d.Expression != nil && slices.ContainsFunc(values, cty.Value.ContainsMarked) {
			d.Expression = c.FunctionCallExpr
		}
	}
	return c.result(v, append(diags, more...))
}

// uniform: v is a long tuple whose elements have one type.
func uniform(v cty.Value) bool {
	if count(v) < fewTypes || !v.Type().IsTupleType() {
		return false
	}
	types := v.Type().TupleElementTypes()
	return !types[0].HasDynamicTypes() && !slices.ContainsFunc(types, func(t cty.Type) bool { return !t.Equals(types[0]) })
}

// listed makes a list of a uniform tuple: the library compares the types of all
// elements with each other.
func listed(v cty.Value) cty.Value {
	if !uniform(v) {
		return v
	}
	bare, marks := v.Unmark()
	return cty.ListVal(bare.AsValueSlice()).WithMarks(marks)
}

// result charges for what the function made.
func (c *call) result(v cty.Value, diags hcl.Diagnostics) (cty.Value, hcl.Diagnostics) {
	s, _ := textOf(v)
	if len(s) > maxText {
		return cty.DynamicVal, append(diags, failed(c.FunctionCallExpr, "Function failed", c.Name+": "+textLimit))
	}
	if !rules[c.Name].shares {
		c.budget.made(c.NameRange, count(v), len(s))
	}
	return v, diags
}

// expand makes arguments of the elements of the last one.
func expand(values []cty.Value) []cty.Value {
	last := len(values) - 1
	v, marks := values[last].Unmark()
	if n := count(v); n == 0 || n > maxElements {
		return values
	}
	out := values[:last:last]
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		out = append(out, e.WithMarks(marks))
	}
	return out
}
