package deploycli

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/schema"
)

// item is an object of an export.
type item struct {
	kind *schema.Kind
	obs  *schema.Observed
}

// name is what messages call it.
func (it *item) name() string { return it.obs.String(it.kind.NaturalKey) }

// existing: only looked up, if something refers to it.
func (it *item) existing() bool {
	return it.kind == schema.SPAClient && it.obs.String("app_type") != "spa"
}

// builder makes a snapshot of parsed files.
type builder struct {
	in       *input
	keywords *keywords
	out      *Export
	items    []*item
	// clients are the ids of applications by the names, and the ids where the
	// export tells them, by which others refer to them.
	clients map[string]string
	// whole are rows that a variable stands for.
	whole map[*item]map[string]*adopt.Variable
}

func (b *builder) skip(kind, name, why string, args ...any) {
	b.out.Skipped = append(b.out.Skipped, adopt.Skipped{Kind: kind, Name: b.keywords.show(name), Why: fmt.Sprintf(why, args...)})
}

// sections parses the files and sorts what is in them.
func (b *builder) sections(texts []text) error {
	for _, t := range texts {
		var v any
		var err error
		if b.in.yaml != "" {
			v, err = parseYAML([]byte(b.keywords.markYAML(string(t.body))))
		} else {
			v, err = parseJSON([]byte(b.keywords.markJSON(string(t.body))))
		}
		if err == nil {
			err = b.file(t.section, v)
		}
		if err != nil {
			return Broken{one(t.name, err)}
		}
	}
	if b.in.yaml != "" {
		return nil
	}
	return b.foreignFolders()
}

// file takes what is in one file.
func (b *builder) file(section string, v any) error {
	if list, ok := v.([]any); ok && section == customDomains {
		b.domains(list)
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return mistake{1, "an object is expected"}
	}
	if section != "" {
		return b.section(section, []any{m})
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list, ok := m[name].([]any)
		if name == "tenant" && m[name] != nil {
			list, ok = []any{m[name]}, true
		}
		switch {
		case m[name] == nil, ok && len(list) == 0:
			continue
		case name == customDomains:
			b.domains(list)
			continue
		case kindOf(name) == nil:
			b.foreign(name)
			continue
		case !ok:
			return mistake{0, fmt.Sprintf("%s is no list", name)}
		}
		if err := b.section(name, list); err != nil {
			return err
		}
	}
	return nil
}

// customDomains is the section of custom domains, which tacit looks up only.
const customDomains = "customDomains"

func (b *builder) domains(list []any) {
	for _, e := range list {
		m, _ := e.(map[string]any)
		if name, _ := m["domain"].(string); name != "" && len(b.keywords.within(name)) == 0 {
			b.out.CustomDomains = append(b.out.CustomDomains, name)
		}
	}
}

// kindOf is the kind of objects in a section, nil for those that tacit has not.
func kindOf(section string) *schema.Kind {
	return map[string]*schema.Kind{
		"clients": schema.SPAClient, "connections": schema.SAMLConnection, "resourceServers": schema.API, "clientGrants": schema.ClientGrant,
		"organizations": schema.Organization, "tenant": schema.TenantSettingsKind,
	}[section]
}

func (b *builder) section(name string, list []any) error {
	k := kindOf(name)
	for i, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return mistake{0, fmt.Sprintf("number %d of %s is no object", i+1, name)}
		}
		if len(m) > 0 { // auth0-deploy-cli takes an empty file for none
			b.items = append(b.items, &item{k, &schema.Observed{Raw: m}})
		}
	}
	return nil
}

// foreign says that a section is left to auth0-deploy-cli.
func (b *builder) foreign(section string) {
	b.skip(section, "", "tacit has no such objects; they stay as they are on the tenant, and with auth0-deploy-cli")
}

func (b *builder) foreignFolders() error {
	known := append(slices.Collect(maps.Values(folders())), path.Dir(domainsFile))
	entries, err := b.in.list(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := b.in.root.Stat(e)
		if err == nil && info.IsDir() && !slices.Contains(known, e) && !strings.HasPrefix(e, ".") {
			b.foreign(e)
		}
	}
	return nil
}

// loginPages reads the HTML files that applications name.
func (b *builder) loginPages() error {
	for _, it := range b.items {
		name := it.obs.String("custom_login_page")
		if it.kind != schema.SPAClient || name == "" || strings.ContainsAny(name, "<\n") {
			continue
		}
		body, err := b.in.read(path.Join("clients", name))
		if err != nil {
			return fmt.Errorf("the login page of the application %q: %w", b.keywords.show(it.name()), err)
		}
		it.obs.Raw["custom_login_page"] = b.keywords.markYAML(string(body))
	}
	return nil
}

// observe makes the snapshot.
func (b *builder) observe() {
	for _, c := range []schema.Collection{
		schema.Clients, schema.Connections, schema.ResourceServers, schema.ClientGrants, schema.Organizations, schema.OrganizationConnections,
		schema.TenantSettings,
	} {
		b.out.Snap.Objects[c] = []*schema.Observed{}
	}
	b.clients = map[string]string{}
	for _, it := range b.items {
		if it.kind == schema.SPAClient {
			b.clients[it.name()] = b.id(it.name())
			if id := it.obs.String("client_id"); id != "" {
				b.clients[id] = b.id(it.name())
			}
		}
	}
	for _, it := range b.items {
		it.obs.ID = b.id(it.name())
		switch it.kind {
		case schema.SPAClient:
			b.client(it)
		case schema.SAMLConnection:
			b.connection(it)
		case schema.ClientGrant:
			it.obs.Raw["client_id"] = b.clientID(it.obs.String("client_id"))
			it.obs.ID = strings.Join([]string{it.obs.String("client_id"), it.obs.String("audience"), it.obs.String("subject_type")}, " ")
		case schema.Organization:
			b.organization(it)
		}
		b.add(it.kind, it.obs)
		for row, v := range b.whole[it] {
			b.out.Variables.Whole[adopt.Place{Collection: it.kind.Collection, ID: it.obs.ID, Row: row}] = v
		}
	}
}

func (b *builder) add(k *schema.Kind, o *schema.Observed) {
	if it := (&item{k, o}); !it.existing() {
		implied(k, o)
	}
	b.out.Snap.Objects[k.Collection] = append(b.out.Snap.Objects[k.Collection], o)
}

// implied fills in what a kind implies and the export does not say: not
// exported means not managed. A plan against the tenant tells where it is
// otherwise.
func implied(k *schema.Kind, o *schema.Observed) {
	for i := range k.Attrs {
		row := &k.Attrs[i]
		if _, p := o.Get(row); row.Implied != nil && p == schema.Absent {
			o.Raw = schema.Put(o.Raw, row.APIPath(), row.Implied)
		}
	}
}

// unique leaves out what the others could not refer to.
func (b *builder) unique() {
	count := map[string]int{}
	key := func(it *item) string { return it.kind.Name + " " + it.name() }
	for _, it := range b.items {
		count[key(it)]++
	}
	b.items = slices.DeleteFunc(b.items, func(it *item) bool {
		switch {
		case it.kind == schema.TenantSettingsKind, it.kind == schema.ClientGrant:
			return false
		case it.name() == "":
			b.skip(it.kind.Name, "", "it has no %s", it.kind.NaturalKey)
			return true
		case count[key(it)] > 1:
			b.skip(it.kind.Name, it.name(), "the export has several of that %s", it.kind.NaturalKey)
			return true
		}
		if s := it.obs.String("strategy"); it.kind == schema.SAMLConnection && s != "samlp" {
			b.skip(it.kind.Name, it.name(), "its strategy is %q; tacit manages SAML connections, samlp", s)
			return true
		}
		return false
	})
}

// profiles are members in which an export has names where the API has ids.
func profiles() []string { return []string{"my_organization_configuration", "express_configuration"} }

func (b *builder) client(it *item) {
	for _, p := range profiles() {
		if _, there := it.obs.Raw[p]; there && it.obs.String("app_type") == "spa" {
			b.skip(it.kind.Name, it.name(), "%s stays as it is on the tenant: the export has names in it where ids belong", p)
		}
		delete(it.obs.Raw, p)
	}
}

// id is what refers to an object of that name: nothing in it is evaluated.
func (b *builder) id(name string) string { return b.keywords.show(name) }

// clientID is the id of an application that something refers to: what is not in
// the export is looked up by its name, or by its id when it has no name there.
func (b *builder) clientID(ref string) string {
	if id, ok := b.clients[ref]; ok || ref == "" {
		return id
	}
	stub := &schema.Observed{ID: b.id(ref), Raw: map[string]any{"name": ref}}
	if clientIDs.MatchString(ref) {
		stub.Raw = map[string]any{"client_id": ref}
	}
	b.clients[ref] = stub.ID
	b.out.Snap.Objects[schema.Clients] = append(b.out.Snap.Objects[schema.Clients], stub)
	return stub.ID
}

func (b *builder) connection(it *item) {
	const landing = "options.idpinitiated.client_id"
	if ref := it.obs.String(landing); ref != "" {
		it.obs.Raw = schema.Put(it.obs.Raw, landing, b.clientID(ref))
	}
	// A connection that no application may use has no enabled_clients.
	members := schema.Relation{Complete: true}
	switch list := it.obs.Raw["enabled_clients"].(type) {
	case nil:
	case []any:
		for _, e := range list {
			if s, ok := e.(string); ok {
				members.Members = append(members.Members, b.clientID(s))
			}
		}
	case string:
		b.skip(it.kind.Name, it.name(), "its applications stay as they are on the tenant: enabled_clients is %s, and names from a variable do not become references; list them", b.keywords.show(list))
	}
	delete(it.obs.Raw, "enabled_clients")
	it.obs.Relations = map[string]schema.Relation{"connection_clients": members}
}

// organization parts an organization from its connections.
func (b *builder) organization(it *item) {
	list, _ := it.obs.Raw["connections"].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		name, _ := m["name"].(string)
		if !slices.ContainsFunc(b.items, func(c *item) bool { return c.kind == schema.SAMLConnection && c.name() == name }) {
			b.skip(schema.OrganizationConnection.Name, it.name()+" and "+name, "its connection is not a SAML connection of the export")
			continue
		}
		raw := maps.Clone(m)
		raw["organization_id"], raw["connection_id"] = it.obs.ID, b.id(name)
		delete(raw, "name")
		b.add(schema.OrganizationConnection, &schema.Observed{ID: it.obs.ID + " " + b.id(name), Raw: raw})
	}
	delete(it.obs.Raw, "connections")
	for _, other := range []string{"client_grants", "discovery_domains"} {
		if v, _ := it.obs.Raw[other].([]any); len(v) > 0 {
			b.skip(it.kind.Name, it.name(), "its %s stay as they are on the tenant: tacit does not manage them", other)
		}
		delete(it.obs.Raw, other)
	}
}
