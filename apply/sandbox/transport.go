package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
)

// Transport serves requests to the tenant's domains in this process, without sockets, and refuses every other host: a
// command that runs on a sandbox cannot reach the network by mistake. It works inside testing/synctest.
func (s *Server) Transport() http.RoundTripper { return inProcess{s} }

type inProcess struct{ server *Server }

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	defer closeBody(req)
	if !t.server.answersFor(req.URL.Host) {
		return nil, fmt.Errorf("the sandbox does not reach the network: %s", req.URL.Host)
	}
	if req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return nil, fmt.Errorf("the sandbox does not speak %s: %s", req.URL.Scheme, req.URL.Redacted())
	}
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := serverRequest(req)
	if err != nil {
		return nil, err
	}
	// The handler runs beside the caller so that a cancelled context returns at once even while it works.
	rec := newRecorder()
	done := make(chan struct{})
	go func() {
		defer close(done)
		rec.aborted = aborts(func() { t.server.ServeHTTP(rec, in) })
	}()
	select {
	case <-done:
		if rec.aborted {
			return rec.broken(req)
		}
		return rec.response(req), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// aborts runs a handler and says whether it gave up its connection, as net/http lets a handler do.
func aborts(serve func()) (aborted bool) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			aborted = true
		default:
			panic(v)
		}
	}()
	serve()
	return false
}

// serverRequest turns a client's request into what a handler sees. The body is read first: the handler may outlive a
// cancelled caller, who may not touch its body after that.
func serverRequest(req *http.Request) (*http.Request, error) {
	in := req.Clone(req.Context())
	in.Host = req.Host
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	in.RequestURI = req.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:0"
	in.Body = http.NoBody
	if req.Body != nil {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, fmt.Errorf("read request body: %w", err)
		}
		in.Body = io.NopCloser(bytes.NewReader(data))
		in.ContentLength = int64(len(data))
	}
	return in, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // RoundTripper must close; its error helps nobody
	}
}

// recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	sent   http.Header
	status int
	body   bytes.Buffer

	aborted bool // the connection was closed before the answer was complete
}

func newRecorder() *recorder { return &recorder{header: http.Header{}, status: http.StatusOK} }

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.sent == nil {
		r.status, r.sent = status, r.header.Clone()
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

func (r *recorder) response(req *http.Request) *http.Response {
	r.WriteHeader(http.StatusOK)
	r.sent.Set("Content-Length", strconv.Itoa(r.body.Len()))
	return &http.Response{
		Status: strconv.Itoa(r.status) + " " + http.StatusText(r.status), StatusCode: r.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: r.sent, Request: req,
		Body: io.NopCloser(bytes.NewReader(r.body.Bytes())), ContentLength: int64(r.body.Len()),
	}
}

// broken is what a client gets of a connection that was closed: an error before the header was sent, a body that ends
// too early after it.
func (r *recorder) broken(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if r.sent == nil {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: io.ErrUnexpectedEOF}
	}
	length := r.sent.Get("Content-Length")
	res := r.response(req)
	res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(r.body.Bytes()), brokenReader{}))
	if n, err := strconv.ParseInt(length, 10, 64); err == nil {
		res.ContentLength = n
		res.Header.Set("Content-Length", length)
	}
	return res, nil
}

// brokenReader is the end of a body that was cut off.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
