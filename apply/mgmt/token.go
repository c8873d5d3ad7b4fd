package mgmt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tacit-dev/tacit/apply"
)

// early is how long before its end a token is replaced, so that it does not
// expire on the way.
const early = time.Minute

// tokens holds the token of a run: tokens are metered (Auth0 docs, token quota),
// so there is one until it expires.
type tokens struct {
	http *transport
	// id and either secret or key get tokens; with a token given from outside
	// all are empty.
	id, secret, purpose string
	key                 *assertionKey

	// asking is held by whoever asks for a token; waiting for it ends with the
	// context, as all waiting does.
	asking chan struct{}

	mu    sync.Mutex // guards what follows, never for long
	value string
	until time.Time // zero: no end known
}

func newTokens(h *transport, o Options) (*tokens, error) {
	token, id := strings.TrimSpace(o.Token), strings.TrimSpace(o.ClientID)
	secret, pem := strings.TrimSpace(o.ClientSecret), strings.TrimSpace(o.AssertionKey)
	switch {
	case token != "":
		until, err := checkToken(token, h.url, o.Audience, h.now())
		return &tokens{http: h, value: token, until: until}, err
	case id == "" && secret == "" && pem == "":
		return nil, errors.New("no credentials: set AUTH0_CLIENT_ID with AUTH0_CLIENT_SECRET or AUTH0_CLIENT_ASSERTION_PRIVATE_KEY, or set AUTH0_API_TOKEN")
	case id == "":
		return nil, fmt.Errorf("%s is set but AUTH0_CLIENT_ID is not", either(secret != "", "AUTH0_CLIENT_SECRET", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY"))
	case secret == "" && pem == "":
		return nil, errors.New("AUTH0_CLIENT_ID is set but AUTH0_CLIENT_SECRET is not (nor AUTH0_CLIENT_ASSERTION_PRIVATE_KEY)")
	case secret != "" && pem != "":
		return nil, errors.New("AUTH0_CLIENT_SECRET and AUTH0_CLIENT_ASSERTION_PRIVATE_KEY are both set; unset the one that the application does not use")
	}
	s := &tokens{http: h, id: id, secret: secret, purpose: o.Audience, asking: make(chan struct{}, 1)}
	if s.purpose == "" {
		s.purpose = "https://" + h.url.Host + "/api/v2/"
	}
	if pem != "" {
		var err error
		if s.key, err = newAssertionKey(pem, o.AssertionAlg, o.AssertionKeyID); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func either(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// get returns the token, asking for a new one when there is none or it is about
// to expire.
func (s *tokens) get(ctx context.Context) (string, error) {
	if value := s.valid(); value != "" {
		return value, nil
	}
	if s.id == "" {
		return "", expired(s.until)
	}
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if value := s.valid(); value != "" {
		return value, nil // another one got it meanwhile
	}
	body, err := s.ask(ctx)
	if err != nil {
		return "", s.explain(err)
	}
	value, _ := body["access_token"].(string)
	if value == "" {
		return "", fmt.Errorf("get a token from %s: the answer holds no access_token; is AUTH0_DOMAIN the domain of an Auth0 tenant?", s.http.url.Host)
	}
	s.http.hide.add(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value, s.until = value, s.http.now().Add(life(body["expires_in"]))
	return value, nil
}

// valid returns the token if it may be used now.
func (s *tokens) valid() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until.IsZero() || s.http.now().Before(s.until) {
		return s.value
	}
	return ""
}

// renew gives up a token that Auth0 refuses, unless that has happened already;
// false means that no other can be had.
func (s *tokens) renew(refused string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value == refused && s.id != "" {
		s.value = ""
	}
	return s.id != ""
}

// current is the token in use.
func (s *tokens) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value
}

// life is how long a token is used: until shortly before it expires.
func life(expiresIn any) time.Duration {
	n, _ := expiresIn.(json.Number)
	s, err := n.Float64()
	if err != nil || s <= 0 || s > 1e8 {
		return time.Hour // Auth0's default is 24 hours
	}
	d := time.Duration(s * float64(time.Second))
	return d - min(early, d/2)
}

// ask requests a token by the client credentials grant (Auth0 docs,
// Authentication API, POST /oauth/token). An assertion is good for one use, so
// every try makes its own.
func (s *tokens) ask(ctx context.Context) (map[string]any, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.http.url.String()+"/oauth/token", http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	c := &call{op: "get a token from " + s.http.url.Host, token: true, body: s.request}
	if err := s.http.run(c, req); err != nil {
		return nil, err
	}
	body, _ := c.value.(map[string]any)
	return body, nil
}

func (s *tokens) request() ([]byte, error) {
	body := map[string]string{"grant_type": "client_credentials", "client_id": s.id, "audience": s.purpose}
	if s.key == nil {
		body["client_secret"] = s.secret
		return json.Marshal(body)
	}
	assertion, err := s.key.sign(s.id, "https://"+s.http.url.Host+"/", s.http.now())
	if err != nil {
		return nil, err
	}
	s.http.hide.add(assertion)
	body["client_assertion"], body["client_assertion_type"] = assertion, assertionType
	return json.Marshal(body)
}

// explain says what to do about a refusal.
func (s *tokens) explain(err error) error {
	var refused *apply.StatusError
	if !errors.As(err, &refused) || refused.Status >= 500 || refused.Status == http.StatusTooManyRequests {
		return err
	}
	advice := "check AUTH0_CLIENT_ID (" + s.id + ") and AUTH0_CLIENT_SECRET, and that they belong to AUTH0_DOMAIN"
	switch {
	case refused.Status == http.StatusNotFound || refused.Status < 400:
		advice = "check AUTH0_DOMAIN"
	case refused.Code == "unauthorized_client":
		advice = "the application " + s.id + " (AUTH0_CLIENT_ID) must be a machine-to-machine application with the client credentials grant"
	case refused.Status == http.StatusForbidden:
		advice = "authorize the application " + s.id + " (AUTH0_CLIENT_ID) for the Management API; the audience asked for is " + s.purpose +
			" (with a custom domain set AUTH0_AUDIENCE to https://TENANT.REGION.auth0.com/api/v2/)"
	case s.key != nil:
		advice = "check that the application " + s.id + " (AUTH0_CLIENT_ID) authenticates with Private Key JWT, that the public key registered there " +
			"belongs to AUTH0_CLIENT_ASSERTION_PRIVATE_KEY and is for " + s.key.alg + ", and that the clock of this machine is right (Auth0 allows 10 seconds)"
	}
	return fmt.Errorf("%w; %s", err, advice)
}
