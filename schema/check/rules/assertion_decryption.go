package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// gcmProfile is the algorithm profile of connections made since May 2026
// (recorded): AES-GCM and nothing else.
const gcmProfile = "v2026-1"

// assertionDecryption: a key alone does not decrypt what the profile refuses.
func assertionDecryption() *check.Rule {
	return &check.Rule{
		Code:    "TAC124",
		Name:    "assertion-decryption",
		Summary: "The connection can decrypt what its key is for",
		Why: "An identity provider that encrypts assertions needs a key on the connection, and an algorithm that the connection accepts. " +
			"Connections made since May 2026 carry the algorithm profile v2026-1, which accepts AES-GCM only, while many identity providers encrypt with AES-CBC unless told otherwise. " +
			"Auth0 does not check the key that it is given: placeholder text was accepted (recorded).",
		Fix: `Give the private key whose certificate the identity provider encrypts for, and let it encrypt with AES-GCM:

saml_connection "customer" {
  decryption_key = { key = env("DECRYPTION_KEY"), cert = file("decryption.pem") }
}`,
		Symptom:  `"Assertion is encrypted. Please set options.decryptionKey" in the tenant log, or a decryption error for assertions in AES-CBC.`,
		Source:   "passport-wsfed-saml2 (decryptAssertion); Auth0 docs: SAML assertion encryption, algorithm profiles; recorded traffic TestAccConnectionSAML",
		Grade:    check.Recorded,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{decryptionKey(), decryptionProfile.Field()},
		Judge:    judgeAssertionDecryption,
	}
}

// decryptionKey is a text or an object, so no handle reads it.
func decryptionKey() schema.Field {
	return schema.Field{Kind: schema.SAMLConnection, Attr: schema.SAMLConnection.Attr("decryption_key")}
}

func judgeAssertionDecryption(p *check.Path) check.Verdict {
	key, profile := p.Connection.Cell("decryption_key"), read(decryptionProfile, p.Connection)
	src := key.Src
	if src == nil {
		src = p.Connection.Src
	}
	switch {
	case p.Offline && key.Presence != schema.Known:
		return check.Skipped()
	case key.Presence == schema.NotRead || key.Presence == schema.Unknown:
		return check.Undecided(p.Connection, src, settle(p, p.Connection, key.Presence), "decryption_key was not read from the tenant.")
	case key.Presence != schema.Known:
		return check.Skipped() // TAC133 tells what that means
	case !holdsKey(key.V):
		return check.Failed(p.Connection, src, "decryption_key holds no private key, so encrypted assertions cannot be read.")
	case profile.given() && profile.v == gcmProfile:
		return check.Undecided(p.Connection, src, "Look up at the identity provider that it encrypts with AES-GCM, or rehearse with one login.",
			"The connection decrypts AES-GCM only; which algorithm the identity provider uses is not known here.").As(schema.Info)
	default:
		return check.Passed()
	}
}

// holdsKey: the value is a private key in PEM, alone or as the member key.
func holdsKey(v any) bool {
	if m, ok := v.(map[string]any); ok {
		v = m["key"]
	}
	s, _ := v.(string)
	return strings.Contains(s, "PRIVATE KEY-----")
}
