package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientFirstParty: Auth0 asks users of third-party applications for consent,
// whatever the API says.
func clientFirstParty() *check.Rule {
	return &check.Rule{
		Code:    "TAC213",
		Name:    "client-first-party",
		Summary: "The application is the tenant's own",
		Why: "Users of a third-party application are always asked for consent, and a request with prompt=none may not ask. " +
			"Under the security controls of 2026 (third_party_security_mode strict, client IDs beginning with tpc_) there are also no OpenID scopes, no ID token, no implicit grant, no wildcards in URLs, only connections on the domain level, and a client grant is needed for every API. " +
			"Applications from before (permissive) lack only the consent.",
		Fix:      "Whose an application is cannot be changed after its creation: declare another one. An spa_client that tacit creates is first-party.",
		Symptom:  `consent_required on prompt=none; strict: invalid_request or unsupported_response_type at the landing already.`,
		Source:   "Auth0 docs: Security Controls for Third-Party Applications, Permissive Mode, User Consent",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{firstParty.Field(), thirdPartyMode.Field()},
		Judge:    judgeClientFirstParty,
	}
}

// strictID begins the client IDs of third-party applications under the
// security controls of 2026 (Auth0 docs: Permissive Mode).
const strictID = "tpc_"

func judgeClientFirstParty(p *check.Path) check.Verdict {
	f := read(firstParty, p.Client)
	strict := strings.HasPrefix(p.Client.ID, strictID)
	switch {
	case f.unsaid(p) && !strict:
		return check.Skipped()
	case f.undecided() && !strict:
		return f.unknown(p)
	case f.v && !strict:
		return check.Passed()
	}
	mode := read(thirdPartyMode, p.Client)
	v := f.fail("The application is a third-party one, so its users are asked for consent.")
	if p.Via == schema.ViaInteractive && mode.v == "permissive" && !strict {
		return v.As(schema.Warning) // there consent can be asked
	}
	return v
}
