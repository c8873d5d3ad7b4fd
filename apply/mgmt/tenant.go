// Package mgmt reads and writes a tenant over Auth0's Management API. It is the
// only package that imports go-auth0, and it uses it losslessly: the SDK makes
// the requests, but its types drop what they do not know, so bodies go in as
// maps and come out as the JSON that Auth0 sent (see [transport]).
package mgmt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/auth0/go-auth0/v3/management/actions/triggers/bindings"
	clientgrants "github.com/auth0/go-auth0/v3/management/clientgrants/client"
	clients "github.com/auth0/go-auth0/v3/management/clients/client"
	connections "github.com/auth0/go-auth0/v3/management/connections/client"
	"github.com/auth0/go-auth0/v3/management/core"
	"github.com/auth0/go-auth0/v3/management/customdomains"
	"github.com/auth0/go-auth0/v3/management/guardian/policies"
	"github.com/auth0/go-auth0/v3/management/option"
	organizations "github.com/auth0/go-auth0/v3/management/organizations/client"
	"github.com/auth0/go-auth0/v3/management/resourceservers"
	"github.com/auth0/go-auth0/v3/management/tenants/settings"

	"github.com/tacit-dev/tacit/apply"
)

var _ apply.Tenant = (*Tenant)(nil)

// Options say which tenant to talk to and how.
type Options struct {
	// Domain is host[:port] of the tenant, or http://127.0.0.1:PORT: plain
	// http is for literal loopback addresses only.
	Domain string
	// Token is a Management API token. It takes precedence over ClientID.
	Token string
	// ClientID and ClientSecret get a token by the client credentials grant.
	ClientID, ClientSecret string
	// AssertionKey gets a token in place of ClientSecret, by private key JWT:
	// the PEM of an RSA key of 2048 to 4096 bits, PKCS #1 or #8.
	AssertionKey string
	// AssertionAlg signs with it: RS256 (also when empty), RS384 or PS256.
	AssertionAlg string
	// AssertionKeyID is the kid of the application's credential; it may be
	// empty.
	AssertionKeyID string
	// Audience of that token; https://DOMAIN/api/v2/ when empty. With a custom
	// domain it must be set, because the audience names the canonical one
	// (Auth0 docs, custom domains; terraform-provider-auth0's AUTH0_AUDIENCE).
	Audience string
	// Transport sends all requests; nil means a clone of the default one.
	Transport http.RoundTripper
	// UserAgent is such as "tacit/1.2.3".
	UserAgent string
	// RunID goes as X-Correlation-ID with every write, so that the tenant's
	// logs show the run (Auth0 docs, Management API; at most 64 characters).
	RunID string
	// MaxRPS bounds the requests per second beside what the tenant's limits
	// allow; 0 means no bound of our own.
	MaxRPS float64
	// Parallelism is how many requests are under way at once; 0 means
	// [apply.DefaultParallelism].
	Parallelism int
	// Waiting is told whenever a request has to wait a second or longer for the
	// tenant's rate limit, by several goroutines at once; it may be nil.
	Waiting func(time.Duration)
	// Debug receives one line per request: method, path, status and duration.
	Debug io.Writer
	// Sleep waits before a request; nil means a timer that ctx stops.
	Sleep func(context.Context, time.Duration) error
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// maxRunID is the longest X-Correlation-ID that Auth0 accepts (Auth0 docs,
// Management API v2 introduction).
const maxRunID = 64

// Tenant is an Auth0 tenant behind its Management API. It may be used by
// several goroutines at once.
type Tenant struct {
	http   *transport
	domain string
	// size is the page size that lists ask for; a refusal makes it smaller.
	size atomic.Int64

	clients         *clients.Client
	connections     *connections.Client
	resourceServers *resourceservers.Client
	settings        *settings.Client
	clientGrants    *clientgrants.Client
	organizations   *organizations.Client
	customDomains   *customdomains.Client
	policies        *policies.Client
	bindings        *bindings.Client
}

// New prepares access to a tenant. With client credentials it asks for the
// token at once: the SDK would swallow a refusal and send requests without any.
func New(ctx context.Context, o Options) (*Tenant, error) {
	base, err := baseURL(o.Domain)
	if err != nil {
		return nil, err
	}
	if len(o.RunID) > maxRunID {
		return nil, fmt.Errorf("the run id has %d characters; Auth0 accepts at most %d as X-Correlation-ID", len(o.RunID), maxRunID)
	}
	switch {
	case math.IsNaN(o.MaxRPS), math.IsInf(o.MaxRPS, 0), o.MaxRPS < 0:
		return nil, fmt.Errorf("%v requests per second is not a limit; give a number above 0, or 0 for none", o.MaxRPS)
	case o.Parallelism < 0:
		return nil, fmt.Errorf("%d requests at once is not a limit; give 1 or more, or 0 for %d", o.Parallelism, apply.DefaultParallelism)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Transport == nil {
		if o.Transport, err = defaultTransport(); err != nil {
			return nil, err
		}
	}
	h := newTransport(base, o)
	if h.tokens, err = newTokens(h, o); err != nil {
		return nil, err
	}
	if _, err := h.tokens.get(ctx); err != nil {
		return nil, err
	}
	return newTenant(h, base), nil
}

// newTenant builds only the parts of the SDK that are used: the whole client
// costs a quarter more compile time and half a megabyte.
func newTenant(h *transport, base *url.URL) *Tenant {
	ro := core.NewRequestOptions(
		option.WithBaseURL(base.String()+"/api/v2"),
		option.WithHTTPClient(h),
		// The transport repeats requests itself. The SDK's WithoutRetries has
		// no effect on a client, and its retries would repeat a POST.
		option.WithMaxAttempts(1),
	)
	t := &Tenant{
		http:            h,
		domain:          base.Host,
		clients:         clients.NewClient(ro),
		connections:     connections.NewClient(ro),
		resourceServers: resourceservers.NewClient(ro),
		settings:        settings.NewClient(ro),
		clientGrants:    clientgrants.NewClient(ro),
		organizations:   organizations.NewClient(ro),
		customDomains:   customdomains.NewClient(ro),
		policies:        policies.NewClient(ro),
		bindings:        bindings.NewClient(ro),
	}
	t.size.Store(maxPage)
	return t
}

// Requests counts the requests sent to the Management API so far, repeated ones
// included and token requests not.
func (t *Tenant) Requests() int { return int(t.http.requests.Load()) }

// Domain is the host[:port] that requests go to.
func (t *Tenant) Domain() string { return t.domain }

// Origin is Domain with its scheme, as URLs of the tenant begin.
func (t *Tenant) Origin() string { return t.http.url.Scheme + "://" + t.domain }

// Transport reaches the tenant's login pages, as requests of the Management API
// reach it, without their token and pace.
func (t *Tenant) Transport() http.RoundTripper { return t.http.base }

// baseURL reads the domain as people write it, https:// and a final slash
// forgiven.
func baseURL(domain string) (*url.URL, error) {
	d := strings.TrimSpace(domain)
	if d == "" {
		return nil, errors.New("no tenant: set AUTH0_DOMAIN, such as example.eu.auth0.com")
	}
	if !strings.Contains(d, "://") {
		d = "https://" + d
	}
	u, err := url.Parse(d)
	if err != nil || u.Host == "" || u.Opaque != "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("AUTH0_DOMAIN is not the domain of a tenant; write the host only, such as example.eu.auth0.com")
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme != "http":
		return nil, fmt.Errorf("AUTH0_DOMAIN has the scheme %q; write the host only, such as example.eu.auth0.com", u.Scheme)
	case !loopback(u.Hostname()):
		return nil, fmt.Errorf("plain http would send the credentials to %s in clear; only literal loopback addresses such as http://127.0.0.1:8080 may use it", u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// loopback accepts literal addresses only: what localhost means is up to the
// resolver.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

func defaultTransport() (http.RoundTripper, error) {
	d, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("http.DefaultTransport was replaced; give a transport")
	}
	return d.Clone(), nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
