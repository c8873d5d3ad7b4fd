package rehearse

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// None is expected where the application shall get no token.
const None Kind = "none"

// Expectation is how a login is said to end. Members that are empty say nothing. Unless a failure is expected (an error, a
// step, another token than a JWT), the login has to work to its end.
type Expectation struct {
	Token    Kind     `json:"token,omitempty"` // JWT, Opaque (Encrypted is one) or None
	Audience string   `json:"audience,omitempty"`
	Contain  []string `json:"scopes_contain,omitempty"`
	Lack     []string `json:"scopes_lack,omitempty"`
	Landing  string   `json:"landing,omitempty"`
	Error    string   `json:"error,omitempty"`
	Step     Step     `json:"step,omitempty"`
}

// Unmet is an expectation that does not hold.
type Unmet struct {
	What     string `json:"expectation"` // its name in the configuration, or login
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

// Rehearsed is the login of a rehearsal, judged by what was expected of it: one that fails as expected has passed.
type Rehearsed struct {
	Rehearsal string      `json:"rehearsal"`
	Outcome   Outcome     `json:"outcome"`
	Expect    Expectation `json:"expect"`
	Unmet     []Unmet     `json:"unmet,omitempty"`
	Login     *Trace      `json:"login"`
}

// Judge compares a login with what was expected of it. Of one that could not be driven, or not judged, nothing is told.
func (e Expectation) Judge(t *Trace) (Outcome, []Unmet) {
	switch {
	case t.Outcome == Unknown:
		return Unknown, nil
	case len(t.Hops) == 0: // there was no login
		return Failed, []Unmet{{"login", "a login", t.ending()}}
	}
	var out []Unmet
	differ := func(what, expected, found string) { out = append(out, Unmet{what, expected, found}) }
	if !e.failure() && t.Outcome == Failed {
		differ("login", "works", t.ending())
	}
	if e.Error != "" && (t.Stopped == nil || t.Stopped.Code != e.Error) {
		differ("error", e.Error, t.ending())
	}
	if e.Step != "" && (t.Stopped == nil || t.Stopped.Step != e.Step) {
		differ("step", string(e.Step), t.ending())
	}
	if found := t.Access.outside(); e.Token != "" && e.Token != found {
		differ("token", string(e.Token), string(found))
	}
	if e.Landing != "" && !t.Landing.is(e.Landing) {
		differ("landing", e.Landing, t.Landing.describe())
	}
	e.claims(t, differ)
	if out != nil {
		return Failed, out
	}
	return Passed, nil
}

// String says what is expected, in the words of the configuration.
func (e Expectation) String() string {
	var out []string
	for _, m := range []struct{ name, value string }{
		{"token", string(e.Token)}, {"audience", e.Audience}, {"scopes_contain", strings.Join(e.Contain, " ")},
		{"scopes_lack", strings.Join(e.Lack, " ")}, {"landing", e.Landing}, {"error", e.Error}, {"step", string(e.Step)},
	} {
		if m.value != "" {
			out = append(out, m.name+" "+m.value)
		}
	}
	return strings.Join(out, ", ")
}

// failure tells whether the login is expected to fail.
func (e Expectation) failure() bool {
	return e.Error != "" || e.Step != "" || e.Token == Opaque || e.Token == None
}

// claims judges what only a JWT shows.
func (e Expectation) claims(t *Trace, differ func(what, expected, found string)) {
	var audiences, scopes []string
	audience, scope := "no JWT", "no JWT"
	if t.Access.outside() == JWT {
		audiences, scopes = t.Access.audiences(), strings.Fields(t.Access.claim("scope"))
		audience, scope = listed(audiences), listed(scopes)
	}
	if e.Audience != "" && !slices.Contains(audiences, e.Audience) {
		differ("audience", e.Audience, audience)
	}
	if missing := without(e.Contain, scopes); len(missing) > 0 {
		differ("scopes_contain", strings.Join(missing, " "), scope)
	}
	if granted := without(e.Lack, without(e.Lack, scopes)); len(granted) > 0 || len(e.Lack) > 0 && t.Access.outside() != JWT {
		differ("scopes_lack", "a JWT without "+strings.Join(e.Lack, " "), scope)
	}
}

// without are the elements of list that are not among others.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}

func listed(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " ")
}

// ending says in a line how the login ended.
func (t *Trace) ending() string {
	if t.Stopped == nil {
		return "the login works"
	}
	if t.Stopped.Code == "" {
		return fmt.Sprintf("fails at the step %s: %s", t.Stopped.Step, t.Stopped.Message)
	}
	return fmt.Sprintf("fails at the step %s with %s", t.Stopped.Step, t.Stopped.Code)
}

// outside is what the application makes of the token: to it an encrypted one is opaque.
func (t *Token) outside() Kind {
	switch {
	case t == nil:
		return None
	case t.Kind == Encrypted:
		return Opaque
	default:
		return t.Kind
	}
}

// is compares page and parameters.
func (l *Landing) is(expected string) bool {
	u, err := url.Parse(expected)
	return err == nil && l != nil && leadsTo(l.at, u)
}

func (l *Landing) describe() string {
	if l == nil {
		return "the browser does not reach the application"
	}
	return l.URL
}
