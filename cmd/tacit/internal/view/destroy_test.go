package view_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// undoing deletes a connection and takes an application back.
func undoing(t *testing.T) *plan.Plan {
	t.Helper()
	var body map[string]any
	dec := json.NewDecoder(bytes.NewReader([]byte(`{"name":"acme","display_name":"Hidden","options":{"signInEndpoint":"https://idp.acme.example","domain_aliases":["acme.example"],
		"idpinitiated":{"enabled":true,"client_id":"abc123","client_authorizequery":"response_type=id_token&scope=openid"}}}`)))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&body))
	gone, err := plan.Destroy(plan.Removal{
		Kind: schema.SAMLConnection, Addr: address(t, `saml_connection.customer["acme"]`), Hidden: []string{"display_name"},
		Observed: &schema.Observed{ID: "con_0001", Raw: body},
	}, plan.Guard{Connections: true})
	require.NoError(t, err)
	back, stay := plan.Restore(plan.Restoration{
		Kind: schema.SAMLConnection, Addr: address(t, "saml_connection.other"), Disable: []string{"abc123"},
		Observed: &schema.Observed{
			ID:        "con_0002",
			Raw:       map[string]any{"name": "other", "options": map[string]any{"signInEndpoint": "https://new.example", "idpinitiated": map[string]any{"enabled": true}}},
			Relations: map[string]schema.Relation{"connection_clients": {Members: []string{"abc123"}}},
		},
		Attrs: []plan.Was{
			{Attr: schema.SAMLConnection.Attr("sign_in_endpoint"), V: "https://old.example", Presence: schema.Known},
			{Attr: schema.SAMLConnection.Attr("idp_initiated.enabled"), Presence: schema.Absent, From: "options.idpinitiated"},
		},
	})
	require.Empty(t, stay)
	return plan.Assemble("example-prod.eu.auth0.com", "production", []plan.Change{gone, *back})
}

func TestDestroy(t *testing.T) {
	golden(t, "plan-destroy", func(p *view.Printer) { p.Plan(undoing(t)) })
	out := render(t, view.Options{Full: true}, func(p *view.Printer) { p.Plan(undoing(t)) })
	assert.NotContains(t, out, "Hidden")
}
