package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpSigns: without a signature anybody could have written it.
func idpSigns() *check.Rule {
	return &check.Rule{
		Code:     "TAC130",
		Name:     "idp-signs",
		Summary:  "The identity provider signs its responses",
		Why:      "The response or the assertion has to be signed; some products sign neither, or only the metadata, until they are told to.",
		Fix:      `Switch on signing of the assertion, or of the whole response, at the identity provider.`,
		Symptom:  `"neither the response nor the assertion are signed" in the tenant log.`,
		Source:   "passport-wsfed-saml2 (samlp.js)",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge:    judgeIdpSigns,
	}
}

func judgeIdpSigns(p *check.Path) check.Verdict {
	return tell(p, "Whether the identity provider signs shows only in one of its responses.")
}
