package hclconf

import (
	"path"
	"path/filepath"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// Origin is where the text of an attribute stands.
type Origin struct {
	// Src is the expression.
	Src schema.Range
	// Text is its value; empty when it is sensitive or not known.
	Text string
	// File is the file that the expression is: file("idp/acme.pem") and nothing
	// else. It is a name below the configuration directory, with slashes.
	File string
	// Literal: the text itself stands at Src, quoted or as a heredoc.
	Literal bool
}

// Origins finds where the blocks of a kind say an attribute themselves, for
// each object of them that does. Mistakes are Evaluate's to report.
func (f *Files) Origins(k *schema.Kind, row string) map[schema.Address]Origin {
	out := map[schema.Address]Origin{}
	ev := newEvaluation(f, nil)
	for _, b := range f.blocks {
		if b.kind != k {
			continue
		}
		s := b.written(row)
		if s == nil || s.unit == nil || s.reset {
			continue
		}
		for _, in := range ev.instances(b).list {
			if o, ok := ev.origin(s, in); ok {
				out[in.addr] = o
			}
		}
	}
	return out
}

// written is where the block itself sets a row that metadata_xml may stand for.
func (b *block) written(row string) *site {
	s := b.site(row)
	if s != nil && s.idp != nil {
		return b.idp.given[row]
	}
	return s
}

func (ev *evaluation) origin(s *site, in *instance) (Origin, bool) {
	o := Origin{Src: *s.src}
	v := ev.base.site(s, in)
	if v.failed || v.null {
		return o, false
	}
	o.Text = shown(v.v)
	switch expr := unparen(s.unit.expr).(type) {
	case *hclsyntax.FunctionCallExpr:
		if expr.Name == "file" && len(expr.Args) == 1 && !expr.ExpandFinal {
			if name, eo := ev.base.eval(s.unit, expr.Args[0], in, nil); !eo.failed && shown(name) != "" {
				o.File = path.Clean(filepath.ToSlash(shown(name)))
			}
		}
	case *hclsyntax.TemplateExpr:
		if len(expr.Parts) == 1 {
			_, o.Literal = unparen(expr.Parts[0]).(*hclsyntax.LiteralValueExpr)
		}
	}
	return o, true
}

// shown is a text that may be seen.
func shown(v cty.Value) string {
	if v.IsMarked() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}
