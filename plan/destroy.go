package plan

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
)

// Left is an object that destroying a configuration leaves on the tenant.
type Left struct {
	Address string `json:"address"`
	ID      string `json:"id"`
	Why     string `json:"why"`
}

// Everything returns what destroying the configuration deletes: declared
// objects that carry its mark, and those that no block declares any more. A
// declared object that is protected is an error; what tacit did not create, or
// cannot tell whether it did, is left. Blocks that delete or forget objects
// have no part in it.
func Everything(cfg *schema.Config, b *Binding) (gone []RemovedObject, left []Left, ds schema.Diagnostics) {
	for _, o := range cfg.Objects {
		obs := b.Observed[o.Addr]
		if obs == nil || o.Kind.Collection == "" || !o.Writes() {
			continue
		}
		if why := unowned(o, b); why != "" {
			left = append(left, Left{o.Addr.String(), obs.ID, why})
			continue
		}
		r := RemovedObject{
			Kind: o.Kind.Name, ID: obs.ID, Name: shownName(o, obs), Address: o.Addr.String(), Src: o.Src, Observed: obs,
			Block: &schema.Removed{Object: o, Destroy: true},
		}
		if o.PreventDestroy {
			ds = append(ds, schema.Diagnostic{
				Severity: schema.Error, Summary: "Protected against deletion", Subject: o.Src, Instances: []string{o.Addr.String()},
				Detail: "Destroying it deletes " + o.Kind.Takes + ". To do that, write prevent_destroy = false in the block and run destroy again.",
			})
		}
		gone = append(gone, r)
	}
	for i := range b.Orphans {
		o := &b.Orphans[i]
		r := o.removal()
		if r.Block.Protected() != "" {
			left = append(left, Left{o.Address, o.ID, o.protected(nil)})
			continue
		}
		gone = append(gone, r)
	}
	gone, more := keepLandings(b, gone)
	return gone, append(left, more...), ds
}

// keepLandings leaves the applications in which logins of connections land that
// stay on the tenant, whoever made those.
func keepLandings(b *Binding, gone []RemovedObject) (going []RemovedObject, left []Left) {
	goes := map[string]bool{}
	for _, r := range gone {
		goes[r.ID] = true
	}
	lands := map[string]string{}
	for _, c := range b.Snapshot.Objects[schema.Connections] {
		if !goes[c.ID] {
			lands[c.String(landsIn)] = c.String("name")
		}
	}
	for _, r := range gone {
		if c := lands[r.ID]; c != "" {
			left = append(left, Left{r.Address, r.ID, landing(c)})
		} else {
			going = append(going, r)
		}
	}
	return going, left
}

// unowned says why a declared object is not destroyed, "" when it is.
func unowned(o *schema.Object, b *Binding) string {
	switch {
	case o.Kind.Mark() == nil && o.Kind.Collection == schema.ResourceServers:
		return fmt.Sprintf("an API carries no mark, so nobody knows who made it; to delete it, write a block removed %q with %s = %q", o.Kind.Name, o.Kind.NaturalKey, o.NaturalKey())
	case o.Kind.Mark() == nil:
		return "it carries no mark, so nobody knows who made it; it goes with the objects that it relates, if they go"
	case !b.Owned[o.Addr]:
		return "it carries no mark: tacit did not create it"
	}
	return ""
}
