package sandbox

import (
	"net/http"
	"slices"
)

// quota is a kind of object that subscriptions limit.
type quota string

const (
	clientEntity       quota = "clients"
	connectionEntity   quota = "connections"
	socialEntity       quota = "social connections"
	apiEntity          quota = "resource servers"
	grantEntity        quota = "client grants"
	organizationEntity quota = "organizations"
)

// Limits that every tenant has (documented, entity-limit-policy).
const (
	maxOrganizations  = 100_000
	maxOrgConnections = 10
)

func errEntityLimit() *apiError { // D: the text; public reports show the errorCode
	return fail(http.StatusForbidden, "too_many_entities", "You reached the limit of entities of this type for this tenant.")
}

// room refuses a new object of a kind that is full. The global client and the system APIs do not count (assumed).
func (s *Server) room(kind quota) error {
	most, limited := s.entityLimits[kind]
	if limited && s.count(kind) >= most {
		return errEntityLimit()
	}
	return nil
}

// entityLimits is the limits in force.
func entityLimits(opts Options) map[quota]int {
	out := map[quota]int{organizationEntity: maxOrganizations}
	if opts.NoEntityLimits {
		return out
	}
	for kind, most := range planOf(opts.Tier).most {
		out[kind] = most
	}
	return out
}

func (s *Server) count(kind quota) int {
	t := s.tenant
	switch kind {
	case clientEntity:
		return countItems(t.clients, func(o object) bool { return !flag(o, "global") })
	case connectionEntity:
		return len(t.connections.byID)
	case socialEntity:
		return countItems(t.connections, func(o object) bool { return isSocial(text(o, "strategy")) })
	case apiEntity:
		return countItems(t.resourceServers, func(o object) bool { return !flag(o, "is_system") })
	case grantEntity:
		return len(t.grants.byID)
	case organizationEntity:
		return len(t.organizations.byID)
	}
	return 0
}

func countItems(c *collection, counts func(object) bool) int {
	n := 0
	for _, it := range c.sorted {
		if counts(it.body) {
			n++
		}
	}
	return n
}

// isSocial says which strategies are social connections: those that are neither enterprise, database, passwordless nor
// custom (documented groups).
func isSocial(strategy string) bool {
	return slices.Contains(strategies(), strategy) && !isEnterprise(strategy) &&
		!slices.Contains([]string{"auth0", "auth0-oidc", "custom", "email", "sms"}, strategy)
}

// roomForConnection is room for a connection of a strategy.
func (s *Server) roomForConnection(strategy string) error {
	if err := s.room(connectionEntity); err != nil || !isSocial(strategy) {
		return err
	}
	return s.room(socialEntity)
}
