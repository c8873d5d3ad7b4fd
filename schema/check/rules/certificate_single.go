package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// certificateSingle: a file with the current and the next certificate looks
// like a rollover that works, and is none.
func certificateSingle() *check.Rule {
	return &check.Rule{
		Code:    "TAC116",
		Name:    "certificate-single",
		Summary: "The connection is given one certificate",
		Why: "A connection holds one signing certificate. Of a text with several (the current and the next one, or a chain) Auth0 derives one thumbprint; which one it verifies with is not documented. " +
			"So a rollover is a moment: the identity provider and the connection change together.",
		Fix: `Keep the certificate that the identity provider signs with now. With metadata_xml tacit chooses it from the document, and says so when that leaves a doubt.

saml_connection "customer" {
  metadata_xml = file("idp/customer.xml")
}`,
		Symptom:  `When the identity provider signs with another one: "Invalid thumbprint (configured: A. calculated: B)" for every user of the connection.`,
		Source:   "Auth0 docs: SAML enterprise connections; passport-wsfed-saml2 (getKeyFn); Auth0 community thread 91165",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    signingReads(),
		Judge: func(p *check.Path) check.Verdict {
			return judgeCertificate(p, func(f *signing, _ *saml.Certificate) check.Verdict {
				if n := len(f.certs); n > 1 {
					return f.fail("%s holds %d certificates; Auth0 uses one of them.", f.name, n)
				}
				return check.Passed()
			})
		},
	}
}
