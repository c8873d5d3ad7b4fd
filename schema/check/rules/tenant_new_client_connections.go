package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// tenantNewClientConnections: a tenant may enable connections that nobody
// declared.
func tenantNewClientConnections() *check.Rule {
	return &check.Rule{
		Code:    "TAC414",
		Name:    "tenant-new-client-connections",
		Summary: "New applications start without connections",
		Why:     "With flags.enable_client_connections every connection is enabled for every application that is created: users of all customers may enter a new SPA until somebody disables them. What a configuration declares works either way; what it does not declare is there, too.",
		Fix: `Let configurations say which connections an application has:

tenant_settings {
  flags = { enable_client_connections = false }
}`,
		Symptom:  "None; connections list applications that no configuration enabled.",
		Source:   "Auth0 docs: Tenant Settings (Enable Application Connections)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Info),
		Reads:    []schema.Field{enableConnections.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return staysOff(p, p.Tenant, enableConnections, "Every connection of the tenant is enabled for each new application.")
		},
	}
}
