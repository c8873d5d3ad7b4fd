package rehearse

import (
	"errors"
	"fmt"
)

// expire ends all cookies and tells their names: persistent ones have reached their end, the others went when the browser
// was closed. A session that only its server ended, for being idle, is refused in the same words.
func (j *jar) expire() []string {
	var names []string
	for _, k := range j.cookies {
		names = append(names, k.name)
	}
	j.cookies = nil
	return names
}

// noSession looks at what became of a silent request without a session. login_required is what an application can act on;
// any other end leaves its users before an error.
func (r *run) noSession(err error) error {
	var refused *Stop
	switch {
	case err == nil:
		return r.fail(StepAuthorize, "", "", "the session has ended, and the tenant hands out a code all the same")
	case !errors.As(err, &refused):
		return err
	case refused.Code != "login_required":
		if refused.outcome == "" {
			refused.Message += "; an application whose session has ended expects login_required"
		}
		return refused
	}
	r.browser.learn("%s: there is no session any more, and the application has to show a login", refused.Code)
	r.trace.Notes = append(r.trace.Notes, r.fallback())
	return nil
}

// fallback is what the application's code has to do, in the words of auth0-spa-js. Without a connection the tenant would
// show its login page, where such a user has no password.
func (r *run) fallback() string {
	params := fmt.Sprintf("connection: %q", r.Connection)
	if r.Organization != "" {
		params += fmt.Sprintf(", organization: %q", r.Organization)
	}
	return "When the session has ended, getTokenSilently throws login_required. The application has to catch it and call " +
		"loginWithRedirect({ authorizationParams: { " + params + " } }); it knows the connection from its landing page, and has to keep it."
}
