package mgmt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/tacit-dev/tacit/apply"
)

// early is how long before its end a token is replaced, so that it does not
// expire on the way.
const early = time.Minute

// tokens holds the token of a run: tokens are metered (Auth0 docs, token quota),
// so there is one until it expires.
type tokens struct {
	http                *transport
	id, secret, purpose string

	mu    sync.Mutex
	value string
	until time.Time // zero: no end known
}

func newTokens(h *transport, o Options) (*tokens, error) {
	token, id, secret := strings.TrimSpace(o.Token), strings.TrimSpace(o.ClientID), strings.TrimSpace(o.ClientSecret)
	switch {
	case token != "":
		if strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r > unicode.MaxASCII }) {
			return nil, errors.New("AUTH0_API_TOKEN is not a token: it holds white space or other characters that no token has")
		}
		return &tokens{value: token}, nil
	case id == "" && secret == "":
		return nil, errors.New("no credentials: set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or AUTH0_API_TOKEN")
	case id == "":
		return nil, errors.New("AUTH0_CLIENT_SECRET is set but AUTH0_CLIENT_ID is not")
	case secret == "":
		return nil, errors.New("AUTH0_CLIENT_ID is set but AUTH0_CLIENT_SECRET is not")
	}
	audience := o.Audience
	if audience == "" {
		audience = "https://" + h.url.Host + "/api/v2/"
	}
	return &tokens{http: h, id: id, secret: secret, purpose: audience}, nil
}

// get returns the token, asking for a new one when there is none or it is about
// to expire.
func (s *tokens) get(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value != "" && (s.until.IsZero() || s.http.now().Before(s.until)) {
		return s.value, nil
	}
	body, err := s.ask(ctx)
	if err != nil {
		return "", s.explain(err)
	}
	value, _ := body["access_token"].(string)
	if value == "" {
		return "", fmt.Errorf("get a token from %s: the answer holds no access_token; is AUTH0_DOMAIN the domain of an Auth0 tenant?", s.http.url.Host)
	}
	s.value, s.until = value, s.http.now().Add(life(body["expires_in"]))
	s.http.hide.add(value)
	return value, nil
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
// Authentication API, POST /oauth/token).
func (s *tokens) ask(ctx context.Context) (map[string]any, error) {
	raw, err := json.Marshal(map[string]string{
		"grant_type": "client_credentials", "client_id": s.id, "client_secret": s.secret, "audience": s.purpose,
	})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.http.url.String()+"/oauth/token", bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	c := &call{op: "get a token from " + s.http.url.Host, token: true}
	if err := s.http.run(c, req); err != nil {
		return nil, err
	}
	body, _ := c.value.(map[string]any)
	return body, nil
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
	}
	return fmt.Errorf("%w; %s", err, advice)
}
