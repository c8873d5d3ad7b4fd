package sandbox

import (
	"net/http"
	"slices"
)

// maxOrgGrants is how many client grants an organization has at most (documented: POST .../client-grants, 409).
const maxOrgGrants = 100

// orgGrantsOf is the client grants of an organization, made when first asked for.
func (t *tenant) orgGrantsOf(organization string) *members {
	m := t.orgGrants[organization]
	if m == nil {
		m = &members{has: map[string]object{}}
		t.orgGrants[organization] = m
	}
	return m
}

// removeGrant deletes a client grant, also from the organizations that have it (assumed).
func (t *tenant) removeGrant(id string) {
	t.grants.remove(id)
	for _, m := range t.orgGrants {
		m.remove(id)
	}
}

// orgGrantView shows the members of a grant that its organizations see (documented).
func orgGrantView() func(object) object {
	return projectionOf("id", "client_id", "audience", "scope", "organization_usage", "allow_any_organization")
}

// listOrgGrants is GET /organizations/{id}/client-grants, in the order they were added (assumed).
func listOrgGrants(s *Server, rq *request) (*reply, error) {
	id := rq.args[0]
	if s.tenant.organizations.get(id) == nil {
		return nil, errNoOrganization()
	}
	w, err := s.newWindow(rq, orgPageSize)
	if err != nil {
		return nil, err
	}
	var grants []object
	if m := s.tenant.orgGrants[id]; m != nil {
		for _, grant := range m.order {
			if body := s.tenant.grants.get(grant); body != nil && asksForGrant(rq, body) {
				grants = append(grants, body)
			}
		}
	}
	from := min(w.page*w.size, len(grants))
	out, view := []any{}, orgGrantView()
	for _, body := range grants[from:min(from+w.size, len(grants))] {
		out = append(out, view(body))
	}
	if !w.totals {
		return &reply{status: http.StatusOK, body: out}, nil
	}
	return &reply{status: http.StatusOK, body: object{"start": w.page * w.size, "limit": w.size, "total": len(grants), "client_grants": out}}, nil
}

// asksForGrant says whether the filters of a list let a grant through.
func asksForGrant(rq *request, body object) bool {
	for _, key := range []string{"audience", "client_id"} {
		if v := rq.query.Get(key); v != "" && text(body, key) != v {
			return false
		}
	}
	ids := rq.query["grant_ids"]
	return len(ids) == 0 || slices.Contains(ids, text(body, "id"))
}

// addOrgGrant is POST /organizations/{id}/client-grants. Whether a grant whose organization_usage is deny is refused is not
// documented; here it is not.
func addOrgGrant(s *Server, rq *request) (*reply, error) {
	id, grant := rq.args[0], text(rq.body.(object), "grant_id")
	if s.tenant.organizations.get(id) == nil {
		return nil, errNoOrganization()
	}
	body := s.tenant.grants.get(grant)
	m := s.tenant.orgGrantsOf(id)
	switch {
	case body == nil:
		return nil, errNoGrant()
	case m.has[grant] != nil:
		return nil, fail(http.StatusConflict, "", "The client grant has already been added to this organization.")
	case len(m.order) >= maxOrgGrants:
		return nil, fail(http.StatusConflict, "", "Quota exceeded; cannot add more than %d client grants to a single organization", maxOrgGrants)
	}
	m.add(grant, object{"id": grant})
	return &reply{status: http.StatusCreated, body: orgGrantView()(body)}, nil
}

// removeOrgGrant is DELETE /organizations/{id}/client-grants/{grant}: 204 also when it is not there, as only a missing
// organization is documented as a 404.
func removeOrgGrant(s *Server, rq *request) (*reply, error) {
	if s.tenant.organizations.get(rq.args[0]) == nil {
		return nil, errNoOrganization()
	}
	if m := s.tenant.orgGrants[rq.args[0]]; m != nil {
		m.remove(rq.args[1])
	}
	return &reply{status: http.StatusNoContent}, nil
}
