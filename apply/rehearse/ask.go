package rehearse

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// asking is what the application makes up for one request, and remembers.
type asking struct{ state, nonce, verifier string }

func (r *run) newAsking() asking {
	a := asking{state: rand.Text(), nonce: rand.Text(), verifier: rand.Text() + rand.Text()} // 52 characters: RFC 7636 wants 43 to 128
	r.hide.add(a.state, a.nonce, a.verifier)
	return a
}

// answer is what an application gets of the tenant: a code, or with the implicit grant the tokens.
type answer struct {
	code   string
	tokens *issued
}

// askForToken asks as the application does. Where the session has ended, a silent request has to be refused for that, and
// the login that the application then shows has to bring the answer.
func (r *run) askForToken(ctx context.Context) (asking, *answer, error) {
	if r.Session == SessionExpired {
		r.browser.learn("time passes; the browser's cookies of the tenant end: %s", strings.Join(r.browser.jar.expire(), ", "))
	}
	a := r.newAsking()
	got, err := r.ask(ctx, a, r.Via)
	if r.Session != SessionExpired || r.Via == ViaInteractive {
		return a, got, err
	}
	if err = r.noSession(err); err != nil {
		return a, nil, err
	}
	a = r.newAsking()
	got, err = r.ask(ctx, a, ViaInteractive)
	return a, got, err
}

// authorizeURL is the application's request.
func (r *run) authorizeURL(a asking, via Via) *url.URL {
	q := url.Values{"client_id": {r.ClientID}, "redirect_uri": {r.RedirectURI}, "scope": {r.scope()}, "state": {a.state}, "nonce": {a.nonce}}
	mode := "query"
	if r.Implicit {
		q.Set("response_type", "token id_token")
		mode = "fragment"
	} else {
		challenge := sha256.Sum256([]byte(a.verifier))
		q.Set("response_type", "code")
		q.Set("code_challenge", base64.RawURLEncoding.EncodeToString(challenge[:]))
		q.Set("code_challenge_method", "S256")
	}
	if r.Audience != "" {
		q.Set("audience", r.Audience)
	}
	if r.Organization != "" {
		q.Set("organization", r.Organization)
	}
	if r.prover != nil {
		q.Set("dpop_jkt", r.prover.thumbprint)
	}
	switch via {
	case ViaIframe:
		q.Set("prompt", "none")
		q.Set("response_mode", "web_message")
	case ViaRedirect:
		q.Set("prompt", "none")
		q.Set("response_mode", "query")
	default:
		q.Set("connection", r.Connection)
		q.Set("response_mode", mode)
	}
	u := r.domain.JoinPath("authorize")
	u.RawQuery = q.Encode()
	return u
}

// ask makes the application's request and returns the answer.
func (r *run) ask(ctx context.Context, a asking, via Via) (*answer, error) {
	req := request{step: StepAuthorize, frame: Page, method: http.MethodGet, url: r.authorizeURL(a, via), initiator: r.origin}
	if via == ViaIframe {
		req.frame, req.top = Iframe, r.origin
	}
	end, err := r.browser.navigate(ctx, req, func(u *url.URL) bool { return samePage(u, r.redirect) })
	if err != nil {
		return nil, err
	}
	if via == ViaIframe {
		return r.listen(end, a)
	}
	if via == ViaInteractive && isSAMLRequest(end) {
		if end, err = r.secondLeg(ctx, end); err != nil {
			return nil, err
		}
	}
	if end.page != nil {
		return nil, r.pageInstead(req.step, end.page)
	}
	return r.called(end.left, a)
}

// called is the application's callback: the answer stands in the query, or in the fragment when it holds tokens.
func (r *run) called(u *url.URL, a asking) (*answer, error) {
	if !samePage(u, r.redirect) {
		return nil, r.fail(StepCallback, query(u.RawQuery).Get("error"), query(u.RawQuery).Get("error_description"),
			"the browser is sent to %s instead of the redirect_uri", cutURL(u))
	}
	q := query(u.RawQuery)
	if r.Implicit {
		q = query(u.EscapedFragment())
	}
	return r.answered(q.Get, a)
}

// answered checks what an SDK checks: an error first, then the state.
func (r *run) answered(get func(string) string, a asking) (*answer, error) {
	code, access := get("code"), get("access_token")
	r.hide.add(code, access, get("id_token"))
	switch {
	case get("error") != "":
		return nil, r.fail(StepAuthorize, get("error"), get("error_description"), "the tenant refuses the application's request")
	case get("state") != a.state:
		return nil, r.fail(StepCallback, "state_mismatch", "Invalid state", "the answer does not carry the state of the request")
	case r.Implicit && access == "":
		return nil, r.fail(StepCallback, "", "", "the answer carries no access token")
	case r.Implicit:
		r.browser.learn("the application gets the tokens")
		return &answer{tokens: &issued{Access: access, ID: get("id_token"), Type: get("token_type")}}, nil
	case code == "":
		return nil, r.fail(StepCallback, "", "", "the answer carries no code")
	}
	r.browser.learn("the application gets a code")
	return &answer{code: code}, nil
}

// listen is the application's side of web_message, as auth0-spa-js does it (runIframe): whatever posts nothing to it, from
// the right origin, ends in a timeout after 60 seconds. No time passes here.
func (r *run) listen(end *arrival, a asking) (*answer, error) {
	if end.page == nil {
		q := query(end.left.RawQuery)
		return nil, r.silence(q.Get("error"), q.Get("error_description"), "the iframe was sent to %s, where nothing answers", cutURL(end.left))
	}
	p := end.page
	posts := false
	for _, s := range parseHTML(p.body).scripts {
		m, some := postedMessage(s)
		posts = posts || some
		if why := refusesFrame(p); m != nil && why != "" {
			return nil, r.silence("", "", "the browser does not show the tenant's answer in an iframe: %s", why)
		}
		if m != nil {
			return r.heard(p, m, a)
		}
	}
	if posts {
		return nil, r.unsettled(StepAuthorize, "the page posts a message that a rehearsal cannot read")
	}
	code, text := complaint(p)
	return nil, r.silence(code, text, "the tenant answers with a page (status %d) that posts no message", p.status)
}

// heard checks the message as the browser and the SDK do: for whom, from whom, what.
func (r *run) heard(p *page, m *message, a asking) (*answer, error) {
	if here := origin(r.origin); m.target != "*" && strings.TrimSuffix(m.target, "/") != here {
		return nil, r.silence("", "", "the message is for %s, and the page that waits is at %s", m.target, here)
	}
	if from := origin(p.url); from != origin(r.domain) {
		return nil, r.silence("", "", "the message comes from %s, and the SDK listens to %s only", from, origin(r.domain))
	}
	response, _ := m.data["response"].(map[string]any)
	return r.answered(func(name string) string {
		s, _ := response[name].(string)
		return s
	}, a)
}

// silence is the timeout of an iframe. What the page said is kept as description, for nobody sees it.
func (r *run) silence(code, text, format string, args ...any) *Stop {
	if code != "" {
		text = strings.TrimSuffix(code+": "+text, ": ")
	}
	return r.fail(StepAuthorize, "timeout", text, format, args...)
}

// refusesFrame says why a browser would show an empty iframe.
func refusesFrame(p *page) string {
	if v := p.header.Get("X-Frame-Options"); strings.EqualFold(v, "deny") || strings.EqualFold(v, "sameorigin") {
		return "X-Frame-Options: " + strings.ToLower(v)
	}
	for _, d := range strings.Split(p.header.Get("Content-Security-Policy"), ";") {
		if f := strings.Fields(d); len(f) > 1 && strings.EqualFold(f[0], "frame-ancestors") && strings.EqualFold(f[1], "'none'") {
			return "frame-ancestors 'none'"
		}
	}
	return ""
}
