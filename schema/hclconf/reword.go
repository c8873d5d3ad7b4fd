package hclconf

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// reword replaces hcl's texts that tell a user too little.
func reword(d *hcl.Diagnostic) (summary, detail string) {
	if call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); ok && call.FunctionCallError() != nil {
		return "Function failed", call.CalledFunctionName() + ": " + strings.TrimSuffix(call.FunctionCallError().Error(), ".") + "."
	}
	switch d.Summary {
	case "Unsupported attribute":
		return d.Summary, d.Detail + " Check the spelling, or test for it with can() or try()."
	case "Variables not allowed":
		return d.Summary, "Nothing can be referred to here; write a plain value."
	case unclosed:
		return "Text without closing quotes", "A text in quotes ends on its line. Close the quotes; a text of several lines is written as <<-EOT, the lines, and EOT."
	case "Invalid type specification":
		return d.Summary, d.Detail + " Types are string, number, bool, any, list(string), set(string), map(string), object({ name = string }) and so on."
	case "Function calls not allowed":
		return d.Summary, "Functions cannot be called here; write a plain value."
	default:
		return d.Summary, d.Detail
	}
}

// unclosed is hcl's summary for a text that goes on past its line.
const unclosed = "Invalid multi-line string"

// consequences leaves out what hcl says about the lines behind a text without
// closing quotes: it takes the rest of the file for text, and text for code.
func consequences(diags hcl.Diagnostics) hcl.Diagnostics {
	i := slices.IndexFunc(diags, func(d *hcl.Diagnostic) bool { return d.Summary == unclosed })
	if i < 0 {
		return diags
	}
	line := diags[i].Subject.Start.Line
	var out hcl.Diagnostics
	for j, d := range diags {
		if j == i || d.Subject != nil && d.Subject.Start.Line < line {
			out = append(out, d)
		}
	}
	return out
}

// touchesSensitive reports whether a value that the failed expression used is
// sensitive; then hcl's text might quote it.
func touchesSensitive(d *hcl.Diagnostic) bool {
	expr, ok := d.Expression.(hclsyntax.Expression)
	if !ok || d.EvalContext == nil {
		return false
	}
	for _, t := range expr.Variables() {
		if v, diags := t.TraverseAbs(d.EvalContext); diags.HasErrors() || v.ContainsMarked() {
			if !diags.HasErrors() || rootMarked(t, d.EvalContext) {
				return true
			}
		}
	}
	found := false
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		if e, ok := n.(hclsyntax.Expression); ok {
			n = unparen(e)
		}
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && (call.Name == "env" || call.Name == "sensitive") {
			found = true
		}
		return nil
	})
	return found
}

// rootMarked looks at the whole value behind a traversal that failed.
func rootMarked(t hcl.Traversal, ctx *hcl.EvalContext) bool {
	for ; ctx != nil; ctx = ctx.Parent() {
		if v, ok := ctx.Variables[t.RootName()]; ok {
			return v != cty.NilVal && v.ContainsMarked()
		}
	}
	return false
}
