package hclconf

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/tacit-dev/tacit/schema"
)

// Edit asks for a row of a block to say something else.
type Edit struct {
	// Addr is the object's; for all objects of a block with for_each it has no
	// key, and with a key the edit is of the cell of a CSV file.
	Addr schema.Address
	Row  string
	// Was is what the files say, Value what they shall say: canonical, ids of
	// blocks as references. A nil Value takes the row out.
	Was, Value any
}

// Stuck is an edit that is left to the person.
type Stuck struct {
	Why string
	// Src is where the value comes from, Write what would have to stand there.
	Src   *schema.Range
	Write string
}

// Edit changes the lines that hold a value and nothing else: comments and layout
// stay. It returns the files that change, by their name below the directory, and
// for each edit that cannot be made what is in its way. Only what is written out
// is changed, element by element in a list; an expression may say the same
// somewhere else.
func (f *Files) Edit(edits []Edit) (files map[string][]byte, stuck map[int]Stuck) {
	cuts, cells := map[string][]splice{}, map[string][]splice{}
	stuck = map[int]Stuck{}
	for i, e := range edits {
		if e.Addr.Each {
			file, c, why := f.cell(e)
			if why == "" {
				cells[file] = append(cells[file], c)
			} else {
				stuck[i] = Stuck{Why: why, Src: f.place(e), Write: written(e)}
			}
			continue
		}
		name, made, s := f.edit(e)
		if s == nil && !f.parses(name, made) {
			s = &Stuck{Why: "tacit does not find its way in how it is laid out", Src: f.place(e)}
		}
		if s != nil {
			s.Write = written(e)
			stuck[i] = *s
			continue
		}
		cuts[name] = append(cuts[name], made...)
	}
	files = map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(cuts)) {
		files[f.below(name)] = f.laidOut(name, cuts[name])
	}
	for name, c := range cells {
		files[name] = spliced(f.Text(name), c)
	}
	return files, stuck
}

// written is what a person would have to write, "" when the row is to go.
func written(e Edit) string {
	if e.Value == nil {
		return ""
	}
	return last(e.Row) + " = " + expression(e.Value)
}

// below is a source's name below the directory.
func (f *Files) below(name string) string {
	if rel, err := filepath.Rel(f.opts.Dir, name); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(name)
}

// Text is a file as it was read, nil when it was not.
func (f *Files) Text(below string) []byte {
	for name, s := range f.sources {
		if f.below(name) == below {
			return s.text
		}
	}
	text, err := f.dir.read(below)
	if err != nil {
		return nil
	}
	return []byte(text)
}

// laidOut makes the cuts; a file that was in canonical layout is again.
func (f *Files) laidOut(name string, cuts []splice) []byte {
	text := f.sources[name].text
	out := spliced(text, cuts)
	if slices.Equal(hclwrite.Format(text), text) {
		out = hclwrite.Format(out)
	}
	return out
}

func (f *Files) parses(name string, cuts []splice) bool {
	if overlap(cuts) {
		return false
	}
	_, diags := hclsyntax.ParseConfig(spliced(f.sources[name].text, cuts), name, hcl.InitialPos)
	return !diags.HasErrors()
}

func (f *Files) place(e Edit) *schema.Range {
	if b := f.byAddr[e.Addr.Block()]; b != nil {
		if s := b.sites[b.kind.Index(e.Row)]; s != nil {
			return s.src
		}
		return b.src
	}
	return nil
}

// edit finds the cuts that make one edit.
func (f *Files) edit(e Edit) (name string, cuts []splice, stuck *Stuck) {
	b := f.byAddr[e.Addr.Block()]
	if b == nil {
		return "", nil, &Stuck{Why: "no block declares it"}
	}
	s := b.sites[b.kind.Index(e.Row)]
	switch {
	case s == nil:
		return "", nil, &Stuck{Why: "no line says it", Src: b.src}
	case s.reset:
		return "", nil, &Stuck{Why: "reset names it", Src: s.src}
	case s.idp != nil:
		return "", nil, &Stuck{Why: "it comes from a metadata document", Src: s.src}
	case len(s.dyn) > 0:
		return "", nil, &Stuck{Why: "a dynamic block makes it", Src: s.src}
	}
	ed := &editor{Files: f, site: s, text: f.sources[s.rng.Filename].text}
	ed.body, _ = f.sources[s.rng.Filename].file.Body.(*hclsyntax.Body)
	var why string
	switch {
	case s.isQuery:
		cuts, why = ed.query(e)
	case s.row.Type == schema.Objects:
		cuts, why = ed.elements(e)
	default:
		cuts, why = ed.attribute(e)
	}
	if why != "" {
		return "", nil, &Stuck{Why: why, Src: s.src}
	}
	return s.rng.Filename, cuts, nil
}

// editor makes the cuts of one edit.
type editor struct {
	*Files
	site *site
	text []byte
	body *hclsyntax.Body
}

// computed says why what stands there is not changed.
const computed = "it is computed by an expression, on which more may depend"

func (ed *editor) attribute(e Edit) ([]splice, string) {
	a := attributeAt(ed.body, ed.site.rng)
	if a == nil {
		return nil, computed
	}
	if e.Value == nil {
		if ed.site.row.Has(schema.Required) || ed.site.row.Has(schema.RequiredInBlock) {
			return nil, "the block needs it, and the tenant has none"
		}
		return []splice{ed.line(a.SrcRange)}, ""
	}
	return ed.value(a.Expr, e.Was, e.Value)
}

// value changes an expression: as a whole when it is constant, element by
// element in a list or a map.
func (ed *editor) value(expr hclsyntax.Expression, was, is any) ([]splice, string) {
	if schema.Same(was, is) {
		return nil, ""
	}
	switch x := unparen(expr).(type) {
	case *hclsyntax.TupleConsExpr:
		if list, ok := is.([]any); ok {
			return ed.list(x, was, list)
		}
	case *hclsyntax.ObjectConsExpr:
		if m, ok := is.(map[string]any); ok {
			return ed.mapping(x, was, m)
		}
	case *hclsyntax.ScopeTraversalExpr:
		if _, ref := is.(*schema.Template); ref && ed.site.refs != nil {
			return []splice{cut(expr.Range(), expression(is))}, ""
		}
	}
	if _, ok := ed.constant(expr); !ok {
		return nil, computed
	}
	return []splice{ed.replaced(expr, expression(is))}, ""
}

// replaced takes care of the line that a heredoc ends with.
func (ed *editor) replaced(expr hclsyntax.Expression, by string) splice {
	c := cut(expr.Range(), by)
	if c.end > c.start && ed.text[c.end-1] == '\n' {
		c.end--
	}
	return c
}

// constant evaluates what refers to nothing and calls nothing.
func (ed *editor) constant(expr hclsyntax.Expression) (any, bool) {
	if len(expr.Variables()) > 0 {
		return nil, false
	}
	v, diags := ed.steps.plain(expr, nil)
	if diags.HasErrors() || !v.IsWhollyKnown() || v.ContainsMarked() {
		return nil, false
	}
	return canonical(v, nil), true
}

// attributeAt finds the attribute whose name stands at a place.
func attributeAt(body *hclsyntax.Body, name hcl.Range) *hclsyntax.Attribute {
	for _, a := range body.Attributes {
		if a.NameRange == name {
			return a
		}
	}
	for _, b := range body.Blocks {
		if b.Range().ContainsPos(name.Start) || b.Body.Range().ContainsPos(name.Start) {
			if a := attributeAt(b.Body, name); a != nil {
				return a
			}
		}
	}
	return nil
}

// blockAt finds the block whose header stands at a place.
func blockAt(body *hclsyntax.Body, header hcl.Range) *hclBlock {
	for _, b := range body.Blocks {
		if b.DefRange() == header {
			return b
		}
		if in := blockAt(b.Body, header); in != nil {
			return in
		}
	}
	return nil
}

// Constant tells whether the block says the row by one line for all its objects.
func (f *Files) Constant(block schema.Address, row string) bool {
	b := f.byAddr[block]
	if b == nil {
		return false
	}
	s := b.sites[b.kind.Index(row)]
	return s != nil && !s.each
}
