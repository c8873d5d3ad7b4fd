package sandbox

import (
	"regexp"
	"strings"
)

// actionEffects is what the tenant's post-login Actions do to a login, as far as that can be known.
type actionEffects struct {
	deny     string // reason, "" for none
	redirect string // where the user is sent
	mfa      bool
	add      []string // scopes
	remove   []string
	claims   object // custom claims of the access token
}

// readActions goes through the Actions bound to post-login in their order. A binding of the seed may declare what its
// Action does:
//
//	"sandbox": {"deny": "reason", "redirect": "https://...", "mfa": true, "add_scope": [], "remove_scope": [], "claims": {}}
//
// Otherwise its code, when the seed has it, is searched for calls of the Actions API. Code is not run: a call that
// depends on anything makes the effect unknown, and the flow goes on without it.
func (z *authorization) readActions() actionEffects {
	var e actionEffects
	for _, b := range z.s.tenant.bindings("post-login") {
		binding, _ := b.(object)
		action := child(binding, "action")
		name := text(action, "name")
		if name == "" {
			name = text(binding, "display_name")
		}
		if declared, ok := binding["sandbox"].(object); ok {
			e.declare(declared)
			z.learn("action-declared", Passed, "%s", name)
			continue
		}
		code := text(action, "code")
		switch {
		case code == "":
			z.learn("action-unknown", Unknown, "the code of %s is not known", name)
		case conditional(code):
			z.learn("action-conditional", Unknown, "what %s does depends on the login", name)
		default:
			e.read(code)
			z.learn("action-read", Passed, "%s", name)
		}
	}
	return e
}

// declare adds declared effects.
func (e *actionEffects) declare(d object) {
	if reason, ok := d["deny"].(string); ok {
		e.deny = orElse(reason, "access_denied")
	}
	if target := text(d, "redirect"); parseTarget(target) != nil {
		e.redirect = target
	}
	e.mfa = e.mfa || flag(d, "mfa")
	e.add = append(e.add, list(d, "add_scope")...)
	e.remove = append(e.remove, list(d, "remove_scope")...)
	if more := child(d, "claims"); more != nil {
		e.claims = mergeMembers(e.claims, more)
	}
}

// effective says whether code calls something that changes a login.
func effective(code string) bool {
	for _, call := range []string{
		"api.access.", "api.redirect.", "api.multifactor.", "api.authentication.", "api.session.", "api.accessToken.", "throw ", "api.transaction.",
	} {
		if strings.Contains(code, call) {
			return true
		}
	}
	return false
}

// conditional says whether code has effects whose happening or content cannot be read off it.
func conditional(code string) bool {
	if !effective(code) {
		return false
	}
	for _, sign := range []string{"if (", "if(", "?", "&&", "||", "switch", "return", "throw ", "catch", "for (", "while (", "api.session.", "api.transaction."} {
		if strings.Contains(code, sign) {
			return true
		}
	}
	return false
}

// read adds the effects of code that has no conditions.
func (e *actionEffects) read(code string) {
	if args, ok := call(code, "api.access.deny"); ok {
		e.deny = orElse(args, "access_denied")
	}
	if args, ok := call(code, "api.redirect.sendUserTo"); ok && parseTarget(args) != nil {
		e.redirect = args
	}
	for _, name := range []string{"api.multifactor.enable", "api.authentication.challengeWith", "api.authentication.challengeWithAny"} {
		if _, ok := call(code, name); ok {
			e.mfa = true
		}
	}
	if scope, ok := call(code, "api.accessToken.addScope"); ok && scope != "" {
		e.add = append(e.add, scope)
	}
	if scope, ok := call(code, "api.accessToken.removeScope"); ok && scope != "" {
		e.remove = append(e.remove, scope)
	}
}

// call finds a call of a function and its first argument when that is a text.
func call(code, function string) (string, bool) {
	m := regexp.MustCompile(regexp.QuoteMeta(function) + `\(\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?`).FindStringSubmatch(code)
	if m == nil {
		return "", false
	}
	return m[1], true
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
