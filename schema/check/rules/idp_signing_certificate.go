package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpSigningCertificate: one certificate here, one there.
func idpSigningCertificate() *check.Rule {
	return &check.Rule{
		Code:     "TAC129",
		Name:     "idp-signing-certificate",
		Summary:  "The identity provider signs with the certificate that the connection holds",
		Why:      "Auth0 compares the certificate inside the response with the one it holds, by SHA-1 thumbprint in upper case; without one inside, it tries the signature.",
		Fix:      `Compare the thumbprints; tacit inspect FILE shows those of what a customer sends.`,
		Symptom:  `"Invalid thumbprint (configured: A. calculated: B)" or "Signature check errors" in the tenant log.`,
		Source:   "passport-wsfed-saml2 (getKeyFn); Auth0 community threads 91165 and 95573",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge:    judgeIdpSigningCertificate,
	}
}

func judgeIdpSigningCertificate(p *check.Path) check.Verdict {
	f := signingOf(p.Connection)
	if len(f.certs) == 0 {
		return tell(p, "With which certificate the identity provider signs is not known here.")
	}
	return tell(p, "The identity provider has to sign with the certificate of the SHA-1 thumbprint %s.", strings.ToUpper(f.certs[0].SHA1))
}
