package sandbox

import "net/http"

// The reads below are for objects that no sandbox holds. Clients that walk a whole tenant ask for them, and take a 404 for
// a tenant without the feature, or for one without organizations at all; a tenant that has none answers as follows. There
// is nothing to write them with.

// noneOf is a list that is always empty, with the key the published SDK reads (node-auth0 6.4.0).
func noneOf(key string) handle {
	return func(*Server, *request) (*reply, error) {
		return &reply{status: http.StatusOK, body: object{key: []any{}}}, nil
	}
}

// noneOfOrganization is noneOf for what belongs to an organization.
func noneOfOrganization(key string) handle {
	none := noneOf(key)
	return func(s *Server, rq *request) (*reply, error) {
		if s.tenant.organizations.get(rq.args[0]) == nil {
			return nil, errNoOrganization()
		}
		return none(s, rq)
	}
}

// getSCIM is GET /connections/{id}/scim-configuration: no connection here has one. Both texts are documented.
func getSCIM(s *Server, rq *request) (*reply, error) {
	if s.tenant.connections.get(rq.args[0]) == nil {
		return nil, errNoConnection()
	}
	return nil, fail(http.StatusNotFound, "", "Not Found")
}

// notHeldRoutes are the operations on what no sandbox holds.
func notHeldRoutes() []route {
	page := checkpointQuery(perPageMax)
	return []route{
		op(http.MethodGet, "/connections/{}/scim-configuration", anyOf("read:scim_config"), nil, "", getSCIM),
		op(http.MethodGet, "/connections-directory-provisionings", anyOf("read:directory_provisionings"), page, "", noneOf("directory_provisionings")),
		op(http.MethodGet, "/organizations/{}/clients", anyOf("read:organization_clients"), page, "", noneOfOrganization("clients")),
		op(http.MethodGet, "/organizations/{}/discovery-domains", anyOf("read:organization_discovery_domains"), page, "", noneOfOrganization("domains")),
	}
}
