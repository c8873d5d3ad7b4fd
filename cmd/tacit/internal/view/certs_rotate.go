package view

import (
	"fmt"
	"time"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
	"github.com/tacit-dev/tacit/schema/saml"
)

// Rotation tells what becomes of a connection's certificate, and when.
//
// One certificate per connection: Auth0 community 112714 ("only one", several
// were planned) and 140113 ("more than one certificate at any given time is not
// supported"), of a library that derives one thumbprint of the text
// (passport-wsfed-saml2).
func (p *Printer) Rotation(r *certs.Rotation, now time.Time) {
	p.put(styled(bold, "The signing certificate of "+r.Connection), text(" ("+r.Address+")"))
	p.rotated("old", r.Old, now)
	p.rotated("new", r.New, now)
	p.put()
	for _, w := range r.Warnings {
		p.point("  - ", yellow, w)
	}
	if len(r.Warnings) > 0 {
		p.put()
	}
	from := "At the moment that you agree on"
	if r.New.Has(saml.NotYetValid, now) {
		from += ", not before " + r.New.NotBefore.Format(time.DateOnly)
	}
	p.put(styled(bold, "With an overlap"), text(": not possible."))
	p.point("  ", plain, "Auth0 holds one signing certificate per connection, also when the customer publishes two. Until the apply it accepts what the old one signed, afterwards what the new one signed, and never both. (Auth0 planned several for 2024; nothing shows that it has them.)")
	p.put(styled(bold, "At an agreed moment"), text(": the way that there is."))
	p.point("  1. ", plain, "Before: the customer's administrator adds the new certificate and leaves the old one active. Review and merge this change, and do not apply it.")
	p.point("  2. ", plain, from+": the administrator makes the new one active, and you run tacit apply. Between the two, whichever comes first, new logins of this connection fail (\"Invalid thumbprint\"); who is logged in stays so.")
	p.point("  3. ", plain, "After: click the tile once. To go back: tacit undo, and the administrator makes the old one active.")
	if r.Old != nil {
		p.point("  ", plain, lastDay(r.Old, now))
	}
	p.put()
}

// lastDay says what the end of the old certificate means.
func lastDay(c *saml.Certificate, now time.Time) string {
	verb := "expires"
	if c.Has(saml.Expired, now) {
		verb = "expired"
	}
	return fmt.Sprintf("The old one %s on %s. Auth0 goes on accepting it after that; the moment that counts is when the customer signs with the new one.", verb, c.NotAfter.Format(time.DateOnly))
}

func (p *Printer) rotated(label string, c *saml.Certificate, now time.Time) {
	if c == nil {
		p.put(styled(faint, "  "+label+"  "), text("cannot be read"))
		return
	}
	left := plural(c.DaysLeft(now), "day") + " left"
	if c.Has(saml.Expired, now) {
		left = "expired"
	}
	p.put(styled(faint, "  "+label+"  "), text(c.SHA256))
	p.put(text(fmt.Sprintf("       %s to %s, %s, %s %d bits", c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly), left, c.KeyType, c.Bits)))
	p.put(text("       " + c.Subject))
}

// point writes a mark and text wrapped beside it.
func (p *Printer) point(mark string, st style, s string) {
	for _, l := range wrap(clean(s), p.proseWidth()-width(mark)) {
		p.put(styled(st, mark), text(l))
		mark = pad(width(mark))
	}
}

// RotationEnd says what was written and what was not shown.
func (p *Printer) RotationEnd(r *certs.Rotation, rehearsal *rehearse.Report) {
	p.put()
	if rehearsal != nil {
		if rehearsal.Failing(false) {
			p.Rehearsal(rehearsal)
			p.put()
		} else {
			p.prose(0, plain, fmt.Sprintf("Rehearsed %s of %s, on a copy in a model of Auth0: %s.", plural(rehearsal.Paths, "path"), r.Connection, rehearsal.Verdict))
		}
		p.prose(0, plain, "The rehearsal signed with a key of its own: that the customer signs with the new certificate, only a login from the tile shows.")
	}
	if r.Written {
		p.put(text(r.File + " was changed. Nothing was written to a tenant."))
		return
	}
	p.put(text("Nothing was written; without --dry-run " + r.File + " changes."))
}
