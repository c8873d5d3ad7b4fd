package stage

import (
	"fmt"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Causes is what rehearsing will do to the tenant, for people to agree to.
func (l *Live) Causes() []string {
	var out []string
	if n := len(l.canaries); n > 0 {
		out = append(out, fmt.Sprintf("%s %s<random> for %s: hidden from login pages, with a key of its own, deleted at the end",
			count(n, "SAML connection"), schema.CanaryPrefix, strings.Join(l.Connections(), ", ")))
		out = append(out, "a user canary-<random>@tacit.invalid in each, deleted with the connection")
		if n := l.Organizations(); n > 0 {
			out = append(out, fmt.Sprintf("the canary enabled on %s, which takes one of the 10 places for connections of each", count(n, "organization")))
		}
		out = append(out, l.actions(),
			"entries in the tenant's log, and in whatever its log streams feed: connections made and deleted, logins, token exchanges",
			"a connection more in the subscription's quota while it lives; each user may count as active this month")
	}
	for _, s := range l.old {
		out = append(out, fmt.Sprintf("%s deleted, which %s left over at %s", s.name, s.mark.Run, s.mark.Started.UTC().Format("2006-01-02 15:04 MST")))
	}
	for _, s := range l.young {
		out = append(out, fmt.Sprintf("%s left alone: %s may be at work with it", s.name, s.mark.Run))
	}
	return out
}

// actions names the Actions that run at the logins.
func (l *Live) actions() string {
	list, read := l.Snapshot.Whole[schema.PostLoginBindings]
	if !read || len(list) != 1 {
		return "post-login Actions run for real; which, is unknown, because the token may not read them (read:actions)"
	}
	names := actionNames(list[0].Raw)
	if len(names) == 0 {
		return "no post-login Action, because the tenant has none"
	}
	return "post-login Actions that run for real, with all they do elsewhere: " + strings.Join(names, ", ")
}

// actionNames are those of the tenant's post-login bindings.
func actionNames(raw object) []string {
	var out []string
	bindings, _ := raw["bindings"].([]any)
	for _, b := range bindings {
		binding, _ := b.(object)
		name := text(child(binding, "action"), "name")
		if name == "" {
			name = text(binding, "display_name")
		}
		out = append(out, fmt.Sprintf("%q", name))
	}
	return out
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// notProven is what logins through canaries do not show.
func (l *Live) notProven() []string {
	out := []string{
		"the customers' own identity providers, their certificates and the attributes they send: a throw-away IdP stood for them",
		"what a canary does not take over: sign-in end point, e-mail domains, metadata URL, encryption keys, proxies",
		"Actions that look at the connection's name or the user's e-mail domain: they saw the canary's",
		"users who exist, with their roles: the canary's was new and had none",
		"the application's own code",
	}
	if n := l.blocks(); n > 0 {
		out = append(out, fmt.Sprintf("what rehearsal blocks (%d) expect: they run on a copy, without --live", n))
	}
	if list := l.Snapshot.Whole[schema.GuardianPolicies]; len(list) == 1 {
		policies, _ := list[0].Raw["policies"].([]any)
		for _, p := range policies {
			out = append(out, fmt.Sprintf("the MFA policy %v beyond its challenge: nobody answers one", p))
		}
	}
	return out
}

// blocks counts the rehearsal blocks about the paths.
func (l *Live) blocks() int {
	var paths []*check.Path
	for _, n := range l.parts {
		paths = append(paths, n.path)
	}
	seen := map[*schema.Object]bool{}
	for _, c := range Cases(l.Config, paths) {
		seen[c.Block] = true
	}
	return len(seen)
}
