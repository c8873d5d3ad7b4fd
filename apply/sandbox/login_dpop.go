package sandbox

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// proofAge is how old a DPoP proof and its nonce may be, and how far in the future a proof (assumed).
const proofAge = 5 * time.Minute

// dpopNonce is the response header with the nonce for the next proof (documented).
const dpopNonce = "DPoP-Nonce"

// proofOfPossession reads the DPoP proof of a token request (RFC 9449) and returns the thumbprint of the key that the
// tokens are bound to, "" when they are bound to none. bound is the key that the code or refresh token is for.
func (v *visit) proofOfPossession(client, api object, bound string) (string, *oauthError) {
	if v.r.Header.Get("DPoP") == "" {
		if bound != "" || needsProof(client, api) {
			v.learn("dpop", Refused, "no DPoP proof")
			return "", &oauthError{http.StatusBadRequest, "invalid_request", "DPoP proof is required"}
		}
		return "", nil
	}
	proof, why := v.readProof()
	if why == "" && bound != "" && bound != proof.jkt {
		why = "the proof is of another key"
	}
	if why != "" {
		v.learn("dpop", Refused, "%s", why)
		return "", &oauthError{http.StatusBadRequest, "invalid_dpop_proof", why}
	}
	if isPublic(client) {
		if refused := v.checkProofNonce(proof); refused != nil {
			return "", refused
		}
	}
	if _, again := v.s.logins.proofs.get(proof.jti, v.now); again {
		v.learn("dpop", Refused, "the proof was used before")
		return "", &oauthError{http.StatusBadRequest, "invalid_dpop_proof", "the proof was used before"}
	}
	v.s.logins.proofs.put(proof.jti, true, v.now, v.now.Add(2*proofAge))
	return v.bindTo(proof.jkt, client, api)
}

// checkProofNonce wants a nonce of the tenant in the proofs of clients that nothing else authenticates, and gives the
// next one.
func (v *visit) checkProofNonce(p dpopProof) *oauthError {
	_, ok := v.s.logins.nonces.get(p.nonce, v.now)
	next, err := v.s.newID(idShape{chars: 32})
	if err != nil {
		return serverError(err)
	}
	v.s.logins.nonces.put(next, true, v.now, v.now.Add(proofAge))
	v.header.Set(dpopNonce, next)
	if !ok {
		v.learn("dpop-nonce", Refused, "the proof carries no nonce of the tenant")
		return &oauthError{http.StatusBadRequest, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof"}
	}
	v.learn("dpop-nonce", Passed, "")
	return nil
}

// bindTo is the documented table of outcomes for requests with a proof: tokens for /userinfo and for APIs that take DPoP
// are bound. Other APIs give a bearer token, or none where somebody insists on a proof.
func (v *visit) bindTo(jkt string, client, api object) (string, *oauthError) {
	mechanism := text(child(api, "proof_of_possession"), "mechanism")
	switch {
	case api == nil || mechanism == "dpop":
		v.learn("dpop", Passed, "the tokens are bound to the key")
		return jkt, nil
	case needsProof(client, api):
		v.learn("dpop", Refused, "the API does not take DPoP")
		return "", &oauthError{http.StatusBadRequest, "invalid_request", "the API does not take DPoP, and a token that is bound to no key is not issued"}
	case mechanism == "mtls":
		v.learn("dpop-at-mtls", Unknown, "the token is left unbound")
	default:
		v.learn("dpop", Passed, "the API has no mechanism: the tokens are not bound")
	}
	return "", nil
}

// dpopProof is what a verified proof says.
type dpopProof struct{ jkt, jti, nonce, ath string }

// readProof verifies the proof of this request and says what is wrong with it.
func (v *visit) readProof() (p dpopProof, why string) {
	jws, err := jose.ParseSignedCompact(v.r.Header.Get("DPoP"), []jose.SignatureAlgorithm{jose.ES256, jose.RS256, jose.PS256})
	if err != nil || len(jws.Signatures) != 1 {
		return p, "the proof is not a JWT"
	}
	head := jws.Signatures[0].Protected
	if typ, _ := head.ExtraHeaders[jose.HeaderType].(string); typ != "dpop+jwt" || head.JSONWebKey == nil || !head.JSONWebKey.IsPublic() {
		return p, "the proof lacks typ dpop+jwt or a public jwk"
	}
	payload, err := jws.Verify(head.JSONWebKey)
	if err != nil {
		return p, "the proof's signature is wrong"
	}
	value, err := decode(payload)
	claims, _ := value.(object)
	at, ok := integer(claims["iat"])
	age := v.now.Sub(time.Unix(at, 0)).Abs()
	switch {
	case err != nil || text(claims, "htm") != v.r.Method || text(claims, "htu") != v.origin()+v.r.URL.Path:
		return p, "the proof is for another request"
	case !ok || age > proofAge:
		return p, "the proof is too old"
	case text(claims, "jti") == "":
		return p, "the proof has no jti"
	}
	sum, err := head.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		return p, "the proof's key cannot be read"
	}
	return dpopProof{
		jkt: base64.RawURLEncoding.EncodeToString(sum), jti: text(claims, "jti"), nonce: text(claims, "nonce"), ath: text(claims, "ath"),
	}, ""
}

// proves says whether this request comes with a proof of the key that its access token is bound to. That a proof is good
// twice here is documented.
func (v *visit) proves(token, jkt string) bool {
	p, why := v.readProof()
	sum := sha256.Sum256([]byte(token))
	ok := why == "" && p.jkt == jkt && p.ath == base64.RawURLEncoding.EncodeToString(sum[:])
	outcome := Passed
	if !ok {
		outcome = Refused
	}
	v.learn("dpop-token", outcome, "%s", why)
	return ok
}
