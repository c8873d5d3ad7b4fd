package hclconf

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// block is one block of a kind, as written.
type block struct {
	kind   *schema.Kind
	addr   schema.Address
	header hcl.Range
	src    *schema.Range
	// forEach is nil for a block that stands for one object.
	forEach *unit
	// chained is the block that forEach names as a whole; each.value is then
	// the instance of that block with the same key.
	chained *block
	// meta are the settings of the block itself (existing = true).
	meta map[string]*unit
	// sites are parallel to kind.Attrs, nil where the block says nothing.
	sites []*site
	// idp is nil unless the block has metadata_xml.
	idp *idp
}

// computes reports whether the block sets a plain attribute to something other
// than a value that is written out.
func (b *block) computes(name string) bool {
	s := b.sites[b.kind.Index(name)]
	return s != nil && s.unit != nil && len(s.unit.expr.Variables()) > 0
}

// node is something with a value that others may depend on: a local, an
// attribute of a block, a for_each.
type node struct {
	id int
	// name is how a cycle is told to the user.
	name string
	rng  hcl.Range
	// each: the value differs between the instances of a for_each block.
	each bool
}

// unit is one expression with what it refers to.
type unit struct {
	node
	expr  hclsyntax.Expression
	nodes int    // of the syntax tree
	block *block // nil in locals
	// iters are the dynamic blocks around the expression, outermost first.
	iters []*dynamic
	uses  []use
	// ref: the expression is an element of a Ref or Refs attribute.
	ref bool
	// bad: a mistake was reported already, do not evaluate.
	bad bool
	// unsafeIter: a predicate depends on a dynamic block's iterator.
	unsafeIter bool
}

// dynamic is a dynamic block: its content stands once per element of forEach.
type dynamic struct {
	iterator string
	forEach  *unit
	rng      hcl.Range
}

// site is where a block sets one attribute. Exactly one of unit, refs, query
// and elems is in use, as the row's type demands.
type site struct {
	node
	row   *schema.Attr
	block *block
	src   *schema.Range
	unit  *unit
	refs  []*refPart
	list  bool // refs were written as [a, b]
	query []queryPart
	elems []*element
	// isQuery tells an empty query block from an attribute.
	isQuery bool
	// reset: the API's null is wanted.
	reset bool
	// nulls: members of the value that are null stay (outputs, JSON rows).
	nulls bool
	// dyn are the dynamic blocks around the whole site.
	dyn []*dynamic
	bad bool
	// idp: the value comes from a metadata document unless the block gives it.
	idp *idp
}

// queryPart is one key of a query block.
type queryPart struct {
	key  string
	unit *unit
}

// element is one labelled block of an Objects row, or a dynamic block that
// makes several.
type element struct {
	label  string
	labels *unit // dynamic: computes the label
	rng    hcl.Range
	dyn    []*dynamic // of this element only
	fields []field
}

type field struct {
	attr *schema.Attr
	unit *unit
}

// unit registers an expression. It is analysed once all blocks are known.
func (f *Files) unit(name string, e hclsyntax.Expression, b *block, iters []*dynamic) *unit {
	u := &unit{node: f.node(name, e.Range()), expr: e, block: b, iters: iters}
	f.units = append(f.units, u)
	return u
}

func (f *Files) node(name string, rng hcl.Range) node {
	f.nodes++
	return node{id: f.nodes - 1, name: name, rng: rng}
}
