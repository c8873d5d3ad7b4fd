package handoff

import "fmt"

// Ticket is the body of POST /api/v2/self-service-profiles/{id}/sso-ticket,
// which starts Auth0's own wizard for the customer's administrator (Auth0 docs:
// Manage Self-Service Enterprise Configuration; the published schema
// CreateSelfServiceProfileSsoTicketRequestContent).
type Ticket struct {
	// ConnectionID lets the wizard edit a connection; then nothing else is
	// sent, because the rest is about a new one.
	ConnectionID         string            `json:"connection_id,omitempty"`
	ConnectionConfig     *ConnectionConfig `json:"connection_config,omitempty"`
	EnabledClients       []string          `json:"enabled_clients,omitempty"`
	EnabledOrganizations []EnabledOrg      `json:"enabled_organizations,omitempty"`
}

// ConnectionConfig is the connection that the wizard makes.
type ConnectionConfig struct {
	Name         string            `json:"name"`
	DisplayName  string            `json:"display_name,omitempty"`
	ShowAsButton *bool             `json:"show_as_button,omitempty"`
	Metadata     map[string]any    `json:"metadata,omitempty"`
	Options      ConnectionOptions `json:"options"`
}

// ConnectionOptions are those that a ticket can set.
type ConnectionOptions struct {
	IconURL       string       `json:"icon_url,omitempty"`
	DomainAliases []string     `json:"domain_aliases,omitempty"`
	IDPInitiated  IDPInitiated `json:"idpinitiated"`
}

// IDPInitiated is where the tile leads.
type IDPInitiated struct {
	Enabled        bool   `json:"enabled"`
	ClientID       string `json:"client_id,omitempty"`
	ClientProtocol string `json:"client_protocol,omitempty"`
	AuthorizeQuery string `json:"client_authorizequery,omitempty"`
}

// EnabledOrg is an organization that the connection is for.
type EnabledOrg struct {
	OrganizationID string `json:"organization_id"`
	AssignMember   *bool  `json:"assign_membership_on_login,omitempty"`
	ShowAsButton   *bool  `json:"show_as_button,omitempty"`
}

// maxTicketQuery is the limit for client_authorizequery in a ticket; in a
// connection it is 2048 (published schemas of both).
const maxTicketQuery = 256

// Check says why Auth0 would refuse the body or make something else of it.
func (t *Ticket) Check() error {
	if t.ConnectionConfig == nil {
		return nil
	}
	start := &t.ConnectionConfig.Options.IDPInitiated
	if n := len(start.AuthorizeQuery); n > maxTicketQuery {
		return fmt.Errorf("the idp_initiated query has %d characters, and a ticket takes %d\nLet tacit apply make the connection; a ticket for one that exists needs no query", n, maxTicketQuery)
	}
	if start.ClientProtocol == "oidc" {
		start.ClientProtocol = "oauth2" // the schema's word for the same
	}
	return nil
}
