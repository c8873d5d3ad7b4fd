package rehearse

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	maxRedirects = 20      // as browsers
	maxBody      = 1 << 20 // bytes of an answer that are read
	userAgent    = "tacit-rehearsal"
)

// browser makes requests one hop at a time and writes each down.
type browser struct {
	transport      http.RoundTripper
	jar            jar
	hosts          []string // that it may talk to: a rehearsal never wanders off
	decisionHeader string
	hide           *secrets
	hops           []Hop
}

// request is one request of the browser.
type request struct {
	step      Step
	frame     Frame
	method    string
	url       *url.URL
	form      url.Values
	header    http.Header // further ones
	proof     []string    // claims of the DPoP proof among them
	top       *url.URL    // for an iframe: the page around it
	initiator *url.URL    // the page that caused it
}

// page is an answer that is not a redirect.
type page struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte
}

// arrival is where a navigation ended: on a page of the tenant, or at a URL that is somebody else's and is not fetched.
type arrival struct {
	page *page
	left *url.URL
	form url.Values // posted to left, for form_post
}

// last is the hop that was made last; learnt facts are written there.
func (b *browser) last() int { return len(b.hops) - 1 }

func (b *browser) learn(format string, args ...any) {
	h := &b.hops[b.last()]
	h.Learnt = append(h.Learnt, b.hide.hide(fmt.Sprintf(format, args...)))
}

func (b *browser) allowed(u *url.URL) bool { return slices.Contains(b.hosts, origin(u)) }

// send makes one request and writes the hop down, whatever becomes of it.
func (b *browser) send(ctx context.Context, r *request) (*page, error) {
	var body io.Reader
	if r.form != nil {
		body = strings.NewReader(r.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), body)
	if err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "text/html,application/json")
	if r.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if r.initiator != nil && (r.method != http.MethodGet || r.frame == Fetch) {
		req.Header.Set("Origin", origin(r.initiator))
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	c := r.cookies()
	hop := Hop{Step: r.step, Frame: r.frame, Method: r.method, URL: cutURL(r.url), Form: names(r.form), Proof: r.proof}
	if r.frame != Fetch { // fetch sends no credentials to another origin unless asked, and the SDK does not ask
		var send []*http.Cookie
		send, hop.Withheld = b.jar.send(c)
		for _, k := range send {
			req.AddCookie(k)
			hop.Sent = append(hop.Sent, k.Name)
			b.hide.add(k.Value)
		}
	}
	b.hops = append(b.hops, hop)
	return b.receive(req, r, c)
}

func (b *browser) receive(req *http.Request, r *request, c *cookieContext) (*page, error) {
	resp, err := b.transport.RoundTrip(req)
	if err != nil {
		return nil, b.stopped(req.Context(), r.step, err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is written: a failed close loses nothing
	hop := &b.hops[b.last()]
	hop.Status = resp.StatusCode
	if b.decisionHeader != "" {
		hop.Decisions = decisions(resp.Header.Values(b.decisionHeader))
	}
	for _, k := range resp.Cookies() {
		b.hide.add(k.Value)
	}
	if r.frame != Fetch {
		hop.Set = b.jar.receive(c, resp.Cookies())
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, b.stopped(req.Context(), r.step, err)
	}
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= http.StatusInternalServerError {
		return nil, &Stop{Step: r.step, Hop: b.last(), outcome: Unknown,
			Message: fmt.Sprintf("the tenant answered %d %s, which says nothing about its configuration", resp.StatusCode, http.StatusText(resp.StatusCode))}
	}
	return &page{url: r.url, status: resp.StatusCode, header: resp.Header, body: raw}, nil
}

// decisions reads values such as "authorize-consent; grade=documented; outcome=refused".
func decisions(values []string) []Decision {
	var out []Decision
	for _, v := range values {
		id, params, err := mime.ParseMediaType(v)
		if err != nil {
			id = v // told as it is: not to be read is no reason to be silent
		}
		out = append(out, Decision{ID: id, Grade: params["grade"], Outcome: params["outcome"]})
	}
	return out
}

// stopped is for requests without an answer. The caller's own end is passed on as what it is.
func (b *browser) stopped(ctx context.Context, step Step, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &Stop{Step: step, Hop: b.last(), outcome: Unknown, Message: "the tenant cannot be reached: " + b.hide.hide(err.Error())}
}

func (r *request) cookies() *cookieContext {
	c := &cookieContext{url: r.url, top: r.url, initiator: r.initiator, topLevel: r.frame == Page, method: r.method}
	if r.frame != Page && r.top != nil {
		c.top = r.top
	}
	return c
}

// navigate follows redirects until a page is shown or the tenant is left. arrives tells pages of the application, which
// are not fetched even if they are on an allowed host.
func (b *browser) navigate(ctx context.Context, r request, arrives func(*url.URL) bool) (*arrival, error) {
	for range maxRedirects {
		p, err := b.send(ctx, &r)
		if err != nil {
			return nil, err
		}
		next, err := b.redirect(&r, p)
		if err != nil {
			return nil, err
		}
		posts := url.Values(nil)
		if next == nil {
			if next, posts = b.selfPosted(p); next == nil {
				return &arrival{page: p}, nil
			}
		}
		b.hops[b.last()].Location = cutURL(next)
		if arrives(next) || !b.allowed(next) {
			return &arrival{left: next, form: posts}, nil
		}
		r.url = next
		switch {
		case posts != nil:
			r.method, r.form = http.MethodPost, posts
		case p.status != http.StatusTemporaryRedirect && p.status != http.StatusPermanentRedirect:
			r.method, r.form = http.MethodGet, nil
		}
	}
	return nil, &Stop{Step: r.step, Hop: b.last(), Message: fmt.Sprintf("the tenant redirected %d times", maxRedirects)}
}

// redirect is where an answer sends the browser, nil for a page.
func (b *browser) redirect(r *request, p *page) (*url.URL, error) {
	switch p.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	raw := p.header.Get("Location")
	next, err := r.url.Parse(raw)
	if err != nil || raw == "" || next.Host == "" {
		return nil, &Stop{Step: r.step, Hop: b.last(), Message: fmt.Sprintf("the tenant answered %d without a usable Location", p.status)}
	}
	b.hide.add(answerSecrets(next)...)
	return next, nil
}

// selfPosted is where a form that submits itself sends the browser, nil for any other page.
func (b *browser) selfPosted(p *page) (*url.URL, url.Values) {
	action, fields, ok := selfSubmitting(p)
	if !ok {
		return nil, nil
	}
	b.learn("the page posts %s", strings.Join(names(fields), ", "))
	for name := range fields {
		if !slices.Contains(shown, name) {
			b.hide.add(fields[name]...)
		}
	}
	return action, fields
}

// names are the sorted names of parameters.
func names(v url.Values) []string {
	var out []string
	for name := range v {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// answerSecrets are the values of parameters that a trace would not show.
func answerSecrets(u *url.URL) []string {
	var out []string
	for _, raw := range []string{u.RawQuery, u.EscapedFragment()} {
		q, _ := url.ParseQuery(raw) // what cannot be parsed is cut from URLs as a whole
		for name, values := range q {
			if !slices.Contains(shown, name) {
				out = append(out, values...)
			}
		}
	}
	return out
}
