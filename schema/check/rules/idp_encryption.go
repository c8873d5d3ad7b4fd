package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpEncryption: an encrypted assertion needs a key on this side.
func idpEncryption() *check.Rule {
	return &check.Rule{
		Code:     "TAC133",
		Name:     "idp-encryption",
		Summary:  "The identity provider encrypts only what the connection can decrypt",
		Why:      "A connection without decryption_key reads no encrypted assertion. With one, connections made since May 2026 accept AES-GCM only. Whether the identity provider encrypts, its settings tell.",
		Fix:      `Switch encryption off at the identity provider (https protects the response already), or give the connection a key and let the provider encrypt with AES-GCM.`,
		Symptom:  `"Assertion is encrypted. Please set options.decryptionKey" in the tenant log.`,
		Source:   "passport-wsfed-saml2 (decryptAssertion); Auth0 docs: algorithm profiles; recorded traffic TestAccConnectionSAML",
		Grade:    check.Library,
		Severity: check.Always(schema.Warning),
		Advice:   true,
		Judge:    judgeIdpEncryption,
	}
}

func judgeIdpEncryption(p *check.Path) check.Verdict {
	if key := p.Connection.Cell("decryption_key"); key.Presence == schema.Absent || key.Presence == schema.Null {
		return tell(p, "The connection has no decryption_key, so the identity provider must not encrypt assertions.")
	}
	return tell(p, "Whether and how the identity provider encrypts assertions shows only in one of its responses.")
}
