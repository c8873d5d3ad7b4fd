package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// domainSameSite: an iframe of another site has no cookies in most browsers.
func domainSameSite() *check.Rule {
	return &check.Rule{
		Code:    "TAC502",
		Name:    "domain-same-site",
		Summary: "The SPA and the login share a registrable domain",
		Why: "The hidden iframe sends the session cookie only where browsers let it. Safari, Firefox, Brave and private windows keep the cookies of other sites from it, and hosts are one site when they share the domain that can be registered: login.example.com and app.example.com do, example.eu.auth0.com and app.example.com do not. Neither do two tenants of a host that gives each customer a subdomain, such as github.io. " +
			"At top level (via redirect) the cookie is first-party, so the rule does not apply there. Refresh tokens replace the cookie after the first token, not before.",
		Fix: `Use a custom domain below the SPA's (Dashboard: Branding, Custom Domains), in the SPA and at the identity provider:

tenant {
  domain       = "example.eu.auth0.com"
  login_domain = "login.example.com"
}

Or ask at top level, with via = "redirect" in the silent_upgrade block.`,
		Symptom:  `login_required: "Login required" in Safari, Firefox and private windows; it works in Chrome with its default settings.`,
		Source:   "Auth0 docs: Cross-Origin Authentication; Auth0 support article on Intelligent Tracking Prevention; auth0-spa-js issues 207 and 345",
		Grade:    check.Documented,
		Severity: check.Severities{schema.ViaIframe: schema.Error},
		Judge:    judgeSameSite,
	}
}

func judgeSameSite(p *check.Path) check.Verdict {
	app, login := hostOf(p.RedirectURI), hostName(p.LoginDomain)
	switch {
	case login == "" || app == "":
		return check.Skipped() // TAC501, TAC203
	case sameSite(app, login):
		return check.Passed()
	case holdsPlaceholder(app):
		return upgradeOpen(p, "redirect_uri", "Run tacit check after the apply.", "The SPA's host holds an id that is not known yet.")
	case loopback(app):
		return upgradeFails(p, "redirect_uri", "The SPA runs on this machine and users log in at %s: in most browsers the iframe has no session.", quote(login)).As(schema.Warning)
	}
	v := upgradeFails(p, "redirect_uri", "The SPA runs at %s and users log in at %s, another site: in most browsers the iframe has no session.", quote(app), quote(login))
	if p.Refresh {
		return v.As(schema.Warning)
	}
	return v
}
