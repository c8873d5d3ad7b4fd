package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// domainReady: a custom domain answers once its ownership is verified.
func domainReady() *check.Rule {
	return &check.Rule{
		Code:    "TAC503",
		Name:    "domain-ready",
		Summary: "The login domain is a custom domain that is ready",
		Why:     "A host answers for the tenant when it is a custom domain whose DNS record Auth0 has verified. Until then, and when it is another tenant's, the browser gets no certificate or a page that knows nothing of the connection.",
		Fix: `Create and verify the domain in the Dashboard (Branding, Custom Domains), and name it here:

tenant {
  domain       = "example.eu.auth0.com"
  login_domain = "login.example.com"
}`,
		Symptom:  "A certificate error or 404 at /login/callback and /authorize.",
		Source:   "go-auth0 CustomDomainStatusFilterEnum; Auth0 docs: Custom Domains",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{domainStatus.Field()},
		Judge:    judgeDomainReady,
	}
}

func judgeDomainReady(p *check.Path) check.Verdict {
	switch {
	case p.LoginDomain == "":
		return check.Skipped() // TAC501
	case canonicalLogin(p):
		return check.Passed()
	case p.Domain == nil && p.Offline:
		return check.Skipped()
	case p.Domain == nil && p.Read.Domains:
		return upgradeFails(p, "login_domain", "%s is not a custom domain of the tenant.", quote(p.LoginDomain))
	case p.Domain == nil:
		return upgradeOpen(p, "login_domain", "Give tacit's Management API application "+readScopes(schema.CustomDomain)+".",
			"Whether %s is a custom domain of the tenant was not read.", quote(p.LoginDomain))
	}
	f := read(domainStatus, p.Domain)
	switch {
	case f.undecided():
		return f.unread(p)
	case f.v != "ready":
		return f.fail("Its status is %s; it has to be ready.", quote(f.v))
	default:
		return check.Passed()
	}
}
