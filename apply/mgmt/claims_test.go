package mgmt_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
)

// jwt makes an unsigned token: nothing here verifies one.
func jwt(t *testing.T, claims map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(claims)
	require.NoError(t, err)
	return "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(raw) + ".c2lnbmF0dXJl"
}

func TestGivenTokens(t *testing.T) {
	const api, other = "https://" + domain + "/api/v2/", "https://other.eu.auth0.com/api/v2/"
	soon, past := time.Now().Add(time.Hour).Unix(), time.Now().Add(-time.Hour).Unix()
	for name, test := range map[string]struct {
		claims   map[string]any
		domain   string
		audience string
		want     []string
	}{
		"fits":             {map[string]any{"iss": "https://" + domain + "/", "aud": api, "exp": soon}, domain, "", nil},
		"audiences":        {map[string]any{"iss": "https://" + domain + "/", "aud": []string{"https://" + domain + "/userinfo", api}}, domain, "", nil},
		"capitals":         {map[string]any{"iss": "https://" + domain + "/", "aud": api}, "Tenant.Example.Auth0.com", "", nil},
		"says nothing":     {map[string]any{}, domain, "", nil},
		"expired":          {map[string]any{"exp": past, "iss": "https://" + domain + "/", "aud": api}, domain, "", []string{"AUTH0_API_TOKEN expired at 20"}},
		"other tenant":     {map[string]any{"iss": "https://other.eu.auth0.com/", "aud": other}, domain, "", []string{"is for other.eu.auth0.com but AUTH0_DOMAIN is " + domain, "nothing was sent", other}},
		"other API":        {map[string]any{"iss": "https://" + domain + "/", "aud": "https://api.example.com/"}, domain, "", []string{"https://api.example.com/, not for the Management API"}},
		"custom domain":    {map[string]any{"iss": "https://login.example.com/", "aud": other}, "login.example.com", "", nil},
		"canonical issuer": {map[string]any{"iss": "https://other.eu.auth0.com/", "aud": other}, "login.example.com", other, nil},
		"stand-in":         {map[string]any{"iss": "https://other.eu.auth0.com/", "aud": other}, "http://127.0.0.1:8080", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			token := jwt(t, test.claims)
			_, err := mgmt.New(t.Context(), mgmt.Options{Domain: test.domain, Token: token, Audience: test.audience, Transport: untouched(t)})
			if test.want == nil {
				require.NoError(t, err)
				return
			}
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.NotContains(t, err.Error(), token)
		})
	}
}

func TestGivenTokenExpiresInMidRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		token := jwt(t, map[string]any{"exp": time.Now().Add(time.Minute).Unix()})
		tenant, f := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"client_id":"c"}`) },
			func(o *mgmt.Options) { o.Token = token })
		_, err := tenant.Get(t.Context(), schema.Clients, "c")
		require.NoError(t, err)
		time.Sleep(time.Minute)
		_, err = tenant.Get(t.Context(), schema.Clients, "c")
		require.ErrorContains(t, err, "AUTH0_API_TOKEN expired at 2000-01-01T00:01:00Z")
		assert.Len(t, f.requests, 1)
	})
}

func TestScopes(t *testing.T) {
	tests := map[string]struct {
		token string
		want  []string
		known bool
	}{
		"some":      {jwt(t, map[string]any{"scope": "read:clients  update:clients"}), []string{"read:clients", "update:clients"}, true},
		"empty":     {jwt(t, map[string]any{"scope": ""}), []string{}, true},
		"no claim":  {jwt(t, map[string]any{}), nil, false},
		"opaque":    {apiToken, nil, false},
		"like one":  {"a.b.c", nil, false},
		"not JSON":  {"a." + base64.RawURLEncoding.EncodeToString([]byte("[1]")) + ".c", nil, false},
		"two parts": {"eyJhbGciOiJub25lIn0.eyJzY29wZSI6IngifQ", nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tenant, _ := to(t, nil, func(o *mgmt.Options) { o.Token = test.token })
			scopes, known := tenant.Scopes()
			assert.Equal(t, test.known, known)
			assert.Equal(t, test.want, scopes)
			err := tenant.Preflight([]string{"read:clients", "read:connections"})
			if !known {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "read:connections")
		})
	}
	t.Run("fetched", func(t *testing.T) {
		tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, 200, `{"access_token":"`+jwt(t, map[string]any{"scope": "read:clients"})+`"}`)
		}, credentials)
		scopes, known := tenant.Scopes()
		assert.True(t, known)
		assert.Equal(t, []string{"read:clients"}, scopes)
		require.EqualError(t, tenant.Preflight([]string{"read:clients", "read:connections"}),
			"the token lacks read:connections; authorize the application for the Auth0 Management API with that scope")
		require.NoError(t, tenant.Preflight(scopes))
	})
}

func TestMissingScopes(t *testing.T) {
	assert.Equal(t, []string{"c", "a"}, mgmt.MissingScopes([]string{"b"}, []string{"c", "b", "a", "c"}))
	assert.Empty(t, mgmt.MissingScopes([]string{"b"}, []string{"b"}))
}

func TestNeededScopes(t *testing.T) {
	type list = []schema.Collection
	for name, test := range map[string]struct {
		work mgmt.Work
		want []string
	}{
		"nothing": {mgmt.Work{}, nil},
		"plan": {mgmt.Work{Read: list{schema.Connections, schema.Clients, schema.ResourceServers, schema.TenantSettings, schema.CustomDomains, schema.ClientGrants}}, []string{
			"read:client_grants", "read:clients", "read:connections", "read:connections_options", "read:custom_domains", "read:resource_servers", "read:tenant_settings",
		}},
		"organizations":    {mgmt.Work{Read: list{schema.Organizations, schema.OrganizationConnections, mgmt.Actions}}, []string{"read:actions", "read:organization_connections", "read:organizations"}},
		"new connection":   {mgmt.Work{Created: list{schema.Connections}}, []string{"create:connections", "update:connections"}},
		"other connection": {mgmt.Work{Updated: list{schema.Connections}}, []string{"read:connections", "read:connections_options", "update:connections", "update:connections_options"}},
		"clients":          {mgmt.Work{Read: list{schema.Clients}, Created: list{schema.Clients}, Updated: list{schema.Clients}}, []string{"create:clients", "read:clients", "update:clients"}},
		"deletions":        {mgmt.Work{Deleted: list{schema.Connections, schema.OrganizationConnections}}, []string{"delete:connections", "delete:organization_connections", "read:connections", "read:connections_options", "read:organization_connections"}},
		"settings":         {mgmt.Work{Updated: list{schema.TenantSettings}}, []string{"read:tenant_settings", "update:tenant_settings"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, mgmt.NeededScopes(test.work))
		})
	}
}

// TestRefusedTokenIsRenewed: a 401 in mid-run, whatever the method, costs one
// new token and one repetition.
func TestRefusedTokenIsRenewed(t *testing.T) {
	tokens, valid := 0, 1
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/oauth/token":
			tokens++
			answer(w, 200, fmt.Sprintf(`{"access_token":"token-number-%d","expires_in":86400}`, tokens))
		case r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-number-%d", valid):
			answer(w, 401, `{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}`)
		default:
			made(w, r)
		}
	}
	tenant, _ := to(t, handler, credentials)
	valid = 2
	_, err := tenant.Create(t.Context(), schema.Clients, body)
	require.NoError(t, err)
	assert.Equal(t, 2, tokens)
	assert.Equal(t, 2, tenant.Requests())

	valid = 9 // whatever token is fetched is refused
	_, err = tenant.Update(t.Context(), schema.Clients, "c", body)
	assert.Equal(t, &apply.StatusError{Op: "update client", Status: 401, Message: "Invalid token"}, err)
	assert.Equal(t, 3, tokens, "once per request")
	assert.Equal(t, 4, tenant.Requests())

	tenant, _ = to(t, handler)
	_, err = tenant.Get(t.Context(), schema.Clients, "c")
	require.ErrorContains(t, err, "401")
	assert.Equal(t, 1, tenant.Requests(), "a given token cannot be renewed")
}

// TestRenewedTokenIsShared: many requests that are refused at once fetch one
// token together.
func TestRenewedTokenIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens, valid := 0, 1
		tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oauth/token" {
				tokens++
				answer(w, 200, fmt.Sprintf(`{"access_token":"token-number-%d","expires_in":86400}`, tokens))
				return
			}
			if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-number-%d", valid) {
				answer(w, 401, `{"message":"Invalid token"}`)
				return
			}
			made(w, r)
		}, credentials, realSleep, func(o *mgmt.Options) {
			fast := o.Transport
			var n atomic.Int64
			o.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				time.Sleep(50 * time.Millisecond * time.Duration(1+n.Add(1)%3*3))
				return fast.RoundTrip(r)
			})
		})
		_, err := tenant.Get(t.Context(), schema.Clients, "c")
		require.NoError(t, err)
		valid = 2
		require.NoError(t, inParallel(8, func(int) error { _, err := tenant.Get(t.Context(), schema.Clients, "c"); return err }))
		assert.Equal(t, 2, tokens)
	})
}
