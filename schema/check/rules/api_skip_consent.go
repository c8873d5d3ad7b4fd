package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiSkipConsent: prompt=none may not show a consent page.
func apiSkipConsent() *check.Rule {
	return &check.Rule{
		Code:    "TAC302",
		Name:    "api-skip-consent",
		Summary: "The API asks no consent of the tenant's own applications",
		Why: "A user who has not consented to an API is asked, and a request with prompt=none may not ask. An API created through the Management API asks for consent until told otherwise. " +
			"The setting covers first-party applications at verifiable addresses: not localhost, not custom schemes, never third-party applications. Users whose consent is stored already get through without it, which is why a test with one's own account proves little.",
		Fix: `Let first-party applications through. tacit does so by itself, for silent upgrades to an API that it writes; by hand it is:

api "orders" {
  skip_consent_for_verifiable_first_party_clients = true
}`,
		Symptom: `consent_required: "Consent required" on prompt=none. Interactive: a consent page at the first login.`,
		Source:  "recorded traffic TestAccResourceServer (created with false); Auth0 docs: Auth0 Single Page App SDK (getTokenSilently needs it); auth0-react issue 65",
		Grade:   check.Documented,
		Severity: check.Severities{
			schema.ViaIframe: schema.Error, schema.ViaRedirect: schema.Error, schema.ViaInteractive: schema.Warning,
		},
		Reads: []schema.Field{skipConsent.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return beOn(p, p.API, skipConsent, true, "Users are asked for consent.")
		},
		Contributes: []schema.Field{skipConsent.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			if p.Via == schema.ViaInteractive {
				return nil // there consent can be asked, so nothing is loosened
			}
			reason := fmt.Sprintf("%s: prompt=none cannot ask for consent", p.Addr)
			return []check.Contribution{check.Set(p.API, skipConsent.Field(), reason, true)}
		},
	}
}
