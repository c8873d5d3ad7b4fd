package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// sharedDomains warns of declared e-mail domains that a connection of the tenant
// has as well, where no block says which domains that one shall have. It looks
// at what was read anyway: options, as soon as a block manages domain_aliases.
// Two blocks with one domain are found before.
func (b *binder) sharedDomains(snap *schema.Snapshot) {
	row := schema.SAMLConnection.Attr("domain_aliases")
	declared := map[*schema.Observed]*schema.Object{}
	for _, o := range b.cfg.Objects {
		if obs := b.out.Observed[o.Addr]; obs != nil && o.Kind == schema.SAMLConnection {
			declared[obs] = o
		}
	}
	held := map[string][]*schema.Observed{}
	for _, obs := range snap.Objects[schema.Connections] {
		if o := declared[obs]; o != nil && o.Want(row.Name).Mode != schema.Unmanaged {
			continue
		}
		v, _ := obs.Get(row)
		for _, d := range lowered(v) {
			held[d] = append(held[d], obs)
		}
	}
	for _, o := range b.cfg.Objects {
		if o.Kind != schema.SAMLConnection {
			continue
		}
		both := map[*schema.Observed][]string{}
		for _, d := range lowered(o.Want(row.Name).V) {
			for _, obs := range held[d] {
				both[obs] = append(both[obs], d)
			}
		}
		byID := func(x, y *schema.Observed) int { return strings.Compare(x.ID, y.ID) }
		for _, obs := range slices.SortedFunc(maps.Keys(both), byID) {
			b.sharedWith(o, obs, declared[obs], both[obs])
		}
	}
}

// sharedWith warns of domains that o declares and obs has.
func (b *binder) sharedWith(o *schema.Object, obs *schema.Observed, block *schema.Object, domains []string) {
	which := fmt.Sprintf("the connection %q (%s) on the tenant, which no block declares", obs.String("name"), obs.ID)
	if block != nil {
		which = fmt.Sprintf("%s on the tenant, whose block leaves them as they are", block.Addr)
	}
	d := b.fail(o, "domain_aliases", "Domain on two connections",
		fmt.Sprintf("%s also among the domain_aliases of %s. The login page leads an e-mail domain to one connection, and which one is not documented.", someOf(domains), which))
	d.Severity = schema.Warning
}

// someOf names a few of the domains, and says how many there are, with its verb.
func someOf(domains []string) string {
	const few = 3
	switch n := len(domains); {
	case n == 1:
		return domains[0] + " is"
	case n <= few:
		return strings.Join(domains, ", ") + " are"
	default:
		return fmt.Sprintf("%s and %d more are", strings.Join(domains[:few], ", "), n-few)
	}
}

// lowered returns the texts of a list in lower case, sorted, each once.
func lowered(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, strings.ToLower(s))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
