package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Scopes that decide about a connection's options (documented in the descriptions of the document's bodies).
const (
	scopeReadOptions   = "read:connections_options"
	scopeUpdateOptions = "update:connections_options"
)

// connectionFields always stay when fields are chosen (recorded).
func (s *Server) connectionFields() []string {
	if s.since(connectionPurposes) {
		return []string{"id", "is_domain_connection", "authentication", "connected_accounts"}
	}
	return []string{"id", "is_domain_connection"}
}

func listConnections(s *Server, rq *request) (*reply, error) {
	size := 50
	if !s.since(connectionPageOf50) {
		size = 100
	}
	w, err := s.newWindow(rq, size)
	if err != nil {
		return nil, err
	}
	keep := strategyFilter(rq.query)
	if name := rq.query.Get("name"); name != "" {
		byStrategy := keep
		keep = func(it *item) bool { return text(it.body, "name") == name && byStrategy(it) }
	}
	return w.list(s.tenant.connections, "connections", keep, s.connectionView(rq)), nil
}

// strategyFilter keeps connections of any of the strategies asked for.
func strategyFilter(q url.Values) func(*item) bool {
	want := q["strategy"]
	return func(it *item) bool { return len(want) == 0 || slices.Contains(want, text(it.body, "strategy")) }
}

func getConnection(s *Server, rq *request) (*reply, error) {
	body := s.tenant.connections.get(rq.args[0])
	if body == nil {
		return nil, errNoConnection()
	}
	return &reply{status: http.StatusOK, body: s.connectionView(rq)(body)}, nil
}

// connectionView shows a stored connection to a token: options need a scope of their own, and since 2026-07 the list of
// enabled clients is elsewhere (recorded: 20 bodies without it).
func (s *Server) connectionView(rq *request) func(object) object {
	fields := projection(rq.query, s.connectionFields()...)
	withOptions, withMembers := rq.scopes.has(scopeReadOptions), s.opts.EnabledClientsInBodies || !s.since(membersElsewhere)
	return func(body object) object {
		out := clone(body)
		if !withOptions {
			delete(out, "options")
		}
		if withMembers {
			out["enabled_clients"] = s.memberList(text(body, "id"))
		}
		return fields(out)
	}
}

// memberList is the enabled clients of a connection as enabled_clients shows them.
func (s *Server) memberList(id string) []any {
	out := []any{}
	if m := s.tenant.enabled[id]; m != nil {
		for _, client := range m.order {
			out = append(out, client)
		}
	}
	return out
}

// createConnection is POST /connections. The answer holds enabled_clients even after other answers lost it (recorded).
func createConnection(s *Server, rq *request) (*reply, error) {
	o := clone(rq.body.(object))
	if err := s.connectionConflicts("", o); err != nil {
		return nil, err
	}
	if err := s.roomForConnection(text(o, "strategy")); err != nil {
		return nil, err
	}
	if err := s.completeConnection(o); err != nil {
		return nil, err
	}
	clients, _ := o["enabled_clients"].([]any)
	delete(o, "enabled_clients")
	s.tenant.connections.create(o, s.opts.Now())
	id := text(o, "id")
	delete(s.tenant.enabled, id)
	for _, c := range clients {
		if client, ok := c.(string); ok {
			s.tenant.membersOf(id).add(client, nil)
		}
	}
	out := s.connectionView(rq)(o)
	out["enabled_clients"] = s.memberList(id)
	return &reply{status: http.StatusCreated, body: out}, nil
}

// completeConnection adds what the server adds on create (recorded, management-api.md 1).
func (s *Server) completeConnection(o object) error {
	id, err := s.newID(connectionIDShape())
	if err != nil {
		return err
	}
	name, strategy := text(o, "name"), text(o, "strategy")
	o["id"] = id
	setDefault(o, "is_domain_connection", false)
	if realms, _ := o["realms"].([]any); len(realms) == 0 { // absent or empty (documented)
		o["realms"] = []any{name}
	}
	if s.since(connectionPurposes) {
		setDefault(o, "authentication", object{"active": true})
		setDefault(o, "connected_accounts", object{"active": false})
	}
	if isEnterprise(strategy) {
		setDefault(o, "show_as_button", false)
	}
	if strategy == "okta" { // recorded (GO GetEnabledConnections); samlp has none unless sent
		setDefault(o, "display_name", name)
	}
	if hasTicket(strategy) {
		ticket, err := s.newID(ticketShape())
		if err != nil {
			return err
		}
		o["provisioning_ticket_url"] = fmt.Sprintf("https://%s/p/%s/%s", s.domain(), strategy, ticket)
	}
	options, err := s.deriveOptions(strategy, child(o, "options"), true)
	if err != nil {
		return err
	}
	o["options"] = options
	return nil
}

// isEnterprise says which strategies get show_as_button (recorded for samlp, pingfederate, okta; the rest documented).
func isEnterprise(strategy string) bool {
	return slices.Contains([]string{"ad", "adfs", "auth0-adldap", "google-apps", "ip", "office365", "oidc", "okta", "pingfederate", "samlp", "sharepoint", "waad"}, strategy)
}

// hasTicket says which strategies get a provisioning_ticket_url: recorded for samlp and pingfederate, absent for okta.
func hasTicket(strategy string) bool {
	return slices.Contains([]string{"ad", "adfs", "pingfederate", "samlp", "waad", "google-apps"}, strategy)
}

// updateConnection is PATCH /connections/{id}: the top level merges, options and metadata are replaced as a whole
// (recorded 19 of 19), an omitted display_name stays (recorded 11 of 11; the document says it becomes the name).
func updateConnection(s *Server, rq *request) (*reply, error) {
	old := s.tenant.connections.get(rq.args[0])
	if old == nil {
		return nil, errNoConnection()
	}
	sent := rq.body.(object)
	if _, ok := sent["options"]; ok && !rq.scopes.has(scopeUpdateOptions) {
		return nil, errScope([]string{scopeUpdateOptions})
	}
	next := mergeMembers(old, sent)
	if err := s.connectionConflicts(text(old, "id"), next); err != nil {
		return nil, err
	}
	if v, ok := sent["options"]; ok {
		options, _ := v.(object)
		derived, err := s.deriveOptions(text(old, "strategy"), options, false)
		if err != nil {
			return nil, err
		}
		next["options"] = derived
	}
	if v, ok := sent["enabled_clients"]; ok {
		s.replaceMembers(text(old, "id"), v)
	}
	delete(next, "enabled_clients")
	s.tenant.connections.put(next)
	return &reply{status: http.StatusOK, body: s.connectionView(rq)(next)}, nil
}

// replaceMembers sets the enabled clients of a connection. null clears them (recorded 13 of 13).
func (s *Server) replaceMembers(id string, v any) {
	delete(s.tenant.enabled, id)
	list, _ := v.([]any)
	for _, c := range list {
		if client, ok := c.(string); ok {
			s.tenant.membersOf(id).add(client, nil)
		}
	}
}

// connectionConflicts refuses names, realms and domain connections that another connection holds (documented; the text
// for the name is recorded). next is the connection as it would be stored.
func (s *Server) connectionConflicts(self string, next object) error {
	if self == "" && s.tenant.connections.named(text(next, "name")) != nil {
		return errConnectionName()
	}
	realms, _ := next["realms"].([]any)
	domain := flag(next, "is_domain_connection")
	if len(realms) == 0 && !domain {
		return nil
	}
	for _, it := range s.tenant.connections.sorted {
		if it.id == self {
			continue
		}
		theirs, _ := it.body["realms"].([]any)
		for _, r := range realms {
			if slices.Contains(theirs, r) {
				return fail(http.StatusConflict, "", `There is already another connection with some realms from "realms" parameter`)
			}
		}
		if domain && flag(it.body, "is_domain_connection") && text(it.body, "strategy") == text(next, "strategy") {
			return fail(http.StatusConflict, "", "There is already a domain connection enabled for strategy")
		}
	}
	return nil
}

// deleteConnection is DELETE /connections/{id}: 202 with the time, then 204 (recorded). Its users go with it (documented).
func deleteConnection(s *Server, rq *request) (*reply, error) {
	old := s.tenant.connections.get(rq.args[0])
	if !s.tenant.connections.remove(rq.args[0]) {
		return &reply{status: http.StatusNoContent}, nil
	}
	s.tenant.removeUsersOf(text(old, "name"))
	delete(s.tenant.enabled, rq.args[0])
	for _, m := range s.tenant.orgConnections { // assumed
		m.remove(rq.args[0])
	}
	return &reply{status: http.StatusAccepted, body: object{"deleted_at": s.opts.Now().UTC().Format(timestamp)}}, nil
}

// listMembers is GET /connections/{id}/clients: items hold client_id alone, sorted regardless of case (recorded 151 of
// 151), and only checkpoint paging exists.
func listMembers(s *Server, rq *request) (*reply, error) {
	id := rq.args[0]
	if s.tenant.connections.get(id) == nil {
		return nil, errNoConnection()
	}
	w, err := s.newWindow(rq, defaultTake)
	if err != nil {
		return nil, err
	}
	var ids []string
	if m := s.tenant.enabled[id]; m != nil {
		ids = slices.Clone(m.order)
	}
	key := func(id string) string { return strings.ToLower(id) + "\x00" + id }
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(key(a), key(b)) })
	out, body := []any{}, object{}
	for _, client := range ids {
		if w.from != "" && key(client) <= w.from {
			continue
		}
		if len(out) == w.size {
			last, _ := out[len(out)-1].(object)
			body["next"] = cursor(key(text(last, "client_id")))
			break
		}
		out = append(out, object{"client_id": client})
	}
	body["clients"] = out
	return &reply{status: http.StatusOK, body: body}, nil
}

// updateMembers is PATCH /connections/{id}/clients: each item enables or disables one client, others stay, repeating is
// fine (recorded). An unknown client is a 404 (documented) that changes nothing (assumed).
func updateMembers(s *Server, rq *request) (*reply, error) {
	id := rq.args[0]
	if s.tenant.connections.get(id) == nil {
		return nil, errNoConnection()
	}
	list := rq.body.([]any)
	for _, v := range list {
		if s.tenant.clients.get(text(v.(object), "client_id")) == nil {
			return nil, errNoClient()
		}
	}
	m := s.tenant.membersOf(id)
	for _, v := range list {
		o := v.(object)
		if flag(o, "status") {
			m.add(text(o, "client_id"), nil)
		} else {
			m.remove(text(o, "client_id"))
		}
	}
	return &reply{status: http.StatusNoContent}, nil
}

// listClientConnections is GET /clients/{id}/connections: whole connection bodies, checkpoint paging (recorded).
func listClientConnections(s *Server, rq *request) (*reply, error) {
	client := rq.args[0]
	if s.tenant.clients.get(client) == nil {
		return nil, errNoClient()
	}
	w, err := s.newWindow(rq, defaultTake)
	if err != nil {
		return nil, err
	}
	w.checkpoint = true
	ofStrategy := strategyFilter(rq.query)
	keep := func(it *item) bool { return s.tenant.isEnabled(it.id, client) && ofStrategy(it) }
	whole := s.connectionView(rq)
	view := func(o object) object { // recorded without enabled_clients also when other answers still had it
		out := whole(o)
		delete(out, "enabled_clients")
		return out
	}
	return w.list(s.tenant.connections, "connections", keep, view), nil
}
