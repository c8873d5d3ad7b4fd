package view

import (
	"fmt"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema/check"
)

// Checked writes what the rules say of declared paths on the tenant.
func (p *Printer) Checked(c *plan.Checked) {
	for i, m := range c.Missing {
		if i == maxUnknowns && len(c.Missing) > maxUnknowns+1 && !p.opts.Full {
			p.put(text(pad(2)), styled(faint, fmt.Sprintf("... and %d more", len(c.Missing)-i)))
			break
		}
		if i == 0 {
			p.put(styled(red|bold, "✗"), text(" Not on the tenant, so the paths through them were not judged:"))
		}
		p.put(text(pad(4)), text(clean(m)))
	}
	if len(c.Missing) > 0 {
		p.prose(2, faint, "tacit apply creates what the configuration declares; tacit plan judges the state that it would produce.")
		p.put()
	}
	if c.Paths > 0 || len(c.Missing) == 0 {
		p.Report(c.Report)
	}
	p.put()
	if c.Report != nil && len(c.Findings) > 0 {
		p.put(styled(faint, "tacit plan shows what of this an apply would mend."))
	}
	p.put(styled(faint, fmt.Sprintf("%s, as it is now (%s). Nothing was written.", clean(c.Tenant), plural(c.Requests, "request"))))
}

// ignored tells what comments accept.
func (p *Printer) ignored(r *check.Report) {
	if len(r.Ignored) == 0 {
		return
	}
	var parts []string
	for _, ig := range r.Ignored {
		parts = append(parts, fmt.Sprintf("%s on %s (%s)", ig.Code, ig.Block, ig.Reason))
	}
	p.put()
	p.prose(0, faint, clean("Ignored by comments: "+strings.Join(parts, "; ")+"."))
}
