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
		Fix: `Keep the three parameters and let tacit encode them; the audience belongs into the request of the SPA.

idp_initiated {
  query {
    response_type = ["id_token"]
    scope         = ["openid", "profile", "email"]
    redirect_uri  = "https://app.example.com/start-login?connection=customer"
  }
}`,
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
	severity := schema.Warning
	var problems []string
	seen := map[string]bool{}
	for _, param := range f.v.Params {
		problem := parameterProblem(param.Key)
		if seen[param.Key] {
			problem = fmt.Sprintf("%s stands there more than once", quote(param.Key))
		}
		seen[param.Key] = true
		if problem != "" && !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
		if param.Key == "state" || param.Key == "nonce" {
			severity = schema.Error
		}
	}
	if len(problems) == 0 {
		return check.Passed()
	}
	return f.fail("In the query, %s.", strings.Join(problems, "; ")).As(severity)
}

// parameterProblem says what is wrong with a parameter of the query, "" for
// the three that count.
func parameterProblem(key string) string {
	known := []string{"redirect_uri", "scope", "response_type"}
	if slices.Contains(known, key) {
		return ""
	}
	switch key {
	case "audience":
		return "audience does nothing: this answer never carries a token for an API"
	case "state", "nonce":
		return key + " is the same for every login, so it protects nothing and SDKs refuse the answer or accept a replay"
	case "connection":
		return "connection does nothing beside redirect_uri; it belongs inside it, percent-encoded"
	case "type":
		return `"type" does nothing (did you mean response_type?)`
	}
	if near := nearest(key, known); near != "" {
		return fmt.Sprintf("%s does nothing (did you mean %s?)", quote(key), near)
	}
	return fmt.Sprintf("%s does nothing", quote(key))
}
