// Package sandbox is a local Auth0 tenant: a strict, stateful emulation of the Management API v2 for the objects tacit
// manages, and of the SAML and OpenID Connect login flow on them, served as an http.Handler.
//
// It is an independent witness of Auth0's behaviour and so shares no code with the planner: it imports nothing of this
// module. What it knows was read from recorded traffic, from Auth0's documentation, or is assumed; Behaviours lists
// every such fact with its grade, and the README of this package is checked against that list.
package sandbox

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are the knobs of a sandbox. The zero value is a permissive, current tenant without persistence.
type Options struct {
	// Domains are the hosts the tenant answers for, the canonical one first: it appears in tokens (iss), in the system
	// API's identifier https://DOMAIN/api/v2/ and in provisioning_ticket_url. When empty, Start takes the bound address.
	Domains []string
	// Now is the tenant's clock; nil means time.Now.
	Now func() time.Time
	// Rand is where ids, secrets and keys come from; nil means crypto/rand. It is read under a lock.
	Rand io.Reader
	// Scopes are what a bearer token that is not a JWT may do, and what the token end point grants; nil means everything.
	Scopes []string
	// Log receives one JSON object per request and line; nil means no log.
	Log io.Writer
	// Store, when set, is read by New and written after each successful write request.
	Store *Store
	// APIDate makes the tenant behave as Auth0 did on that day where behaviour changed over the years (see api_date.go);
	// the zero time means the latest behaviour known here.
	APIDate time.Time
	// StrictOptions refuses samlp options that Auth0's published schema refuses. Recorded tenants echo options
	// unvalidated, so that is the default.
	StrictOptions bool
	// Metadata answers the fetches that Auth0 does: URL to document. For options.metadataUrl of SAML that is the IdP's
	// metadata, and a URL that is not listed is a 400; for okta it is https://DOMAIN/.well-known/openid-configuration, and
	// without it nothing is discovered. The sandbox itself never reaches the network.
	Metadata map[string][]byte
	// EnabledClientsInBodies shows enabled_clients in the answers of /connections, as one of two recorded tenants still did
	// in 2026-08.
	EnabledClientsInBodies bool

	// Tier gives the tenant the rate limits and entity limits of a subscription; empty is TierOff.
	Tier Tier
	// NoEntityLimits leaves a tier its rate limits alone. Ten connections per organization and 100,000 organizations are
	// limits of every tenant.
	NoEntityLimits bool
	// ItemsAreOther counts GET of /connections/{id}, /connections/{id}/clients, /clients/{id} and /clients/{id}/connections
	// as "all other endpoints" instead of "read connections" and "read clients". Auth0's documentation does not say.
	ItemsAreOther bool
	// ResetWhenFull lets X-RateLimit-Reset tell when the bucket is full again, as traffic of 2018 to 2022 did, instead of
	// when the next token is there, as the documentation says.
	ResetWhenFull bool
	// Latency is added to every request, before anything is done.
	Latency time.Duration
	// ConsistencyDelay is how long a new object stays out of lists; a GET by its id finds it at once.
	ConsistencyDelay time.Duration
	// Sleep waits for Latency and for delay faults; it returns early, with an error, when the context ends. nil is real
	// time.
	Sleep func(context.Context, time.Duration) error
	// Faults are misbehaviours on request (see ParseFaults).
	Faults []Fault
	// Before, when set, is called with every request for the tenant before anything is done with it, concurrently when
	// requests are. It may read the body, call Edit and PatchObject, and end the request's context: such a request does
	// nothing.
	Before func(*http.Request)

	// LogDelay is how much later than it happened the next entry of the tenant's log can be read; nil means at once.
	LogDelay func() time.Duration
	// LogIDsOfEvents draws the id of an entry when the event happens instead of when its entry arrives, so that a late
	// entry appears before others in the order of ids. Auth0's documentation does not say.
	LogIDsOfEvents bool
	// LogRetention is how long the log keeps entries; 0 means what the tier's subscription has, and for ever without one.
	LogRetention time.Duration

	// Login are the switches of the login flow.
	Login LoginOptions
	// SigningKey signs tokens; nil makes one when the first token is asked for. Tests share one to save its making.
	SigningKey *rsa.PrivateKey
	// Decided, when set, is called after each request to the login flow with what was decided about it.
	Decided func(*http.Request, []Decision)
}

// Server is one tenant. It is an http.Handler and safe for concurrent use.
type Server struct {
	opts    Options
	routes  []route
	schemas schemas
	handler http.Handler
	keys    signer // signs tokens
	log     *requestLog
	events  tenantLog

	loginRoutes []loginRoute
	loginFacts  map[string]LoginBehaviour // by ID

	limits       *limiter // nil without a tier
	entityLimits map[quota]int
	faults       *faults

	entropyMu sync.Mutex // guards opts.Rand

	mu      sync.RWMutex // guards everything below
	domains []string
	tenant  *tenant
	logins  logins
	plain   bool   // served over plain http
	version uint64 // counts successful writes, so that concurrent saves can be merged (see Store)
}

// New makes a tenant. With a Store that holds a saved tenant it is that one; otherwise it is a fresh tenant, which like
// every Auth0 tenant holds the global client "All Applications" and the system API "Auth0 Management API".
func New(opts Options) (*Server, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	domains, err := cleanDomains(opts.Domains)
	if err != nil {
		return nil, err
	}
	if opts.Sleep == nil {
		opts.Sleep = sleep
	}
	if opts.Tier, err = ParseTier(string(opts.Tier)); err != nil {
		return nil, err
	}
	s := &Server{opts: opts, domains: domains, log: newRequestLog(opts.Log), entityLimits: entityLimits(opts)}
	if opts.Tier != TierOff {
		s.limits = newLimiter(planOf(opts.Tier), opts.Now())
	}
	if s.faults, err = newFaults(opts.Faults); err != nil {
		return nil, err
	}
	if s.schemas, err = newSchemas(); err != nil {
		return nil, fmt.Errorf("sandbox: validation tables: %w", err)
	}
	s.routes, s.loginRoutes, s.loginFacts = newRoutes(), loginRoutes(), factsByID()
	s.keys.own = opts.SigningKey
	s.handler = s.chain(http.HandlerFunc(s.serve))
	s.tenant = s.freshTenant()
	if opts.Store != nil && len(opts.Store.initial) > 0 {
		if err := s.Load(opts.Store.initial); err != nil {
			return nil, fmt.Errorf("sandbox store %s: %w", opts.Store.path, err)
		}
	}
	return s, nil
}

// ServeHTTP answers one request to the tenant.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Domain is the canonical domain of the tenant: the first of Options.Domains, or what Start bound.
func (s *Server) Domain() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.domain()
}

// scheme is how the tenant is reached. The caller holds the lock.
func (s *Server) scheme() string {
	if s.plain {
		return "http"
	}
	return "https"
}

// domain is Domain for callers that hold the lock.
func (s *Server) domain() string {
	if len(s.domains) == 0 {
		return placeholderDomain
	}
	return s.domains[0]
}

// placeholderDomain stands for the canonical domain until Start knows the bound address.
const placeholderDomain = "localhost"

// adoptDomain makes addr the canonical domain of a server that was given none, and moves the system API along: its
// identifier is derived from the domain (recorded: https://<tenant>/api/v2/).
func (s *Server) adoptDomain(addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.domains) > 0 {
		return
	}
	s.domains = []string{addr}
	s.tenant.renameSystemAPI(systemIdentifier(addr))
}

// cleanDomains lower-cases the configured hosts and refuses anything that is not a host with an optional port.
func cleanDomains(in []string) ([]string, error) {
	var errs []error
	out := make([]string, 0, len(in))
	for _, d := range in {
		host := strings.ToLower(strings.TrimSpace(d))
		if host == "" || strings.ContainsAny(host, "/ \\?#@") {
			errs = append(errs, fmt.Errorf("sandbox: domain %q is not a host name such as tenant.eu.auth0.com", d))
			continue
		}
		out = append(out, host)
	}
	return out, errors.Join(errs...)
}

// entropy reads n random bytes from the injected source.
func (s *Server) entropy(n int) ([]byte, error) {
	s.entropyMu.Lock()
	defer s.entropyMu.Unlock()
	buf := make([]byte, n)
	if _, err := io.ReadFull(s.opts.Rand, buf); err != nil {
		return nil, fmt.Errorf("sandbox: random source: %w", err)
	}
	return buf, nil
}
