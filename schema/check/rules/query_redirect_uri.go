package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// queryRedirectURI: an IdP-initiated login is sent to redirect_uri only when
// the application allows that address.
func queryRedirectURI() *check.Rule {
	return &check.Rule{
		Code:    "TAC108",
		Name:    "query-redirect-uri",
		Summary: "The redirect_uri of the query is an allowed callback of the application",
		Why: "Auth0 sends the browser only to addresses on the application's list, compared character by character: scheme, port, path and final slash count. " +
			"Whether the query part of a redirect_uri (?connection=NAME) counts too is not settled: Auth0's guide registers the route without it, a support article says exact match. tacit accepts either, and registers the bare route as the guide does. " +
			"Without redirect_uri users land on the first callback, which TAC201 looks at.",
		Fix: `List the landing route among the callbacks, or correct the query. tacit adds it by itself to applications that it writes; by hand it is:

spa_client "portal" {
  callbacks = ["https://app.example.com/start-login", "https://app.example.com"]
}`,
		Symptom:     `Error page "Callback URL mismatch. X is not in the list of allowed callback URLs" (unauthorized_client); the application never opens.`,
		Source:      "Auth0 docs: Single Sign-On, IdP-initiated, and Application Settings; support article Callback URL Mismatch",
		Grade:       check.Documented,
		Severity:    check.Always(schema.Error),
		Reads:       idpInitiatedReads(idpQuery.Field(), callbacks.Field(), domainMetadata.Field()),
		Judge:       judgeQueryRedirectURI,
		Contributes: []schema.Field{callbacks.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			uri, ok := landing(p)
			if !ok {
				return nil
			}
			return addCallback(p, uri, fmt.Sprintf("%s: IdP-initiated logins land there", p.Addr))
		},
	}
}

func judgeQueryRedirectURI(p *check.Path) check.Verdict {
	q, list := queryOf(p), urlList{read(callbacks, p.Client)}
	if !landsHere(p) {
		return check.Skipped()
	}
	if q.undecided() {
		return q.unknown(p)
	}
	uri, ok := q.v.Get("redirect_uri")
	if !ok {
		return check.Skipped() // TAC201
	}
	if uri == "" {
		return q.wrong("redirect_uri", "The redirect_uri of the query is empty.")
	}
	if list.undecided() {
		return list.unknown(p)
	}
	v := list.allowing(p, uri, "an allowed callback")
	if v.Outcome == check.Fail {
		v.Src = q.wrong("redirect_uri", "").Src // where the address is written
	}
	return v
}
