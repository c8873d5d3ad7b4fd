package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func possessionVerdicts() []verdict {
	dpop := func(f *fixture) { f.dpop = true }
	must := set(client, "require_proof_of_possession", true)
	mechanism := func(name any, required any) func(*fixture) {
		return both(set(api, "proof_of_possession.mechanism", name), set(api, "proof_of_possession.required", required))
	}
	return []verdict{
		{name: "the API requires it, nothing declared", code: "TAC312", change: both(set(api, "proof_of_possession.mechanism", "dpop"), set(api, "proof_of_possession.required", true), audited), want: check.Unknown, says: []string{"whether the SPA uses DPoP", "silent_upgrade"}},
		{name: "the application has to, nothing declared", code: "TAC218", change: both(set(client, "require_proof_of_possession", true), audited), want: check.Unknown, says: []string{"whether the SPA uses DPoP"}},
		{name: "off, nothing declared", code: "TAC218", change: audited, want: check.Pass},
		{name: "not required", code: "TAC218", want: check.Pass},
		{name: "required, no DPoP", code: "TAC218", change: must, want: check.Fail, severity: schema.Error, says: []string{"declares no DPoP", "dpop = true"}},
		{name: "required, DPoP", code: "TAC218", change: both(must, dpop), want: check.Pass},
		{name: "required, DPoP, token at the landing", code: "TAC218", change: both(must, dpop, ask("response_type=token id_token")), want: check.Fail, severity: schema.Warning, says: []string{"cannot prove", `response_type = ["id_token"]`}},
		{name: "required, DPoP, token elsewhere", code: "TAC218", change: both(must, dpop, ask("response_type=token"), set(conn, "idp_initiated.client", otherID)), want: check.Pass},
		{name: "not read", code: "TAC218", change: set(client, "require_proof_of_possession", notRead), want: check.Unknown},
		{name: "offline", code: "TAC218", change: offline, want: check.NotApplicable},

		{name: "neither", code: "TAC312", want: check.Pass},
		{name: "allowed, no DPoP", code: "TAC312", change: mechanism("dpop", false), want: check.Pass},
		{name: "allowed, DPoP", code: "TAC312", change: both(dpop, mechanism("dpop", false)), want: check.Pass},
		{name: "required, DPoP", code: "TAC312", change: both(dpop, mechanism("dpop", true)), want: check.Pass},
		{name: "required, no DPoP", code: "TAC312", change: mechanism("dpop", true), want: check.Fail, severity: schema.Error, says: []string{"declares no DPoP"}},
		{name: "certificate required", code: "TAC312", change: both(dpop, mechanism("mtls", true)), want: check.Fail, severity: schema.Error, says: []string{"client certificate"}},
		{name: "certificate allowed", code: "TAC312", change: mechanism("mtls", false), want: check.Pass},
		{name: "certificate allowed, DPoP", code: "TAC312", change: both(dpop, mechanism("mtls", false)), want: check.Unknown, severity: schema.Warning, says: []string{"not documented"}},
		{name: "DPoP alone", code: "TAC312", change: dpop, want: check.Fail, severity: schema.Warning, says: []string{"bearer token"}},
		{name: "DPoP alone, required of the application", code: "TAC312", change: both(dpop, must), want: check.Fail, severity: schema.Error, says: []string{"issues no token"}},
		{name: "not read", code: "TAC312", change: mechanism(notRead, notRead), want: check.Unknown},
		{name: "half read", code: "TAC312", change: mechanism("dpop", notRead), want: check.Unknown},
		{name: "offline", code: "TAC312", change: offline, want: check.NotApplicable},
	}
}
