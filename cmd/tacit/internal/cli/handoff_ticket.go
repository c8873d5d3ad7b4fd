package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
	"github.com/tacit-dev/tacit/schema"
)

// ticket is the body that starts Auth0's wizard.
func (h *sight) ticket() (*handoff.Ticket, error) {
	c := h.connection
	if h.exists(c) {
		return &handoff.Ticket{ConnectionID: c.ID}, nil
	}
	client := h.client()
	switch {
	case c.Cell("idp_initiated.enabled").V != true || client == nil:
		return nil, errors.New("the connection does not declare idp_initiated with enabled = true and a client; there is nothing for the tile to lead to")
	case schema.IsPlaceholder(client.ID):
		return nil, fmt.Errorf("a ticket needs the client_id of %s\n%s", client.Addr, h.onTenant("The tenant gives it"))
	case h.config.Object(c.Addr).Want("idp_initiated.query").Sensitive:
		return nil, errors.New("the idp_initiated query holds a sensitive value, which tacit does not print")
	}
	var f handoff.Facts // its gaps do not matter: what is sensitive is left out
	raw, _ := c.Cell("idp_initiated.query").V.(string)
	if schema.ParseQuery(raw).Pending() {
		return nil, fmt.Errorf("the idp_initiated query holds an id that is not known yet\n%s", h.onTenant("The tenant gives it"))
	}
	protocol, _ := c.Cell("idp_initiated.client_protocol").V.(string)
	t := &handoff.Ticket{
		ConnectionConfig: &handoff.ConnectionConfig{Name: c.Name(), DisplayName: h.text(&f, "display_name"), ShowAsButton: truth(c.Cell("show_as_button").V)},
		EnabledClients:   []string{client.ID},
	}
	t.ConnectionConfig.Metadata = h.metadata()
	t.ConnectionConfig.Options = handoff.ConnectionOptions{
		IconURL: h.text(&f, "icon_url"), DomainAliases: texts(c.Cell("domain_aliases").V),
		IDPInitiated: handoff.IDPInitiated{Enabled: true, ClientID: client.ID, ClientProtocol: cmp.Or(protocol, "oauth2"), AuthorizeQuery: raw},
	}
	for _, id := range texts(c.Cell("clients").V) {
		if !slices.Contains(t.EnabledClients, id) && !schema.IsPlaceholder(id) {
			t.EnabledClients = append(t.EnabledClients, id)
		}
	}
	var err error
	if t.EnabledOrganizations, err = h.memberships(); err != nil {
		return nil, err
	}
	return t, t.Check()
}

// metadata is the connection's own, and the mark by which tacit knows it again.
func (h *sight) metadata() map[string]any {
	out := map[string]any{}
	if declared, _ := h.connection.Cell("metadata").V.(map[string]any); !h.config.Object(h.connection.Addr).Want("metadata").Sensitive {
		maps.Copy(out, declared)
	}
	if mark, _ := h.connection.Cell("metadata.tacit").V.(string); mark != "" {
		out["tacit"] = mark
	}
	return out
}

// memberships are the organizations that the connection is declared for.
func (h *sight) memberships() ([]handoff.EnabledOrg, error) {
	var out []handoff.EnabledOrg
	for _, m := range h.ahead.States(schema.OrganizationConnection) {
		org, _ := m.Cell("organization").V.(string)
		if m.Cell("connection").V != h.connection.ID {
			continue
		}
		if schema.IsPlaceholder(org) {
			return nil, fmt.Errorf("a ticket needs the id of the organization of %s\n%s", m.Addr, h.onTenant("The tenant gives it"))
		}
		out = append(out, handoff.EnabledOrg{
			OrganizationID: org, AssignMember: truth(m.Cell("assign_membership_on_login").V), ShowAsButton: truth(m.Cell("show_as_button").V),
		})
	}
	return out, nil
}

func truth(v any) *bool {
	if b, ok := v.(bool); ok {
		return &b
	}
	return nil
}

func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
