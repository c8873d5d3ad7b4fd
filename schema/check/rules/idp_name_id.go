package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpNameID: users are recognised by what the identity provider sends.
func idpNameID() *check.Rule {
	return &check.Rule{
		Code:     "TAC134",
		Name:     "idp-name-id",
		Summary:  "The identity provider sends the same ID for a user every time",
		Why:      "The user ID is made of an attribute of the assertion, by default the NameID. A transient NameID is a new one at each login, and so is the user.",
		Fix:      `Let the identity provider send a persistent NameID or an attribute that does not change, and name that one in user_id_attribute.`,
		Symptom:  "The token is fine, its sub is new at every login.",
		Source:   "Auth0 docs: SAML service provider settings (user ID attribute)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Advice:   true,
		Judge:    judgeIdpNameID,
	}
}

func judgeIdpNameID(p *check.Path) check.Verdict {
	return tell(p, "Whether the ID that the identity provider sends stays the same shows only when a user logs in twice.")
}
