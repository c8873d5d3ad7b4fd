// Package stage rehearses declared paths: it copies a tenant into a sandbox, carries out the plan on the copy, lets a
// throw-away IdP stand for the customers' and drives a login along each path. Nothing reaches the tenant itself, except through
// [Live]: there a short-lived canary connection on it stands for each customer's.
package stage

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Options are what a stage is made of.
type Options struct {
	// Config, Binding and Plan are the configuration, what was read of its tenant (apply.ReadWhole) and what to change.
	Config  *schema.Config
	Binding *plan.Binding
	Plan    *plan.Plan
	// Domain is the tenant's canonical host.
	Domain string
	// Guard says what the plan may not delete.
	Guard plan.Guard
	// Open gives access to the Management API of the copy.
	Open func(context.Context, http.RoundTripper) (apply.Tenant, error)
	Now  func() time.Time

	// Fault lets the IdP misbehave.
	Fault rehearse.Fault
	// Findings are what the rules say of the state that is rehearsed: what no login shows is told beside the paths.
	Findings []check.Finding
	// Session is what became of the tenant's session before the application asks.
	Session rehearse.Session
	// Implicit lets paths via iframe ask for the tokens themselves, as auth0.js does.
	Implicit bool
	// ThirdPartyCookies lets iframes send cookies to another site, as Chrome does and Safari, Firefox and Brave do not.
	ThirdPartyCookies bool
	Parallel          int // logins at once
	// Keys are made when nil. To share them between stages saves time: making them takes longer than many logins.
	Keys *Keys
}

// Keys are those of the throw-away IdP and of the copies' token signature. They live in memory only.
type Keys struct {
	idp     *rehearse.IDP
	signing *rsa.PrivateKey
}

// NewKeys makes keys for logins around the given time.
func NewKeys(now time.Time) (*Keys, error) {
	idp, err := rehearse.NewIDP(now)
	if err != nil {
		return nil, err
	}
	signing, err := rsa.GenerateKey(rand.Reader, signingBits)
	if err != nil {
		return nil, fmt.Errorf("generate the signing key of the copy: %w", err)
	}
	return &Keys{idp, signing}, nil
}

// Stage rehearses on copies of one tenant.
type Stage struct {
	Options
	hidden veil
}

const signingBits = 2048

// New makes a stage.
func New(o Options) (*Stage, error) {
	if o.Config == nil || o.Binding == nil || o.Binding.Snapshot == nil || o.Binding.Snapshot.Whole == nil || o.Open == nil || o.Now == nil {
		return nil, errors.New("stage: a configuration, a tenant that was read whole, access to the copy and a clock are needed")
	}
	if o.Keys == nil {
		var err error
		if o.Keys, err = NewKeys(o.Now()); err != nil {
			return nil, err
		}
	}
	return &Stage{Options: o, hidden: hidden(o.Config)}, nil
}

// ApplyError is a plan that cannot be carried out on the copy.
type ApplyError struct{ Err error }

// Error says that nothing happened to the tenant.
func (e *ApplyError) Error() string {
	return fmt.Sprintf("the plan cannot be carried out on a copy of the tenant: %v", e.Err)
}

// Unwrap returns the cause.
func (e *ApplyError) Unwrap() error { return e.Err }

// Planned rehearses the paths, and cases of theirs, on the state that the plan leads to. It fails with an [ApplyError] when the plan cannot be
// carried out.
func (s *Stage) Planned(ctx context.Context, paths []*check.Path, cases ...Case) (*Result, error) {
	return s.rehearse(ctx, paths, cases, s.Plan)
}

// Present rehearses the paths on the tenant as it is. Paths with objects that it lacks fail.
func (s *Stage) Present(ctx context.Context, paths []*check.Path, cases ...Case) (*Result, error) {
	return s.rehearse(ctx, paths, cases, nil)
}

func (s *Stage) rehearse(ctx context.Context, paths []*check.Path, cases []Case, p *plan.Plan) (*Result, error) {
	acts := program(paths, cases)
	c, err := s.copyTenant(pathsOf(acts), p)
	if err != nil {
		return nil, err
	}
	if err := s.carryOut(ctx, c, p); err != nil {
		return nil, err
	}
	cast, err := s.cast(ctx, c, acts)
	if err != nil {
		return nil, err
	}
	client, err := rehearse.New(rehearse.Options{
		Transport: c.server.Transport(), IDP: s.Keys.idp, Now: s.Now, DecisionHeader: sandbox.DecisionHeader, Parallel: s.Parallel,
	})
	if err != nil {
		return nil, err
	}
	var scenarios []rehearse.Scenario
	for i := range cast {
		if cast[i].trace == nil {
			scenarios = append(scenarios, cast[i].scenario)
		}
	}
	traces, err := client.RunAll(ctx, scenarios)
	if err != nil {
		return nil, err
	}
	for i := range cast {
		if cast[i].trace == nil {
			cast[i].trace, traces = traces[0], traces[1:]
		}
	}
	return s.result(c, paths, cast, p), nil
}

// carryOut makes the plan's changes on the copy, as apply would.
func (s *Stage) carryOut(ctx context.Context, c *copied, p *plan.Plan) error {
	if p == nil || len(p.Changes) == 0 {
		return nil
	}
	t, err := s.Open(ctx, c.server.Transport())
	if err != nil {
		return fmt.Errorf("open the copy of the tenant: %w", err)
	}
	done, err := apply.Runner{Tenant: t, Guard: s.Guard}.Run(ctx, p, s.Binding.IDs())
	if err != nil && ctx.Err() == nil {
		return &ApplyError{err}
	}
	for _, e := range done.Events {
		c.ids[e.Address] = e.ID
	}
	return err
}
