package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// signer signs tokens with the tenant's RSA key, made when the first token is asked for: most in-process users never do.
type signer struct {
	once sync.Once
	own  *rsa.PrivateKey // Options.SigningKey
	jwk  jose.JSONWebKey
	err  error
}

// key is the tenant's key, named by its thumbprint.
func (k *signer) key() (jose.JSONWebKey, error) {
	k.once.Do(func() {
		private := k.own
		if private == nil {
			if private, k.err = rsa.GenerateKey(rand.Reader, 2048); k.err != nil {
				return
			}
		}
		k.jwk = jose.JSONWebKey{Key: private, Algorithm: string(jose.RS256), Use: "sig"}
		var sum []byte
		if sum, k.err = k.jwk.Thumbprint(crypto.SHA256); k.err == nil {
			k.jwk.KeyID = base64.RawURLEncoding.EncodeToString(sum)
		}
	})
	if k.err != nil {
		return k.jwk, fmt.Errorf("sandbox: token key: %w", k.err)
	}
	return k.jwk, nil
}

// sign makes a JWT of the claims with the tenant's key.
func (k *signer) sign(claims object, alg jose.SignatureAlgorithm, typ string) (string, error) {
	key, err := k.key()
	if err != nil {
		return "", err
	}
	key.Algorithm = string(alg)
	return signWith(jose.SigningKey{Algorithm: alg, Key: key}, claims, typ)
}

// signWith makes a JWT of the claims.
func signWith(key jose.SigningKey, claims object, typ string) (string, error) {
	sig, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		return "", fmt.Errorf("sandbox: sign token: %w", err)
	}
	payload, err := encode(claims)
	if err != nil {
		return "", err
	}
	jws, err := sig.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sandbox: sign token: %w", err)
	}
	return jws.CompactSerialize()
}

// verified is the claims of a JWT that the tenant signed, or nil.
func (k *signer) verified(token string) object {
	algs := []jose.SignatureAlgorithm{jose.RS256, jose.RS512, jose.PS256}
	jws, err := jose.ParseSignedCompact(token, algs)
	if err != nil {
		return nil
	}
	key, err := k.key()
	if err != nil {
		return nil
	}
	payload, err := jws.Verify(key.Public())
	if err != nil {
		return nil
	}
	claims, _ := decode(payload)
	o, _ := claims.(object)
	return o
}

// keySet is GET /.well-known/jwks.json.
func keySet(v *visit) *page {
	key, err := v.s.keys.key()
	if err != nil {
		return failedPage(err)
	}
	data, err := key.Public().MarshalJSON()
	if err != nil {
		return failedPage(err)
	}
	public, err := decode(data)
	if err != nil {
		return failedPage(err)
	}
	return jsonPage(200, object{"keys": []any{public}})
}

// halfHash is at_hash and c_hash of OpenID Connect: the left half of the SHA-256 of a token.
func halfHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// opaque makes an access token that only this tenant understands. Its current look is a JWE of five parts whose second
// is empty (seen in auth0-spa-js issue 1008), its old one 32 characters (Options.Login.OldOpaqueTokens).
func (v *visit) opaque() (string, error) {
	if v.s.opts.Login.OldOpaqueTokens {
		return v.s.newID(idShape{chars: 32})
	}
	const iv, ciphertext, tag = 12, 96, 16
	raw, err := v.s.entropy(iv + ciphertext + tag)
	if err != nil {
		return "", err
	}
	head, err := encode(object{"alg": "dir", "enc": "A256GCM", "iss": v.issuer()})
	if err != nil {
		return "", err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return strings.Join([]string{b64(head), "", b64(raw[:iv]), b64(raw[iv : iv+ciphertext]), b64(raw[iv+ciphertext:])}, "."), nil
}

// encrypted wraps an access token for an API that wants token_encryption: a JWE of five parts. The stored key is a
// thumbprint unless the seed brought the PEM, so nobody may be able to read it; that it is no JWT is what matters here.
func (v *visit) encrypted(token string, api object) (string, error) {
	stored := child(child(api, "token_encryption"), "encryption_key")
	recipient := publicKey(pemBytes(text(stored, "pem")))
	if _, ok := recipient.(*rsa.PublicKey); !ok {
		own, err := v.s.keys.key()
		if err != nil {
			return "", err
		}
		recipient = own.Public().Key
	}
	kid := text(stored, "kid")
	if kid == "" {
		kid = text(stored, "thumbprint_sha256")
	}
	enc, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.RSA_OAEP_256, Key: recipient, KeyID: kid},
		(&jose.EncrypterOptions{}).WithContentType("JWT"))
	if err != nil {
		return "", fmt.Errorf("sandbox: encrypt token: %w", err)
	}
	jwe, err := enc.Encrypt([]byte(token))
	if err != nil {
		return "", fmt.Errorf("sandbox: encrypt token: %w", err)
	}
	return jwe.CompactSerialize()
}

// asymmetric are the signing algorithms of APIs that take the tenant's key.
func asymmetric(alg string) bool {
	return slices.Contains([]string{"", "RS256", "RS512", "PS256"}, alg)
}
