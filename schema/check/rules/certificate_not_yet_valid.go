package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// certificateNotYetValid: the next certificate, put in before its time.
func certificateNotYetValid() *check.Rule {
	return &check.Rule{
		Code:    "TAC119",
		Name:    "certificate-not-yet-valid",
		Summary: "The signing certificate is valid already",
		Why: "Auth0 does not look at the dates of a certificate. The identity provider does, and does not sign with one before its time: " +
			"until then responses are signed with the old one, which the connection no longer holds.",
		Fix: `Put the certificate in force back, and apply the next one at the time of the rollover:

saml_connection "customer" {
  signing_cert = file("idp/customer.pem")
}`,
		Symptom:      `"Invalid thumbprint (configured: A. calculated: B)" for every user of the connection, until the identity provider changes.`,
		Source:       "passport-wsfed-saml2 (getKeyFn, checkCertExpiration)",
		Grade:        check.Library,
		Severity:     check.Always(schema.Warning),
		NotRehearsed: "the throw-away IdP's certificate stands in the place of the customer's",
		Reads:        signingReads(),
		Judge: func(p *check.Path) check.Verdict {
			return judgeDates(p, func(f *signing, c *saml.Certificate) check.Verdict {
				if c.Has(saml.NotYetValid, p.Now) {
					return f.fail("The signing certificate is not valid before %s, so the identity provider signs with another one until then.", day(c.NotBefore))
				}
				return check.Passed()
			})
		},
	}
}
