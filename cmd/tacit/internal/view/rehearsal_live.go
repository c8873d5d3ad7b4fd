package view

import (
	"fmt"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

// Causes writes what a rehearsal on a tenant will do there, before it does.
func (p *Printer) Causes(tenant string, causes []string) {
	p.put(styled(bold, "Rehearsing live writes to "+tenant+":"))
	for _, c := range causes {
		p.item(c)
	}
}

// rehearsedLive says what the logins were driven against, and what that shows beyond a copy.
func rehearsedLive(r *rehearse.Report) string {
	if len(r.Live.Canaries) == 0 {
		return "No login was driven on " + r.Tenant + "."
	}
	where := r.Tenant + " itself, as it is: its Actions, MFA policies and settings took part."
	if r.Modelled() {
		where = r.Tenant + ", which is a model of Auth0 and not a tenant."
	}
	s := "Rehearsed live on " + where
	if r.OutOf > r.Paths {
		s += fmt.Sprintf(" %d of %d paths.", r.Paths, r.OutOf)
	}
	return s
}

// canaries writes which connections stood for the customers', and what became of them.
func (p *Printer) canaries(l *rehearse.Live) {
	if l == nil || len(l.Canaries) == 0 {
		return
	}
	for _, c := range l.Canaries {
		became := styled(green, "removed, with its user")
		switch {
		case c.Unsure:
			became = styled(red|bold, "MAY BE THERE")
		case !c.Removed:
			became = styled(red|bold, "STILL THERE")
		}
		p.put(text("  "+c.Name+" for "+c.For+": "), became)
	}
	p.put()
}
