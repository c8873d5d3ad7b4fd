package plan

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
)

// Unfound returns the names of declared connections that the tenant has no SAML
// connection for. Names are unique among connections of all strategies (Auth0
// answers 409 connection_conflict), and only samlp is listed, so a connection of
// another strategy may hold them.
func Unfound(cfg *schema.Config, b *Binding) []string {
	var names []string
	for _, o := range cfg.Objects {
		if o.Kind != schema.SAMLConnection || b.Observed[o.Addr] != nil {
			continue
		}
		if name, state := declaredKey(o, b.IDs(), true); state == keyKnown {
			names = append(names, name)
		}
	}
	return names
}

// heldByOther refuses a connection whose name one of another strategy holds.
func (b *binder) heldByOther(o *schema.Object, name string) bool {
	other := b.others[name]
	if o.Kind != schema.SAMLConnection || other == nil {
		return false
	}
	advice := "Choose another name, or take this block out and keep that connection with the tool that made it."
	if o.Writes() {
		advice += " A connection cannot change its strategy: to replace it, users move to one of a new name."
	}
	b.fail(o, "name", "Name held by a connection of another strategy",
		fmt.Sprintf("A connection named %q exists on the tenant (%s) with the strategy %s, which tacit does not manage: it manages samlp only. %s", name, other.ID, other.String("strategy"), advice))
	return true
}
