package rehearse

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// answerParams are what an authorization answer may carry.
var answerParams = []string{"access_token", "code", "error", "error_description", "expires_in", "id_token", "scope", "state", "token_type"}

// land posts the IdP's response and follows the browser to the application.
func (r *run) land(ctx context.Context) error {
	fields, err := r.respond(r.acs, "")
	if err != nil {
		return err
	}
	post := request{step: StepACS, frame: Page, method: http.MethodPost, url: r.acs, form: fields, initiator: r.idpPage()}
	a, err := r.browser.navigate(ctx, post, r.arrives)
	if r.Fault == Replayed && err == nil && a.left != nil {
		a, err = r.browser.navigate(ctx, post, r.arrives)
	}
	if err != nil {
		return err
	}
	if a.page != nil {
		return r.pageInstead(StepACS, a.page)
	}
	if isSAMLRequest(a) {
		return r.fail(StepACS, "", "", "the tenant began a new login at the IdP instead of taking its response")
	}
	return r.landed(a)
}

// respond is the form that the IdP posts.
func (r *run) respond(acs *url.URL, inResponseTo string) (url.Values, error) {
	raw, err := r.client.opts.IDP.Respond(Assertion{
		Issuer: r.Issuer, ACS: acs.String(), Audience: r.EntityID, User: r.User, InResponseTo: inResponseTo,
		Signed: r.Signed, Algorithm: r.Algorithm, Now: r.client.opts.Now(), Fault: r.Fault,
	})
	if err != nil {
		return nil, err
	}
	encoded := base64.StdEncoding.EncodeToString(raw)
	r.hide.add(encoded)
	return url.Values{"SAMLResponse": {encoded}}, nil
}

// idpPage is the page that posts the form.
func (r *run) idpPage() *url.URL {
	if u, err := url.Parse(r.Issuer); err == nil && u.Scheme == "https" && u.Host != "" {
		return u
	}
	return &url.URL{Scheme: "https", Host: "idp.invalid"}
}

// pageInstead is for navigations that end on a page of the tenant: an error, or something that waits for the user.
func (r *run) pageInstead(step Step, p *page) error {
	code, text := complaint(p)
	if p.status >= http.StatusBadRequest || code != "" {
		return r.fail(step, code, text, "the tenant shows an error page (status %d)", p.status)
	}
	if title := parseHTML(p.body).title; title != "" && !strings.HasPrefix(text, title) {
		text = strings.TrimSpace(title + ": " + text)
	}
	return r.unsettled(step, "the tenant shows a page and waits for the user: %q", text)
}

// landed looks at what the browser brings to the application.
func (r *run) landed(a *arrival) error {
	l := &Landing{URL: cutURL(a.left), Answer: "none", at: a.left}
	r.trace.Landing = l
	for field, protocol := range map[string]string{"SAMLResponse": "SAML", "wresult": "WS-Federation"} {
		if a.form.Has(field) { // idpinitiated.client_protocol samlp or wsfed
			return r.fail(StepLanding, "", "", "the tenant posts a %s response to the application, which understands OpenID Connect", protocol)
		}
	}
	answer := url.Values{}
	for _, place := range []struct {
		name   string
		values url.Values
	}{{"form_post", a.form}, {"fragment", query(a.left.EscapedFragment())}, {"query", query(a.left.RawQuery)}} {
		if found := only(place.values, answerParams); len(found) > 0 {
			l.Answer, answer = place.name, found
			break
		}
	}
	l.Params = names(answer)
	if code := answer.Get("error"); code != "" {
		return r.fail(StepLanding, code, answer.Get("error_description"), "the login ends in the application with an error")
	}
	if r.landing != nil && !leadsTo(a.left, r.landing) {
		return r.fail(StepLanding, "", "", "the user lands at %s, not at %s", cutURL(a.left), cutURL(r.landing))
	}
	if t := answer.Get("access_token"); t != "" {
		l.Access = inspect(t)
		r.browser.learn("the answer's access token: %s", l.Access.describe())
	}
	if t := answer.Get("id_token"); t != "" {
		l.ID = r.hideToken(inspect(t))
	}
	return nil
}

func query(raw string) url.Values {
	q, _ := url.ParseQuery(raw) // an answer with a broken part is read as far as it goes, as in a browser
	return q
}

func only(v url.Values, known []string) url.Values {
	out := url.Values{}
	for name, values := range v {
		if slices.Contains(known, name) {
			out[name] = values
		}
	}
	return out
}

// leadsTo compares page and the parameters that are expected; an answer adds its own.
func leadsTo(u, expected *url.URL) bool {
	got := u.Query()
	for name, values := range expected.Query() {
		if !slices.Equal(got[name], values) {
			return false
		}
	}
	return samePage(u, expected)
}
