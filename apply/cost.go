package apply

import (
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// VerifyCost estimates what reading the tenant again after the plan will cost,
// given what reading it for the plan did: one more list for each created client,
// and for every hundred created connections.
func VerifyCost(p *plan.Plan, snap *schema.Snapshot, read int) int {
	created, conns := map[schema.Address]int{}, len(snap.Objects[schema.Connections])
	cost := read - pages(conns)
	for i := range p.Changes {
		o := p.Changes[i].Object()
		if p.Changes[i].Action != plan.Create {
			continue
		}
		switch o.Kind {
		case schema.SPAClient:
			created[o.Addr] += 0
		case schema.SAMLConnection:
			conns++
		}
	}
	for i := range p.Changes {
		for _, a := range p.Changes[i].Members() {
			if _, ok := created[a]; ok {
				created[a]++
			}
		}
	}
	for _, n := range created {
		if n > 0 {
			cost += pages(n)
		}
	}
	return cost + pages(conns)
}

// pages is how many requests a list of n objects takes.
func pages(n int) int { return max(1, (n+99)/100) }
