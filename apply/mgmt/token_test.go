package mgmt_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
)

const clientSecret = "secret-which-nobody-may-see"

func credentials(o *mgmt.Options) { o.Token, o.ClientID, o.ClientSecret = "", "machine", clientSecret }

func TestTokenIsAskedForOnceAndReplacedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		tenant, f := to(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oauth/token" {
				n++
				answer(w, 200, fmt.Sprintf(`{"access_token":"token-number-%d","expires_in":600,"token_type":"Bearer"}`, n))
				return
			}
			answer(w, 200, `{"client_id":"c"}`)
		}, credentials)
		require.Len(t, f.requests, 1, "New asks for the token")
		assert.JSONEq(t, `{"grant_type":"client_credentials","client_id":"machine","client_secret":"`+clientSecret+
			`","audience":"https://tenant.example.auth0.com/api/v2/"}`, f.requests[0].body)
		assert.Empty(t, f.requests[0].header.Get("X-Correlation-ID"))

		read := func(token string) {
			_, err := tenant.Get(t.Context(), schema.Clients, "c")
			require.NoError(t, err)
			assert.Equal(t, "Bearer "+token, f.requests[len(f.requests)-1].header.Get("Authorization"))
		}
		read("token-number-1")
		time.Sleep(539 * time.Second)
		read("token-number-1")
		time.Sleep(time.Second)
		read("token-number-2")
		assert.Equal(t, 3, tenant.Requests(), "token requests are not counted")
	})
}

func TestRefusedTokens(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   []string
	}{
		"wrong secret": {401, `{"error":"access_denied","error_description":"Unauthorized ` + clientSecret + `"}`,
			[]string{"get a token from tenant.example.auth0.com", "401", "Unauthorized", "AUTH0_CLIENT_ID (machine)", "AUTH0_CLIENT_SECRET"}},
		"not authorized": {403, `{"error":"access_denied","error_description":"Client is not authorized to access \"https://tenant.example.auth0.com/api/v2/\"."}`,
			[]string{"403", "authorize the application machine", "AUTH0_AUDIENCE"}},
		"not a machine": {403, `{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}`,
			[]string{"machine-to-machine"}},
		"no tenant": {404, `<h1>Oops</h1>`, []string{"AUTH0_DOMAIN", "not JSON", "Oops"}},
		"redirect":  {302, ``, []string{"AUTH0_DOMAIN", "not followed"}},
		"broken":    {502, `<h1>Bad gateway</h1>`, []string{"502", "Bad gateway"}},
		"limited":   {429, `{"error":"too_many_requests","error_description":"Global limit has been reached"}`, []string{"429", "too_many_requests"}},
		"no token":  {200, `{"token_type":"Bearer"}`, []string{"no access_token"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{t: t, handler: func(w http.ResponseWriter, _ *http.Request) { answer(w, test.status, test.body) }}
			o := mgmt.Options{Domain: domain, Transport: f, Sleep: noSleep}
			credentials(&o)
			_, err := mgmt.New(t.Context(), o)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.NotContains(t, err.Error(), clientSecret)
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*mgmt.Options)
		want   string
	}{
		"no domain":        {func(o *mgmt.Options) { o.Domain = " " }, "AUTH0_DOMAIN"},
		"path":             {func(o *mgmt.Options) { o.Domain = "example.auth0.com/api/v2" }, "AUTH0_DOMAIN"},
		"user":             {func(o *mgmt.Options) { o.Domain = "https://u:hush@example.auth0.com" }, "AUTH0_DOMAIN"},
		"other scheme":     {func(o *mgmt.Options) { o.Domain = "ftp://example.auth0.com" }, "scheme"},
		"plain http":       {func(o *mgmt.Options) { o.Domain = "http://example.auth0.com" }, "loopback"},
		"name of loopback": {func(o *mgmt.Options) { o.Domain = "http://localhost:3000" }, "loopback"},
		"no credentials":   {func(o *mgmt.Options) { o.Token = "" }, "AUTH0_API_TOKEN"},
		"only the id":      {func(o *mgmt.Options) { o.Token, o.ClientID = "", "x" }, "AUTH0_CLIENT_SECRET is not"},
		"only the secret":  {func(o *mgmt.Options) { o.Token, o.ClientSecret = "", "hush" }, "AUTH0_CLIENT_ID is not"},
		"broken token":     {func(o *mgmt.Options) { o.Token = "hush\r\nX: y" }, "AUTH0_API_TOKEN"},
		"run id":           {func(o *mgmt.Options) { o.RunID = fmt.Sprintf("%065d", 1) }, "64"},
	} {
		t.Run(name, func(t *testing.T) {
			o := mgmt.Options{Domain: domain, Token: apiToken}
			test.change(&o)
			_, err := mgmt.New(t.Context(), o)
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "hush")
		})
	}
	for _, fine := range []string{"example.auth0.com", "https://example.auth0.com/", "example.auth0.com:8443", "http://127.0.0.1:8080", "http://[::1]:8080/"} {
		_, err := mgmt.New(t.Context(), mgmt.Options{Domain: fine, Token: apiToken + "\n"})
		assert.NoError(t, err, fine)
	}
}
