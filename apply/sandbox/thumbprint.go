package sandbox

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
)

// keyThumbprint names a public key or a certificate's key: the JWK thumbprint of RFC 7638. Recorded as
// thumbprint_sha256 of a token encryption key and kid of a client credential. Text that is no key gets the hash of
// itself, so that placeholders work too (assumed).
func keyThumbprint(armoured string) string {
	sum := sha256.Sum256([]byte(canonicalJWK(publicKey(pemBytes(armoured)), armoured)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// publicKey reads a SubjectPublicKeyInfo or a certificate.
func publicKey(der []byte) any {
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return key
	}
	if cert, err := x509.ParseCertificate(der); err == nil {
		return cert.PublicKey
	}
	return nil
}

// canonicalJWK is the required members of a JWK in lexicographic order.
func canonicalJWK(key any, fallback string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	switch key := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf(`{"e":"%s","kty":"RSA","n":"%s"}`, b64(big.NewInt(int64(key.E)).Bytes()), b64(key.N.Bytes()))
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		if err != nil {
			return fallback
		}
		half := (len(point) - 1) / 2
		return fmt.Sprintf(`{"crv":"%s","kty":"EC","x":"%s","y":"%s"}`, key.Params().Name, b64(point[1:1+half]), b64(point[1+half:]))
	default:
		return fallback
	}
}
