package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// maxQuery is Auth0's limit of client_authorizequery; clientIDLength is what an
// id that is not known yet may still add to it.
const (
	maxQuery       = 2048
	clientIDLength = 32
)

// queryLength: a query with an address of an address grows, and the limit is
// met at the write.
func queryLength() *check.Rule {
	return &check.Rule{
		Code:    "TAC109",
		Name:    "query-length",
		Summary: "The query has at most 2048 characters",
		Why: "The Management API's schema of a connection accepts 1 to 2048 characters, percent-encoding counted. " +
			"Self-service set-up (SSO tickets) accepts 256 only. An empty query is written by leaving it out.",
		Fix: `Shorten the address that the login lands on; what it carries in its own query counts three times over.

idp_initiated {
  query {
    response_type = ["id_token"]
    scope         = ["openid", "profile", "email"]
    redirect_uri  = "https://app.example.com/start-login"
  }
}`,
		Symptom:      "400 from the Management API when the connection is written.",
		Source:       "Auth0 Management API schema of client_authorizequery (maxLength 2048), and of the SSO ticket (256)",
		Grade:        check.Documented,
		Severity:     check.Always(schema.Error),
		NotRehearsed: "Auth0 does not store a query that long, so there is no login to look at",
		Reads:        []schema.Field{idpQuery.Field()},
		Judge:        judgeQueryLength,
	}
}

func judgeQueryLength(p *check.Path) check.Verdict {
	f := queryOf(p)
	switch n := len(f.v.Raw); {
	case f.undecided():
		return f.unknown(p)
	case !f.given():
		return check.Skipped()
	case n > maxQuery-clientIDLength && holdsPlaceholder(f.v.Raw):
		return check.Undecided(f.state, f.src, settle(p, f.state, schema.Unknown), "Whether the query is too long depends on an id that is not known yet.")
	case n > maxQuery:
		return f.fail("The query has %d characters; Auth0 accepts %d.", n, maxQuery)
	default:
		return check.Passed()
	}
}
