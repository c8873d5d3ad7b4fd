package hclconf

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// use is one thing that an expression refers to.
type use struct {
	kind useKind
	name string // of a variable or local
	// block, and which of its instances: one key, the one with the key of the
	// evaluating instance, or all.
	block *block
	key   string
	keyed bool
	own   bool
	// row is an index into the rows, or rowID, rowWhole, rowNone.
	row int
	// unsafe: the use decides something (a condition, a comparison, a
	// function that need not keep its argument), so that a probe with a made
	// up id proves nothing.
	unsafe bool
	rng    hcl.Range
}

type useKind uint8

const (
	useVar useKind = iota
	useLocal
	useEach
	useBlock
)

// Values of use.row besides the indexes of rows.
const (
	rowID    = -1 // the id, known after apply
	rowWhole = -2 // the object with all its attributes
	rowNone  = -3 // only which instances there are
)

// keepsIDs are the functions whose result holds a string argument whole (or
// does not depend on its content), so that an id in it can be found again.
var keepsIDs = map[string]bool{
	"join": true, "format": true, "formatlist": true, "urlencode": true, "concat": true, "flatten": true,
	"merge": true, "compact": true, "distinct": true, "toset": true, "tolist": true, "tomap": true,
	"tostring": true, "jsonencode": true, "yamlencode": true, "values": true, "keys": true, "zipmap": true,
	"setunion": true, "coalesce": true, "coalescelist": true, "sensitive": true, "nonsensitive": true,
	"try": true, "reverse": true, "chunklist": true, "slice": true, "one": true, "trimspace": true,
}

// analyse finds what every expression refers to and reports references to
// nothing.
func (l *loader) analyse() {
	for _, b := range l.blocks {
		b.chained = l.chain(b)
	}
	for _, u := range l.units {
		l.analyseUnit(u)
	}
	for _, b := range l.blocks {
		l.settle(b)
	}
	for _, r := range l.removed {
		l.settle(r.block)
	}
	for _, u := range l.units {
		hoist(&u.expr, map[string]bool{})
	}
}

// chain recognises for_each = saml_connection.customer.
func (l *loader) chain(b *block) *block {
	if b.forEach == nil {
		return nil
	}
	t, diags := hcl.AbsTraversalForExpr(b.forEach.expr)
	if diags.HasErrors() || len(t) != 2 {
		return nil
	}
	target := l.byAddr[addressOf(t)]
	if target == nil || target.forEach == nil || target == b {
		return nil
	}
	return target
}

func (l *loader) analyseUnit(u *unit) {
	a := &analyser{loader: l, u: u, predicates: map[hclsyntax.Node]bool{}, handled: map[hclsyntax.Node]bool{}}
	_ = hclsyntax.Walk(u.expr, a)
	u.nodes = l.steps.install(&u.expr)
}

// settle fills in what depends on the analysis of all units of a block.
func (l *loader) settle(b *block) {
	for _, s := range b.sites {
		if s != nil {
			l.settleSite(s)
		}
	}
	l.settleMetadata(b)
}

func (l *loader) settleSite(s *site) {
	for _, u := range s.units() {
		s.each = s.each || u.each
	}
	for _, p := range s.refs {
		l.settleRef(s, p)
		s.each = s.each || p.own
	}
	for _, d := range s.dyn {
		s.each = s.each || d.forEach.each
	}
}

// units lists the expressions of a site.
func (s *site) units() []*unit {
	var out []*unit
	if s.unit != nil {
		out = append(out, s.unit)
	}
	for _, p := range s.query {
		out = append(out, p.unit)
	}
	for _, p := range s.refs {
		out = append(out, p.unit)
	}
	for _, e := range s.elems {
		if e.labels != nil {
			out = append(out, e.labels)
		}
		for _, d := range e.dyn {
			out = append(out, d.forEach)
		}
		for _, f := range e.fields {
			out = append(out, f.unit)
		}
	}
	return out
}

// analyser walks one expression.
type analyser struct {
	*loader
	u          *unit
	loops      []*loop
	scopes     []map[string]binding
	predicates map[hclsyntax.Node]bool
	handled    map[hclsyntax.Node]bool
	unsafe     int
}

// loop is a for expression that the walk is inside of.
type loop struct {
	expr  *hclsyntax.ForExpr
	first int // its uses begin here
	bound bool
	names map[string]binding
}

// binding is what a variable of a for expression stands for: an instance of a
// block, or something computed from a stretch of uses.
type binding struct {
	block    *block
	from, to int
}

// Enter implements hclsyntax.Walker.
func (a *analyser) Enter(node hclsyntax.Node) hcl.Diagnostics {
	if scope, ok := node.(hclsyntax.ChildScope); ok {
		a.enterScope(scope)
		return nil
	}
	if a.predicates[node] {
		a.unsafe++
	}
	switch n := node.(type) {
	case *hclsyntax.ForExpr:
		a.enterFor(n)
	case *hclsyntax.ConditionalExpr:
		a.predicates[n.Condition] = true
	case *hclsyntax.IndexExpr:
		a.predicates[n.Key] = true
		a.refIndex(n)
	case *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr:
		a.unsafe++
	case *hclsyntax.FunctionCallExpr:
		a.call(n)
	case *hclsyntax.SplatExpr:
		a.splat(n)
	case *hclsyntax.RelativeTraversalExpr:
		a.relative(n)
	case *hclsyntax.ScopeTraversalExpr:
		if !a.handled[n] {
			a.traversal(n.Traversal)
		}
	}
	return nil
}

// Exit implements hclsyntax.Walker.
func (a *analyser) Exit(node hclsyntax.Node) hcl.Diagnostics {
	switch n := node.(type) {
	case hclsyntax.ChildScope:
		a.scopes = a.scopes[:len(a.scopes)-1]
		return nil
	case *hclsyntax.ForExpr:
		a.loops = a.loops[:len(a.loops)-1]
	case *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr:
		a.unsafe--
	case *hclsyntax.FunctionCallExpr:
		if !keepsIDs[n.Name] {
			a.unsafe--
		}
	}
	if a.predicates[node] {
		a.unsafe--
	}
	return nil
}

func (a *analyser) enterFor(n *hclsyntax.ForExpr) {
	l := &loop{expr: n, first: len(a.u.uses), names: map[string]binding{}}
	a.loops = append(a.loops, l)
	if n.CondExpr != nil {
		a.predicates[n.CondExpr] = true
	}
	t := traversalOf(n.CollExpr)
	if t == nil || a.scoped(t.Traversal.RootName()) {
		return
	}
	// for c in saml_connection.customer: c is an instance, and the expression
	// depends only on the attributes that it names.
	if b, rest := a.blockOf(t.Traversal); b != nil && b.forEach != nil && len(rest) == 0 {
		a.handled[t] = true
		a.add(use{kind: useBlock, block: b, row: rowNone, rng: t.Range()})
		l.bound = true
		l.names[n.ValVar] = binding{block: b}
		if n.KeyVar != "" {
			l.names[n.KeyVar] = binding{}
		}
	}
}

func (a *analyser) enterScope(hclsyntax.ChildScope) {
	l := a.loops[len(a.loops)-1]
	if !l.bound {
		l.bound = true
		l.names[l.expr.ValVar] = binding{from: l.first, to: len(a.u.uses)}
		if l.expr.KeyVar != "" {
			l.names[l.expr.KeyVar] = binding{from: l.first, to: len(a.u.uses)}
		}
	}
	a.scopes = append(a.scopes, l.names)
}

func (a *analyser) scoped(name string) bool {
	_, ok := a.lookup(name)
	return ok
}

func (a *analyser) lookup(name string) (binding, bool) {
	for _, s := range slices.Backward(a.scopes) {
		if b, ok := s[name]; ok {
			return b, true
		}
	}
	return binding{}, false
}

func (a *analyser) call(n *hclsyntax.FunctionCallExpr) {
	if !keepsIDs[n.Name] {
		a.unsafe++
	}
	if _, ok := a.funcs[n.Name]; !ok {
		a.bad(n.NameRange, "Unknown function", "There is no function %q.%s Functions are those of Terraform that need no network and no clock.", n.Name, DidYouMean(n.Name, functionNames(a.funcs)))
	}
}

// splat refuses saml_connection.customer[*], which HCL takes for a list of one
// map.
func (a *analyser) splat(n *hclsyntax.SplatExpr) {
	t := traversalOf(n.Source)
	if t == nil || a.scoped(t.Traversal.RootName()) {
		return
	}
	if b, rest := a.blockOf(t.Traversal); b != nil && b.forEach != nil && len(rest) == 0 {
		a.handled[t] = true
		a.bad(n.Range(), "Splat on a map", "%s is a map of objects; write [for x in %s : x.ATTRIBUTE].", b.addr, b.addr)
	}
}

// refIndex: a reference such as saml_connection.customer[each.key] needs no
// attribute of the object.
func (a *analyser) refIndex(n *hclsyntax.IndexExpr) {
	t := traversalOf(n.Collection)
	if !a.u.ref || t == nil || unparen(a.u.expr) != hclsyntax.Expression(n) {
		return
	}
	if b, rest := a.blockOf(t.Traversal); b != nil && b.forEach != nil && len(rest) == 0 {
		a.handled[t] = true
		a.add(use{kind: useBlock, block: b, row: rowNone, rng: t.Range()})
	}
}

// relative recognises saml_connection.customer[each.key].name: one attribute
// of instances, not whole objects.
func (a *analyser) relative(n *hclsyntax.RelativeTraversalExpr) {
	index, ok := unparen(n.Source).(*hclsyntax.IndexExpr)
	if !ok {
		return
	}
	t := traversalOf(index.Collection)
	if t == nil || a.scoped(t.Traversal.RootName()) {
		return
	}
	if b, rest := a.blockOf(t.Traversal); b != nil && b.forEach != nil && len(rest) == 0 {
		a.handled[t] = true
		a.member(use{kind: useBlock, block: b, rng: n.Range()}, n.Traversal)
	}
}

// add records a use; a for_each value is part of what instances there are.
func (a *analyser) add(u use) {
	u.unsafe = a.unsafe > 0
	a.u.uses = append(a.u.uses, u)
}

// bad reports a mistake; the expression will not be evaluated.
func (a *analyser) bad(rng hcl.Range, summary, format string, args ...any) {
	a.u.bad = true
	if a.broken && strings.HasPrefix(summary, "Unknown") {
		return
	}
	a.c.fail(at(rng), summary, format, args...)
}

func traversalOf(e hclsyntax.Expression) *hclsyntax.ScopeTraversalExpr {
	t, _ := unparen(e).(*hclsyntax.ScopeTraversalExpr)
	return t
}

func unparen(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		switch x := e.(type) {
		case *hclsyntax.ParenthesesExpr:
			e = x.Expression
		case charging:
			e = *x.inner()
		case *hoisted:
			e = x.Expression
		case *evaluated:
			e = x.Expression
		case *call:
			e = x.FunctionCallExpr
		default:
			return e
		}
	}
}

// stepName is the name of a step into an object: .name or ["name"].
func stepName(s hcl.Traverser) (string, bool) {
	switch s := s.(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && !s.Key.IsNull() {
			return s.Key.AsString(), true
		}
	}
	return "", false
}
