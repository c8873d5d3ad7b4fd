package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// queryParameters: the query of a connection is not a full authorize request;
// three parameters count.
func queryParameters() *check.Rule {
	return &check.Rule{
		Code:    "TAC105",
		Name:    "query-parameters",
		Summary: "The query holds only redirect_uri, scope and response_type",
		Why: "client_authorizequery looks like the query of /authorize and is not one. Auth0 documents redirect_uri, scope and response_type; it stores anything else without complaint. " +
			"audience does not turn the answer into a JWT: the answer to an IdP-initiated login carries no API authorization, and the token has to come from a second request with prompt=none. " +
			"A state or nonce written here is the same for every login, which is the opposite of what they are for; auth0.js accepts an unsolicited answer only without state. " +
			"The example of Terraform's Auth0 provider, type=code&timeout=30, holds no parameter that Auth0 knows. " +
			"A redirect_uri with a query of its own has to be percent-encoded, or its tail becomes parameters of this query.",
		Fix:      "Keep the three parameters and let tacit encode them; the audience belongs into the request of the SPA.\n\n" + queryBlock,
		Symptom:  "audience: the access token stays opaque and the API answers 401. state: the SDK refuses the answer, in auth0.js with invalid_token, \"`state` does not match.\" Unknown parameters: no error, and no effect.",
		Source:   "Auth0 docs: IdP-initiated SAML sign-on to OIDC apps; community thread 10595 (audience); auth0.js source, validateAuthenticationResponse (state); Terraform provider example of auth0_connection",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{idpEnabled.Field(), idpProtocol.Field(), idpQuery.Field()},
		Judge:    judgeQueryParameters,
	}
}

func judgeQueryParameters(p *check.Path) check.Verdict {
	f := read(idpQuery, p.Connection)
	switch {
	case !answered(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	case !f.given():
		return check.Skipped()
	}
	problems, worst := parameterProblems(f.v)
	if worst == nil {
		return check.Passed()
	}
	v := f.fail("In the query, %s.", strings.Join(problems, "; "))
	v.Src = idpQuery.Within(p.Connection, worst.Start, worst.End)
	if worst.Kind == schema.Frozen {
		return v.As(schema.Error)
	}
	return v
}

// parameterProblems says what is wrong with parameters being there, and points
// at the first of the gravest; nil when nothing is.
func parameterProblems(q schema.AuthorizeQuery) (problems []string, worst *schema.QueryFlaw) {
	for _, flaw := range q.Flaws() {
		problem := parameterProblem(flaw)
		if problem == "" {
			continue
		}
		if !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
		if worst == nil || flaw.Kind == schema.Frozen && worst.Kind != schema.Frozen {
			worst = &flaw
		}
	}
	return problems, worst
}

// parameterProblem says why a parameter should not be there, "" for flaws of
// another sort.
func parameterProblem(flaw schema.QueryFlaw) string {
	key := flaw.Key
	switch flaw.Kind {
	case schema.Repeated:
		return quote(key) + " stands there more than once"
	case schema.Frozen:
		return key + " is the same for every login, so it protects nothing and SDKs refuse the answer or accept a replay"
	case schema.Unheard, schema.Detached:
	default:
		return ""
	}
	switch {
	case key == "audience":
		return "audience does nothing: this answer never carries a token for an API"
	case key == "connection":
		return "connection does nothing beside redirect_uri; it belongs inside it, percent-encoded"
	case flaw.Kind == schema.Detached:
		return quote(key) + " is cut off from the redirect_uri before it, which is not percent-encoded"
	case key == "type":
		return `"type" does nothing (did you mean response_type?)`
	}
	if near := nearest(key, []string{"redirect_uri", "scope", "response_type"}); near != "" {
		return fmt.Sprintf("%s does nothing (did you mean %s?)", quote(key), near)
	}
	return quote(key) + " does nothing"
}
