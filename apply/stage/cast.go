package stage

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// act is a path to rehearse: plainly, or as a rehearsal block says.
type act struct {
	path  *check.Path
	block *schema.Object
}

// program lists what to rehearse.
func program(paths []*check.Path, cases []Case) []act {
	out := make([]act, 0, len(paths)+len(cases))
	for _, p := range paths {
		out = append(out, act{path: p})
	}
	for _, c := range cases {
		out = append(out, act{path: c.Path, block: c.Block})
	}
	return out
}

func pathsOf(acts []act) []*check.Path {
	out := make([]*check.Path, len(acts))
	for i, a := range acts {
		out[i] = a.path
	}
	return out
}

// part is one login: its scenario, or its trace where there is nothing to drive.
type part struct {
	act
	// expect is how the login of a block shall end.
	expect   rehearse.Expectation
	scenario rehearse.Scenario
	trace    *rehearse.Trace
}

// scene is where a path's objects stand on the copy.
type scene struct {
	act
	// direction is what a block says, nil without one; open says why it cannot be followed.
	direction *direction
	open      string
	// number tells the users of blocks apart.
	number                             int
	connectionID, clientID, apiID, org string
	connection, client, api            object
	// acs is where the IdP posts to, "" for the login domain.
	acs string
}

// cast makes the logins: it finds the paths' objects on the copy, gives their connections the throw-away IdP's
// certificate and makes the users.
func (s *Stage) cast(ctx context.Context, c *copied, acts []act) ([]part, error) {
	scenes := make([]*scene, len(acts))
	err := c.server.Edit(func(tenant map[string]any) { s.prepare(c, tenant, acts, scenes) })
	if err != nil {
		return nil, fmt.Errorf("prepare the copy of the tenant: %w", err)
	}
	var out []part
	for i, a := range acts {
		p := a.path
		skip := func(o rehearse.Outcome, why string) { out = append(out, part{act: a, trace: s.unplayed(p, o, why)}) }
		switch open := cmp.Or(s.unasked(p), unsettled(p)); {
		case scenes[i] == nil:
			skip(rehearse.Failed, "an object of the path does not exist")
		case !c.hosts[s.host(p)]:
			skip(rehearse.Failed, s.host(p)+" is not a ready custom domain of the tenant, so nothing answers there")
		case open != "" || scenes[i].open != "":
			skip(rehearse.Unknown, cmp.Or(open, scenes[i].open))
		default:
			parts, err := s.parts(ctx, c, scenes[i])
			if err != nil {
				return nil, err
			}
			out = append(out, parts...)
		}
	}
	return out, nil
}

// prepare changes the copy for the logins and fills in the scenes.
func (s *Stage) prepare(c *copied, tenant object, acts []act, scenes []*scene) {
	at := indexed(tenant)
	for _, d := range s.domains(pathsOf(acts)) {
		c.hosts[d] = true
	}
	for _, d := range at["custom_domains"] {
		if status := text(d, "status"); status == "ready" || status == "" {
			c.hosts[text(d, "domain")] = true
		}
	}
	users, acs := map[string]object{}, map[string]string{}
	for i, a := range acts {
		sc := s.scene(c, a.path, at)
		if scenes[i] = sc; sc == nil {
			continue
		}
		s.follow(c, sc, a, i)
		if _, dressed := acs[sc.connectionID]; !dressed {
			acs[sc.connectionID] = s.dress(c, sc.connection)
		}
		sc.acs = acs[sc.connectionID]
		sc.enroll(users)
	}
	list := []any{}
	for _, id := range slices.Sorted(maps.Keys(users)) {
		list = append(list, users[id])
	}
	tenant["users"] = list
}

// follow reads what a block says of its login.
func (s *Stage) follow(c *copied, sc *scene, a act, number int) {
	sc.act, sc.number = a, number
	if a.block == nil {
		return
	}
	d, err := direct(a.block, func(a schema.Address) (string, bool) { return s.id(c, a) })
	sc.direction = d
	if err != nil {
		sc.open = err.Error()
	}
}

// unasked says why an application of the chosen sort would not ask as the path does, "" when it would.
func (s *Stage) unasked(p *check.Path) string {
	if s.Implicit && (p.Via == schema.ViaRedirect || p.Refresh || p.DPoP) {
		return "the path asks via redirect, for a refresh token or with DPoP, and an application with auth0.js does none of these"
	}
	return ""
}

// unsettled says why a rehearsal could not tell anything about a path, "" when it can.
func unsettled(p *check.Path) string {
	if u, err := url.Parse(p.RedirectURI); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "the redirect_uri is no web page, and a rehearsal opens no apps"
	}
	policy, _ := userPolicy.Get(p.API)
	if policy == "require_client_grant" && p.UserGrant == nil && !p.Read.Grants {
		return "the API gives tokens to applications with a grant only, and the grants could not be read (read:client_grants)"
	}
	return ""
}

// host is where users of the path log in.
func (s *Stage) host(p *check.Path) string {
	if p.LoginDomain != "" {
		return p.LoginDomain
	}
	return s.Domain
}

func (s *Stage) unplayed(p *check.Path, outcome rehearse.Outcome, why string) *rehearse.Trace {
	t := unplayed(p, s.host(p), outcome, why)
	t.Scenario.Fault = s.Fault
	return t
}

// unplayed is the trace of a login that was not driven.
func unplayed(p *check.Path, host string, outcome rehearse.Outcome, why string) *rehearse.Trace {
	t := &rehearse.Trace{
		Path: Label(p), Outcome: outcome, Hops: []rehearse.Hop{},
		Scenario: rehearse.Summary{Domain: "https://" + host, Connection: p.Connection.Name(), RedirectURI: p.RedirectURI, Via: rehearse.Via(p.Via)},
		Stopped:  &rehearse.Stop{Step: rehearse.StepACS, Hop: -1, Message: why},
	}
	if outcome == rehearse.Failed {
		t.Stopped.Sees = "An error page; the application never opens."
	}
	return t
}

// indexed finds the copy's objects by id.
func indexed(tenant object) map[string]map[string]object {
	out := map[string]map[string]object{}
	for part, key := range map[string]string{"connections": "id", "clients": "client_id", "resource_servers": "id", "custom_domains": "custom_domain_id"} {
		out[part] = map[string]object{}
		list, _ := tenant[part].([]any)
		for _, e := range list {
			o, _ := e.(object)
			out[part][text(o, key)] = o
		}
	}
	return out
}

// scene finds a path's objects on the copy, nil when one is missing.
func (s *Stage) scene(c *copied, p *check.Path, at map[string]map[string]object) *scene {
	var ok [3]bool
	sc := &scene{act: act{path: p}}
	sc.connectionID, ok[0] = s.id(c, p.Connection.Addr)
	sc.clientID, ok[1] = s.id(c, p.Client.Addr)
	sc.apiID, ok[2] = s.id(c, p.API.Addr)
	sc.connection, sc.client, sc.api = at["connections"][sc.connectionID], at["clients"][sc.clientID], at["resource_servers"][sc.apiID]
	if ok != [3]bool{true, true, true} || sc.connection == nil || sc.client == nil || sc.api == nil {
		return nil
	}
	if p.Organization != nil {
		var found bool
		if sc.org, found = s.id(c, p.Organization.Addr); !found {
			return nil
		}
	}
	return sc
}

// dress lets the throw-away IdP stand for the customer's: its certificate, and none of what Auth0 derives from the old
// one. The key that decrypts assertions stays. It returns where the customer's IdP posts to when the connection expects
// another host of the tenant, "" otherwise; a proxy before the tenant is left out.
func (s *Stage) dress(c *copied, connection object) (acs string) {
	options, _ := connection["options"].(object)
	if options == nil {
		options = object{}
		connection["options"] = options
	}
	for _, expected := range []string{"destinationUrl", "recipientUrl"} {
		u, err := url.Parse(text(options, expected))
		switch {
		case err != nil || u.Host == "":
		case c.hosts[u.Host]:
			acs = u.String()
		default:
			c.proxied = true
		}
	}
	for _, stale := range []string{"cert", "thumbprints", "expires", "subject", "recipientUrl", "destinationUrl"} {
		delete(options, stale)
	}
	options["signingCert"] = armoured(s.Keys.idp)
	return acs
}

func text(o object, key string) string {
	v, _ := o[key].(string)
	return v
}

func child(o object, key string) object {
	v, _ := o[key].(object)
	return v
}
