package hclconf

import (
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// hoisted is a call or loop inside of a larger expression that does not depend
// on the instance or on a loop around it. It is evaluated once per scope:
// contains([for c in local.customers : c.name], each.key) in 5000 instances
// must not go through 5000 customers each time.
type hoisted struct {
	hclsyntax.Expression
	results []hoistedResult
}

type hoistedResult struct {
	scope *hcl.EvalContext
	value cty.Value
	diags hcl.Diagnostics
}

// maxResults: an expression is evaluated in at most four worlds.
const maxResults = 4

// Value implements hcl.Expression.
func (h *hoisted) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	root := ctx
	for root != nil && root.Parent() != nil {
		root = root.Parent()
	}
	for _, r := range h.results {
		if r.scope == root {
			return r.value, r.diags
		}
	}
	v, diags := h.Expression.Value(root)
	if len(h.results) == maxResults {
		h.results = h.results[1:]
	}
	h.results = append(h.results, hoistedResult{root, v, diags})
	return v, diags
}

// hoist replaces what can be hoisted below an expression. bound are the
// variables of the loops around it.
func hoist(e *hclsyntax.Expression, bound map[string]bool) {
	switch (*e).(type) {
	case *call, *hclsyntax.ForExpr, *sized:
		if independent(*e, bound) {
			*e = &hoisted{Expression: *e}
			return
		}
	}
	inside(*e, bound)
}

// independent: nothing in the expression differs between instances or passes.
func independent(e hclsyntax.Expression, bound map[string]bool) bool {
	for _, t := range e.Variables() {
		root := t.RootName()
		if bound[root] || root != "var" && root != "local" && schema.KindByName(root) == nil {
			return false
		}
	}
	return true
}

func inside(e hclsyntax.Expression, bound map[string]bool) {
	if loop, ok := e.(*hclsyntax.ForExpr); ok {
		hoist(&loop.CollExpr, bound)
		inner := maps.Clone(bound)
		inner[loop.KeyVar], inner[loop.ValVar] = true, true
		for _, p := range []*hclsyntax.Expression{&loop.KeyExpr, &loop.ValExpr, &loop.CondExpr} {
			if *p != nil {
				hoist(p, inner)
			}
		}
		return
	}
	for _, p := range parts(e) {
		hoist(p, bound)
	}
}

// parts are the places of the expressions directly below an expression.
func parts(e hclsyntax.Expression) []*hclsyntax.Expression {
	switch x := e.(type) {
	case charging:
		return []*hclsyntax.Expression{x.inner()}
	case *call:
		return places(x.Args)
	case *hclsyntax.ParenthesesExpr:
		return []*hclsyntax.Expression{&x.Expression}
	case *hclsyntax.FunctionCallExpr:
		return places(x.Args)
	case *hclsyntax.TemplateExpr:
		return places(x.Parts)
	case *hclsyntax.TupleConsExpr:
		return places(x.Exprs)
	case *hclsyntax.TemplateWrapExpr:
		return []*hclsyntax.Expression{&x.Wrapped}
	case *hclsyntax.ConditionalExpr:
		return []*hclsyntax.Expression{&x.Condition, &x.TrueResult, &x.FalseResult}
	case *hclsyntax.BinaryOpExpr:
		return []*hclsyntax.Expression{&x.LHS, &x.RHS}
	case *hclsyntax.UnaryOpExpr:
		return []*hclsyntax.Expression{&x.Val}
	case *hclsyntax.IndexExpr:
		return []*hclsyntax.Expression{&x.Collection, &x.Key}
	case *hclsyntax.RelativeTraversalExpr:
		return []*hclsyntax.Expression{&x.Source}
	case *hclsyntax.SplatExpr:
		return []*hclsyntax.Expression{&x.Source}
	case *hclsyntax.TemplateJoinExpr:
		return []*hclsyntax.Expression{&x.Tuple}
	case *hclsyntax.ObjectConsExpr:
		var out []*hclsyntax.Expression
		for i := range x.Items {
			out = append(out, &x.Items[i].ValueExpr)
		}
		return out
	default:
		return nil
	}
}

func places(list []hclsyntax.Expression) []*hclsyntax.Expression {
	out := make([]*hclsyntax.Expression, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
