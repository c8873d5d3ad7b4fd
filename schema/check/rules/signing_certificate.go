package rules

import (
	"errors"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// signingCertificate: Auth0 believes an assertion because of one certificate.
func signingCertificate() *check.Rule {
	return &check.Rule{
		Code:    "TAC115",
		Name:    "signing-certificate",
		Summary: "The connection holds a certificate to verify assertions with",
		Why: "Auth0 verifies the signature of a response with the certificate that the connection holds, and with no other. " +
			"It takes the text as it comes: recorded traffic stores spellings that lost their line breaks, and certificates that expired years ago. " +
			"metadata_url stands for it: Auth0 fetches the document on every write of the connection, and at no other time.",
		Fix: `Give the certificate, or the metadata that holds it:

saml_connection "customer" {
  signing_cert = file("idp/customer.pem")
}

tacit inspect FILE shows what a customer sent.`,
		Symptom:      `Error page and tenant log: "Signature check errors", or "Invalid thumbprint (configured: A. calculated: B)".`,
		Source:       "passport-wsfed-saml2 (getKeyFn); Auth0 docs: SAML enterprise connections; recorded traffic TestAccConnectionSAML",
		Grade:        check.Library,
		Severity:     check.Always(schema.Error),
		NotRehearsed: "the throw-away IdP's certificate stands in the place of the customer's",
		Reads:        signingReads(),
		Judge:        judgeSigningCertificate,
	}
}

func judgeSigningCertificate(p *check.Path) check.Verdict {
	f, url := signingOf(p.Connection), read(metadataURL, p.Connection)
	var refusal *saml.Refusal
	switch {
	case f.undecided() && p.Offline:
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case len(f.certs) > 0:
		return check.Passed()
	case errors.As(f.err, &refusal):
		return f.fail("%s cannot be read. %s", f.name, refusal.Text)
	case url.given() && url.v != "":
		return check.Skipped() // Auth0 fetches it
	default:
		return f.fail("%s is not set, so Auth0 can verify no assertion.", f.name)
	}
}
