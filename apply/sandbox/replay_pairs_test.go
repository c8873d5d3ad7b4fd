package sandbox

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tenantAt is a sandbox that behaves as on the day of a recording.
func tenantAt(t *testing.T, date, source string, opts Options) *testTenant {
	t.Helper()
	day, err := time.Parse("2006-01-02", date[:10])
	require.NoError(t, err)
	opts.APIDate = day
	// deploy-cli's tenant still showed enabled_clients in 2026-08, that of the Terraform provider no more in 2026-07.
	opts.EnabledClientsInBodies = strings.Contains(source, "auth0-deploy-cli")
	return newTenantFor(t, opts)
}

// ownDomain is the tenant of a recording, as the identifiers of its system APIs tell.
var ownDomain = regexp.MustCompile(`"https://([a-z0-9.-]+\.auth0\.com)/(?:api/v2|me)/"`)

// domainsOf are the domains of the tenant that a recording is of, nil when nothing tells.
func domainsOf(t *testing.T, recording any) []string {
	t.Helper()
	data, err := encode(recording)
	require.NoError(t, err)
	if m := ownDomain.FindSubmatch(data); m != nil {
		return []string{string(m[1])}
	}
	return nil
}

// seedPart names the seed list of an end point class.
func seedPart(class string) string {
	return strings.ReplaceAll(strings.TrimSuffix(class, "/{id}"), "-", "_")
}

// kindOf names the kind of an end point class. Connections are told apart by strategy: only SAML is what this sandbox
// claims to model.
func kindOf(class string, bodies ...object) string {
	class = strings.TrimSuffix(strings.TrimSuffix(class, "/{id}"), "/{x}")
	switch {
	case strings.HasPrefix(class, "organizations/{id}/"):
		return "organization connections"
	case class == "connections/{id}/clients", class == "clients/{id}/connections":
		return "clients of connections"
	case strings.HasPrefix(class, "organizations"):
		return "organizations"
	case strings.HasPrefix(class, "tenants"):
		return "tenant settings"
	case strings.HasPrefix(class, "actions/"):
		return "Action bindings"
	case class != "connections":
		return strings.ReplaceAll(class, "-", " ")
	}
	for _, b := range bodies {
		switch text(b, "strategy") {
		case "samlp", "pingfederate":
			return "connections (SAML)"
		case "":
		default:
			return "connections (other)"
		}
	}
	return "connections (no body)"
}

// prerequisites are the objects that a grant names.
func prerequisites(tt *testTenant, body object) {
	seed := object{}
	if id := text(body, "client_id"); id != "" {
		seed["clients"] = []any{object{"client_id": id, "name": "seeded"}}
	}
	if aud := text(body, "audience"); aud != "" {
		seed["resource_servers"] = []any{object{"identifier": aud}}
	}
	data, err := encode(seed)
	require.NoError(tt.t, err)
	require.NoError(tt.t, tt.Load(data))
}

// pairs repeats recorded pairs of a write and its answer, each on a tenant of its own.
func (ta *tally) pairs(dir string) {
	ta.t.Helper()
	metadata := map[string][]byte{} // per recording: what its metadataUrl serves is the document it posted
	for _, class := range []string{"clients", "connections", "resource-servers", "client-grants"} {
		for i, p := range lines(ta.t, filepath.Join(dir, "create_"+class+".jsonl")) {
			if doc := text(child(child(p, "req"), "options"), "metadataXml"); doc != "" {
				metadata[text(p, "source")] = []byte(doc)
			}
			ta.create(class, fmt.Sprintf("create_%s line %d (%s)", class, i+1, shortSource(p)), p)
		}
	}
	for _, class := range []string{"clients", "connections", "resource-servers", "client-grants", "tenants_settings"} {
		for i, p := range lines(ta.t, filepath.Join(dir, "patch_"+class+".jsonl")) {
			ta.patch(class, fmt.Sprintf("patch_%s line %d (%s)", class, i+1, shortSource(p)), p, metadata[text(p, "source")])
		}
	}
}

// create repeats one POST.
func (ta *tally) create(class, what string, p object) {
	req, want := child(p, "req"), child(p, "post_resp")
	tt := tenantAt(ta.t, text(p, "date"), text(p, "source"), Options{Domains: domainsOf(ta.t, req), Metadata: discovered(want)})
	if class == "client-grants" {
		prerequisites(tt, req)
	}
	status, got := tt.call(http.MethodPost, "/"+class, req)
	for _, key := range []string{"id", "client_id"} { // the id that Auth0 gave is another one here
		if o, ok := got.(object); ok && req[key] == nil && o[key] != nil && want[key] != nil {
			o[key] = want[key]
		}
	}
	ta.add(figureOf(kindOf(class, want), "pairs", text(p, "date"), p), what, excused(text(p, "source"), http.MethodPost, p), diffOf(201, status, want, got, p))
}

// discovered is the document that an OpenID provider described itself with when it was recorded.
func discovered(resp object) map[string][]byte {
	options := child(resp, "options")
	doc, err := encode(options["oidc_metadata"])
	if err != nil || options["oidc_metadata"] == nil {
		return nil
	}
	return map[string][]byte{discoveryURL(text(options, "domain")): doc}
}

func shortSource(p object) string {
	name := filepath.Base(text(p, "source"))
	return strings.SplitN(name, ".", 2)[0] + " " + text(p, "date")
}

func diffOf(wantStatus, status int, want object, got any, p object) []string {
	if status != wantStatus {
		return []string{fmt.Sprintf("status %d: %v", status, got)}
	}
	return compare("", want, got, text(p, "fidelity") == "v1-remarshalled")
}

// patch seeds what was there before and repeats the PATCH.
func (ta *tally) patch(class, what string, p object, doc []byte) {
	before := child(p, "before")
	if before == nil {
		ta.skip("PATCH of an object whose state before was not recorded")
		return
	}
	req, want := child(p, "req"), child(p, "patch_resp")
	served := map[string][]byte{}
	if u := text(child(req, "options"), "metadataUrl"); u != "" {
		served[u] = doc
	}
	path, seed := "/tenants/settings", object{"tenant_settings": before}
	if class != "tenants_settings" {
		seed = object{seedPart(class): []any{before}}
		id := text(before, "id")
		if class == "clients" {
			id = text(before, "client_id")
		}
		path = "/" + class + "/" + id
	}
	data, err := encode(seed)
	require.NoError(ta.t, err)
	tt := tenantAt(ta.t, text(p, "date"), text(p, "source"), Options{Metadata: served})
	require.NoError(ta.t, tt.Load(data))
	status, got := tt.call(http.MethodPatch, path, req)
	ta.add(figureOf(kindOf(class, before, want), "pairs", text(p, "date"), p), what, excused(text(p, "source"), http.MethodPatch, p), diffOf(200, status, want, got, p))
}
