package mgmt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tacit-dev/tacit/apply"
)

const (
	// maxTries bounds how often one request is sent.
	maxTries = 5
	// answerTimeout bounds one try, from dialling to the last byte.
	answerTimeout = 60 * time.Second
	// maxBody bounds an answer; the largest page of 100 connections that the
	// documented limits allow is smaller.
	maxBody = 64 << 20
)

// transport sends the SDK's requests, and it alone waits and repeats. It is the
// SDK's HTTP client rather than a RoundTripper under [http.Client], so that no
// redirect is ever followed.
//
// What Auth0 answered goes into the [call] of the request's context. The SDK
// itself gets an empty object, because its types drop unknown keys, reject
// shapes that tenants hold (go-auth0 v3.0.0 refuses 86400.0 for an integer) and
// panic on a list that is null. For the same reason a failure never reaches it
// as a response: on 408, 429 and 5xx it would sleep without heeding the context.
type transport struct {
	base      http.RoundTripper
	url       *url.URL
	userAgent string
	runID     string
	sleep     func(context.Context, time.Duration) error
	now       func() time.Time
	tokens    *tokens
	pace      *pacer
	hide      secrets
	requests  atomic.Int64

	mu    sync.Mutex // guards debug
	debug io.Writer
}

func newTransport(base *url.URL, o Options) *transport {
	t := &transport{
		base: o.Transport, url: base, userAgent: o.UserAgent, runID: o.RunID,
		sleep: o.Sleep, now: o.Now, debug: o.Debug, pace: newPacer(o),
	}
	t.hide.add(o.Token, o.ClientSecret, o.AssertionKey)
	return t
}

// call is one operation: what it is called, and how it ended.
type call struct {
	op string
	// token marks the request for a token, which carries no authorization, is
	// not counted, and may be repeated though it is a POST.
	token bool
	// body makes a new body for every try; nil when the request's own serves.
	body func() ([]byte, error)
	// renewed: a token was refused and a new one asked for.
	renewed bool
	// value is the decoded answer of a success, nil when it had no body.
	value any
	// header came with it.
	header http.Header
	err    error
	done   bool
}

type callKey struct{}

// do runs one call of the SDK and returns what Auth0 answered. The SDK's own
// error matters only when it failed before it sent anything.
func (t *Tenant) do(ctx context.Context, op string, f func(context.Context) error) (any, error) {
	c := &call{op: op}
	err := f(context.WithValue(ctx, callKey{}, c))
	switch {
	case c.err != nil:
		return nil, c.err
	case c.done:
		return c.value, nil
	case err == nil:
		err = errors.New("the SDK sent no request")
	}
	return nil, fmt.Errorf("%s: %w", op, err)
}

// Do implements the SDK's HTTP client.
func (t *transport) Do(req *http.Request) (*http.Response, error) {
	c, ok := req.Context().Value(callKey{}).(*call)
	if !ok {
		panic("mgmt: a request outside of do")
	}
	if c.err = t.run(c, req); c.err != nil {
		return nil, c.err
	}
	c.done = true
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Header: dateOf(c.header), Request: req,
		Body: io.NopCloser(bytes.NewReader([]byte("{}"))), ContentLength: 2,
	}, nil
}

// dateOf keeps of an answer's header the server's clock.
func dateOf(h http.Header) http.Header { return http.Header{"Date": h.Values("Date")} }

// failure is a try that did not succeed.
type failure struct {
	err error
	// again: repeating may help. A POST is repeated only when it was limited,
	// that is, certainly not carried out.
	again, limited bool
	// doubt: the request may have had its effect.
	doubt bool
	// asked is how long the server wants to be left alone.
	asked time.Duration
	// refused is the token that the server no longer accepts.
	refused string
}

// run sends the request until it succeeds, fails for good, or was tried often
// enough.
func (t *transport) run(c *call, req *http.Request) error {
	ctx, pause, doubt := req.Context(), newPause(), false
	for try := 1; ; try++ {
		f := t.try(ctx, c, req)
		if f == nil {
			return nil
		}
		doubt = doubt || f.doubt
		if f.refused != "" && !c.renewed && t.tokens.renew(f.refused) {
			// Nothing was carried out, so this is right for every method.
			c.renewed = true
			continue
		}
		repeat := f.again && (f.limited || c.token || req.Method != http.MethodPost)
		if try == maxTries || !repeat || f.asked > maxAsked {
			return c.failed(req, f.err, doubt)
		}
		d := pause.next(f.asked)
		if f.limited {
			t.pace.tell(d)
		}
		if err := t.sleep(ctx, d); err != nil {
			return c.failed(req, fmt.Errorf("%w while waiting to repeat it after: %w", err, f.err), doubt)
		}
	}
}

// failed makes the error of a call. Reads are never in doubt.
func (c *call) failed(req *http.Request, err error, doubt bool) error {
	if doubt && !c.token && req.Method != http.MethodGet {
		return &apply.InDoubtError{Op: c.op, Err: err}
	}
	if strings.HasPrefix(err.Error(), c.op+": ") { // a StatusError says it itself
		return err
	}
	return fmt.Errorf("%s: %w", c.op, err)
}

// try sends the request once, when its turn has come; nil means success.
func (t *transport) try(ctx context.Context, c *call, req *http.Request) *failure {
	if err := ctx.Err(); err != nil {
		return &failure{err: err}
	}
	if c.token {
		_, f := t.send(ctx, c, req, "")
		return f
	}
	permit, err := t.pace.acquire(ctx, classify(req.Method, req.URL))
	if err != nil {
		return &failure{err: fmt.Errorf("%w while waiting for Auth0's rate limit", err)}
	}
	token, err := t.tokens.get(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		t.pace.unsent(permit)
		return &failure{err: err}
	}
	t.requests.Add(1)
	a, f := t.send(ctx, c, req, token)
	if f != nil && a.status == 0 && !f.doubt {
		t.pace.unsent(permit)
	} else {
		t.pace.answered(permit, a.status, a.header)
	}
	if f != nil && a.status == http.StatusUnauthorized {
		f.refused = token
	}
	return f
}

// send sends the request with the token, which is empty for the token request
// only.
func (t *transport) send(ctx context.Context, c *call, req *http.Request, token string) (answer, *failure) {
	tctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	r, err := t.prepare(tctx, c, req, token)
	if err != nil {
		return answer{}, &failure{err: err}
	}
	start := t.now()
	a, err := t.exchange(r)
	t.log(r, a.status, t.now().Sub(start))
	if err != nil {
		f := &failure{again: ctx.Err() == nil && transient(err), doubt: !unsent(err)}
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("no complete answer within %s", answerTimeout)
		}
		f.err = t.hide.wrap(err)
		return a, f
	}
	return a, t.judge(c, a)
}

// judge sorts a complete answer.
func (t *transport) judge(c *call, a answer) *failure {
	c.header = a.header
	if a.status < 200 || a.status > 299 {
		f := &failure{err: t.statusError(c.op, a), limited: a.status == http.StatusTooManyRequests}
		f.doubt = a.status >= 500 || a.status == http.StatusRequestTimeout
		switch a.status {
		case http.StatusRequestTimeout, http.StatusTooManyRequests,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			f.again, f.asked = true, asked(a.header, t.now())
		}
		return f
	}
	if len(bytes.TrimSpace(a.body)) == 0 {
		c.value = nil
		return nil
	}
	v, err := decode(a.body)
	if err != nil {
		return &failure{doubt: true, err: fmt.Errorf("%d with %s", a.status, t.notJSON(a))}
	}
	c.value = v
	return nil
}

// prepare copies the request with a fresh body and our headers.
func (t *transport) prepare(ctx context.Context, c *call, req *http.Request, token string) (*http.Request, error) {
	if req.URL.Host != t.url.Host || req.URL.Scheme != t.url.Scheme {
		return nil, fmt.Errorf("refused to send credentials of %s to %s", t.url.Host, req.URL.Host)
	}
	r := req.Clone(ctx)
	if c.body != nil {
		raw, err := c.body()
		if err != nil {
			return nil, err
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	} else if req.Body != nil {
		if req.GetBody == nil {
			panic("mgmt: a body that cannot be sent twice")
		}
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		r.Body = body
	}
	if t.userAgent != "" {
		r.Header.Set("User-Agent", t.userAgent)
	}
	if token == "" {
		return r, nil
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if t.runID != "" && r.Method != http.MethodGet {
		r.Header.Set("X-Correlation-ID", t.runID)
	}
	return r, nil
}

var errTooLong = fmt.Errorf("the answer is longer than %d MB", maxBody>>20)

// answer is what came back, status 0 when nothing did.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// exchange sends a request and reads the whole answer.
func (t *transport) exchange(r *http.Request) (answer, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	a := answer{resp.StatusCode, resp.Header, body}
	switch {
	case err != nil:
		return a, fmt.Errorf("the answer broke off: %w", err)
	case len(body) > maxBody:
		return a, errTooLong
	case resp.ContentLength >= 0 && !resp.Uncompressed && int64(len(body)) != resp.ContentLength:
		return a, fmt.Errorf("the answer broke off: %w", io.ErrUnexpectedEOF)
	}
	return a, nil
}

// log writes what AUTH0_DEBUG promises and no more: queries, headers and bodies
// may hold secrets.
func (t *transport) log(r *http.Request, status int, took time.Duration) {
	if t.debug == nil {
		return
	}
	outcome := "no answer"
	if status != 0 {
		outcome = strconv.Itoa(status)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// Nobody can act on a debug line that could not be written.
	_, _ = fmt.Fprintf(t.debug, "%s %s %s %dms\n", r.Method, r.URL.EscapedPath(), outcome, took.Milliseconds())
}
