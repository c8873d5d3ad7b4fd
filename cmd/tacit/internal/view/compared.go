package view

import (
	"fmt"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Compared writes how two tenants differ: what A has is marked -, what B has +.
func (p *Printer) Compared(c *plan.Compared) {
	p.put(styled(bold, "A"), text(" is "+tenantOf(c.A)))
	p.put(styled(bold, "B"), text(" is "+tenantOf(c.B)))
	p.put()
	if len(c.Differences) > 0 {
		p.put(text("  "), symbol('-'), text(" A alone has it"))
		p.put(text("  "), symbol('+'), text(" B alone has it"))
		p.put(text("  "), symbol('~'), text(" A has another value -> B's"))
		p.put()
		p.comparedObjects(c.Differences)
	}
	p.notCompared(c.Unknown)
	p.comparedSummary(c)
	p.put(styled(faint, fmt.Sprintf("Requests: %d to A, %d to B. Nothing was written.", c.A.Requests, c.B.Requests)))
}

func tenantOf(c plan.ComparedTenant) string {
	if c.Domain == "" {
		return c.Source
	}
	return c.Source + " (" + c.Domain + ")"
}

func (p *Printer) comparedSummary(c *plan.Compared) {
	alike := plural(c.Same, "object") + " alike"
	if len(c.Differences) == 0 {
		p.put(styled(green|bold, "No differences:"), text(" "+alike+"."))
		return
	}
	count := map[string]int{}
	for _, d := range c.Differences {
		count[d.Only]++
	}
	p.put(styled(bold, "Differences:"), text(fmt.Sprintf(" %d only in A, %d only in B, %d in both; %s.", count[plan.OnlyA], count[plan.OnlyB], count[""], alike)))
}

// comparedObjects writes them as changes that would make A what B is.
func (p *Printer) comparedObjects(ds []plan.Difference) {
	keys := make(map[*plan.Change][]plan.KeyPart, len(ds))
	changes := make([]plan.Change, len(ds))
	for i, d := range ds {
		action := plan.Update
		switch d.Only {
		case plan.OnlyA:
			action = plan.Delete
		case plan.OnlyB:
			action = plan.Create
		}
		// No block declares the object: its address is its kind.
		changes[i] = plan.Change{Address: d.Kind, Kind: d.Kind, Name: d.Name(), Action: action, Attributes: d.Attributes}
		keys[&changes[i]] = d.Key
	}
	p.alike(changes, func(c *plan.Change) { p.comparedObject(c, keys[c]) }, "differences")
}

func (p *Printer) comparedObject(c *plan.Change, key []plan.KeyPart) {
	op, where := byte('~'), " differs"
	switch c.Action {
	case plan.Update:
	case plan.Delete:
		op, where = '-', " is only in A"
	case plan.Create:
		op, where = '+', " is only in B"
	}
	title := c.Kind
	if c.Name != "" {
		title += " " + c.Name
	}
	p.put(styled(bold, "  # "+title), text(where))
	p.put(text("  "), symbol(op), text(" "+c.Kind+" {"))
	r := renderer{p: p, kind: schema.KindByName(c.Kind)}
	var ids []constant
	for _, k := range key {
		if c.Action == plan.Update {
			ids = append(ids, constant{k.Name, quote(k.Value, false)})
		}
	}
	r.nodes(6, tree(c.Attributes), ids, 0)
	p.put(text("    }"))
}

// notCompared writes what nobody knows: it is neither alike nor different.
func (p *Printer) notCompared(list []plan.NotCompared) {
	if len(list) == 0 {
		return
	}
	p.put(styled(yellow|bold, fmt.Sprintf("Not compared (%d):", len(list))))
	for i, n := range list {
		if i == maxElements && !p.opts.Full {
			p.put(styled(faint, fmt.Sprintf("  ... and %d more (--full shows them)", len(list)-i)))
			break
		}
		what := n.Kind
		if n.Name != "" {
			what += " " + n.Name
		}
		if n.Attribute != "" {
			what += ", " + n.Attribute
		}
		p.prose(2, plain, what+": "+n.Why)
	}
	p.put()
}
