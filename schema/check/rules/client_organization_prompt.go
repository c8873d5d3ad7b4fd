package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientOrganizationPrompt: a request that names no organization may be asked
// for it, which a silent one may not.
func clientOrganizationPrompt() *check.Rule {
	return &check.Rule{
		Code:    "TAC222",
		Name:    "client-organization-prompt",
		Summary: "Users are not asked which organization they belong to",
		Why: "organization_require_behavior says what happens to a login that names no organization: it is refused (no_prompt, the default), or the user is asked before or after the login. A request with prompt=none may not ask. " +
			"pre_login_prompt asked users with a session again until 2026-05-01. With the organization named in the ACS URL and in the SPA's request nobody is asked; a request that forgets it fails in a way that does not name the cause.",
		Fix: `Name the organization everywhere and let a request without it be refused:

spa_client "portal" {
  organization_require_behavior = "no_prompt"
}`,
		Symptom:  "interaction_required on prompt=none (the code is inferred); a page that asks for the organization in the interactive login.",
		Source:   "Auth0 docs: Define Organization Behavior, deprecations (Prompt for Organization Name Without SSO); Auth0 community article 122933",
		Grade:    check.Documented,
		Severity: silently(schema.Warning),
		Reads:    []schema.Field{organizationUsage.Field(), organizationPrompt.Field()},
		Judge:    judgeClientOrganizationPrompt,
	}
}

func judgeClientOrganizationPrompt(p *check.Path) check.Verdict {
	usage, f := read(organizationUsage, p.Client), read(organizationPrompt, p.Client)
	switch {
	case !usage.given() || usage.v == "deny" || (usage.v == "require" && p.Organization == nil):
		return check.Skipped() // nobody is asked, or TAC221 fails
	case f.undecided():
		return f.unread(p)
	case !f.given() || f.v == "no_prompt":
		return check.Passed()
	case p.Organization == nil:
		return f.fail("organization_require_behavior is %s, and the path names no organization.", quote(f.v))
	default:
		return f.fail("organization_require_behavior is %s; a request that leaves the organization out is asked for it.", quote(f.v)).As(schema.Info)
	}
}
