package sandbox

import (
	"net/http"
	"strings"
)

const (
	// orgPageSize is the page when per_page is missing (documented and recorded).
	orgPageSize = 50
	// orgOffsetMost is how far offset paging of organizations reaches (documented: beyond it checkpoint must be used).
	orgOffsetMost = 1000
)

func errNoOrganization() *apiError { // R: TF TestAccDataSourceOrganization, without errorCode
	return fail(http.StatusNotFound, "", "No organization found by that id or name")
}

func errOrganizationName() *apiError { // D: the text; no such body is recorded
	return fail(http.StatusConflict, "", "An organization with this name already exists.")
}

// listOrganizations is GET /organizations: in creation order (recorded). sort is accepted and ignored (assumed).
func listOrganizations(s *Server, rq *request) (*reply, error) {
	w, err := s.newWindow(rq, orgPageSize)
	if err != nil {
		return nil, err
	}
	if !w.checkpoint && (w.page+1)*w.size > orgOffsetMost {
		return nil, fail(http.StatusBadRequest, "invalid_paging", "You can only page through the first 1000 records.") // text assumed
	}
	return w.list(s.tenant.organizations, "organizations", nil, organizationView(rq)), nil
}

// organizationView shows a token with read:organizations_summary alone only what identifies an organization (which
// members is assumed).
func organizationView(rq *request) func(object) object {
	if rq.scopes.hasAny([]string{"read:organizations", "create:organizations", "update:organizations"}) {
		return func(o object) object { return o }
	}
	return projectionOf("id", "name", "display_name")
}

func getOrganization(s *Server, rq *request) (*reply, error) {
	body := s.tenant.organizations.get(rq.args[0])
	if body == nil {
		return nil, errNoOrganization()
	}
	return &reply{status: http.StatusOK, body: organizationView(rq)(body)}, nil
}

func getOrganizationByName(s *Server, rq *request) (*reply, error) {
	body := s.tenant.organizations.named(rq.args[0])
	if body == nil {
		return nil, errNoOrganization()
	}
	return &reply{status: http.StatusOK, body: body}, nil
}

// createOrganization is POST /organizations. Nothing is defaulted but the two members that tenants show since 2026-08
// (recorded). Connections may come along; they need a scope of their own (documented) and show in the answer (assumed).
func createOrganization(s *Server, rq *request) (*reply, error) {
	const connectionScope = "create:organization_connections"
	o := clone(rq.body.(object))
	links, _ := o["enabled_connections"].([]any)
	delete(o, "enabled_connections")
	if len(links) > 0 && !rq.scopes.has(connectionScope) {
		return nil, errScope([]string{connectionScope})
	}
	if s.tenant.organizations.named(text(o, "name")) != nil {
		return nil, errOrganizationName()
	}
	if err := s.room(organizationEntity); err != nil {
		return nil, err
	}
	id, err := s.newID(organizationIDShape())
	if err != nil {
		return nil, err
	}
	members := &members{has: map[string]object{}}
	for _, v := range links {
		if _, err := s.link(members, v.(object)); err != nil {
			return nil, err
		}
	}
	o["id"] = id
	settleOrganization(o)
	if s.since(organizationAccess) {
		setDefault(o, "third_party_client_access", "block")
		setDefault(o, "is_app_entitlement_active", false)
	}
	s.tenant.organizations.create(o, s.opts.Now())
	if len(links) == 0 {
		return &reply{status: http.StatusCreated, body: o}, nil
	}
	s.tenant.orgConnections[id] = members
	out, shown := clone(o), []any{}
	for _, con := range members.order {
		shown = append(shown, s.enabledView(members.has[con]))
	}
	out["enabled_connections"] = shown
	return &reply{status: http.StatusCreated, body: out}, nil
}

// settleOrganization removes null members and empty metadata, which is absent afterwards (recorded).
func settleOrganization(o object) {
	dropNulls(o)
	metadata := child(o, "metadata")
	if metadata == nil {
		return
	}
	metadata = clone(metadata)
	dropNulls(metadata)
	o["metadata"] = metadata
	if len(metadata) == 0 {
		delete(o, "metadata")
	}
}

// updateOrganization is PATCH /organizations/{id}: members are replaced, metadata as a whole (recorded).
func updateOrganization(s *Server, rq *request) (*reply, error) {
	old := s.tenant.organizations.get(rq.args[0])
	if old == nil {
		return nil, errNoOrganization()
	}
	next := mergeMembers(old, rq.body.(object))
	if other := s.tenant.organizations.named(text(next, "name")); other != nil && text(other, "id") != text(old, "id") {
		return nil, errOrganizationName()
	}
	settleOrganization(next)
	s.tenant.organizations.put(next)
	return &reply{status: http.StatusOK, body: next}, nil
}

// deleteOrganization is DELETE /organizations/{id}: a missing one is a 404, unlike other kinds (recorded).
func deleteOrganization(s *Server, rq *request) (*reply, error) {
	if !s.tenant.organizations.remove(rq.args[0]) {
		return nil, errNoOrganization()
	}
	delete(s.tenant.orgConnections, rq.args[0])
	delete(s.tenant.orgGrants, rq.args[0])
	return &reply{status: http.StatusNoContent}, nil
}

// foldedID orders ids regardless of case.
func foldedID(a, b string) int {
	if c := strings.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}
