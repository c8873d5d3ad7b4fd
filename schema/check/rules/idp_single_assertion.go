package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpSingleAssertion: of two assertions nobody knows which one counts.
func idpSingleAssertion() *check.Rule {
	return &check.Rule{
		Code:     "TAC132",
		Name:     "idp-single-assertion",
		Summary:  "A response of the identity provider holds one assertion",
		Why:      "Several assertions in one response are how signatures are wrapped in attacks, so Auth0's library takes exactly one.",
		Fix:      `Let the identity provider send one assertion per response.`,
		Symptom:  `"A SAMLResponse can contain only one Assertion element." in the tenant log.`,
		Source:   "passport-wsfed-saml2 (samlp.js)",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge:    judgeIdpSingleAssertion,
	}
}

func judgeIdpSingleAssertion(p *check.Path) check.Verdict {
	return tell(p, "How many assertions a response holds shows only in one of them.")
}
