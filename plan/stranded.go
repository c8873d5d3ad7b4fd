package plan

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Stranded is a declared path whose connection stays, so that its users still
// arrive, while something that their login needs is deleted.
type Stranded struct {
	Path       string `json:"path"`
	Connection string `json:"connection"`
	// Lost are the addresses of what is deleted.
	Lost []string `json:"lost"`
}

// Strands finds the declared paths that a plan leaves without a client, an API
// or an organization. there tells which connections are on the tenant.
func Strands(cfg *schema.Config, p *Plan, there func(schema.Address) bool) []Stranded {
	gone := map[string]bool{}
	for i := range p.Changes {
		if p.Changes[i].Action == Delete {
			gone[p.Changes[i].Address] = true
		}
	}
	out := []Stranded{}
	for _, o := range cfg.Objects {
		if o.Kind != schema.SilentUpgrade {
			continue
		}
		var lost []string
		for _, need := range []string{"client", "api", "organization"} {
			if a, ok := ref(o.Want(need).V); ok && gone[a.String()] {
				lost = append(lost, a.String())
			}
		}
		slices.Sort(lost)
		conns, _ := o.Want("connections").V.([]any)
		for _, c := range conns {
			if a, ok := ref(c); ok && lost != nil && !gone[a.String()] && there(a) {
				out = append(out, Stranded{o.Addr.String(), a.String(), lost})
			}
		}
	}
	return out
}
