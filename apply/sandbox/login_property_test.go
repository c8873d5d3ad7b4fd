package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestAnyRequest: whatever is asked, nothing breaks, and a browser is sent to the client's own addresses, to pages of
// the tenant, or to the connection's provider alone.
func TestAnyRequest(t *testing.T) {
	lt := newLogin(t, func(seed object) {
		both(withOrg, client("callbacks", []any{testApp + "/start-login", testApp, "https://*.example.org", "http://localhost:3000"}))(seed)
	}, LoginOptions{})
	lt.login()
	cookies := lt.browser.Jar.Cookies(&url.URL{Scheme: "https", Host: testDomain})
	values := map[string][]string{
		"client_id":             {"spa", "other", "nobody"},
		"redirect_uri":          {testApp, testApp + "/start-login?connection=acme", "https://x.example.org", "http://localhost:3000", "https://evil.org", "//evil.org", "https://app.example.com\r\nX: y"},
		"response_type":         {"code", "token", "id_token", "code id_token token", "magic"},
		"response_mode":         {"query", "fragment", "form_post", "web_message", "magic"},
		"prompt":                {"none", "login", "consent", "none login", "magic"},
		"audience":              {testAPI, "https://" + testDomain + "/userinfo", "magic"},
		"organization":          {"org_1", "one", "magic"},
		"connection":            {"acme", "magic"},
		"max_age":               {"0", "-1", "9999999999999999999", "10"},
		"scope":                 {"openid", "openid offline_access read:orders", "offline_access online_access"},
		"nonce":                 {"n"},
		"state":                 {"s", "\r\nX: y", "<script>"},
		"code_challenge":        {testVerifier, "x"},
		"code_challenge_method": {"S256", "plain", "x"},
		"id_token_hint":         {"x.y.z", "x"},
		"login_hint":            {"x"},
	}
	own := []string{testApp, "https://x.example.org", "http://localhost:3000", "/u/", "https://idp.example.com/sso?"}
	rapid.Check(t, func(r *rapid.T) {
		q := url.Values{}
		for key, known := range values {
			switch rapid.IntRange(0, 5).Draw(r, key+"?") {
			case 0:
			case 1:
				q.Set(key, rapid.String().Draw(r, key))
			default:
				q.Set(key, rapid.SampledFrom(known).Draw(r, key))
			}
		}
		req := httptest.NewRequest(http.MethodGet, "https://"+testDomain+"/authorize?"+q.Encode(), http.NoBody)
		if rapid.Bool().Draw(r, "session") {
			for _, c := range cookies {
				req.AddCookie(c)
			}
		}
		rec := httptest.NewRecorder()
		lt.ServeHTTP(rec, req)
		if rec.Code >= http.StatusInternalServerError {
			r.Fatalf("%d %s", rec.Code, rec.Body)
		}
		to := rec.Header().Get("Location")
		if (to == "") == (rec.Code == http.StatusFound) || strings.ContainsAny(to, "\r\n") {
			r.Fatalf("%d to %q", rec.Code, to)
		}
		for _, prefix := range own {
			if rest, ok := strings.CutPrefix(to, prefix); to == "" || ok && (rest == "" || strings.ContainsAny(rest[:1], "/?#") || strings.ContainsAny(prefix[len(prefix)-1:], "/?")) {
				return
			}
		}
		r.Fatalf("sent to %q", to)
	})
}

// TestManyAtOnce logs many users in at the same time.
func TestManyAtOnce(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	lt.opts.Decided = nil
	var responses []string
	for range 20 {
		responses = append(responses, encodeXML(lt.assertion().signed()))
	}
	var wg sync.WaitGroup
	for _, r := range responses {
		wg.Go(func() {
			one := &loginTenant{testTenant: lt.testTenant, at: lt.at}
			one.newBrowser()
			one.post(acsURL, url.Values{"SAMLResponse": {r}})
			s := one.authorize(silent())
			assert.NotEmpty(t, s.answer().Get("code"))
			status, _ := one.redeem(s.answer().Get("code"))
			assert.Equal(t, http.StatusOK, status)
		})
	}
	wg.Wait()
	require.NotNil(t, lt.tenant.users.get("samlp|acme|ann"))
	assert.Equal(t, number(20), lt.tenant.users.get("samlp|acme|ann")["logins_count"])
}

// TestUsersAreKept: users and consents are part of the tenant, sessions are not.
func TestUsersAreKept(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	lt.login()
	data, err := lt.Snapshot()
	require.NoError(t, err)
	assert.Contains(t, string(data), `"user_id": "samlp|acme|ann"`)
	for _, c := range lt.browser.Jar.Cookies(&url.URL{Scheme: "https", Host: testDomain}) {
		assert.NotContains(t, string(data), c.Value)
	}
	require.NoError(t, lt.Load(data))
	again, err := lt.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
}

// TestUsersReachTheStore: a login is kept as a write to the API is, and deleting the connection deletes its users.
func TestUsersReachTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	store, err := OpenStore(path)
	require.NoError(t, err)
	lt := newLogin(t, nil, LoginOptions{})
	lt.opts.Store = store
	lt.login()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(data), "samlp|acme|ann")
	lt.want(202, "DELETE", "/connections/con_acme", nil)
	data, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(data), "samlp|acme|ann")
	assert.Equal(t, "session", lt.authorize(silent()).refusedBy())
}
