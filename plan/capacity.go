package plan

import (
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// capacity is how many objects of a collection a tenant may hold on one of
// Auth0's subscriptions.
type capacity struct {
	most int
	on   string
}

// capacities are Auth0's entity limits, smallest first (entity limit policy).
// For connections of Enterprise tenants it lists none.
func capacities(c schema.Collection) []capacity {
	const free, self, both, enterprise = "Free", "the self-service plans", "Free and the self-service plans", "Enterprise"
	switch c {
	case schema.Clients, schema.ResourceServers:
		return []capacity{{10, free}, {100, self}, {100_000, enterprise}}
	case schema.ClientGrants:
		return []capacity{{100, free}, {10_000, self}, {100_000, enterprise}}
	case schema.Connections:
		return []capacity{{100, both}}
	case schema.Organizations:
		return []capacity{{100_000, "every plan"}}
	default:
		return nil
	}
}

// Crowding notes which of Auth0's limits on a tenant the plan passes. Nothing
// says which subscription a tenant has, so this is no error; a tenant that is
// past a limit already does not have it.
func Crowding(p *Plan, snap *schema.Snapshot) schema.Diagnostics {
	more, kinds := map[schema.Collection]int{}, map[schema.Collection]*schema.Kind{}
	for i := range p.Changes {
		k := p.Changes[i].object.Kind
		kinds[k.Collection] = k
		switch p.Changes[i].Action {
		case Create:
			more[k.Collection]++
		case Delete:
			more[k.Collection]--
		case Update:
		}
	}
	var ds schema.Diagnostics
	for c, n := range more {
		have := len(snap.Objects[c])
		passed := slices.DeleteFunc(capacities(c), func(l capacity) bool { return have > l.most || have+n <= l.most })
		if len(passed) == 0 {
			continue
		}
		limit := ""
		for i, l := range passed {
			if i > 0 {
				limit += " and "
			}
			limit += fmt.Sprintf("%d on %s", l.most, l.on)
		}
		ds = append(ds, schema.Diagnostic{
			Severity: schema.Info, Summary: "The tenant may be too small for " + noun(kinds[c]) + "s",
			Detail: fmt.Sprintf("The plan brings it from %d to %d %ss%s. Auth0's limit is %s (entity limit policy); which subscription the tenant has, its API does not tell. Where the limit holds, apply stops at it with 403.",
				have, have+n, noun(kinds[c]), uncounted(c), limit),
		})
	}
	return ds.Sorted()
}

// uncounted says what else the tenant holds that was not listed.
func uncounted(c schema.Collection) string {
	if c == schema.Connections {
		return ", not counting connections of other strategies"
	}
	return ""
}
