package sandbox

import "net/http"

// grantPageSize is the page when per_page is missing (recorded 2023-24).
const grantPageSize = 100

func listGrants(s *Server, rq *request) (*reply, error) {
	w, err := s.newWindow(rq, grantPageSize)
	if err != nil {
		return nil, err
	}
	keep := func(it *item) bool {
		for _, key := range []string{"audience", "client_id", "default_for"} {
			if v := rq.query.Get(key); v != "" && text(it.body, key) != v {
				return false
			}
		}
		if v := rq.query.Get("subject_type"); v != "" && subjectOf(it.body) != v {
			return false
		}
		v := rq.query.Get("allow_any_organization")
		return v == "" || flag(it.body, "allow_any_organization") == (v == "true")
	}
	return w.list(s.tenant.grants, "client_grants", keep, func(o object) object { return o }), nil
}

// subjectOf is a grant's subject type; grants from before 2025-08 have none and are for the client itself.
func subjectOf(o object) string {
	if v := text(o, "subject_type"); v != "" {
		return v
	}
	return "client"
}

func getGrant(s *Server, rq *request) (*reply, error) {
	body := s.tenant.grants.get(rq.args[0])
	if body == nil {
		return nil, errNoGrant()
	}
	return &reply{status: http.StatusOK, body: body}, nil
}

// createGrant is POST /client-grants. A grant is for one client, or for all third-party clients (default_for, recorded
// without client_id); client and API must exist (documented, 404).
func createGrant(s *Server, rq *request) (*reply, error) {
	o := clone(rq.body.(object))
	client, byDefault := text(o, "client_id"), text(o, "default_for") != ""
	switch {
	case client == "" && !byDefault:
		return nil, errBody("Payload validation error: 'Missing required property: client_id'.")
	case !byDefault && s.tenant.clients.get(client) == nil:
		return nil, errNoClient()
	case s.tenant.resourceServers.named(text(o, "audience")) == nil:
		return nil, errNoResourceServer()
	case o["scope"] == nil && !flag(o, "allow_all_scopes"):
		return nil, errBody("Payload validation error: 'Missing required property: scope'.")
	}
	if s.tenant.grants.named(grantKey(o)) != nil { // no such body is recorded: text and code assumed
		return nil, fail(http.StatusConflict, "client_grant_conflict", "A resource server with the same identifier already exists.")
	}
	if err := s.room(grantEntity); err != nil {
		return nil, err
	}
	if s.since(subjectTypes) {
		setDefault(o, "subject_type", "client")
	}
	settleScope(o)
	id, err := s.newID(grantIDShape())
	if err != nil {
		return nil, err
	}
	o["id"] = id
	s.tenant.grants.create(o, s.opts.Now())
	return &reply{status: http.StatusCreated, body: o}, nil
}

// settleScope drops scope from a grant of all scopes (recorded).
func settleScope(o object) {
	if flag(o, "allow_all_scopes") {
		delete(o, "scope")
	}
}

// updateGrant is PATCH /client-grants/{id}: members are replaced (recorded). Taking allow_all_scopes back needs a scope.
func updateGrant(s *Server, rq *request) (*reply, error) {
	old := s.tenant.grants.get(rq.args[0])
	if old == nil {
		return nil, errNoGrant()
	}
	next := mergeMembers(old, rq.body.(object))
	settleScope(next)
	if next["scope"] == nil && !flag(next, "allow_all_scopes") {
		return nil, errBody("Payload validation error: 'Missing required property: scope'.")
	}
	s.tenant.grants.put(next)
	return &reply{status: http.StatusOK, body: next}, nil
}

// deleteGrant is DELETE /client-grants/{id}: 204 also when there is none (recorded).
func deleteGrant(s *Server, rq *request) (*reply, error) {
	s.tenant.removeGrant(rq.args[0])
	return &reply{status: http.StatusNoContent}, nil
}
