package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// certificateKey: whoever can compute the key signs in as any user.
func certificateKey() *check.Rule {
	return &check.Rule{
		Code:    "TAC120",
		Name:    "certificate-key",
		Summary: "The signing certificate holds an RSA key of at least 2048 bits",
		Why: "The key in the certificate is all that tells a response of the identity provider from a forged one; RSA keys of 1024 bits are within reach of attackers. " +
			"Auth0's SAML library names the signature algorithms rsa-sha1 and rsa-sha256; whether it verifies any with another kind of key is not established.",
		Fix: `Ask the customer to sign with an RSA key of at least 2048 bits, and take the certificate over:

saml_connection "customer" {
  signing_cert = file("idp/customer.pem")
}`,
		Symptom:  `A short key: none, and that is the danger. Another kind of key: perhaps "Signature check errors" for every user.`,
		Source:   "passport-wsfed-saml2 (signature algorithms); NIST SP 800-131A (key lengths)",
		Grade:    check.Library,
		Severity: check.Always(schema.Warning),
		Reads:    signingReads(),
		Judge: func(p *check.Path) check.Verdict {
			return judgeCertificate(p, judgeKey)
		},
	}
}

func judgeKey(f *signing, c *saml.Certificate) check.Verdict {
	switch {
	case c.WeakKey():
		return f.fail("The %s key of the signing certificate has %d bits only.", c.KeyType, c.Bits)
	case c.KeyType != "RSA":
		return check.Undecided(f.state, f.src, "Rehearse with a response that the identity provider signed, or ask for an RSA certificate.",
			"The signing certificate holds a key of the type %s; whether Auth0 verifies its signatures is not established.", c.KeyType)
	default:
		return check.Passed()
	}
}
