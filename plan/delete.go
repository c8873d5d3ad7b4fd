package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Guard says what must never be deleted, whoever asks. Its zero value refuses
// every connection.
type Guard struct {
	// Domain is the tenant's canonical domain, whose Management API stays.
	Domain string
	// OwnClient is the application that tacit itself uses, "" when unknown.
	OwnClient string
	// Connections allows deleting connections and organizations. Auth0 deletes the users of a
	// connection with it (Auth0 docs, DELETE /connections/{id}).
	Connections bool
}

// Refuses says why the object must stay, "" when it may go.
func (g Guard) Refuses(c schema.Collection, o *schema.Observed) string {
	switch c {
	case schema.Clients:
		return g.client(o)
	case schema.ResourceServers:
		return g.api(o)
	case schema.Connections:
		if !g.Connections {
			return "deleting a connection deletes its users"
		}
		return ""
	case schema.Organizations:
		if !g.Connections {
			return "deleting an organization deletes its memberships"
		}
		return ""
	case schema.ClientGrants:
		if g.OwnClient != "" && o.String("client_id") == g.OwnClient {
			return "it is the grant of the application that tacit itself uses"
		}
		return ""
	case schema.OrganizationConnections:
		return ""
	default:
		return "tacit does not delete objects of " + string(c)
	}
}

// client: the global client (recorded: global:true, it holds settings of the
// whole tenant) and our own access stay.
func (g Guard) client(o *schema.Observed) string {
	global, p := o.At("global")
	switch {
	case p == schema.NotRead:
		return "whether it is the tenant's global client was not read"
	case global == true:
		return "it is the tenant's global client"
	case g.OwnClient != "" && o.ID == g.OwnClient:
		return "it is the application that tacit itself uses"
	}
	return ""
}

// api: Auth0's own APIs stay, told by is_system or by the Management API's
// identifier (both recorded).
func (g Guard) api(o *schema.Observed) string {
	system, p := o.At("is_system")
	id := o.String("identifier")
	switch {
	case p == schema.NotRead:
		return "whether it is one of Auth0's own APIs was not read"
	case system == true, strings.HasSuffix(id, ".auth0.com/api/v2/"), g.Domain != "" && id == "https://"+g.Domain+"/api/v2/":
		return "it is one of Auth0's own APIs"
	}
	return ""
}

// GuardError refuses a deletion.
type GuardError struct {
	Address, Why string
}

// Error names the object and the reason.
func (e *GuardError) Error() string { return fmt.Sprintf("%s is not deleted: %s", e.Address, e.Why) }

// Removal is an object to delete.
type Removal struct {
	Kind *schema.Kind
	Addr schema.Address
	// Observed is the object, read whole.
	Observed *schema.Observed
	Owned    bool
	// Hidden names the attributes whose values are not to be shown.
	Hidden []string
}

// Destroy returns the change that deletes the object, or a [GuardError].
func Destroy(r Removal, g Guard) (Change, error) {
	c := newChange(r.Kind, r.Addr, r.Observed, Delete, r.Owned)
	c.hide(r.Hidden)
	if why := g.Refuses(r.Kind.Collection, r.Observed); why != "" {
		return Change{}, &GuardError{c.Address, why}
	}
	for i := range r.Kind.Attrs {
		a := &r.Kind.Attrs[i]
		v, p := r.Observed.Get(a)
		if p != schema.Known || a.Has(schema.Identity) || a.Has(schema.Local) || a.Has(schema.Computed) || a.Has(schema.Internal) { // the mark stands in the metadata
			continue
		}
		hidden := slices.Contains(r.Hidden, a.Name) || r.repeats(v)
		c.Attributes = append(c.Attributes, AttrChange{
			Name: a.Name, Type: a.Type.String(), attr: a,
			Before: newValue(a, v, p, hidden), After: newValue(a, nil, schema.Absent, hidden),
		})
	}
	return c, nil
}

// repeats reports whether a value holds one of the hidden ones: Auth0 copies a
// connection's name into its realms.
func (r *Removal) repeats(v any) bool {
	found := false
	for _, n := range r.Hidden {
		secret, _ := r.Observed.Get(r.Kind.Attr(n))
		eachText(secret, func(s string) {
			eachText(v, func(t string) { found = found || len(s) >= minSecret && strings.Contains(t, s) })
		})
	}
	return found
}

// newChange is a change of an object that no configuration declares.
func newChange(k *schema.Kind, addr schema.Address, o *schema.Observed, action Action, owned bool) Change {
	return Change{
		Address: addr.String(), Kind: k.Name, Name: o.String(k.NaturalKey), key: o.String(k.NaturalKey), ID: o.ID, Owned: owned, Action: action,
		object: &schema.Object{Kind: k, Addr: addr, Wants: make([]schema.Want, len(k.Attrs))},
	}
}

// hide marks attributes as sensitive, the name for people included when it is
// one of them.
func (c *Change) hide(names []string) {
	for _, n := range names {
		c.object.Want(n).Sensitive = true
		if n == c.object.Kind.NaturalKey {
			c.Name = ""
		}
	}
}

// Assemble makes a plan of changes that no configuration declares: updates in
// the order of their addresses, then deletions.
func Assemble(tenant, workspace string, changes []Change) *Plan {
	p := &Plan{FormatVersion: FormatVersion, Tenant: tenant, Workspace: workspace, Report: &check.Report{Findings: []check.Finding{}}}
	kept, gone := split(changes)
	slices.SortStableFunc(kept, compareAddresses)
	p.Changes = slices.Concat(kept, deletions(gone))
	p.Budget.Apply = applyCost(p)
	return p
}

func compareAddresses(a, b Change) int { return a.object.Addr.Compare(b.object.Addr) }

// split takes the deletions out of a list of changes.
func split(changes []Change) (kept, gone []Change) {
	for _, c := range changes {
		if c.Action == Delete {
			gone = append(gone, c)
		} else {
			kept = append(kept, c)
		}
	}
	return kept, gone
}

// deletions orders them the other way round than creations: connections, then
// clients, then APIs, and whatever holds the id of another before that one.
func deletions(gone []Change) []Change {
	slices.SortStableFunc(gone, func(a, b Change) int {
		return cmp.Or(rank(b.object.Kind.Collection)-rank(a.object.Kind.Collection), compareAddresses(a, b))
	})
	held := map[string][]int{}
	for i := range gone {
		for _, id := range holds(&gone[i]) {
			held[id] = append(held[id], i)
		}
	}
	var out []Change
	seen := make([]bool, len(gone))
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true // objects that hold each other's ids go in any order
		for _, j := range held[gone[i].ID] {
			visit(j)
		}
		out = append(out, gone[i])
	}
	for i := range gone {
		visit(i)
	}
	return out
}

// holds returns the ids that attributes of the object that is to be deleted refer
// to.
func holds(c *Change) []string {
	var out []string
	for _, a := range c.Attributes {
		if a.attr.Type == schema.Ref || a.attr.Type == schema.Refs {
			out = append(out, texts(elements(a.Before.raw))...)
		}
	}
	return out
}
