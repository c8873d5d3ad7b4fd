package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
	"github.com/tacit-dev/tacit/schema/saml"
)

// uses are the uses in words.
func uses(u certs.Use) string {
	switch u {
	case certs.IDPSigning:
		return "IdP signing"
	case certs.RequestSigning:
		return "requests"
	default:
		return "decryption"
	}
}

// shortSum is how much of a fingerprint a line shows.
const shortSum = 12

// Certificates writes a line per certificate, the next to expire first.
func (p *Printer) Certificates(l *certs.List) {
	if len(l.Rows) == 0 {
		p.put(text("There are no SAML connections."))
		return
	}
	name := len("CONNECTION")
	for _, r := range l.Rows {
		if w := width(r.Connection); w <= maxAlign {
			name = max(name, w)
		}
	}
	p.put(styled(faint, "EXPIRES     LEFT       "+align("CONNECTION", name)+"  USE          SHA-256"))
	for i := range l.Rows {
		p.certificateRow(&l.Rows[i], name)
	}
	p.put()
	p.certificateSummary(l)
}

func (p *Printer) certificateRow(r *certs.Row, name int) {
	expires, left, sum, st := "not known", "", "", faint
	if c := r.Certificate; c != nil {
		expires, sum = c.NotAfter.Format(time.DateOnly), c.SHA256[:shortSum]
		left, st = remaining(*r.DaysLeft, r)
	}
	p.put(styled(st, align(expires, 10)+"  "+align(left, 9)), text("  "+align(r.Connection, name)+"  "+align(uses(r.Use), 11)+"  "+sum))
	detail := where(r)
	if r.Note != "" {
		detail += ": " + r.Note
	}
	for _, remark := range r.Remarks {
		detail += "; " + remark
	}
	if p.opts.Full && r.Certificate != nil {
		p.put(styled(faint, pad(12)+r.Certificate.SHA256))
	}
	for _, line := range wrap(clean(detail), p.proseWidth()-12) {
		p.put(styled(faint, pad(12)+line))
	}
}

// remaining is the time to the expiry, and how it looks.
func remaining(days int, r *certs.Row) (string, style) {
	const warn = 30
	left := plural(days, "day")
	switch {
	case slices.Contains(r.Flaws, saml.Expired):
		if r.Used {
			return "expired", red | bold
		}
		return "expired", faint
	case days == 0:
		left = "today"
	}
	switch {
	case !r.Used:
		return left, faint
	case r.Due || days < warn:
		return left, yellow | bold
	default:
		return left, plain
	}
}

// where is the place of a certificate as editors make a link of it.
func where(r *certs.Row) string {
	switch {
	case r.File == "":
		return "tenant"
	case r.From == certs.FromTenant:
		return fmt.Sprintf("tenant (%s:%d)", r.File, r.Line)
	default:
		return fmt.Sprintf("%s:%d", r.File, r.Line)
	}
}

func (p *Printer) certificateSummary(l *certs.List) {
	used, unknown := 0, 0
	for _, r := range l.Rows {
		if r.Certificate == nil {
			unknown++
		} else if r.Used {
			used++
		}
	}
	of := "in the files; without AUTH0_DOMAIN or --sandbox the tenant was not asked"
	if l.Tenant != nil {
		of = fmt.Sprintf("in the files and on %s (%s)", *l.Tenant, plural(l.Requests, "request"))
	}
	line := fmt.Sprintf("%s in use %s.", plural(used, "certificate"), of)
	if unknown > 0 {
		line += fmt.Sprintf(" %d not known.", unknown)
	}
	for _, s := range wrap(clean(line), p.proseWidth()) {
		p.put(text(s))
	}
	ahead := ""
	if l.Within > 0 {
		ahead = fmt.Sprintf(" or expire within %s", plural(l.Within/24, "day"))
		if l.Within%24 != 0 {
			ahead = fmt.Sprintf(" or expire within %s", plural(l.Within, "hour"))
		}
	}
	if l.Due > 0 {
		p.put(styled(yellow|bold, fmt.Sprintf("%d of them have expired%s.", l.Due, ahead)))
	}
}
