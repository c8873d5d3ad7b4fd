package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// exchange is POST /oauth/token.
func exchange(v *visit) *page {
	body, refused := v.exchange()
	if refused != nil {
		if refused.code != "use_dpop_nonce" { // which is documented
			v.learn("token-request", Refused, "%s: %s", refused.code, refused.description)
		}
		return refused.page()
	}
	return jsonPage(http.StatusOK, body)
}

func (v *visit) exchange() (object, *oauthError) {
	switch gt := v.form.Get("grant_type"); gt {
	case grantTypeM2M:
		return v.s.machineToken(v.r, v.form)
	case "authorization_code":
		return v.exchangeCode()
	case "refresh_token":
		return v.exchangeRefresh()
	case "":
		return nil, &oauthError{http.StatusForbidden, "invalid_request", "Missing required parameter: grant_type"}
	default:
		return nil, &oauthError{http.StatusForbidden, "unsupported_grant_type", "Unsupported grant type: " + gt}
	}
}

// authenticateClient finds the client of a token request and checks that it proved itself as its
// token_endpoint_auth_method says. A public client proves itself with its code or refresh token alone.
func (v *visit) authenticateClient() (object, *oauthError) {
	id, secret := credentials(v.r, v.form)
	assertion := v.form.Get("client_assertion")
	if id == "" {
		id = assertionSubject(assertion)
	}
	client := v.s.tenant.clients.get(id)
	if client == nil {
		return nil, errUnauthorizedClient()
	}
	if isPublic(client) {
		return client, nil
	}
	own := text(client, "client_secret")
	if assertion == "" && (secret == "" || own != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(own)) != 1) {
		return nil, errUnauthorizedClient()
	}
	return client, nil
}

func invalidGrant(description string) *oauthError {
	return &oauthError{http.StatusForbidden, "invalid_grant", description}
}

// grantAllowed says whether a client may use a grant type.
func grantAllowed(client object, grantType string) *oauthError {
	if slices.Contains(grantsOf(client), grantType) {
		return nil
	}
	return &oauthError{http.StatusForbidden, "unauthorized_client", fmt.Sprintf("Grant type '%s' not allowed for the client.", grantType)}
}

// exchangeCode redeems an authorization code.
func (v *visit) exchangeCode() (object, *oauthError) {
	client, refused := v.authenticateClient()
	if refused != nil {
		return nil, refused
	}
	if refused := grantAllowed(client, "authorization_code"); refused != nil {
		return nil, refused
	}
	grant, ok := v.s.logins.codes.get(v.form.Get("code"), v.now)
	if !ok || text(grant.client, "client_id") != text(client, "client_id") {
		return nil, invalidGrant("Invalid authorization code")
	}
	if grant.used {
		v.learn("code-once", Refused, "the code was used before; its refresh token ends")
		v.revoke(grant.family)
		return nil, invalidGrant("Invalid authorization code")
	}
	if refused := v.checkVerifier(client, grant); refused != nil {
		return nil, refused
	}
	if sent := v.form.Get("redirect_uri"); sent != grant.redirectURI {
		return nil, &oauthError{http.StatusForbidden, "unauthorized_client", fmt.Sprintf("The redirect URI is wrong. You sent %s, and we expected %s", sent, grant.redirectURI)}
	}
	g := grant.grantee
	g.client = client
	if g.jkt, refused = v.proofOfPossession(client, g.api, grant.jkt); refused != nil {
		return nil, refused
	}
	grant.used = true
	v.learn("code-exchange", Passed, "")
	family := ""
	if slices.Contains(g.scopes, "offline_access") {
		var err error
		if family, err = v.s.newID(idShape{chars: 24}); err != nil {
			return nil, serverError(err)
		}
		grant.family = family
	}
	return v.tokenAnswer(g, family)
}

// checkVerifier compares the PKCE verifier. A public client must have used PKCE: nothing else ties the code to it.
func (v *visit) checkVerifier(client object, grant *codeGrant) *oauthError {
	verifier := v.form.Get("code_verifier")
	if grant.challenge == "" {
		if isPublic(client) {
			return errUnauthorizedClient()
		}
		return nil
	}
	derived := verifier
	if grant.method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		derived = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if subtle.ConstantTimeCompare([]byte(derived), []byte(grant.challenge)) != 1 {
		return invalidGrant("Failed to verify code verifier")
	}
	v.learn("pkce", Passed, "")
	return nil
}

func serverError(err error) *oauthError {
	return &oauthError{http.StatusInternalServerError, "server_error", err.Error()}
}

// tokenAnswer makes the tokens of an exchange. family, when set, also brings a refresh token.
func (v *visit) tokenAnswer(g grantee, family string) (object, *oauthError) {
	access, lifetime, err := v.accessToken(g)
	if err != nil {
		return nil, serverError(err)
	}
	out := object{"access_token": access, "scope": strings.Join(g.scopes, " "), "expires_in": lifetime, "token_type": "Bearer"}
	if g.jkt != "" {
		out["token_type"] = "DPoP"
	}
	if slices.Contains(g.scopes, "openid") {
		if out["id_token"], err = v.idToken(g, "", ""); err != nil {
			return nil, serverError(err)
		}
	}
	if family != "" {
		if out["refresh_token"], err = v.newRefresh(g, family, v.now); err != nil {
			return nil, serverError(err)
		}
	}
	return out, nil
}

// refresh is one refresh token.
type refresh struct {
	grantee
	family  string
	started time.Time // of the family
	used    time.Time // when it was rotated; zero while it is the current one
	ended   bool
}

// refreshPolicy is a client's refresh_token settings (recorded defaults: non-rotating, non-expiring).
type refreshPolicy struct {
	rotating               bool
	leeway, absolute, idle time.Duration
	endsAbsolute, endsIdle bool
}

func refreshPolicyOf(client object) refreshPolicy {
	o := child(client, "refresh_token")
	seconds := func(key string, fallback float64) time.Duration {
		return time.Duration(decimal(o[key], fallback)) * time.Second
	}
	expiring := text(o, "expiration_type") == "expiring"
	return refreshPolicy{
		rotating: text(o, "rotation_type") == "rotating", leeway: seconds("leeway", 0),
		absolute: seconds("token_lifetime", 2592000), idle: seconds("idle_token_lifetime", 1296000),
		endsAbsolute: expiring && !flag(o, "infinite_token_lifetime"), endsIdle: expiring && !flag(o, "infinite_idle_token_lifetime"),
	}
}

// newRefresh makes a refresh token of a family.
func (v *visit) newRefresh(g grantee, family string, started time.Time) (string, error) {
	token, err := v.s.newID(idShape{prefix: "v1.", chars: 43})
	if err != nil {
		return "", err
	}
	p, until := refreshPolicyOf(g.client), forever()
	if p.endsAbsolute {
		until = started.Add(p.absolute)
	}
	if idle := v.now.Add(p.idle); p.endsIdle && idle.Before(until) {
		until = idle
	}
	v.s.logins.refresh.put(token, &refresh{grantee: g, family: family, started: started}, v.now, until)
	return token, nil
}

// revoke ends a family of refresh tokens.
func (v *visit) revoke(family string) {
	for _, e := range v.s.logins.refresh.entries {
		if family != "" && e.value.family == family {
			e.value.ended = true
		}
	}
}

// exchangeRefresh redeems a refresh token. With rotation each is good once; one that comes back later than the leeway is
// taken for stolen and ends its family (documented: refresh token rotation, automatic reuse detection).
func (v *visit) exchangeRefresh() (object, *oauthError) {
	client, refused := v.authenticateClient()
	if refused != nil {
		return nil, refused
	}
	if refused := grantAllowed(client, "refresh_token"); refused != nil {
		return nil, refused
	}
	raw := v.form.Get("refresh_token")
	token, ok := v.s.logins.refresh.get(raw, v.now)
	if !ok || token.ended || text(token.client, "client_id") != text(client, "client_id") || v.s.tenant.users.get(text(token.user, "user_id")) == nil {
		return nil, invalidGrant("Unknown or invalid refresh token.")
	}
	policy := refreshPolicyOf(client)
	if policy.rotating && !token.used.IsZero() && v.now.Sub(token.used) > policy.leeway {
		v.learn("refresh-reuse", Refused, "the token was rotated before: its family ends")
		v.revoke(token.family)
		return nil, invalidGrant("Unknown or invalid refresh token.")
	}
	g := token.grantee
	g.client = client
	if g.jkt, refused = v.proofOfPossession(client, g.api, token.jkt); refused != nil {
		return nil, refused
	}
	if asked := strings.Fields(v.form.Get("scope")); len(asked) > 0 { // never more than was granted
		g.scopes = slices.DeleteFunc(slices.Clone(g.scopes), func(s string) bool { return !slices.Contains(asked, s) })
	}
	g.nonce = ""
	out, refused := v.tokenAnswer(g, "")
	if refused != nil {
		return nil, refused
	}
	if policy.rotating {
		v.learn("refresh-rotation", Passed, "")
		if token.used.IsZero() {
			token.used = v.now
		}
		next, err := v.newRefresh(token.grantee, token.family, token.started)
		if err != nil {
			return nil, serverError(err)
		}
		out["refresh_token"] = next
		return out, nil
	}
	if policy.endsIdle { // using it postpones its idle end
		until := v.now.Add(policy.idle)
		if end := token.started.Add(policy.absolute); policy.endsAbsolute && end.Before(until) {
			until = end
		}
		v.s.logins.refresh.put(raw, token, v.now, until)
	}
	return out, nil
}
