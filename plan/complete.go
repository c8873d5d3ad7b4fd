package plan

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Complete adds the objects that declared paths need beside those that blocks
// declare: the organization's connection, and the grant that lets the client
// ask for tokens for users where the API's policy wants one. A relation belongs
// to one side, so nothing is added where tacit does not write the organization
// or the API; the rules then say what is missing. The configuration given stays
// as it is.
func Complete(cfg *schema.Config) *schema.Config {
	c := &completion{known: byAddress(cfg), members: map[pair]bool{}, added: map[pair]*schema.Object{}}
	for _, o := range cfg.Objects {
		switch o.Kind {
		case schema.OrganizationConnection:
			org, _ := ref(o.Want("organization").V)
			conn, _ := ref(o.Want("connection").V)
			c.members[pair{org, conn}] = true
		case schema.ClientGrant:
			c.grants = append(c.grants, o)
		}
	}
	for _, o := range cfg.Objects {
		if o.Kind == schema.SilentUpgrade {
			c.membership(o)
			c.grant(o)
		}
	}
	if len(c.added) == 0 {
		return cfg
	}
	out := *cfg
	out.Objects = slices.Clone(cfg.Objects)
	for _, o := range c.added {
		out.Objects = append(out.Objects, o)
	}
	slices.SortFunc(out.Objects, func(a, b *schema.Object) int { return a.Addr.Compare(b.Addr) })
	return &out
}

// pair are two objects that an added one relates.
type pair struct{ from, to schema.Address }

type completion struct {
	known map[schema.Address]*schema.Object
	// members and grants are what blocks declare.
	members map[pair]bool
	grants  []*schema.Object
	added   map[pair]*schema.Object
}

// membership enables the upgrade's connections for its organization.
func (c *completion) membership(up *schema.Object) {
	org, ok := ref(up.Want("organization").V)
	if !ok || c.known[org] == nil || !c.known[org].Writes() {
		return
	}
	conns, _ := up.Want("connections").V.([]any)
	for _, v := range conns {
		conn, ok := ref(v)
		if !ok || c.known[conn] == nil || c.members[pair{org, conn}] {
			continue
		}
		c.add(schema.OrganizationConnection, pair{org, conn}, up, "TAC507", "its users log in to this organization", map[string]any{
			"organization": schema.RefTo(org), "connection": schema.RefTo(conn),
		})
	}
}

// grant lets the client ask for tokens of an API whose policy the configuration
// sets to require it.
func (c *completion) grant(up *schema.Object) {
	client, ok1 := ref(up.Want("client").V)
	api, ok2 := ref(up.Want("api").V)
	a := c.known[api]
	if !ok1 || !ok2 || a == nil || !a.Writes() || a.Want("subject_type_authorization.user.policy").V != "require_client_grant" {
		return
	}
	audience := a.Want("identifier").V
	if slices.ContainsFunc(c.grants, func(o *schema.Object) bool {
		return refersTo(o, "client", client) && schema.Same(o.Want("audience").V, audience) && o.Want("subject_type").V == "user"
	}) {
		return
	}
	o := c.add(schema.ClientGrant, pair{client, api}, up, "TAC306", "the API gives tokens for users to applications with a grant only", map[string]any{
		"client": schema.RefTo(client), "audience": audience, "subject_type": "user",
	})
	scopes, _ := up.Want("scopes").V.([]any)
	w := o.Want("scope")
	have, _ := w.V.([]any)
	w.Mode, w.V, w.Src = schema.AtLeast, append(slices.Clone(have), schema.Missing(scopes, have)...), up.Want("scopes").Src
	w.Sensitive = w.Sensitive || up.Want("scopes").Sensitive
}

// add makes an object on behalf of an upgrade, once. Its address is of no block:
// its key is what it relates.
func (c *completion) add(k *schema.Kind, what pair, up *schema.Object, code, why string, values map[string]any) *schema.Object {
	if o := c.added[what]; o != nil {
		return o
	}
	a := schema.Address{Kind: k.Name, Name: up.Addr.Name, Key: what.from.String() + " " + what.to.String(), Each: true}
	o := &schema.Object{Kind: k, Addr: a, Src: up.Src, Wants: make([]schema.Want, len(k.Attrs))}
	for name, v := range values {
		*o.Want(name) = schema.Want{Mode: schema.Exactly, V: v}
	}
	first := &o.Wants[slices.IndexFunc(o.Wants, func(w schema.Want) bool { return w.Mode != schema.Unmanaged })]
	first.Why = []schema.Reason{{Code: code, Text: up.Addr.String() + ": " + why}}
	c.added[what] = o
	return o
}

func refersTo(o *schema.Object, attr string, a schema.Address) bool {
	to, ok := ref(o.Want(attr).V)
	return ok && to == a
}
