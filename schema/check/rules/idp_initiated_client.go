package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpInitiatedClient: an assertion names no application, so the connection
// has one default for all its IdP-initiated logins.
func idpInitiatedClient() *check.Rule {
	return &check.Rule{
		Code:    "TAC103",
		Name:    "idp-initiated-client",
		Summary: "IdP-initiated logins land in the application of the upgrade",
		Why: "An assertion that nobody asked for does not say which application it is for. The connection names one, and only one, for all of them. " +
			"Auth0 does not check that it exists: recorded traffic stores any text as the client_id.",
		Fix: `Name the application of the silent_upgrade as the default one. A connection has exactly one; users of a second application need a connection of their own.

saml_connection "customer" {
  idp_initiated {
    enabled = true
    client  = spa_client.portal
  }
}`,
		Symptom:  `Error page "IdP-Initiated Default App Not Configured", or the user ends up in another application.`,
		Source:   "Auth0 docs: Single Sign-On, IdP-initiated; recorded traffic TestAccConnectionSAML (client_id is not checked)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{idpEnabled.Field(), idpClient.Field()},
		Judge:    judgeInitiatedClient,
	}
}

func judgeInitiatedClient(p *check.Path) check.Verdict {
	f := read(idpClient, p.Connection)
	switch {
	case idpInitiatedOff(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case f.v == "" && p.Client.Gone:
		return f.fail("The connection names no application for IdP-initiated logins.")
	case p.Client.Gone:
		return f.fail("IdP-initiated logins land in the application with the client ID %s, which the tenant does not have.", quote(f.v))
	case f.v == "":
		return f.fail("The connection names no application for IdP-initiated logins; it has to be %s.", quote(p.Client.Name()))
	}
	switch schema.SameID(f.v, p.Client.ID, p.Offline) {
	case schema.Yes:
		return check.Passed()
	case schema.Maybe:
		return f.more(p, "Whether the application that IdP-initiated logins land in is %s is known only when its client ID is.", quote(p.Client.Name()))
	default:
		if schema.IsPlaceholder(f.v) {
			return f.fail("IdP-initiated logins land in another application of this configuration; the upgrade is for %s.", quote(p.Client.Name()))
		}
		return f.fail("IdP-initiated logins land in the application with the client ID %s; the upgrade is for %s.", quote(f.v), quote(p.Client.Name()))
	}
}
