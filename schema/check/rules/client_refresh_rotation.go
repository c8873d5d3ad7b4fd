package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientRefreshRotation: a refresh token in a browser has to be good for one
// use and for a limited time.
func clientRefreshRotation() *check.Rule {
	return &check.Rule{
		Code:    "TAC223",
		Name:    "client-refresh-rotation",
		Summary: "Refresh tokens rotate and expire",
		Why: "A browser cannot keep a secret for long. Auth0 therefore wants refresh tokens of SPAs to be replaced at each use and to end; the Management API creates applications with the opposite, tokens that stay good for ever. " +
			"Rotation takes the OIDC-conformant pipeline. A leeway of a few seconds keeps two tabs that renew at once from logging the user out. tacit sends the whole refresh_token block back when it changes a part.",
		Fix: `Let them rotate and expire:

spa_client "portal" {
  refresh_token {
    rotation_type   = "rotating"
    expiration_type = "expiring"
    leeway          = 10
  }
}`,
		Symptom:      "None at the login: a stolen refresh token stays good for ever.",
		Source:       "Auth0 docs: Refresh Token Rotation, Configure Refresh Token Rotation; recorded traffic TestAccClientRefreshToken (created non-rotating, non-expiring)",
		Grade:        check.Documented,
		Severity:     check.Always(schema.Error),
		NotRehearsed: "no login fails: a stolen refresh token stays good",
		Token:        check.Pass,
		Reads:        []schema.Field{rotationType.Field(), expirationType.Field()},
		Judge:        judgeClientRefreshRotation,
	}
}

func judgeClientRefreshRotation(p *check.Path) check.Verdict {
	if !p.Refresh {
		return check.Skipped()
	}
	rotation, expiration := read(rotationType, p.Client), read(expirationType, p.Client)
	switch {
	case rotation.undecided():
		return rotation.unknown(p)
	case rotation.v != "rotating":
		return rotation.fail("%s; with refresh = true it has to be rotating.", rotation.found())
	case expiration.undecided():
		return expiration.unknown(p)
	case expiration.v != "expiring":
		return expiration.fail("%s; with refresh = true it has to be expiring.", expiration.found())
	default:
		return check.Passed()
	}
}
