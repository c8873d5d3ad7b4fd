package sandbox

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// decisionCase breaks one thing on a tenant where everything else is right, and may say what mends it again.
type decisionCase struct {
	name    string
	rule    string // the behaviour that refuses
	edit    func(seed object)
	ask     []string            // parameters changed
	after   func(*loginTenant)  // between login and request
	login   LoginOptions        // switches
	want    string              // "" passes
	page    int                 // status when the refusal must not be redirected
	mended  func(seed object)   // with it the request passes
	mending func(*LoginOptions) // or with it
}

func client(key string, v any) func(object) {
	return func(seed object) { member(seed, "clients", 0)[key] = v }
}

func api(key string, v any) func(object) {
	return func(seed object) { member(seed, "resource_servers", 0)[key] = v }
}

func setting(key string, v any) func(object) {
	return func(seed object) { seed["tenant_settings"] = object{key: v} }
}

func action(effect object) func(object) {
	return func(seed object) {
		seed["action_bindings"] = object{"post-login": []any{object{"display_name": "act", "sandbox": effect}}}
	}
}

func both(edits ...func(object)) func(object) {
	return func(seed object) {
		for _, e := range edits {
			e(seed)
		}
	}
}

func withOrg(seed object) {
	member(seed, "clients", 0)["organization_usage"] = "allow"
	seed["organizations"] = []any{object{"id": "org_1", "name": "one"}}
	seed["organization_enabled_connections"] = object{"org_1": []any{object{"connection_id": "con_acme"}}}
	seed["users"] = []any{object{"user_id": "samlp|acme|ann", "organizations": []any{"org_1"}}}
}

const (
	loginNeeded = "login_required: Login required"
	mfaNeeded   = "login_required: Multifactor authentication required"
	notAllowed  = `invalid_request: Client "spa" is not authorized to access resource server "` + testAPI + `".`
)

func requestCases() []decisionCase {
	localhost := both(client("callbacks", []any{testApp + "/start-login", "http://localhost:3000"}), client("web_origins", []any{"http://localhost:3000"}))
	return []decisionCase{
		{name: "all right"},
		{rule: "client-known", ask: []string{"client_id", "nobody"}, want: "invalid_request: Unknown client: nobody", page: 403},
		{rule: "client-known", ask: []string{"client_id", ""}, want: "invalid_request: Missing required parameter: client_id", page: 400},
		{rule: "callback-listed", ask: []string{"redirect_uri", ""}, want: "invalid_request: Missing required parameter: redirect_uri", page: 400},
		{rule: "callback-listed", ask: []string{"redirect_uri", testApp + "/"}, want: "unauthorized_client: " + callbackMismatch(testApp+"/"), page: 403, mended: client("callbacks", []any{testApp + "/start-login", testApp + "/"})},
		{name: "query of a bare callback", ask: []string{"redirect_uri", testApp + "/start-login?connection=acme"}},
		{rule: "callback-listed", edit: client("callbacks", []any{testApp, testApp + "/start-login?connection=acme"}), ask: []string{"redirect_uri", testApp + "?a=b"}, login: LoginOptions{ExactCallbacks: true}, want: "unauthorized_client: " + callbackMismatch(testApp+"?a=b"), page: 403, mending: func(o *LoginOptions) { o.ExactCallbacks = false }},
		{rule: "callback-listed", ask: []string{"redirect_uri", "https://app.example.com.evil.org"}, want: "unauthorized_client: " + callbackMismatch("https://app.example.com.evil.org"), page: 403},
		{rule: "response-type", ask: []string{"response_type", ""}, want: "invalid_request: Missing required parameter: response_type"},
		{rule: "response-type", edit: client("is_first_party", false), ask: []string{"response_type", "token"}, want: "unsupported_response_type: Third-party clients cannot use the implicit grant"},
		{rule: "response-mode", ask: []string{"response_mode", "pigeon"}, want: "invalid_request: Unsupported response_mode: pigeon"},
		{rule: "response-mode", ask: []string{"response_mode", "query", "response_type", "token"}, want: "invalid_request: response_mode query is not allowed for response_type token"},
		{rule: "web-origin", edit: client("web_origins", []any{testApp + "/"}), want: "invalid_request: The specified redirect_uri '" + testApp + "' does not have a registered origin.", page: 400, mended: client("web_origins", []any{"https://*.example.com"})},
		{name: "query needs no web origin", edit: client("web_origins", []any{}), ask: []string{"response_mode", "query"}},
		{rule: "grant-type", edit: client("grant_types", []any{"implicit"}), want: "unauthorized_client: Grant type 'authorization_code' not allowed for the client.", mended: client("grant_types", []any{"implicit", "authorization_code"})},
		{rule: "prompt", ask: []string{"prompt", "none login"}, want: "invalid_request: prompt=none cannot be combined with other values"},
		{rule: "pushed-request", edit: client("require_pushed_authorization_requests", true), want: "invalid_request: Pushed Authorization Requests are required for this client", mended: client("require_pushed_authorization_requests", false)},
		{rule: "pushed-request", ask: []string{"request_uri", "urn:x"}, want: "request_uri_not_supported: the sandbox has no pushed authorization requests"},
		{rule: "signed-request", edit: client("signed_request_object", object{"required": true}), want: "invalid_request: a signed request object is required for this client", mended: client("signed_request_object", object{"required": false})},
		{rule: "signed-request", ask: []string{"request", "e30.e30."}, want: "request_not_supported: the sandbox does not read signed authorization requests"},
		{rule: "compliance-level", edit: client("compliance_level", "fapi1_adv_pkj_par"), want: "invalid_request: compliance level fapi1_adv_pkj_par needs pushed or signed authorization requests", mended: client("compliance_level", "none")},
		{rule: "pkce", ask: []string{"code_challenge_method", "S512"}, want: "invalid_request: Unsupported code_challenge_method: S512"},
		{rule: "pkce", ask: []string{"code_challenge", "short"}, want: "invalid_request: code_challenge must have 43 to 128 characters"},
		{rule: "nonce", ask: []string{"response_type", "id_token", "nonce", ""}, want: "invalid_request: Missing required parameter: nonce"},
		{rule: "offline-and-online", ask: []string{"scope", "offline_access online_access"}, want: "invalid_request: Cannot request both online_access and offline_access scopes"},
		{rule: "callback-verifiable", edit: localhost, ask: []string{"redirect_uri", "http://localhost:3000"}, want: "interaction_required: the callback URL is not verifiable: the user must confirm the login", mended: both(localhost, client("skip_non_verifiable_callback_uri_confirmation_prompt", true))},
		{rule: "callback-verifiable", edit: both(localhost, setting("skip_non_verifiable_callback_uri_confirmation_prompt", true), client("skip_non_verifiable_callback_uri_confirmation_prompt", false)), ask: []string{"redirect_uri", "http://localhost:3000"}, want: "interaction_required: the callback URL is not verifiable: the user must confirm the login", mended: both(localhost, setting("skip_non_verifiable_callback_uri_confirmation_prompt", true))},
		{rule: "consent", edit: localhost, login: LoginOptions{ConsentOnLocalhost: true}, ask: []string{"redirect_uri", "http://localhost:3000"}, want: "consent_required: Consent required"},
	}
}

func accessCases() []decisionCase {
	policy := func(p string) func(object) {
		return api("subject_type_authorization", object{"user": object{"policy": p}})
	}
	grant := func(subject string) func(object) {
		return func(seed object) {
			seed["client_grants"] = []any{object{"id": "cgr_1", "client_id": "spa", "audience": testAPI, "subject_type": subject, "scope": []any{"read:orders"}}}
		}
	}
	return []decisionCase{
		{rule: "audience-known", ask: []string{"audience", testAPI + "/"}, want: "access_denied: Service not found: " + testAPI + "/"},
		{rule: "api-user-policy", edit: policy("deny_all"), want: notAllowed, mended: policy("allow_all")},
		{rule: "api-user-policy", edit: policy("require_client_grant"), want: notAllowed, mended: both(policy("require_client_grant"), grant("user"))},
		{rule: "api-user-policy", edit: both(policy("require_client_grant"), grant("client")), want: notAllowed},
		{rule: "api-user-policy", edit: policy("deny_all"), login: LoginOptions{UnauthorizedClient: true}, want: "unauthorized_client" + notAllowed[len("invalid_request"):]},
		{rule: "api-consent-policy", edit: api("consent_policy", "transactional-authorization-with-mfa"), want: "consent_required: the API's consent policy is transactional-authorization-with-mfa", mended: api("consent_policy", "standard")},
		{rule: "api-proof-of-possession", edit: api("proof_of_possession", object{"mechanism": "dpop", "required": true}), ask: []string{"response_type", "token", "response_mode", "fragment"}, want: "invalid_request: a token that needs proof of possession is not issued by the implicit grant", mended: api("proof_of_possession", object{"mechanism": "dpop", "required": false})},
		{rule: "consent", edit: api("skip_consent_for_verifiable_first_party_clients", false), want: "consent_required: Consent required", mended: both(api("skip_consent_for_verifiable_first_party_clients", false), func(seed object) {
			seed["grants"] = []any{object{"clientID": "spa", "user_id": "samlp|acme|ann", "audience": testAPI, "scope": []any{"openid", "profile", "email", "read:orders"}}}
		})},
		{rule: "consent", edit: both(api("skip_consent_for_verifiable_first_party_clients", false), func(seed object) {
			seed["grants"] = []any{object{"clientID": "spa", "user_id": "samlp|acme|ann", "audience": testAPI, "scope": []any{"openid"}}}
		}), want: "consent_required: Consent required"},
		{rule: "consent", edit: both(api("skip_consent_for_verifiable_first_party_clients", false), func(seed object) {
			all := []any{"openid", "profile", "email", "read:orders"}
			seed["grants"] = []any{
				object{"clientID": "other", "user_id": "samlp|acme|ann", "audience": testAPI, "scope": all}, object{"clientID": "spa", "user_id": "samlp|acme|bob", "audience": testAPI, "scope": all},
				object{"clientID": "spa", "user_id": "samlp|acme|ann", "audience": "x", "scope": all}, object{"clientID": "spa", "user_id": "samlp|acme|ann", "audience": testAPI, "scope": all, "organization_id": "org_1"},
			}
		}), want: "consent_required: Consent required"},
		{rule: "consent", edit: both(client("is_first_party", false), grant("user")), want: "consent_required: Consent required"},
		{name: "no API, no consent", edit: api("skip_consent_for_verifiable_first_party_clients", false), ask: []string{"audience", ""}},
	}
}

func sessionCases() []decisionCase {
	later := func(d time.Duration) func(*loginTenant) { return func(lt *loginTenant) { lt.at = lt.at.Add(d) } }
	mfa := func(seed object) { seed["guardian_policies"] = []any{"all-applications"} }
	return []decisionCase{
		{rule: "session", after: func(lt *loginTenant) { lt.newBrowser() }, want: loginNeeded},
		{rule: "session", after: later(73 * time.Hour), want: loginNeeded},
		{name: "within the idle lifetime", after: later(71 * time.Hour)},
		{rule: "session", edit: setting("session_lifetime", 0.5), after: later(30 * time.Minute), want: loginNeeded, mended: setting("session_lifetime", 0.6)},
		{rule: "session", edit: setting("session_cookie", object{"mode": "non-persistent"}), after: later(25 * time.Hour), want: loginNeeded, mended: setting("session_cookie", object{"mode": "persistent"})},
		{rule: "session", after: func(lt *loginTenant) {
			require.NoError(lt.t, lt.Edit(func(tenant map[string]any) { delete(tenant, "users") }))
		}, want: loginNeeded},
		{rule: "sso-disabled", edit: client("sso_disabled", true), want: loginNeeded, mended: client("sso_disabled", false)},
		{rule: "sso-disabled", edit: setting("flags", object{"enable_sso": false}), want: loginNeeded, mended: both(setting("flags", object{"enable_sso": false}), client("sso", true))},
		{rule: "max-age", ask: []string{"max_age", "60"}, after: later(61 * time.Second), want: loginNeeded},
		{name: "max_age not reached", ask: []string{"max_age", "60"}, after: later(60 * time.Second)},
		{rule: "max-age", ask: []string{"max_age", "soon"}, want: "invalid_request: max_age must be a number of seconds"},
		{rule: "session-connection", ask: []string{"connection", "beta"}, want: loginNeeded},
		{name: "the session's connection", ask: []string{"connection", "acme"}},
		{rule: "session-connection", after: func(lt *loginTenant) {
			require.NoError(lt.t, lt.Edit(func(tenant map[string]any) { tenant["connection_clients"] = map[string]any{} }))
		}, want: loginNeeded, mending: func(o *LoginOptions) { o.AnyConnection = true }},
		{rule: "id-token-hint", ask: []string{"id_token_hint", "x"}, want: loginNeeded},
		{rule: "organization", edit: withOrg, ask: []string{"organization", "org_2"}, want: "invalid_request: parameter organization has an invalid value"},
		{rule: "organization", edit: withOrg, ask: []string{"organization", "one"}, want: "invalid_request: parameter organization must be the id of an organization"},
		{rule: "organization", ask: []string{"organization", "org_1"}, want: "invalid_request: parameter organization is not allowed for this client"},
		{rule: "org-session", edit: withOrg, ask: []string{"organization", "org_1"}, want: loginNeeded, mending: func(o *LoginOptions) { o.AnyOrganization = true }},
		{name: "organization by name", edit: both(withOrg, setting("allow_organization_name_in_authentication_api", true)), ask: []string{"organization", "one"}, login: LoginOptions{AnyOrganization: true}},
		{rule: "org-membership", edit: both(withOrg, func(seed object) { delete(seed, "users") }), ask: []string{"organization", "org_1"}, want: "access_denied: user samlp|acme|ann is not part of the org_1 organization"},
		{rule: "org-connection", edit: both(withOrg, func(seed object) { delete(seed, "organization_enabled_connections") }), ask: []string{"organization", "org_1"}, want: "access_denied: the connection is not enabled for the organization org_1"},
		{rule: "action-deny", after: bind(action(object{"deny": "not today"})), want: "access_denied: not today"},
		{name: "an Action that does nothing", after: bind(action(object{}))},
		{rule: "action-redirect", after: bind(action(object{"redirect": "https://consent.example.com"})), want: "interaction_required: Interaction required"},
		{rule: "action-mfa", after: bind(action(object{"mfa": true})), want: mfaNeeded},
		{rule: "tenant-mfa", after: bind(mfa), want: mfaNeeded},
		{rule: "tenant-mfa", after: bind(mfa), login: LoginOptions{MFARequired: true}, want: "mfa_required: Multifactor authentication required"},
		{name: "adaptive MFA is unknown", after: bind(func(seed object) { seed["guardian_policies"] = []any{"confidence-score"} })},
		{rule: "api-authorization-policy", edit: api("authorization_policy", object{"policy_id": "p"}), after: later(16 * time.Minute), want: "unmet_authentication_requirements: Unmet authentication requirements"},
		{name: "a fresh login", edit: api("authorization_policy", object{"policy_id": "p"}), after: later(15 * time.Minute)},
	}
}

// bind changes the tenant after the login.
func bind(edit func(object)) func(*loginTenant) {
	return func(lt *loginTenant) { require.NoError(lt.t, lt.Edit(edit)) }
}

func (c decisionCase) run(t *testing.T, edit func(object), login LoginOptions) *seen {
	t.Helper()
	lt := newLogin(t, edit, login)
	lt.login()
	if c.after != nil {
		c.after(lt)
	}
	return lt.authorize(silent(c.ask...))
}

func TestDecisions(t *testing.T) {
	broken := map[string]bool{}
	for _, c := range append(append(requestCases(), accessCases()...), sessionCases()...) {
		broken[c.rule] = true
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			s := c.run(t, c.edit, c.login)
			if c.want == "" {
				assert.Empty(t, s.answer().Get("error"), s.problem())
				assert.Equal(t, "st", s.answer().Get("state"))
				return
			}
			assert.Equal(t, c.want, s.problem())
			assert.Equal(t, c.rule, s.refusedBy())
			if c.page != 0 {
				assert.Equal(t, c.page, s.status)
				assert.NotContains(t, s.header, "Location")
			} else {
				assert.Equal(t, "st", s.answer().Get("state"))
			}
			if c.mended != nil {
				assert.Empty(t, c.run(t, c.mended, c.login).answer().Get("error"), "mended")
			}
			if c.mending != nil {
				login := c.login
				c.mending(&login)
				assert.Empty(t, c.run(t, c.edit, login).answer().Get("error"), "the other reading")
			}
		})
	}
	for _, r := range authorizeRules() {
		assert.True(t, broken[r.id], "no case breaks %s", r.id)
	}
}

func TestRequiredOrganization(t *testing.T) {
	for behaviour, want := range map[string]string{
		"no_prompt":        "invalid_request: parameter organization is required for this client",
		"pre_login_prompt": "interaction_required: Interaction required: the organization must be chosen",
	} {
		lt := newLogin(t, withOrg, LoginOptions{AnyOrganization: true})
		lt.login()
		bind(both(client("organization_usage", "require"), client("organization_require_behavior", behaviour)))(lt)
		assert.Equal(t, want, lt.authorize(silent()).problem())
		assert.Empty(t, lt.authorize(silent("organization", "org_1")).answer().Get("error"))
	}
}

// TestOrderOfDecisions: with everything wrong the documented order decides what is told.
func TestOrderOfDecisions(t *testing.T) {
	lt := newLogin(t, both(
		client("web_origins", []any{}), client("grant_types", []any{}), api("subject_type_authorization", object{"user": object{"policy": "deny_all"}}),
		api("skip_consent_for_verifiable_first_party_clients", false), action(object{"deny": "no"}),
	), LoginOptions{})
	for _, step := range []struct {
		ask  []string
		edit func(object)
		want string
	}{
		{[]string{"client_id", "x", "redirect_uri", "y"}, nil, "client-known"},
		{[]string{"redirect_uri", "https://y"}, nil, "callback-listed"},
		{nil, nil, "web-origin"},
		{nil, client("web_origins", []any{testApp}), "grant-type"},
		{nil, client("grant_types", []any{"authorization_code"}), "api-user-policy"},
		{nil, api("subject_type_authorization", object{}), "session"},
	} {
		if step.edit != nil {
			bind(step.edit)(lt)
		}
		assert.Equal(t, step.want, lt.authorize(silent(step.ask...)).refusedBy())
	}
	bind(both(client("grant_types", []any{"authorization_code", "implicit"}), func(seed object) { delete(seed, "action_bindings") }))(lt)
	lt.login()
	bind(action(object{"deny": "no"}))(lt)
	assert.Equal(t, "action-deny", lt.authorize(silent()).refusedBy())
	bind(action(object{}))(lt)
	assert.Equal(t, "consent", lt.authorize(silent()).refusedBy())
}

func TestWaysToAnswer(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	lt.login()
	at := func(ask ...string) *seen { return lt.authorize(silent(ask...)) }
	s := at("response_mode", "query")
	assert.Equal(t, testApp+"?code="+s.answer().Get("code")+"&state=st", s.location.String())
	s = at("response_mode", "query", "redirect_uri", testApp+"/start-login?connection=acme")
	assert.Equal(t, "acme", s.location.Query().Get("connection"))
	assert.NotEmpty(t, s.location.Query().Get("code"))
	s = at("response_mode", "fragment")
	assert.Equal(t, testApp+"#code="+s.answer().Get("code")+"&state=st", s.header.Get("Location"))
	s = at("response_mode", "form_post")
	assert.Contains(t, s.body, `action="https://app.example.com"`)
	assert.Contains(t, s.body, `name="code"`)
	s = at("response_mode", "", "response_type", "token id_token")
	a := s.answer()
	_, access := claims(t, a.Get("access_token"))
	assert.Equal(t, number(lt.at.Unix()+7200), access["exp"], "token_lifetime_for_web")
	_, id := claims(t, a.Get("id_token"))
	assert.Equal(t, halfHash(a.Get("access_token")), id["at_hash"])
	s = at("state", "</script><script>alert(1)//")
	assert.NotContains(t, s.body, "</script><script>alert")
	assert.Equal(t, "</script><script>alert(1)//", s.answer().Get("state"))
}

func TestNothingLeavesToForeignAddresses(t *testing.T) {
	lt := newLogin(t, client("callbacks", []any{testApp, "https://*.example.org", "myapp://cb", "javascript:alert(1)", "https://{organization_name}.example.net"}), LoginOptions{})
	for _, raw := range []string{
		"https://app.example.com\r\nSet-Cookie: a=b", "https://app.example.com%0d%0aX: y", "https://app.example.com@evil.org", "//evil.org", "https:evil.org",
		"https://evil.org\\.example.org", "https://a.b.example.org", "https://.example.org", "https://evil.org/?x=.example.org", "https://evil.org#.example.org",
		"javascript:alert(1)", "https://app.example.com.evil.org", " https://app.example.com", "https://{organization_name}.example.net", "https://.example.net",
		"https://app.example.com\t", "http://app.example.com", "https://APP.example.com", "",
	} {
		for _, mode := range []string{"web_message", "query", "form_post"} {
			s := lt.authorize(silent("redirect_uri", raw, "response_mode", mode))
			if raw == "" {
				assert.Equal(t, http.StatusBadRequest, s.status)
				continue
			}
			assert.Equal(t, http.StatusForbidden, s.status, "%q", raw)
			assert.NotContains(t, s.header, "Location", "%q", raw)
			assert.NotContains(t, s.body, "<form", "%q", raw)
		}
	}
	for _, raw := range []string{"https://tenant.example.org", "myapp://cb"} {
		assert.NotEqual(t, http.StatusForbidden, lt.authorize(silent("redirect_uri", raw, "response_mode", "query")).status, raw)
	}
}

func TestInteractive(t *testing.T) {
	follow := func(lt *loginTenant, s *seen, form url.Values) *seen {
		require.Equal(t, http.StatusFound, s.status, s.body)
		require.Equal(t, http.StatusOK, lt.get(s.location.String()).status)
		form.Set("state", s.location.Query().Get("state"))
		u := *s.location
		u.RawQuery = ""
		return lt.post(u.String(), form)
	}
	ask := silent("prompt", "", "response_mode", "query")

	t.Run("at the provider", func(t *testing.T) {
		lt := newLogin(t, nil, LoginOptions{})
		s := follow(lt, lt.authorize(ask), url.Values{"connection": {"acme"}})
		require.Equal(t, "idp.example.com", s.location.Host, s.body)
		relay := s.location.Query().Get("RelayState")
		s = lt.post(acsURL, url.Values{"SAMLResponse": {encodeXML(lt.assertion().signed())}, "RelayState": {relay}})
		assert.NotEmpty(t, s.answer().Get("code"), s.problem())
		assert.Equal(t, "st", s.answer().Get("state"))
		again := lt.post(acsURL, url.Values{"SAMLResponse": {encodeXML(lt.assertion().signed())}, "RelayState": {relay}})
		assert.Equal(t, "/start-login", again.location.Path, "a used RelayState counts as IdP-initiated")
	})
	t.Run("back at another domain", func(t *testing.T) { // support article: login on the canonical domain, ACS on the custom one
		lt := newLogin(t, func(seed object) { options(seed)["idpinitiated"] = object{"enabled": false} }, LoginOptions{})
		s := lt.authorize(silent("prompt", "", "connection", "acme"))
		at := "https://" + customHost + acsPath
		a := lt.assertion()
		a.destination, a.recipient = at, at
		s = lt.post(at, url.Values{"SAMLResponse": {encodeXML(a.signed())}, "RelayState": {s.location.Query().Get("RelayState")}})
		assert.JSONEq(t, `{"invalid_request":"IdP-Initiated login is not enabled for connection 'acme'."}`, s.body)
	})
	t.Run("with connection and a session", func(t *testing.T) {
		lt := newLogin(t, nil, LoginOptions{})
		lt.login()
		s := lt.authorize(silent("prompt", "", "connection", "acme"))
		require.Equal(t, "idp.example.com", s.location.Host)
		s = lt.post(acsURL, url.Values{"SAMLResponse": {encodeXML(lt.assertion().signed())}, "RelayState": {s.location.Query().Get("RelayState")}})
		assert.NotEmpty(t, s.answer().Get("code"), s.problem())
	})
	t.Run("with connection", func(t *testing.T) {
		lt := newLogin(t, func(seed object) { options(seed)["protocolBinding"] = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" }, LoginOptions{})
		assert.Contains(t, lt.authorize(silent("prompt", "", "connection", "acme")).body, `action="https://idp.example.com/sso"`)
	})
	t.Run("by name", func(t *testing.T) {
		lt := newLogin(t, func(seed object) {
			seed["connections"] = append(seed["connections"].([]any), object{"id": "con_db", "name": "db", "strategy": "auth0"})
			seed["connection_clients"].(object)["con_db"] = []any{object{"client_id": "spa"}}
		}, LoginOptions{})
		s := follow(lt, lt.authorize(ask), url.Values{"connection": {"db"}, "user": {"bob@example.com"}})
		assert.NotEmpty(t, s.answer().Get("code"), s.problem())
	})
	t.Run("consent", func(t *testing.T) {
		lt := newLogin(t, api("skip_consent_for_verifiable_first_party_clients", false), LoginOptions{})
		lt.login()
		denied := follow(lt, lt.authorize(ask), url.Values{"action": {"deny"}})
		assert.Equal(t, "access_denied: User did not authorize the request", denied.problem())
		assert.NotEmpty(t, follow(lt, lt.authorize(ask), url.Values{}).answer().Get("code"))
		assert.Empty(t, lt.authorize(silent()).answer().Get("error"), "consent is remembered")
		assert.Equal(t, "consent", lt.authorize(silent("scope", "openid write:orders")).refusedBy())
	})
	t.Run("second factor", func(t *testing.T) {
		for _, once := range []bool{false, true} {
			lt := newLogin(t, nil, LoginOptions{MFAOncePerSession: once})
			lt.login()
			bind(func(seed object) { seed["guardian_policies"] = []any{"all-applications"} })(lt)
			assert.NotEmpty(t, follow(lt, lt.authorize(ask), url.Values{}).answer().Get("code"))
			assert.Equal(t, once, lt.authorize(silent()).answer().Has("code"))
		}
	})
	t.Run("second factor at the provider's login", func(t *testing.T) {
		lt := newLogin(t, func(seed object) { seed["guardian_policies"] = []any{"all-applications"} }, LoginOptions{MFAOncePerSession: true})
		landed := follow(lt, lt.arrive(lt.assertion().signed()), url.Values{})
		assert.NotEmpty(t, landed.answer().Get("id_token"), landed.problem())
		assert.Empty(t, lt.authorize(silent()).answer().Get("error"))
	})
	t.Run("organization", func(t *testing.T) {
		lt := newLogin(t, withOrg, LoginOptions{})
		lt.login()
		bind(both(client("organization_usage", "require"), client("organization_require_behavior", "post_login_prompt")))(lt)
		s := follow(lt, lt.authorize(ask), url.Values{"organization": {"org_1"}})
		assert.NotEmpty(t, s.answer().Get("code"), s.problem())
	})
	t.Run("confirmation", func(t *testing.T) {
		lt := newLogin(t, client("callbacks", []any{testApp + "/start-login", "http://localhost:3000"}), LoginOptions{})
		lt.login()
		s := follow(lt, lt.authorize(silent("prompt", "", "response_mode", "query", "redirect_uri", "http://localhost:3000")), url.Values{})
		assert.NotEmpty(t, s.answer().Get("code"), s.problem())
	})
	t.Run("an Action sends away", func(t *testing.T) {
		lt := newLogin(t, action(object{"redirect": "https://terms.example.com/?a=b"}), LoginOptions{})
		away := lt.arrive(lt.assertion().signed())
		require.Equal(t, "terms.example.com", away.location.Host, away.body)
		assert.Equal(t, "b", away.location.Query().Get("a"))
		back := lt.get("https://" + testDomain + "/continue?state=" + away.location.Query().Get("state"))
		assert.NotEmpty(t, back.answer().Get("id_token"), back.problem())
	})
	t.Run("no login page twice", func(t *testing.T) {
		lt := newLogin(t, nil, LoginOptions{})
		assert.Equal(t, http.StatusBadRequest, lt.get("https://"+testDomain+"/u/login?state=x").status)
		assert.Equal(t, http.StatusBadRequest, lt.post("https://"+testDomain+"/u/consent", url.Values{"state": {"x"}}).status)
	})
}

func TestActionsByCode(t *testing.T) {
	for code, want := range map[string]string{
		`exports.onExecutePostLogin = async (event, api) => { api.access.deny("closed"); }`: "access_denied: closed",
		`api.redirect.sendUserTo('https://terms.example.com')`:                              "interaction_required: Interaction required",
		`api.multifactor.enable("any")`:                                                     mfaNeeded,
		`console.log("hello")`:                                                              "",
		`if (event.user.email) { api.access.deny("closed") }`:                               "",
		``: "",
	} {
		lt := newLogin(t, nil, LoginOptions{})
		lt.login()
		bind(func(seed object) {
			seed["action_bindings"] = []any{map[string]any{"trigger": "post-login", "action": map[string]any{"name": "a", "code": code}}}
		})(lt)
		s := lt.authorize(silent())
		if want == "" {
			assert.Empty(t, s.answer().Get("error"), code)
		} else {
			assert.Equal(t, want, s.problem(), code)
		}
	}
	lt := newLogin(t, nil, LoginOptions{})
	lt.login()
	bind(func(seed object) {
		seed["action_bindings"] = []any{map[string]any{"trigger": "post-login", "display_name": "secret"}}
	})(lt)
	lt.authorize(silent())
	assert.Contains(t, lt.decisions, Decision{ID: "action-unknown", Grade: Assumed, Outcome: Unknown, Detail: "the code of secret is not known"})
}
