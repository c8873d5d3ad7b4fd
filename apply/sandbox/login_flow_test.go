package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSilentUpgrade(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	landed := lt.login()
	assert.Equal(t, "https://app.example.com/start-login?connection=acme", strings.Split(landed.location.String(), "#")[0])
	_, id := claims(t, landed.answer().Get("id_token"))
	assert.Equal(t, "samlp|acme|ann", id["sub"])
	assert.Equal(t, "ann@example.com", id["email"])
	assert.NotContains(t, landed.answer(), "state")

	asked := lt.authorize(silent())
	require.Equal(t, http.StatusOK, asked.status, asked.body)
	require.Empty(t, asked.answer().Get("error"), asked.problem())
	assert.Contains(t, asked.body, `var targetOrigin = "https://app.example.com"`)
	assert.Equal(t, "st", asked.answer().Get("state"))
	status, body := lt.redeem(asked.answer().Get("code"))
	require.Equal(t, http.StatusOK, status, body)
	assert.Equal(t, number(600), body["expires_in"])
	assert.Equal(t, "Bearer", body["token_type"])
	assert.Equal(t, "openid profile email read:orders", body["scope"])
	head, access := claims(t, text(body, "access_token"))
	assert.Equal(t, "JWT", head["typ"])
	assert.Equal(t, "https://"+testDomain+"/", access["iss"])
	assert.Equal(t, []any{testAPI, "https://" + testDomain + "/userinfo"}, access["aud"])
	assert.Equal(t, "spa", access["azp"])
	assert.Equal(t, "samlp|acme|ann", access["sub"])
	assert.NotContains(t, access, "permissions")
	_, id = claims(t, text(body, "id_token"))
	assert.Equal(t, "no", id["nonce"])
}

func TestOpaqueTokens(t *testing.T) {
	lt := newLogin(t, func(seed object) { idpQuery(seed, "response_type=token id_token&scope=openid email") }, LoginOptions{})
	a := lt.login().answer()
	parts := strings.Split(a.Get("access_token"), ".")
	require.Len(t, parts, 5)
	assert.Empty(t, parts[1])
	assert.Equal(t, "7200", a.Get("expires_in"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+testDomain+"/userinfo", http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+a.Get("access_token"))
	assert.JSONEq(t, `{"sub":"samlp|acme|ann","email":"ann@example.com"}`, lt.do(req).body)
	lt.at = lt.at.Add(7200 * time.Second)
	assert.Equal(t, http.StatusUnauthorized, lt.do(req).status)

	old := newLogin(t, func(seed object) { idpQuery(seed, "response_type=token&scope=openid") }, LoginOptions{OldOpaqueTokens: true})
	assert.Len(t, old.login().answer().Get("access_token"), 32)
}

func TestLocalhostLosesScopes(t *testing.T) {
	lt := newLogin(t, func(seed object) {
		idpQuery(seed, "response_type=token id_token&scope=openid email&redirect_uri=http://localhost:3000/cb")
		member(seed, "clients", 0)["callbacks"] = []any{"http://localhost:3000/cb"}
	}, LoginOptions{})
	a := lt.login().answer()
	assert.Empty(t, a.Get("scope"))
	_, id := claims(t, a.Get("id_token"))
	assert.NotContains(t, id, "email")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+testDomain+"/userinfo", http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+a.Get("access_token"))
	assert.JSONEq(t, `{}`, lt.do(req).body)
}

func TestSessionsBelongToOneHost(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	lt.login()
	for _, c := range lt.browser.Jar.Cookies(&url.URL{Scheme: "https", Host: testDomain}) {
		assert.Contains(t, []string{"auth0", "auth0_compat", "did", "did_compat"}, c.Name)
	}
	elsewhere := lt.get("https://" + customHost + "/authorize?" + silent().Encode())
	assert.Equal(t, "login_required: Login required", elsewhere.problem())

	// Even a browser that sends the canonical domain's cookie has no session at the custom domain.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+customHost+"/authorize?"+silent().Encode(), http.NoBody)
	require.NoError(t, err)
	for _, c := range lt.browser.Jar.Cookies(&url.URL{Scheme: "https", Host: testDomain}) {
		req.AddCookie(c)
	}
	assert.Equal(t, "login_required: Login required", lt.do(req).problem())
}

func TestCustomDomain(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	at := "https://" + customHost + acsPath
	a := lt.assertion()
	a.destination, a.recipient = at, at
	landed := lt.post(at, url.Values{"SAMLResponse": {encodeXML(a.signed())}})
	require.Equal(t, http.StatusFound, landed.status, landed.body)
	code := lt.get("https://" + customHost + "/authorize?" + silent().Encode()).answer().Get("code")
	status, body := lt.redeem(code)
	require.Equal(t, http.StatusOK, status, body)
	_, access := claims(t, text(body, "access_token"))
	assert.Equal(t, "https://"+customHost+"/", access["iss"])
	assert.Equal(t, []any{testAPI, "https://" + testDomain + "/userinfo"}, access["aud"])
}

func TestSessionCookies(t *testing.T) {
	for mode, persistent := range map[string]bool{"persistent": true, "non-persistent": false} {
		lt := newLogin(t, func(seed object) {
			seed["tenant_settings"] = object{"session_cookie": object{"mode": mode}, "session_lifetime": 1, "ephemeral_session_lifetime": 1}
		}, LoginOptions{})
		cookies := (&http.Response{Header: lt.login().header}).Cookies()
		require.Len(t, cookies, 4)
		assert.Equal(t, "auth0", cookies[0].Name)
		assert.Equal(t, http.SameSiteNoneMode, cookies[0].SameSite)
		assert.True(t, cookies[0].Secure && cookies[0].HttpOnly)
		assert.Empty(t, cookies[0].Domain)
		assert.Equal(t, persistent, !cookies[0].Expires.IsZero())
		assert.Equal(t, "auth0_compat", cookies[1].Name)
		assert.Zero(t, cookies[1].SameSite)
	}
}

func TestAnswersOfTheProvider(t *testing.T) {
	for name, c := range map[string]struct {
		query, protocol string
		want            func(*testing.T, *seen)
	}{
		"code": {"response_type=code&scope=openid", "oauth2", func(t *testing.T, s *seen) {
			t.Helper()
			assert.NotEmpty(t, s.location.Query().Get("code"))
			assert.False(t, s.location.Query().Has("state"))
		}},
		"first callback":   {"response_type=id_token", "oidc", func(t *testing.T, s *seen) { t.Helper(); assert.Equal(t, "/start-login", s.location.Path) }},
		"no response_type": {"scope=openid", "oauth2", func(t *testing.T, s *seen) { t.Helper(); assert.NotEmpty(t, s.answer().Get("id_token")) }},
		"without openid":   {"response_type=id_token&scope=email", "oauth2", func(t *testing.T, s *seen) { t.Helper(); assert.Empty(t, s.answer().Get("id_token")) }},
		"form_post":        {"response_type=id_token&scope=openid&response_mode=form_post", "oauth2", func(t *testing.T, s *seen) { t.Helper(); assert.Contains(t, s.body, `name="id_token"`) }},
		"samlp":            {"", "samlp", func(t *testing.T, s *seen) { t.Helper(); assert.Contains(t, s.body, `name="SAMLResponse"`) }},
		"wsfed":            {"", "wsfed", func(t *testing.T, s *seen) { t.Helper(); assert.Contains(t, s.body, `name="wresult"`) }},
		"another redirect": {"redirect_uri=https://evil.example.com", "oauth2", problemIs("unauthorized_client: Callback URL mismatch. https://evil.example.com is not in the list of allowed callback URLs")},
		"a line break":     {"redirect_uri=https://app.example.com%0d%0aSet-Cookie:x", "oauth2", problemIs("unauthorized_client: Callback URL mismatch. https://app.example.com\r\nSet-Cookie:x is not in the list of allowed callback URLs")},
		"another type":     {"response_type=magic", "oauth2", problemIs("unsupported_response_type: Unsupported response type: magic")},
		"audience is no help": {"response_type=token&scope=openid&audience=" + testAPI, "oauth2", func(t *testing.T, s *seen) {
			t.Helper()
			assert.Len(t, strings.Split(s.answer().Get("access_token"), "."), 5)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, func(seed object) { idpQuery(seed, c.query)["client_protocol"] = c.protocol }, LoginOptions{})
			c.want(t, lt.arrive(lt.assertion().signed()))
		})
	}
}

func problemIs(want string) func(*testing.T, *seen) {
	return func(t *testing.T, s *seen) {
		t.Helper()
		assert.Equal(t, want, s.problem())
	}
}

// member is an element of a list of the seed.
func member(seed object, part string, i int) object { return seed[part].([]any)[i].(object) }

func options(seed object) object { return member(seed, "connections", 0)["options"].(object) }

// idpQuery sets client_authorizequery and returns idpinitiated.
func idpQuery(seed object, query string) object {
	idp := options(seed)["idpinitiated"].(object)
	idp["client_authorizequery"] = query
	return idp
}

func TestProviderPolicy(t *testing.T) {
	idp := func(key string, v any) func(object) {
		return func(seed object) { options(seed)["idpinitiated"].(object)[key] = v }
	}
	for name, c := range map[string]struct {
		edit       func(object)
		refused    string
		want       string
		statusCode int
	}{
		"disabled":         {idp("enabled", false), "idp-enabled", `{"invalid_request":"IdP-Initiated login is not enabled for connection 'acme'."}`, 400},
		"no client":        {idp("client_id", "nobody"), "idp-client", "invalid_request: IdP-Initiated Default App Not Configured", 400},
		"not for client":   {func(s object) { s["connection_clients"] = object{} }, "idp-connection-enabled", "invalid_request: Invalid request - connection disabled", 400},
		"no callback":      {func(s object) { idpQuery(s, "scope=openid"); member(s, "clients", 0)["callbacks"] = []any{} }, "idp-first-callback", "invalid_request: the client has no callback URL", 400},
		"no implicit":      {func(s object) { member(s, "clients", 0)["grant_types"] = []any{"authorization_code"} }, "grant-type", "unauthorized_client: Grant type 'implicit' not allowed for the client.", 302},
		"other attribute":  {func(s object) { options(s)["user_id_attribute"] = "employee" }, "user-id", "invalid_request: missing user identifier: expected one of employee", 400},
		"org is required":  {func(s object) { member(s, "clients", 0)["organization_usage"] = "require" }, "organization", "invalid_request: parameter organization is required for this client", 400},
		"another strategy": {func(s object) { member(s, "connections", 0)["strategy"] = "oidc" }, "acs-connection", "invalid_request: the connection was not found", 400},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, c.edit, LoginOptions{})
			s := lt.arrive(lt.assertion().signed())
			assert.Equal(t, c.want, s.problem())
			assert.Equal(t, c.statusCode, s.status)
			assert.Equal(t, c.refused, s.refusedBy())
		})
	}
}

func TestDefaultAudienceAtProvider(t *testing.T) {
	for _, jwt := range []bool{false, true} {
		lt := newLogin(t, func(seed object) {
			idpQuery(seed, "response_type=token&scope=openid")
			seed["tenant_settings"] = object{"default_audience": testAPI}
		}, LoginOptions{DefaultAudienceAtProvider: jwt})
		assert.Equal(t, jwt, len(strings.Split(lt.login().answer().Get("access_token"), ".")) == 3)
	}
}

func TestOrganizationLogin(t *testing.T) {
	const path = acsPath + "&organization=org_1"
	enter := func(edit func(object)) *loginTenant {
		return newLogin(t, func(seed object) {
			member(seed, "clients", 0)["organization_usage"] = "allow"
			seed["organizations"] = []any{object{"id": "org_1", "name": "acme"}}
			seed["organization_enabled_connections"] = object{"org_1": []any{object{"connection_id": "con_acme", "assign_membership_on_login": true}}}
			if edit != nil {
				edit(seed)
			}
		}, LoginOptions{})
	}
	arrive := func(lt *loginTenant) *seen {
		a := lt.assertion()
		a.destination, a.recipient = "https://"+testDomain+path, "https://"+testDomain+path
		return lt.post("https://"+testDomain+path, url.Values{"SAMLResponse": {encodeXML(a.signed())}})
	}
	lt := enter(nil)
	_, id := claims(t, arrive(lt).answer().Get("id_token"))
	assert.Equal(t, "org_1", id["org_id"])
	code := lt.authorize(silent("organization", "org_1")).answer().Get("code")
	_, body := lt.redeem(code)
	_, access := claims(t, text(body, "access_token"))
	assert.Equal(t, "org_1", access["org_id"])
	_, body = lt.redeem(lt.authorize(silent()).answer().Get("code"))
	_, access = claims(t, text(body, "access_token"))
	assert.NotContains(t, access, "org_id")

	assert.Equal(t, "access_denied: user  is not part of the org_1 organization", arrive(enter(func(seed object) {
		seed["organization_enabled_connections"] = object{"org_1": []any{object{"connection_id": "con_acme"}}}
	})).problem())
	assert.Equal(t, "org-connection", arrive(enter(func(seed object) { delete(seed, "organization_enabled_connections") })).refusedBy())
	assert.Equal(t, "invalid_request: parameter organization is not allowed for this client", arrive(enter(func(seed object) {
		member(seed, "clients", 0)["organization_usage"] = "deny"
	})).problem())
}
