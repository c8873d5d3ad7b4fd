package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// vals are the attributes of a fixture's object by name.
type vals map[string]any

// What a fixture says of an attribute that has no value.
const (
	absent  = schema.Absent
	notRead = schema.NotRead
	unknown = schema.Unknown
	null    = schema.Null
)

const (
	spaID   = "spaClientID0123456789"
	otherID = "otherClientID01234567"
	app     = "https://app.example.com"
	query   = "response_type=id_token&scope=openid%20email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fstart-login%3Fconnection%3Dacme"
)

// fixture is a path that is about to be built. Attributes that it does not
// name are absent, or not read when it is offline.
type fixture struct {
	conn, client, api vals
	// tenant, mfa and actions are what the tenant has once.
	tenant, mfa, actions vals
	// grant, domain, org and membership are nil when there is none.
	grant, domain, org, membership vals
	read                           check.Read
	refresh, dpop                  bool
	members                        schema.Relation
	connID, clientID, orgID        string
	creates, existing              []string // names of kinds
	unsourced                      []string // attributes that no line sets
	clientKind                     *schema.Kind
	via, redirect                  string
	login                          string
	scopes                         []string
	now                            time.Time
	offline                        bool
	// undeclared: no configuration names the path (audit).
	undeclared bool
	// gone: the tenant does not have the application.
	gone bool
}

// good is a path on which every rule passes.
func good() *fixture {
	return &fixture{
		conn: vals{
			"name": "acme", "idp_initiated.enabled": true, "idp_initiated.client": spaID,
			"idp_initiated.client_protocol": "oauth2", "idp_initiated.query": query, "clients": []any{spaID},
			"sign_in_endpoint": "https://idp.customer.com/sso", "signing_cert": cert("rsa2048"),
		},
		client: vals{
			"name": "Customer portal", "callbacks": []any{app + "/start-login", app}, "web_origins": []any{app},
			"app_type": "spa", "allowed_logout_urls": []any{app},
			"grant_types":     []any{"authorization_code", "refresh_token", "implicit"},
			"oidc_conformant": true, "jwt_configuration.alg": "RS256", "token_endpoint_auth_method": "none", "sso_disabled": false,
		},
		api: vals{
			"name": "Orders API", "identifier": "https://api.example.com/orders", "signing_alg": "RS256",
			"skip_consent_for_verifiable_first_party_clients": true, "subject_type_authorization.user.policy": "allow_all",
			"scope": []any{map[string]any{"value": "read:orders"}},
		},
		tenant:  vals{"flags": map[string]any{"enable_sso": true}, "resource_parameter_profile": "audience"},
		mfa:     vals{"policies": []any{}},
		actions: vals{"bindings": []any{}},
		domain:  vals{"domain": "login.example.com", "status": "ready"},
		read:    check.Read{Grants: true, Domains: true, Memberships: true},
		members: schema.Relation{Members: []string{spaID}, Complete: true},
		connID:  "con_acme", clientID: spaID, clientKind: schema.SPAClient,
		now: time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC),
		via: schema.ViaIframe, redirect: app, login: "login.example.com", scopes: []string{"read:orders"},
	}
}

// cert is a certificate of the tests of schema/saml.
func cert(name string) string {
	raw, err := os.ReadFile(filepath.Join("..", "..", "saml", "testdata", "certs", name+".pem"))
	if err != nil {
		panic(err)
	}
	return string(raw)
}

var (
	connAddr    = schema.Address{Kind: "saml_connection", Name: "customer", Key: "acme", Each: true}
	apiAddr     = schema.Address{Kind: "api", Name: "orders"}
	upgradeAddr = schema.Address{Kind: "silent_upgrade", Name: "orders"}
)

func clientAddr(k *schema.Kind) schema.Address { return schema.Address{Kind: k.Name, Name: "portal"} }

func line(n int) *schema.Range {
	return &schema.Range{File: "main.hcl", Start: schema.Pos{Line: n, Column: 3, Byte: 10 * n}, End: schema.Pos{Line: n, Column: 9, Byte: 10*n + 6}}
}

func (f *fixture) path() *check.Path {
	p := &check.Path{
		Addr: upgradeAddr, Src: line(500), Via: f.via, RedirectURI: f.redirect, LoginDomain: f.login, Scopes: f.scopes, Offline: f.offline,
		Connection: f.state(schema.SAMLConnection, connAddr, f.connID, f.conn, 100),
		Client:     f.state(f.clientKind, clientAddr(f.clientKind), f.clientID, f.client, 200),
		API:        f.state(schema.API, apiAddr, "5f0000000000000000000001", f.api, 300),
	}
	p.Client.Gone = f.gone
	p.CanonicalDomain, p.Refresh, p.DPoP, p.Read = "example.eu.auth0.com", f.refresh, f.dpop, f.read
	p.Now = f.now
	p.Tenant = f.state(schema.TenantSettingsKind, schema.Address{Kind: "tenant_settings"}, "", f.tenant, 400)
	p.MFA = f.state(schema.MFAPolicies, schema.Address{Kind: "mfa_policies"}, "", f.mfa, 430)
	p.Actions = f.state(schema.PostLoginActions, schema.Address{Kind: "post_login_actions"}, "", f.actions, 440)
	p.UserGrant = f.maybe(schema.ClientGrant, "grant", f.grant, 450)
	p.Domain = f.maybe(schema.CustomDomain, "login", f.domain, 460)
	p.Organization = f.maybe(schema.Organization, "acme", f.org, 470)
	if p.Organization != nil && f.orgID != "" {
		p.Organization.ID = f.orgID
	}
	p.Membership = f.maybe(schema.OrganizationConnection, "acme", f.membership, 480)
	p.Connection.Relations = map[string]schema.Relation{"connection_clients": f.members}
	if f.undeclared {
		p.Addr, p.Src, p.Scopes, p.Assumed = schema.Address{}, nil, nil, true
		return p
	}
	p.Upgrade = &schema.Object{Kind: schema.SilentUpgrade, Addr: upgradeAddr, Src: p.Src, Wants: make([]schema.Want, len(schema.SilentUpgrade.Attrs))}
	p.Upgrade.Want("scopes").Src = line(501)
	p.Upgrade.Want("redirect_uri").Src = line(502)
	return p
}

// maybe is the state of an object that the path may lack.
func (f *fixture) maybe(k *schema.Kind, name string, vs vals, from int) *schema.State {
	if vs == nil {
		return nil
	}
	return f.state(k, schema.Address{Kind: k.Name, Name: name}, "id_"+name, vs, from)
}

func (f *fixture) state(k *schema.Kind, a schema.Address, id string, vs vals, from int) *schema.State {
	s := &schema.State{Kind: k, Addr: a, Src: line(from), ID: id, Cells: make([]schema.Cell, len(k.Attrs)), Writes: !k.ExistingOnly}
	for _, name := range f.creates {
		s.Creates = s.Creates || name == k.Name
	}
	for _, name := range f.existing {
		s.Writes = s.Writes && name != k.Name
	}
	for i, attr := range k.Attrs {
		switch v := vs[attr.Name].(type) {
		case nil:
			if !f.offline {
				s.Cells[i].Presence = schema.Absent
			}
		case schema.Presence:
			s.Cells[i] = schema.Cell{Presence: v}
		default:
			s.Cells[i] = schema.Cell{Presence: schema.Known, V: v, Src: line(from + 1 + i), Partial: f.offline && attr.Type == schema.JSON}
		}
		for _, name := range f.unsourced {
			if name == attr.Name {
				s.Cells[i].Src = nil
			}
		}
		if f.undeclared {
			s.Cells[i].Src, s.Src = nil, nil
		}
	}
	for name := range vs {
		if k.Attr(name) == nil {
			panic(fmt.Sprintf("fixture: %s has no attribute %q", k.Name, name))
		}
	}
	return s
}

// verdict is a case of a rule: the good path with a change.
type verdict struct {
	name   string
	code   string
	change func(*fixture)
	want   check.Outcome
	// severity, when given, is what the finding has; "" expects the rule's.
	severity schema.Severity
	// says are parts of the message, the fix or what would settle it.
	says []string
}

func rule(t *testing.T, code string) *check.Rule {
	t.Helper()
	for _, r := range Catalogue() {
		if r.Code == code {
			return r
		}
	}
	require.Failf(t, "no such rule", "%s", code)
	return nil
}

func (c verdict) path() *check.Path {
	f := good()
	if c.change != nil {
		c.change(f)
	}
	return f.path()
}

// verdicts are the cases of all rules.
func verdicts() []verdict {
	var all []verdict
	for _, vs := range [][]verdict{
		connectionVerdicts(), queryVerdicts(), spellingVerdicts(), certificateVerdicts(), endpointVerdicts(), assertionVerdicts(), idpVerdicts(),
		clientVerdicts(), clientTokenVerdicts(), apiVerdicts(),
		tenantVerdicts(), actionVerdicts(), domainVerdicts(), organizationVerdicts(), spaVerdicts(),
		clientKindVerdicts(), callbackVerdicts(), clientOrganizationVerdicts(), refreshVerdicts(), possessionVerdicts(), grantVerdicts(), apiTokenVerdicts(),
	} {
		all = append(all, vs...)
	}
	return all
}

// set changes attributes of one object of the fixture.
func set(of func(*fixture) vals, name string, v any) func(*fixture) {
	return func(f *fixture) { of(f)[name] = v }
}

func conn(f *fixture) vals   { return f.conn }
func client(f *fixture) vals { return f.client }
func api(f *fixture) vals    { return f.api }
func tenant(f *fixture) vals { return f.tenant }

func both(changes ...func(*fixture)) func(*fixture) {
	return func(f *fixture) {
		for _, c := range changes {
			c(f)
		}
	}
}

// offline makes a fixture one that only files are known of.
func offline(f *fixture) {
	f.offline, f.members, f.read = true, schema.Relation{}, check.Read{}
	f.tenant, f.mfa, f.actions, f.domain = vals{}, vals{}, vals{}, nil
	f.connID, f.clientID = schema.Placeholder(connAddr), schema.Placeholder(clientAddr(f.clientKind))
	if f.conn["idp_initiated.client"] == spaID {
		f.conn["idp_initiated.client"] = f.clientID
	}
	if _, ok := f.conn["clients"].([]any); ok {
		f.conn["clients"] = []any{f.clientID}
	}
}

// audited makes a path one that nothing declares.
func audited(f *fixture) { f.undeclared = true }

// gone takes away the application, which the connection names all the same.
func gone(f *fixture) { f.undeclared, f.gone = true, true }

func unsourced(names ...string) func(*fixture) {
	return func(f *fixture) { f.unsourced = append(f.unsourced, names...) }
}
