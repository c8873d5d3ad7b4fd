package mgmt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// Actions are a collection that a token may be needed for beside those of
// package schema.
const Actions schema.Collection = "actions"

// Scopes returns what the token in use may do, from its scope claim (Auth0
// docs, Management API access tokens). known is false for a token that is not a
// JWT or says nothing of scopes; then only trying tells.
func (t *Tenant) Scopes() (scopes []string, known bool) {
	claims, _ := claimsOf(t.http.tokens.current())
	scope, known := claims["scope"].(string)
	if !known {
		return nil, false
	}
	return strings.Fields(scope), true
}

// MissingScopes returns those of need that are not in have, in the order of
// need.
func MissingScopes(have, need []string) []string {
	var out []string
	for _, s := range need {
		if !slices.Contains(have, s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Preflight compares the scopes of the token with those needed. The error names
// the missing ones; with a token whose scopes are unknown there is none.
func (t *Tenant) Preflight(need []string) error {
	have, known := t.Scopes()
	if !known {
		return nil
	}
	missing := MissingScopes(have, need)
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the token lacks %s; authorize the application for the Auth0 Management API with %s",
		strings.Join(missing, ", "), either(len(missing) == 1, "that scope", "those scopes"))
}

// Work is what a token must be able to do, by collections.
type Work struct {
	Read, Created, Updated, Deleted []schema.Collection
}

// NeededScopes returns the least scopes that allow the work, sorted. What is
// updated or deleted is read before, so it counts as read as well.
//
// Sources: per operation the security of the OpenAPI document of 2026-06-25; of
// what several scopes allow, the one that shows no secrets. The options of
// connections need scopes of their own (change log of 2025-07-08). The clients
// of a connection are changed by PATCH /connections/{id}/clients, which needs
// update:connections, also for a new connection; the connections of a client
// are read with read:connections and read:clients.
func NeededScopes(w Work) []string {
	var out []string
	add := func(verb string, c schema.Collection) {
		out = append(out, verb+":"+scopeName(c))
		if c == schema.Connections && (verb == "read" || verb == "update") {
			out = append(out, verb+":connections_options")
		}
	}
	for _, c := range slices.Concat(w.Read, w.Updated, w.Deleted) {
		add("read", c)
	}
	for _, c := range w.Updated {
		add("update", c)
	}
	for _, c := range w.Created {
		add("create", c)
		if c == schema.Connections {
			out = append(out, "update:connections")
		}
	}
	for _, c := range w.Deleted {
		add("delete", c)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// scopeName is how scopes spell a collection.
func scopeName(c schema.Collection) string {
	switch c {
	case schema.OrganizationConnections:
		return "organization_connections"
	case schema.GuardianPolicies:
		return "mfa_policies"
	case schema.PostLoginBindings:
		return "actions"
	default:
		return strings.NewReplacer("-", "_", "tenants/", "tenant_").Replace(string(c))
	}
}
