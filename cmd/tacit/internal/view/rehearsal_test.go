package view_test

import (
	"testing"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
)

func report(logins ...*rehearse.Trace) *rehearse.Report {
	r := &rehearse.Report{
		Tenant: "example.eu.auth0.com", Changes: 4, Paths: len(logins), OutOf: 300, Logins: logins,
		NotRehearsed: []string{"the customers' identity providers, their keys and certificates: a throw-away IdP stands for them", `the post-login Action "enrich": its code was searched, not run`},
		NotRead:      []string{"tenant settings", "MFA policies"},
		Assumed:      []rehearse.Assumption{{ID: "saml-xml", Text: "the response is XML, at most 1 MB"}},
	}
	r.Conclude()
	return r
}

// TestRehearsal: one token is shown where all logins are a line, and only a few of many failures hop by hop.
func TestRehearsal(t *testing.T) {
	live := report(green(), broken())
	live.Live = &rehearse.Live{Canaries: []rehearse.Canary{{Name: "tacit-canary-1", For: "acme", Removed: true}, {Name: "tacit-canary-2", For: "glo\x1b[2Jbex"}}}
	live.NotRead, live.Assumed = nil, nil
	live.Conclude()
	for name, r := range map[string]*rehearse.Report{
		"rehearsal-green":  report(green(), green()),
		"rehearsal-broken": report(green(), broken(), broken(), broken(), broken(), undecided()),
		"rehearsal-empty":  report(),
		"rehearsal-live":   live,
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, func(p *view.Printer) { p.Rehearsal(r) }) })
	}
}
