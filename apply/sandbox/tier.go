package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Tier names a subscription whose rate limits and entity limits the tenant has.
type Tier string

// The tiers whose limits Auth0 publishes. Professional has those of Essentials.
const (
	TierOff               Tier = "off"
	TierFree              Tier = "free"
	TierEssentials        Tier = "essentials"
	TierEnterpriseNonProd Tier = "enterprise-nonprod"
	TierEnterpriseProd    Tier = "enterprise-prod"
	TierPrivateDev        Tier = "private-cloud-dev"
	TierPrivateBasic      Tier = "private-cloud-basic"
	TierPrivate5x         Tier = "private-cloud-5x"
	TierPrivate15x        Tier = "private-cloud-15x"
)

// Tiers is every tier, as ParseTier reads them.
func Tiers() []Tier {
	return []Tier{
		TierOff, TierFree, TierEssentials, TierEnterpriseNonProd, TierEnterpriseProd,
		TierPrivateDev, TierPrivateBasic, TierPrivate5x, TierPrivate15x,
	}
}

// ParseTier reads the name of a tier; empty means TierOff.
func ParseTier(name string) (Tier, error) {
	if name == "" {
		return TierOff, nil
	}
	var known []string
	for _, t := range Tiers() {
		if string(t) == name {
			return t, nil
		}
		known = append(known, string(t))
	}
	if near := nearest(name, known); near != "" {
		return "", fmt.Errorf("sandbox: unknown tier %q; did you mean %q?", name, near)
	}
	return "", fmt.Errorf("sandbox: unknown tier %q; the tiers are %s", name, strings.Join(known, ", "))
}

// rateLimit is a token bucket: burst tokens, refilled with rate tokens per a second or a minute.
type rateLimit struct {
	burst, rate int64
	per         time.Duration
}

// class is a group of end points with a bucket of its own on some tiers. A request is in one class at most.
type class string

const (
	readConnections  class = "read connections"
	readClients      class = "read clients"
	searchClients    class = "read clients with q"
	readOrgs         class = "read organizations"
	readOrg          class = "read organization by id"
	readOrgMembers   class = "read organization connections"
	changeOrgMembers class = "write organization connections"
)

// plan is the limits of a tier.
type plan struct {
	global  rateLimit
	apart   bool // requests of a class do not count as global: the documented "all other endpoints combined"
	classes map[class]rateLimit
	most    map[quota]int
}

// planOf is the table of limits (documented: rate-limit-configurations and entity-limit-policy of 2026-08-20; the
// reference ecosystem.md C.1 and C.2). Limits of end points that do not exist here are left out.
func planOf(t Tier) plan {
	minute := func(burst, rate int64) rateLimit { return rateLimit{burst, rate, time.Minute} }
	second := func(burst, rate int64) rateLimit { return rateLimit{burst, rate, time.Second} }
	enterprise := map[class]rateLimit{
		searchClients: minute(5, 150), readOrgs: minute(10, 100), readOrgMembers: minute(10, 100), changeOrgMembers: minute(5, 150),
	}
	many := map[quota]int{clientEntity: 100_000, apiEntity: 100_000, grantEntity: 100_000}
	switch t {
	case TierFree:
		return plan{global: second(2, 2), most: map[quota]int{
			clientEntity: 10, connectionEntity: 100, socialEntity: 2, apiEntity: 10, grantEntity: 100,
		}}
	case TierEssentials:
		return plan{global: minute(10, 150), apart: true, classes: map[class]rateLimit{
			readConnections: minute(5, 50), readClients: minute(5, 100), searchClients: minute(5, 150), readOrgs: minute(5, 50),
			readOrg: minute(20, 200), readOrgMembers: minute(5, 50), changeOrgMembers: minute(5, 25),
		}, most: map[quota]int{clientEntity: 100, connectionEntity: 100, apiEntity: 100, grantEntity: 10_000}}
	case TierEnterpriseNonProd:
		return plan{global: second(10, 2), classes: enterprise, most: many}
	case TierEnterpriseProd:
		return plan{global: second(50, 16), classes: enterprise, most: many}
	case TierPrivateDev: // entity limits of private clouds: assumed to be Enterprise's
		return plan{global: second(20, 20), most: many}
	case TierPrivateBasic:
		return plan{global: second(50, 50), most: many}
	case TierPrivate5x:
		return plan{global: second(250, 250), most: many}
	case TierPrivate15x:
		return plan{global: second(750, 750), most: many}
	default:
		return plan{}
	}
}

// classify finds the class of a request from the path segments after /api/v2, or "". With itemsAreOther only lists are
// "read connections" and "read clients": the documentation does not say.
func classify(method string, path []string, search, itemsAreOther bool) class {
	read := method == "GET"
	switch head, n := path[0], len(path); {
	case head == "organizations" && n >= 3 && slices.Contains([]string{"enabled_connections", "connections"}, path[2]):
		if read {
			return readOrgMembers
		}
		return changeOrgMembers
	case !read:
		return ""
	case head == "organizations" && n == 2:
		return readOrg
	case head == "organizations" && (n == 1 || path[1] == "name"):
		return readOrgs
	case head == "clients" && n == 1 && search:
		return searchClients
	case n > 1 && itemsAreOther:
		return ""
	case head == "connections":
		return readConnections
	case head == "clients":
		return readClients
	}
	return ""
}
