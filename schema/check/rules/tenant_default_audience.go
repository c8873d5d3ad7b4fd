package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantDefaultAudience: an audience for requests that name none hides that
// the SPA names none.
func tenantDefaultAudience() *check.Rule {
	return &check.Rule{
		Code:    "TAC401",
		Name:    "tenant-default-audience",
		Summary: "The tenant assumes no audience",
		Why: "A default audience is added to every authorization request of every application. It is often recommended as the cure for opaque tokens, and it hides the mistake instead: a SPA that forgets the audience works on this tenant and on no other, and users of unrelated applications are asked for consent to this API. " +
			"Whether it makes the token in the answer to an IdP-initiated login a JWT is not documented: the wording of the setting says so, the people who maintain the flow say that answer is for no API. tacit does not count on it.",
		Fix: `Send the audience from the SPA, and empty the setting once no application depends on it:

tenant_settings {
  default_audience = ""
}`,
		Symptom:  `consent_required for an API that the application never named; an opaque token as soon as the SPA is moved to another tenant.`,
		Source:   "Auth0 docs: Tenant Settings (API Authorization Settings); community thread 10595 (the answer to an IdP-initiated login)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{defaultAudience.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(defaultAudience, p.Tenant)
			switch {
			case f.undecided():
				return f.unread(p)
			case f.v == "":
				return check.Passed()
			default:
				return f.fail("%s is the audience of every request that names none.", quote(f.v))
			}
		},
	}
}
