package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// queryLoopback: a login that nobody asked for must not hand a user's data to
// whatever listens on that user's machine.
func queryLoopback() *check.Rule {
	return &check.Rule{
		Code:    "TAC111",
		Name:    "query-loopback",
		Summary: "IdP-initiated logins land on a host that Auth0 can verify",
		Why: "When an IdP-initiated login is sent to localhost or 127.0.0.1, Auth0 takes the scopes out of the tokens in the answer. " +
			"The silent request that follows is not the same request and keeps its scopes, but prompt=none from such an address needs a setting of its own.",
		Fix: `Land on a host with a name, in development one that your hosts file points at your machine:

idp_initiated {
  query {
    redirect_uri = "https://app.local.example.com/start-login"
  }
}`,
		Symptom:  "/userinfo answers with nothing but the user's ID, and the ID token lacks profile and email.",
		Source:   "Auth0 docs: Single Sign-On, IdP-initiated (warning)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    idpInitiatedReads(idpQuery.Field()),
		Judge:    judgeQueryLoopback,
	}
}

func judgeQueryLoopback(p *check.Path) check.Verdict {
	f := queryOf(p)
	switch {
	case !landsHere(p):
		return check.Skipped()
	case f.undecided():
		return f.unknown(p)
	}
	uri, ok := f.v.Get("redirect_uri")
	switch {
	case !ok:
		return check.Skipped() // TAC201
	case loopback(hostOf(uri)):
		return f.wrong("redirect_uri", "IdP-initiated logins land on %s, where Auth0 takes the scopes out of the answer.", mention(uri))
	default:
		return check.Passed()
	}
}
