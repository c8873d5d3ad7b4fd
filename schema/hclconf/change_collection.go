package hclconf

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// Slot is a place in an element of what blocks go over with for_each: a column
// of a CSV file, an attribute of an object, or the element itself.
type Slot struct {
	// Name is the column or attribute, "" for the element itself.
	Name string
	// Feeds are the rows that are made of it, each once, such as display_name.
	Feeds []string
	// Joined is the text at which split takes a slot apart, "" for none.
	Joined string
	// List: it holds a list of texts.
	List bool
	// Like is what the last element has there; of a map it is an expression.
	Like string
}

// collection is what blocks go over with for_each.
type collection struct {
	// csv is the file, key the column whose values are the keys.
	csv, key string
	// object or list stands in file.
	file   string
	object *hclsyntax.ObjectConsExpr
	list   *hclsyntax.TupleConsExpr
}

func (c *collection) id() string {
	switch {
	case c.object != nil:
		return fmt.Sprint(c.file, c.object.SrcRange.Start.Byte)
	case c.list != nil:
		return fmt.Sprint(c.file, c.list.SrcRange.Start.Byte)
	default:
		return "csv " + c.csv
	}
}

// AddElement adds an element with a key to what a block goes over with
// for_each. What it is made of, fill says slot by slot: a text, a list of texts
// or [Code].
func (f *Files) AddElement(a schema.Address, key string, fill func(Slot) (any, error)) (Change, error) {
	w := f.tree()
	c, err := w.over(a)
	if err != nil {
		return Change{}, err
	}
	feeds, joined := w.feeds(c)
	slot := func(name string) Slot { return Slot{Name: name, Feeds: feeds[name], Joined: joined[name]} }
	switch {
	case c.csv != "":
		return w.addRow(c, key, slot, fill)
	case c.object != nil:
		return w.addEntry(c, key, slot, fill)
	default:
		return w.addText(c, key)
	}
}

// over finds what the block at an address goes over.
func (w *parsed) over(a schema.Address) (*collection, error) {
	file, b, err := w.find(a)
	if err != nil {
		return nil, err
	}
	each := b.Body.Attributes["for_each"]
	if each == nil {
		return nil, fmt.Errorf("%s has no for_each", a.Block())
	}
	return w.source(standing{file, each.Expr}, maxHops)
}

// maxHops bounds how far a for_each is followed through locals and loops.
const maxHops = 20

var errForEach = errors.New("its for_each does not go over a CSV file, a map or a list that tacit can add to")

// source follows an expression to what is written down.
func (w *parsed) source(p standing, left int) (*collection, error) {
	if left == 0 {
		return nil, errForEach
	}
	switch e := unparen(p.expr).(type) {
	case *hclsyntax.ObjectConsExpr:
		return &collection{file: p.file, object: e}, nil
	case *hclsyntax.TupleConsExpr:
		return &collection{file: p.file, list: e}, nil
	case *hclsyntax.ScopeTraversalExpr:
		return w.named(e.Traversal, left-1)
	case *hclsyntax.ForExpr:
		return w.loop(p.file, e, left-1)
	case *hclsyntax.FunctionCallExpr:
		if len(e.Args) != 1 {
			return nil, errForEach
		}
		switch e.Name {
		case "toset", "tomap":
			return w.source(standing{p.file, e.Args[0]}, left-1)
		case "csvdecode":
			if name, ok := fileOf(e.Args[0]); ok {
				return &collection{csv: name}, nil
			}
		}
	}
	return nil, errForEach
}

func (w *parsed) named(t hcl.Traversal, left int) (*collection, error) {
	if len(t) != 2 {
		return nil, errForEach
	}
	name, ok := stepName(t[1])
	local, known := w.locals[name]
	switch {
	case ok && known && t.RootName() == "local":
		return w.source(local, left)
	case ok && schema.KindByName(t.RootName()) != nil:
		return w.over(schema.Address{Kind: t.RootName(), Name: name})
	}
	return nil, errForEach
}

// loop accepts loops that keep the elements: { for c in ... : c.name => c }.
func (w *parsed) loop(file string, e *hclsyntax.ForExpr, left int) (*collection, error) {
	c, err := w.source(standing{file, e.CollExpr}, left)
	if err != nil {
		return nil, err
	}
	key := traversalOf(e.KeyExpr)
	switch {
	case key == nil:
		return nil, errForEach
	case c.csv == "" && len(key.Traversal) == 1 && (key.Traversal.RootName() == e.KeyVar || c.list != nil && key.Traversal.RootName() == e.ValVar):
		return c, nil
	case c.csv != "" && c.key == "" && len(key.Traversal) == 2 && key.Traversal.RootName() == e.ValVar:
		name, ok := stepName(key.Traversal[1])
		if c.key = name; ok {
			return c, nil
		}
	case c.csv != "" && c.key != "" && len(key.Traversal) == 1 && key.Traversal.RootName() == e.KeyVar:
		return c, nil
	}
	return nil, errForEach
}

// fileOf reads file("name").
func fileOf(e hclsyntax.Expression) (string, bool) {
	call, ok := unparen(e).(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "file" || len(call.Args) != 1 {
		return "", false
	}
	return literal(call.Args[0])
}

// literal reads a text without interpolation.
func literal(e hclsyntax.Expression) (string, bool) {
	t, ok := unparen(e).(*hclsyntax.TemplateExpr)
	if !ok || !t.IsStringLiteral() {
		return "", false
	}
	v, diags := t.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// feeds finds which rows are made of which slot, over all blocks that go over
// the collection.
func (w *parsed) feeds(c *collection) (feeds map[string][]string, joined map[string]string) {
	feeds, joined = map[string][]string{}, map[string]string{}
	for _, file := range slices.Sorted(maps.Keys(w.bodies)) {
		for _, b := range w.bodies[file].Blocks {
			each := b.Body.Attributes["for_each"]
			if each == nil {
				continue
			}
			if t := traversalOf(each.Expr); t != nil && t.Traversal.RootName() != "local" {
				continue // each.value is another block's instance
			}
			over, err := w.source(standing{file, each.Expr}, maxHops)
			if err == nil && over.id() == c.id() {
				bodyFeeds(b.Body, "", feeds, joined)
			}
		}
	}
	for _, rows := range feeds {
		slices.Sort(rows)
	}
	return feeds, joined
}

func bodyFeeds(body *hclsyntax.Body, prefix string, feeds map[string][]string, joined map[string]string) {
	for name, a := range body.Attributes {
		for _, t := range a.Expr.Variables() {
			slot, ok := eachValue(t)
			if row := prefix + name; ok && !slices.Contains(feeds[slot], row) {
				feeds[slot] = append(feeds[slot], row)
			}
		}
		_ = hclsyntax.VisitAll(a.Expr, func(n hclsyntax.Node) hcl.Diagnostics {
			if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "split" && len(call.Args) == 2 {
				by, plain := literal(call.Args[0])
				if t := traversalOf(call.Args[1]); plain && t != nil {
					if slot, ok := eachValue(t.Traversal); ok {
						joined[slot] = by
					}
				}
			}
			return nil
		})
	}
	for _, b := range body.Blocks {
		bodyFeeds(b.Body, prefix+b.Type+".", feeds, joined)
	}
}

// eachValue reads each.value and each.value.NAME.
func eachValue(t hcl.Traversal) (slot string, ok bool) {
	if t.RootName() != "each" || len(t) < 2 {
		return "", false
	}
	if name, _ := stepName(t[1]); name != "value" {
		return "", false
	}
	if len(t) == 2 {
		return "", true
	}
	return stepName(t[2])
}

// addEntry adds KEY = { ... } to a map, in the manner of its last entry.
func (w *parsed) addEntry(c *collection, key string, slot func(string) Slot, fill func(Slot) (any, error)) (Change, error) {
	text := w.texts[c.file]
	var items []hcl.Range
	for _, it := range c.object.Items {
		items = append(items, hcl.RangeBetween(it.KeyExpr.Range(), it.ValueExpr.Range()))
	}
	if len(items) == 0 {
		return Change{}, errors.New("the map that it goes over is empty, so there is no entry to write another one like")
	}
	like := c.object.Items[len(items)-1].ValueExpr
	value, err := w.element(c.file, like, slot, fill)
	if err != nil {
		return Change{}, err
	}
	s, err := insertion(text, c.object.OpenRange.End.Byte, c.object.SrcRange.End.Byte-1, items, objectKey(key)+" = "+value, false)
	if err != nil {
		return Change{}, err
	}
	return w.edit(c.file, s), nil
}

// element writes a value in the manner of another one.
func (w *parsed) element(file string, like hclsyntax.Expression, slot func(string) Slot, fill func(Slot) (any, error)) (string, error) {
	object, ok := unparen(like).(*hclsyntax.ObjectConsExpr)
	if !ok {
		return w.value(file, slot(""), like, fill)
	}
	rng := object.SrcRange
	lines := strings.Contains(string(w.texts[file][rng.Start.Byte:rng.End.Byte]), "\n")
	var parts []string
	for _, it := range object.Items {
		name, ok := keyName(it.KeyExpr)
		if !ok {
			return "", errors.New("the entries of the map have keys that tacit does not read")
		}
		v, err := w.value(file, slot(name), it.ValueExpr, fill)
		if err != nil {
			return "", err
		}
		parts = append(parts, objectKey(name)+" = "+v)
	}
	if lines {
		return "{\n" + strings.Join(parts, "\n") + "\n}", nil
	}
	return "{ " + strings.Join(parts, ", ") + " }", nil
}

func keyName(e hclsyntax.Expression) (string, bool) {
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if name := hcl.ExprAsKeyword(k.Wrapped); name != "" {
			return name, true
		}
		return literal(k.Wrapped)
	}
	return literal(e)
}

func (w *parsed) value(file string, s Slot, like hclsyntax.Expression, fill func(Slot) (any, error)) (string, error) {
	rng := like.Range()
	s.Like = string(w.texts[file][rng.Start.Byte:rng.End.Byte])
	_, s.List = unparen(like).(*hclsyntax.TupleConsExpr)
	v, err := fill(s)
	if err != nil {
		return "", err
	}
	return expression(plainValue(v, s)), nil
}

// plainValue is what fill said in the form that the slot has.
func plainValue(v any, s Slot) any {
	list, ok := v.([]string)
	switch {
	case !ok:
		return v
	case !s.List:
		return strings.Join(list, s.Joined)
	}
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = e
	}
	return out
}

// addText adds the key to a list of texts.
func (w *parsed) addText(c *collection, key string) (Change, error) {
	var items []hcl.Range
	for _, e := range c.list.Exprs {
		if _, ok := literal(e); !ok {
			return Change{}, errForEach
		}
		items = append(items, e.Range())
	}
	s, err := insertion(w.texts[c.file], c.list.OpenRange.End.Byte, c.list.SrcRange.End.Byte-1, items, quoted(key), true)
	if err != nil {
		return Change{}, err
	}
	return w.edit(c.file, s), nil
}

// Missing are the files that file functions asked for and that are not there,
// by name below the directory, with slashes.
func (f *Files) Missing() []string { return f.dir.missing() }

// IdentityProviders are the entity IDs of the metadata documents that
// connections of the configuration are made of.
func (f *Files) IdentityProviders() []string {
	var out []string
	for _, d := range f.documents {
		if d.metadata != nil && !slices.Contains(out, d.metadata.EntityID) {
			out = append(out, d.metadata.EntityID)
		}
	}
	slices.Sort(out)
	return out
}
