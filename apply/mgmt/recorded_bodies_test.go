package mgmt_test

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// bodyFile is a file of whole bodies and how tacit reads and writes them.
type bodyFile struct {
	name       string
	collection schema.Collection
	kind       *schema.Kind // nil where tacit never writes
	list       string       // the key of a list answer, "" for a bare array, "-" for an object that is not listed
	seed       string       // where the sandbox keeps them
}

func bodyFiles() []bodyFile {
	return []bodyFile{
		{"clients.jsonl", schema.Clients, schema.SPAClient, "clients", "clients"},
		{"connections_samlp.jsonl", schema.Connections, schema.SAMLConnection, "connections", "connections"},
		{"connections_other.jsonl", schema.Connections, nil, "connections", ""},
		{"resource-servers.jsonl", schema.ResourceServers, schema.API, "resource_servers", "resource_servers"},
		{"client-grants.jsonl", schema.ClientGrants, schema.ClientGrant, "client_grants", "client_grants"},
		{"org_connections.jsonl", schema.OrganizationConnections, schema.OrganizationConnection, "enabled_connections", "organization_enabled_connections"},
		{"tenant_settings.jsonl", schema.TenantSettings, schema.TenantSettingsKind, "-", "tenant_settings"},
		{"custom-domains.jsonl", schema.CustomDomains, nil, "", ""},
	}
}

const organization = "org_AcmeAcmeAcmeAcme"

// TestEveryBodyFileIsRead: a file of a kind that nobody thought of is no reason
// to pass.
func TestEveryBodyFileIsRead(t *testing.T) {
	traffic(t, func(t *testing.T, dir string) { //nolint:thelper // a test of its own
		files, err := filepath.Glob(filepath.Join(dir, "bodies", "*"))
		require.NoError(t, err)
		var here, known []string
		for _, f := range files {
			here = append(here, filepath.Base(f))
		}
		for _, f := range bodyFiles() {
			known = append(known, f.name)
		}
		assert.ElementsMatch(t, known, here)
	})
}

// TestBodiesAreReadWithoutLoss: what a tenant holds comes through the reading
// path member by member and digit by digit, alone and in a list.
func TestBodiesAreReadWithoutLoss(t *testing.T) {
	traffic(t, func(t *testing.T, dir string) { //nolint:thelper // a test of its own
		for _, f := range bodyFiles() {
			rows := records(t, filepath.Join(dir, "bodies", f.name))
			for i, row := range rows {
				want := object(row, "body")
				for how, got := range f.read(t, asJSON(t, want)) {
					assert.Equal(t, want, got, "%s line %d, %s", f.name, i+1, how)
				}
			}
			t.Logf("%-26s %3d bodies read without loss", f.name, len(rows))
		}
	})
}

// read serves a body and reads it in each way that tacit has.
func (f bodyFile) read(t *testing.T, body string) map[string]map[string]any {
	t.Helper()
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasSuffix(r.URL.Path, f.listPath()) || f.list == "-":
			answer(w, 200, body)
		case f.list == "":
			answer(w, 200, "["+body+"]")
		default:
			answer(w, 200, fmt.Sprintf(`{"start":0,"limit":100,"total":1,%q:[%s]}`, f.list, body))
		}
	})
	raw := parse(t, []byte(body))
	if f.collection == schema.OrganizationConnections {
		list, err := tenant.OrganizationConnections(t.Context(), organization)
		require.NoError(t, err)
		one, err := tenant.Get(t.Context(), f.collection, f.id(raw))
		require.NoError(t, err)
		for _, o := range []*schema.Observed{list[0], one} {
			require.Equal(t, organization, o.Raw["organization_id"], "tacit's own note of the parent")
			delete(o.Raw, "organization_id")
		}
		return map[string]map[string]any{"in a list": list[0].Raw, "alone": one.Raw}
	}
	one, err := tenant.Get(t.Context(), f.collection, f.id(raw))
	require.NoError(t, err)
	list, err := tenant.List(t.Context(), f.collection, nil)
	require.NoError(t, err)
	require.Len(t, list, 1)
	return map[string]map[string]any{"alone": one.Raw, "in a list": list[0].Raw}
}

// id is what reads the object of a body.
func (f bodyFile) id(body map[string]any) string {
	switch f.collection {
	case schema.Clients:
		return text(body, "client_id")
	case schema.CustomDomains:
		return text(body, "custom_domain_id")
	case schema.OrganizationConnections:
		return organization + "/" + text(body, "connection_id")
	default:
		return text(body, "id")
	}
}

func (f bodyFile) listPath() string {
	switch f.collection {
	case schema.OrganizationConnections:
		return "/enabled_connections"
	case schema.ResourceServers:
		return "/resource-servers"
	case schema.ClientGrants:
		return "/client-grants"
	case schema.CustomDomains:
		return "/custom-domains"
	default:
		return "/" + f.list
	}
}

// TestAnUpdateChangesNothingElse sets, on every body, every attribute to a
// value that another body has, and reads again: all that the attribute does not
// stand for is as before. The sandbox is the witness of what a PATCH replaces.
func TestAnUpdateChangesNothingElse(t *testing.T) {
	met := map[string]bool{}
	defer func() {
		for _, r := range refusals() {
			assert.True(t, met[r] || !recorded(), "never met: %s", r)
		}
	}()
	traffic(t, func(t *testing.T, dir string) { //nolint:thelper // a test of its own
		h := newHolder(t, documents(t, dir))
		for _, f := range bodyFiles() {
			if f.kind == nil {
				continue
			}
			rows := records(t, filepath.Join(dir, "bodies", f.name))
			written, idle, refused := 0, map[string]bool{}, map[string]int{}
			for _, a := range settable(f.kind) {
				idle[a.Name] = true
			}
			for i, row := range rows {
				body := object(row, "body")
				if flag, _ := body["is_system"].(bool); flag {
					continue // Auth0 lets six members of its own APIs change, and refuses the rest
				}
				for _, a := range settable(f.kind) {
					v, ok := other(a, body, rows)
					if !ok {
						continue
					}
					written++
					delete(idle, a.Name)
					if why := f.update(t, fmt.Sprintf("%s line %d %s", f.name, i+1, a.Name), h, body, a, v); why != "" {
						refused[why]++
						met[why] = true
					}
				}
			}
			t.Logf("%-26s %4d updates; refused: %v; no second value for %v", f.name, written, refused, slices.Sorted(maps.Keys(idle)))
		}
	})
}

// other is a value for the attribute that the body does not have: that of
// another body, the next of an enumeration, or the other boolean.
func other(a *schema.Attr, body map[string]any, rows []map[string]any) (any, bool) {
	have, _ := schema.Lookup(body, a.APIPath())
	for _, row := range rows {
		v, ok := schema.Lookup(object(row, "body"), a.APIPath())
		if ok && v != nil && v != "[REDACTED]" && !a.Equal(v, have) && (a.Check == nil || a.Check(v) == nil) && !strings.Contains(fmt.Sprint(v), "REDACTED") {
			return v, true
		}
	}
	switch {
	case a.Type == schema.Bool:
		return have != true, true
	case len(a.Enum) > 0:
		if i := slices.IndexFunc(a.Enum, func(e string) bool { return !a.Equal(e, have) }); i >= 0 {
			return a.Enum[i], true
		}
	}
	return nil, false
}

// refusals are why a tenant may refuse one value beside the others of a body;
// nothing is lost then.
func refusals() []string {
	return []string{
		"Invalid grant types",                                  // app types and authentication methods rule some out
		"must not have Token Endpoint Authentication Method",   // none beside client_credentials
		"Additional properties not allowed: unknown",           // what nobody has seen, in objects that Auth0's document closes
		"Additional properties not allowed: thumbprint_sha256", // a key comes back as its thumbprint, so another body's cannot be sent
		"Missing required property: ",                          // one member of an object that the body does not have
		" on property flags.",                                  // flags that tenants show and nobody can send
		"support is_signup_enabled",                            // only while members are assigned
	}
}

// besides are members that Auth0 itself keeps in step with another one, with
// the recordings that show it.
func besides(path string) []string {
	return map[string][]string{
		"oidc_logout":      {"oidc_backchannel_logout"}, // TF TestAccClientOIDCLogout
		"signing_alg":      {"signing_secret"},          // TF TestAccResourceServer: HS256 alone has one
		"allow_all_scopes": {"scope"},                   // TF TestAccClientGrant: all of them need no list
		// deploy-cli 2026-08: one excludes the other
		"token_endpoint_auth_method":    {"client_authentication_methods"},
		"proof_of_possession.mechanism": {"proof_of_possession.required_for"},                 // TF TestAccResourceServer: DPoP says for whom
		"options.metadataUrl":           {"options.signOutEndpoint", "options.bindingMethod"}, // TF TestAccConnectionSAML
	}[path]
}

// update plans and makes one change on a tenant that holds the body alone, and
// compares what is not the attribute's. It says why the tenant refused.
func (f bodyFile) update(t *testing.T, what string, tenant holder, body map[string]any, a *schema.Attr, v any) string {
	t.Helper()
	require.NoError(t, tenant.server.Load(f.tenant(t, body)), what)
	before, err := tenant.Get(t.Context(), f.collection, f.id(body))
	require.NoError(t, err, what)
	o := declared(f.kind)
	*o.Want(a.Name) = schema.Want{Mode: schema.Exactly, V: v, Src: o.Src}
	asItIs(o, before)
	p, ds := plan.Make(&schema.Config{Workspace: "w", Objects: []*schema.Object{o}}, &plan.Binding{
		Observed: map[schema.Address]*schema.Observed{o.Addr: before}, Owned: map[schema.Address]bool{},
	}, nil)
	require.Empty(t, ds, what)
	if len(p.Changes) == 0 {
		return "" // one value in two spellings
	}
	send, err := plan.Body(&p.Changes[0], before, nil)
	require.NoError(t, err, what)
	if _, err = tenant.Update(t.Context(), f.collection, before.ID, send); err != nil {
		i := slices.IndexFunc(refusals(), func(r string) bool { return strings.Contains(err.Error(), r) })
		if assert.GreaterOrEqual(t, i, 0, "%s: %v: %s", what, err, asJSON(t, send)) {
			return refusals()[i]
		}
		return err.Error()
	}
	after, err := tenant.Get(t.Context(), f.collection, before.ID)
	require.NoError(t, err, what)
	same(t, what, "", before.Raw, after.Raw, slices.Concat([]string{a.APIPath()}, a.Derived(), besides(a.APIPath())))
	return ""
}

// documents serves at the metadata URLs of connections the document that the
// same recordings post as text.
func documents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	var doc string
	for _, p := range records(t, filepath.Join(dir, "pairs", "create_connections.jsonl")) {
		if d := text(object(object(p, "req"), "options"), "metadataXml"); d != "" {
			doc = d
		}
	}
	out := map[string][]byte{}
	for _, row := range records(t, filepath.Join(dir, "bodies", "connections_samlp.jsonl")) {
		if u := text(object(object(row, "body"), "options"), "metadataUrl"); u != "" {
			out[u] = []byte(doc)
		}
	}
	return out
}

// holder is a sandbox that holds one body after another.
type holder struct {
	*mgmt.Tenant
	server *sandbox.Server
}

func newHolder(t *testing.T, served map[string][]byte) holder {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{Domains: []string{domain}, Metadata: served})
	require.NoError(t, err)
	tenant, err := mgmt.New(t.Context(), mgmt.Options{Domain: domain, Token: apiToken, Transport: s.Transport(), UserAgent: "tacit/test", Sleep: noSleep})
	require.NoError(t, err)
	return holder{tenant, s}
}

// tenant is the seed of one that holds the body and what it needs.
func (f bodyFile) tenant(t *testing.T, body map[string]any) []byte {
	t.Helper()
	seed := map[string]any{f.seed: []any{body}}
	switch f.collection {
	case schema.TenantSettings:
		seed[f.seed] = body
	case schema.ResourceServers:
		if body["signing_alg"] == "HS256" && body["signing_secret"] == nil { // which the answer to a POST does not show
			body["signing_secret"] = "made up for the test, it is there"
		}
	case schema.OrganizationConnections:
		seed["organizations"] = []any{map[string]any{"id": organization, "name": "acme"}}
		seed["connections"] = []any{map[string]any{
			"id": body["connection_id"], "name": object(body, "connection")["name"], "strategy": object(body, "connection")["strategy"],
		}}
		seed[f.seed] = map[string]any{organization: []any{body}}
	default: // the list of bodies is all
	}
	return []byte(asJSON(t, seed))
}

// same compares two bodies except at and below the paths.
func same(t *testing.T, what, path string, before, after any, but []string) {
	t.Helper()
	b, ok1 := before.(map[string]any)
	a, ok2 := after.(map[string]any)
	if !ok1 || !ok2 {
		assert.Equal(t, before, after, "%s: %s", what, path)
		return
	}
	for _, k := range slices.Sorted(maps.Keys(b)) {
		p := strings.TrimPrefix(path+"."+k, ".")
		switch {
		case slices.Contains(but, p):
		case slices.ContainsFunc(but, func(x string) bool { return covers(x, p) }):
			if a[k] != nil || b[k] != nil {
				same(t, what, p, orEmpty(b[k]), orEmpty(a[k]), but)
			}
		default:
			after, there := a[k]
			assert.True(t, there, "%s: %s is gone", what, p)
			assert.Equal(t, b[k], after, "%s: %s", what, p)
		}
	}
	for k := range a {
		p := strings.TrimPrefix(path+"."+k, ".")
		_, there := b[k]
		assert.True(t, there || slices.ContainsFunc(but, func(x string) bool { return covers(x, p) }), "%s: %s appeared: %v", what, p, a[k])
	}
}

// orEmpty lets an object that a change makes be compared with none.
func orEmpty(v any) any {
	if v == nil {
		return map[string]any{}
	}
	return v
}
