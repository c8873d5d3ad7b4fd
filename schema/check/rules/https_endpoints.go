package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// httpsEndpoints: what travels to the identity provider in the clear can be
// read and changed on the way.
func httpsEndpoints() *check.Rule {
	return &check.Rule{
		Code:    "TAC114",
		Name:    "https-endpoints",
		Summary: "The end points of the identity provider are https",
		Why: "Over http anybody on the way can send the user to a page of their own, which then asks for the password. " +
			"With metadata_url it is worse: Auth0 would take the signing certificate from a document that anybody on the way can write. Auth0's schema asks for https and tolerates http.",
		Fix: `Ask the customer for the https addresses:

saml_connection "customer" {
  sign_in_endpoint = "https://idp.customer.com/sso/saml"
}`,
		Symptom:  "None, until it is abused.",
		Source:   "Auth0 Management API schema of a SAML connection (https, http tolerated)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{signInURL.Field(), signOutURL.Field(), metadataURL.Field()},
		Judge:    judgeHTTPSEndpoints,
	}
}

func judgeHTTPSEndpoints(p *check.Path) check.Verdict {
	all := [...]fact[string]{read(metadataURL, p.Connection), read(signInURL, p.Connection), read(signOutURL, p.Connection)}
	for _, f := range all {
		if overHTTP(f.v) {
			return f.fail("%s is http, not https.", f.name)
		}
	}
	for _, f := range all {
		if f.undecided() && !p.Offline {
			return f.unknown(p)
		}
	}
	return check.Passed()
}

// overHTTP: a URL that leaves the machine in the clear.
func overHTTP(url string) bool {
	const scheme = "http://"
	return len(url) >= len(scheme) && strings.EqualFold(url[:len(scheme)], scheme) && !loopback(hostOf(url))
}
