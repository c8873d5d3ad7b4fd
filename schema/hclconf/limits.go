package hclconf

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Limits on what an expression may cost. Files come from pull requests; none
// may hang a runner or exhaust its memory.
const (
	maxSteps = 2_000_000 // passes through for expressions, all together
	maxParts = 2_000_000 // elements of one value, nested ones included
	maxText  = 64 << 20  // bytes of text in one value

	maxAllParts = 50_000_000 // elements of all values together
)

// budget counts the passes through for expressions of one evaluation.
type budget struct {
	steps int
	// parts are the elements of all values.
	parts int
	// evaluations counts expressions evaluated, to test that work grows
	// linearly.
	evaluations int
}

func (b *budget) reset() { *b = budget{} }

// install makes every for expression below e count its passes, and every call
// look at the size of computed arguments first: calling walks them whole.
func (b *budget) install(e hclsyntax.Expression) {
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.ForExpr:
			n.CollExpr = &counted{n.CollExpr, b}
		case *hclsyntax.FunctionCallExpr:
			for i, arg := range n.Args {
				if computed(arg) {
					n.Args[i] = &sized{arg, b}
				}
			}
		}
		return nil
	})
}

// computed: the value was not looked at yet, as those of locals were.
func computed(e hclsyntax.Expression) bool {
	switch unparen(e).(type) {
	case *hclsyntax.ForExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr, *hclsyntax.FunctionCallExpr, *hclsyntax.SplatExpr:
		return true
	default:
		return false
	}
}

// sized is an argument whose size is looked at.
type sized struct {
	hclsyntax.Expression
	budget *budget
}

// Value implements hcl.Expression.
func (s *sized) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := s.Expression.Value(ctx)
	if !s.budget.fits(v) {
		r := s.Range()
		return cty.DynamicVal, append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Value too large", Subject: &r, Detail: tooLarge,
		})
	}
	return v, diags
}

// tooLarge explains the limits of budget.fits.
var tooLarge = fmt.Sprintf("The values of this configuration have more parts, or more text, than tacit handles (%d parts or %d MB each). Take less into one expression.", maxParts, maxText>>20)

// counted is the collection of a for expression.
type counted struct {
	hclsyntax.Expression
	budget *budget
}

// Value implements hcl.Expression.
func (c *counted) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := c.Expression.Value(ctx)
	if bare, _ := v.Unmark(); bare.IsKnown() && !bare.IsNull() && bare.CanIterateElements() {
		c.budget.steps += bare.LengthInt()
	}
	if c.budget.steps > maxSteps {
		r := c.Range()
		return cty.DynamicVal, append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Too much work", Subject: &r,
			Detail: "The for expressions of this configuration go through more than 2 million elements; tacit stops here.",
		})
	}
	return v, diags
}

// fits walks a value until it is through or over the limits. It must stop
// early: values share parts, so that a small one can be huge to walk.
func (b *budget) fits(v cty.Value) bool {
	parts, text := maxParts, maxText
	ok := walkSize(v, &parts, &text)
	b.parts += maxParts - parts
	return ok && b.parts <= maxAllParts
}

func walkSize(v cty.Value, parts, text *int) bool {
	v, _ = v.Unmark()
	*parts--
	if *parts < 0 {
		return false
	}
	if v.IsNull() || !v.IsKnown() {
		return true
	}
	t := v.Type()
	if t == cty.String {
		*text -= len(v.AsString())
		return *text >= 0
	}
	if t.IsPrimitiveType() || !v.CanIterateElements() {
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); !walkSize(e, parts, text) {
			return false
		}
	}
	return true
}
