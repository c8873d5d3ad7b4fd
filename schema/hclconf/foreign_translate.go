package hclconf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// translator writes expressions with other words in the places of references.
type translator struct {
	Dialect
	text []byte
	// loops are the variables of for expressions around.
	loops []string
	known map[string]function.Function
	err   error
}

// edit puts other text in the place of a stretch of the source.
type edit struct {
	rng  hcl.Range
	text string
}

// write is the text of an expression, translated.
func (t *translator) write(n hclsyntax.Expression) string {
	var edits []edit
	t.collect(n, &edits)
	var out strings.Builder
	whole := n.Range()
	from := whole.Start.Byte
	slices.SortFunc(edits, func(a, b edit) int { return a.rng.Start.Byte - b.rng.Start.Byte })
	for _, e := range edits {
		if e.rng.Start.Byte < from || e.rng.End.Byte > whole.End.Byte {
			t.fail("it is written in a way that cannot be taken over")
			return ""
		}
		out.Write(t.text[from:e.rng.Start.Byte])
		out.WriteString(e.text)
		from = e.rng.End.Byte
	}
	out.Write(t.text[from:max(from, whole.End.Byte)])
	return out.String()
}

func (t *translator) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf(format, args...)
	}
}

func (t *translator) collect(n hclsyntax.Expression, edits *[]edit) {
	if t.err != nil {
		return
	}
	if ref, ok := t.reference(n); ok {
		t.replace(n, ref, edits)
		return
	}
	switch n := n.(type) {
	case *hclsyntax.FunctionCallExpr:
		t.call(n, edits)
	case *hclsyntax.ForExpr:
		t.loop(n, edits)
	case *hclsyntax.ObjectConsExpr:
		for _, item := range n.Items {
			if key, ok := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr); !ok || hcl.ExprAsKeyword(key) == "" || key.ForceNonLiteral {
				t.collect(item.KeyExpr, edits)
			}
			t.collect(item.ValueExpr, edits)
		}
	case *hclsyntax.LiteralValueExpr, *hclsyntax.AnonSymbolExpr:
	case *hclsyntax.ScopeTraversalExpr: // a loop's variable
	case *hclsyntax.ExprSyntaxError:
		t.fail("it does not parse")
	default:
		for _, child := range children(n) {
			t.collect(child, edits)
		}
	}
}

// children are the expressions directly below.
func children(n hclsyntax.Expression) []hclsyntax.Expression {
	switch n := n.(type) {
	case *hclsyntax.ParenthesesExpr:
		return []hclsyntax.Expression{n.Expression}
	case *hclsyntax.TemplateWrapExpr:
		return []hclsyntax.Expression{n.Wrapped}
	case *hclsyntax.TemplateJoinExpr:
		return []hclsyntax.Expression{n.Tuple}
	case *hclsyntax.TemplateExpr:
		return n.Parts
	case *hclsyntax.TupleConsExpr:
		return n.Exprs
	case *hclsyntax.ObjectConsKeyExpr:
		return []hclsyntax.Expression{n.Wrapped}
	case *hclsyntax.ConditionalExpr:
		return []hclsyntax.Expression{n.Condition, n.TrueResult, n.FalseResult}
	case *hclsyntax.BinaryOpExpr:
		return []hclsyntax.Expression{n.LHS, n.RHS}
	case *hclsyntax.UnaryOpExpr:
		return []hclsyntax.Expression{n.Val}
	case *hclsyntax.IndexExpr:
		return []hclsyntax.Expression{n.Collection, n.Key}
	case *hclsyntax.RelativeTraversalExpr:
		return []hclsyntax.Expression{n.Source}
	case *hclsyntax.SplatExpr:
		return []hclsyntax.Expression{n.Source, n.Each}
	default:
		return nil
	}
}

func (t *translator) replace(n hclsyntax.Expression, ref Mention, edits *[]edit) {
	if t.err != nil {
		return
	}
	code, err := t.Mention(ref)
	if err != nil {
		t.fail("%w", err)
		return
	}
	if code != "" {
		*edits = append(*edits, edit{n.Range(), string(code)})
	}
}

// reference takes a name and the steps behind it apart.
func (t *translator) reference(n hclsyntax.Expression) (Mention, bool) {
	switch n := n.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		if slices.Contains(t.loops, n.Traversal.RootName()) {
			return nil, false
		}
		return steps(n.Traversal), true
	case *hclsyntax.RelativeTraversalExpr:
		ref, ok := t.reference(n.Source)
		return append(ref, steps(n.Traversal)...), ok
	case *hclsyntax.IndexExpr:
		ref, ok := t.reference(n.Collection)
		if !ok {
			return nil, false
		}
		return append(ref, Step{Key: Code(t.write(n.Key))}), true
	case *hclsyntax.SplatExpr:
		ref, ok := t.reference(n.Source)
		ref = append(ref, Step{Splat: true})
		if each, more := n.Each.(*hclsyntax.RelativeTraversalExpr); more {
			_, plain := each.Source.(*hclsyntax.AnonSymbolExpr)
			return append(ref, steps(each.Traversal)...), ok && plain
		}
		_, plain := n.Each.(*hclsyntax.AnonSymbolExpr)
		return ref, ok && plain
	default:
		return nil, false
	}
}

func steps(t hcl.Traversal) Mention {
	var out Mention
	for _, s := range t {
		switch s := s.(type) {
		case hcl.TraverseRoot:
			out = append(out, Step{Name: s.Name})
		case hcl.TraverseAttr:
			out = append(out, Step{Name: s.Name})
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.Number {
				out = append(out, Step{Key: Code(s.Key.AsBigFloat().Text('f', -1)), Index: s.Key.AsBigFloat().Text('f', -1)})
			} else {
				out = append(out, Step{Key: Quoted(s.Key.AsString())})
			}
		default:
			out = append(out, Step{Splat: true})
		}
	}
	return out
}

// call checks that tacit has the function.
func (t *translator) call(n *hclsyntax.FunctionCallExpr, edits *[]edit) {
	var args []Expr
	for _, a := range n.Args {
		args = append(args, Expr{a, t.text})
	}
	name, err := t.Call(n.Name, args)
	if err != nil {
		t.fail("%w", err)
		return
	}
	names := strings.Fields(name)
	if t.known == nil {
		t.known = functions(&Files{})
	}
	for _, f := range append(names, n.Name)[:max(1, len(names))] {
		if _, ok := t.known[f]; !ok || f == "env" {
			t.fail("tacit has no function %s", f)
		}
	}
	if len(names) > 0 {
		*edits = append(*edits, edit{n.NameRange, strings.Join(names, "(")},
			edit{n.CloseParenRange, strings.Repeat(")", len(names))})
	}
	for _, a := range n.Args {
		t.collect(a, edits)
	}
}

// loop goes into a for expression, whose variables are nothing of the file's.
func (t *translator) loop(n *hclsyntax.ForExpr, edits *[]edit) {
	t.collect(n.CollExpr, edits)
	before := t.loops
	t.loops = append(slices.Clone(before), n.KeyVar, n.ValVar)
	for _, e := range []hclsyntax.Expression{n.KeyExpr, n.ValExpr, n.CondExpr} {
		if e != nil {
			t.collect(e, edits)
		}
	}
	t.loops = before
}
