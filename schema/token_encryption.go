package schema

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
)

// keptKey turns a token_encryption as it is sent into the one that the tenant
// answers with: in place of the key's PEM its JWK thumbprint (RFC 7638), or
// nothing when the key has a kid (recorded: terraform-provider-auth0
// TestAccResourceServer). A value that was answered stays as it is.
func keptKey(v any) any {
	enc, _ := v.(map[string]any)
	key, _ := enc["encryption_key"].(map[string]any)
	text, sent := key["pem"].(string)
	if !sent {
		return v
	}
	kept := maps.Clone(key)
	delete(kept, "pem")
	if print := jwkThumbprint(text); print != "" && (kept["kid"] == nil || kept["kid"] == "") {
		kept["thumbprint_sha256"] = print
	}
	return Put(enc, "encryption_key", kept)
}

// jwkThumbprint is the thumbprint of an RSA key, which is all that Auth0's
// algorithms take; "" when the text holds none.
func jwkThumbprint(text string) string {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return ""
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if cert, notCert := x509.ParseCertificate(block.Bytes); err != nil && notCert == nil {
		public = cert.PublicKey
	}
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return ""
	}
	b64 := base64.RawURLEncoding.EncodeToString
	sum := sha256.Sum256(fmt.Appendf(nil, `{"e":"%s","kty":"RSA","n":"%s"}`, b64(big.NewInt(int64(key.E)).Bytes()), b64(key.N.Bytes())))
	return b64(sum[:])
}
