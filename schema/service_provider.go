package schema

import (
	"net/url"
	"strings"
)

// What identity providers are told of a connection (Auth0 docs: SAML identity
// provider configuration settings).

// EntityURN begins the entity ID that Auth0 gives a connection of its own.
const EntityURN = "urn:auth0:"

// TenantName is the name of a tenant: the first label of its canonical domain.
func TenantName(domain string) string {
	name, _, _ := strings.Cut(domain, ".")
	return name
}

// EntityID is the entity ID of a connection that sets none.
func EntityID(domain, connection string) string {
	return EntityURN + TenantName(domain) + ":" + connection
}

// ACSURL is where responses are posted to, with the organization's id unless
// that is empty.
func ACSURL(host, connection, organization string) string {
	u := "https://" + host + "/login/callback?connection=" + url.QueryEscape(connection)
	if organization != "" {
		u += "&organization=" + url.QueryEscape(organization)
	}
	return u
}

// ProviderMetadataURL is where the metadata document of Auth0's side is.
func ProviderMetadataURL(host, connection string) string {
	return "https://" + host + "/samlp/metadata?connection=" + url.QueryEscape(connection)
}
