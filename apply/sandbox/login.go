package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// visit is one request to the login flow: a browser's, a single-page app's or an identity provider's. Handlers run with
// the server's lock held exclusively, because nearly all of them change sessions, codes or users.
type visit struct {
	s         *Server
	r         *http.Request
	now       time.Time
	query     url.Values
	form      url.Values // of the body; empty for GET
	cookies   []*http.Cookie
	header    http.Header // of the answer, beside the page's
	decisions []Decision
	wrote     bool // the tenant changed and is to be saved
}

// page is an answer of the login flow.
type page struct {
	status int
	header http.Header
	body   []byte
}

// loginHandler answers one kind of visit.
type loginHandler func(*visit) *page

// loginRoute is one operation of the login flow as a row.
type loginRoute struct {
	method, path string
	cors         bool // called by scripts of the app's origin
	do           loginHandler
}

// loginRoutes are the login flow's end points (documented paths; /u/... stand for the pages of Universal Login).
func loginRoutes() []loginRoute {
	return []loginRoute{
		{http.MethodPost, callbackPath, false, consumeAssertion},
		{http.MethodGet, "/authorize", false, authorize},
		{http.MethodPost, "/authorize", false, authorize},
		{http.MethodGet, promptPath + "{}", false, showPrompt},
		{http.MethodPost, promptPath + "{}", false, answerPrompt},
		{http.MethodGet, "/continue", false, continueLogin},
		{http.MethodPost, tokenPath, true, exchange},
		{http.MethodGet, userinfoPath, true, userinfo},
		{http.MethodPost, userinfoPath, true, userinfo},
		{http.MethodGet, "/.well-known/openid-configuration", true, discovery},
		{http.MethodGet, "/.well-known/jwks.json", true, keySet},
		{http.MethodGet, "/samlp/metadata", false, serviceProviderMetadata},
		{http.MethodGet, "/v2/logout", false, logout},
		{http.MethodGet, "/oidc/logout", false, oidcLogout},
		{http.MethodPost, "/oidc/logout", false, oidcLogout},
	}
}

const (
	callbackPath = "/login/callback"
	promptPath   = "/u/"
	userinfoPath = "/userinfo"
)

// serveLogin answers a request when it is for the login flow, and says whether it was.
func (s *Server) serveLogin(w http.ResponseWriter, r *http.Request) bool {
	known := false
	for _, rt := range s.loginRoutes {
		if !rt.matches(r.URL.Path) {
			continue
		}
		known = true
		if r.Method == rt.method || (r.Method == http.MethodHead && rt.method == http.MethodGet) {
			s.visit(w, r, rt)
			return true
		}
		if r.Method == http.MethodOptions && rt.cors {
			s.preflight(w, r)
			return true
		}
	}
	if known {
		s.answer(w, nil, errNoRoute())
	}
	return known
}

// matches says whether a path is the route's; a trailing {} stands for anything.
func (rt loginRoute) matches(path string) bool {
	prefix, open := strings.CutSuffix(rt.path, "{}")
	return path == rt.path || open && strings.HasPrefix(path, prefix)
}

// visit runs one handler and writes what it answers.
func (s *Server) visit(w http.ResponseWriter, r *http.Request, rt loginRoute) {
	v := &visit{s: s, r: r, now: s.opts.Now(), query: r.URL.Query(), form: url.Values{}, header: w.Header()}
	if r.Method == http.MethodPost {
		if oerr := v.readForm(w); oerr != nil {
			oerr.page().write(w)
			return
		}
	}
	p, version := v.run(rt.do)
	if v.wrote && s.opts.Store != nil {
		if err := s.opts.Store.save(version, s.snapshotVersion); err != nil {
			s.answer(w, nil, err)
			return
		}
	}
	if rt.cors {
		s.allowOrigin(w.Header(), r, v.param("client_id"))
	}
	for _, c := range v.cookies {
		http.SetCookie(w, c)
	}
	for _, d := range v.decisions {
		d.show(w.Header())
	}
	if s.opts.Decided != nil {
		s.opts.Decided(r, v.decisions)
	}
	if record, ok := r.Context().Value(decisionsKey{}).(*[]Decision); ok {
		*record = v.decisions
	}
	p.write(w)
}

// run calls a handler under the lock.
func (v *visit) run(do loginHandler) (*page, uint64) {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	p := do(v)
	v.s.recordVisit(v, p)
	if v.wrote {
		v.s.version++
	}
	return p, v.s.version
}

// decisionsKey is where a logged request keeps what was decided about it.
type decisionsKey struct{}

// withDecisions lets the log learn what is decided about a request.
func withDecisions(r *http.Request) (*http.Request, *[]Decision) {
	list := new([]Decision)
	return r.WithContext(context.WithValue(r.Context(), decisionsKey{}, list)), list
}

// readForm reads the parameters of a POST: a form, or JSON as the SDKs send it to the token end point.
func (v *visit) readForm(w http.ResponseWriter) *oauthError {
	v.r.Body = http.MaxBytesReader(w, v.r.Body, maxBody)
	form, oerr := tokenForm(v.r)
	if oerr == nil {
		v.form = form
	}
	return oerr
}

// param is a parameter of the body, or else of the query.
func (v *visit) param(name string) string {
	if v.form.Has(name) {
		return v.form.Get(name)
	}
	return v.query.Get(name)
}

// host is the domain this visit came to, as the browser wrote it: the issuer of its tokens and the jar of its cookies.
func (v *visit) host() string { return strings.ToLower(v.r.Host) }

// origin is scheme and host of the domain this visit came to.
func (v *visit) origin() string { return v.s.scheme() + "://" + v.host() }

// issuer is the iss of tokens: the domain used at /authorize, with a slash (documented).
func (v *visit) issuer() string { return v.origin() + "/" }

// write sends a page.
func (p *page) write(w http.ResponseWriter) {
	for key, values := range p.header {
		w.Header()[key] = values
	}
	w.WriteHeader(p.status)
	if len(p.body) > 0 {
		_, _ = w.Write(p.body) // a client that went away is nobody's error
	}
}

// redirectTo is a 302. Callers have checked the target against what the tenant allows.
func redirectTo(target string) *page {
	return &page{status: http.StatusFound, header: http.Header{"Location": {target}, "Cache-Control": {"no-store"}}}
}

// jsonPage is a JSON answer that must not be cached (RFC 6749 section 5.1).
func jsonPage(status int, body object) *page {
	data, err := encode(body)
	if err != nil {
		return failedPage(err)
	}
	return &page{status: status, body: data, header: http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Cache-Control": {"no-store"},
	}}
}

// failedPage reports a failure of the sandbox itself.
func failedPage(err error) *page {
	return jsonError(http.StatusInternalServerError, "server_error", "the sandbox failed: "+err.Error())
}

// jsonError is a refusal in the shape of RFC 6749.
func jsonError(status int, code, description string) *page {
	return (&oauthError{status, code, description}).page()
}

// page is the refusal as an answer.
func (e *oauthError) page() *page {
	data, err := encode(object{"error": e.code, "error_description": e.description})
	if err != nil {
		data = []byte(`{"error":"server_error"}`)
	}
	return &page{status: e.status, body: data, header: http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Cache-Control": {"no-store"},
	}}
}
