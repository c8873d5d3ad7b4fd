package hclconf

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Expr is an expression of another tool's file.
type Expr struct {
	node hclsyntax.Expression
	text []byte
}

// Source is the expression as it is written.
func (e Expr) Source() Code { return Code(slice(e.text, e.node.Range())) }

func slice(text []byte, r hcl.Range) string {
	return string(text[min(r.Start.Byte, len(text)):min(max(r.Start.Byte, r.End.Byte), len(text))])
}

// Literal is the canonical value of an expression in which nothing is computed.
func (e Expr) Literal() (any, bool) {
	switch n := e.node.(type) {
	case *hclsyntax.LiteralValueExpr:
		if !n.Val.IsKnown() {
			return nil, false
		}
		return canonical(n.Val, nil), true
	case *hclsyntax.TemplateExpr:
		var out strings.Builder
		for _, p := range n.Parts {
			s, ok := Expr{p, e.text}.Literal()
			text, isText := s.(string)
			if !ok || !isText {
				return nil, false
			}
			out.WriteString(text)
		}
		return out.String(), true
	case *hclsyntax.ParenthesesExpr:
		return Expr{n.Expression, e.text}.Literal()
	}
	items, list := e.Items()
	out := []any{}
	for _, i := range items {
		v, ok := i.Literal()
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, list
}

// Text is a literal that is a text.
func (e Expr) Text() (string, bool) {
	v, _ := e.Literal()
	s, ok := v.(string)
	return s, ok
}

// Items are the elements of a list that is written out.
func (e Expr) Items() ([]Expr, bool) {
	n, ok := e.node.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil, false
	}
	out := make([]Expr, len(n.Exprs))
	for i, x := range n.Exprs {
		out[i] = Expr{x, e.text}
	}
	return out, true
}

// Call takes a function call apart.
func (e Expr) Call() (name string, args []Expr, ok bool) {
	n, ok := e.node.(*hclsyntax.FunctionCallExpr)
	if !ok || n.ExpandFinal {
		return "", nil, false
	}
	for _, a := range n.Args {
		args = append(args, Expr{a, e.text})
	}
	return n.Name, args, true
}

// Pieces are the parts of a template, or the expression alone.
func (e Expr) Pieces() []Expr {
	n, ok := e.node.(*hclsyntax.TemplateExpr)
	if !ok {
		return []Expr{e}
	}
	var out []Expr
	for _, p := range n.Parts {
		out = append(out, Expr{p, e.text})
	}
	return out
}

// Texts calls f for every piece of text in the expression, with the keys of the
// objects that it stands in, outermost first and joined by dots, "" for none.
func (e Expr) Texts(f func(key, text string)) {
	_ = hclsyntax.Walk(e.node, &textWalker{f: f})
}

type textWalker struct {
	f    func(key, text string)
	keys map[hclsyntax.Node]string
	now  []string
}

// Enter implements hclsyntax.Walker.
func (w *textWalker) Enter(n hclsyntax.Node) hcl.Diagnostics {
	key := ""
	if len(w.now) > 0 {
		key = w.now[len(w.now)-1]
	}
	if k, ok := w.keys[n]; ok {
		key = k
	}
	if o, ok := n.(*hclsyntax.ObjectConsExpr); ok {
		if w.keys == nil {
			w.keys = map[hclsyntax.Node]string{}
		}
		for _, item := range o.Items {
			w.keys[item.ValueExpr] = strings.TrimPrefix(key+"."+objectName(item.KeyExpr), ".")
		}
	}
	w.now = append(w.now, key)
	if l, ok := n.(*hclsyntax.LiteralValueExpr); ok && l.Val.Type() == cty.String && l.Val.IsKnown() && !l.Val.IsNull() {
		w.f(key, l.Val.AsString())
	}
	return nil
}

// Exit implements hclsyntax.Walker.
func (w *textWalker) Exit(hclsyntax.Node) hcl.Diagnostics {
	w.now = w.now[:len(w.now)-1]
	return nil
}

func objectName(e hclsyntax.Expression) string {
	if word := hcl.ExprAsKeyword(e); word != "" {
		return word
	}
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		s, _ := Expr{node: k.Wrapped}.Text()
		return s
	}
	return ""
}

// Mention is a name with the steps behind it, such as auth0_client.spa[0].id.
type Mention []Step

// Step is one step of a reference: a name, a key in brackets or [*].
type Step struct {
	Name string
	// Key is an expression, translated already, "" for none; Index is the number
	// that it is.
	Key   Code
	Index string
	Splat bool
}

// String writes it as far as it holds names.
func (m Mention) String() string {
	var out []string
	for _, s := range m {
		if s.Name != "" {
			out = append(out, s.Name)
		}
	}
	return strings.Join(out, ".")
}

// Dialect says how expressions of another tool are said in tacit.
type Dialect struct {
	// Mention returns "" for what stays as it is.
	Mention func(Mention) (Code, error)
	// Call returns what to write in place of the name, "" for the name itself:
	// several names apart by spaces call one another.
	Call func(name string, args []Expr) (string, error)
}

// Translate writes the expression in tacit's language; the error says why that
// cannot be done.
func (e Expr) Translate(d Dialect) (Code, error) {
	t := &translator{Dialect: d, text: e.text}
	out := t.write(e.node)
	if t.err != nil {
		return "", t.err
	}
	return Code(out), nil
}

// Mention returns an expression that is a reference and nothing else, nil
// otherwise.
func (e Expr) Mention(d Dialect) Mention {
	t := &translator{Dialect: d, text: e.text}
	if ref, ok := t.reference(e.node); ok && t.err == nil {
		return ref
	}
	return nil
}
