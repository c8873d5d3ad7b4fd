package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantMFAPolicy: a second factor that is always asked for is asked for
// silently, too, which cannot work.
func tenantMFAPolicy() *check.Rule {
	return &check.Rule{
		Code:    "TAC407",
		Name:    "tenant-mfa-policy",
		Summary: "No tenant-wide policy asks for a second factor",
		Why: "The policy all-applications asks for a second factor on every request, and prompt=none may not ask. The policy confidence-score (Adaptive MFA) does not cover SAML logins that the identity provider starts, so what it does to the request that follows is open. " +
			"Enterprise users mostly have a second factor at their identity provider already. tacit never loosens this policy by itself.",
		Fix: `Choose "Never" in the Dashboard (Security, Multi-factor Auth) and let a post-login Action ask once per session, of those users who need it:

exports.onExecutePostLogin = async (event, api) => {
  const passed = event.authentication?.methods ?? [];
  const done = passed.some((m) => m.name === "mfa");
  if (event.connection.strategy === "samlp" || done) return;
  api.multifactor.enable("any");
};`,
		Symptom:  `login_required: "Multifactor authentication required" on prompt=none (auth0-spa-js), mfa_required according to its FAQ.`,
		Source:   "auth0-spa-js constants.ts (MFA_STEP_UP_ERROR_DESCRIPTION) and FAQ; Auth0 docs: Adaptive MFA, Configure Silent Authentication (which names no error code)",
		Grade:    check.Library,
		Severity: silently(schema.Error),
		Reads:    []schema.Field{mfaPolicies.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(mfaPolicies, p.MFA)
			switch {
			case f.undecided():
				return f.unread(p)
			case slices.Contains(f.v, "all-applications"):
				return f.fail("The policy all-applications asks every user for a second factor at every request.")
			case slices.Contains(f.v, "confidence-score"):
				return f.fail("The policy confidence-score (Adaptive MFA) does not support IdP-initiated SAML logins.").As(schema.Warning)
			default:
				return check.Passed()
			}
		},
	}
}
