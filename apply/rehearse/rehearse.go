// Package rehearse drives a login: a SAML response signed by a throw-away IdP, posted to a tenant, the path of the browser,
// the application's request for a token, the exchange of the code, and the verification of the JWT. What happened is
// returned as data.
//
// The tenant is whatever answers behind the injected transport. The package knows protocols and browsers, and no tenant
// from inside: it imports nothing of this module, so that it can be a witness against a sandbox as against the real one.
package rehearse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Options are what a client works with.
type Options struct {
	Transport http.RoundTripper // reaches the tenant
	IDP       *IDP              // signs for every scenario
	Now       func() time.Time
	// DecisionHeader is the response header in which a model of a tenant tells its decisions, if it does.
	DecisionHeader string
	Parallel       int // logins at once in RunAll; 4 when zero
}

// Client rehearses logins. It may be used concurrently.
type Client struct {
	opts Options
	keys keyCache
}

const defaultParallel = 4

// New returns a client.
func New(o Options) (*Client, error) {
	if o.Transport == nil || o.IDP == nil || o.Now == nil {
		return nil, errors.New("rehearse: a transport, an IdP and a clock are needed")
	}
	if o.Parallel <= 0 {
		o.Parallel = defaultParallel
	}
	return &Client{opts: o}, nil
}

// RunAll rehearses many logins and returns their traces in the order of the scenarios. An error is the end of ctx, or a
// scenario that makes no sense; a login that fails is a trace.
func (c *Client) RunAll(ctx context.Context, scenarios []Scenario) ([]*Trace, error) {
	traces := make([]*Trace, len(scenarios))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.opts.Parallel)
	for i, s := range scenarios {
		g.Go(func() (err error) {
			traces[i], err = c.Run(ctx, s)
			return err
		})
	}
	return traces, g.Wait()
}

// run is one login under way.
type run struct {
	*login
	client  *Client
	browser browser
	hide    secrets
	trace   *Trace
	prover  *prover // nil without DPoP
}

// Run rehearses one login.
func (c *Client) Run(ctx context.Context, s Scenario) (*Trace, error) {
	l, err := s.parse()
	if err != nil {
		return nil, err
	}
	r := &run{login: l, client: c, trace: &Trace{Path: s.Path, Scenario: l.summary(), Outcome: Passed}}
	r.browser = browser{
		transport: c.opts.Transport, decisionHeader: c.opts.DecisionHeader, hide: &r.hide,
		jar:   jar{now: c.opts.Now, blockThird: s.BlockThirdPartyCookies},
		hosts: []string{origin(l.domain), origin(l.acs)},
	}
	if s.DPoP {
		if r.prover, err = newProver(c.opts.Now); err != nil {
			return nil, fmt.Errorf("rehearse %q: %w", s.Path, err)
		}
	}
	err = r.walk(ctx)
	r.trace.Hops = r.browser.hops
	var stop *Stop
	switch {
	case err == nil:
	case errors.As(err, &stop):
		r.finish(stop)
	default:
		return nil, fmt.Errorf("rehearse %q: %w", s.Path, err)
	}
	return r.trace, nil
}

// walk is the login from end to end.
func (r *run) walk(ctx context.Context) error {
	if err := r.land(ctx); err != nil {
		return err
	}
	asked, got, err := r.askForToken(ctx)
	if err != nil {
		return err
	}
	issued := got.tokens
	if issued == nil {
		if issued, err = r.exchange(ctx, asked, got.code); err != nil {
			return err
		}
	}
	keys, err := r.readKeys(ctx)
	if err != nil {
		return err
	}
	if err := r.verify(keys, issued, asked.nonce); err != nil {
		return err
	}
	if err := r.askWhoIAm(ctx, issued); err != nil {
		return err
	}
	if !r.Refresh {
		return nil
	}
	return r.refresh(ctx, keys, issued.Refresh)
}

// fail is a stop at the last hop.
func (r *run) fail(step Step, code, description, format string, args ...any) *Stop {
	return &Stop{Step: step, Hop: r.browser.last(), Code: code, Description: description, Message: fmt.Sprintf(format, args...)}
}

// unsettled is a stop that proves nothing against the configuration.
func (r *run) unsettled(step Step, format string, args ...any) *Stop {
	s := r.fail(step, "", "", format, args...)
	s.outcome = Unknown
	return s
}

// finish writes the stop into the trace, without secrets that the server may have repeated.
func (r *run) finish(s *Stop) {
	r.trace.Outcome = Failed
	if s.outcome != "" {
		r.trace.Outcome = s.outcome
	}
	for _, text := range []*string{&s.Code, &s.Description, &s.Message} {
		*text = shorten(r.hide.hide(*text))
	}
	if s.Sees == "" && r.trace.Outcome == Failed {
		s.Sees = sees(s, r.Via)
	}
	r.trace.Stopped = s
}
