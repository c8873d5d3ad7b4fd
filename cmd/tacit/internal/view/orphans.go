package view

import (
	"fmt"

	"github.com/tacit-dev/tacit/plan"
)

// maxOrphans is how many objects without a block are named.
const maxOrphans = 10

// Orphans writes which objects carry the configuration's mark, are not declared
// any more and stay: taking a block out deletes nothing, and that should not go
// unnoticed. pruned says that the plan deletes what it may. It writes nothing
// when there are none.
func (p *Printer) Orphans(list []plan.Orphan, pruned bool) {
	if len(list) == 0 {
		return
	}
	how := "left alone"
	if pruned {
		how = "kept"
	}
	p.put(styled(yellow, fmt.Sprintf("Not declared any more, and %s: %s.", how, plural(len(list), "object"))))
	if !pruned {
		p.prose(2, faint, "(--prune would delete applications that no login lands in; other objects need a removed block)")
	}
	for i, o := range list {
		if i == maxOrphans && !p.opts.Full {
			p.put(styled(faint, fmt.Sprintf("  ... and %d more (--full names them)", len(list)-i)))
			return
		}
		p.put(text(clean(fmt.Sprintf("  %s: %s [%s]", o.Address, quote(o.Name, false), o.ID))))
		if o.Kept != "" {
			p.prose(4, faint, o.Kept)
		}
	}
}

// LeftBehind writes what destroying a configuration leaves on the tenant.
func (p *Printer) LeftBehind(list []plan.Left) {
	if len(list) == 0 {
		return
	}
	p.put(text(""))
	p.put(styled(yellow, fmt.Sprintf("Stays on the tenant: %s.", plural(len(list), "object"))))
	for i, l := range list {
		if i == maxOrphans && !p.opts.Full {
			p.put(styled(faint, fmt.Sprintf("  ... and %d more (--full names them)", len(list)-i)))
			return
		}
		p.put(text(clean(fmt.Sprintf("  %s [%s]", l.Address, l.ID))))
		p.prose(4, faint, l.Why)
	}
}
