package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientVerifiableCallback: at an address that any program could answer at,
// Auth0 wants the user to confirm the login.
func clientVerifiableCallback() *check.Rule {
	return &check.Rule{
		Code:    "TAC215",
		Name:    "client-verifiable-callback",
		Summary: "The SPA's redirect_uri is one that Auth0 can verify, or the confirmation is skipped",
		Why: "Since 2026-04-28 users confirm a login that ends at localhost, a loopback address or a custom scheme, because any program on the machine can listen there; prompt=none may not ask and is refused. " +
			"skip_non_verifiable_callback_uri_confirmation_prompt of the application switches that off; it has three values, and unset (null) leaves it to the setting of the tenant with the same name. An explicit false overrides a tenant that skips. Hosts such as app.localhost count as verifiable. " +
			"Which error prompt=none gets is not documented. Older documentation also said that consent can never be skipped at localhost; the page of 2026-03-31 does not, and whether it is so has to be tried.",
		Fix: `Use an https address of your own for everything but development. On a development tenant, for its application alone:

spa_client "portal" {
  skip_non_verifiable_callback_uri_confirmation_prompt = true
}

or develop at a host such as app.localhost.`,
		Symptom:  "interaction_required or consent_required on prompt=none at localhost, while production works.",
		Source:   "Auth0 docs: Measures Against Application Impersonation, Migrate to Non-Verifiable Callback URI End-User Confirmation, User Consent; terraform-provider-auth0 issue 1388 (three values)",
		Grade:    check.Documented,
		Severity: silently(schema.Error),
		Reads:    []schema.Field{skipForClient.Field(), skipForAll.Field()},
		Judge:    judgeClientVerifiableCallback,
	}
}

func judgeClientVerifiableCallback(p *check.Path) check.Verdict {
	if p.RedirectURI == "" {
		return check.Skipped() // TAC202
	}
	if verifiable(p.RedirectURI) {
		return check.Passed()
	}
	f := read(skipForClient, p.Client)
	switch {
	case f.undecided():
		return f.unknown(p)
	case f.given() && !f.v:
		return f.fail("The SPA asks from %s, and %s.", mention(p.RedirectURI), f.found())
	case !f.given():
		if t := read(skipForAll, p.Tenant); t.undecided() {
			return check.Undecided(p.Client, p.Attr("redirect_uri"), settle(p, p.Tenant, t.presence),
				"The SPA asks from %s, and the application leaves the confirmation to the tenant, whose setting is not known.", mention(p.RedirectURI))
		} else if !t.v {
			return f.fail("The SPA asks from %s, and neither the application nor the tenant skips the confirmation.", mention(p.RedirectURI))
		}
	}
	if !isHTTP(p.RedirectURI) || p.Via == schema.ViaInteractive {
		return check.Passed()
	}
	return check.Undecided(p.Client, p.Attr("redirect_uri"), "Log in there once with a user who has not consented to the API yet.",
		"The confirmation at %s is skipped; whether consent is, too, Auth0's documentation tells differently.", mention(p.RedirectURI)).As(schema.Warning)
}

// verifiable: Auth0 can tell whose the address is.
func verifiable(uri string) bool { return isHTTP(uri) && !loopback(hostOf(uri)) }
