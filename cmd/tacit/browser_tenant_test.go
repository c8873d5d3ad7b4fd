package main

import (
	"maps"
	"net/http"
	"slices"
)

// change sends other values for attributes of one object, and puts the old ones back afterwards.
func (s *served) change(collection, key, value string, patch map[string]any) {
	s.t.Helper()
	path, before := s.find(collection, key, value)
	restore := map[string]any{}
	for k := range patch {
		switch old := before[k].(type) {
		case nil:
			restore[k] = map[string]any{"allowed_origins": []any{}, "enforce_policies": false, "organization_usage": "deny"}[k]
		default:
			restore[k] = old
		}
	}
	s.api(http.MethodPatch, path, patch)
	s.t.Cleanup(func() { s.api(http.MethodPatch, path, restore) })
}

func client(attribute string, value any) func(*served) {
	return func(s *served) {
		s.change("clients", "name", "Customer portal", map[string]any{attribute: value})
	}
}

func api(attribute string, value any) func(*served) {
	return func(s *served) {
		s.change("resource-servers", "name", "Orders API", map[string]any{attribute: value})
	}
}

func initiated(attribute string, value any) func(*served) {
	return func(s *served) {
		_, before := s.find("connections", "name", "acme")
		options := maps.Clone(before["options"].(map[string]any))
		login := maps.Clone(options["idpinitiated"].(map[string]any))
		login[attribute] = value
		options["idpinitiated"] = login
		s.change("connections", "name", "acme", map[string]any{"options": options})
	}
}

func asks(query string) func(*served) { return initiated("client_authorizequery", query) }

// lands is asks with a page of the application at the end.
func lands(query, page string) func(*served) {
	return func(s *served) {
		path, portal := s.find("clients", "name", "Customer portal")
		callbacks := portal["callbacks"].([]any)
		s.api(http.MethodPatch, path, map[string]any{"callbacks": append(slices.Clone(callbacks), s.App+page)})
		s.t.Cleanup(func() { s.api(http.MethodPatch, path, map[string]any{"callbacks": callbacks}) })
		asks(query + s.App + page)(s)
	}
}

func noOriginCallback(s *served) {
	client("callbacks", []any{s.App + "/start-login", s.App + "/auth0-js"})(s)
}

func notEnabled(s *served) {
	connection, _ := s.find("connections", "name", "acme")
	_, portal := s.find("clients", "name", "Customer portal")
	enable := func(status bool) {
		s.api(http.MethodPatch, connection+"/clients", []any{map[string]any{"client_id": portal["client_id"], "status": status}})
	}
	enable(false)
	s.t.Cleanup(func() { enable(true) })
}

func noAccess(s *served) {
	api("subject_type_authorization", map[string]any{"user": map[string]any{"policy": "deny_all"}, "client": map[string]any{"policy": "require_client_grant"}})(s)
}

func always(s *served) {
	s.api(http.MethodPut, "guardian/policies", []any{"all-applications"})
	s.t.Cleanup(func() { s.api(http.MethodPut, "guardian/policies", []any{}) })
}

// organized makes an organization, with the connections or without, that makes their users its members or does not, and
// says how the application uses organizations.
func organized(usage string, connections, joins bool) func(*served) {
	return func(s *served) {
		made, _ := s.api(http.MethodPost, "organizations", map[string]any{"name": "acme-corp"}).(map[string]any)
		s.org, _ = made["id"].(string)
		path := "organizations/" + s.org
		s.t.Cleanup(func() { s.api(http.MethodDelete, path, nil) })
		for _, name := range []string{"acme", "globex"} {
			if _, connection := s.find("connections", "name", name); connections {
				s.api(http.MethodPost, path+"/enabled_connections", map[string]any{"connection_id": connection["id"], "assign_membership_on_login": joins})
			}
		}
		client("organization_usage", usage)(s)
	}
}
