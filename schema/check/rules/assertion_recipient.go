package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// assertionRecipient: two settings for proxies, which otherwise only refuse logins.
func assertionRecipient() *check.Rule {
	return &check.Rule{
		Code:    "TAC123",
		Name:    "assertion-recipient",
		Summary: "Recipient and Destination are the ACS URL",
		Why: "A response names the URL it is meant for, twice: Destination and Recipient. Auth0 compares both with the URL it was posted to, unless destination_url and recipient_url say otherwise, which they are for when a proxy stands between. " +
			"Set to anything but what the identity provider writes there, they refuse every login. The comparison is exact and includes ?connection=NAME.",
		Fix: `Take recipient_url and destination_url out. Where a proxy needs them, write what the identity provider sends, and ignore this finding.

saml_connection "customer" {
  reset = ["recipient_url", "destination_url"]
}`,
		Symptom:  `"Recipient is invalid. Configured: X" or "Destination endpoint X did not match Y" in the tenant log, for every user.`,
		Source:   "passport-wsfed-saml2 (samlp.js, saml.js); Auth0 docs: SAML service provider settings",
		Grade:    check.Library,
		Severity: check.Always(schema.Warning),
		Follows:  []string{"TAC501"},
		Reads:    []schema.Field{recipientURL.Field(), destinationURL.Field(), connectionName.Field()},
		Judge:    judgeAssertionRecipient,
	}
}

func judgeAssertionRecipient(p *check.Path) check.Verdict {
	for _, f := range [...]fact[string]{read(recipientURL, p.Connection), read(destinationURL, p.Connection)} {
		switch {
		case f.undecided() && p.Offline:
		case f.undecided():
			return f.unknown(p)
		case f.v != "" && !isACS(p, f.v):
			return f.fail("%s is %s, which is not the ACS URL of this connection.", f.name, quote(f.v))
		}
	}
	return check.Passed()
}

// isACS: the URL is one to which the identity provider may post responses.
func isACS(p *check.Path, url string) bool {
	for _, host := range [...]string{p.LoginDomain, p.CanonicalDomain} {
		if host != "" && url == acsURL(p, host) {
			return true
		}
	}
	return false
}

// acsURL is where responses for the path are posted to (Auth0 docs: Single
// Sign-On, IdP-initiated).
func acsURL(p *check.Path, host string) string {
	organization := ""
	if p.Organization != nil && !holdsPlaceholder(p.Organization.ID) {
		organization = p.Organization.ID
	}
	return schema.ACSURL(host, read(connectionName, p.Connection).v, organization)
}
