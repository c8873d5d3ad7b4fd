package stage

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Result is what rehearsing some paths showed.
type Result struct {
	*rehearse.Report
	// failed are the paths with a login that failed, unmet the cases that did not end as expected.
	failed []*check.Path
	unmet  []Case
}

// Failed returns the paths with a login that failed.
func (r *Result) Failed() []*check.Path { return r.failed }

// Unmet returns the cases that did not end as expected.
func (r *Result) Unmet() []Case { return r.unmet }

func (s *Stage) result(c *copied, paths []*check.Path, cast []part, p *plan.Plan) *Result {
	r := &Result{Report: &rehearse.Report{
		Tenant: s.Domain, Paths: len(paths), Logins: []*rehearse.Trace{},
		NotRehearsed: s.notRehearsed(c), NotRead: s.notRead(paths), Assumed: assumed(cast),
	}}
	if p != nil {
		r.Changes = len(p.Changes)
	}
	blind := s.notShown()
	for i := range cast {
		c := &cast[i]
		c.trace.NotRehearsed = failing(blind[c.path.Label()], c.path)
		if c.block != nil {
			e := s.judged(c)
			if e.Outcome == rehearse.Failed {
				r.unmet = append(r.unmet, Case{c.block, c.path})
			}
			r.Rehearsals = append(r.Rehearsals, e)
			continue
		}
		if c.trace.Outcome == rehearse.Failed && !slices.Contains(r.failed, c.path) {
			r.failed = append(r.failed, c.path)
		}
		if s.hidden.sensitive(c.path) {
			c.trace = bare(c)
		}
		r.Logins = append(r.Logins, c.trace)
	}
	r.Conclude()
	return r
}

// notShown are, by path, the findings of rules that fail and whose failure no login on a copy shows.
func (s *Stage) notShown() map[string][]*check.Finding {
	out := map[string][]*check.Finding{}
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Outcome == check.Fail && f.NotRehearsed != "" {
			for _, path := range f.Paths {
				out[path] = append(out[path], f)
			}
		}
	}
	return out
}

// failing tells of a path what findings say, each about the path's own object.
func failing(findings []*check.Finding, p *check.Path) []rehearse.FailingRule {
	var out []rehearse.FailingRule
	for _, f := range findings {
		object := f.Object
		for _, st := range p.States() {
			if a := st.Addr.String(); slices.Contains(f.Instances, a) {
				object = a
			}
		}
		out = append(out, rehearse.FailingRule{Code: f.Code, Severity: string(f.Severity), Object: object, Message: f.Message, Why: f.NotRehearsed})
	}
	return out
}

// notRehearsed is what the paths rest on and no login touched.
func (s *Stage) notRehearsed(c *copied) []string {
	out := []string{
		"the customers' identity providers, their keys and certificates: a throw-away IdP stands for them",
		"the application's own code",
	}
	whole := s.Binding.Snapshot.Whole
	if list := whole[schema.PostLoginBindings]; len(list) == 1 {
		for _, name := range actionNames(list[0].Raw) {
			out = append(out, fmt.Sprintf("the post-login Action %s: its code was searched, not run", name))
		}
	}
	if list := whole[schema.GuardianPolicies]; len(list) == 1 {
		policies, _ := list[0].Raw["policies"].([]any)
		for _, p := range policies {
			out = append(out, fmt.Sprintf("the MFA policy %v: nobody answered a challenge", p))
		}
	}
	if c.proxied {
		out = append(out, "the proxy that destination_url and recipient_url are for")
	}
	return out
}

// notRead names what the copy has Auth0's defaults for.
func (s *Stage) notRead(paths []*check.Path) []string {
	var out []string
	whole := s.Binding.Snapshot.Whole
	for _, part := range []struct {
		c    schema.Collection
		text string
	}{
		{schema.TenantSettings, "tenant settings"}, {schema.GuardianPolicies, "MFA policies"}, {schema.PostLoginBindings, "post-login Actions"},
	} {
		if _, ok := whole[part.c]; !ok {
			out = append(out, part.text)
		}
	}
	_, domains := whole[schema.CustomDomains]
	if !domains && slices.ContainsFunc(paths, func(p *check.Path) bool { return s.host(p) != s.Domain }) {
		out = append(out, "custom domains")
	}
	return out
}

// switches are the sandbox's own options, which its texts name in parentheses.
var switches = regexp.MustCompile(` \([A-Z]\w+: [^)]*\)`)

// assumed collects the decisions behind the logins that are guesses, or whose outcome depends on what a copy cannot know.
func assumed(cast []part) []rehearse.Assumption {
	ids := map[string]bool{}
	for i := range cast {
		for h := range cast[i].trace.Hops {
			for _, d := range cast[i].trace.Hops[h].Decisions {
				if d.Grade == string(sandbox.Assumed) || d.Outcome == string(sandbox.Unknown) {
					ids[d.ID] = true
				}
			}
		}
	}
	texts := map[string]string{}
	for _, b := range sandbox.LoginBehaviours() {
		texts[b.ID] = switches.ReplaceAllString(b.Fact, "")
	}
	out := []rehearse.Assumption{}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		out = append(out, rehearse.Assumption{ID: id, Text: texts[id]})
	}
	return out
}

// veil is the objects of which traces tell nothing.
type veil map[schema.Address]bool

// sensitive tells paths whose trace would show what the configuration marks as sensitive: names and URLs stand in every
// hop, in all spellings.
func (v veil) sensitive(p *check.Path) bool {
	return p.Sensitive || v[p.Addr] || slices.ContainsFunc(p.States(), func(st *schema.State) bool { return v[st.Addr] })
}

// shown is the label of a path, without names where they are sensitive.
func (v veil) shown(p *check.Path) string {
	if v.sensitive(p) {
		return p.Label()
	}
	return Label(p)
}

// hidden are the objects with sensitive attributes that are no secrets of Auth0's anyway.
func hidden(cfg *schema.Config) veil {
	out := veil{}
	for _, o := range cfg.Objects {
		for i := range o.Wants {
			a := &o.Kind.Attrs[i]
			if o.Wants[i].Sensitive && !a.Has(schema.Secret) && a.Type != schema.Cert {
				out[o.Addr] = true
			}
		}
	}
	return out
}

// bare is a trace that shows outcome, step and error only.
func bare(c *part) *rehearse.Trace {
	t := &rehearse.Trace{
		Path: c.path.Label(), Outcome: c.trace.Outcome, Hops: []rehearse.Hop{},
		Scenario:     rehearse.Summary{Via: c.trace.Scenario.Via, Session: c.trace.Scenario.Session, Implicit: c.trace.Scenario.Implicit, BlockedCookies: c.trace.Scenario.BlockedCookies, Fault: c.trace.Scenario.Fault},
		NotRehearsed: c.trace.NotRehearsed,
		Notes:        []string{"Details are left out: the configuration marks values of this path as sensitive."},
	}
	if stop := c.trace.Stopped; stop != nil {
		t.Stopped = &rehearse.Stop{Step: stop.Step, Hop: -1, Code: stop.Code, Message: "the login stops at the step " + string(stop.Step), Sees: stop.Sees}
	}
	return t
}
