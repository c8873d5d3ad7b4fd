package sandbox

import (
	"net/http"
	"slices"
)

func errNoOrgConnection() *apiError { // R: without errorCode
	return fail(http.StatusNotFound, "", "No connection found by that id")
}

// allConnections tells the two spellings apart: organizations/{id}/connections of 2026 shows also what is not enabled,
// and two members more than organizations/{id}/enabled_connections.
type allConnections bool

// view is the way a spelling shows a connection of an organization.
func (all allConnections) view(s *Server) func(object) object {
	if all {
		return s.everyView
	}
	return s.enabledView
}

// newerMembers are those that only organizations/{id}/connections knows.
func newerMembers() []string {
	return []string{"is_enabled", "organization_access_level", "organization_connection_name"}
}

// everyView is a connection of an organization with the newer members (recorded defaults; is_enabled's is assumed).
func (s *Server) everyView(entry object) object {
	out := s.withConnection(entry)
	setDefault(out, "is_enabled", true)
	setDefault(out, "organization_access_level", "none")
	return out
}

// enabledView is a connection of an organization without the newer members.
func (s *Server) enabledView(entry object) object {
	out := s.withConnection(entry)
	for _, key := range newerMembers() {
		delete(out, key)
	}
	return out
}

// withConnection adds the name and strategy of the connection itself.
func (s *Server) withConnection(entry object) object {
	out := clone(entry)
	if con := s.tenant.connections.get(text(entry, "connection_id")); con != nil {
		out["connection"] = object{"name": con["name"], "strategy": con["strategy"]}
	}
	return out
}

// disabled says whether an entry is kept without being enabled.
func disabled(entry object) bool { return entry["is_enabled"] == false }

// lists says whether a list shows an entry.
func (all allConnections) lists(rq *request, entry object) bool {
	if !all {
		return !disabled(entry)
	}
	return !rq.query.Has("is_enabled") || disabled(entry) != (rq.query.Get("is_enabled") == "true")
}

// list is GET of a spelling: sorted by id regardless of case (the four recorded lists of two fit that).
func (all allConnections) list(s *Server, rq *request) (*reply, error) {
	id := rq.args[0]
	if s.tenant.organizations.get(id) == nil {
		return nil, errNoOrganization()
	}
	w, err := s.newWindow(rq, orgPageSize)
	if err != nil {
		return nil, err
	}
	var links []object
	if m := s.tenant.orgConnections[id]; m != nil {
		for _, con := range slices.SortedFunc(slices.Values(m.order), foldedID) {
			entry := m.has[con]
			if all.lists(rq, entry) {
				links = append(links, entry)
			}
		}
	}
	from := min(w.page*w.size, len(links))
	out, view := []any{}, all.view(s)
	for _, entry := range links[from:min(from+w.size, len(links))] {
		out = append(out, view(entry))
	}
	if !w.totals {
		return &reply{status: http.StatusOK, body: out}, nil
	}
	body := object{"start": w.page * w.size, "limit": w.size, "total": len(links)}
	if all {
		body["connections"] = out
	} else {
		body["enabled_connections"], body["limit"] = out, len(out) // the number returned (recorded 394 of 394)
	}
	return &reply{status: http.StatusOK, body: body}, nil
}

// link checks a connection that an organization is to have and stores it among its members.
func (s *Server) link(m *members, sent object) (object, error) {
	id := text(sent, "connection_id")
	con := s.tenant.connections.get(id)
	switch {
	case con == nil:
		return nil, errNoOrgConnection()
	case m.has[id] != nil: // documented for the newer spelling
		return nil, fail(http.StatusConflict, "", "The organization connection already exists.")
	case len(m.order) >= maxOrgConnections: // the limit is documented, that its refusal is this one is assumed
		return nil, errEntityLimit()
	}
	entry := clone(sent)
	setDefault(entry, "assign_membership_on_login", false)
	setDefault(entry, "show_as_button", true)
	if err := settleSignup(entry, text(con, "strategy")); err != nil {
		return nil, err
	}
	m.add(id, entry)
	return entry, nil
}

// settleSignup keeps is_signup_enabled for databases alone (recorded text; what happens to false elsewhere is assumed).
func settleSignup(entry object, strategy string) error {
	database := strategy == "auth0"
	if flag(entry, "is_signup_enabled") && (!database || !flag(entry, "assign_membership_on_login")) {
		return errBody("Only database connections with assign_membership_on_login = true support is_signup_enabled = true.")
	}
	if database {
		setDefault(entry, "is_signup_enabled", false)
	} else {
		delete(entry, "is_signup_enabled")
	}
	return nil
}

// add is POST of a spelling.
func (all allConnections) add(s *Server, rq *request) (*reply, error) {
	id := rq.args[0]
	if s.tenant.organizations.get(id) == nil {
		return nil, errNoOrganization()
	}
	entry, err := s.link(s.tenant.orgConnectionsOf(id), rq.body.(object))
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, body: all.view(s)(entry)}, nil
}

// find is the members of an organization and its entry for a connection.
func (all allConnections) find(s *Server, rq *request) (*members, object, error) {
	if s.tenant.organizations.get(rq.args[0]) == nil {
		return nil, nil, errNoOrganization()
	}
	m := s.tenant.orgConnections[rq.args[0]]
	if m == nil || m.has[rq.args[1]] == nil || !bool(all) && disabled(m.has[rq.args[1]]) {
		return m, nil, errNoOrgConnection()
	}
	return m, m.has[rq.args[1]], nil
}

// get is GET of one connection of an organization.
func (all allConnections) get(s *Server, rq *request) (*reply, error) {
	_, entry, err := all.find(s, rq)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: all.view(s)(entry)}, nil
}

// update is PATCH: members omitted stay (recorded).
func (all allConnections) update(s *Server, rq *request) (*reply, error) {
	m, old, err := all.find(s, rq)
	if err != nil {
		return nil, err
	}
	next := mergeMembers(old, rq.body.(object))
	if err := settleSignup(next, text(s.tenant.connections.get(rq.args[1]), "strategy")); err != nil {
		return nil, err
	}
	m.has[rq.args[1]] = next
	return &reply{status: http.StatusOK, body: all.view(s)(next)}, nil
}

// remove is DELETE: 204 also when the connection is gone already (recorded), a 404 without the organization.
func (all allConnections) remove(s *Server, rq *request) (*reply, error) {
	if s.tenant.organizations.get(rq.args[0]) == nil {
		return nil, errNoOrganization()
	}
	if m := s.tenant.orgConnections[rq.args[0]]; m != nil {
		m.remove(rq.args[1])
	}
	return &reply{status: http.StatusNoContent}, nil
}
