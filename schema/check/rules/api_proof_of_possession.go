package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiProofOfPossession: an API may want its tokens bound to a key that the SPA
// holds.
func apiProofOfPossession() *check.Rule {
	return &check.Rule{
		Code:    "TAC312",
		Name:    "api-proof-of-possession",
		Summary: "The SPA and the API agree on how tokens are bound to a key",
		Why: "proof_of_possession names a mechanism and whether it is required. mtls takes a client certificate, which a public application cannot present; dpop takes a SPA that makes the proofs (dpop = true). Without a required proof no token is issued. " +
			"The other way round: an API without a mechanism gives a SPA with DPoP an ordinary bearer token, and none at all where the application has to prove possession. tacit does not loosen any of this.",
		Fix: `Let the API take DPoP, and have the SPA use it (dpop = true in the silent_upgrade block):

api "orders" {
  proof_of_possession {
    mechanism = "dpop"
    required  = false
  }
}`,
		Symptom:  "The exchange at /oauth/token fails although the silent request went well; or the token is a bearer token and the API expects a bound one.",
		Source:   "Auth0 docs: Configure Sender Constraining (table of outcomes)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{proofMechanism.Field(), proofRequired.Field(), mustProve.Field()},
		Judge:    judgeAPIProofOfPossession,
	}
}

func judgeAPIProofOfPossession(p *check.Path) check.Verdict {
	f, required := read(proofMechanism, p.API), read(proofRequired, p.API)
	switch {
	case f.unsaid(p) && required.unsaid(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case !f.given():
		return withoutMechanism(p, f)
	case required.undecided():
		return required.unknown(p)
	case f.v == "mtls" && required.v:
		return f.fail("The API requires tokens bound to a client certificate (mtls), which a SPA does not have.")
	case f.v == "mtls" && p.DPoP:
		return check.Undecided(p.API, f.src, "Look whether the token has a cnf claim, or set the mechanism to dpop.",
			"The SPA uses DPoP and the mechanism of the API is mtls; what Auth0 then issues is not documented.").As(schema.Warning)
	case required.v && p.Assumed:
		return check.Undecided(p.API, required.src, settleDPoP, "The API requires tokens bound to a key, and whether the SPA uses DPoP is not known.")
	case required.v && !p.DPoP:
		return required.fail("The API requires tokens bound to a key, and the SPA declares no DPoP.")
	default:
		return check.Passed()
	}
}

func withoutMechanism(p *check.Path, f fact[string]) check.Verdict {
	switch client := read(mustProve, p.Client); {
	case !p.DPoP:
		return check.Passed()
	case client.given() && client.v:
		return f.fail("The API has no mechanism of possession, and Auth0 issues no token for it to an application that has to prove it.")
	default:
		return f.fail("The SPA uses DPoP, but the API has no mechanism of possession, so the token is an ordinary bearer token.").As(schema.Warning)
	}
}
