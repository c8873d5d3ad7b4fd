package adopt

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Selection narrows what is taken from a tenant.
type Selection struct {
	Kinds []*schema.Kind
	// Name is a pattern of names, and of identifiers of APIs; "" for all.
	Name string
	// Client is a pattern of applications' names: only these, their grants and
	// the connections that lead to them or that they are enabled on.
	Client string
}

// Source is what is taken from.
type Source struct {
	Snap *schema.Snapshot
	// Workspace is that of the configuration to be written. Objects that another
	// one marked are left to it.
	Workspace string
	// Declared says where objects are declared already, by collection and id.
	Declared map[schema.Collection]map[string]schema.Address
	// Guard tells what belongs to Auth0 and to tacit itself.
	Guard plan.Guard
}

// Declared lists what a configuration declares of a tenant.
func Declared(b *plan.Binding) map[schema.Collection]map[string]schema.Address {
	out := map[schema.Collection]map[string]schema.Address{}
	for a, o := range b.Observed {
		c := schema.KindByName(a.Kind).Collection
		if out[c] == nil {
			out[c] = map[string]schema.Address{}
		}
		if first, twice := out[c][o.ID]; o != nil && (!twice || a.Compare(first) < 0) {
			out[c][o.ID] = a
		}
	}
	return out
}

// taker goes through the lists of a tenant.
type taker struct {
	Source
	sel     Selection
	byID    map[schema.Collection]map[string]*schema.Observed
	names   map[string]int
	objects []*Object
	taken   map[schema.Collection]map[string]bool
	skipped []Skipped
	// declared are objects that are left out because a block declares them.
	declared map[schema.Address]string
}

// Take makes objects of what is on the tenant, sorted by kind and name, with
// the reasons why the rest is left out. declared are the addresses, with ids, of
// what the configuration has already.
func Take(src Source, sel Selection) (objects []*Object, skipped []Skipped, declared map[schema.Address]string) {
	t := &taker{Source: src, sel: sel, declared: map[schema.Address]string{}, names: map[string]int{}, byID: map[schema.Collection]map[string]*schema.Observed{}, taken: map[schema.Collection]map[string]bool{}}
	for c, list := range src.Snap.Objects {
		t.byID[c], t.taken[c] = map[string]*schema.Observed{}, map[string]bool{}
		for _, o := range list {
			t.byID[c][o.ID] = o
		}
	}
	for _, o := range src.Snap.Objects[schema.Clients] {
		t.names[o.String("name")]++
	}
	for _, k := range []*schema.Kind{schema.SPAClient, schema.API, schema.SAMLConnection, schema.Organization, schema.OrganizationConnection, schema.ClientGrant, schema.TenantSettingsKind} {
		if slices.Contains(sel.Kinds, k) {
			t.kind(k)
		}
	}
	t.references()
	for _, o := range t.objects {
		if o.Kind == schema.Client {
			gone := Skipped{schema.SPAClient.Name, cmp.Or(o.Label, o.ID), notSPA}
			if i := slices.Index(t.skipped, gone); i >= 0 {
				t.skipped = slices.Delete(t.skipped, i, i+1)
			}
		}
	}
	slices.SortStableFunc(t.objects, func(a, b *Object) int {
		return cmp.Or(cmp.Compare(a.Kind.Name, b.Kind.Name), cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)), cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(t.skipped, func(a, b Skipped) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Name, b.Name))
	})
	return t.objects, t.skipped, t.declared
}

func (t *taker) skip(k *schema.Kind, name, format string, args ...any) {
	t.skipped = append(t.skipped, Skipped{k.Name, name, fmt.Sprintf(format, args...)})
}

func (t *taker) kind(k *schema.Kind) {
	list, read := t.Snap.Objects[k.Collection]
	if !read {
		t.skip(k, "", "the token may not read them, or this tenant has none")
		return
	}
	for _, obs := range list {
		if !t.selected(k, obs) {
			continue
		}
		if a, ok := t.Declared[k.Collection][obs.ID]; ok {
			t.declared[a] = obs.ID
			t.taken[k.Collection][obs.ID] = true
			continue
		}
		if why := t.notOurs(k, obs); why != "" {
			t.skip(k, t.name(k, obs), "%s", why)
			continue
		}
		o, err := valuesOf(k, obs)
		if err == nil {
			err = t.place(o, obs)
		}
		if err != nil {
			t.skip(k, t.name(k, obs), "%s", err)
			continue
		}
		t.identify(o, obs)
		if k == schema.API {
			_, bare, _ := strings.Cut(o.Label, "://")
			o.Label = cmp.Or(o.text("name"), bare, o.Label)
		}
		t.objects = append(t.objects, o)
		t.taken[k.Collection][obs.ID] = true
	}
}

// name is what people call an object.
func (t *taker) name(k *schema.Kind, obs *schema.Observed) string {
	switch k {
	case schema.ClientGrant:
		return cmp.Or(t.clientName(obs.String("client_id")), "no application") + " for " + obs.String("audience")
	case schema.OrganizationConnection:
		return t.labelOf(schema.Organizations, obs.String("organization_id")) + " and " + t.labelOf(schema.Connections, obs.String("connection_id"))
	case schema.TenantSettingsKind:
		return ""
	default:
		return cmp.Or(obs.String(k.NaturalKey), obs.ID)
	}
}

func (t *taker) labelOf(c schema.Collection, id string) string {
	if o := t.byID[c][id]; o != nil {
		return cmp.Or(o.String("name"), id)
	}
	return id
}

func (t *taker) clientName(id string) string { return t.labelOf(schema.Clients, id) }

// selected applies the patterns.
func (t *taker) selected(k *schema.Kind, obs *schema.Observed) bool {
	named := plan.Matches(t.sel.Name, obs.String("name")) || k == schema.API && plan.Matches(t.sel.Name, obs.String("identifier"))
	ofClient := func(id string) bool { return t.sel.Client == "" || plan.Matches(t.sel.Client, t.clientName(id)) }
	switch k {
	case schema.SPAClient:
		return named && ofClient(obs.ID)
	case schema.SAMLConnection:
		return named && (ofClient(obs.String("options.idpinitiated.client_id")) || slices.ContainsFunc(obs.Relations["connection_clients"].Members, ofClient))
	case schema.ClientGrant:
		return ofClient(obs.String("client_id")) && (t.sel.Name == "" || t.taken[schema.Clients][obs.String("client_id")])
	case schema.OrganizationConnection:
		return t.taken[schema.Organizations][obs.String("organization_id")] || t.sel.Name == ""
	case schema.TenantSettingsKind:
		return true
	default:
		return named
	}
}

// notSPA is why most applications are left out.
const notSPA = "it is not a single-page application, and nothing refers to it"

// notOurs says why an object is not for this configuration, "" when it is.
func (t *taker) notOurs(k *schema.Kind, obs *schema.Observed) string {
	if k == schema.SPAClient || k == schema.API || k == schema.ClientGrant {
		if why := t.Guard.Refuses(k.Collection, obs); why != "" {
			return why
		}
	}
	if m := k.Mark(); m != nil {
		if mark := obs.String(m.APIPath()); mark != "" && schema.MarkWorkspace(mark) != t.Workspace {
			return fmt.Sprintf("it belongs to another configuration: its mark is %q", mark)
		}
	}
	switch k {
	case schema.SPAClient:
		if obs.String("app_type") != "spa" {
			return notSPA
		}
	case schema.SAMLConnection:
		if _, canary := schema.CanaryOf(obs); canary {
			return "it is a canary of tacit rehearse --live, and is deleted by the next one"
		}
	case schema.ClientGrant:
		return t.grant(obs)
	case schema.OrganizationConnection:
		if !t.taken[schema.Connections][obs.String("connection_id")] {
			return "its connection is not a SAML connection that is written down"
		}
		if !t.taken[schema.Organizations][obs.String("organization_id")] {
			return "its organization is not written down"
		}
	}
	return ""
}

func (t *taker) grant(obs *schema.Observed) string {
	id := obs.String("client_id")
	switch {
	case id == "":
		return "it belongs to no application"
	case t.byID[schema.Clients][id] == nil:
		return "its application is not on the tenant"
	}
	for _, api := range t.Snap.Objects[schema.ResourceServers] {
		if api.String("identifier") == obs.String("audience") && t.Guard.Refuses(schema.ResourceServers, api) != "" {
			return "it is for one of Auth0's own APIs"
		}
	}
	if obs.String("subject_type") != "user" && !t.taken[schema.Clients][id] && t.byID[schema.Clients][id].String("app_type") != "spa" {
		return "it gives tokens to an application itself, which is no step of a login"
	}
	return ""
}

// place puts an object that this configuration marked where its mark says.
func (t *taker) place(o *Object, obs *schema.Observed) error {
	m := o.Kind.Mark()
	if m == nil || obs.String(m.APIPath()) == "" {
		return nil
	}
	mark := obs.String(m.APIPath())
	a, err := schema.ParseAddress(strings.TrimPrefix(mark, t.Workspace+"/"))
	if err != nil || a.Kind != o.Kind.Name || !addressable.MatchString(a.Name) || a.Each && o.Kind != schema.SAMLConnection {
		return fmt.Errorf("its mark is %q, and nothing that import writes has that address", mark)
	}
	o.Addr = a
	return nil
}

// addressable are names that a block can have.
var addressable = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// identify makes sure that the block finds its object again: by client_id where
// the name does not tell it from others.
func (t *taker) identify(o *Object, obs *schema.Observed) {
	if o.Kind.Collection == schema.Clients && o.Addr.Name == "" && (t.names[o.text("name")] > 1 || o.text("name") == "") {
		o.Values["client_id"] = obs.ID
	}
}

// references declares the applications that taken objects refer to and that no
// block declares.
func (t *taker) references() {
	for _, o := range t.objects {
		for i := range o.Kind.Attrs {
			row := &o.Kind.Attrs[i]
			switch v := o.Values[row.Name].(type) {
			case string:
				if row.Type == schema.Ref {
					t.refer(row, v)
				}
			case []any:
				for _, e := range v {
					if id, ok := e.(string); ok && row.Type == schema.Refs {
						t.refer(row, id)
					}
				}
			}
		}
	}
}

func (t *taker) refer(row *schema.Attr, id string) {
	obs := t.byID[schema.Clients][id]
	if obs == nil || t.taken[schema.Clients][id] || !slices.Contains(row.Targets, "client") {
		return
	}
	t.taken[schema.Clients][id] = true
	if _, ok := t.Declared[schema.Clients][id]; ok {
		return
	}
	o := &Object{Kind: schema.Client, ID: id, Label: obs.String("name"), Existing: true, Values: map[string]any{}}
	if row := schema.Client.Attr("name"); t.names[obs.String("name")] == 1 && fits(row, obs.String("name")) {
		o.Values["name"] = obs.String("name")
	}
	t.identify(o, obs)
	t.objects = append(t.objects, o)
}
