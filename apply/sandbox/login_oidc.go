package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// discovery is GET /.well-known/openid-configuration.
func discovery(v *visit) *page {
	at := func(path string) string { return v.origin() + path }
	texts := func(in ...string) []any {
		out := make([]any, len(in))
		for i, s := range in {
			out[i] = s
		}
		return out
	}
	return jsonPage(http.StatusOK, object{
		"issuer": v.issuer(), "authorization_endpoint": at("/authorize"), "token_endpoint": at(tokenPath),
		"userinfo_endpoint": at(userinfoPath), "jwks_uri": at("/.well-known/jwks.json"), "end_session_endpoint": at("/oidc/logout"),
		"response_types_supported":              texts("code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token"),
		"response_modes_supported":              texts("query", "fragment", "form_post", "web_message"),
		"code_challenge_methods_supported":      texts("S256", "plain"),
		"subject_types_supported":               texts("public"),
		"id_token_signing_alg_values_supported": texts("HS256", "RS256", "PS256"),
		"dpop_signing_alg_values_supported":     texts("ES256", "RS256", "PS256"),
		"grant_types_supported":                 texts("authorization_code", "implicit", "refresh_token", grantTypeM2M),
		"token_endpoint_auth_methods_supported": texts("client_secret_basic", "client_secret_post", "private_key_jwt", "none"),
		"scopes_supported":                      texts("openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname", "email", "email_verified", "picture"),
		"claims_supported":                      texts("aud", "auth_time", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "nickname", "picture", "sub"),
		"request_parameter_supported":           false, "request_uri_parameter_supported": false,
	})
}

// userinfo is GET or POST /userinfo, for opaque tokens and for JWTs whose audience names it.
func userinfo(v *visit) *page {
	kind, token, _ := strings.Cut(v.r.Header.Get("Authorization"), " ")
	if !slices.Contains([]string{"bearer", "dpop"}, strings.ToLower(kind)) {
		token = v.form.Get("access_token")
	}
	user, scopes, jkt, ok := v.bearer(token)
	if ok && jkt != "" {
		ok = strings.EqualFold(kind, "dpop") && v.proves(token, jkt)
	}
	if !ok {
		v.learn("userinfo", Refused, "the token is not good for /userinfo")
		p := &page{status: http.StatusUnauthorized, body: []byte("Unauthorized"), header: http.Header{
			"Content-Type": {"text/plain; charset=utf-8"}, "WWW-Authenticate": {`Bearer realm="Users", error="invalid_token"`},
		}}
		return p
	}
	v.learn("userinfo", Passed, "%s", strings.Join(scopes, " "))
	if len(scopes) == 0 { // the answer of an IdP-initiated login to localhost
		return jsonPage(http.StatusOK, object{})
	}
	claims := profileClaims(user, scopes)
	claims["sub"] = text(user, "user_id")
	return jsonPage(http.StatusOK, claims)
}

// bearer is the user and the scopes of an access token, and the key that it is bound to.
func (v *visit) bearer(token string) (user object, scopes []string, jkt string, ok bool) {
	if found, ok := v.s.logins.tokens.get(token, v.now); ok {
		user = v.s.tenant.users.get(text(found.user, "user_id"))
		return user, found.scopes, found.jkt, user != nil
	}
	claims := v.s.keys.verified(token)
	exp, _ := integer(claims["exp"])
	user = v.s.tenant.users.get(text(claims, "sub"))
	ok = slices.ContainsFunc(list(claims, "aud"), func(a string) bool { return strings.HasSuffix(a, userinfoPath) })
	return user, strings.Fields(text(claims, "scope")), text(child(claims, "cnf"), "jkt"), ok && user != nil && exp > v.now.Unix()
}

// logout is GET /v2/logout?returnTo=&client_id=: the session ends; the browser goes to a listed URL, of the client or,
// without one, of the tenant (documented).
func logout(v *visit) *page {
	v.signOut()
	target := v.query.Get("returnTo")
	allowed := list(v.s.tenant.settings, "allowed_logout_urls")
	if client := v.s.tenant.clients.get(v.query.Get("client_id")); client != nil {
		allowed = append(list(client, "allowed_logout_urls"), allowed...)
	}
	return v.leave(target, allowed, "")
}

// leave sends the browser on after a logout.
func (v *visit) leave(target string, allowed []string, state string) *page {
	if target == "" && len(allowed) > 0 {
		target = allowed[0]
	}
	if target == "" {
		return &page{status: http.StatusOK, body: []byte("OK"), header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}}
	}
	if !v.allowsURL(allowed, target, nil) {
		v.learn("logout-url", Refused, "%s is not listed", target)
		return errorPage(http.StatusBadRequest, "invalid_request", `The "returnTo" querystring parameter "`+target+`" is not defined as a valid URL in "Allowed Logout URLs".`)
	}
	v.learn("logout-url", Passed, "%s", target)
	if state != "" {
		u := *parseTarget(target)
		q := u.Query()
		q.Set("state", state)
		u.RawQuery = q.Encode()
		target = u.String()
	}
	return redirectTo(target)
}

// oidcLogout is /oidc/logout (OpenID Connect RP-Initiated Logout). Without a hint of whose session it is the user would
// be asked; the sandbox takes the request as the answer.
func oidcLogout(v *visit) *page {
	client := v.s.tenant.clients.get(v.param("client_id"))
	if hint := v.param("id_token_hint"); hint != "" {
		claims := v.s.keys.verified(hint)
		if claims == nil {
			return errorPage(http.StatusBadRequest, "invalid_request", "Invalid id_token_hint")
		}
		aud := text(claims, "aud")
		if client != nil && aud != text(client, "client_id") {
			return errorPage(http.StatusBadRequest, "invalid_request", "id_token_hint is of another client")
		}
		client = v.s.tenant.clients.get(aud)
	}
	v.signOut()
	allowed := slices.Concat(list(client, "allowed_logout_urls"), list(v.s.tenant.settings, "allowed_logout_urls"))
	target := v.param("post_logout_redirect_uri")
	if target == "" {
		return &page{status: http.StatusOK, body: []byte("OK"), header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}}
	}
	if _, err := url.Parse(target); err != nil {
		target = "invalid"
	}
	return v.leave(target, allowed, v.param("state"))
}
