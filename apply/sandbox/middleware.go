package sandbox

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// chain is every step around the operations, outermost first.
func (s *Server) chain(inner http.Handler) http.Handler {
	steps := []func(http.Handler) http.Handler{s.logged, s.dated, s.forOurHosts, s.hooked, s.slowed, s.limited, s.faulted}
	for _, step := range slices.Backward(steps) {
		inner = step(inner)
	}
	return inner
}

// dated stamps every answer with the tenant's clock, as every HTTP server does with its own (RFC 9110 section 6.6.1).
func (s *Server) dated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
		next.ServeHTTP(w, r)
	})
}

// forOurHosts refuses requests for a host that is neither a configured domain nor this machine. What a real edge
// answers for a foreign host is not modelled; 404 is assumed.
func (s *Server) forOurHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.answersFor(r.Host) {
			s.answer(w, nil, fail(http.StatusNotFound, "", "the sandbox has no tenant at %s", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answersFor says whether a Host header means this tenant. The port is ignored: a tunnel or a container may map it.
func (s *Server) answersFor(hostport string) bool {
	host := bareHost(hostport)
	if host == "" || isLoopback(host) {
		return true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.ContainsFunc(s.domains, func(d string) bool { return bareHost(d) == host }) || s.tenant.hasDomain(host)
}

// bareHost is a host without port, brackets and case.
func bareHost(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// isLoopback recognises names and addresses of this machine.
func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// requestLog writes one JSON object per request and line.
type requestLog struct {
	mu       sync.Mutex
	out      io.Writer
	inflight atomic.Int64
}

func newRequestLog(out io.Writer) *requestLog { return &requestLog{out: out} }

// logLine is the format of the log. status is 0 when the connection was cut before an answer; inflight counts the requests under way, this one included, when it arrived.
type logLine struct {
	Time     string  `json:"t"`
	Method   string  `json:"method"`
	Path     string  `json:"path"`
	Query    string  `json:"query"`
	Status   int     `json:"status"`
	Millis   float64 `json:"ms"`
	InFlight int64   `json:"inflight"`

	Decisions []Decision `json:"decisions,omitempty"` // of the login flow
}

// logged writes the log when there is one.
func (s *Server) logged(next http.Handler) http.Handler {
	if s.log.out == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, inflight := s.opts.Now(), s.log.inflight.Add(1)
		defer s.log.inflight.Add(-1)
		rec := &statusRecorder{ResponseWriter: w}
		r, decisions := withDecisions(r)
		defer func() { // also when the connection was cut
			s.log.write(logLine{
				Time: start.UTC().Format(time.RFC3339Nano), Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
				Status: rec.status, Millis: float64(s.opts.Now().Sub(start)) / float64(time.Millisecond), InFlight: inflight,
				Decisions: *decisions,
			})
		}()
		next.ServeHTTP(rec, r)
	})
}

// write appends one line; a log that cannot be written must not break the tenant.
func (l *requestLog) write(line logLine) {
	data, err := json.Marshal(line)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.out.Write(append(data, '\n'))
}

// statusRecorder remembers the status that went out, 0 for none.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *statusRecorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the real writer.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
