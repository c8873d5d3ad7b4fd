package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// sessionKept: a change to the user can end the session.
func sessionKept() *check.Rule {
	return &check.Rule{
		Code:     "TAC506",
		Name:     "session-kept",
		Summary:  "Nothing changes the user between the login and the silent request",
		Why:      "Changing a user's email, email_verified, password, phone number or username through the Management API invalidates the sessions of that user. Code that runs at first logins, such as an Action or a provisioning service, may do just that to a SAML user.",
		Fix:      "Leave those fields to the identity provider, or ask again interactively after changing them.",
		Symptom:  `login_required: "Login required" on prompt=none, for new users more than for old ones.`,
		Source:   "Auth0 docs: Session Layers",
		Grade:    check.Documented,
		Severity: silently(schema.Warning),
		Advice:   true,
		Judge: func(p *check.Path) check.Verdict {
			return check.Undecided(p.Connection, p.Attr("connections"), "Search the tenant's logs for user updates between login and silent request.",
				"Whether something updates users as they log in is not part of a configuration.")
		},
	}
}
