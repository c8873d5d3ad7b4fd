package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// certificateExpired: Auth0 does not look at the date, the identity provider
// does.
func certificateExpired() *check.Rule {
	return &check.Rule{
		Code:    "TAC117",
		Name:    "certificate-expired",
		Summary: "The signing certificate has not expired",
		Why: "Auth0 does not check the date: its SAML library leaves checkCertExpiration off, and the Management API stores expired certificates (recorded: one of 2016). Logins go on as long as the identity provider signs with that key. " +
			"But its administrators see the same date and rotate, and then Auth0 holds the old certificate.",
		Fix: `Ask the customer for the metadata or certificate in force, look at it with tacit inspect FILE, and put it in place of the old one at the time of their rollover:

saml_connection "customer" {
  signing_cert = file("idp/customer.pem")
}`,
		Symptom:      `None yet. After the rollover: "Invalid thumbprint (configured: A. calculated: B)" for every user of the connection.`,
		Source:       "passport-wsfed-saml2 (checkCertExpiration); recorded traffic TestAccConnectionSAML",
		Grade:        check.Library,
		Severity:     check.Always(schema.Warning),
		NotRehearsed: "the throw-away IdP's certificate stands in the place of the customer's",
		Reads:        signingReads(),
		Judge: func(p *check.Path) check.Verdict {
			return judgeDates(p, func(f *signing, c *saml.Certificate) check.Verdict {
				if c.Has(saml.Expired, p.Now) {
					return f.fail("The signing certificate expired on %s. Auth0 accepts it all the same; the identity provider has changed it, or will.", day(c.NotAfter))
				}
				return check.Passed()
			})
		},
	}
}
