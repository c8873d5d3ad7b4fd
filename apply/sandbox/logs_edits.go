package sandbox

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// editor is who changed the tenant behind the API's back, for the log (see Edit).
const editor = "admin@example.com"

// recordEdit adds a change behind the API's back to the log, as the Dashboard would have made it.
func (s *Server) recordEdit(method, path string, body any) {
	entry := object{
		"type": "sapi", "description": (&route{method: method, path: pattern(path)}).title(), "ip": "127.0.0.1", "user_agent": "", "isMobile": false,
		"client_id": "", "client_name": "",
		"details": object{
			"request":  object{"method": strings.ToLower(method), "path": apiPrefix + "/" + path, "query": object{}, "ip": "127.0.0.1", "auth": object{"strategy": "jwt", "credentials": object{}}, "body": redacted(body)},
			"response": object{"statusCode": http.StatusOK, "body": object{}},
		},
	}
	byDashboard(entry, editor)
	s.record(entry)
}

// pattern is a path of one object as routes have it.
func pattern(path string) []string {
	parts := strings.Split(path, "/")
	for i := range parts {
		if i%2 == 1 && parts[0] != "tenants" {
			parts[i] = "{}"
		}
	}
	return append([]string{"api", "v2"}, parts...)
}

// collectionPath is where the API has a part of the seed.
func collectionPath(part string) string { return strings.ReplaceAll(part, "_", "-") }

// recordEdits adds all differences between two states of the tenant to the log.
func (s *Server) recordEdits(was, is *tenant) {
	if !reflect.DeepEqual(was.settings, is.settings) {
		s.recordEdit(http.MethodPatch, "tenants/settings", is.settings)
	}
	for _, part := range objectParts() {
		before, after := was.collectionOf(part), is.collectionOf(part)
		for _, it := range after.created() {
			switch old := before.get(it.id); {
			case old == nil:
				s.recordEdit(http.MethodPost, collectionPath(part), it.body)
			case !reflect.DeepEqual(old, it.body):
				s.recordEdit(http.MethodPatch, collectionPath(part)+"/"+it.id, it.body)
			}
		}
		for _, it := range before.created() {
			if after.get(it.id) == nil {
				s.recordEdit(http.MethodDelete, collectionPath(part)+"/"+it.id, nil)
			}
		}
	}
	s.recordMembers("connections", "clients", was.enabled, is.enabled)
	s.recordMembers("organizations", "enabled_connections", was.orgConnections, is.orgConnections)
	for part, path := range map[string]string{"guardian_policies": "guardian/policies", "action_bindings": "actions/triggers/post-login/bindings"} {
		if !reflect.DeepEqual(was.rest[part], is.rest[part]) {
			s.recordEdit(http.MethodPut, path, is.rest[part])
		}
	}
}

func (s *Server) recordMembers(owners, list string, was, is map[string]*members) {
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if !reflect.DeepEqual(entriesOf(was[id]), entriesOf(is[id])) {
			s.recordEdit(http.MethodPatch, owners+"/"+id+"/"+list, nil)
		}
	}
}

func entriesOf(m *members) map[string]object {
	if m == nil || len(m.has) == 0 {
		return nil
	}
	return m.has
}
