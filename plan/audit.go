package plan

import (
	"cmp"
	"path"
	"slices"
	"time"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Scope narrows an audit. Globs are those of path.Match; "" means all.
type Scope struct {
	// Connection and Client are globs on names, API one on identifiers.
	Connection, Client, API string
	// Via is how the SPAs are assumed to ask.
	Via string
	// LoginDomain is the host they and the IdPs use, "" when it is not known.
	LoginDomain string
	// Domain is the tenant's own host.
	Domain string
	// Now is the moment at which certificates are judged.
	Now time.Time
}

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
	// Requests is how many requests to the Management API it took.
	Requests int `json:"requests"`
}

// BrokenConnection is a connection whose users get no token of some API.
type BrokenConnection struct {
	Name string `json:"connection"`
	// Client is the name of the application that its users land in.
	Client string `json:"client"`
	// Causes are codes of rules, those that follow from others left out.
	Causes []string `json:"causes"`
}

// Audit judges every SAML connection with IdP-initiated login, with its default
// client and every API that is not Auth0's own.
func Audit(snap *schema.Snapshot, rules Rules, sc Scope) *Audited {
	p := &projector{cfg: &schema.Config{}, b: &Binding{Snapshot: snap}, states: map[schema.Address]*schema.State{}}
	out := &Audited{Tenant: sc.Domain, Via: sc.Via, Connections: len(snap.Objects[schema.Connections]), Broken: []BrokenConnection{}}
	paths := p.auditPaths(snap, sc, out)
	out.Report = check.Judge(rules, paths)
	out.Broken = append(out.Broken, broken(rules, paths)...)
	return out
}

func (p *projector) auditPaths(snap *schema.Snapshot, sc Scope, count *Audited) []*check.Path {
	clients := map[string]*schema.Observed{}
	for _, o := range snap.Objects[schema.Clients] {
		clients[o.ID] = o
	}
	var apis []*schema.State
	for _, o := range snap.Objects[schema.ResourceServers] {
		if identifier := o.String("identifier"); o.Raw["is_system"] != true && sc.HasAPI(identifier) {
			apis = append(apis, p.instance(schema.API, identifier, o))
		}
	}
	count.APIs = len(apis)
	landing, seen := landings(snap, sc), map[string]bool{}
	var paths []*check.Path
	for _, l := range landing {
		name := l.client
		if c := clients[l.client]; c != nil {
			name = cmp.Or(c.String("name"), l.client)
		}
		if !matches(sc.Client, name) {
			continue
		}
		count.IDPInitiated++
		if !seen[l.client] {
			seen[l.client] = true
			count.Clients++
		}
		conn := p.instance(schema.SAMLConnection, l.connection.String("name"), l.connection)
		client := p.instance(schema.Client, name, clients[l.client])
		client.ID = l.client
		for _, api := range apis {
			paths = append(paths, p.auditPath(conn, client, api, sc))
		}
	}
	return paths
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
		if enabled == true && matches(sc.Connection, o.String("name")) {
			out = append(out, lands{o, client})
		}
	}
	slices.SortFunc(out, func(a, b lands) int { return cmp.Compare(a.connection.String("name"), b.connection.String("name")) })
	return out
}

// DefaultClients are the distinct clients that IdP-initiated logins in scope
// lead to, sorted.
func DefaultClients(snap *schema.Snapshot, sc Scope) []string {
	var out []string
	for _, l := range landings(snap, sc) {
		if l.client != "" {
			out = append(out, l.client)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CheckGlobs finds the mistake in the globs of a scope.
func (sc Scope) CheckGlobs() error {
	for _, glob := range []string{sc.Connection, sc.Client, sc.API} {
		if _, err := path.Match(glob, ""); err != nil {
			return &GlobError{glob}
		}
	}
	return nil
}

// GlobError is a pattern that cannot be read.
type GlobError struct{ Glob string }

// Error says how patterns are written.
func (e *GlobError) Error() string {
	return e.Glob + " is not a pattern: * stands for any text without a slash, ? for one character, [a-z] for one of a range"
}

func matches(glob, name string) bool {
	ok, err := path.Match(glob, name)
	return glob == "" || glob == name || err == nil && ok
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
				out = append(out, BrokenConnection{Name: p.Connection.Addr.Key, Client: p.Client.Addr.Key})
			}
			if !slices.Contains(out[i].Causes, code) {
				out[i].Causes = append(out[i].Causes, code)
			}
		}
	}
	return out
}

// HasAPI tells whether an API is in scope.
func (sc Scope) HasAPI(identifier string) bool { return matches(sc.API, identifier) }

// Reads are the fields that the rules judge.
func Reads(rules Rules) []schema.Field { return check.Reads(rules) }
