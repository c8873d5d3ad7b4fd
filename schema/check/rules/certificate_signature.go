package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// certificateSignature: a sign of age, no more.
func certificateSignature() *check.Rule {
	return &check.Rule{
		Code:    "TAC121",
		Name:    "certificate-signature",
		Summary: "The signing certificate is not itself signed with MD5 or SHA-1",
		Why: "Auth0 compares the certificate with the one it holds and verifies no signature on it, so this opens no door. " +
			"It tells that the certificate is old; an identity provider of that age often signs its responses with SHA-1, too, which is worth asking about.",
		Fix: `Nothing has to be done at once. Ask the customer for a certificate of today at the next rollover:

saml_connection "customer" {
  signing_cert = file("idp/customer.pem")
}`,
		Symptom:  "None.",
		Source:   "passport-wsfed-saml2 (getKeyFn compares thumbprints); RFC 6194 (SHA-1)",
		Grade:    check.Library,
		Severity: check.Always(schema.Info),
		Reads:    signingReads(),
		Judge: func(p *check.Path) check.Verdict {
			return judgeCertificate(p, func(f *signing, c *saml.Certificate) check.Verdict {
				if c.WeakSignature() {
					return f.fail("The signing certificate is itself signed with %s.", c.SignatureAlgorithm)
				}
				return check.Passed()
			})
		},
	}
}
