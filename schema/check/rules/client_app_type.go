package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientAppType: the type decides the defaults of everything that the
// application leaves open.
func clientAppType() *check.Rule {
	return &check.Rule{
		Code:    "TAC210",
		Name:    "client-app-type",
		Summary: "The application is of the type single-page application",
		Why: "The type decides what Auth0 and its Dashboard assume where the application says nothing: a regular web application proves itself with a secret at /oauth/token, which a SPA does not have. " +
			"An application created through the Management API has no type at all. Then the method of authentication decides whether it is public, so with the method none written down nothing is left to assume. " +
			"A native application is public, too; what differs is what the Dashboard offers for it.",
		Fix: `Write the type. tacit does so by itself on applications that it creates; on one that it finds, write the line or convert = true:

spa_client "portal" {
  app_type = "spa"
}`,
		Symptom:  "401 at /oauth/token (access_denied, Unauthorized) where the method of authentication is left to the type.",
		Source:   "Auth0 docs: Confidential and Public Applications",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Follows:  []string{"TAC208"},
		Reads:    []schema.Field{appType.Field(), authMethod.Field()},
		Judge:    judgeClientAppType,
	}
}

func judgeClientAppType(p *check.Path) check.Verdict {
	f := read(appType, p.Client)
	switch {
	case f.undecided():
		return f.unread(p)
	case f.v == "spa":
		return check.Passed()
	case f.v == "native":
		return f.fail("app_type is \"native\", which is public as well but not what a SPA is.").As(schema.Info)
	case f.given():
		return f.fail("app_type is %s; it has to be \"spa\".", quote(f.v))
	}
	if method := read(authMethod, p.Client); method.given() && method.v == "none" {
		return check.Passed() // nothing is left to the type
	}
	return check.Undecided(p.Client, f.src, `Write app_type = "spa".`,
		"app_type is not set, and neither is it certain that the application needs no secret.")
}
