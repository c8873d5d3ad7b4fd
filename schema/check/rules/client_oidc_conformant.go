package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientOIDCConformant: the legacy pipeline hands out opaque tokens.
func clientOIDCConformant() *check.Rule {
	return &check.Rule{
		Code:    "TAC206",
		Name:    "client-oidc-conformant",
		Summary: "The application uses the OIDC-conformant pipeline",
		Why: "Outside the OIDC-conformant pipeline access tokens are opaque and refresh token rotation does not work. The Dashboard switches the pipeline on for new applications, the Management API does not: it creates them with false. " +
			"A request that names an audience is treated as conformant on its own, so the JWT may arrive all the same; tacit insists because nothing else about the application behaves as documented until then.",
		Fix: `Switch it on. tacit does so by itself on applications that it creates; on one that it finds, write the line or convert = true:

spa_client "portal" {
  oidc_conformant = true
}`,
		Symptom:      "A request without an audience gets an opaque access token; ID tokens have legacy claims, and refresh tokens do not rotate. The silent request names an audience, so its JWT may come all the same.",
		Source:       "recorded traffic TestAccClientOIDCLogout (created with false); Auth0 docs: OIDC-conformant Authentication, Configure Refresh Token Rotation",
		Grade:        check.Documented,
		Severity:     check.Always(schema.Error),
		NotRehearsed: "a request with an audience is treated as conformant",
		Token:        check.Unknown,
		Reads:        []schema.Field{oidcConformant.Field()},
		Judge: func(p *check.Path) check.Verdict {
			return beOn(p, p.Client, oidcConformant, true, "The application is on Auth0's legacy pipeline.")
		},
	}
}
