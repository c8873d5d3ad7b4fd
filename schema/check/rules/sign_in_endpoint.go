package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// signInEndpoint: the API wants it always, logins need it when they start
// at the application.
func signInEndpoint() *check.Rule {
	return &check.Rule{
		Code:    "TAC113",
		Name:    "sign-in-endpoint",
		Summary: "The connection knows where its users sign in",
		Why: "The Management API refuses a samlp connection without signInURL, even one whose logins all start at the identity provider; there a placeholder does. " +
			"But every fallback of the silent upgrade, and an interactive second leg always, sends the browser to it: loginWithRedirect({connection}).",
		Fix: `Give the identity provider's single sign-on URL, or the metadata that holds it:

saml_connection "customer" {
  sign_in_endpoint = "https://idp.customer.com/sso/saml"
}`,
		Symptom:      "400 from the Management API when the connection is written; with a placeholder, a login that starts at the application ends on a page that has nothing to do with it.",
		Source:       "Auth0 docs: Configure Auth0 as SAML Service Provider (Sign In URL, required); abbaspour/mini-saml-idp-init-sso (placeholder)",
		Grade:        check.Documented,
		Severity:     check.Always(schema.Error),
		NotRehearsed: "Auth0 does not store a connection without one: the apply stops",
		Reads:        []schema.Field{signInURL.Field(), metadataURL.Field()},
		Judge:        judgeSignInEndpoint,
	}
}

func judgeSignInEndpoint(p *check.Path) check.Verdict {
	f, url := read(signInURL, p.Connection), read(metadataURL, p.Connection)
	switch {
	case f.undecided() && p.Offline:
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case f.v == "" && url.given() && url.v != "":
		return check.Skipped() // Auth0 takes it from the metadata
	case f.v == "":
		return f.fail("sign_in_endpoint is not set.")
	case p.Via == schema.ViaInteractive && strings.EqualFold(hostOf(f.v), "example.com"):
		return f.fail("sign_in_endpoint is the placeholder %s, and the interactive second leg goes there.", quote(f.v))
	default:
		return check.Passed()
	}
}
