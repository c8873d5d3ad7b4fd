package stage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// LiveOptions are what a rehearsal on a tenant itself is made of.
type LiveOptions struct {
	Tenant apply.Tenant
	// Transport reaches the tenant's login pages.
	Transport http.RoundTripper
	Config    *schema.Config
	// Snapshot is the tenant, read whole (apply.ReadWhole).
	Snapshot *schema.Snapshot
	// Domain is the tenant's canonical host, Base the URL of its login pages there.
	Domain, Base string
	// Run is the run's id in the tenant's log.
	Run string
	Now func() time.Time
	// Sleep waits, and ends early with the context's error.
	Sleep func(context.Context, time.Duration) error
	// Patience is how long to wait before each new try of a canary's first login.
	Patience []time.Duration
	// ThirdPartyCookies: see [Options].
	ThirdPartyCookies bool
	// Tell is told what is done to the tenant, as it happens.
	Tell func(format string, args ...any)
}

// Patience is that with a tenant behind a network: a new connection may be unknown to its login pages for a moment. How
// long is not documented.
func Patience() []time.Duration {
	return []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
}

// Live rehearses on a tenant itself. Per customer's connection on the paths it makes a canary, drives the logins through
// it and removes it, one after the other.
type Live struct {
	LiveOptions
	hidden     veil
	idp        *rehearse.IDP
	client     *rehearse.Client
	parts      []*part
	canaries   []*canary
	old, young []stray
}

// NewLive prepares the logins of paths that the tenant has, and tells of those that it lacks. It sends
// nothing.
func NewLive(o LiveOptions, there []*check.Path, lacking []plan.Lacking) (*Live, error) {
	if o.Tenant == nil || o.Transport == nil || o.Config == nil || o.Snapshot == nil || o.Snapshot.Whole == nil || o.Now == nil || o.Sleep == nil || o.Tell == nil {
		return nil, errors.New("stage: a tenant that was read whole, its login pages, a configuration and a clock are needed")
	}
	l := &Live{LiveOptions: o, hidden: hidden(o.Config)}
	var err error
	if l.idp, err = rehearse.NewIDP(o.Now()); err != nil {
		return nil, err
	}
	l.client, err = rehearse.New(rehearse.Options{Transport: o.Transport, IDP: l.idp, Now: o.Now, DecisionHeader: sandbox.DecisionHeader})
	if err != nil {
		return nil, err
	}
	for _, p := range there {
		l.assign(p)
	}
	for _, p := range lacking {
		why := fmt.Sprintf("the tenant does not have %s", strings.Join(p.Missing, ", "))
		l.parts = append(l.parts, &part{act: act{path: p.Path}, trace: unplayed(p.Path, l.host(p.Path), rehearse.Failed, why)})
	}
	l.old, l.young = strays(o.Snapshot.Whole[schema.Connections], o.Now())
	return l, nil
}

// assign makes the login of a path: through the canary of its connection, or none with the reason.
func (l *Live) assign(p *check.Path) {
	n := &part{act: act{path: p}}
	l.parts = append(l.parts, n)
	of, org := l.raw(schema.Connections, p.Connection.ID), l.membership(p)
	if why := undecidable(p, of, org); why != "" {
		n.trace = unplayed(p, l.host(p), rehearse.Unknown, why)
		return
	}
	i := slices.IndexFunc(l.canaries, func(c *canary) bool { return c.of.ID == of.ID })
	if i < 0 {
		i = len(l.canaries)
		l.canaries = append(l.canaries, newCanary(of))
	}
	c := l.canaries[i]
	c.parts = append(c.parts, n)
	if org != nil && !slices.Contains(c.memberships, org) {
		c.memberships = append(c.memberships, org)
	}
	n.scenario = l.scenario(c, p)
}

// undecidable says why a canary could not tell anything about a path, "" when it can.
func undecidable(p *check.Path, of, membership *schema.Observed) string {
	if why := unsettled(p); why != "" {
		return why
	}
	if active, _ := of.At("authentication.active"); active == false {
		return "the customer's connection is closed to logins (authentication.active is false), which a canary does not take over"
	}
	if membership != nil && membership.Raw["assign_membership_on_login"] != true {
		return "members of the organization are made by hand (assign_membership_on_login is false), and a canary's user is no member"
	}
	return ""
}

// scenario is the login of a path through a canary. Its user is new and has no roles.
func (l *Live) scenario(c *canary, p *check.Path) rehearse.Scenario {
	options := child(c.of.Raw, "options")
	api := l.raw(schema.ResourceServers, p.API.ID)
	s := rehearse.Scenario{
		Path: l.hidden.shown(p), Domain: l.base(p), Connection: c.name, EntityID: c.entityID, Issuer: issuer,
		Signed: rehearse.SignedAssertion, User: user(options, c.user),
		ClientID: p.Client.ID, Landing: landing(options, l.raw(schema.Clients, p.Client.ID).Raw), RedirectURI: p.RedirectURI, Via: rehearse.Via(p.Via),
		Audience: api.String("identifier"), Scopes: p.Scopes, Refresh: p.Refresh, DPoP: p.DPoP, WithoutRoles: api.Raw["enforce_policies"] == true,
		BlockThirdPartyCookies: !l.ThirdPartyCookies && p.Via == schema.ViaIframe,
	}
	if p.Organization != nil {
		s.Organization = p.Organization.ID
	}
	return s
}

// enabled are those of the paths' clients that the customer's connection is enabled for: so will be the canary.
func (l *Live) enabled(ctx context.Context, c *canary) ([]string, error) {
	wanted := []string{c.of.String("options.idpinitiated.client_id")}
	for _, n := range c.parts {
		wanted = append(wanted, n.path.Client.ID)
	}
	slices.Sort(wanted)
	has, err := l.Tenant.ConnectionClients(ctx, c.of.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Compact(wanted), func(id string) bool { return !slices.Contains(has, id) }), nil
}

// raw is an object as the tenant has it; one that it lacks is empty.
func (l *Live) raw(c schema.Collection, id string) *schema.Observed {
	for _, o := range l.Snapshot.Whole[c] {
		if o.ID == id {
			return o
		}
	}
	return &schema.Observed{ID: id}
}

// membership is the customer's connection in the path's organization, nil when there is none.
func (l *Live) membership(p *check.Path) *schema.Observed {
	if p.Organization == nil {
		return nil
	}
	for _, o := range l.Snapshot.Objects[schema.OrganizationConnections] {
		if o.ID == p.Organization.ID+"/"+p.Connection.ID {
			return o
		}
	}
	return nil
}

func (l *Live) host(p *check.Path) string {
	if p.LoginDomain != "" {
		return p.LoginDomain
	}
	return l.Domain
}

// base is the URL of the login pages that a path uses.
func (l *Live) base(p *check.Path) string {
	if h := l.host(p); h != l.Domain {
		return "https://" + h
	}
	return l.Base
}

// Writes tells whether there is anything to do on the tenant at all.
func (l *Live) Writes() bool { return len(l.canaries)+len(l.old) > 0 }

// Connections are the names of the customers' connections that get a canary.
func (l *Live) Connections() []string {
	var out []string
	for _, c := range l.canaries {
		out = append(out, l.named(c))
	}
	return out
}

// Organizations counts those that get a canary.
func (l *Live) Organizations() int {
	n := 0
	for _, c := range l.canaries {
		n += len(c.memberships)
	}
	return n
}

// named is what a canary stands for, by its block where the name is sensitive.
func (l *Live) named(c *canary) string {
	p := c.parts[0].path
	if l.hidden.sensitive(p) {
		return p.Connection.Addr.String()
	}
	return c.of.String("name")
}
