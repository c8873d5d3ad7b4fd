package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/check/rules"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// today is when these tests happen: the certificates of the quickstart are
// good.
func today() time.Time { return time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC) }

// world is the quickstart, or a variant of it, and the tenant it is for.
type world struct {
	cfg    *schema.Config
	server *sandbox.Server
	tenant *mgmt.Tenant
}

// newWorld copies the quickstart with changes to its file, beside a tenant that
// has its login domain and otherwise nothing.
func newWorld(t *testing.T, changes ...[2]string) *world {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, copyExamples(dir, filepath.Join("..", "..", "examples", "quickstart")))
	raw, err := os.ReadFile(filepath.Join(dir, "main.hcl"))
	require.NoError(t, err)
	text := string(raw)
	for _, c := range changes {
		require.Contains(t, text, c[0])
		text = strings.Replace(text, c[0], c[1], 1)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600))
	files, ds := hclconf.Load(hclconf.Options{Dir: dir, Now: today()})
	require.Empty(t, ds)
	cfg, ds := files.Evaluate(nil)
	require.Empty(t, ds)

	w := &world{cfg: cfg}
	w.server, err = sandbox.New(sandbox.Options{Domains: []string{cfg.Domain(), cfg.LoginDomain()}, Now: today})
	require.NoError(t, err)
	require.NoError(t, w.server.Load([]byte(`{"custom_domains": [{"domain": "login.example.com", "status": "ready"}]}`)))
	w.tenant, err = mgmt.New(t.Context(), mgmt.Options{Domain: cfg.Domain(), Token: "t", Transport: w.server.Transport(), UserAgent: "test"})
	require.NoError(t, err)
	return w
}

// plan is what tacit apply would do.
func (w *world) plan(t *testing.T) (*plan.Plan, *plan.Binding, schema.Diagnostics) {
	t.Helper()
	_, b, ds, err := apply.Read(t.Context(), w.tenant, w.cfg, rules.Catalogue())
	require.NoError(t, err)
	require.False(t, ds.HasErrors(), "%v", ds)
	p, ds := apply.Make(w.cfg, b, rules.Catalogue(), nil)
	return p, b, ds
}

func (w *world) apply(t *testing.T) {
	t.Helper()
	p, b, ds := w.plan(t)
	require.False(t, ds.HasErrors(), "%v", ds)
	blocking, _ := p.Blocked()
	require.Empty(t, blocking)
	_, err := apply.Runner{Tenant: w.tenant}.Run(t.Context(), p, b.IDs())
	require.NoError(t, err)
}

// check is tacit check.
func (w *world) check(t *testing.T) *plan.Checked {
	t.Helper()
	_, b, ds, err := apply.Read(t.Context(), w.tenant, w.cfg, rules.Catalogue())
	require.NoError(t, err)
	require.False(t, ds.HasErrors(), "%v", ds)
	c, _ := plan.Check(w.cfg, b, rules.Catalogue())
	return c
}

// post creates an object as a script would that gives the Management API no
// more than it asks for.
func (w *world) post(t *testing.T, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+w.cfg.Domain()+"/api/v2/"+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer t")
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.server.Transport().RoundTrip(req)
	require.NoError(t, err)
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusCreated, resp.StatusCode, "%s", answer)
}

// One apply makes a tenant whose objects are as the Management API creates
// them ready for every declared path.
func TestOneApplyMakesEveryPathReady(t *testing.T) {
	t.Parallel()
	convert := [2]string{`spa_client "portal" {`, "spa_client \"portal\" {\n  convert = true"}
	for _, c := range []struct {
		name    string
		changes [][2]string
		posts   bool
	}{
		{name: "empty tenant"},
		{name: "Management API defaults", changes: [][2]string{convert}, posts: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.changes...)
			if c.posts {
				w.post(t, "clients", `{"name": "Customer portal", "app_type": "spa"}`)
				w.post(t, "resource-servers", `{"identifier": "https://api.example.com/orders"}`)
				for _, name := range []string{"acme", "globex"} {
					w.post(t, "connections", `{"name": "`+name+`", "strategy": "samlp", "options": {"signInEndpoint": "https://idp.example.com/sso", "signingCert": `+asJSON(file("examples", "quickstart", "idp", "acme.pem"))+`}}`)
				}
				before := w.check(t)
				assert.Empty(t, before.Missing)
				assert.Zero(t, before.Clean)
				assert.Subset(t, codes(before.Report, check.Fail), []string{"TAC101", "TAC102", "TAC202", "TAC203", "TAC206", "TAC207", "TAC302", "TAC304"})
			} else {
				assert.Len(t, w.check(t).Missing, 4)
			}
			w.apply(t)
			after := w.check(t)
			assert.Empty(t, after.Findings)
			assert.Empty(t, after.Missing)
			assert.Equal(t, 2, after.Clean)
			p, _, _ := w.plan(t)
			assert.Empty(t, p.Changes)
		})
	}
}

// codes are those of the findings with an outcome, sorted.
func codes(rep *check.Report, outcomes ...check.Outcome) []string {
	var out []string
	for _, f := range rep.Findings {
		if slices.Contains(outcomes, f.Outcome) {
			out = append(out, f.Code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Whatever somebody breaks on the tenant is found by its rule and by no other
// that does not follow from it; put right, nothing is left to find.
func TestEveryPrerequisiteIsWatched(t *testing.T) {
	t.Parallel()
	for _, v := range variants() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, v.changes...)
			w.apply(t)
			good, err := w.server.Snapshot()
			require.NoError(t, err)
			require.Equal(t, v.accepted, codes(w.check(t).Report, check.Fail, check.Unknown))
			for _, b := range v.breakages {
				t.Run(strings.TrimSpace(b.code+" "+b.how), func(t *testing.T) {
					b.breaks(t, w.server)
					rep := w.check(t).Report
					b.judge(t, v, rep)
					require.NoError(t, w.server.Load(good))
				})
			}
			require.Equal(t, v.accepted, codes(w.check(t).Report, check.Fail, check.Unknown), "restored")
		})
	}
}

// judge holds a report to what one broken prerequisite may show.
func (b *breakage) judge(t *testing.T, v variant, rep *check.Report) {
	t.Helper()
	found := false
	for i := range rep.Findings {
		f := &rep.Findings[i]
		switch {
		case f.Code == b.code:
			found = true
			assert.Equal(t, b.outcome(), f.Outcome, f.Message)
			assert.Empty(t, f.Follows, "the cause follows from nothing")
			if b.part == "connections" {
				assert.Len(t, f.Paths, rep.Paths/2, "only the broken connection's paths: %s", f.Message)
			} else {
				assert.Len(t, f.Paths, rep.Paths, f.Message)
			}
		case f.Follows == b.code, b.beside[f.Code] != "", slices.Contains(v.accepted, f.Code):
		default:
			assert.Failf(t, "unrelated", "%s %s: %s", f.Code, f.Outcome, f.Message)
		}
	}
	assert.True(t, found, "%s finds nothing; found %v", b.code, codes(rep, check.Fail, check.Unknown))
	for code := range b.beside {
		assert.Contains(t, codes(rep, check.Fail, check.Unknown), code, "declared to be found, too")
	}
	if found && len(b.beside)+len(v.accepted) == 0 {
		assert.Equal(t, b.code, rep.Findings[0].Code, "the report leads with the cause")
	}
}

// Every rule that a report may show is broken by some breakage, or it is said
// why no tenant can break it.
func TestEveryRuleHasABreakage(t *testing.T) {
	broken := map[string]bool{}
	for _, v := range variants() {
		for _, b := range v.breakages {
			broken[b.code] = true
		}
	}
	fromFiles := unbreakable()
	for _, r := range rules.Catalogue() {
		if r.Advice {
			assert.False(t, broken[r.Code], "%s is advice", r.Code)
			continue
		}
		assert.NotEqual(t, broken[r.Code], fromFiles[r.Code] != "", "%s %s: a breakage, or a reason why there is none", r.Code, r.Name)
		delete(broken, r.Code)
		delete(fromFiles, r.Code)
	}
	assert.Empty(t, broken, "no such rules")
	assert.Empty(t, fromFiles, "no such rules")
}

// breaks changes the tenant behind tacit's back.
func (b *breakage) breaks(t *testing.T, s *sandbox.Server) {
	t.Helper()
	require.NoError(t, s.Edit(func(tenant map[string]any) {
		if b.edit != nil {
			b.edit(tenant)
			return
		}
		var patch map[string]any
		d := json.NewDecoder(bytes.NewReader([]byte(b.patch)))
		d.UseNumber()
		require.NoError(t, d.Decode(&patch), b.patch)
		merge(object(tenant, b.part), patch)
	}))
}

// merge is RFC 7396.
func merge(into, patch map[string]any) {
	for k, v := range patch {
		old, both := into[k].(map[string]any)
		switch p := v.(type) {
		case nil:
			delete(into, k)
		case map[string]any:
			if !both {
				old = map[string]any{}
				into[k] = old
			}
			merge(old, p)
		default:
			into[k] = v
		}
	}
}

// object is the one of a part of the tenant that a breakage changes: the first
// that the quickstart declares.
func object(tenant map[string]any, part string) map[string]any {
	if settings, ok := tenant[part].(map[string]any); ok {
		return settings
	}
	list, _ := tenant[part].([]any)
	for _, e := range list {
		o, _ := e.(map[string]any)
		for _, key := range []string{"name", "domain", "audience"} {
			switch o[key] {
			case "acme", "Customer portal", "Orders API", "login.example.com", "https://api.example.com/orders":
				return o
			}
		}
	}
	panic("the tenant has no " + part + " of the quickstart")
}
