package rules

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func TestVerdicts(t *testing.T) {
	for _, c := range verdicts() {
		t.Run(c.code+" "+c.name, func(t *testing.T) {
			r, p := rule(t, c.code), c.path()
			v := r.Judge(p)
			require.Equal(t, c.want, v.Outcome, v.Message)
			judged := *r
			judged.Advice = false
			r = &judged
			rep := check.Judge([]*check.Rule{r}, []*check.Path{p})
			if c.want == check.Pass || c.want == check.NotApplicable {
				assert.Empty(t, rep.Findings)
				return
			}
			require.Len(t, rep.Findings, 1)
			f := rep.Findings[0]
			want := c.severity
			if want == "" {
				want = r.Severity[p.Via]
			}
			assert.Equal(t, want, f.Severity)
			assert.NotEmpty(t, f.Message)
			assert.Equal(t, p.Upgrade != nil, f.Subject != nil, "a line where lines declare the path")
			assert.Equal(t, c.want == check.Unknown, f.Settle != "", "what would settle it")
			for _, s := range c.says {
				assert.Contains(t, f.Message+"\n"+f.Settle+"\n"+f.Fix, s)
			}
		})
	}
}

func TestEveryRulePassesAndFailsSomewhere(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range verdicts() {
		seen[c.code+string(c.want)] = true
	}
	for _, r := range Catalogue() {
		if r.Advice {
			continue // it is unknown by its nature
		}
		for _, o := range []check.Outcome{check.Pass, check.Fail, check.Unknown} {
			assert.True(t, seen[r.Code+string(o)], "%s has no case that ends in %q", r.Code, o)
		}
	}
}

func TestGoodPathIsClean(t *testing.T) {
	for _, via := range []string{schema.ViaIframe, schema.ViaRedirect, schema.ViaInteractive} {
		for _, kind := range []*schema.Kind{schema.SPAClient, schema.Client} {
			f := good()
			f.via, f.clientKind = via, kind
			rep := check.Judge(Catalogue(), []*check.Path{f.path()})
			assert.Empty(t, rep.Findings, "%s %s", via, kind.Name)
			assert.Equal(t, 1, rep.Clean)
		}
	}
}

// A rule judges what it declares to read and nothing else, or it would call
// unread values defaults.
func TestRulesReadWhatTheyDeclare(t *testing.T) {
	for _, c := range verdicts() {
		r, p := rule(t, c.code), c.path()
		for _, s := range p.States() {
			for i := range s.Cells {
				if !slices.ContainsFunc(r.Reads, func(f schema.Field) bool { return f.Attr == &s.Kind.Attrs[i] }) {
					s.Cells[i] = schema.Cell{}
				}
			}
		}
		assert.Equal(t, c.want, r.Judge(p).Outcome, "%s %s", c.code, c.name)
	}
}

// Nothing that a rule says holds the stand-in for an id.
func TestMessagesHoldNoPlaceholder(t *testing.T) {
	id := schema.Placeholder(clientAddr(schema.SPAClient))
	awkward := []func(*fixture){
		ask("redirect_uri=https://app.example.com/" + id + "&response_type=" + id + "&scope=" + id + "&" + id + "=x&state=" + id),
		set(conn, "idp_initiated.client", id),
		set(conn, "idp_initiated.client_protocol", id),
		set(client, "callbacks", []any{"https://app.example.com/" + id, "https://APP.example.com/" + id + "/"}),
		set(client, "name", id),
		both(set(client, "web_origins", []any{"https://a.*." + id}), set(client, "allowed_origins", []any{"https://" + id}), set(client, "app_type", id)),
		both(func(f *fixture) { f.redirect = "http://localhost/" + id }, set(client, "compliance_level", id)),
		set(api, "identifier", "https://x.auth0.com/userinfo?"+id),
		func(f *fixture) { f.redirect = "https://app.example.com/" + id },
		func(f *fixture) { f.scopes = []string{id} },
	}
	for i, change := range awkward {
		for _, more := range []func(*fixture){func(*fixture) {}, offline, awkward[(i+1)%len(awkward)], awkward[(i+3)%len(awkward)]} {
			f := good()
			change(f)
			more(f)
			for _, r := range Catalogue() {
				p := f.path()
				v := r.Judge(p)
				assert.NotContains(t, v.Message+v.Fix+v.Settle, "id-of-", "%s, case %d", r.Code, i)
				if r.Contribute == nil {
					continue
				}
				for _, c := range r.Contribute(p) {
					for _, e := range c.Add {
						if s, ok := e.(string); ok {
							assert.NotContains(t, s, "id-of-", "%s, case %d", r.Code, i)
						}
					}
				}
			}
		}
	}
}

func TestCatalogueTexts(t *testing.T) {
	last := ""
	names := map[string]bool{}
	for _, r := range Catalogue() {
		assert.Regexp(t, `^TAC[1-6]\d\d$`, r.Code)
		assert.Greater(t, r.Code, last, "ascending and unique")
		last = r.Code
		assert.Regexp(t, `^[a-z]+(-[a-z]+)+$`, r.Name)
		assert.False(t, names[r.Name], "%s twice", r.Name)
		names[r.Name] = true
		for _, text := range []string{r.Summary, r.Why, r.Fix, r.Symptom, r.Source} {
			assert.NotEmpty(t, strings.TrimSpace(text), r.Code)
			assert.NotContains(t, text, "\t", r.Code)
		}
		assert.NotRegexp(t, `[.]$`, r.Summary, r.Code)
		assert.Contains(t, []check.Grade{check.Recorded, check.Documented, check.Library, check.Assumed}, r.Grade, r.Code)
		assert.NotEmpty(t, r.Severity, r.Code)
		pathAlone := r.Code == "TAC502" // what it compares, the upgrade itself says
		assert.Equal(t, r.Advice || pathAlone, len(r.Reads) == 0, r.Code)
		assert.NotNil(t, r.Judge, r.Code)
		assert.Equal(t, r.Contribute == nil, len(r.Contributes) == 0, r.Code)
	}
}

// The HCL in a fix names attributes and blocks that exist.
func TestFixesUseTheLanguage(t *testing.T) {
	words := map[string]bool{"enabled": true, "description": true, "reset": true}
	for _, k := range schema.Kinds() {
		words[k.Name] = true
		for _, a := range k.Attrs {
			for part := range strings.SplitSeq(a.Name, ".") {
				words[part] = true
			}
		}
	}
	for _, name := range []string{"redirect_uri", "scope", "response_type"} { // inside query
		words[name] = true
	}
	for _, r := range Catalogue() {
		for _, m := range regexp.MustCompile(`(?m)^\s*([a-z_]+)(?: "[^"]+")? +[={]`).FindAllStringSubmatch(r.Fix, -1) {
			assert.True(t, words[m[1]], "%s writes %s", r.Code, m[1])
		}
		assert.Equal(t, strings.Count(r.Fix, "{"), strings.Count(r.Fix, "}"), r.Code)
	}
}

func TestSeveritiesPerVia(t *testing.T) {
	inIframes := []string{"TAC203", "TAC502", "TAC605", "TAC606"}
	for _, r := range Catalogue() {
		for _, via := range []string{schema.ViaIframe, schema.ViaRedirect, schema.ViaInteractive} {
			_, applies := r.Severity[via]
			assert.Equal(t, !slices.Contains(inIframes, r.Code) || via == schema.ViaIframe, applies, "%s %s", r.Code, via)
		}
		assert.Equal(t, r.Severity[schema.ViaIframe], cmp.Or(r.Severity[schema.ViaRedirect], r.Severity[schema.ViaIframe]), r.Code)
	}
	assert.Equal(t, schema.Warning, rule(t, "TAC302").Severity[schema.ViaInteractive])
	assert.Equal(t, schema.Info, rule(t, "TAC209").Severity[schema.ViaInteractive])
}
