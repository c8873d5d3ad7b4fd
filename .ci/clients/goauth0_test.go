package clients

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/auth0/go-auth0"
	"github.com/auth0/go-auth0/management"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
)

// goAuth0 logs in with client credentials.
func (tn *tenant) goAuth0(opts ...management.Option) *management.Management {
	tn.t.Helper()
	ctx := context.WithValue(tn.t.Context(), oauth2.HTTPClient, tn.httpClient()) // which fetches the token
	opts = append([]management.Option{management.WithClient(tn.httpClient()), management.WithClientCredentials(ctx, "ci", "hush-hush")}, opts...)
	m, err := management.New(tn.domain, opts...)
	require.NoError(tn.t, err)
	return m
}

// refused holds the status and text of a refusal as the SDK reads it.
func refused(t *testing.T, err error, status int, text string) {
	t.Helper()
	var refusal management.Error
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, status, refusal.Status())
	assert.ErrorContains(t, err, text)
}

func TestGoAuth0Objects(t *testing.T) {
	t.Parallel()
	tn := serve(t)
	m, ctx := tn.goAuth0(), t.Context()

	client := &management.Client{Name: auth0.String("Portal"), AppType: auth0.String("spa"), Callbacks: &[]string{"https://app.example.com"}}
	require.NoError(t, m.Client.Create(ctx, client))
	require.NoError(t, m.Client.Update(ctx, client.GetClientID(), &management.Client{Description: auth0.String("For customers")}))
	read, err := m.Client.Read(ctx, client.GetClientID())
	require.NoError(t, err)
	assert.Equal(t, "For customers", read.GetDescription())
	assert.Equal(t, "spa", read.GetAppType(), "what an update leaves out stays")

	api := &management.ResourceServer{Name: auth0.String("Orders"), Identifier: auth0.String("https://api.example.com/orders"), Scopes: &[]management.ResourceServerScope{{Value: auth0.String("read:orders")}}}
	require.NoError(t, m.ResourceServer.Create(ctx, api))
	require.NoError(t, m.ResourceServer.Update(ctx, api.GetID(), &management.ResourceServer{TokenLifetime: auth0.Int(600)}))
	byIdentifier, err := m.ResourceServer.Read(ctx, "https://api.example.com/orders")
	require.NoError(t, err)
	assert.Equal(t, 600, byIdentifier.GetTokenLifetime())
	refused(t, m.ResourceServer.Create(ctx, &management.ResourceServer{Identifier: api.Identifier}), http.StatusConflict, "already exists")

	grant := &management.ClientGrant{ClientID: client.ClientID, Audience: api.Identifier, Scope: &[]string{"read:orders"}, OrganizationUsage: auth0.String("allow")}
	require.NoError(t, m.ClientGrant.Create(ctx, grant))
	require.NoError(t, m.ClientGrant.Update(ctx, grant.GetID(), &management.ClientGrant{Scope: &[]string{}}))
	grants, err := m.ClientGrant.List(ctx, management.Parameter("audience", api.GetIdentifier()))
	require.NoError(t, err)
	require.Len(t, grants.ClientGrants, 1)
	assert.Empty(t, grants.ClientGrants[0].GetScope())

	settings, err := m.Tenant.Read(ctx)
	require.NoError(t, err)
	require.NoError(t, m.Tenant.Update(ctx, &management.Tenant{FriendlyName: auth0.String("Example Inc.")}))
	after, err := m.Tenant.Read(ctx)
	require.NoError(t, err)
	settings.FriendlyName = auth0.String("Example Inc.")
	assert.Equal(t, settings, after)

	for _, remove := range []func(context.Context, string, ...management.RequestOption) error{m.ClientGrant.Delete, m.ClientGrant.Delete} {
		require.NoError(t, remove(ctx, grant.GetID()), "deleting again is no mistake")
	}
	require.NoError(t, m.ResourceServer.Delete(ctx, api.GetID()))
	require.NoError(t, m.Client.Delete(ctx, client.GetClientID()))
	_, err = m.Client.Read(ctx, client.GetClientID())
	refused(t, err, http.StatusNotFound, "The client does not exist")
}

func TestGoAuth0Connections(t *testing.T) {
	t.Parallel()
	tn := serve(t)
	m, ctx := tn.goAuth0(), t.Context()
	client := &management.Client{Name: auth0.String("Portal")}
	require.NoError(t, m.Client.Create(ctx, client))

	options := &management.ConnectionOptionsSAML{SignInEndpoint: auth0.String("https://idp.example.com/sso"), Debug: auth0.Bool(true)}
	con := &management.Connection{Name: auth0.String("acme"), Strategy: auth0.String("samlp"), Options: options}
	require.NoError(t, m.Connection.Create(ctx, con))
	refused(t, m.Connection.Create(ctx, &management.Connection{Name: auth0.String("acme"), Strategy: auth0.String("samlp")}), http.StatusConflict, "same name")
	require.NoError(t, m.Connection.Update(ctx, con.GetID(), &management.Connection{DisplayName: auth0.String("Acme")}))
	require.NoError(t, m.Connection.Update(ctx, con.GetID(), &management.Connection{Options: &management.ConnectionOptionsSAML{SignInEndpoint: options.SignInEndpoint}}))
	read, err := m.Connection.ReadByName(ctx, "acme")
	require.NoError(t, err)
	assert.Equal(t, "Acme", read.GetDisplayName())
	assert.False(t, read.Options.(*management.ConnectionOptionsSAML).GetDebug(), "options are replaced as a whole")

	for _, enabled := range []bool{true, false} {
		require.NoError(t, m.Connection.UpdateEnabledClients(ctx, con.GetID(), []management.ConnectionEnabledClient{{ClientID: client.ClientID, Status: &enabled}}))
		list, err := m.Connection.ReadEnabledClients(ctx, con.GetID())
		require.NoError(t, err)
		assert.Equal(t, enabled, len(list.GetClients()) == 1)
	}
	_, err = m.Connection.ReadSCIMConfiguration(ctx, con.GetID())
	refused(t, err, http.StatusNotFound, "Not Found")
	require.NoError(t, m.Connection.Delete(ctx, con.GetID()))
	_, err = m.Connection.ReadByName(ctx, "acme")
	refused(t, err, http.StatusNotFound, "")
}

func TestGoAuth0Organizations(t *testing.T) {
	t.Parallel()
	tn := serve(t, "--seed", "testdata/seeded.json")
	m, ctx := tn.goAuth0(), t.Context()
	org := &management.Organization{Name: auth0.String("acme"), Metadata: &map[string]string{"plan": "gold"}}
	require.NoError(t, m.Organization.Create(ctx, org))
	require.NoError(t, m.Organization.Update(ctx, org.GetID(), &management.Organization{DisplayName: auth0.String("Acme")}))
	read, err := m.Organization.ReadByName(ctx, "acme")
	require.NoError(t, err)
	assert.Equal(t, "gold", read.GetMetadata()["plan"])

	const con, grant = "con_SeededInitech000", "cgr_SeededReports000"
	require.NoError(t, m.Organization.AddConnection(ctx, org.GetID(), &management.OrganizationConnection{ConnectionID: auth0.String(con)}))
	require.NoError(t, m.Organization.UpdateConnection(ctx, org.GetID(), con, &management.OrganizationConnection{AssignMembershipOnLogin: auth0.Bool(true)}))
	cons, err := m.Organization.Connections(ctx, org.GetID())
	require.NoError(t, err)
	require.Len(t, cons.OrganizationConnections, 1)
	assert.True(t, cons.OrganizationConnections[0].GetAssignMembershipOnLogin())

	require.NoError(t, m.Organization.AssociateClientGrant(ctx, org.GetID(), grant))
	refused(t, m.Organization.AssociateClientGrant(ctx, org.GetID(), grant), http.StatusConflict, "already been added")
	grants, err := m.Organization.ClientGrants(ctx, org.GetID())
	require.NoError(t, err)
	require.Len(t, grants.ClientGrants, 1)
	assert.Equal(t, "https://api.example.com/reports", grants.ClientGrants[0].GetAudience())
	domains, err := m.Organization.DiscoveryDomains(ctx, org.GetID())
	require.NoError(t, err)
	assert.Empty(t, domains.Domains)

	require.NoError(t, m.Organization.RemoveClientGrant(ctx, org.GetID(), grant))
	require.NoError(t, m.Organization.DeleteConnection(ctx, org.GetID(), con))
	require.NoError(t, m.Organization.Delete(ctx, org.GetID()))
	refused(t, m.Organization.Delete(ctx, org.GetID()), http.StatusNotFound, "No organization found")
}

// TestGoAuth0Pages reads 120 connections page by page, in both ways.
func TestGoAuth0Pages(t *testing.T) {
	t.Parallel()
	const total = 120
	tn := serve(t, "--seed", manyConnections(t, total))
	m, ctx := tn.goAuth0(), t.Context()

	var byOffset []string
	for page := 0; ; page++ {
		list, err := m.Connection.List(ctx, management.Page(page), management.PerPage(50), management.IncludeTotals(true))
		require.NoError(t, err)
		assert.Equal(t, total, list.Total)
		byOffset = append(byOffset, names(list)...)
		if !list.HasNext() {
			break
		}
	}
	var byCheckpoint []string
	options := []management.RequestOption{management.Take(50)}
	for {
		list, err := m.Connection.List(ctx, options...)
		require.NoError(t, err)
		byCheckpoint = append(byCheckpoint, names(list)...)
		if !list.HasNext() {
			break
		}
		options = []management.RequestOption{management.Take(50), management.From(list.Next)}
	}
	assert.Len(t, byOffset, total)
	assert.Equal(t, byOffset, byCheckpoint)

	client, err := m.Client.ReadEnabledConnections(ctx, "portal", management.Take(100))
	require.NoError(t, err)
	assert.Len(t, client.Connections, 100)
	assert.True(t, client.HasNext())
}

func names(list *management.ConnectionList) []string {
	var out []string
	for _, c := range list.Connections {
		out = append(out, c.GetName())
	}
	return out
}

// TestGoAuth0Limits: on a free tenant, two requests a second, the SDK waits where it is told to, and sees a 429 otherwise.
func TestGoAuth0Limits(t *testing.T) {
	t.Parallel()
	tn := serve(t, "--tier", "free")
	hasty, ctx := tn.goAuth0(management.WithNoRetries()), t.Context()
	var err error
	for i := 0; err == nil && i < 20; i++ {
		_, err = hasty.Tenant.Read(ctx)
	}
	refused(t, err, http.StatusTooManyRequests, "Global limit has been reached")

	patient := tn.goAuth0(management.WithRetryStrategy(management.RetryStrategy{MaxRetries: 10, Statuses: []int{http.StatusTooManyRequests}}))
	started := time.Now()
	for i := range 5 {
		_, err := patient.Tenant.Read(ctx)
		require.NoError(t, err, fmt.Sprint(i))
	}
	assert.Greater(t, time.Since(started), time.Second, "five reads at two a second")
}
