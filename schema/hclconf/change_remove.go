package hclconf

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// Source is the text of a block, with its comments inside.
func (f *Files) Source(a schema.Address) (string, error) {
	w := f.tree()
	file, b, err := w.find(a)
	if err != nil {
		return "", err
	}
	rng := b.Range()
	return string(w.texts[file][rng.Start.Byte:rng.End.Byte]), nil
}

// ReplaceBlock writes a block in the place of another one.
func (f *Files) ReplaceBlock(a schema.Address, by Block) (Change, error) {
	w := f.tree()
	file, b, err := w.find(a)
	if err != nil {
		return Change{}, err
	}
	rng := b.Range()
	return w.edit(file, splice{rng.Start.Byte, rng.End.Byte, string(bytes.TrimSuffix([]byte(by.text()), []byte("\n")))}), nil
}

// RemoveBlock takes a block out, with the empty line above it.
func (f *Files) RemoveBlock(a schema.Address) (Change, error) {
	w := f.tree()
	file, b, err := w.find(a)
	if err != nil {
		return Change{}, err
	}
	return w.edit(file, w.without(file, b)), nil
}

// RemoveMoved takes out the moved block that leads to an address. There need
// not be one.
func (f *Files) RemoveMoved(to schema.Address) (Change, bool) {
	w := f.tree()
	for file, body := range w.bodies {
		for _, b := range body.Blocks {
			at := b.Body.Attributes["to"]
			if b.Type != "moved" || at == nil {
				continue
			}
			rng := at.Expr.Range()
			if string(w.texts[file][rng.Start.Byte:rng.End.Byte]) == Reference(to) {
				return w.edit(file, w.without(file, b)), true
			}
		}
	}
	return Change{}, false
}

func (w *parsed) without(file string, b *hclBlock) splice {
	text := w.texts[file]
	from, _ := lineStart(text, b.Range().Start.Byte)
	to := nextLine(text, b.Range().End.Byte)
	if bytes.HasSuffix(text[:from], []byte("\n\n")) {
		from--
	}
	return splice{from, to, ""}
}

// RemoveElement takes the element with a key out of what a block goes over.
func (f *Files) RemoveElement(a schema.Address, key string) (Change, error) {
	w := f.tree()
	c, err := w.over(a)
	if err != nil {
		return Change{}, err
	}
	var items []hcl.Range
	at := -1
	switch {
	case c.csv != "":
		return w.removeRow(c, key)
	case c.object != nil:
		for i, it := range c.object.Items {
			items = append(items, hcl.RangeBetween(it.KeyExpr.Range(), it.ValueExpr.Range()))
			if name, ok := keyName(it.KeyExpr); ok && name == key {
				at = i
			}
		}
	default:
		for i, e := range c.list.Exprs {
			items = append(items, e.Range())
			if s, ok := literal(e); ok && s == key {
				at = i
			}
		}
	}
	if at < 0 {
		return Change{}, fmt.Errorf("what %s goes over has no element %q that is written down", a.Block(), key)
	}
	return w.edit(c.file, removal(w.texts[c.file], items, at)), nil
}

// removal takes an item out from between two brackets: with its lines where it
// has lines of its own, else with a comma.
func removal(text []byte, items []hcl.Range, i int) splice {
	from, to := items[i].Start.Byte, items[i].End.Byte
	start, alone := lineStart(text, from)
	stop := nextLine(text, to)
	tail := bytes.TrimSpace(text[to:stop])
	if alone && (len(tail) == 0 || tail[0] == '#' || string(tail) == "," || bytes.HasPrefix(tail, []byte(", #"))) {
		return splice{start, stop, ""}
	}
	switch {
	case i+1 < len(items):
		return splice{from, items[i+1].Start.Byte, ""}
	case i > 0:
		return splice{items[i-1].End.Byte, to, ""}
	default:
		return splice{from, to, ""}
	}
}

func (w *parsed) removeRow(c *collection, key string) (Change, error) {
	s, err := w.files.dir.read(c.csv)
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", c.csv, err)
	}
	text := []byte(s)
	r := csv.NewReader(bytes.NewReader(text))
	head, err := r.Read()
	column := slices.Index(head, c.key)
	if err != nil || column < 0 {
		return Change{}, fmt.Errorf("%s has no column %s, which holds the keys", c.csv, c.key)
	}
	for {
		from := r.InputOffset()
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return Change{}, fmt.Errorf("%s has no row %q", c.csv, key)
		}
		if err != nil {
			return Change{}, fmt.Errorf("%s: %w", c.csv, err)
		}
		if row[column] == key {
			return Change{Path: path.Clean(c.csv), Before: text, After: slices.Concat(text[:from], text[r.InputOffset():])}, nil
		}
	}
}

// RemoveReference takes references to a block, or to one instance, out of an
// attribute that lists them. last tells that nothing would be left.
func (f *Files) RemoveReference(a schema.Address, attr string, to schema.Address) (e Change, last bool, err error) {
	w := f.tree()
	file, b, err := w.find(a)
	if err != nil {
		return Change{}, false, err
	}
	at := b.Body.Attributes[attr]
	if at == nil {
		return Change{}, false, fmt.Errorf("%s does not set %s", a, attr)
	}
	text := func(x hclsyntax.Expression) string {
		rng := x.Range()
		return string(w.texts[file][rng.Start.Byte:rng.End.Byte])
	}
	list, ok := unparen(at.Expr).(*hclsyntax.TupleConsExpr)
	if !ok {
		return Change{}, text(unparen(at.Expr)) == Reference(to), nil
	}
	var items []hcl.Range
	found := -1
	for i, x := range list.Exprs {
		items = append(items, x.Range())
		if text(x) == Reference(to) {
			found = i
		}
	}
	switch {
	case found < 0:
		return Change{}, false, nil
	case len(items) == 1:
		return Change{}, true, nil
	}
	return w.edit(file, removal(w.texts[file], items, found)), false, nil
}
