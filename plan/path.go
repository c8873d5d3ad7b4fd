package plan

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// upgradePaths are the paths of one upgrade: one per connection and login
// domain. What they share is looked up once.
func (p *projector) upgradePaths(o *schema.Object, client, api *schema.State) []*check.Path {
	shared := p.shared(o, client, api)
	domains := p.loginDomains(o)
	var out []*check.Path
	conns, _ := o.Want("connections").V.([]any)
	for _, c := range conns {
		a, ok := ref(c)
		conn := p.state(a)
		if !ok || conn == nil {
			continue
		}
		for _, d := range domains {
			path := shared
			path.Connection, path.LoginDomain = conn, d
			path.Sensitive = path.Sensitive || p.objects[conn.Addr].Want("idp_initiated.query").Sensitive
			if len(domains) > 1 {
				path.At = d
			}
			path.Domain, path.Read.Domains = p.domain(d)
			if path.Organization != nil {
				path.Membership, path.Read.Memberships = p.membership(path.Organization, conn)
			}
			out = append(out, &path)
		}
	}
	return out
}

func (p *projector) loginDomains(o *schema.Object) []string {
	first, more := p.text(o, "login_domain"), p.texts(o, "login_domains")
	switch {
	case first != "":
		return append([]string{first}, more...)
	case len(more) > 0:
		return more
	default:
		return []string{p.cfg.LoginDomain()}
	}
}

func (p *projector) shared(o *schema.Object, client, api *schema.State) check.Path {
	path := check.Path{
		Addr: o.Addr, Src: o.Src, Upgrade: o, Client: client, API: api,
		Via: p.text(o, "via"), RedirectURI: p.text(o, "redirect_uri"), Scopes: p.texts(o, "scopes"),
		CanonicalDomain: p.cfg.Domain(), Offline: p.offline, Now: p.cfg.Now,
		Refresh: o.Want("refresh").V == true, DPoP: o.Want("dpop").V == true,
		Tenant: p.only(schema.TenantSettingsKind), MFA: p.only(schema.MFAPolicies), Actions: p.only(schema.PostLoginActions),
		Sensitive: o.Want("redirect_uri").Sensitive || o.Want("scopes").Sensitive,
	}
	if path.Via == "" {
		path.Via, _ = o.Kind.Attr("via").Default.(string)
	}
	path.UserGrant, path.Read.Grants = p.userGrant(client, api)
	path.Read.Grants = path.Read.Grants || client.Creates || api.Creates // what does not exist has no grants
	if a, ok := ref(o.Want("organization").V); ok {
		path.Organization = p.state(a)
	}
	return path
}

// of lists the declared objects of a kind.
func (p *projector) of(k *schema.Kind) []*schema.Object {
	if p.byKind == nil {
		p.byKind = map[*schema.Kind][]*schema.Object{}
		for _, o := range p.cfg.Objects {
			p.byKind[o.Kind] = append(p.byKind[o.Kind], o)
		}
	}
	return p.byKind[k]
}

// only is the state of what a tenant has once: as declared, else as read.
func (p *projector) only(k *schema.Kind) *schema.State {
	for _, o := range p.of(k) {
		return p.state(o.Addr)
	}
	list, _ := p.read(k.Collection)
	var obs *schema.Observed
	if len(list) == 1 {
		obs = list[0]
	}
	return p.found(k, "", obs)
}

// read returns the objects of a collection that were read.
func (p *projector) read(c schema.Collection) ([]*schema.Observed, bool) {
	if p.b.Snapshot == nil {
		return nil, false
	}
	list, ok := p.b.Snapshot.Objects[c]
	return list, ok
}

// found is the state of an object that no block declares, made once.
func (p *projector) found(k *schema.Kind, name string, obs *schema.Observed) *schema.State {
	a := schema.Address{Kind: k.Name, Name: name}
	s := p.states[a]
	if s == nil {
		s = schema.StateOf(k, a, obs)
		p.states[a] = s
	}
	return s
}

// userGrant finds the grant that lets the client ask for the API's tokens on
// behalf of users.
func (p *projector) userGrant(client, api *schema.State) (grant *schema.State, read bool) {
	audience, _ := api.Cell("identifier").V.(string)
	for _, o := range p.of(schema.ClientGrant) {
		s := p.state(o.Addr)
		if s.Cell("client").V == client.ID && s.Cell("audience").V == audience && s.Cell("subject_type").V == "user" {
			return s, true
		}
	}
	list, read := p.read(schema.ClientGrants)
	for _, obs := range list {
		if obs.String("client_id") == client.ID && obs.String("audience") == audience && obs.String("subject_type") == "user" {
			return p.found(schema.ClientGrant, obs.ID, obs), true
		}
	}
	return nil, read
}

// domain finds a custom domain; the canonical one is none.
func (p *projector) domain(name string) (domain *schema.State, read bool) {
	for _, o := range p.of(schema.CustomDomain) {
		if p.text(o, "domain") == name {
			return p.state(o.Addr), true
		}
	}
	list, read := p.read(schema.CustomDomains)
	for _, obs := range list {
		if obs.String("domain") == name {
			// Named by its id: the domain may come from a sensitive value.
			return p.found(schema.CustomDomain, obs.ID, obs), true
		}
	}
	return nil, read
}

// membership finds the connection of an organization.
func (p *projector) membership(org, conn *schema.State) (membership *schema.State, read bool) {
	if p.memberships == nil {
		p.memberships = map[string]*schema.State{}
		list, _ := p.read(schema.OrganizationConnections)
		for _, obs := range list {
			p.memberships[obs.ID] = p.found(schema.OrganizationConnection, obs.ID, obs)
		}
		for _, o := range p.of(schema.OrganizationConnection) {
			s := p.state(o.Addr)
			org, _ := s.Cell("organization").V.(string)
			conn, _ := s.Cell("connection").V.(string)
			p.memberships[org+"/"+conn] = s
		}
	}
	_, read = p.read(schema.OrganizationConnections)
	return p.memberships[org.ID+"/"+conn.ID], read || org.Creates
}

func (p *projector) texts(o *schema.Object, name string) []string {
	v, _ := schema.Resolve(o.Want(name).V, p.id)
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// CustomLogin tells whether users log in at a host other than the tenant's
// own.
func CustomLogin(cfg *schema.Config) bool {
	if d := cfg.LoginDomain(); d != "" && d != cfg.Domain() {
		return true
	}
	return slices.ContainsFunc(cfg.Objects, func(o *schema.Object) bool {
		return o.Kind == schema.SilentUpgrade && (o.Want("login_domain").V != nil || o.Want("login_domains").V != nil)
	})
}

// GrantedAudiences are the existing APIs on declared paths that give tokens
// only to applications with a grant.
func GrantedAudiences(cfg *schema.Config, b *Binding, rules Rules) []string {
	if len(rules) == 0 {
		return nil
	}
	d := &differ{cfg: cfg, b: b, ids: b.IDs()}
	known, p := byAddress(cfg), newProjector(cfg, d.prepare(schema.API), b, false)
	policy, identifier := schema.Use[string](schema.API, "subject_type_authorization.user.policy"), schema.Use[string](schema.API, "identifier")
	var out []string
	for _, o := range p.of(schema.SilentUpgrade) {
		if !leads(o, known) {
			continue
		}
		a, _ := ref(o.Want("api").V)
		api := p.state(a)
		v, _ := policy.Get(api)
		audience, _ := identifier.Get(api)
		if v == "require_client_grant" && !api.Creates && !slices.Contains(out, audience) {
			out = append(out, audience)
		}
	}
	return out
}
