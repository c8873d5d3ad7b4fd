package mgmt

import "math"

// limit is a token bucket as Auth0 documents one: what it holds when full, and
// what flows back per second.
type limit struct {
	burst, rate float64
	// guessed: no documented limit fits.
	guessed bool
}

const perMinute = 1.0 / 60

// selfServiceBurst is the burst of Read Connections and Read Clients on
// Essentials and Professional, and of no tenant's global bucket: such an answer
// tells that these end points are limited apart from all others.
const selfServiceBurst = 5

// selfService are the limits of Essentials and Professional (Auth0 docs, rate
// limit configurations; so are all numbers in this file).
func selfService(c class) limit {
	switch c {
	case readConnections, connectionByID, connectionClients, clientConnections:
		return limit{burst: selfServiceBurst, rate: 50 * perMinute}
	case readClients, clientByID:
		return limit{burst: selfServiceBurst, rate: 100 * perMinute}
	case searchClients:
		return limit{burst: 5, rate: 150 * perMinute}
	case readOrganizations, readOrganizationConnections:
		return limit{burst: 5, rate: 50 * perMinute}
	case organizationByID:
		return limit{burst: 20, rate: 200 * perMinute}
	case writeOrganizationConnections:
		return limit{burst: 5, rate: 25 * perMinute}
	case connectionStatus:
		return limit{burst: 100, rate: 15}
	default:
		return limit{burst: 10, rate: 150 * perMinute}
	}
}

// enterprise are the limits that Enterprise and private cloud put on end points
// beside the global one; ok is false for those that have none.
func enterprise(c class) (l limit, ok bool) {
	switch c {
	case readOrganizations, readOrganizationConnections:
		return limit{burst: 10, rate: 100 * perMinute}, true
	case organizationByID:
		return limit{burst: 20, rate: 200 * perMinute}, true
	case writeOrganizationConnections, searchClients:
		return limit{burst: 5, rate: 150 * perMinute}, true
	case connectionStatus:
		return limit{burst: 100, rate: 15}, true
	default:
		return limit{}, false
	}
}

// global tells the sustained rate of the tenant's global bucket from its burst.
// Where tiers share a burst it is the lower one: 10 is Enterprise
// non-production (2/s) or the rest of Essentials (2.5/s), 50 is Enterprise
// production (16/s) or private cloud Basic (50/s).
func global(burst float64) (rate float64, ok bool) {
	switch burst {
	case 2, 20, 250, 750: // Free, private cloud Dev, Performance 5x and 15x
		return burst, true
	case 10:
		return 2, true
	case 50:
		return 16, true
	default:
		return 0, false
	}
}

// unknownTier is how many seconds an undocumented bucket is assumed to take to
// fill: as long as the slowest documented one of its kind (5 at 25 a minute).
const unknownTier = 12

// documented is the bucket of a class whose answers report a burst, on a tenant
// whose global bucket has another, 0 while that is unknown: the lowest rate of
// all tiers that fit. Where the report can only be of the global bucket although
// the class has a limit of its own, it is that one.
func documented(c class, reported, tenant float64) limit {
	rate := math.Inf(1)
	if s := selfService(c); s.burst == reported && tenant <= selfService(rest).burst {
		rate = s.rate
	}
	own, special := enterprise(c)
	if special && own.burst == reported {
		rate = min(rate, own.rate)
	}
	if g, ok := global(reported); ok {
		if special && math.IsInf(rate, 1) && reported >= 20 {
			scale := max(1, reported/50) // private cloud 5x and 15x multiply these too
			return limit{burst: own.burst * scale, rate: own.rate * scale}
		}
		rate = min(rate, g)
	}
	if math.IsInf(rate, 1) {
		return limit{reported, reported / unknownTier, true}
	}
	return limit{burst: reported, rate: rate}
}

// fastest is the highest rate of a bucket that two classes might share.
func fastest(a, b class, l limit) float64 {
	if l.burst == selfServiceBurst {
		return max(selfService(a).rate, selfService(b).rate)
	}
	return 2 * l.rate // which is the lowest of those that may be meant
}

// mayBeOwn tells that headers with this burst may be of a limit that the class
// has beside the global one.
func mayBeOwn(c class, reported float64) bool {
	own, special := enterprise(c)
	_, known := global(reported)
	return special && (!known || own.burst == reported || selfService(c).burst == reported)
}
