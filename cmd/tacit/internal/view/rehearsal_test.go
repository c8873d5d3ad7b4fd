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

// blocks are rehearsals of which one ended otherwise than expected, one could not be judged, and a rule that fails beside
// all of them.
func blocks() *rehearse.Report {
	plain, met, unmet, open := green(), green(), broken(), undecided()
	for _, t := range []*rehearse.Trace{plain, met} {
		t.NotRehearsed = []rehearse.FailingRule{{
			Code: "TAC115", Severity: "error", Object: `saml_connection.customer["acme"]`,
			Message: "It holds no certificate.", Why: "the throw-away IdP's certificate stands in the place of the customer's",
		}}
	}
	r := report(plain)
	r.Rehearsals = []*rehearse.Rehearsed{
		{Rehearsal: "users land in the portal", Outcome: rehearse.Passed, Expect: rehearse.Expectation{Token: rehearse.JWT, Contain: []string{"read:orders"}}, Login: met},
		{Rehearsal: "a \x1b[2Jtitle", Outcome: rehearse.Failed, Login: unmet, Unmet: []rehearse.Unmet{
			{What: "error", Expected: "login_required", Found: "fails at the step acs: IdP-Initiated login is not enabled"},
			{What: "landing", Expected: "https://app.example.com/start-login", Found: "the browser does not reach the application"},
		}},
		{Rehearsal: "nobody can tell", Outcome: rehearse.Unknown, Login: open},
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
		"rehearsal-blocks": blocks(),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, func(p *view.Printer) { p.Rehearsal(r) }) })
	}
}
