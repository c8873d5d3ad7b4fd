package rehearse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// skew is how far clocks may differ, in seconds; the SDK's default leeway.
const skew = 60

// verify does what the SDK does with the ID token and what the API does with the access token.
func (r *run) verify(keys *issuerKeys, tokens *issued, nonce string) error {
	if err := r.checkID(keys, tokens.ID, nonce); err != nil {
		return err
	}
	var err error
	if r.trace.Access, err = r.checkAccess(keys, StepVerify, tokens); err != nil {
		return err
	}
	return r.checkScopes()
}

// checkAccess verifies an access token as the API would. It returns what may be told even when the token is no good.
func (r *run) checkAccess(keys *issuerKeys, step Step, tokens *issued) (*Token, error) {
	t := inspect(tokens.Access)
	t.Type = tokens.Type
	defer r.hideToken(t)
	if t.Kind != JWT {
		return t, r.fail(step, "opaque_token", "", "the access token is %s, not a JWT: no audience took effect", t.describe())
	}
	if err := keys.signature(tokens.Access, t); err != nil {
		return t, r.fail(step, "invalid_token", "", "the access token: %v", err)
	}
	problem := r.standardClaims(keys, t, r.Audience)
	if problem == "" && r.authorizedParty(t) != r.ClientID {
		problem = fmt.Sprintf("it was issued to %q, not to %q", r.authorizedParty(t), r.ClientID)
	}
	if problem == "" {
		problem = r.organization(t)
	}
	if problem == "" {
		problem = r.binding(t)
	}
	if problem != "" {
		return t, r.fail(step, "invalid_token", "", "the access token: %s", problem)
	}
	t.Verified = true
	return t, nil
}

// authorizedParty is azp, or client_id in tokens of the profile of RFC 9068.
func (r *run) authorizedParty(t *Token) string {
	if azp := t.claim("azp"); azp != "" {
		return azp
	}
	return t.claim("client_id")
}

// checkID verifies the ID token with the texts of auth0-spa-js (jwt.ts), so that a search for them finds help.
func (r *run) checkID(keys *issuerKeys, raw, nonce string) error {
	if raw == "" {
		return r.fail(StepVerify, "", "ID token is required but missing", "the token end point issues no ID token")
	}
	t := inspect(raw)
	r.trace.ID = t
	defer r.hideToken(t)
	if alg, _ := t.Header["alg"].(string); t.Kind != JWT || alg != "RS256" {
		return r.fail(StepVerify, "", fmt.Sprintf("Signature algorithm of %q is not supported. Expected the ID token to be signed with \"RS256\".", alg),
			"the SDK refuses the ID token")
	}
	if err := keys.signature(raw, t); err != nil {
		return r.fail(StepVerify, "", "", "the ID token: %v", err)
	}
	problem := r.standardClaims(keys, t, r.ClientID)
	if problem == "" && t.claim("nonce") != nonce {
		problem = "Nonce (nonce) claim mismatch in the ID token"
	}
	if problem == "" {
		problem = r.organization(t)
	}
	if problem != "" {
		return r.fail(StepVerify, "", "", "the SDK refuses the ID token: %s", problem)
	}
	t.Verified = true
	return nil
}

// signature verifies that one of the tenant's keys signed the token.
func (k *issuerKeys) signature(raw string, t *Token) error {
	alg, _ := t.Header["alg"].(string)
	if !slices.Contains(asymmetric(), jose.SignatureAlgorithm(alg)) {
		return fmt.Errorf("it is signed with %s, which nobody can verify with the tenant's public keys", alg)
	}
	jws, err := jose.ParseSignedCompact(raw, asymmetric())
	if err != nil {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	kid := jws.Signatures[0].Header.KeyID
	found := k.set.Key(kid)
	if kid == "" || len(found) == 0 {
		return fmt.Errorf("it is signed with the key %q, which is not among the tenant's", kid)
	}
	if _, err := jws.Verify(found[0].Key); err != nil {
		return fmt.Errorf("its signature is wrong: %w", err)
	}
	return nil
}

// standardClaims checks iss, aud and the times, and says what is wrong.
func (r *run) standardClaims(keys *issuerKeys, t *Token, audience string) string {
	now := r.client.opts.Now().Unix()
	exp, hasExp := t.seconds("exp")
	iat, hasIat := t.seconds("iat")
	nbf, _ := t.seconds("nbf")
	switch {
	case t.claim("iss") != keys.issuer:
		return fmt.Sprintf("its issuer is %q, not %q", t.claim("iss"), keys.issuer)
	case t.claim("sub") == "":
		return "it names no user (sub)"
	case !slices.Contains(t.audiences(), audience):
		return fmt.Sprintf("its audience is %s, without %q", strings.Join(t.audiences(), ", "), audience)
	case !hasExp || exp <= now-skew:
		return "it has expired (exp)"
	case !hasIat || iat > now+skew:
		return "it was issued in the future (iat)"
	case nbf > now+skew:
		return "it is not valid yet (nbf)"
	default:
		return ""
	}
}

// organization checks that a token of a login for an organization says so.
func (r *run) organization(t *Token) string {
	if r.Organization == "" || t.claim("org_id") == r.Organization {
		return ""
	}
	return fmt.Sprintf("its organization is %q, not %q", t.claim("org_id"), r.Organization)
}

// checkScopes compares what was asked with what was granted: a login can be fine and its token of no use.
func (r *run) checkScopes() error {
	set := &ScopeSet{Asked: r.Scopes, Granted: strings.Fields(r.trace.Access.claim("scope"))}
	for _, s := range r.Scopes {
		if !slices.Contains(set.Granted, s) {
			set.Missing = append(set.Missing, s)
		}
	}
	r.trace.Scopes = set
	if len(set.Missing) == 0 {
		return nil
	}
	missing := strings.Join(set.Missing, ", ")
	if r.WithoutRoles {
		r.trace.Notes = append(r.trace.Notes, "without a role the login works and its token lacks "+missing)
		return nil
	}
	return r.fail(StepVerify, "insufficient_scope", "", "the token was asked for %s and lacks %s", strings.Join(r.Scopes, ", "), missing)
}
