package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// loginCSRF: the price of IdP-initiated login.
func loginCSRF() *check.Rule {
	return &check.Rule{
		Code:    "TAC128",
		Name:    "login-csrf",
		Summary: "The application takes no session for granted that it did not ask for",
		Why: "Accepting assertions that nobody asked for lets an attacker log a victim in to the attacker's account: what the victim then enters, the attacker reads. Auth0 warns of it where the setting is. " +
			"An application that ignores the answer and starts a request of its own, with state and PKCE, keeps forged answers out; it still adopts the session that the post created, so it should show who is logged in.",
		Fix:      `Ignore the answer on the landing route, start a request of the application's own, show the account, and ask again before anything that matters.`,
		Symptom:  "None: the user works in an account that is not theirs.",
		Source:   "Auth0 docs: Single Sign-On, IdP-initiated (login CSRF); that prompt=none adopts the session is inferred",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Advice:   true,
		Judge:    judgeLoginCSRF,
	}
}

func judgeLoginCSRF(p *check.Path) check.Verdict {
	return check.Undecided(p.Connection, p.Connection.Src, "Read the code of the landing route.",
		"IdP-initiated logins can be forced on a user; what limits the damage is in the application's code.")
}
