package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantPushedRequests: a tenant may take pushed requests only, and a browser
// cannot push.
func tenantPushedRequests() *check.Rule {
	return &check.Rule{
		Code:    "TAC406",
		Name:    "tenant-pushed-requests",
		Summary: "The tenant takes requests that were not pushed",
		Why: "With flags.require_pushed_authorization_requests every application has to push its request from a server first. A SPA has none, and neither can the answer to an IdP-initiated login be pushed. " +
			"pushed_authorization_requests_supported is another setting: it allows pushing, and has no part in this flow.",
		Fix: `Take the demand off the tenant, and set require_pushed_authorization_requests at the applications that need it:

tenant_settings {
  flags = { require_pushed_authorization_requests = false }
}`,
		Symptom:  `invalid_request on /authorize: a request_uri is required.`,
		Source:   "go-auth0 v1 TenantFlags (all clients have to push); Auth0 docs: Configure Pushed Authorization Requests",
		Grade:    check.Library,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{requirePushed.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return staysOff(p, p.Tenant, requirePushed, "A single-page app cannot push requests.")
		},
	}
}
