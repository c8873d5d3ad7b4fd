package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// tenant is the whole state. Every method expects the caller to hold the server's lock.
type tenant struct {
	settings        object
	clients         *collection
	connections     *collection
	resourceServers *collection
	grants          *collection
	customDomains   *collection
	organizations   *collection
	users           *collection
	userGrants      *collection         // consents of users
	enabled         map[string]*members // connection id to the clients it is enabled for
	orgConnections  map[string]*members // organization id to the connections it has
	orgGrants       map[string]*members // organization id to the client grants it has
	logs            []object            // of a seed; the log itself outlives changes of the tenant
	rest            map[string]any      // parts of the seed without end points here, kept as they are
}

// members is a set of ids (clients of a connection, connections and client grants of an organization) that keeps the order they were added
// in, for snapshots.
type members struct {
	order []string
	has   map[string]object // id to its entry; of a client as it was seeded, or {"client_id"}
}

func (m *members) add(id string, entry object) {
	if _, ok := m.has[id]; ok {
		return
	}
	if entry == nil {
		entry = object{"client_id": id}
	}
	m.has[id] = entry
	m.order = append(m.order, id)
}

func (m *members) remove(id string) {
	if _, ok := m.has[id]; !ok {
		return
	}
	delete(m.has, id)
	m.order = slices.DeleteFunc(m.order, func(other string) bool { return other == id })
}

func newTenant() *tenant {
	return &tenant{
		settings:        object{},
		clients:         newCollection("client_id", func(object) string { return "" }, clientOrder),
		connections:     newCollection("id", func(o object) string { return text(o, "name") }, connectionOrder),
		resourceServers: newCollection("id", func(o object) string { return text(o, "identifier") }, creationOrder),
		grants:          newCollection("id", grantKey, idOrder),
		customDomains:   newCollection("custom_domain_id", func(o object) string { return text(o, "domain") }, domainOrder),
		organizations:   newCollection("id", func(o object) string { return text(o, "name") }, creationOrder),
		users:           newCollection("user_id", func(object) string { return "" }, creationOrder),
		userGrants:      newCollection("id", func(object) string { return "" }, creationOrder),
		enabled:         map[string]*members{},
		orgConnections:  map[string]*members{},
		orgGrants:       map[string]*members{},
		rest:            map[string]any{},
	}
}

// members of a connection, made when first asked for.
func (t *tenant) membersOf(connection string) *members {
	m := t.enabled[connection]
	if m == nil {
		m = &members{has: map[string]object{}}
		t.enabled[connection] = m
	}
	return m
}

// orgConnectionsOf is the connections of an organization, made when first asked for.
func (t *tenant) orgConnectionsOf(organization string) *members {
	m := t.orgConnections[organization]
	if m == nil {
		m = &members{has: map[string]object{}}
		t.orgConnections[organization] = m
	}
	return m
}

// isEnabled says whether the client may use the connection.
func (t *tenant) isEnabled(connection, client string) bool {
	m := t.enabled[connection]
	if m == nil {
		return false
	}
	_, ok := m.has[client]
	return ok
}

// Orders of lists (recorded, management-api.md 4.5): connections by name regardless of case, clients in creation order
// with the global client last, grants by id, organizations by creation. Resource servers in creation order is assumed.
func creationOrder(it *item) string { return fmt.Sprintf("%012d", it.seq) }

func idOrder(it *item) string { return it.id }

func connectionOrder(it *item) string {
	return strings.ToLower(text(it.body, "name")) + "\x00" + it.id
}

func clientOrder(it *item) string {
	if flag(it.body, "global") {
		return "1" + creationOrder(it)
	}
	return "0" + creationOrder(it)
}

// grantKey is the identity of a client grant: one client and audience may hold a grant for the client itself and one
// for users (recorded, management-api.md section 4); a default grant has no client.
func grantKey(o object) string {
	subject := text(o, "subject_type")
	if subject == "" {
		subject = "client"
	}
	return strings.Join([]string{text(o, "client_id"), text(o, "default_for"), text(o, "audience"), subject}, "\x00")
}

// systemIdentifier is the identifier of a tenant's "Auth0 Management API".
func systemIdentifier(domain string) string { return "https://" + domain + "/api/v2/" }

// isManagementAPI recognises the Management API among resource servers.
func isManagementAPI(o object) bool {
	return flag(o, "is_system") && strings.HasSuffix(text(o, "identifier"), "/api/v2/")
}

// renameSystemAPI moves the Management API to a new identifier, which happens when the domain becomes known late.
func (t *tenant) renameSystemAPI(identifier string) {
	for _, it := range t.resourceServers.sorted {
		if isManagementAPI(it.body) {
			body := clone(it.body)
			body["identifier"] = identifier
			t.resourceServers.put(body)
			return
		}
	}
}

// freshTenant is what a new Auth0 tenant holds.
func (s *Server) freshTenant() *tenant {
	t := newTenant()
	s.furnish(t)
	return t
}

// furnish adds what every tenant has unless the seed brought its own: settings, the global client, the Management API.
func (s *Server) furnish(t *tenant) {
	domain := s.domain()
	if len(t.settings) == 0 {
		t.settings = freshSettings()
	}
	if !slices.ContainsFunc(t.clients.sorted, func(it *item) bool { return flag(it.body, "global") }) {
		t.clients.put(globalClient(domain))
	}
	if !slices.ContainsFunc(t.resourceServers.sorted, func(it *item) bool { return isManagementAPI(it.body) }) {
		t.resourceServers.put(managementAPI(domain))
	}
}

// globalClient is the client every tenant has and nobody may manage (recorded: name, global, no app_type, no
// grant_types, no jwt_configuration).
func globalClient(domain string) object {
	name, _, _ := strings.Cut(domain, ".")
	return object{
		"tenant": name, "global": true, "name": "All Applications", "callbacks": []any{}, "is_first_party": true,
		"client_id": idFor(clientIDShape(), "global client"), "client_secret": idFor(secretShape(), "global secret of "+domain),
		"owners": []any{"mr|auth0|sandbox"}, "cross_origin_authentication": true, "custom_login_page_on": true,
		"refresh_token": defaultRefreshToken(false),
		"signing_keys":  []any{object{"subject": "/CN=" + domain}},
	}
}

// managementAPI is the system API of the domain (recorded; its list of scopes is left out: assumed harmless).
func managementAPI(domain string) object {
	return object{
		"id": idFor(resourceIDShape(), "Auth0 Management API"), "name": "Auth0 Management API",
		"identifier": systemIdentifier(domain), "is_system": true, "allow_offline_access": false,
		"skip_consent_for_verifiable_first_party_clients": false, "subject_type_authorization": defaultSubjects(),
		"token_lifetime": number(86400), "token_lifetime_for_web": number(7200), "signing_alg": "RS256",
	}
}
