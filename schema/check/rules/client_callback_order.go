package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientCallbackOrder: without redirect_uri in the query the first callback is
// the landing page, so the order of the list matters.
func clientCallbackOrder() *check.Rule {
	return &check.Rule{
		Code:    "TAC201",
		Name:    "client-callback-order",
		Summary: "Without redirect_uri, the first callback is a page made for the landing",
		Why: "An IdP-initiated login without redirect_uri in the query goes to the first callback of the application: the list is ordered, whatever the Dashboard makes it look like. " +
			"The page that the SDK uses for its own answers expects an answer that it asked for; it throws on one that comes unasked. A route of its own drops the answer and starts the silent request.",
		Fix: `Say where the login lands, which does not depend on any order:

idp_initiated {
  query {
    response_type = ["id_token"]
    scope         = ["openid", "profile", "email"]
    redirect_uri  = "https://app.example.com/start-login"
  }
}

or put the landing route first in the callbacks of the application.`,
		Symptom:  `The landing page shows the SDK's error: "Invalid state" or missing_transaction (auth0-spa-js), "` + "`state` does not match.\" (auth0.js). Without any callback: an error page of Auth0's.",
		Source:   "Auth0 docs: Application Settings (Allowed Callback URLs), Single Sign-On, IdP-initiated; auth0-spa-js issue 359",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    idpInitiatedReads(idpQuery.Field(), callbacks.Field()),
		Judge:    judgeClientCallbackOrder,
	}
}

func judgeClientCallbackOrder(p *check.Path) check.Verdict {
	query, list := read(idpQuery, p.Connection), read(callbacks, p.Client)
	if _, ok := query.v.Get("redirect_uri"); ok || query.undecided() || !landsHere(p) {
		return check.Skipped() // TAC108, or nothing is known of the query yet
	}
	switch {
	case list.undecided():
		return list.unknown(p)
	case list.partial(p):
		return list.more(p, "The query has no redirect_uri, so users land on the first callback, and the files do not say which one that is.")
	case len(list.v) == 0:
		return list.fail("The query has no redirect_uri and the application has no callback, so an IdP-initiated login has nowhere to go.").As(schema.Error)
	case samePage(list.v[0], p.RedirectURI):
		return list.fail("The query has no redirect_uri, so users land on the first callback, %s, which is also the page of the silent request.", mention(list.v[0]))
	default:
		return check.Passed()
	}
}
