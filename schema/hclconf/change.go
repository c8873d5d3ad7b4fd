package hclconf

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/tacit-dev/tacit/schema"
)

// Change is a file of the configuration with another text. Editing puts text in
// and takes text out at places that the parser names, so that comments and
// layout around them stay as they are; whether the result means what it should
// is for the caller to see, who loads it with [Options.Extra].
type Change struct {
	// Path is the file's name below the directory, with slashes.
	Path string
	// Before is nil for a file that is new.
	Before, After []byte
}

// parsed is the configuration as it was parsed, before analysis rewrote its
// expressions.
type parsed struct {
	files  *Files
	bodies map[string]*hclsyntax.Body // by name below the directory
	texts  map[string][]byte
	locals map[string]standing
}

// standing is an expression with the file that it stands in.
type standing struct {
	file string
	expr hclsyntax.Expression
}

// tree parses the files again. Only files that parse are loaded, so what fails
// here is a bug.
func (f *Files) tree() *parsed {
	w := &parsed{files: f, bodies: map[string]*hclsyntax.Body{}, texts: map[string][]byte{}, locals: map[string]standing{}}
	dir := filepath.Clean(f.dir.name)
	for name, src := range f.sources {
		base := filepath.Base(name)
		if filepath.Dir(name) != dir || !strings.HasSuffix(base, ".hcl") || slices.Contains(f.opts.VarFiles, name) {
			continue
		}
		file, diags := hclsyntax.ParseConfig(src.text, base, hcl.InitialPos)
		body, ok := file.Body.(*hclsyntax.Body)
		if diags.HasErrors() || !ok {
			continue
		}
		w.bodies[base], w.texts[base] = body, src.text
		for _, b := range body.Blocks {
			if b.Type != "locals" {
				continue
			}
			for local, a := range b.Body.Attributes {
				w.locals[local] = standing{base, a.Expr}
			}
		}
	}
	return w
}

// find returns the block at an address.
func (w *parsed) find(a schema.Address) (file string, b *hclBlock, err error) {
	for _, name := range slices.Sorted(maps.Keys(w.bodies)) {
		for _, b := range w.bodies[name].Blocks {
			if b.Type == a.Kind && len(b.Labels) == 1 && b.Labels[0] == a.Name {
				return name, b, nil
			}
		}
	}
	return "", nil, fmt.Errorf("no block declares %s", a.Block())
}

// edit carries splices out; they do not overlap. A file in canonical layout
// stays in it.
func (w *parsed) edit(file string, splices ...splice) Change {
	before := w.texts[file]
	after := spliced(before, splices)
	if bytes.Equal(hclwrite.Format(before), before) {
		after = hclwrite.Format(after)
	}
	return Change{Path: file, Before: before, After: after}
}

// nextLine is the offset behind the line that an offset stands in, its end of
// line included.
func nextLine(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// AddBlock writes a block below the last one of its kind in the file of the
// block like, or at the end of that file.
func (f *Files) AddBlock(b Block, like schema.Address) (Change, error) {
	w := f.tree()
	file, _, err := w.find(like)
	if err != nil {
		return Change{}, err
	}
	text, at := w.texts[file], len(w.texts[file])
	for _, have := range w.bodies[file].Blocks {
		if b.Kind != nil && have.Type == b.Kind.Name {
			at = nextLine(text, have.Range().End.Byte)
		}
	}
	block := "\n" + b.text()
	if at > 0 && text[at-1] != '\n' {
		block = "\n" + block
	}
	return w.edit(file, splice{at, at, block}), nil
}

// Written are the rows that a block sets, as it writes them, for another block
// like it. An instance's own key becomes the given one; rows that depend on
// each.value or on a dynamic block are left out, and so are the settings of the
// block itself.
func (f *Files) Written(a schema.Address, key string) (map[string]any, error) {
	w := f.tree()
	file, b, err := w.find(a)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	w.rows(schema.KindByName(a.Kind), file, b.Body, "", key, out)
	return out, nil
}

func (w *parsed) rows(k *schema.Kind, file string, body *hclsyntax.Body, prefix, key string, out map[string]any) {
	for name, attr := range body.Attributes {
		row := k.Index(prefix + name)
		code, ok := w.code(file, attr.Expr, key)
		if row >= 0 && ok {
			out[k.Attrs[row].Name] = code
		}
	}
	for _, b := range body.Blocks {
		name := prefix + b.Type
		row := k.Index(name)
		if row < 0 {
			w.rows(k, file, b.Body, name+".", key, out)
			continue
		}
		if k.Attrs[row].Type == schema.Query {
			out[name] = w.query(file, b.Body, key)
		}
	}
}

func (w *parsed) query(file string, body *hclsyntax.Body, key string) QueryBlock {
	var out QueryBlock
	args := slices.SortedFunc(maps.Values(body.Attributes), func(a, b *hclsyntax.Attribute) int { return a.NameRange.Start.Byte - b.NameRange.Start.Byte })
	for _, a := range args {
		if code, ok := w.code(file, a.Expr, key); ok {
			out = append(out, Arg{a.Name, code})
		}
	}
	return out
}

// code is the text of an expression with each.key replaced. It fails on what
// else depends on the instance.
func (w *parsed) code(file string, e hclsyntax.Expression, key string) (Code, bool) {
	rng := e.Range()
	text := slices.Clone(w.texts[file][rng.Start.Byte:rng.End.Byte])
	for _, t := range slices.Backward(e.Variables()) {
		if t.RootName() != "each" {
			continue
		}
		if name, ok := stepName(t[min(1, len(t)-1)]); !ok || name != "key" || len(t) != 2 {
			return "", false
		}
		at := t.SourceRange()
		from, to := at.Start.Byte-rng.Start.Byte, at.End.Byte-rng.Start.Byte
		if bytes.HasSuffix(text[:from], []byte("${")) && bytes.HasPrefix(text[to:], []byte("}")) {
			inner := strings.TrimSuffix(strings.TrimPrefix(quoted(key), `"`), `"`)
			text = slices.Concat(text[:from-2], []byte(inner), text[to+1:])
			continue
		}
		text = slices.Concat(text[:from], []byte(quoted(key)), text[to:])
	}
	return Code(text), true
}

// AddReference puts a reference to another block into an attribute that lists
// references, behind those that are there.
func (f *Files) AddReference(a schema.Address, attr string, to schema.Address) (Change, error) {
	w := f.tree()
	file, b, err := w.find(a)
	if err != nil {
		return Change{}, err
	}
	at := b.Body.Attributes[attr]
	if at == nil {
		return Change{}, fmt.Errorf("%s does not set %s", a, attr)
	}
	text := w.texts[file]
	list, ok := unparen(at.Expr).(*hclsyntax.TupleConsExpr)
	if !ok {
		rng := at.Expr.Range()
		return w.edit(file, splice{rng.Start.Byte, rng.Start.Byte, "["}, splice{rng.End.Byte, rng.End.Byte, ", " + Reference(to) + "]"}), nil
	}
	var items []hcl.Range
	for _, e := range list.Exprs {
		items = append(items, e.Range())
	}
	s, err := insertion(text, list.OpenRange.End.Byte, list.SrcRange.End.Byte-1, items, Reference(to), true)
	if err != nil {
		return Change{}, err
	}
	return w.edit(file, s), nil
}

var errLayout = errors.New("it is laid out in a way that tacit does not add to")

// insertion puts an item behind the last one between two brackets, in the
// manner of those that are there: on a line of its own where they have lines of
// their own, with a comma where they have one. A list needs commas between
// items, an object does not.
func insertion(text []byte, open, end int, items []hcl.Range, item string, list bool) (splice, error) {
	if len(items) == 0 {
		if bytes.ContainsRune(text[open:end], '#') || bytes.Contains(text[open:end], []byte("//")) || bytes.Contains(text[open:end], []byte("/*")) {
			return splice{}, errLayout
		}
		if list {
			return splice{open, end, item}, nil
		}
		return splice{open, end, "\n" + item + "\n"}, nil
	}
	last := items[len(items)-1]
	if !bytes.ContainsRune(text[last.End.Byte:end], '\n') { // the bracket closes on the line of the last item
		return splice{last.End.Byte, last.End.Byte, ", " + item}, nil
	}
	comma, at := false, last.End.Byte
	if tail := bytes.TrimLeft(text[at:end], " \t"); bytes.HasPrefix(tail, []byte(",")) {
		comma, at = true, end-len(tail)+1
	}
	line, _ := lineStart(text, last.Start.Byte)
	indent := string(text[line:])
	indent = indent[:len(indent)-len(strings.TrimLeft(indent, " \t"))]
	stop := nextLine(text, at)
	added := indent + item
	if comma {
		added += ","
	}
	if stop > end {
		return splice{}, errLayout
	}
	if list && !comma {
		// The comma goes before a comment that ends the line.
		rest := string(text[last.End.Byte:stop])
		return splice{last.End.Byte, stop, "," + rest + added + ",\n"}, nil
	}
	return splice{stop, stop, added + "\n"}, nil
}

// Declared is a block of a kind.
type Declared struct {
	Addr    schema.Address
	ForEach bool
}

// Declared lists the blocks of a kind in the order of the files.
func (f *Files) Declared(kind string) []Declared {
	var out []Declared
	for _, b := range f.blocks {
		if b.kind.Name == kind {
			out = append(out, Declared{b.addr, b.forEach != nil})
		}
	}
	return out
}
