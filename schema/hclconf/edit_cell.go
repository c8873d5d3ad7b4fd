package hclconf

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// cell finds the cell of a CSV file that gives an instance its value, where that
// is evident: the row is each.value.COLUMN, and for_each goes over the lines of
// one file by one column.
func (f *Files) cell(e Edit) (file string, c splice, why string) {
	b := f.byAddr[e.Addr.Block()]
	if b == nil || b.forEach == nil {
		return "", c, "no block declares it"
	}
	s := b.sites[b.kind.Index(e.Row)]
	if s == nil || s.unit == nil || s.idp != nil || len(s.dyn) > 0 {
		return "", c, computed
	}
	column := pathStep(s.unit.expr, "each", "value")
	if column == "" {
		if _, ok := f.constantOf(s.unit.expr); ok {
			return "", c, "other objects of the block share the line"
		}
		return "", c, computed
	}
	text, ok := cellText(e.Value)
	if !ok {
		return "", c, "a cell cannot hold it"
	}
	if why := badField(text); why != "" {
		return "", c, "the value " + why
	}
	file, key := f.table(b.forEach.expr)
	if file == "" {
		return "", c, computed
	}
	at, why := findCell(f.Text(file), key, e.Addr.Key, column)
	if why != "" {
		return "", c, file + " " + why
	}
	at.text = quotedCell(text)
	return file, at, ""
}

func (f *Files) constantOf(x hclsyntax.Expression) (any, bool) {
	return (&editor{Files: f}).constant(x)
}

// pathStep reads ROOT.A.NAME, in either spelling, and returns NAME.
func pathStep(x hclsyntax.Expression, root string, path ...string) string {
	t, ok := unparen(x).(*hclsyntax.ScopeTraversalExpr)
	if !ok || t.Traversal.RootName() != root || len(t.Traversal) != len(path)+2 {
		return ""
	}
	for i, p := range path {
		if name, ok := stepName(t.Traversal[i+1]); !ok || name != p {
			return ""
		}
	}
	name, _ := stepName(t.Traversal[len(path)+1])
	return name
}

// behind follows a reference to a local.
func (f *Files) behind(x hclsyntax.Expression) hclsyntax.Expression {
	const chain = 10
	for range chain {
		name := pathStep(x, "local")
		l := f.locals[name]
		if name == "" || l == nil {
			break
		}
		x = l.unit.expr
	}
	return unparen(x)
}

// table recognises { for c in csvdecode(file("NAME")) : c.KEY => c }.
func (f *Files) table(x hclsyntax.Expression) (file, key string) {
	loop, ok := f.behind(x).(*hclsyntax.ForExpr)
	if !ok || loop.KeyExpr == nil || loop.Group {
		return "", ""
	}
	whole, ok := unparen(loop.ValExpr).(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(whole.Traversal) != 1 || whole.Traversal.RootName() != loop.ValVar {
		return "", ""
	}
	decode, ok := f.behind(loop.CollExpr).(*hclsyntax.FunctionCallExpr)
	if !ok || decode.Name != "csvdecode" || len(decode.Args) != 1 {
		return "", ""
	}
	read, ok := f.behind(decode.Args[0]).(*hclsyntax.FunctionCallExpr)
	if !ok || read.Name != "file" || len(read.Args) != 1 {
		return "", ""
	}
	v, ok := f.constantOf(read.Args[0])
	name, text := v.(string)
	if !ok || !text {
		return "", ""
	}
	return strings.TrimPrefix(name, "./"), pathStep(loop.KeyExpr, loop.ValVar)
}

// cellText is what a cell says for a value.
func cellText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool, fmt.Stringer:
		return fmt.Sprint(v), true
	default:
		return "", false
	}
}

func quotedCell(s string) string {
	if !strings.ContainsAny(s, "\",\r\n") && strings.TrimSpace(s) == s && s != "" {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// findCell finds the one cell in a column whose line has the key.
func findCell(text []byte, keyColumn, key, column string) (splice, string) {
	r := csv.NewReader(bytes.NewReader(text))
	header, err := r.Read()
	k, col := index(header, keyColumn), index(header, column)
	if err != nil || k < 0 || col < 0 {
		return splice{}, "has no such column"
	}
	starts := lineStarts(text)
	var found splice
	n := 0
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return splice{}, "cannot be read"
		}
		if record[k] != key {
			continue
		}
		n++
		line, at := r.FieldPos(col)
		found.start = starts[line-1] + at - 1
		if col+1 < len(record) {
			line, at = r.FieldPos(col + 1)
			found.end = starts[line-1] + at - 2
		} else {
			found.end = len(bytes.TrimRight(text[:r.InputOffset()], "\r\n"))
		}
	}
	if n != 1 || found.end < found.start {
		return splice{}, "has not one line for it"
	}
	return found, ""
}

func index(header []string, name string) int {
	at := -1
	for i, h := range header {
		if h == name && at >= 0 {
			return -1
		}
		if h == name {
			at = i
		}
	}
	return at
}

func lineStarts(text []byte) []int {
	out := []int{0}
	for i, c := range text {
		if c == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}
