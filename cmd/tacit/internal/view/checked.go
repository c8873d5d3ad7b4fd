package view

import (
	"fmt"
	"slices"
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

// maxBroken is how many broken connections an audit lists.
const maxBroken = 12

// Audited writes what an audit found: causes first, then the connections.
func (p *Printer) Audited(a *plan.Audited) {
	p.put(styled(bold, "Audit of "+clean(a.Tenant)))
	p.prose(0, plain, fmt.Sprintf("%s, %d with IdP-initiated login, to %s, for %s; judged as %s.",
		plural(a.Connections, "SAML connection"), a.IDPInitiated, plural(a.Clients, "application"), plural(a.APIs, "API"), a.Via))
	p.put()
	if a.Paths == 0 {
		p.put(text("There is no path to judge: no connection in scope accepts IdP-initiated logins, or there is no API."))
	} else {
		p.Report(a.Report)
		p.broken(a)
	}
	p.put()
	p.prose(0, faint, plural(a.Requests, "request")+". Nothing was written. What the SPAs send is assumed; a silent_upgrade block and tacit check know it.")
}

// broken lists the connections by their causes, those with most first.
func (p *Printer) broken(a *plan.Audited) {
	if len(a.Broken) == 0 {
		return
	}
	groups := map[string][]string{}
	for _, b := range a.Broken {
		k := strings.Join(b.Causes, ", ")
		groups[k] = append(groups[k], b.Name)
	}
	causes := make([]string, 0, len(groups))
	for k := range groups {
		causes = append(causes, k)
	}
	slices.SortFunc(causes, func(x, y string) int {
		if d := len(groups[y]) - len(groups[x]); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	p.put()
	p.put(styled(bold, fmt.Sprintf("Broken: %d of %d connections, by cause", len(a.Broken), a.IDPInitiated)))
	for i, k := range causes {
		if i == maxBroken && !p.opts.Full {
			p.put(text(pad(2)), styled(faint, fmt.Sprintf("... and %d more combinations", len(causes)-i)))
			break
		}
		p.causes(k, groups[k])
	}
}

func (p *Printer) causes(codes string, names []string) {
	head := fmt.Sprintf("  %s: %s  ", codes, plural(len(names), "connection"))
	list := strings.Join(names, ", ")
	if room := p.proseWidth() - width(head); !p.opts.Full && width(list) > room {
		list = string([]rune(list)[:max(0, room-4)]) + " ..."
	}
	p.put(styled(red, "  "+codes), text(strings.TrimPrefix(head, "  "+codes)), styled(faint, clean(list)))
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
