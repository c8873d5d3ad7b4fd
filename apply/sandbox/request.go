package sandbox

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBody is the largest body accepted (documented: payloads up to 1 MB).
const maxBody = 1 << 20

// request is one parsed call of an end point.
type request struct {
	http   *http.Request
	args   []string // path parameters, unescaped once
	query  url.Values
	scopes scopes
	body   any // decoded JSON, nil without a body
}

// reply is a successful answer. A nil body sends no content.
type reply struct {
	status int
	body   any
	header http.Header // beside what every answer has
}

// handle does one operation. It runs with the server's lock held: shared for reads, exclusive for writes.
type handle func(*Server, *request) (*reply, error)

// route is one operation of the API as a row.
type route struct {
	method string
	path   []string   // segments; "{}" stands for a parameter
	scopes [][]string // of each group the token needs one
	query  []param
	schema string // name of the facts the body must satisfy, "" for no body
	do     handle
}

// write says whether the operation may change the tenant.
func (rt *route) write() bool { return rt.method != http.MethodGet }

// serve finds the operation and runs it: route, authentication, scope, query, body, then the operation itself. That
// order is assumed, except that a missing token wins over a missing scope.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if s.serveLogin(w, r) {
		return
	}
	rep, err := s.operate(r)
	s.answer(w, rep, err)
}

// answer writes a reply or a refusal.
func (s *Server) answer(w http.ResponseWriter, rep *reply, err error) {
	if err != nil {
		var refusal *apiError
		if !errors.As(err, &refusal) {
			refusal = fail(http.StatusInternalServerError, "", "the sandbox failed: %v", err)
		}
		if refusal.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer") // recorded: ruby-auth0 DeviceCredentials
		}
		rep = &reply{status: refusal.status, body: refusal.body()}
	}
	maps.Copy(w.Header(), rep.header)
	if rep.body == nil {
		w.WriteHeader(rep.status)
		return
	}
	data, err := encode(rep.body)
	if err != nil {
		http.Error(w, "the sandbox cannot encode its answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(rep.status)
	_, _ = w.Write(data) //nolint:gosec // JSON, never HTML; a client that went away is nobody's error
}

// operate runs one Management API operation.
func (s *Server) operate(r *http.Request) (*reply, error) {
	rt, args, err := s.match(r)
	if err != nil {
		return nil, err
	}
	rq := &request{http: r, args: args}
	if rq.scopes, err = s.authenticate(r); err != nil {
		return nil, err
	}
	err = s.admit(rt, rq)
	switch {
	case !rt.write() && err == nil:
		s.mu.RLock()
		defer s.mu.RUnlock()
		return rt.do(s, rq)
	case rt.write() && err != nil:
		s.mu.RLock()
		defer s.mu.RUnlock()
		s.recordWrite(rt, rq, nil, err)
		return nil, err
	case err != nil:
		return nil, err
	}
	return s.change(rt, rq)
}

// admit checks what a request asks for: scope, query, body.
func (s *Server) admit(rt *route, rq *request) (err error) {
	for _, group := range rt.scopes {
		if !rq.scopes.hasAny(group) {
			return errScope(group)
		}
	}
	if rq.query, err = checkQuery(rt.query, rq.http.URL.RawQuery); err != nil || rt.schema == "" {
		return err
	}
	if rq.body, err = readBody(rq.http); err != nil {
		return err
	}
	return s.schemas.check(rt.schema, rq.body)
}

// change runs a write and saves the tenant when it succeeded.
func (s *Server) change(rt *route, rq *request) (*reply, error) {
	rep, version, err := func() (*reply, uint64, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		rep, err := rt.do(s, rq)
		if err == nil {
			s.version++
		}
		s.recordWrite(rt, rq, rep, err)
		return rep, s.version, err
	}()
	if err != nil || s.opts.Store == nil {
		return rep, err
	}
	return rep, s.opts.Store.save(version, s.snapshotVersion)
}

// match finds the route of a request. Path parameters come unescaped once; a handler that accepts doubly encoded
// identifiers unescapes them again.
func (s *Server) match(r *http.Request) (*route, []string, error) {
	segments := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i, seg := range segments {
		plain, err := url.PathUnescape(seg)
		if err != nil {
			return nil, nil, errNoRoute()
		}
		segments[i] = plain
	}
	for i := range s.routes {
		rt := &s.routes[i]
		if args, ok := matchPath(rt.path, segments); ok && rt.method == r.Method {
			return rt, args, nil
		}
	}
	return nil, nil, errNoRoute() // also for a known path with another method, as hapi does (assumed)
}

func matchPath(pattern, segments []string) ([]string, bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	var args []string
	for i, want := range pattern {
		switch {
		case want == "{}":
			if segments[i] == "" {
				return nil, false
			}
			args = append(args, segments[i])
		case want != segments[i]:
			return nil, false
		}
	}
	return args, true
}

// readBody reads a JSON body within the size limit.
func readBody(r *http.Request) (any, error) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, fail(http.StatusBadRequest, "", "Invalid request payload: %v", err)
	}
	if len(data) > maxBody {
		return nil, fail(http.StatusRequestEntityTooLarge, "", "Payload content length greater than maximum allowed: %d", maxBody)
	}
	v, err := decode(data)
	if err != nil { // hapi's text for a body that is not JSON (assumed)
		return nil, fail(http.StatusBadRequest, "invalid_body", "Invalid request payload JSON format")
	}
	return v, nil
}

// scopes are what a token may do; nil means everything.
type scopes []string

// hasAny says whether the token has one of the scopes.
func (sc scopes) hasAny(anyOf []string) bool {
	return sc == nil || slices.ContainsFunc(anyOf, func(s string) bool { return slices.Contains(sc, s) })
}

// has says whether the token has the scope.
func (sc scopes) has(scope string) bool { return sc == nil || slices.Contains(sc, scope) }
