package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// seedParts are the top-level keys of a seed in the order snapshots write them.
func seedParts() []string {
	return []string{
		"tenant_settings", "clients", "connections", "connection_clients", "resource_servers", "client_grants",
		"custom_domains", "organizations", "organization_enabled_connections", "organization_client_grants",
		"guardian_policies", "action_bindings", "users", "grants", "logs",
	}
}

// Load replaces the tenant by a seed: one JSON object of raw API bodies (tenant_settings, clients, connections,
// connection_clients and so on). A seed is what the tenant holds, so bodies are taken as they are, without defaults or
// validation of their settings. A missing id is derived from what names the object. Unknown top-level keys and wrong
// shapes are errors, all reported at once. The global client, the Management API and the settings are added when the
// seed has none, because every tenant has them. enabled_clients in a connection's body moves to connection_clients.
func (s *Server) Load(seed []byte) error {
	next, err := readSeed(seed)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.furnish(next)
	s.tenant = next
	s.loadLog(next.logs)
	s.version++
	return nil
}

// readSeed makes a tenant of a seed.
func readSeed(seed []byte) (*tenant, error) {
	v, err := decode(seed)
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	root, ok := v.(object)
	if !ok {
		return nil, fmt.Errorf("seed: expected a JSON object with keys such as %q, found %s", "clients", jsonType(v))
	}
	ld := &loader{tenant: newTenant()}
	ld.keys(root)
	ld.settings(root)
	ld.objects(root, "clients", ld.tenant.clients, clientIDShape(), func(o object) string { return text(o, "name") })
	ld.objects(root, "connections", ld.tenant.connections, connectionIDShape(), func(o object) string { return text(o, "name") })
	ld.objects(root, "resource_servers", ld.tenant.resourceServers, resourceIDShape(), func(o object) string { return text(o, "identifier") })
	ld.objects(root, "client_grants", ld.tenant.grants, grantIDShape(), grantKey)
	ld.objects(root, "custom_domains", ld.tenant.customDomains, domainIDShape(), func(o object) string { return text(o, "domain") })
	ld.objects(root, "organizations", ld.tenant.organizations, organizationIDShape(), func(o object) string { return text(o, "name") })
	ld.objects(root, "users", ld.tenant.users, idShape{prefix: "auth0|", chars: 24, hex: true}, func(o object) string { return text(o, "email") })
	ld.objects(root, "grants", ld.tenant.userGrants, resourceIDShape(), consentKey)
	ld.bodyMembers()
	ld.members(root, "connection_clients", "client_id", ld.tenant.connections, ld.tenant.membersOf)
	ld.members(root, "organization_enabled_connections", "connection_id", ld.tenant.organizations, ld.tenant.orgConnectionsOf)
	ld.members(root, "organization_client_grants", "id", ld.tenant.organizations, ld.tenant.orgGrantsOf)
	ld.kept(root)
	ld.logs(root)
	return ld.tenant, errors.Join(ld.errs...)
}

// loader builds a tenant from a seed and collects everything wrong with it.
type loader struct {
	tenant *tenant
	errs   []error
}

func (ld *loader) fail(path, format string, args ...any) {
	ld.errs = append(ld.errs, fmt.Errorf("seed: %s: %s", path, fmt.Sprintf(format, args...)))
}

// keys refuses unknown top-level keys.
func (ld *loader) keys(root object) {
	known := seedParts()
	for _, key := range slices.Sorted(maps.Keys(root)) {
		if slices.Contains(known, key) {
			continue
		}
		if near := nearest(key, known); near != "" {
			ld.fail(key, "unknown key; did you mean %q?", near)
			continue
		}
		ld.fail(key, "unknown key; a seed has %s", strings.Join(known, ", "))
	}
}

func (ld *loader) settings(root object) {
	v, ok := root["tenant_settings"]
	if !ok {
		return
	}
	body, ok := v.(object)
	if !ok {
		ld.fail("tenant_settings", "expected an object, found %s", jsonType(v))
		return
	}
	ld.tenant.settings = body
}

// objects loads one list of bodies.
func (ld *loader) objects(root object, part string, into *collection, shape idShape, natural func(object) string) {
	seen := map[string]int{}
	for i, v := range ld.list(root, part) {
		path := fmt.Sprintf("%s[%d]", part, i)
		body, ok := v.(object)
		if !ok {
			ld.fail(path, "expected an object, found %s", jsonType(v))
			continue
		}
		if !ld.plainKeys(path, body, into.idKey, "name", "identifier", "strategy", "client_id", "audience") {
			continue
		}
		if text(body, into.idKey) == "" {
			key := natural(body)
			if strings.Trim(key, "\x00") == "" {
				ld.fail(path, "has neither %s nor anything to derive it from", into.idKey)
				continue
			}
			body = clone(body)
			if n := seen[key]; n > 0 { // client names are not unique
				body[into.idKey] = idFor(shape, fmt.Sprintf("%s/%s/%d", part, key, n))
			} else {
				body[into.idKey] = idFor(shape, part+"/"+key)
			}
			seen[key]++
		}
		ld.store(path, into, body)
	}
}

// store puts a body unless its id or natural key is taken.
func (ld *loader) store(path string, into *collection, body object) {
	id := text(body, into.idKey)
	if into.get(id) != nil {
		ld.fail(path+"."+into.idKey, "%q appears twice", id)
		return
	}
	if key := into.natural(body); key != "" && into.named(key) != nil {
		ld.fail(path, "the same object as %s (%s)", text(into.named(key), into.idKey), strings.Trim(strings.ReplaceAll(key, "\x00", " "), " "))
		return
	}
	into.put(body)
}

// plainKeys checks that the members the sandbox relies on are strings where they are present.
func (ld *loader) plainKeys(path string, body object, keys ...string) bool {
	ok := true
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if v, there := body[key]; there {
			if _, isText := v.(string); !isText {
				ld.fail(path+"."+key, "expected a string, found %s", jsonType(v))
				ok = false
			}
		}
	}
	return ok
}

// list is the array under key; absent is empty.
func (ld *loader) list(root object, key string) []any {
	v, ok := root[key]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		ld.fail(key, "expected an array, found %s", jsonType(v))
	}
	return list
}

// bodyMembers moves enabled_clients out of connection bodies, where tenants showed it until 2026-07.
func (ld *loader) bodyMembers() {
	for _, it := range ld.tenant.connections.created() {
		v, ok := it.body["enabled_clients"]
		if !ok {
			continue
		}
		list, ok := v.([]any)
		if !ok && v != nil {
			ld.fail("connections["+it.id+"].enabled_clients", "expected an array, found %s", jsonType(v))
			continue
		}
		for i, c := range list {
			id, _ := c.(string)
			if id == "" {
				ld.fail(fmt.Sprintf("connections[%s].enabled_clients[%d]", it.id, i), "expected a client id")
				continue
			}
			ld.tenant.membersOf(it.id).add(id, nil)
		}
		body := clone(it.body)
		delete(body, "enabled_clients")
		ld.tenant.connections.put(body)
	}
}

// members loads a part that maps the id of an object to the list of what belongs to it: connection_clients, and
// the two of organizations. member names the key of an entry's id.
func (ld *loader) members(root object, part, member string, owners *collection, of func(string) *members) {
	v, ok := root[part]
	if !ok {
		return
	}
	byID, ok := v.(object)
	if !ok {
		ld.fail(part, "expected an object from id to a list, found %s", jsonType(v))
		return
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		path := part + "." + id
		if owners.get(id) == nil {
			ld.fail(path, "no %s has that id", ownerName(part))
			continue
		}
		list, ok := byID[id].([]any)
		if !ok {
			ld.fail(path, "expected an array, found %s", jsonType(byID[id]))
		}
		for i, v := range list {
			entry, _ := v.(object)
			name := text(entry, member)
			if name == "" {
				ld.fail(fmt.Sprintf("%s[%d]", path, i), `expected {"%s": "..."}, found %s`, member, jsonType(v))
				continue
			}
			of(id).add(name, entry)
		}
	}
}

// ownerName is what the ids of a part of members are of.
func ownerName(part string) string {
	if part == "connection_clients" {
		return "connection"
	}
	return "organization"
}

// kept takes the parts without objects of their own as they are, checking only their outer shape.
func (ld *loader) kept(root object) {
	for _, key := range []string{"guardian_policies", "action_bindings"} {
		v, ok := root[key]
		if !ok {
			continue
		}
		_, isObject := v.(object)
		_, isArray := v.([]any)
		switch {
		case key == "action_bindings" && !isObject && !isArray:
			ld.fail(key, "expected an array or an object by trigger, found %s", jsonType(v))
		case key != "action_bindings" && !isArray:
			ld.fail(key, "expected an array, found %s", jsonType(v))
		}
		ld.tenant.rest[key] = v
	}
}

// logs loads entries of the tenant's log; each needs a type and a date.
func (ld *loader) logs(root object) {
	for i, v := range ld.list(root, "logs") {
		path := fmt.Sprintf("logs[%d]", i)
		body, ok := v.(object)
		if _, err := time.Parse(time.RFC3339, text(body, "date")); !ok || err != nil || text(body, "type") == "" {
			ld.fail(path, "expected an entry with a type and a date such as 2026-09-01T12:00:00.000Z")
			continue
		}
		ld.tenant.logs = append(ld.tenant.logs, body)
	}
}
