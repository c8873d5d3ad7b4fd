package plan

import (
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Marked are the kinds whose objects carry an ownership mark.
func Marked() []*schema.Kind {
	return []*schema.Kind{schema.SPAClient, schema.SAMLConnection, schema.Organization}
}

// Prune adds to the objects that removed blocks name what a configuration that
// prunes deletes: objects that carry its mark and that no block declares. [Orphan.Kept] tells why others stay:
// the protection of connections and organizations was to be lifted in the block
// that is gone, and an application is kept while a login lands in it.
func Prune(cfg *schema.Config, b *Binding, named []RemovedObject) []RemovedObject {
	if !cfg.Prune {
		return named
	}
	tiles := stayingLogins(cfg, b)
	out := slices.Clone(named)
	for i := range b.Orphans {
		o := &b.Orphans[i]
		if slices.ContainsFunc(named, func(r RemovedObject) bool { return r.ID == o.ID }) {
			continue
		}
		if o.Kept = o.protected(tiles); o.Kept == "" {
			out = append(out, o.removal())
		}
	}
	return out
}

// landsIn is where a connection says which client its IdP-initiated logins land
// in.
const landsIn = "options.idpinitiated.client_id"

// landing says why a client stays.
func landing(connection string) string {
	return fmt.Sprintf("IdP-initiated logins of the connection %q land in it", connection)
}

// stayingLogins tells, per client, a connection whose IdP-initiated logins land
// in it and that the configuration does not send elsewhere.
func stayingLogins(cfg *schema.Config, b *Binding) map[string]string {
	moved := map[*schema.Observed]bool{}
	for _, o := range cfg.Objects {
		if o.Kind == schema.SAMLConnection && o.Want("idp_initiated.client").Mode != schema.Unmanaged {
			moved[b.Observed[o.Addr]] = true
		}
	}
	out := map[string]string{}
	for _, c := range b.Snapshot.Objects[schema.Connections] {
		if id := c.String(landsIn); id != "" && !moved[c] {
			out[id] = c.String("name")
		}
	}
	return out
}

// protected says why an object is not pruned, "" when it is.
func (o *Orphan) protected(tiles map[string]string) string {
	if c := tiles[o.ID]; c != "" && o.kind == schema.SPAClient {
		return landing(c)
	}
	if o.removal().Block.Protected() == "" {
		return ""
	}
	return fmt.Sprintf("deleting it deletes %s; to do that, write a block removed %q with %s = %q and prevent_destroy = false", o.kind.Takes, o.kind.Name, o.kind.NaturalKey, o.Name)
}

// removal is the deletion of the object as a removed block without a word on
// protection would ask for it.
func (o *Orphan) removal() RemovedObject {
	addr, err := schema.ParseAddress(o.Address)
	if err != nil { // the mark holds a digest of a long address
		addr = schema.Address{Kind: o.kind.Name, Name: "undeclared", Each: true, Key: o.Name}
	}
	block := &schema.Object{Kind: o.kind, Addr: addr, Wants: make([]schema.Want, len(o.kind.Attrs)), PreventDestroy: o.kind.PreventDestroy}
	return RemovedObject{
		Kind: o.kind.Name, ID: o.ID, Name: o.Name, Address: addr.String(), Observed: o.observed,
		Block: &schema.Removed{Object: block, Destroy: true},
	}
}
