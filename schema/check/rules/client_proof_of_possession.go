package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientProofOfPossession: an application may be refused tokens that are not
// bound to a key.
func clientProofOfPossession() *check.Rule {
	return &check.Rule{
		Code:    "TAC218",
		Name:    "client-proof-of-possession",
		Summary: "An application that has to prove possession of a key does",
		Why: "With require_proof_of_possession Auth0 issues no token to the application without proof of a key, not even one for /userinfo alone. " +
			"A SPA can prove it by DPoP. The answer to an IdP-initiated login cannot carry a proof, so a token in that answer is never issued; an ID token is none.",
		Fix: `If the SPA uses DPoP, say so with dpop = true in the silent_upgrade block. Otherwise:

spa_client "portal" {
  require_proof_of_possession = false
}`,
		Symptom:  "The exchange at /oauth/token fails although the silent request went well.",
		Source:   "Auth0 docs: Configure Sender Constraining (table of outcomes)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    idpInitiatedReads(mustProve.Field(), idpQuery.Field()),
		Judge:    judgeClientProofOfPossession,
	}
}

// settleDPoP tells, without a silent_upgrade block, whether the SPA uses DPoP.
const settleDPoP = "Look for the option useDpop where the SPA makes its client, or declare dpop = true in a silent_upgrade block."

func judgeClientProofOfPossession(p *check.Path) check.Verdict {
	v := staysOff(p, p.Client, mustProve, "The SPA declares no DPoP, so it gets no token.")
	if v.Outcome == check.Fail && p.Assumed {
		return check.Undecided(p.Client, v.Src, settleDPoP, "The application has to prove possession of a key, and whether the SPA uses DPoP is not known.")
	}
	if v.Outcome != check.Fail || !p.DPoP {
		return v
	}
	f, query := read(mustProve, p.Client), read(idpQuery, p.Connection)
	if landsHere(p) && slices.Contains(query.v.Words("response_type"), "token") {
		return f.fail("%s, and the answer to an IdP-initiated login asks for a token, which cannot prove anything.", f.found()).As(schema.Warning).
			Advise(`Write response_type = ["id_token"] in the query of the connection.`)
	}
	return check.Passed()
}
