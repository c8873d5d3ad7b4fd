package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// code logs in and asks silently.
func (lt *loginTenant) code(ask ...string) string {
	lt.t.Helper()
	lt.login()
	s := lt.authorize(silent(ask...))
	require.NotEmpty(lt.t, s.answer().Get("code"), s.problem())
	return s.answer().Get("code")
}

func oauthProblem(o object) string { return text(o, "error") + ": " + text(o, "error_description") }

func TestRedeemingACode(t *testing.T) {
	secret := strings.Repeat("s", 64)
	for name, c := range map[string]struct {
		edit   func(object)
		ask    []string
		form   []string
		wait   time.Duration
		status int
		want   string
	}{
		"right":                   {status: 200},
		"wrong verifier":          {form: []string{"code_verifier", "x"}, status: 403, want: "invalid_grant: Failed to verify code verifier"},
		"no verifier":             {form: []string{"code_verifier", ""}, status: 403, want: "invalid_grant: Failed to verify code verifier"},
		"plain":                   {ask: []string{"code_challenge_method", "plain", "code_challenge", testVerifier}, status: 200},
		"plain, unnamed":          {ask: []string{"code_challenge_method", "", "code_challenge", testVerifier}, status: 200},
		"without PKCE":            {ask: []string{"code_challenge_method", "", "code_challenge", ""}, status: 401, want: "access_denied: Unauthorized"},
		"wrong code":              {form: []string{"code", "x"}, status: 403, want: "invalid_grant: Invalid authorization code"},
		"too late":                {wait: 10 * time.Minute, status: 403, want: "invalid_grant: Invalid authorization code"},
		"other redirect_uri":      {form: []string{"redirect_uri", "https://evil.example.com"}, status: 403, want: "unauthorized_client: The redirect URI is wrong. You sent https://evil.example.com, and we expected " + testApp},
		"another client":          {form: []string{"client_id", "other", "client_secret", secret}, status: 403, want: "invalid_grant: Invalid authorization code"},
		"an unknown client":       {form: []string{"client_id", "nobody"}, status: 401, want: "access_denied: Unauthorized"},
		"confidential, no secret": {edit: both(client("token_endpoint_auth_method", "client_secret_post"), client("client_secret", secret)), status: 401, want: "access_denied: Unauthorized"},
		"confidential":            {edit: both(client("token_endpoint_auth_method", "client_secret_post"), client("client_secret", secret)), form: []string{"client_secret", secret}, status: 200},
		"wrong secret":            {edit: both(client("token_endpoint_auth_method", "client_secret_post"), client("client_secret", secret)), form: []string{"client_secret", "x"}, status: 401, want: "access_denied: Unauthorized"},
		"proof required":          {edit: api("proof_of_possession", object{"mechanism": "dpop", "required": true}), status: 400, want: "invalid_request: DPoP proof is required"},
		"no such grant":           {form: []string{"grant_type", "magic"}, status: 403, want: "unsupported_grant_type: Unsupported grant type: magic"},
		"no grant":                {form: []string{"grant_type", ""}, status: 403, want: "invalid_request: Missing required parameter: grant_type"},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, c.edit, LoginOptions{})
			code := lt.code(c.ask...)
			lt.at = lt.at.Add(c.wait)
			status, body := lt.redeem(code, c.form...)
			require.Equal(t, c.status, status, body)
			if c.want != "" {
				assert.Equal(t, c.want, oauthProblem(body))
				assert.Equal(t, "token-request", lt.decisions[len(lt.decisions)-1].ID)
			}
		})
	}
}

func TestCodeIsGoodOnce(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	code := lt.code("scope", "openid offline_access")
	_, first := lt.redeem(code)
	require.NotEmpty(t, first["refresh_token"])
	status, body := lt.redeem(code)
	assert.Equal(t, 403, status)
	assert.Equal(t, "invalid_grant: Invalid authorization code", oauthProblem(body))
	status, _ = lt.refresh(text(first, "refresh_token"))
	assert.Equal(t, 403, status, "what came of the code ends")
}

func (lt *loginTenant) refresh(token string, overrides ...string) (int, object) {
	lt.t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {"spa"}, "refresh_token": {token}}
	for i := 0; i < len(overrides); i += 2 {
		form.Set(overrides[i], overrides[i+1])
	}
	return lt.token(form)
}

func TestRefresh(t *testing.T) {
	policy := func(o object) func(object) { return client("refresh_token", o) }
	start := func(edit func(object)) (*loginTenant, string) {
		lt := newLogin(t, edit, LoginOptions{})
		_, body := lt.redeem(lt.code("scope", "openid read:orders offline_access"))
		return lt, text(body, "refresh_token")
	}
	t.Run("not rotating", func(t *testing.T) {
		lt, token := start(nil)
		for range 3 {
			lt.at = lt.at.Add(1000 * time.Hour)
			status, body := lt.refresh(token)
			require.Equal(t, 200, status, body)
			assert.NotContains(t, body, "refresh_token")
			_, access := claims(t, text(body, "access_token"))
			assert.Equal(t, "openid read:orders offline_access", access["scope"])
		}
	})
	t.Run("rotating", func(t *testing.T) {
		lt, token := start(policy(object{"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 10}))
		_, body := lt.refresh(token)
		next := text(body, "refresh_token")
		require.NotEmpty(t, next)
		lt.at = lt.at.Add(10 * time.Second)
		status, _ := lt.refresh(token)
		assert.Equal(t, 200, status, "within the leeway")
		lt.at = lt.at.Add(time.Second)
		status, body = lt.refresh(token)
		assert.Equal(t, 403, status)
		assert.Equal(t, "invalid_grant: Unknown or invalid refresh token.", oauthProblem(body))
		status, _ = lt.refresh(next)
		assert.Equal(t, 403, status, "the family ends")
	})
	t.Run("expiring", func(t *testing.T) {
		lt, token := start(policy(object{"rotation_type": "non-rotating", "expiration_type": "expiring", "token_lifetime": 100, "idle_token_lifetime": 60}))
		for _, step := range []struct{ wait, status int }{{59, 200}, {40, 200}, {1, 403}} {
			lt.at = lt.at.Add(time.Duration(step.wait) * time.Second)
			status, _ := lt.refresh(token)
			assert.Equal(t, step.status, status)
		}
	})
	t.Run("fewer scopes", func(t *testing.T) {
		lt, token := start(nil)
		_, body := lt.refresh(token, "scope", "read:orders admin")
		assert.Equal(t, "read:orders", body["scope"])
	})
	for name, edit := range map[string]func(object){
		"the API forbids it": api("allow_offline_access", false),
		"no such grant type": client("grant_types", []any{"authorization_code", "implicit"}),
	} {
		_, token := start(edit)
		assert.Empty(t, token, name)
	}
}

func TestScopesOfATokenAreTheIntersection(t *testing.T) {
	rbac := both(api("enforce_policies", true), api("token_dialect", "access_token_authz"))
	permission := func(name string) object {
		return object{"permission_name": name, "resource_server_identifier": testAPI}
	}
	user := func(more object) func(object) {
		return func(seed object) { more["user_id"] = "samlp|acme|ann"; seed["users"] = []any{more} }
	}
	grant := func(scope ...any) func(object) {
		return func(seed object) {
			api("subject_type_authorization", object{"user": object{"policy": "require_client_grant"}})(seed)
			seed["client_grants"] = []any{object{"id": "cgr_1", "client_id": "spa", "audience": testAPI, "subject_type": "user", "scope": scope}}
		}
	}
	for name, c := range map[string]struct {
		edit        func(object)
		scope       string
		want        any
		permissions any
	}{
		"all":                    {nil, "openid read:orders write:orders", "openid read:orders write:orders", nil},
		"only what is asked":     {nil, "read:orders", "read:orders", nil},
		"not defined":            {nil, "openid delete:orders", "openid", nil},
		"none":                   {nil, "delete:orders", nil, nil},
		"the grant's":            {grant("write:orders"), "read:orders write:orders", "write:orders", nil},
		"no roles":               {rbac, "openid read:orders", "openid", []any{}},
		"a role":                 {both(rbac, user(object{"roles": []any{object{"permissions": []any{permission("read:orders")}}}})), "openid read:orders write:orders", "openid read:orders", []any{"read:orders"}},
		"permissions, not asked": {both(rbac, user(object{"permissions": []any{permission("read:orders"), permission("write:orders")}})), "read:orders", "read:orders", []any{"read:orders", "write:orders"}},
		"an Action adds":         {action(object{"add_scope": []any{"extra"}, "remove_scope": []any{"write:orders"}}), "read:orders write:orders", "read:orders extra", nil},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, c.edit, LoginOptions{})
			_, body := lt.redeem(lt.code("scope", c.scope))
			_, access := claims(t, text(body, "access_token"))
			assert.Equal(t, c.want, access["scope"])
			assert.Equal(t, c.permissions, access["permissions"])
		})
	}
}

func TestAccessTokens(t *testing.T) {
	lt := newLogin(t, api("token_dialect", "rfc9068_profile"), LoginOptions{UserinfoAtIssuer: true})
	_, body := lt.redeem(lt.code())
	head, access := claims(t, text(body, "access_token"))
	assert.Equal(t, "at+jwt", head["typ"])
	assert.Equal(t, "spa", access["client_id"])
	assert.NotEmpty(t, access["jti"])
	assert.NotContains(t, access, "azp")

	lt = newLogin(t, both(api("signing_alg", "HS256"), api("signing_secret", strings.Repeat("k", 32))), LoginOptions{})
	_, body = lt.redeem(lt.code())
	head, access = claims(t, text(body, "access_token"))
	assert.Equal(t, "HS256", head["alg"])
	assert.Equal(t, testAPI, access["aud"], "one audience only")

	lt = newLogin(t, api("signing_alg", "PS256"), LoginOptions{})
	_, body = lt.redeem(lt.code())
	head, _ = claims(t, text(body, "access_token"))
	assert.Equal(t, "PS256", head["alg"])

	lt = newLogin(t, api("token_encryption", object{"format": "compact-nested-jwe", "encryption_key": object{"thumbprint_sha256": "t"}}), LoginOptions{})
	_, body = lt.redeem(lt.code())
	parts := strings.Split(text(body, "access_token"), ".")
	require.Len(t, parts, 5)
	assert.NotEmpty(t, parts[1])

	lt = newLogin(t, nil, LoginOptions{})
	_, body = lt.redeem(lt.code("audience", ""))
	assert.Len(t, strings.Split(text(body, "access_token"), "."), 5)
	assert.Equal(t, number(86400), body["expires_in"])
	lt = newLogin(t, setting("default_audience", testAPI), LoginOptions{})
	_, body = lt.redeem(lt.code("audience", ""))
	assert.Len(t, strings.Split(text(body, "access_token"), "."), 3)
	for profile, parts := range map[string]int{"audience": 5, "compatibility": 3} {
		lt = newLogin(t, setting("resource_parameter_profile", profile), LoginOptions{})
		_, body = lt.redeem(lt.code("audience", "", "resource", testAPI))
		assert.Len(t, strings.Split(text(body, "access_token"), "."), parts)
	}
}

func TestIDTokenAlgorithm(t *testing.T) {
	for name, c := range map[string]struct {
		edit  func(object)
		login LoginOptions
		want  string
	}{
		"as configured":         {nil, LoginOptions{}, "RS256"},
		"absent":                {client("jwt_configuration", object{}), LoginOptions{}, "HS256"},
		"absent, other reading": {client("jwt_configuration", object{}), LoginOptions{PublicClientsRS256: true}, "RS256"},
	} {
		lt := newLogin(t, c.edit, c.login)
		head, _ := claims(t, lt.login().answer().Get("id_token"))
		assert.Equal(t, c.want, head["alg"], name)
	}
}

// TestIndependentVerification lets go-oidc find the keys and judge the tokens.
func TestIndependentVerification(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	ctx := oidc.ClientContext(context.WithoutCancel(t.Context()), lt.browser)
	provider, err := oidc.NewProvider(ctx, "https://"+testDomain+"/")
	require.NoError(t, err)
	now := func() time.Time { return lt.at }
	_, body := lt.redeem(lt.code())
	id, err := provider.Verifier(&oidc.Config{ClientID: "spa", Now: now}).Verify(ctx, text(body, "id_token"))
	require.NoError(t, err)
	assert.Equal(t, "no", id.Nonce)
	access, err := provider.Verifier(&oidc.Config{ClientID: testAPI, Now: now}).Verify(ctx, text(body, "access_token"))
	require.NoError(t, err)
	assert.Equal(t, "samlp|acme|ann", access.Subject)
	hybrid := lt.authorize(silent("response_type", "token id_token", "response_mode", "fragment")).answer()
	id, err = provider.Verifier(&oidc.Config{ClientID: "spa", Now: now}).Verify(ctx, hybrid.Get("id_token"))
	require.NoError(t, err)
	require.NoError(t, id.VerifyAccessToken(hybrid.Get("access_token")))
	lt.at = lt.at.Add(601 * time.Second)
	_, err = provider.Verifier(&oidc.Config{ClientID: testAPI, Now: now}).Verify(ctx, text(body, "access_token"))
	require.ErrorContains(t, err, "expired")
}

func TestCORS(t *testing.T) {
	for name, c := range map[string]struct {
		edit    func(object)
		origin  string
		allowed bool
	}{
		"a callback's origin": {nil, testApp, true},
		"another":             {nil, "https://evil.example.com", false},
		"a list without it":   {client("allowed_origins", []any{"https://x.example.com"}), testApp, false},
		"a list with it":      {client("allowed_origins", []any{"https://*.example.com"}), testApp, true},
	} {
		lt := newLogin(t, c.edit, LoginOptions{})
		for _, method := range []string{http.MethodPost, http.MethodOptions} {
			req, err := http.NewRequestWithContext(t.Context(), method, "https://"+testDomain+"/oauth/token", strings.NewReader("client_id=spa"))
			require.NoError(t, err)
			req.Header.Set("Origin", c.origin)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			assert.Equal(t, c.allowed, lt.do(req).header.Get("Access-Control-Allow-Origin") == c.origin, name+" "+method)
		}
	}
}

func TestLogout(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	lt.login()
	s := lt.get("https://" + testDomain + "/v2/logout?client_id=spa&returnTo=" + url.QueryEscape(testApp))
	assert.Equal(t, testApp, s.location.String())
	assert.Equal(t, "session", lt.authorize(silent()).refusedBy())
	s = lt.get("https://" + testDomain + "/v2/logout?client_id=spa&returnTo=https://evil.example.com")
	assert.Equal(t, 400, s.status)
	assert.Equal(t, "logout-url", s.refusedBy())

	_, body := lt.redeem(lt.code())
	at := "https://" + testDomain + "/oidc/logout?"
	assert.Equal(t, 400, lt.get(at+"id_token_hint=x").status)
	q := url.Values{"id_token_hint": {text(body, "id_token")}, "post_logout_redirect_uri": {testApp}, "state": {"bye"}}
	assert.Equal(t, testApp+"?state=bye", lt.get(at+q.Encode()).location.String())
	assert.Equal(t, "session", lt.authorize(silent()).refusedBy())
}

func TestUserinfoOfJWT(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	_, body := lt.redeem(lt.code())
	ask := func(token string) *seen {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+testDomain+"/userinfo", http.NoBody)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		return lt.do(req)
	}
	assert.JSONEq(t, `{"sub":"samlp|acme|ann","email":"ann@example.com","name":"ann@example.com"}`, ask(text(body, "access_token")).body)
	assert.Equal(t, 401, ask(text(body, "id_token")).status)
	_, body = lt.redeem(lt.authorize(silent("scope", "read:orders")).answer().Get("code"))
	assert.Equal(t, 401, ask(text(body, "access_token")).status, "without openid it has no such audience")
}
