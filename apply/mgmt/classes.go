package mgmt

import (
	"net/http"
	"net/url"
	"strings"
)

// class is a group of end points that Auth0 limits together, as far as its
// documentation tells, or that may turn out to be limited apart.
//
// Source of all limits in this file: Auth0 docs, rate limit configurations
// (free, essentials and professional, enterprise, private cloud), as of
// 2026-08. A limit is a burst and a sustained rate: a token bucket.
type class uint8

const (
	// rest is what has no limit of its own. Its bucket is the tenant's global
	// one, or "all other endpoints combined" of Essentials and Professional.
	rest class = iota
	readConnections
	// The documentation does not say whether these three count as Read
	// Connections or Read Clients; see candidates.
	connectionByID
	connectionClients
	clientConnections
	readClients
	clientByID
	searchClients // GET /clients with q
	readOrganizations
	organizationByID
	readOrganizationConnections
	writeOrganizationConnections
	connectionStatus
	classes
)

// classify finds the class of a request to /api/v2.
func classify(method string, u *url.URL) class {
	path, ok := strings.CutPrefix(u.EscapedPath(), "/api/v2/")
	if !ok {
		return rest
	}
	collection, path, _ := strings.Cut(path, "/")
	id, sub, _ := strings.Cut(path, "/")
	sub, _, _ = strings.Cut(sub, "/")
	read := method == http.MethodGet
	switch {
	case collection == "organizations":
		return classifyOrganization(read, id, sub)
	case !read:
		return rest
	case collection == "connections":
		return pick(id, sub, readConnections, connectionByID, "clients", connectionClients, "status", connectionStatus)
	case collection == "clients" && id == "" && u.Query().Has("q"):
		return searchClients
	case collection == "clients":
		return pick(id, sub, readClients, clientByID, "connections", clientConnections, "", rest)
	default:
		return rest
	}
}

func classifyOrganization(read bool, id, sub string) class {
	switch sub {
	case "connections", "enabled_connections":
		if read {
			return readOrganizationConnections
		}
		return writeOrganizationConnections
	case "":
	default:
		return rest
	}
	switch {
	case !read:
		return rest
	case id == "":
		return readOrganizations
	default:
		return organizationByID
	}
}

// pick chooses by the shape of a path: the list, one object, or one of two
// things below it.
func pick(id, sub string, list, one class, subA string, a class, subB string, b class) class {
	switch {
	case id == "":
		return list
	case sub == "":
		return one
	case sub == subA:
		return a
	case sub == subB:
		return b
	default:
		return rest
	}
}

// candidates are the buckets that a request of the class may draw from, its own
// first and the global one last. It is paced for all of them until answers show
// that it does not draw from one ([pacer.learn]).
func candidates(c class) (list [maxCandidates]class, n int) {
	switch c {
	case rest:
		return [maxCandidates]class{rest}, 1
	case connectionByID, connectionClients:
		return [maxCandidates]class{c, readConnections, rest}, 3
	case clientConnections:
		return [maxCandidates]class{c, readClients, readConnections, rest}, 4
	case clientByID, searchClients:
		return [maxCandidates]class{c, readClients, rest}, 3
	default:
		return [maxCandidates]class{c, rest}, 2
	}
}

const maxCandidates = 4
