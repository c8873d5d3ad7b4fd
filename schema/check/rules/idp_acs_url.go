package rules

import (
	"cmp"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpACSURL: what Auth0 knows of an unasked response is the URL it came to.
func idpACSURL() *check.Rule {
	return &check.Rule{
		Code:    "TAC126",
		Name:    "idp-acs-url",
		Summary: "The identity provider posts to the ACS URL of the path",
		Why: "A login that starts at the identity provider says nothing about itself but the URL it is posted to. ?connection=NAME tells Auth0 which connection it is for, &organization=ID which organization. " +
			"The host decides where the session cookie is set: it has to be the one that the SPA's SDK is told as domain.",
		Fix:      `Set the ACS URL (single sign-on URL, reply URL) at the identity provider: https://DOMAIN/login/callback?connection=NAME`,
		Symptom:  `Without connection: an error page. On another host: the login works and the silent request answers login_required.`,
		Source:   "Auth0 docs: Single Sign-On, IdP-initiated; Auth0 support article IdP-Initiated login is not enabled for connection",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Advice:   true,
		Judge:    judgeIdpACSURL,
	}
}

func judgeIdpACSURL(p *check.Path) check.Verdict {
	host := cmp.Or(p.LoginDomain, p.CanonicalDomain)
	if host == "" {
		return tell(p, "The identity provider has to post to /login/callback?connection=NAME on the domain that the SPA logs in at.")
	}
	url := acsURL(p, host)
	if holdsPlaceholder(url) || p.Organization != nil && !strings.Contains(url, "&organization=") {
		return tell(p, "The identity provider has to post to /login/callback on %s, with connection and organization in the query.", host)
	}
	return tell(p, "The identity provider has to post to %s.", url)
}
