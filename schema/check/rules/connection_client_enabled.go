package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// connectionClientEnabled: a connection lets its users into the applications
// on its list and no others.
func connectionClientEnabled() *check.Rule {
	return &check.Rule{
		Code:    "TAC101",
		Name:    "connection-client-enabled",
		Summary: "The application is enabled on the connection",
		Why: "A connection keeps a list of the applications its users may enter, behind an end point of its own. " +
			"A login for an application that is not on it is refused before a session exists, so there is nothing to upgrade. " +
			"The client_id of idp_initiated does not put an application on the list.",
		Fix: `Enable the application on the connection. tacit does so by itself for every silent_upgrade path whose connection it writes; by hand it is:

saml_connection "customer" {
  clients = [spa_client.portal]
}`,
		Symptom:     `After the IdP's form post Auth0 shows an error page, "invalid_request: Invalid request - connection disabled"; the application never opens.`,
		Source:      "Auth0 docs: SAML errors (stored copy) and product deprecations (enabled_clients moved to /connections/{id}/clients); recorded traffic TestAccConnectionClients",
		Grade:       check.Documented,
		Severity:    check.Always(schema.Error),
		Reads:       []schema.Field{enabledClients.Field()},
		Judge:       judgeConnectionClientEnabled,
		Contributes: []schema.Field{enabledClients.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			reason := fmt.Sprintf("%s: its users log in to this application", p.Addr)
			return []check.Contribution{check.Add(p.Connection, enabledClients.Field(), reason, schema.RefTo(p.Client.Addr))}
		},
	}
}

func judgeConnectionClientEnabled(p *check.Path) check.Verdict {
	f := read(enabledClients, p.Connection)
	member, asked := p.Connection.Relations[enabledClients.Field().Attr.Via].Has(p.Client.ID)
	switch {
	case p.Client.Gone:
		return check.Skipped() // TAC103
	case member || schema.HasID(f.v, p.Client.ID, p.Offline) == schema.Yes:
		return check.Passed()
	case p.Connection.Creates || p.Client.Creates || asked:
		return f.fail("The application %s is not enabled on this connection.", quote(p.Client.Name()))
	case p.Offline:
		return f.more(p, "The files do not enable the application %s on this connection; the tenant may.", quote(p.Client.Name()))
	default:
		return f.more(p, "Nobody asked the tenant whether the application %s is enabled on this connection.", quote(p.Client.Name()))
	}
}
