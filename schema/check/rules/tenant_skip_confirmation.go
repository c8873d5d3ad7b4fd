package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantSkipConfirmation: what development needs at one application is a risk
// at all of them.
func tenantSkipConfirmation() *check.Rule {
	return &check.Rule{
		Code:    "TAC405",
		Name:    "tenant-skip-confirmation",
		Summary: "The confirmation for unverifiable callbacks is not skipped for the whole tenant",
		Why: "Anybody can run a page at localhost and claim a custom scheme, so Auth0 asks users to confirm logins that go there, and refuses prompt=none, unless a setting skips that. The setting exists on each application and on the tenant; the application's wins, and null leaves it to the tenant. " +
			"On the tenant it lets every application be impersonated from the user's own machine, for the comfort of one.",
		Fix: `Set it at the application that is developed at localhost, and leave the tenant's off:

spa_client "portal_dev" {
  skip_non_verifiable_callback_uri_confirmation_prompt = true
}

tenant_settings {
  skip_non_verifiable_callback_uri_confirmation_prompt = false
}`,
		Symptom:  "None: logins work, also those that a malicious program on the user's machine starts in an application's name.",
		Source:   "Auth0 docs: Measures Against Application Impersonation, Migrate to Non-Verifiable Callback URI End-User Confirmation",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{skipForAll.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return staysOff(p, p.Tenant, skipForAll, "Logins to localhost and custom schemes go unconfirmed for every application.")
		},
	}
}
