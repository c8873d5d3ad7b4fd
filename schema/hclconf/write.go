package hclconf

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/tacit-dev/tacit/schema"
)

// Document is a file to write. What it says may come from a tenant or from the
// files of another tool; writing only knows how to say it.
type Document struct {
	// Above is a comment at the head of the file, a paragraph each.
	Above  []string
	Blocks []Block
}

// Block is one block to write.
type Block struct {
	// Kind is the kind of object, nil for blocks such as locals, which Type
	// names then.
	Kind *schema.Kind
	Type string
	// Name is the label, "" for none.
	Name string
	// Above is a comment over the block, Below one at the end of its body.
	Above, Below []string
	// Args stand before the rows: for_each, existing, or all there is of a
	// block without a kind.
	Args []Arg
	// Values holds what rows are set to, by name. A value is canonical for the
	// row's type, with [schema.Template] for ids of other blocks, or [Code]; of
	// a query it may be a [QueryBlock].
	Values map[string]any
	// Blocks are nested blocks that no row says: validation of a variable,
	// dynamic blocks and their content.
	Blocks []Block
	// Off writes the block as a comment.
	Off bool
}

// Arg is a name and a value: a canonical one, a template or [Code].
type Arg struct {
	Name  string
	Value any
}

// Code is an expression that is written as it is.
type Code string

// QueryBlock is a query written parameter by parameter.
type QueryBlock []Arg

// Bytes returns the file in canonical layout. A value that cannot be said in
// HCL is a mistake of the caller, who asks [Writable] before.
func (d Document) Bytes() []byte {
	var out strings.Builder
	comment(&out, 0, d.Above)
	for i, b := range d.Blocks {
		if i > 0 || len(d.Above) > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(b.text())
	}
	return []byte(out.String())
}

func (b *Block) text() string {
	var out strings.Builder
	comment(&out, 0, b.Above)
	w := blockWriter{out: &strings.Builder{}}
	w.block(b)
	code := string(hclwrite.Format([]byte(w.out.String())))
	if !b.Off {
		return out.String() + code
	}
	for line := range strings.Lines(code) {
		out.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	return out.String()
}

// commentWidth is where comments are wrapped.
const commentWidth = 100

// comment writes paragraphs. What is in them may come from a tenant: it can
// neither end the comment nor be a directive to tacit.
func comment(out *strings.Builder, depth int, paragraphs []string) {
	indent := strings.Repeat("  ", depth)
	for _, p := range paragraphs {
		line := ""
		for _, word := range strings.Fields(harmless(p)) {
			if line != "" && len(indent)+len(line)+len(word) > commentWidth {
				out.WriteString(indent + "#" + line + "\n")
				line = ""
			}
			line += " " + word
		}
		out.WriteString(indent + "#" + line + "\n")
	}
}

func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.ReplaceAll(s, directivePrefix, "tacit ")
}

// blockWriter writes the text of one block before it is laid out.
type blockWriter struct {
	out   *strings.Builder
	depth int
}

func (w *blockWriter) line(format string, args ...any) {
	fmt.Fprintf(w.out, "%s%s\n", strings.Repeat("  ", w.depth), fmt.Sprintf(format, args...))
}

func (w *blockWriter) arg(name string, v any) { w.line("%s = %s", name, expression(v)) }

// part leaves an empty line between what stands before and a block.
func (w *blockWriter) part() {
	if text := w.out.String(); text != "" && !strings.HasSuffix(text, "{\n") {
		w.out.WriteByte('\n')
	}
}

// open and close put a block around what is written between them.
func (w *blockWriter) open(header string) {
	w.part()
	w.line("%s {", header)
	w.depth++
}

func (w *blockWriter) close() {
	w.depth--
	w.line("}")
}

func (w *blockWriter) block(b *Block) {
	header := b.Type
	if b.Kind != nil {
		header = b.Kind.Name
	}
	if b.Name != "" {
		header += " " + quoted(b.Name)
	}
	w.open(header)
	for _, a := range b.Args {
		w.arg(a.Name, a.Value)
	}
	if b.Kind != nil {
		w.rows(b, "")
	}
	for i := range b.Blocks {
		w.block(&b.Blocks[i])
	}
	if len(b.Below) > 0 {
		w.out.WriteByte('\n')
		comment(w.out, w.depth, b.Below)
	}
	w.close()
}

// rows writes the rows below a prefix ("" or "idp_initiated."): attributes,
// then nested blocks, both in the order of the kind's table.
func (w *blockWriter) rows(b *Block, prefix string) {
	var groups []string
	var blocks []func()
	for i := range b.Kind.Attrs {
		row := &b.Kind.Attrs[i]
		name, below := strings.CutPrefix(row.Name, prefix)
		v, set := b.Values[row.Name]
		if !below || !set {
			continue
		}
		if group, _, nested := strings.Cut(name, "."); nested {
			if !slices.Contains(groups, group) {
				groups = append(groups, group)
				blocks = append(blocks, func() {
					w.open(group)
					w.rows(b, prefix+group+".")
					w.close()
				})
			}
			continue
		}
		if nested := w.row(row, name, v); nested != nil {
			blocks = append(blocks, nested)
		}
	}
	for _, f := range blocks {
		f()
	}
}

// row writes an attribute, or returns what writes it as blocks.
func (w *blockWriter) row(row *schema.Attr, name string, v any) func() {
	if row.Type == schema.Query {
		if s, ok := v.(string); ok {
			if q, ok := AsQueryBlock(s); ok {
				v = q
			}
		}
		q, ok := v.(QueryBlock)
		if !ok {
			w.arg(last(row.Alt), v)
			return nil
		}
		return func() {
			w.open(name)
			for _, a := range q {
				w.arg(a.Name, a.Value)
			}
			w.close()
		}
	}
	list, ok := v.([]any)
	if row.Type != schema.Objects || !ok {
		w.arg(name, v)
		return nil
	}
	return func() {
		for _, e := range list {
			w.element(row, name, e)
		}
	}
}

func (w *blockWriter) element(row *schema.Attr, name string, e any) {
	m, _ := e.(map[string]any)
	label, _ := m[row.Key].(string)
	var fields []Arg
	for _, f := range row.Elem {
		if v := m[f.Name]; v != nil {
			fields = append(fields, Arg{f.Name, v})
		}
	}
	header := name + " " + quoted(label)
	if len(fields) == 0 {
		w.part()
		w.line("%s {}", header)
		return
	}
	w.open(header)
	for _, f := range fields {
		w.arg(f.Name, f.Value)
	}
	w.close()
}
