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
		return organizationClass(read, id, sub)
	case !read:
		return rest
	case collection == "connections":
		return connectionClass(id, sub)
	case collection == "clients":
		return clientClass(id, sub, u)
	default:
		return rest
	}
}

func connectionClass(id, sub string) class {
	switch {
	case id == "":
		return readConnections
	case sub == "":
		return connectionByID
	case sub == "clients":
		return connectionClients
	case sub == "status":
		return connectionStatus
	default:
		return rest
	}
}

func clientClass(id, sub string, u *url.URL) class {
	switch {
	case id == "" && u.Query().Has("q"):
		return searchClients
	case id == "":
		return readClients
	case sub == "":
		return clientByID
	case sub == "connections":
		return clientConnections
	default:
		return rest
	}
}

func organizationClass(read bool, id, sub string) class {
	switch {
	case sub == "connections" || sub == "enabled_connections":
		if read {
			return readOrganizationConnections
		}
		return writeOrganizationConnections
	case !read || sub != "":
		return rest
	case id == "":
		return readOrganizations
	default:
		return organizationByID
	}
}

// candidates are the classes whose buckets a request of the class may draw from,
// its own first and the global one last. It is paced for all of them until
// answers show that it does not draw from one ([pacer.learn]).
func candidates(c class) (list [maxCandidates]class, n int) {
	add := func(ks ...class) {
		for _, k := range ks {
			if k != c {
				list[n] = k
				n++
			}
		}
	}
	list[0], n = c, 1
	switch c {
	case rest:
		return list, n
	case readConnections, connectionByID, connectionClients:
		add(readConnections, connectionByID, connectionClients, clientConnections)
	case clientConnections:
		add(readConnections, connectionByID, connectionClients, readClients, clientByID, searchClients)
	case readClients, clientByID, searchClients:
		add(readClients, clientByID, searchClients, clientConnections)
	default:
	}
	add(rest)
	return list, n
}

const maxCandidates = 8
