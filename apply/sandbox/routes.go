package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// anyOf is one group of alternative scopes.
func anyOf(scopes ...string) [][]string { return [][]string{scopes} }

// newRoutes is the table of operations. Scopes are the documented ones (OpenAPI document of 2026-06-25).
func newRoutes() []route {
	readClient := anyOf("read:clients", "read:client_keys", "read:client_credentials", "read:client_summary")
	updateClient := anyOf("update:clients", "update:client_keys", "update:client_credentials", "update:client_token_vault_privileged_access")
	clientConnections := [][]string{{"read:connections"}, {"read:clients", "read:client_summary"}}
	return append(slices.Concat(organizationRoutes(), logRoutes(), notHeldRoutes()), []route{
		op(http.MethodGet, "/clients", readClient, clientListQuery(), "", listClients),
		op(http.MethodPost, "/clients", anyOf("create:clients"), nil, createClientBody, createClient),
		op(http.MethodGet, "/clients/{}", readClient, fieldsQuery(), "", getClient),
		op(http.MethodPatch, "/clients/{}", updateClient, nil, updateClientBody, updateClientByID),
		op(http.MethodDelete, "/clients/{}", anyOf("delete:clients"), nil, "", deleteClient),
		op(http.MethodGet, "/clients/{}/connections", clientConnections, clientConnectionsQuery(), "", listClientConnections),

		op(http.MethodGet, "/connections", anyOf("read:connections"), connectionListQuery(), "", listConnections),
		op(http.MethodPost, "/connections", anyOf("create:connections"), nil, createConnectionBody, createConnection),
		op(http.MethodGet, "/connections/{}", anyOf("read:connections"), fieldsQuery(), "", getConnection),
		op(http.MethodPatch, "/connections/{}", anyOf("update:connections"), nil, updateConnectionBody, updateConnection),
		op(http.MethodDelete, "/connections/{}", anyOf("delete:connections"), nil, "", deleteConnection),
		op(http.MethodGet, "/connections/{}/clients", anyOf("read:connections"), membersQuery(), "", listMembers),
		op(http.MethodPatch, "/connections/{}/clients", anyOf("update:connections"), nil, updateMembersBody, updateMembers),

		op(http.MethodGet, "/resource-servers", anyOf("read:resource_servers"), resourceServerListQuery(), "", listResourceServers),
		op(http.MethodPost, "/resource-servers", anyOf("create:resource_servers"), nil, createResourceServerBody, createResourceServer),
		op(http.MethodGet, "/resource-servers/{}", anyOf("read:resource_servers"), fieldsQuery(), "", getResourceServer),
		op(http.MethodPatch, "/resource-servers/{}", anyOf("update:resource_servers"), nil, updateResourceServerBody, updateResourceServer),
		op(http.MethodDelete, "/resource-servers/{}", anyOf("delete:resource_servers"), nil, "", deleteResourceServer),

		op(http.MethodGet, "/client-grants", anyOf("read:client_grants"), grantListQuery(), "", listGrants),
		op(http.MethodPost, "/client-grants", anyOf("create:client_grants"), nil, createGrantBody, createGrant),
		op(http.MethodGet, "/client-grants/{}", anyOf("read:client_grants"), nil, "", getGrant),
		op(http.MethodPatch, "/client-grants/{}", anyOf("update:client_grants"), nil, updateGrantBody, updateGrant),
		op(http.MethodDelete, "/client-grants/{}", anyOf("delete:client_grants"), nil, "", deleteGrant),

		op(http.MethodGet, "/tenants/settings", anyOf("read:tenant_settings"), fieldsQuery(), "", getSettings),
		op(http.MethodPatch, "/tenants/settings", anyOf("update:tenant_settings"), nil, updateSettingsBody, updateSettings),

		op(http.MethodGet, "/custom-domains", anyOf("read:custom_domains"), customDomainQuery(), "", listCustomDomains),
		op(http.MethodGet, "/custom-domains/{}", anyOf("read:custom_domains"), nil, "", getCustomDomain),
		op(http.MethodGet, "/guardian/policies", anyOf("read:mfa_policies"), nil, "", listPolicies),
		op(http.MethodPut, "/guardian/policies", anyOf("update:mfa_policies"), nil, setPoliciesBody, setPolicies),
		op(http.MethodGet, "/actions/triggers/{}/bindings", anyOf("read:actions"), bindingQuery(), "", listBindings),
	}...)
}

// organizationRoutes are the operations on organizations, their client grants and their connections, which have two spellings.
func organizationRoutes() []route {
	read := anyOf("read:organizations", "read:organizations_summary")
	out := []route{
		op(http.MethodGet, "/organizations", read, organizationListQuery(), "", listOrganizations),
		op(http.MethodPost, "/organizations", anyOf("create:organizations"), nil, createOrganizationBody, createOrganization),
		op(http.MethodGet, "/organizations/name/{}", anyOf("read:organizations"), nil, "", getOrganizationByName),
		op(http.MethodGet, "/organizations/{}", read, nil, "", getOrganization),
		op(http.MethodPatch, "/organizations/{}", anyOf("update:organizations"), nil, updateOrganizationBody, updateOrganization),
		op(http.MethodDelete, "/organizations/{}", anyOf("delete:organizations"), nil, "", deleteOrganization),
		op(http.MethodGet, "/organizations/{}/client-grants", anyOf("read:organization_client_grants"), orgGrantQuery(), "", listOrgGrants),
		op(http.MethodPost, "/organizations/{}/client-grants", anyOf("create:organization_client_grants"), nil, addOrgGrantBody, addOrgGrant),
		op(http.MethodDelete, "/organizations/{}/client-grants/{}", anyOf("delete:organization_client_grants"), nil, "", removeOrgGrant),
	}
	for _, sp := range []struct {
		path        string
		all         allConnections
		query       []param
		add, update string
	}{
		{"/organizations/{}/enabled_connections", false, offsetQuery(1), addEnabledConnectionBody, updateEnabledBody},
		{"/organizations/{}/connections", true, orgConnectionQuery(), addOrgConnectionBody, updateOrgConnectionBody},
	} {
		scope := func(verb string) [][]string { return anyOf(verb + ":organization_connections") }
		out = append(out,
			op(http.MethodGet, sp.path, scope("read"), sp.query, "", sp.all.list),
			op(http.MethodPost, sp.path, scope("create"), nil, sp.add, sp.all.add),
			op(http.MethodGet, sp.path+"/{}", scope("read"), nil, "", sp.all.get),
			op(http.MethodPatch, sp.path+"/{}", scope("update"), nil, sp.update, sp.all.update),
			op(http.MethodDelete, sp.path+"/{}", scope("delete"), nil, "", sp.all.remove),
		)
	}
	return out
}

// apiPrefix is where the Management API begins.
const apiPrefix = "/api/v2"

func op(method, path string, scopes [][]string, query []param, schema string, do handle) route {
	segments := append([]string{"api", "v2"}, strings.Split(strings.TrimPrefix(path, "/"), "/")...)
	return route{method: method, path: segments, scopes: scopes, query: query, schema: schema, do: do}
}
