package sandbox

import (
	"crypto"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// proofAge is how old a DPoP proof may be, and how far in the future (assumed).
const proofAge = 5 * time.Minute

// proofOfPossession reads the DPoP proof of a token request (RFC 9449) and returns the thumbprint of its key, "" when
// there is neither a proof nor a need for one. bound is the key that the code or refresh token is for.
func (v *visit) proofOfPossession(client, api object, bound string) (string, *oauthError) {
	raw := v.r.Header.Get("DPoP")
	if raw == "" {
		if bound != "" || needsProof(client, api) {
			v.learn("dpop", Refused, "no DPoP proof")
			return "", &oauthError{http.StatusBadRequest, "invalid_request", "DPoP proof is required"}
		}
		return "", nil
	}
	jkt, why := v.readProof(raw)
	if why == "" && bound != "" && bound != jkt {
		why = "the proof is of another key"
	}
	if why != "" {
		v.learn("dpop", Refused, "%s", why)
		return "", &oauthError{http.StatusBadRequest, "invalid_dpop_proof", why}
	}
	if mechanism := text(child(api, "proof_of_possession"), "mechanism"); mechanism == "mtls" {
		return "", &oauthError{http.StatusBadRequest, "invalid_request", "the API wants proof of possession by mTLS, which the sandbox does not have"}
	}
	v.learn("dpop", Passed, "")
	return jkt, nil
}

// readProof verifies a proof and says what is wrong with it.
func (v *visit) readProof(raw string) (jkt, why string) {
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.ES256, jose.RS256, jose.PS256})
	if err != nil || len(jws.Signatures) != 1 {
		return "", "the proof is not a JWT"
	}
	head := jws.Signatures[0].Protected
	if typ, _ := head.ExtraHeaders[jose.HeaderType].(string); typ != "dpop+jwt" || head.JSONWebKey == nil || !head.JSONWebKey.IsPublic() {
		return "", "the proof lacks typ dpop+jwt or a public jwk"
	}
	payload, err := jws.Verify(head.JSONWebKey)
	if err != nil {
		return "", "the proof's signature is wrong"
	}
	value, err := decode(payload)
	claims, _ := value.(object)
	at, ok := integer(claims["iat"])
	age := v.now.Sub(time.Unix(at, 0)).Abs()
	switch {
	case err != nil || text(claims, "htm") != v.r.Method || text(claims, "htu") != v.origin()+v.r.URL.Path:
		return "", "the proof is for another request"
	case !ok || age > proofAge:
		return "", "the proof is too old"
	case text(claims, "jti") == "":
		return "", "the proof has no jti"
	}
	if _, again := v.s.logins.proofs.get(text(claims, "jti"), v.now); again {
		return "", "the proof was used before"
	}
	v.s.logins.proofs.put(text(claims, "jti"), true, v.now, v.now.Add(2*proofAge))
	sum, err := head.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", "the proof's key cannot be read"
	}
	return base64.RawURLEncoding.EncodeToString(sum), ""
}
