package rules

import (
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// queryEncoding: what stands in the query has to be what Auth0 reads out of it.
func queryEncoding() *check.Rule {
	return &check.Rule{
		Code:    "TAC110",
		Name:    "query-encoding",
		Summary: "The values of the query are percent-encoded",
		Why: "An address inside the query that has a query of its own (https://app.example.com/s?connection=acme) is cut at its first &, and what follows becomes parameters of this query; Auth0's guide encodes it. " +
			"A raw space is in Auth0's examples and means the same as %20. Whether Auth0 reads + as a space is not established: write %20. " +
			"A comma separates nothing: openid,email is one scope, which does not exist. tacit compares queries by what they mean, so correcting the spelling alone shows no change in a plan.",
		Fix:      "Let tacit encode it:\n\n" + queryBlock,
		Symptom:  "The user lands on the right page without the connection it needs, or on an error page \"Callback URL mismatch\"; scopes are missing.",
		Source:   "Auth0 docs: Configure IdP-initiated SAML sign-on to OIDC apps; RFC 3986, section 2.1; recorded traffic (the value is stored verbatim)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{idpEnabled.Field(), idpProtocol.Field(), idpQuery.Field()},
		Judge:    judgeQueryEncoding,
	}
}

func judgeQueryEncoding(p *check.Path) check.Verdict {
	f := queryOf(p)
	switch {
	case !answered(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case !f.given():
		return check.Skipped()
	}
	var problems []string
	var worst *schema.QueryFlaw
	flaws := f.v.Flaws()
	detached := slices.ContainsFunc(flaws, func(f schema.QueryFlaw) bool { return f.Kind == schema.Detached }) // TAC105
	for _, flaw := range flaws {
		problem := spellingProblem(flaw)
		if problem == "" || detached && flaw.Kind == schema.NotQuoted {
			continue
		}
		if !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
		if worst == nil || worst.Kind == schema.Plus && flaw.Kind != schema.Plus {
			worst = &flaw
		}
	}
	if worst == nil {
		return check.Passed()
	}
	v := f.fail("In the query, %s.", strings.Join(problems, "; "))
	v.Src = idpQuery.Within(p.Connection, worst.Start, worst.End)
	if worst.Kind == schema.Plus {
		return v.As(schema.Info)
	}
	return v
}

// spellingProblem says how a value is misspelt, "" for flaws of another sort.
func spellingProblem(flaw schema.QueryFlaw) string {
	key := quote(flaw.Key)
	switch flaw.Kind {
	case schema.NotQuoted:
		return "redirect_uri has a query or fragment of its own and is not percent-encoded, so it ends at the next &"
	case schema.Plus:
		return key + " holds a +; whether Auth0 takes it for a space is not established, %20 is sure"
	case schema.BadEscape:
		return key + " holds a % that begins no escape (a plain one is %25)"
	case schema.Commas:
		return key + " holds a comma; words are separated by spaces"
	default:
		return ""
	}
}
