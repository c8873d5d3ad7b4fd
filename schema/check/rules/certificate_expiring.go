package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// certificateExpiring: a rollover needs two parties and a date.
func certificateExpiring() *check.Rule {
	return &check.Rule{
		Code:    "TAC118",
		Name:    "certificate-expiring",
		Summary: "The signing certificate lasts for another 60 days",
		Why: "Nothing breaks at Auth0 on the day itself, which Auth0 does not check; it breaks when the identity provider signs with its next certificate and the connection holds this one. " +
			"A connection holds one, so both sides change together, and that takes an appointment: tacit remarks it 60 days ahead, and warns from 30 days on.",
		Fix: `Ask the customer when they change, get the next certificate, and apply it at that time:

saml_connection "customer" {
  signing_cert = file("idp/customer.pem")
}`,
		Symptom:  `None yet. After the rollover: "Invalid thumbprint (configured: A. calculated: B)" for every user of the connection.`,
		Source:   "passport-wsfed-saml2 (getKeyFn, checkCertExpiration); Auth0 community threads 91165 and 95573",
		Grade:    check.Library,
		Severity: check.Always(schema.Warning),
		Reads:    signingReads(),
		Judge: func(p *check.Path) check.Verdict {
			return judgeDates(p, func(f *signing, c *saml.Certificate) check.Verdict {
				if !c.Has(saml.Expiring, p.Now) {
					return check.Passed()
				}
				return expiring(f, c, c.DaysLeft(p.Now))
			})
		},
	}
}

// The days before its end at which an expiring certificate becomes a warning,
// and an urgent one.
const (
	warnDays   = 30
	urgentDays = 7
)

func expiring(f *signing, c *saml.Certificate, left int) check.Verdict {
	days := fmt.Sprintf("in %d days", left)
	switch left {
	case 0:
		days = "in less than a day"
	case 1:
		days = "tomorrow"
	}
	v := f.fail("The signing certificate expires on %s, %s.", day(c.NotAfter), days)
	switch {
	case left < urgentDays:
		v.Message += " Agree on the change with the customer now."
		return v
	case left < warnDays:
		return v
	default:
		return v.As(schema.Info)
	}
}
