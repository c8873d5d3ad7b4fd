package sandbox

import (
	"net/http"
	"strings"
)

// clientPageSize is the page when per_page is missing (recorded 2023-24; the documentation says 50).
const clientPageSize = 100

func listClients(s *Server, rq *request) (*reply, error) {
	w, err := s.newWindow(rq, clientPageSize)
	if err != nil {
		return nil, err
	}
	fields := projection(rq.query, "client_id")
	view := func(o object) object { return fields(clientView(rq, o)) }
	return w.list(s.tenant.clients, "clients", clientFilter(rq), view), nil
}

// clientFilter reads is_global, is_first_party, app_type and external_client_id. q is accepted and ignored (assumed).
func clientFilter(rq *request) func(*item) bool {
	var apps map[string]bool
	if v := rq.query.Get("app_type"); v != "" {
		apps = map[string]bool{}
		for app := range strings.SplitSeq(v, ",") {
			apps[strings.TrimSpace(app)] = true
		}
	}
	return func(it *item) bool {
		for name, key := range map[string]string{"is_global": "global", "is_first_party": "is_first_party"} {
			if rq.query.Has(name) && flag(it.body, key) != (rq.query.Get(name) == "true") {
				return false
			}
		}
		if rq.query.Has("external_client_id") && text(it.body, "external_client_id") != rq.query.Get("external_client_id") {
			return false
		}
		return apps == nil || apps[text(it.body, "app_type")]
	}
}

func getClient(s *Server, rq *request) (*reply, error) {
	body := s.tenant.clients.get(rq.args[0])
	if body == nil {
		return nil, errNoClient()
	}
	return &reply{status: http.StatusOK, body: projection(rq.query, "client_id")(clientView(rq, body))}, nil
}

// clientKeyFields can only be read with read:client_keys (documented in GET /clients).
func clientKeyFields() []string { return []string{"client_secret", "signing_keys", "encryption_key"} }

// clientView is a stored client as GET and PATCH show it: without what the token may not see, and with the credentials
// of client_authentication_methods reduced to their ids (recorded). A token with read:client_summary alone sees four
// fields (documented).
func clientView(rq *request, body object) object {
	if !rq.scopes.hasAny([]string{"read:clients", "read:client_keys", "update:clients", "create:clients"}) {
		return projectionOf("client_id", "app_type", "name", "description")(body)
	}
	out := clone(body)
	delete(out, "encrypted") // in the POST answer only: 7 of 7, and 0 of 107 others (recorded)
	if !rq.scopes.has("read:client_keys") {
		for _, key := range clientKeyFields() {
			delete(out, key)
		}
	}
	if m := child(out, "client_authentication_methods"); m != nil {
		out["client_authentication_methods"] = credentialIDs(m)
	}
	return out
}

// projectionOf keeps the named fields.
func projectionOf(names ...string) func(object) object {
	return func(o object) object {
		out := object{}
		for _, name := range names {
			if v, ok := o[name]; ok {
				out[name] = v
			}
		}
		return out
	}
}

// createClient is POST /clients. Names are not unique (recorded duplicates).
func createClient(s *Server, rq *request) (*reply, error) {
	body := clone(rq.body.(object))
	if err := s.clientConflicts(rq, nil, body); err != nil {
		return nil, err
	}
	if err := s.room(clientEntity); err != nil {
		return nil, err
	}
	if err := s.completeClient(body); err != nil {
		return nil, err
	}
	stored := clone(body)
	if keys, ok := stored["signing_keys"].([]any); ok { // only the POST answer holds the private key (recorded)
		stored["signing_keys"] = publicKeys(keys)
	}
	s.tenant.clients.create(stored, s.opts.Now())
	return &reply{status: http.StatusCreated, body: body}, nil
}

// updateClientByID is PATCH /clients/{id}.
func updateClientByID(s *Server, rq *request) (*reply, error) {
	old := s.tenant.clients.get(rq.args[0])
	if old == nil {
		return nil, errNoClient()
	}
	change := rq.body.(object)
	if err := s.clientConflicts(rq, old, change); err != nil {
		return nil, err
	}
	next := mergeClient(old, change)
	if err := s.completeCredentials(next); err != nil {
		return nil, err
	}
	s.tenant.clients.put(next)
	return &reply{status: http.StatusOK, body: clientView(rq, next)}, nil
}

// deleteClient is DELETE /clients/{id}: 204 also when there is none (recorded); the global client stays (documented).
// Grants of the client and its place on connections go with it ("and related configuration", documented).
func deleteClient(s *Server, rq *request) (*reply, error) {
	id := rq.args[0]
	body := s.tenant.clients.get(id)
	if body == nil {
		return &reply{status: http.StatusNoContent}, nil
	}
	if flag(body, "global") {
		return nil, fail(http.StatusBadRequest, "", "Global client cannot be deleted.")
	}
	s.tenant.clients.remove(id)
	for _, m := range s.tenant.enabled {
		m.remove(id)
	}
	for _, it := range s.tenant.grants.created() {
		if text(it.body, "client_id") == id {
			s.tenant.removeGrant(it.id)
		}
	}
	return &reply{status: http.StatusNoContent}, nil
}
