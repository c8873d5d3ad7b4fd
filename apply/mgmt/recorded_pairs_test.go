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

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

// pairFile is a file of recorded writes with what the tenant held afterwards.
type pairFile struct {
	name  string
	kind  *schema.Kind
	reads bodyFile
}

func pairFiles() []pairFile {
	var out []pairFile
	for name, kind := range map[string]*schema.Kind{
		"clients": schema.SPAClient, "connections": schema.SAMLConnection, "resource-servers": schema.API, "client-grants": schema.ClientGrant,
		"tenants_settings": schema.TenantSettingsKind,
	} {
		i := slices.IndexFunc(bodyFiles(), func(f bodyFile) bool { return f.kind == kind })
		for _, verb := range []string{"create", "patch"} {
			if verb == "patch" || kind != schema.TenantSettingsKind {
				out = append(out, pairFile{verb + "_" + name + ".jsonl", kind, bodyFiles()[i]})
			}
		}
	}
	return out
}

// unsaid are members of requests that no row stands for, and why none of them
// is a setting that tacit would lose.
func unsaid() map[string]string {
	return map[string]string{
		"strategy":                      "what kind the block is",
		"client_authentication_methods": "keys of confidential clients; a SPA has none, and other clients are only looked up",
		"oidc_backchannel_logout":       "the old name of oidc_logout, which Auth0 keeps in step",
		"cross_origin_auth":             "the old name of cross_origin_authentication",
		"default_for":                   "a grant for every third-party client has no client, which the key needs",
		"universal_login":               "colours of the login page",
		"options.thumbprints":           "derived from the certificate",
		"options.a_new_option":          "made up: what nobody has seen yet stays as it is",
	}
}

// refused are wishes that Auth0 does not carry out, by where and why.
func refused() map[string]string {
	return map[string]string{
		"TestAccResourceServer_ACR name": "the My Account API, which is made by creating its identifier, keeps its own name",
	}
}

// TestWhatWasWrittenPlansToNothing: a configuration that says what a recorded
// request said finds nothing to change in what the tenant held afterwards.
func TestWhatWasWrittenPlansToNothing(t *testing.T) {
	met := map[string]bool{}
	traffic(t, func(t *testing.T, dir string) { //nolint:thelper // a test of its own
		for _, f := range pairFiles() {
			planned, skipped := 0, map[string]int{}
			for i, pair := range records(t, filepath.Join(dir, "pairs", f.name)) {
				if strategy := strategyOf(pair); strategy != "" && strategy != "samlp" {
					skipped["of strategy "+strategy]++
					continue
				}
				for _, after := range []string{"post_resp", "get_resp", "patch_resp", "after_get"} {
					body := object(pair, after)
					if body == nil {
						continue
					}
					planned++
					f.plansToNothing(t, fmt.Sprintf("%s line %d %s (%s)", f.name, i+1, after, text(pair, "source")), object(pair, "req"), body, text(pair, "fidelity"), met)
				}
			}
			t.Logf("%-28s %3d states planned against; skipped: %v", f.name, planned, skipped)
		}
	})
	for _, reason := range append(slices.Collect(maps.Keys(unsaid())), slices.Collect(maps.Keys(refused()))...) {
		assert.True(t, met[reason] || !recorded(), "never met: %s", reason)
	}
}

func strategyOf(pair map[string]any) string {
	for _, part := range []string{"req", "before", "post_resp", "patch_resp"} {
		if s := text(object(pair, part), "strategy"); s != "" {
			return s
		}
	}
	return ""
}

func (f pairFile) plansToNothing(t *testing.T, what string, req, body map[string]any, fidelity string, met map[string]bool) {
	t.Helper()
	tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, asJSON(t, body)) })
	have, err := tenant.Get(t.Context(), f.reads.collection, f.reads.id(body))
	require.NoError(t, err, what)
	o := f.wants(t, what, req, met)
	for i := range o.Wants {
		if a := &o.Kind.Attrs[i]; lost(a, have, fidelity) {
			o.Wants[i] = schema.Want{}
		}
	}
	asItIs(o, have)
	p, ds := plan.Make(&schema.Config{Workspace: "w", Objects: []*schema.Object{o}}, &plan.Binding{
		Observed: map[schema.Address]*schema.Observed{o.Addr: have}, Owned: map[schema.Address]bool{},
	}, nil)
	assert.Empty(t, ds, what)
	for _, c := range p.Changes {
		for _, a := range c.Attributes {
			row := o.Kind.Attr(a.Name)
			v, _ := have.Get(row)
			if why := isRefused(what, a.Name); why != "" {
				met[why] = true
				continue
			}
			assert.Fail(t, "a change is planned", "%s: %s is %s, wanted %s", what, a.Name, asJSON(t, v), asJSON(t, o.Want(a.Name).V))
		}
	}
}

// isRefused is the key of refused, "" when a change is a fault of ours.
func isRefused(what, attr string) string {
	for where := range refused() {
		recording, name, _ := strings.Cut(where, " ")
		if name == attr && strings.Contains(what, recording) {
			return where
		}
	}
	return ""
}

// lost says what a recorder did not keep: it hid secrets, or knew no such
// member.
func lost(a *schema.Attr, have *schema.Observed, fidelity string) bool {
	v, p := have.Get(a)
	if strings.Contains(fmt.Sprint(v), "[REDACTED]") {
		return true
	}
	return fidelity == "v1-remarshalled" && p != schema.Known
}

// wants is a block that says what a request says.
func (f pairFile) wants(t *testing.T, what string, req map[string]any, met map[string]bool) *schema.Object {
	t.Helper()
	o := declared(f.kind)
	said := map[string]bool{}
	for i := range f.kind.Attrs {
		a := &f.kind.Attrs[i]
		path := a.APIPath()
		v, there := schema.Lookup(req, path)
		if top, _, nested := strings.Cut(path, "."); nested && req[top] == nil {
			_, there = req[top] // null for the whole object is null for its members
			path = top
		}
		if !there || a.Via != "" || a.Has(schema.Internal) || a.Has(schema.Local) {
			continue
		}
		said[path] = true
		o.Wants[i] = schema.Want{Mode: schema.Exactly, V: v, Src: o.Src}
	}
	if doc := text(object(req, "options"), "metadataXml"); doc != "" {
		said["options.metadataXml"] = true
		fromDocument(t, o, doc)
	}
	for _, path := range leaves("", req, said) {
		met[path] = true
		assert.Contains(t, unsaid(), path, "%s: nothing says %s", what, path)
	}
	return o
}

// fromDocument wants what tacit reads out of a metadata document.
func fromDocument(t *testing.T, o *schema.Object, doc string) {
	t.Helper()
	d, err := saml.ParseMetadata([]byte(doc))
	require.NoError(t, err)
	require.Len(t, d.IDPs, 1)
	m := d.IDPs[0]
	for name, v := range map[string]string{
		"sign_in_endpoint": saml.At(m.SignOn, saml.Redirect), "sign_out_endpoint": saml.At(m.SignOut, saml.Redirect), "signing_cert": m.Certificates[0].PEM(),
	} {
		if w := o.Want(name); w.Mode == schema.Unmanaged {
			*w = schema.Want{Mode: schema.Exactly, V: v, Src: o.Src}
		}
	}
}

// leaves are the shortest paths of a body that are not said and hold none that
// are.
func leaves(path string, v any, said map[string]bool) []string {
	if said[path] {
		return nil
	}
	m, ok := v.(map[string]any)
	below := path == ""
	for s := range said {
		below = below || strings.HasPrefix(s, path+".")
	}
	if !ok || !below {
		return []string{path}
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, leaves(strings.TrimPrefix(path+"."+k, "."), m[k], said)...)
	}
	return out
}
