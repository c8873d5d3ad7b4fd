package rehearse

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// issuerKeys is what an API knows of a tenant: discovery and signing keys. The hops that read them are told in the trace
// of every login that uses them.
type issuerKeys struct {
	issuer string
	set    jose.JSONWebKeySet
	hops   []Hop
}

// keyCache reads the keys of each domain once for all logins of a client.
type keyCache struct {
	mu      sync.Mutex
	domains map[string]*keyEntry
}

type keyEntry struct {
	mu   sync.Mutex
	keys *issuerKeys
}

func (c *keyCache) entry(domain string) *keyEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.domains == nil {
		c.domains = map[string]*keyEntry{}
	}
	if c.domains[domain] == nil {
		c.domains[domain] = &keyEntry{}
	}
	return c.domains[domain]
}

// readKeys returns the keys of the domain. Failures are not remembered.
func (r *run) readKeys(ctx context.Context) (*issuerKeys, error) {
	e := r.client.keys.entry(origin(r.domain))
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.keys != nil {
		r.browser.hops = append(r.browser.hops, slices.Clone(e.keys.hops)...)
		return e.keys, nil
	}
	first := len(r.browser.hops)
	k, err := r.fetchKeys(ctx)
	if err != nil {
		return nil, err
	}
	k.hops = slices.Clone(r.browser.hops[first:])
	e.keys = k
	return k, nil
}

func (r *run) fetchKeys(ctx context.Context) (*issuerKeys, error) {
	var discovery struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := r.fetchJSON(ctx, r.domain.JoinPath(".well-known", "openid-configuration"), &discovery); err != nil {
		return nil, err
	}
	if want := origin(r.domain) + "/"; discovery.Issuer != want {
		return nil, r.fail(StepKeys, "", "", "discovery names the issuer %q; the SDK expects %q", discovery.Issuer, want)
	}
	at, err := url.Parse(discovery.Keys)
	if err != nil || !r.browser.allowed(at) {
		return nil, r.unsettled(StepKeys, "discovery names keys at %q, and a rehearsal does not leave the tenant", discovery.Keys)
	}
	k := &issuerKeys{issuer: discovery.Issuer}
	if err := r.fetchJSON(ctx, at, &k.set); err != nil {
		return nil, err
	}
	r.browser.learn("%d signing keys", len(k.set.Keys))
	return k, nil
}

func (r *run) fetchJSON(ctx context.Context, u *url.URL, v any) error {
	p, err := r.browser.send(ctx, &request{step: StepKeys, frame: Fetch, method: http.MethodGet, url: u})
	if err != nil {
		return err
	}
	if p.status != http.StatusOK {
		return r.fail(StepKeys, "", "", "status %d instead of the document that an API needs to verify tokens", p.status)
	}
	if err := json.Unmarshal(p.body, v); err != nil {
		return r.fail(StepKeys, "", "", "the document that an API needs to verify tokens cannot be read: %v", err)
	}
	return nil
}
