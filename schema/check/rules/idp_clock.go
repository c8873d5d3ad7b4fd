package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpClock: assertions last for minutes.
func idpClock() *check.Rule {
	return &check.Rule{
		Code:     "TAC131",
		Name:     "idp-clock",
		Summary:  "The clock of the identity provider is right",
		Why:      "An assertion says until when it counts. Auth0's library allows three minutes of difference; a response that was held up by a page in between expires, too.",
		Fix:      `Synchronise the clock of the identity provider (NTP), and let assertions last five minutes.`,
		Symptom:  `"assertion has expired" in the tenant log, often only for some users.`,
		Source:   "passport-wsfed-saml2 (validateExpiration)",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge:    judgeIdpClock,
	}
}

func judgeIdpClock(p *check.Path) check.Verdict {
	return tell(p, "Whether the clock of the identity provider is right shows only in one of its responses.")
}
