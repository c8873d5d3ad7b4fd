package view

import (
	"fmt"

	"github.com/tacit-dev/tacit/plan"
)

// maxOrphans is how many objects without a block are named.
const maxOrphans = 10

// Orphans writes which objects carry the configuration's mark and are not
// declared any more: taking a block out deletes nothing, and that should not go
// unnoticed. It writes nothing when there are none.
func (p *Printer) Orphans(list []plan.Orphan) {
	if len(list) == 0 {
		return
	}
	p.put(styled(yellow, fmt.Sprintf("Not declared any more, and left alone: %s.", plural(len(list), "object"))))
	for i, o := range list {
		if i == maxOrphans && !p.opts.Full {
			p.put(styled(faint, fmt.Sprintf("  ... and %d more (--full names them)", len(list)-i)))
			return
		}
		p.put(text(clean(fmt.Sprintf("  %s: %s [%s]", o.Address, quote(o.Name, false), o.ID))))
	}
}
