package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// entityID: the entity ID of a connection names Auth0's side, which is
// easily mistaken for the other one.
func entityID() *check.Rule {
	return &check.Rule{
		Code:    "TAC122",
		Name:    "entity-id",
		Summary: "The entity ID is the connection's own",
		Why: "entity_id is what Auth0 calls itself towards the identity provider, and what the Audience of every assertion has to be; unset it is urn:auth0:TENANT:CONNECTION. " +
			"Two mistakes look right: the entity ID of the identity provider, which belongs into no setting of Auth0's, and the one of another connection that the block was copied from.",
		Fix: `Leave entity_id out and give the identity provider urn:auth0:TENANT:CONNECTION, or write what it has:

saml_connection "customer" {
  entity_id = "https://login.example.com/saml/customer"
}`,
		Symptom:  `Error page and tenant log: "Audience is invalid. Configured: ...".`,
		Source:   "passport-wsfed-saml2 (Audience); Auth0 community thread 148301; Auth0 docs: SAML service provider settings (entityId)",
		Grade:    check.Library,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{ownEntityID.Field(), connectionName.Field(), signInURL.Field()},
		Judge:    judgeEntityID,
	}
}

func judgeEntityID(p *check.Path) check.Verdict {
	f, name := read(ownEntityID, p.Connection), read(connectionName, p.Connection)
	switch {
	case f.undecided() && p.Offline:
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case f.v == "":
		return check.Passed()
	}
	if urn, ok := strings.CutPrefix(f.v, schema.EntityURN); ok {
		tenant, connection, _ := strings.Cut(urn, ":")
		own := schema.TenantName(p.CanonicalDomain)
		switch {
		case name.given() && connection != name.v:
			return f.fail("entity_id is %s, which is what Auth0 calls another connection.", quote(f.v))
		case own != "" && tenant != own:
			return f.fail("entity_id is %s, which is what Auth0 calls a connection of another tenant.", quote(f.v))
		}
		return check.Passed()
	}
	signIn := read(signInURL, p.Connection)
	if isHTTP(f.v) && signIn.given() && strings.EqualFold(hostOf(f.v), hostOf(signIn.v)) {
		return f.fail("entity_id is %s, on the host of the identity provider; it has to be the name of Auth0's side.", quote(f.v))
	}
	return check.Passed()
}
