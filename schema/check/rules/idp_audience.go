package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpAudience: an assertion is for one audience.
func idpAudience() *check.Rule {
	return &check.Rule{
		Code:     "TAC135",
		Name:     "idp-audience",
		Summary:  "The identity provider names the connection as audience",
		Why:      "The Audience of an assertion has to be the entity ID of the connection: urn:auth0:TENANT:CONNECTION unless entity_id says otherwise.",
		Fix:      `Set the audience (SP entity ID, identifier) at the identity provider to the entity ID of the connection.`,
		Symptom:  `"Audience is invalid. Configured: urn:auth0:TENANT:CONNECTION" in the tenant log.`,
		Source:   "passport-wsfed-saml2 (Audience); Auth0 community thread 148301",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge:    judgeIdpAudience,
	}
}

func judgeIdpAudience(p *check.Path) check.Verdict {
	id, name := read(ownEntityID, p.Connection), read(connectionName, p.Connection)
	switch {
	case id.v != "":
		return tell(p, "The identity provider has to name %s as audience.", quote(id.v))
	case id.undecided() || p.CanonicalDomain == "" || !name.given():
		return tell(p, "The identity provider has to name the connection's entity ID as audience.")
	default:
		return tell(p, "The identity provider has to name %s as audience.", quote(schema.EntityID(p.CanonicalDomain, name.v)))
	}
}
