package rules

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// closedList is all that rules may add (DESIGN section 4).
var closedList = []string{
	"saml_connection clients",
	"spa_client callbacks",
	"spa_client web_origins",
	"spa_client grant_types",
	"api skip_consent_for_verifiable_first_party_clients",
}

func TestContributionsAreFromTheClosedList(t *testing.T) {
	for _, r := range Catalogue() {
		for _, f := range r.Contributes {
			assert.Contains(t, closedList, f.Kind.Name+" "+f.Attr.Name, r.Code)
		}
	}
}

// declared makes the objects of a fixture, with nothing wanted.
func declared(f *fixture) map[schema.Address]*schema.Object {
	objects := map[schema.Address]*schema.Object{}
	for a, k := range map[schema.Address]*schema.Kind{connAddr: schema.SAMLConnection, clientAddr(f.clientKind): f.clientKind, apiAddr: schema.API} {
		objects[a] = &schema.Object{
			Kind: k, Addr: a, Src: line(1), Wants: make([]schema.Want, len(k.Attrs)),
			Existing: slices.Contains(f.existing, k.Name),
		}
	}
	return objects
}

func contributed(f *fixture, objects map[schema.Address]*schema.Object) schema.Diagnostics {
	return check.Contribute(objects, Catalogue(), []*check.Path{f.path()})
}

func TestContributionsOnAnEmptyDeclaration(t *testing.T) {
	f := good()
	for _, name := range []string{"callbacks", "web_origins", "grant_types"} {
		f.client[name] = notRead
	}
	objects := declared(f)
	require.Empty(t, contributed(f, objects))
	c, cl, a := objects[connAddr], objects[clientAddr(schema.SPAClient)], objects[apiAddr]
	assert.Equal(t, []any{schema.RefTo(cl.Addr)}, c.Want("clients").V)
	assert.Equal(t, schema.AtLeast, c.Want("clients").Mode)
	assert.Equal(t, []any{app + "/start-login", app}, cl.Want("callbacks").V, "the landing route first, without its query")
	assert.Equal(t, []any{app}, cl.Want("web_origins").V)
	assert.Equal(t, []any{"authorization_code", "implicit"}, cl.Want("grant_types").V)
	assert.Equal(t, true, a.Want("skip_consent_for_verifiable_first_party_clients").V)
	assert.Equal(t, schema.Exactly, a.Want("skip_consent_for_verifiable_first_party_clients").Mode)
	assert.Equal(t, []schema.Reason{{Code: "TAC302", Text: "silent_upgrade.orders: prompt=none cannot ask for consent"}}, a.Want("skip_consent_for_verifiable_first_party_clients").Why)
}

func TestContributionsThatAPathDoesNotNeed(t *testing.T) {
	want := func(change func(*fixture), name string) *schema.Want {
		f := good()
		for _, n := range []string{"callbacks", "web_origins", "grant_types"} {
			f.client[n] = notRead
		}
		change(f)
		objects := declared(f)
		require.Empty(t, contributed(f, objects))
		if w := schema.API.Attr(name); w != nil {
			return objects[apiAddr].Want(name)
		}
		return objects[clientAddr(f.clientKind)].Want(name)
	}
	interactive := func(f *fixture) { f.via = schema.ViaInteractive }
	redirect := func(f *fixture) { f.via = schema.ViaRedirect }
	assert.Zero(t, *want(interactive, "skip_consent_for_verifiable_first_party_clients"))
	assert.Zero(t, *want(interactive, "web_origins"))
	assert.Zero(t, *want(redirect, "web_origins"))
	assert.Zero(t, *want(set(client, "web_origins", []any{"https://*.example.com"}), "web_origins"), "a wildcard stands for it")
	assert.Zero(t, *want(set(client, "callbacks", []any{"https://*.example.com/start-login", "https://*.example.com"}), "callbacks"))
	assert.Equal(t, []any{app}, want(ask("scope=openid"), "callbacks").V)
	assert.Equal(t, []any{app}, want(set(conn, "idp_initiated.client", otherID), "callbacks").V, "the landing route is another application's")
	assert.Equal(t, []any{"authorization_code"}, want(ask("response_type=code"), "grant_types").V)
	assert.Equal(t, []any{"authorization_code", "implicit", "refresh_token"}, want(func(f *fixture) { f.refresh = true }, "grant_types").V)
	assert.Zero(t, *want(func(f *fixture) { f.refresh = true }, "allow_offline_access"), "refresh tokens outlive sessions")
	assert.Zero(t, *want(func(f *fixture) { f.clientKind = schema.Client }, "callbacks"), "a client block is never written")
}

func TestContributionContradictsALine(t *testing.T) {
	f := good()
	objects := declared(f)
	w := objects[apiAddr].Want("skip_consent_for_verifiable_first_party_clients")
	*w = schema.Want{Mode: schema.Exactly, V: false, Src: line(7)}
	ds := contributed(f, objects)
	require.Len(t, ds, 1)
	assert.Equal(t, schema.Error, ds[0].Severity)
	assert.Equal(t, line(7), ds[0].Subject)
	assert.Equal(t, []schema.Range{*line(500)}, ds[0].Also)
	assert.Contains(t, ds[0].Detail, "is set to false here, but silent_upgrade.orders needs true (TAC302")
	assert.Equal(t, false, w.V)
	assert.Empty(t, w.Why)
}

// A declaration that is contributed to and applied as it stands satisfies the
// rules that contribute.
func TestContributionsSatisfyTheirRules(t *testing.T) {
	for _, via := range []string{schema.ViaIframe, schema.ViaRedirect} {
		f := good()
		f.via = via
		objects := declared(f)
		for _, name := range []string{"callbacks", "web_origins", "grant_types"} {
			f.client[name] = absent
		}
		f.members, f.conn["clients"] = schema.Relation{Complete: true}, absent
		f.api["skip_consent_for_verifiable_first_party_clients"] = absent
		require.Empty(t, contributed(f, objects))
		ids := func(schema.Address) (string, bool) { return f.clientID, true }
		take := func(o *schema.Object, vs vals) {
			for i, w := range o.Wants {
				if w.Mode != schema.Unmanaged {
					vs[o.Kind.Attrs[i].Name], _ = schema.Resolve(w.V, ids)
				}
			}
		}
		take(objects[connAddr], f.conn)
		take(objects[clientAddr(f.clientKind)], f.client)
		take(objects[apiAddr], f.api)
		f.members.Members = []string{f.clientID}
		assert.Empty(t, check.Judge(Catalogue(), []*check.Path{f.path()}).Findings)
	}
}

func TestContributionsOnlyAdd(t *testing.T) { rapid.Check(t, contributionsOnlyAdd) }

func contributionsOnlyAdd(t *rapid.T) {
	f := good()
	f.via = rapid.SampledFrom([]string{schema.ViaIframe, schema.ViaRedirect, schema.ViaInteractive}).Draw(t, "via")
	f.redirect = rapid.SampledFrom([]string{app, app + "/cb?x=1", "com.example:/cb", ""}).Draw(t, "redirect")
	f.conn["idp_initiated.query"] = rapid.SampledFrom([]any{query, "", "response_type=token", "redirect_uri=x", absent, notRead, unknown}).Draw(t, "query")
	f.existing = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"saml_connection", "spa_client", "api"}), 0, 3, rapid.ID[string]).Draw(t, "existing")
	f.offline = rapid.Bool().Draw(t, "offline")
	f.refresh = rapid.Bool().Draw(t, "refresh")
	urls := rapid.SampledFrom([]any{app, app + "/", app + "/start-login", "https://*.example.com", "https://other.example.com"})
	grants := rapid.SampledFrom([]any{"authorization_code", "implicit", "refresh_token", "password"})

	objects := declared(f)
	o := objects[clientAddr(f.clientKind)]
	drawList(t, f, o, "callbacks", urls)
	drawList(t, f, o, "web_origins", urls)
	drawList(t, f, o, "grant_types", grants)
	consent := objects[apiAddr].Want("skip_consent_for_verifiable_first_party_clients")
	if rapid.Bool().Draw(t, "explicit consent") {
		*consent = schema.Want{Mode: schema.Exactly, V: rapid.Bool().Draw(t, "consent"), Src: line(2)}
	}
	before := map[schema.Address][]schema.Want{}
	for a, o := range objects {
		before[a] = slices.Clone(o.Wants)
	}

	ds := contributed(f, objects)
	for a, o := range objects {
		for i := range o.Wants {
			onlyAdded(t, o, i, before[a][i])
		}
	}
	conflict := before[apiAddr][schema.API.Index("skip_consent_for_verifiable_first_party_clients")].V == false &&
		f.via != schema.ViaInteractive && !slices.Contains(f.existing, "api")
	if ds.HasErrors() != conflict {
		t.Fatalf("diagnostics: %v", ds)
	}

	again := map[schema.Address][]schema.Want{}
	for a, o := range objects {
		again[a] = slices.Clone(o.Wants)
	}
	contributed(f, objects)
	for a, o := range objects {
		if !reflect.DeepEqual(again[a], o.Wants) {
			t.Fatalf("contributing twice changes %s", a)
		}
	}
}

// drawList gives an attribute an explicit list, or none. The list has spare
// capacity that nobody may write to.
func drawList(t *rapid.T, f *fixture, o *schema.Object, name string, elements *rapid.Generator[any]) {
	if !rapid.Bool().Draw(t, "explicit "+name) {
		return
	}
	v := rapid.SliceOfDistinct(elements, rapid.ID[any]).Draw(t, name)
	full := append(slices.Grow(slices.Clone(v), 4), "guard")
	*o.Want(name) = schema.Want{Mode: schema.Exactly, V: full[:len(v)], Src: line(3)}
	f.client[name] = full[:len(v)]
}

func onlyAdded(t *rapid.T, o *schema.Object, i int, before schema.Want) {
	attr, now := &o.Kind.Attrs[i], o.Wants[i]
	changed := !reflect.DeepEqual(before, now)
	if changed && !o.Writes() {
		t.Fatalf("%s is existing, and %s changed", o.Addr, attr.Name)
	}
	if changed && !slices.Contains(closedList, o.Kind.Name+" "+attr.Name) {
		t.Fatalf("%s of %s is not in the closed list", attr.Name, o.Addr)
	}
	if before.Mode == schema.Unmanaged {
		return
	}
	if now.Mode != before.Mode || now.Src != before.Src {
		t.Fatalf("%s lost its mode or line", attr.Name)
	}
	if !attr.Collection() {
		if changed {
			t.Fatalf("%s was explicit and changed to %v", attr.Name, now.V)
		}
		return
	}
	had, _ := before.V.([]any)
	has, _ := now.V.([]any)
	if len(has) < len(had) || !slices.Equal(has[:len(had)], had) {
		t.Fatalf("%s was %v and became %v", attr.Name, had, has)
	}
	if had != nil && cap(had) > len(had) && had[:len(had)+1][len(had)] != "guard" {
		t.Fatalf("the declared list of %s was written to", attr.Name)
	}
}
