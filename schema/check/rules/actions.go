package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

var loginActions = schema.Use[[]map[string]any](schema.PostLoginActions, "bindings")

// deed is something that the code of a post-login Action may do and that the
// silent request meets again: Actions run at every request, with prompt=none,
// too.
type deed int

const (
	redirects deed = iota
	asksFactor
	denies
	changesScopes
	changesSession
	deedCount
)

// traces are what a deed leaves in the text of an Action. It is a heuristic: a
// call that is built at run time leaves none, and one that is never reached
// does.
type traces struct {
	calls []string
	// guards are what code looks at that spares silent requests or sessions
	// that have passed already.
	guards []string
}

// tracesOf are the words of Auth0's post-login API object (Auth0 docs: Actions
// triggers, post-login, API object; Forms), without "api", which may be renamed.
func tracesOf(d deed) traces {
	return [deedCount]traces{
		redirects:      {[]string{".sendUserTo(", "prompt.render("}, []string{"event.transaction.", "request.query", ".prompt=", ".prompt!", "authentication.methods"}},
		asksFactor:     {[]string{"multifactor.enable(", ".challengeWith(", ".challengeWithAny(", ".enrollWith(", ".enrollWithAny("}, []string{"authentication.methods", "event.transaction.", "request.query", ".prompt=", ".prompt!", "connection.strategy", "connection.name"}},
		denies:         {[]string{"access.deny(", "thrownew", "throwError(", "throwerr"}, nil},
		changesScopes:  {[]string{".addScope(", ".removeScope("}, nil},
		changesSession: {[]string{"session.setExpiresAt(", "session.setIdleExpiresAt(", "session.setCookieMode(", "session.revoke(", "session.delete("}, nil},
	}[d]
}

// judgedActions are the Actions at login by what their code does.
type judgedActions struct {
	// open do it under no condition that tells silent requests apart, guarded
	// under one; each is a list of names.
	open, guarded [deedCount][]string
	// closed are Actions whose code was not in the answer.
	closed []string
}

// readActions looks at the code of each Action once, however many paths ask.
func readActions(p *check.Path) *judgedActions {
	return schema.Derive(p.Actions, func(s *schema.State) *judgedActions {
		bindings, _ := loginActions.Get(s)
		out := &judgedActions{}
		for _, b := range bindings {
			out.add(b)
		}
		return out
	})
}

func (j *judgedActions) add(binding map[string]any) {
	name := actionName(binding)
	code := plainCode(deployedCode(binding))
	if code == "" {
		j.closed = append(j.closed, name)
		return
	}
	for d := range deedCount {
		t := tracesOf(d)
		switch {
		case !containsAny(code, t.calls):
		case containsAny(code, t.guards):
			j.guarded[d] = append(j.guarded[d], name)
		default:
			j.open[d] = append(j.open[d], name)
		}
	}
}

func actionName(binding map[string]any) string {
	for _, path := range []string{"display_name", "action.name", "id"} {
		v, _ := schema.Lookup(binding, path)
		if s, ok := v.(string); ok && s != "" {
			return s
		}
	}
	return "(unnamed)"
}

// deployedCode is the code that runs: the deployed version's, else that of the
// current one.
func deployedCode(binding map[string]any) string {
	for _, path := range []string{"action.deployed_version.code", "action.current_version.code", "action.code"} {
		v, _ := schema.Lookup(binding, path)
		if s, ok := v.(string); ok && s != "" {
			return s
		}
	}
	return ""
}

func containsAny(code string, words []string) bool {
	for _, w := range words {
		if strings.Contains(code, w) {
			return true
		}
	}
	return false
}

// judgeActions judges whether an Action does something; what says which in a
// sentence.
func judgeActions(p *check.Path, d deed, what string) check.Verdict {
	f := read(loginActions, p.Actions)
	if f.undecided() {
		return f.unread(p)
	}
	const look = "Read the code of these Actions, or rehearse against the tenant."
	switch j := readActions(p); {
	case len(j.open[d]) > 0:
		return f.fail("By its text, %s %s.", listed(j.open[d]), what)
	case len(j.guarded[d]) > 0:
		return check.Undecided(p.Actions, f.src, look, "By its text, %s %s, under a condition that may spare silent requests.", listed(j.guarded[d]), what).As(schema.Info)
	case len(j.closed) > 0:
		return check.Undecided(p.Actions, f.src, look, "The code of %s is not to be read, so whether it %s is open.", listed(j.closed), what).As(schema.Info)
	default:
		return check.Passed()
	}
}
