package sandbox

import "strings"

// EndPoint is one operation that the sandbox serves, and how well its shape is founded.
type EndPoint struct {
	Method, Path string
	// Scopes are groups; of each the token needs one.
	Scopes [][]string
	Grade  Grade
	Source string
}

// EndPoints is the route table of the Management API; the README's table is generated from it.
func EndPoints() []EndPoint {
	var out []EndPoint
	for _, rt := range newRoutes() {
		e := EndPoint{rt.method, "/" + strings.Join(rt.path[2:], "/"), rt.scopes, Documented, "OpenAPI document of 2026-06-25"}
		if from := recordings(e.Method + " " + e.Path); from != "" {
			e.Grade, e.Source = Recorded, from
		}
		out = append(out, e)
	}
	return out
}

// recordings is where answers of an operation were recorded, "" for an operation that none shows.
func recordings(operation string) string {
	const clients, connections, members = "TF TestAccClient*", "TF TestAccConnection*", "TF TestAccConnectionClients"
	const apis, grants, settings, organizations = "TF TestAccResourceServer*", "TF TestAccClientGrant", "TF TestAccTenant_Main", "TF TestAccOrganizationConnection"
	return map[string]string{
		"GET /clients": "deploy-cli 2026-08", "POST /clients": clients, "GET /clients/{}": clients, "PATCH /clients/{}": clients, "DELETE /clients/{}": clients,
		"GET /clients/{}/connections": "GO GetEnabledConnections",
		"GET /connections":            "deploy-cli 2026-08", "POST /connections": connections, "GET /connections/{}": connections,
		"PATCH /connections/{}": connections, "DELETE /connections/{}": connections,
		"GET /connections/{}/clients": members, "PATCH /connections/{}/clients": members,
		"GET /resource-servers": "deploy-cli 2026-08", "POST /resource-servers": apis, "GET /resource-servers/{}": apis,
		"PATCH /resource-servers/{}": apis, "DELETE /resource-servers/{}": apis,
		"GET /client-grants": grants, "POST /client-grants": grants, "GET /client-grants/{}": grants,
		"PATCH /client-grants/{}": grants, "DELETE /client-grants/{}": grants,
		"GET /tenants/settings": settings, "PATCH /tenants/settings": settings,
		"GET /custom-domains":                  "GO TestCustomDomainManager_ListWithPagination",
		"GET /actions/triggers/{}/bindings":    "TF TestAccTriggerAction",
		"GET /organizations":                   "GO ListCheckpointPagination",
		"POST /organizations":                  organizations,
		"GET /organizations/{}":                organizations,
		"DELETE /organizations/{}":             organizations,
		"GET /organizations/{}/connections":    organizations,
		"POST /organizations/{}/connections":   organizations,
		"GET /organizations/{}/connections/{}": organizations, "PATCH /organizations/{}/connections/{}": organizations,
		"DELETE /organizations/{}/connections/{}":   organizations,
		"GET /organizations/{}/enabled_connections": organizations, "POST /organizations/{}/enabled_connections": organizations,
		"GET /organizations/{}/enabled_connections/{}": organizations, "PATCH /organizations/{}/enabled_connections/{}": organizations,
		"DELETE /organizations/{}/enabled_connections/{}": organizations,
	}[operation]
}
