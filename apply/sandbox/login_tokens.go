package sandbox

import (
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// grantee is for whom and what tokens are made.
type grantee struct {
	client, api, user, org object
	session                string
	scopes                 []string // granted
	issuer                 string
	nonce                  string
	authTime               time.Time
	web                    bool   // straight from the authorization end point
	jkt                    string // thumbprint of the DPoP key
	claims                 object // custom claims by Actions
	stripped               bool   // scopes were removed: tokens tell nothing
}

// issued is what an opaque access token stands for.
type issued struct {
	grantee
}

// codeGrant is what an authorization code stands for.
type codeGrant struct {
	grantee
	redirectURI       string
	challenge, method string
	used              bool
	family            string // of the refresh token that came of it
}

// Lifetimes: of codes assumed; of opaque tokens documented (/userinfo audience).
const (
	codeLifetime        = 10 * time.Minute
	opaqueLifetime      = 86400
	opaqueLifetimeWeb   = 7200
	idTokenLifetime     = 36000
	accessTokenLifetime = 86400
	accessLifetimeWeb   = 7200
)

// oidcScopes are the scopes that concern the user's own claims.
func oidcScopes() []string {
	return []string{"openid", "profile", "email", "address", "phone"}
}

// grantee collects what the request's tokens are made from.
func (z *authorization) grantee() grantee {
	g := grantee{
		client: z.client, api: z.api, user: z.user, org: z.org, issuer: z.issuer(), nonce: z.query.Get("nonce"),
		claims: z.effects.claims, stripped: z.stripped,
	}
	if z.session != nil {
		g.session, g.authTime = z.session.id, z.session.started
	}
	g.scopes = z.grantScopes()
	return g
}

// grantScopes are the scopes of the answer: those asked for that are the user's own claims, or that the API defines, the
// client's grant holds where the API wants one, and the user's permissions hold where the API enforces them (documented);
// then what Actions add and remove. Others are dropped silently.
func (z *authorization) grantScopes() []string {
	if z.stripped {
		return nil
	}
	client := text(z.client, "client_id")
	allowed := z.s.tenant.apiScopes(client, z.api, z.user)
	var out, dropped []string
	for _, s := range append(slices.Clone(z.scopes), z.effects.add...) {
		switch {
		case slices.Contains(oidcScopes(), s) && !z.thirdParty(), // documented: none for third-party applications
			slices.Contains(allowed, s),
			s == "offline_access" && z.mayStayOffline(),
			slices.Contains(z.effects.add, s):
			out = append(out, s)
		default:
			dropped = append(dropped, s)
		}
	}
	if len(dropped) > 0 {
		z.learn("scopes-dropped", Passed, "%s", strings.Join(dropped, " "))
	}
	out = slices.DeleteFunc(out, func(s string) bool { return slices.Contains(z.effects.remove, s) })
	return unique(out)
}

// unique drops repetitions and keeps the order.
func unique(in []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// mayStayOffline says whether a refresh token may be issued: the API and the client's grant types allow it, and a code
// carries it.
func (z *authorization) mayStayOffline() bool {
	return (z.api == nil || flag(z.api, "allow_offline_access")) && slices.Contains(grantsOf(z.client), "refresh_token") && slices.Contains(z.types, "code")
}

// apiScopes are the scopes of an API that a client may get for a user.
func (t *tenant) apiScopes(client string, api, user object) []string {
	if api == nil {
		return nil
	}
	var out []string
	defined, _ := api["scopes"].([]any)
	for _, d := range defined {
		if scope, ok := d.(object); ok {
			out = append(out, text(scope, "value"))
		}
	}
	if grant := t.userGrant(client, text(api, "identifier")); grant != nil && userPolicy(api) == "require_client_grant" && !flag(grant, "allow_all_scopes") {
		held := list(grant, "scope")
		out = slices.DeleteFunc(out, func(s string) bool { return !slices.Contains(held, s) })
	}
	if flag(api, "enforce_policies") {
		held := permissions(user, text(api, "identifier"))
		out = slices.DeleteFunc(out, func(s string) bool { return !slices.Contains(held, s) })
	}
	return out
}

// tokens are the parameters of a successful answer, in Auth0's order.
func (z *authorization) tokens() ([]pair, error) {
	g := z.grantee()
	g.web = true
	var params []pair
	var code, access string
	var err error
	if slices.Contains(z.types, "code") {
		if code, err = z.code(g); err != nil {
			return nil, err
		}
		params = append(params, pair{"code", code})
	}
	if slices.Contains(z.types, "token") {
		var lifetime int64
		if access, lifetime, err = z.accessToken(g); err != nil {
			return nil, err
		}
		params = append(params, pair{"access_token", access}, pair{"expires_in", number(lifetime).String()}, pair{"token_type", "Bearer"})
		if len(g.scopes) > 0 {
			params = append(params, pair{"scope", strings.Join(g.scopes, " ")})
		}
	}
	if slices.Contains(z.types, "id_token") && (slices.Contains(g.scopes, "openid") || z.stripped) {
		id, err := z.idToken(g, access, code)
		if err != nil {
			return nil, err
		}
		params = append(params, pair{"id_token", id})
	}
	return params, nil
}

// code makes an authorization code.
func (z *authorization) code(g grantee) (string, error) {
	code, err := z.s.newID(idShape{chars: 48})
	if err != nil {
		return "", err
	}
	g.web = false
	g.jkt = z.query.Get("dpop_jkt")
	method := z.query.Get("code_challenge_method")
	z.s.logins.codes.put(code, &codeGrant{
		grantee: g, redirectURI: z.query.Get("redirect_uri"), challenge: z.query.Get("code_challenge"), method: method,
	}, z.now, z.now.Add(codeLifetime))
	return code, nil
}

// lifetimeOf is how long an API's tokens last.
func lifetimeOf(api object, web bool) int64 {
	key, fallback := "token_lifetime", int64(accessTokenLifetime)
	if web {
		key, fallback = "token_lifetime_for_web", accessLifetimeWeb
	}
	if n, ok := integer(api[key]); ok && n > 0 {
		return n
	}
	return fallback
}

// accessToken makes an access token: a JWT for an API, otherwise opaque and good for /userinfo alone.
func (v *visit) accessToken(g grantee) (string, int64, error) {
	if g.api == nil {
		token, err := v.opaque()
		lifetime := int64(opaqueLifetime)
		if g.web {
			lifetime = opaqueLifetimeWeb
		}
		if err == nil {
			v.s.logins.tokens.put(token, &issued{g}, v.now, v.now.Add(time.Duration(lifetime)*time.Second))
		}
		v.learn("token-opaque", Passed, "")
		return token, lifetime, err
	}
	lifetime := lifetimeOf(g.api, g.web)
	claims, err := v.accessClaims(g, lifetime)
	if err != nil {
		return "", 0, err
	}
	typ := "JWT"
	if strings.HasPrefix(text(g.api, "token_dialect"), "rfc9068") {
		typ = "at+jwt"
	}
	token, err := v.signFor(g.api, claims, typ)
	if err != nil {
		return "", 0, err
	}
	v.learn("token-jwt", Passed, "%s", text(g.api, "identifier"))
	if child(g.api, "token_encryption") != nil {
		v.learn("token-encrypted", Passed, "the API's token_encryption makes it a JWE")
		token, err = v.encrypted(token, g.api)
	}
	return token, lifetime, err
}

// signFor signs an access token as its API wants.
func (v *visit) signFor(api, claims object, typ string) (string, error) {
	alg := text(api, "signing_alg")
	if !asymmetric(alg) {
		return signWith(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(text(api, "signing_secret"))}, claims, typ)
	}
	return v.s.keys.sign(claims, jose.SignatureAlgorithm(orElse(alg, "RS256")), typ)
}

// accessClaims are the claims of a JWT access token (documented: access token profiles).
func (v *visit) accessClaims(g grantee, lifetime int64) (object, error) {
	identifier := text(g.api, "identifier")
	claims := mergeMembers(g.claims, object{
		"iss": g.issuer, "sub": text(g.user, "user_id"), "aud": identifier, "iat": v.now.Unix(), "exp": v.now.Unix() + lifetime,
	})
	if slices.Contains(g.scopes, "openid") && asymmetric(text(g.api, "signing_alg")) {
		claims["aud"] = []any{identifier, v.userinfoAudience(g.issuer)}
	}
	if len(g.scopes) > 0 {
		claims["scope"] = strings.Join(g.scopes, " ")
	}
	dialect := text(g.api, "token_dialect")
	if strings.HasPrefix(dialect, "rfc9068") {
		id, err := v.s.newID(idShape{chars: 22})
		if err != nil {
			return nil, err
		}
		claims["client_id"], claims["jti"] = text(g.client, "client_id"), id
	} else {
		claims["azp"] = text(g.client, "client_id")
	}
	if strings.HasSuffix(dialect, "_authz") && flag(g.api, "enforce_policies") {
		held := []any{}
		for _, p := range permissions(g.user, identifier) {
			held = append(held, p)
		}
		claims["permissions"] = held
	}
	v.addOrganization(claims, g.org)
	if g.jkt != "" {
		claims["cnf"] = object{"jkt": g.jkt}
	}
	return claims, nil
}

// userinfoAudience is the second audience of tokens with openid: the canonical domain's end point, as documented for
// custom domains too, or that of the issuer (UserinfoAtIssuer).
func (v *visit) userinfoAudience(issuer string) string {
	if v.s.opts.Login.UserinfoAtIssuer {
		return strings.TrimSuffix(issuer, "/") + userinfoPath
	}
	return v.s.scheme() + "://" + v.s.domain() + userinfoPath
}

// addOrganization adds the organization's claims; its name only where the tenant uses names.
func (v *visit) addOrganization(claims, org object) {
	if org == nil {
		return
	}
	claims["org_id"] = text(org, "id")
	if flag(v.s.tenant.settings, "allow_organization_name_in_authentication_api") {
		claims["org_name"] = text(org, "name")
	}
}

// idToken makes an ID token, signed as the client wants. A client without jwt_configuration.alg gets HS256 (documented
// default of the API; Q9).
func (v *visit) idToken(g grantee, access, code string) (string, error) {
	lifetime := int64(idTokenLifetime)
	if n, ok := integer(child(g.client, "jwt_configuration")["lifetime_in_seconds"]); ok && n > 0 {
		lifetime = n
	}
	claims := profileClaims(g.user, g.scopes)
	if g.stripped {
		claims = object{}
	}
	claims["sub"] = text(g.user, "user_id")
	claims["iss"], claims["aud"] = g.issuer, text(g.client, "client_id")
	claims["iat"], claims["exp"] = v.now.Unix(), v.now.Unix()+lifetime
	if g.session != "" {
		claims["sid"] = sessionID(g.session)
		claims["auth_time"] = g.authTime.Unix()
	}
	for name, value := range map[string]string{"nonce": g.nonce, "at_hash": access, "c_hash": code} {
		if value == "" {
			continue
		}
		if name != "nonce" {
			value = halfHash(value)
		}
		claims[name] = value
	}
	v.addOrganization(claims, g.org)
	alg := orElse(text(child(g.client, "jwt_configuration"), "alg"), "HS256")
	if isPublic(g.client) && v.s.opts.Login.PublicClientsRS256 {
		alg = "RS256"
	}
	v.learn("id-token-algorithm", Passed, "%s", alg)
	if alg == "HS256" {
		return signWith(jose.SigningKey{Algorithm: jose.HS256, Key: v.s.clientSecret(g.client)}, claims, "JWT")
	}
	return v.s.keys.sign(claims, jose.SignatureAlgorithm(alg), "JWT")
}

// clientSecret is the key of HS256 tokens of a client. One whose seed has no secret gets a fixed one, so that the token
// still has HS256's look.
func (s *Server) clientSecret(client object) []byte {
	if own := text(client, "client_secret"); len(own) >= 32 {
		return []byte(own)
	}
	return []byte(idFor(secretShape(), "secret of "+text(client, "client_id")))
}

// sessionID names a session in tokens without giving its cookie away.
func sessionID(cookie string) string { return idFor(idShape{chars: 32}, "sid "+cookie) }

// profileClaims are the claims of a user that scopes open (OpenID Connect section 5.4).
func profileClaims(user object, scopes []string) object {
	out := object{}
	take := func(scope string, keys ...string) {
		if !slices.Contains(scopes, scope) {
			return
		}
		for _, k := range keys {
			if v, ok := user[k]; ok {
				out[k] = v
			}
		}
	}
	take("profile", "name", "given_name", "family_name", "nickname", "picture", "updated_at")
	take("email", "email", "email_verified")
	return out
}
