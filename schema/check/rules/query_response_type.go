package rules

import (
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// queryResponseType: what comes back from an IdP-initiated login is decided
// before the application can ask, so the best answer is the one that holds
// least.
func queryResponseType() *check.Rule {
	return &check.Rule{
		Code:    "TAC106",
		Name:    "query-response-type",
		Summary: "IdP-initiated logins are answered with an ID token only",
		Why: "The answer to an IdP-initiated login cannot be for an API: no audience was asked for and none is accepted here. So response_type=token yields the other kind of access token, which is opaque (one string, or five parts that only Auth0 can decrypt), is good for /userinfo only, and stays in the browser's history. " +
			"response_type=code yields a code without state and without a PKCE challenge, which a public client cannot redeem. " +
			"With id_token nothing usable leaks, and the application ignores it: the JWT comes from its own request with prompt=none and audience.",
		Fix: `Ask for the ID token alone and ignore it:

idp_initiated {
  query {
    response_type = ["id_token"]
  }
}`,
		Symptom:  `token: the access token has no dots, or five parts, and the API answers 401 "jwt malformed". code: the SDK answers "missing_transaction", "Invalid state".`,
		Source:   "community thread 10595; Auth0 docs: Access Tokens (opaque tokens without audience); auth0-spa-js issues 359 and 1008",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{idpEnabled.Field(), idpProtocol.Field(), idpQuery.Field()},
		Judge:    judgeQueryResponseType,
	}
}

func judgeQueryResponseType(p *check.Path) check.Verdict {
	f := queryOf(p)
	switch {
	case !answered(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	}
	words := f.v.Words("response_type")
	raw, _ := f.v.Get("response_type")
	switch {
	case len(words) == 0:
		return check.Undecided(f.state, f.src, `Write response_type = ["id_token"].`,
			"The query does not say response_type, and what Auth0 then answers with is not documented.").As(schema.Info)
	case slices.Contains(words, "token"):
		return f.wrong("response_type", "response_type is %s: the access token it brings is opaque, good for /userinfo and for no API.", quote(raw))
	case slices.Contains(words, "code"):
		return f.wrong("response_type", "response_type is %s: a code that comes without state and PKCE is of no use to a single-page app.", quote(raw))
	case slices.Equal(words, []string{"id_token"}):
		return check.Passed()
	default:
		return f.wrong("response_type", "%s", unknownResponseType(raw))
	}
}

func unknownResponseType(raw string) string {
	if near := nearest(raw, []string{"id_token", "token", "code"}); near != "" {
		return fmt.Sprintf("response_type is %s; did you mean %s?", quote(raw), near)
	}
	return fmt.Sprintf("response_type is %s, which is not made of id_token, token and code.", quote(raw))
}
