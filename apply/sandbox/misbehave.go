package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// hooked calls Options.Before. A request whose context ended in it never reached the tenant.
func (s *Server) hooked(next http.Handler) http.Handler {
	if s.opts.Before == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		if err != nil {
			s.answer(w, nil, fail(http.StatusBadRequest, "", "Invalid request payload: %v", err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
		s.opts.Before(r)
		r.Body = io.NopCloser(bytes.NewReader(data))
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// slowed adds Options.Latency to every request, before anything is done.
func (s *Server) slowed(next http.Handler) http.Handler {
	if s.opts.Latency <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.wait(r.Context(), s.opts.Latency)
		next.ServeHTTP(w, r)
	})
}

// wait sleeps, and gives up the request when its client is gone.
func (s *Server) wait(ctx context.Context, d time.Duration) {
	if s.opts.Sleep(ctx, d) != nil {
		panic(http.ErrAbortHandler)
	}
}

// sleep is the real Options.Sleep.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// staleKey is where a request carries how stale its lists are.
type staleKey struct{}

// staleness is how long the lists of a request do not show new objects.
func (s *Server) staleness(ctx context.Context) time.Duration {
	d, _ := ctx.Value(staleKey{}).(time.Duration)
	return max(d, s.opts.ConsistencyDelay)
}

// faulted makes requests meet the faults that are due.
func (s *Server) faulted(next http.Handler) http.Handler {
	if len(s.faults.list) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var act *Fault
		for _, f := range s.faults.due(r) {
			d := time.Duration(f.Millis) * time.Millisecond
			switch {
			case f.Action == FaultDelay:
				s.wait(r.Context(), d)
			case f.Action == FaultStaleList:
				r = r.WithContext(context.WithValue(r.Context(), staleKey{}, max(d, s.staleness(r.Context()))))
			case act == nil:
				act = &f
			}
		}
		if act == nil {
			next.ServeHTTP(w, r)
			return
		}
		s.misbehave(w, r, next, *act)
	})
}

// misbehave does what a fault says.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, next http.Handler, f Fault) {
	switch f.Action {
	case FaultHTML:
		answerHTML(w, f.statusOr(http.StatusBadGateway))
	case FaultCut:
		cut(w)
	case FaultCommitThenFail:
		next.ServeHTTP(newRecorder(), r)
		s.failWith(w, f.statusOr(http.StatusBadGateway))
	case FaultCommitThenCut:
		next.ServeHTTP(newRecorder(), r)
		cut(w)
	case FaultTruncate:
		truncate(w, r, next)
	case FaultEndlessNext:
		rec := newRecorder()
		next.ServeHTTP(rec, r)
		rec.copyTo(w, endless(rec.body.Bytes()))
	default:
		s.failWith(w, f.statusOr(http.StatusServiceUnavailable))
	}
}

func (f Fault) statusOr(status int) int {
	if f.Status != 0 {
		return f.Status
	}
	return status
}

// failWith answers with an error of Auth0's shape; a 429 looks like one of the rate limiter.
func (s *Server) failWith(w http.ResponseWriter, status int) {
	if status != http.StatusTooManyRequests {
		s.answer(w, nil, fail(status, "", "%s", http.StatusText(status)))
		return
	}
	if s.limits == nil {
		verdict{limit: 10, reset: s.opts.Now().Unix() + 1}.show(w.Header())
	} else {
		w.Header().Set("X-RateLimit-Remaining", "0")
	}
	s.answer(w, nil, errTooMany(true))
}

// answerHTML is what a proxy in between says.
func answerHTML(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	_, _ = fmt.Fprintf(w, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n</body>\r\n</html>\r\n", title, title)
}

// cut closes the connection. Over HTTP/1 part of a status line goes out first: a client that got nothing may take the
// connection for one that had idled too long, and repeat the request by itself. HTTP/2 has its stream reset.
func cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = io.WriteString(conn, "HTTP/1.1 200")
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}

// truncate sends the header of the whole answer and half of its body. An answer without a body is cut.
func truncate(w http.ResponseWriter, r *http.Request, next http.Handler) {
	rec := newRecorder()
	next.ServeHTTP(rec, r)
	data := rec.body.Bytes()
	if len(data) < 2 {
		cut(w)
	}
	rec.header.Set("Content-Length", strconv.Itoa(len(data)))
	rec.copyTo(w, data[:len(data)/2])
	_ = http.NewResponseController(w).Flush() // in process there is nothing to flush
	panic(http.ErrAbortHandler)
}

// copyTo sends a recorded answer with another body.
func (r *recorder) copyTo(w http.ResponseWriter, body []byte) {
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(r.status)
	if len(body) > 0 {
		_, _ = w.Write(body) // a client that went away is nobody's error
	}
}

// endless adds a next to the last page of a checkpoint list, which leads to the first page. Other bodies stay.
func endless(body []byte) []byte {
	v, err := decode(body)
	if err != nil {
		return body
	}
	o, _ := v.(object)
	_, offset := o["total"]
	lists := 0
	for _, member := range o {
		if _, ok := member.([]any); ok {
			lists++
		}
	}
	if offset || lists != 1 || len(o) > 2 {
		return body
	}
	setDefault(o, "next", cursor(""))
	data, err := encode(o)
	if err != nil {
		return body
	}
	return data
}
