package view

import (
	"fmt"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// renderer writes the attributes of one change.
type renderer struct {
	p    *Printer
	kind *schema.Kind
}

// constant is an attribute shown for orientation, unchanged.
type constant struct{ name, value string }

// node is an attribute or, with kids, a nested block.
type node struct {
	name string
	ac   *plan.AttrChange
	kids []*node
}

// tree arranges attributes by the dots of their names.
func tree(attrs []plan.AttrChange) []*node {
	root := &node{}
	for i := range attrs {
		at := root
		for _, name := range strings.Split(attrs[i].Name, ".") {
			at = at.kid(name)
		}
		at.ac = &attrs[i]
	}
	return root.kids
}

func (n *node) kid(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	k := &node{name: name}
	n.kids = append(n.kids, k)
	return k
}

// isBlock: written with braces, after the plain attributes.
func (n *node) isBlock() bool {
	return len(n.kids) > 0 || n.ac.Type == schema.Objects.String() || n.params() != nil
}

// maxAlign is the longest name that others are aligned with.
const maxAlign = 30

// nodes writes one level: symbols in column at, names two further.
func (r *renderer) nodes(at int, ns []*node, ids []constant, hidden int) {
	wide := 0
	for _, n := range ns {
		if w := width(n.name); !n.isBlock() && w <= maxAlign {
			wide = max(wide, w)
		}
	}
	for _, c := range ids {
		wide = max(wide, width(c.name))
	}
	for _, c := range ids {
		r.p.put(text(pad(at+2) + align(c.name, wide) + " = " + c.value))
	}
	started := len(ids) > 0
	for _, n := range ns {
		if !n.isBlock() {
			r.attribute(at, align(n.name, wide), n.ac)
			started = true
		}
	}
	if hidden > 0 {
		r.note(at, plural(hidden, "unchanged attribute")+" hidden")
		started = true
	}
	for _, n := range ns {
		if !n.isBlock() {
			continue
		}
		if started {
			r.p.put()
		}
		started = true
		r.block(at, n)
	}
}

func align(name string, wide int) string { return name + pad(wide-width(name)) }

// note writes a remark about what is not shown.
func (r *renderer) note(at int, s string) {
	r.p.put(text(pad(at+2)), styled(faint, "# ("+s+")"))
}

func (r *renderer) block(at int, n *node) {
	if len(n.kids) > 0 && n.ac != nil { // metadata, of which one key is the ownership mark
		r.attribute(at, n.name, n.ac)
		n = &node{name: n.name, kids: n.kids}
	}
	switch {
	case len(n.kids) > 0:
		r.open(at, n.op(), n.name+" {", nil)
		r.nodes(at+4, n.kids, nil, 0)
		r.p.put(text(pad(at+2) + "}"))
	case n.ac.Before.Sensitive || n.ac.After.Sensitive:
		r.attribute(at, n.name, n.ac)
	case n.ac.Type == schema.Objects.String():
		r.objects(at, n)
	default:
		r.query(at, n)
	}
}

// op is the symbol of a node: a nested block is new when all in it is new and
// nothing of it can have been there, and it goes when all in it becomes absent.
func (n *node) op() byte {
	if n.ac != nil {
		return opOf(sides(n.ac))
	}
	first := n.kids[0].op()
	for _, k := range n.kids {
		if k.op() != first || k.ac != nil && (first == '+' && k.ac.Before.Presence == schema.Null || first == '-' && k.ac.After.Presence == schema.Null) {
			return '~'
		}
	}
	return first
}

func opOf(before, after side) byte {
	switch {
	case !before.known:
		return '+'
	case !after.known:
		return '-'
	default:
		return '~'
	}
}

// attribute writes a change of one attribute that is not a block.
func (r *renderer) attribute(at int, name string, ac *plan.AttrChange) {
	before, after := sides(ac)
	op, notes := opOf(before, after), r.reasons(ac)
	if ac.Before.Sensitive || ac.After.Sensitive {
		r.open(at, op, name+" = "+sensitive, notes)
		return
	}
	if a, ok := bareReference(after.v, after.pending); ok {
		notes = append([]string{"id of " + a.String()}, notes...)
	}
	r.value(at, op, name, ac.Type, before, after, notes)
}

// value writes "name = ..." for any type of value.
func (r *renderer) value(at int, op byte, name, typ string, before, after side, notes []string) {
	switch {
	case len(before.list())+len(after.list()) > 0:
		r.list(at, op, name, typ, before, after, notes)
	case len(before.object())+len(after.object()) > 0:
		r.mapping(at, op, name, before, after, notes)
	case typ == schema.Cert.String() && (isCert(before) || isCert(after)):
		r.heredoc(at, op, name, certLines(before), certLines(after), notes)
	case strings.Contains(before.string(), "\n") || strings.Contains(after.string(), "\n"):
		r.heredoc(at, op, name, textLines(before), textLines(after), notes)
	default:
		r.scalar(at, op, name, before, after, notes)
	}
}

// scalar writes old and new in one line, or below each other when that is too
// long.
func (r *renderer) scalar(at int, op byte, name string, before, after side, notes []string) {
	head := name + " = "
	if op == '+' {
		r.open(at, op, head+after.inline(), notes)
		return
	}
	to := "null"
	if after.known {
		to = after.inline()
	}
	from := before.inline()
	if w := at + 2 + width(head) + width(from) + 4 + width(to); w <= r.p.opts.Width || op == '-' {
		r.open(at, op, head+from, notes, styled(yellow, " -> "), text(to))
		return
	}
	r.above(at, notes)
	if at+2+width(head)+max(width(from), width(to)) <= r.p.opts.Width {
		r.open(at, op, head+from, nil)
		r.p.put(text(pad(at+2+width(head)-3)), styled(yellow, "-> "), text(to))
		return
	}
	r.open(at, op, head, nil)
	r.p.put(text(pad(at+6) + from))
	r.p.put(text(pad(at+3)), styled(yellow, "-> "), text(to))
}

// open writes the first line of an attribute or block, its comments beside it
// where they fit, else above.
func (r *renderer) open(at int, op byte, s string, notes []string, more ...span) {
	line := append([]span{text(pad(at)), symbol(op), text(" " + s)}, more...)
	if len(notes) == 1 && widthOf(line)+3+width(notes[0]) <= r.p.opts.Width {
		line = append(line, styled(cyan, " # "+notes[0]))
		notes = nil
	}
	r.above(at, notes)
	r.p.put(line...)
}

func (r *renderer) above(at int, notes []string) {
	for _, n := range notes {
		for i, l := range wrap(clean(n), r.p.opts.Width-at-6) {
			if i > 0 {
				l = "  " + l
			}
			r.p.put(text(pad(at+2)), styled(cyan, "# "+l))
		}
	}
}

// maxReasons is how many reasons one attribute shows.
const maxReasons = 3

// reasons say why tacit wants what no line of the configuration says.
func (r *renderer) reasons(ac *plan.AttrChange) []string {
	var out []string
	for i, w := range ac.Why {
		if i == maxReasons && len(ac.Why) > maxReasons+1 && !r.p.opts.Full {
			return append(out, fmt.Sprintf("... and %d more reasons (--full shows them)", len(ac.Why)-i))
		}
		switch w.Code {
		case "", "mark":
			out = append(out, w.Text)
		default:
			out = append(out, w.Code+": "+w.Text)
		}
	}
	return out
}
