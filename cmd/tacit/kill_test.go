package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// holder stands between a command and its tenant, so that a script can kill the
// command while one of its writes is under way.
type holder struct {
	mu sync.Mutex
	// left counts down to the write that is held; 0 holds none.
	left int
	// forward sends the held write on, so that only its answer is lost.
	forward bool
	held    chan struct{}
	server  *httptest.Server
	tenant  string
	client  *http.Client
}

// holderOf returns the script's holder.
func holderOf(ts *testscript.TestScript) *holder {
	h, ok := ts.Value(holderKey{}).(*holder)
	if !ok {
		ts.Fatalf("no holder in the script's values")
	}
	return h
}

type holderKey struct{}

// hold implements the verb "hold N before|after": the N-th write from now on is
// not answered, and with before not sent on either.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || (args[1] != "before" && args[1] != "after") {
		ts.Fatalf("usage: hold N before|after")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	h := holderOf(ts)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.left, h.forward, h.held = n, args[1] == "after", make(chan struct{})
	if h.server == nil {
		h.tenant, h.client = ts.Getenv("AUTH0_DOMAIN"), tenantClient(ts)
		h.server = httptest.NewServer(h)
		ts.Defer(func() {
			h.server.CloseClientConnections()
			h.server.Close()
		})
		ts.Setenv("AUTH0_DOMAIN", h.server.URL)
	}
}

// held implements the verb "held": wait until the write is held.
func held(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: held")
	}
	select {
	case <-holderOf(ts).held:
	case <-time.After(time.Minute):
		ts.Fatalf("no write was held for a minute")
	}
}

// ServeHTTP passes requests on, except for the one to hold.
func (h *holder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	stop := false
	if r.Method != http.MethodGet && h.left > 0 {
		h.left--
		stop = h.left == 0
	}
	forward, held := h.forward, h.held
	h.mu.Unlock()
	sent, err := io.ReadAll(r.Body) // a server sees a client go only after that
	if err != nil {
		return
	}
	if !stop || forward {
		status, body, err := h.pass(r, sent)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if !stop {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write(body)
			return
		}
	}
	close(held)
	<-r.Context().Done() // the command is gone
}

func (h *holder) pass(r *http.Request, sent []byte) (status int, body []byte, err error) {
	// The request must outlive a command that is killed.
	out, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, h.tenant+r.URL.RequestURI(), bytes.NewReader(sent))
	if err != nil {
		return 0, nil, err
	}
	out.Header = r.Header.Clone()
	resp, err := h.client.Do(out)
	if err != nil {
		return 0, nil, err
	}
	body, err = io.ReadAll(resp.Body)
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	return resp.StatusCode, body, err
}
