package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// domainSameHost: the session cookie belongs to the one host that the IdP
// posted to.
func domainSameHost() *check.Rule {
	return &check.Rule{
		Code:    "TAC501",
		Name:    "domain-same-host",
		Summary: "The identity provider posts to the host that the SPA asks",
		Why: "A tenant answers at its own host and at each custom domain, and sessions are kept per host. When the identity provider posts to one and the SPA asks another, there is no session where the SPA asks. " +
			"tacit takes login_domain for both; what the identity provider is set to, only its administrator sees. The connection tells when it expects responses for another host (recipient_url, destination_url).",
		Fix: `Name the host that both use, and give the identity provider the ACS URL with that host (https://login.example.com/login/callback?connection=NAME):

tenant {
  domain       = "example.eu.auth0.com"
  login_domain = "login.example.com"
}`,
		Symptom:  `login_required: "Login required" directly after a successful login. For logins that the SPA starts: "IdP-Initiated login is not enabled for connection".`,
		Source:   "Auth0 support article (IdP-Initiated login is not enabled for connection); Auth0 docs: SDK configuration (session isolation), Configure Features to Use Custom Domains",
		Grade:    check.Documented,
		Severity: silently(schema.Error),
		Reads:    []schema.Field{recipientURL.Field(), destinationURL.Field()},
		Judge:    judgeSameHost,
	}
}

func judgeSameHost(p *check.Path) check.Verdict {
	if p.LoginDomain == "" && p.Assumed {
		return upgradeOpen(p, "", "Run tacit audit with --login-domain HOST.", "The tenant has custom domains, and nothing names the host at which users log in.")
	}
	if p.LoginDomain == "" {
		settle := "Write login_domain in the tenant block, or in the silent_upgrade block."
		if p.Assumed {
			settle = "Name it: tacit audit --login-domain HOST."
		}
		return upgradeOpen(p, "login_domain", settle, "Nothing names the host at which users log in.")
	}
	login := hostName(p.LoginDomain)
	for _, h := range [...]schema.Handle[string]{recipientURL, destinationURL} {
		f := read(h, p.Connection)
		host := hostOf(f.v)
		switch {
		case f.undecided():
			if v := f.unread(p); v.Outcome != check.NotApplicable {
				return v
			}
		case host != "" && host != login:
			return f.fail("Responses are expected for %s, and the SPA asks %s.", quote(host), quote(login))
		}
	}
	return check.Passed()
}
