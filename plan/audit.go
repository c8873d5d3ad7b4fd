package plan

import (
	"cmp"
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Audited is what the rules say of a tenant without any configuration.
type Audited struct {
	Tenant string `json:"tenant"`
	Via    string `json:"via"`
	*check.Report
	// Connections counts the SAML connections, IDPInitiated those that accept
	// IdP-initiated logins and are in scope, Clients and APIs what they lead to.
	Connections  int `json:"connections"`
	IDPInitiated int `json:"idp_initiated"`
	Clients      int `json:"clients"`
	APIs         int `json:"apis"`
	// Broken lists the connections with a failing error rule on some path,
	// sorted by name, with the codes of the causes.
	Broken []BrokenConnection `json:"broken"`
	// Canaries are the connections of live rehearsals, counted and judged
	// nowhere.
	Canaries []string `json:"canaries,omitempty"`
	// Requests is how many requests to the Management API it took.
	Requests int `json:"requests"`
}

// BrokenConnection is a connection whose users get no token of some API.
type BrokenConnection struct {
	Name string `json:"connection"`
	// Client is the name of the application that its users land in, its id when
	// the tenant does not have it.
	Client string `json:"client"`
	// Causes are codes of rules, those that follow from others left out.
	Causes []string `json:"causes"`
}

// Audit judges every SAML connection with IdP-initiated login, with its default
// client and every API that is not Auth0's own.
func Audit(snap *schema.Snapshot, rules Rules, sc Scope) *Audited {
	p := &projector{cfg: &schema.Config{}, b: &Binding{Snapshot: snap}, states: map[schema.Address]*schema.State{}}
	out := &Audited{Tenant: sc.Domain, Via: sc.Via, Broken: []BrokenConnection{}}
	for _, o := range snap.Objects[schema.Connections] {
		if _, canary := schema.CanaryOf(o); canary {
			out.Canaries = append(out.Canaries, o.String("name"))
		} else {
			out.Connections++
		}
	}
	paths := p.auditPaths(snap, sc, out)
	out.Report = check.Judge(rules, paths)
	out.Broken = append(out.Broken, broken(rules, paths)...)
	return out
}

func (p *projector) auditPaths(snap *schema.Snapshot, sc Scope, count *Audited) []*check.Path {
	clients := p.clients(snap)
	var apis []*schema.State
	for _, o := range snap.Objects[schema.ResourceServers] {
		if identifier := o.String("identifier"); o.Raw["is_system"] != true && sc.HasAPI(o) {
			apis = append(apis, p.instance(schema.API, identifier, o))
		}
	}
	count.APIs = len(apis)
	seen := map[string]bool{}
	var paths []*check.Path
	for _, l := range landings(snap, sc) {
		client := clients[l.client]
		if client == nil {
			client = p.instance(schema.Client, l.client, nil)
			client.ID, client.Gone = l.client, true
		}
		if !matches(sc.Client, clientName(client)) {
			continue
		}
		count.IDPInitiated++
		if !seen[l.client] && !client.Gone {
			seen[l.client] = true
			count.Clients++
		}
		conn := p.instance(schema.SAMLConnection, l.connection.String("name"), l.connection)
		for _, api := range apis {
			paths = append(paths, p.auditPath(conn, client, api, sc))
		}
	}
	return paths
}

// clients are the states of all clients by id, addressed by name, or by id where
// the name is not unique.
func (p *projector) clients(snap *schema.Snapshot) map[string]*schema.State {
	names := map[string]int{}
	for _, o := range snap.Objects[schema.Clients] {
		names[o.String("name")]++
	}
	out := map[string]*schema.State{}
	for _, o := range snap.Objects[schema.Clients] {
		key := o.String("name")
		if key == "" || names[key] > 1 {
			key = o.ID
		}
		out[o.ID] = p.instance(schema.Client, key, o)
	}
	return out
}

func clientName(client *schema.State) string {
	if client.Gone {
		return client.ID
	}
	return client.Name()
}

// instance is the state of an object that no block declares, addressed by its
// natural key.
func (p *projector) instance(k *schema.Kind, key string, obs *schema.Observed) *schema.State {
	a := schema.Address{Kind: k.Name, Key: key, Each: true}
	if s := p.states[a]; s != nil {
		return s
	}
	s := schema.StateOf(k, a, obs)
	p.states[a] = s
	return s
}

func (p *projector) auditPath(conn, client, api *schema.State, sc Scope) *check.Path {
	path := &check.Path{
		Connection: conn, Client: client, API: api, Via: sc.Via,
		LoginDomain: sc.LoginDomain, CanonicalDomain: sc.Domain, Now: sc.Now,
		Tenant: p.only(schema.TenantSettingsKind), MFA: p.only(schema.MFAPolicies), Actions: p.only(schema.PostLoginActions),
	}
	path.RedirectURI, path.Assumed = assumedRedirect(conn, client), true
	path.UserGrant, path.Read.Grants = p.userGrant(client, api)
	path.Domain, path.Read.Domains = p.domain(sc.LoginDomain)
	return path
}

// assumedRedirect is what auth0-spa-js sends unless it is told otherwise: the
// origin of the page that the user landed on (its source).
func assumedRedirect(conn, client *schema.State) string {
	query, _ := schema.Use[schema.AuthorizeQuery](schema.SAMLConnection, "idp_initiated.query").Get(conn)
	if uri, ok := query.Get("redirect_uri"); ok {
		return schema.Origin(uri)
	}
	callbacks, _ := schema.Use[[]string](schema.Client, "callbacks").Get(client)
	if len(callbacks) == 0 {
		return ""
	}
	return schema.Origin(callbacks[0])
}

// lands is a connection that accepts IdP-initiated logins, and the id of the
// client that they lead to.
type lands struct {
	connection *schema.Observed
	client     string
}

func landings(snap *schema.Snapshot, sc Scope) []lands {
	var out []lands
	for _, o := range snap.Objects[schema.Connections] {
		enabled, _ := o.At("options.idpinitiated.enabled")
		client := o.String("options.idpinitiated.client_id")
		_, canary := schema.CanaryOf(o)
		if enabled == true && !canary && matches(sc.Connection, o.String("name")) {
			out = append(out, lands{o, client})
		}
	}
	slices.SortFunc(out, func(a, b lands) int { return cmp.Compare(a.connection.String("name"), b.connection.String("name")) })
	return out
}

// DefaultClients are the distinct clients that IdP-initiated logins in scope
// lead to and that exist, sorted.
func DefaultClients(snap *schema.Snapshot, sc Scope) []string {
	exists := map[string]bool{}
	for _, o := range snap.Objects[schema.Clients] {
		exists[o.ID] = true
	}
	var out []string
	for _, l := range landings(snap, sc) {
		if exists[l.client] {
			out = append(out, l.client)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// broken tells which connections have a failing error rule, and the causes.
func broken(rules Rules, paths []*check.Path) []BrokenConnection {
	var out []BrokenConnection
	at := map[schema.Address]int{}
	for _, p := range paths {
		for _, code := range check.Causes(rules, p) {
			i, ok := at[p.Connection.Addr]
			if !ok {
				i = len(out)
				at[p.Connection.Addr] = i
				out = append(out, BrokenConnection{Name: p.Connection.Addr.Key, Client: clientName(p.Client)})
			}
			if !slices.Contains(out[i].Causes, code) {
				out[i].Causes = append(out[i].Causes, code)
			}
		}
	}
	return out
}

// Reads are the fields that the rules judge.
func Reads(rules Rules) []schema.Field { return check.Reads(rules) }
