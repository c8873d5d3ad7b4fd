package view_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func at(file string, line, column int) *schema.Range {
	p := schema.Pos{Line: line, Column: column}
	return &schema.Range{File: file, Start: p, End: p}
}

func webOrigin() check.Finding {
	return check.Finding{
		Code: "TAC203", Rule: "web-origin", Severity: schema.Error, Outcome: check.Fail,
		Object: "spa_client.portal", Subject: at("main.hcl", 14, 3), Message: "web_origins lacks https://app.example.com",
		Why:     "With response_mode=web_message Auth0 posts the answer only to an origin in the application's web_origins; the origin of a callback does not count.",
		Fix:     "web_origins = [\"https://app.example.com\"]",
		Symptom: "HTTP 400 invalid_request in the iframe; the SPA waits 60 s and reports timeout.",
		Source:  "https://auth0.com/docs/authenticate/login/configure-silent-authentication", Grade: check.Documented,
		Paths: []string{"silent_upgrade.orders from a", "silent_upgrade.orders from b", "silent_upgrade.orders from c"},
	}
}

func loginDomain() check.Finding {
	return check.Finding{
		Code: "TAC501", Rule: "login-domain", Severity: schema.Error, Outcome: check.Unknown,
		Object: "silent_upgrade.orders", Message: "nothing says on which host the SPA calls /authorize",
		Settle: "Set login_domain in the tenant block, or run tacit check against the tenant.",
		Why:    "The session cookie belongs to the host of the login; on another host there is no session.",
		Grade:  check.Assumed, Paths: []string{"silent_upgrade.orders from a"},
	}
}

func consent() check.Finding {
	return check.Finding{
		Code: "TAC302", Rule: "skip-consent", Severity: schema.Warning, Outcome: check.Fail,
		Object: "api.orders", Subject: at("api.hcl", 2, 1), Message: "consent may be asked",
		Fix:     "In the API's block:\n\n    api \"orders\" {\n      skip_consent_for_verifiable_first_party_clients = true\n    }",
		Symptom: "consent_required", Source: "recorded traffic", Grade: check.Recorded,
	}
}

func TestFindings(t *testing.T) {
	golden(t, "findings", func(p *view.Printer) {
		p.Report(&check.Report{Paths: 3, Findings: []check.Finding{loginDomain(), consent(), webOrigin()}})
	})
}

func manyFindings() []check.Finding {
	var fs []check.Finding
	for i := range 6 {
		f := webOrigin()
		f.Object, f.Subject = fmt.Sprintf("spa_client.app%d", i), at("main.hcl", 10+i, 3)
		if i == 1 {
			f.Instances = []string{f.Object, "spa_client.x", "spa_client.y"}
		}
		fs = append(fs, f)
	}
	for i := range 5 {
		f := consent()
		f.Code = fmt.Sprintf("TAC31%d", i)
		fs = append(fs, f)
	}
	remark := consent()
	remark.Code, remark.Severity = "TAC399", schema.Info
	return append(fs, loginDomain(), remark)
}

func TestUnknownsWithOneAnswer(t *testing.T) {
	var fs []check.Finding
	for i := range 9 {
		f := loginDomain()
		f.Code, f.Object = fmt.Sprintf("TAC50%d", i), fmt.Sprintf("saml_connection.customer[%q]", fmt.Sprint(i))
		fs = append(fs, f)
	}
	golden(t, "unknowns", func(p *view.Printer) { p.Report(&check.Report{Paths: 1, Clean: 1, Findings: fs}) })
}

func TestReport(t *testing.T) {
	golden(t, "report", func(p *view.Printer) {
		p.Report(&check.Report{Paths: 500, Clean: 498, Findings: manyFindings()})
	})
}

func TestReportInFullHidesNothing(t *testing.T) {
	out := render(t, view.Options{Full: true}, func(p *view.Printer) {
		p.Report(&check.Report{Paths: 500, Clean: 498, Findings: manyFindings()})
	})
	assert.Contains(t, out, "spa_client.app5")
	assert.NotContains(t, out, "--full")
}

func TestReportWithoutFindings(t *testing.T) {
	for _, v := range []struct {
		name string
		r    *check.Report
		want string
	}{
		{"no paths", &check.Report{}, "Checks: no silent_upgrade block with a connection is declared, so there is\nnothing to check.\n"},
		{"all fine", &check.Report{Paths: 1, Clean: 1}, "Checks: 1 path, no findings.\n"},
		{"none", nil, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			assert.Equal(t, v.want, render(t, view.Options{}, func(p *view.Printer) { p.Report(v.r) }))
		})
	}
}
