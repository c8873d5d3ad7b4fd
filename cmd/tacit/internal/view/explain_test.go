package view_test

import (
	"testing"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func explanation() *check.Explanation {
	advice := func(code, summary, message, settle string) check.Answer {
		return check.Answer{Code: code, Summary: summary, Outcome: check.Unknown, Object: "saml_connection.acme", Subject: at("main.hcl", 7, 1), Message: message, Settle: settle, Advice: true}
	}
	const idp = "Look it up at the identity provider."
	return &check.Explanation{
		Path: "silent_upgrade.orders from saml_connection.acme", Connection: "acme", Client: "Portal", API: "https://api.example.com",
		Via: schema.ViaIframe, LoginDomain: "login.example.com", Scopes: []string{"read:orders"}, Token: check.Fail, Causes: []string{"TAC203"},
		Answers: []check.Answer{
			{Code: "TAC101", Summary: "The application is enabled on the connection", Outcome: check.Pass},
			advice("TAC128", "The application takes no session for granted", "Logins can be forced on a user.", "Read the code of the landing route."),
			advice("TAC130", "The identity provider signs its responses", "Whether it signs shows only in a response.", idp),
			advice("TAC131", "The clock of the identity provider is right", "Whether it is right shows only in a response.", idp),
			{
				Code: "TAC203", Summary: "The SPA's origin is an allowed web origin", Outcome: check.Fail, Severity: schema.Error, Object: "spa_client.portal",
				Subject: at("main.hcl", 14, 3), Message: "web_origins lacks https://app.example.com", Fix: "List the origin.", Symptom: "400 in the iframe; the SPA reports timeout.",
			},
		},
	}
}

func TestExplanation(t *testing.T) {
	golden(t, "explanation", func(p *view.Printer) { p.Explanation(explanation()) })
}

func TestAudited(t *testing.T) {
	nameless, origin := loginDomain(), webOrigin()
	nameless.Object, origin.Object, origin.Subject = "", `client["Portal"]`, nil
	golden(t, "audited", func(p *view.Printer) {
		p.Audited(&plan.Audited{
			Tenant: "example.eu.auth0.com", Via: schema.ViaIframe, Connections: 3, IDPInitiated: 2, Clients: 1, APIs: 1, Requests: 8,
			Report: &check.Report{Paths: 2, Findings: []check.Finding{origin, nameless}},
			Broken: []plan.BrokenConnection{{Name: "acme", Client: "Portal", Causes: []string{"TAC203"}}, {Name: "globex", Client: "Portal", Causes: []string{"TAC203"}}},
		})
	})
}
