package adopt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Upgrade is a silent_upgrade block to write: paths that share an application,
// an API and what the SPA sends.
type Upgrade struct {
	// Client, API and Connections are ids.
	Client, API string
	Connections []string
	RedirectURI string
	// Off writes the block as a comment, with the reasons.
	Off     bool
	Reasons []string
}

// Candidates are the paths that connections with IdP-initiated login open, to
// every API. What the SPA sends is not on the tenant: it is assumed to send what
// auth0-spa-js sends by itself, the origin of the page where users land.
func Candidates(objects []*Object, src Source) []Upgrade {
	var apis []string
	clients := map[string]*Object{}
	for _, o := range objects {
		switch o.Kind {
		case schema.API:
			apis = append(apis, o.ID)
		case schema.SPAClient:
			clients[o.ID] = o
		}
	}
	for _, o := range src.Snap.Objects[schema.ResourceServers] {
		if _, ok := src.Declared[schema.ResourceServers][o.ID]; ok {
			apis = append(apis, o.ID)
		}
	}
	for _, o := range src.Snap.Objects[schema.Clients] {
		if a, ok := src.Declared[schema.Clients][o.ID]; ok && a.Kind == schema.SPAClient.Name {
			v, _ := o.At("callbacks")
			clients[o.ID] = &Object{Kind: schema.SPAClient, ID: o.ID, Label: o.String("name"), Values: map[string]any{"callbacks": v}}
		}
	}
	var out []Upgrade
	for _, o := range objects {
		client := clients[o.text("idp_initiated.client")]
		if o.Kind != schema.SAMLConnection || o.Values["idp_initiated.enabled"] != true || client == nil {
			continue
		}
		uri := landing(o, client)
		row := schema.SilentUpgrade.Attr("redirect_uri")
		if uri == "" || !fits(row, uri) {
			continue
		}
		for _, api := range apis {
			out = join(out, Upgrade{Client: client.ID, API: api, RedirectURI: uri, Connections: []string{o.ID}})
		}
	}
	return out
}

// landing is the origin of the page on which users of a connection land.
func landing(o, client *Object) string {
	if uri, ok := schema.ParseQuery(o.text("idp_initiated.query")).Get("redirect_uri"); ok {
		return schema.Origin(uri)
	}
	callbacks, _ := client.Values["callbacks"].([]any)
	if len(callbacks) == 0 {
		return ""
	}
	first, _ := callbacks[0].(string)
	return schema.Origin(first)
}

// join adds paths to the upgrade that says the same of them.
func join(list []Upgrade, u Upgrade) []Upgrade {
	for i := range list {
		e := &list[i]
		if e.Client == u.Client && e.API == u.API && e.RedirectURI == u.RedirectURI && e.Off == u.Off && slices.Equal(e.Reasons, u.Reasons) {
			e.Connections = append(e.Connections, u.Connections...)
			return list
		}
	}
	return append(list, u)
}

// upgrades writes the silent_upgrade blocks, those that work first.
func (w *writer) upgrades() {
	several := map[string]bool{}
	for _, u := range w.Upgrades {
		several[u.Client+" "+u.RedirectURI] = true
	}
	list := slices.Clone(w.Upgrades)
	slices.SortStableFunc(list, func(a, b Upgrade) int {
		return cmp.Or(rankOff(a)-rankOff(b), strings.Compare(w.id(schema.Clients, a.Client).Name, w.id(schema.Clients, b.Client).Name),
			strings.Compare(w.id(schema.ResourceServers, a.API).Name, w.id(schema.ResourceServers, b.API).Name), strings.Compare(a.RedirectURI, b.RedirectURI),
			len(b.Connections)-len(a.Connections), slices.Compare(a.Reasons, b.Reasons))
	})
	for i, u := range list {
		client, api := w.id(schema.Clients, u.Client), w.id(schema.ResourceServers, u.API)
		name := api.Name
		if len(several) > 1 {
			name = client.Name + "_" + api.Name
		}
		b := hclconf.Block{Kind: schema.SilentUpgrade, Name: w.free("silent_upgrade", name), Off: u.Off, Values: map[string]any{
			"connections": w.connections(u.Connections), "client": schema.RefTo(client), "api": schema.RefTo(api), "redirect_uri": w.express(schema.SilentUpgrade.Attr("redirect_uri"), u.RedirectURI),
		}}
		if i == 0 {
			b.Above = append(b.Above, "What the SPAs ask for is not on the tenant: redirect_uri is what auth0-spa-js sends by itself. Correct it and add scopes; take out what no SPA asks for.")
		}
		if u.Off {
			b.Above = append(b.Above, "Not yet. This has to hold before these users get a token (tacit explain CODE tells more):")
			b.Above = append(b.Above, u.Reasons...)
		}
		w.add(schema.SilentUpgrade, b)
	}
}

func rankOff(u Upgrade) int {
	if u.Off {
		return 1
	}
	return 0
}

func (w *writer) id(c schema.Collection, id string) schema.Address { return w.byID[c][id] }

// shortList is how long the lists of a concat may be that stand on one line.
const shortList = 70

// connections refers to connections: to a block with for_each as a whole where
// it can, else to those of its instances that are meant.
func (w *writer) connections(ids []string) any {
	keys := map[string][]string{}
	var singles []any
	for _, id := range ids {
		a := w.id(schema.Connections, id)
		if a.Each {
			keys[a.Name] = append(keys[a.Name], a.Key)
		} else {
			singles = append(singles, schema.RefTo(a))
		}
	}
	var lists []string
	for _, g := range w.groups {
		if chosen := keys[g.name]; len(chosen) > 0 {
			lists = append(lists, w.instances(g, chosen, len(keys) == 1 && len(singles) == 0))
		}
	}
	switch {
	case len(lists) == 0:
		return singles
	case len(lists) == 1 && len(singles) == 0:
		return hclconf.Code(lists[0])
	}
	if len(singles) > 0 {
		lists = append(lists, string(hclconf.List(singles)))
	}
	if one := strings.Join(lists, ", "); len(one) <= shortList && !strings.Contains(one, "\n") {
		return hclconf.Code("concat(" + one + ")")
	}
	return hclconf.Code("concat(\n" + strings.Join(lists, ",\n") + ",\n)")
}

// instances refers to some instances of a group; alone, to all of it by its name.
func (w *writer) instances(g *group, chosen []string, alone bool) string {
	block := "saml_connection." + g.name
	if len(chosen) == len(g.members) {
		if alone {
			return block
		}
		return "values(" + block + ")"
	}
	picked, not := []any{}, ""
	if few := len(chosen) * 2; few > len(g.members) { //nolint:mnd // more than half
		not = "!"
	}
	for _, o := range g.members {
		if k := w.out.Addresses[o].Key; slices.Contains(chosen, k) == (not == "") {
			picked = append(picked, k)
		}
	}
	return fmt.Sprintf("[for name, c in %s : c if %scontains(%s, name)]", block, not, hclconf.List(picked))
}
