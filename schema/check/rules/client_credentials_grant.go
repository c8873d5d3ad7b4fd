package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientCredentialsGrant: an application without a secret cannot ask for
// tokens of its own.
func clientCredentialsGrant() *check.Rule {
	return &check.Rule{
		Code:    "TAC211",
		Name:    "client-credentials-grant",
		Summary: "A public application does not have the client credentials grant",
		Why: "The client credentials grant gives an application tokens of its own in return for its secret. A SPA has none, so Auth0 refuses to save the grant type beside the method none. " +
			"A back end that needs such tokens is an application of its own.",
		Fix: `Take client_credentials out of the grant types (on an application that tacit finds, convert = true does), and give the back end an application of its own:

spa_client "portal" {
  grant_types = ["authorization_code", "refresh_token"]
}`,
		Symptom:      `The apply stops: 400, 'Application must not have Token Endpoint Authentication Method set to "none" when client_credentials grant type is enabled'.`,
		Source:       "terraform-provider-auth0 issue 266 (the error's text)",
		Grade:        check.Documented,
		Severity:     check.Always(schema.Error),
		NotRehearsed: "Auth0 does not store it: the apply stops",
		Reads:        []schema.Field{grantTypes.Field(), authMethod.Field()},
		Judge:        judgeClientCredentialsGrant,
	}
}

func judgeClientCredentialsGrant(p *check.Path) check.Verdict {
	method, f := read(authMethod, p.Client), read(grantTypes, p.Client)
	switch {
	case method.v != "none" || f.unsaid(p):
		return check.Skipped() // TAC208
	case f.undecided():
		return f.unknown(p)
	case slices.Contains(f.v, "client_credentials"):
		return f.fail("grant_types holds client_credentials, which excludes token_endpoint_auth_method = \"none\".")
	default:
		return check.Passed()
	}
}
