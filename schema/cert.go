package schema

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"strings"
)

// CertDER returns the DER bytes of a certificate in any of the spellings that
// tenants hold: PEM, base64 of PEM (what Auth0 derives from metadata and the
// Dashboard stores), PEM whose newlines became spaces, and bare base64 of DER.
// It returns nil when the text is none of these.
func CertDER(s string) []byte {
	s = strings.TrimSpace(s)
	if der := pemDER(s); der != nil {
		return der
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil
	}
	if der := pemDER(string(raw)); der != nil {
		return der
	}
	if len(raw) > 0 && raw[0] == 0x30 { // an ASN.1 SEQUENCE, as every certificate is
		return raw
	}
	return nil
}

const (
	certBegin = "-----BEGIN CERTIFICATE-----"
	certEnd   = "-----END CERTIFICATE-----"
)

func pemDER(s string) []byte {
	if block, _ := pem.Decode([]byte(s)); block != nil && block.Type == "CERTIFICATE" {
		return block.Bytes
	}
	_, rest, ok := strings.Cut(s, certBegin)
	body, _, ok2 := strings.Cut(rest, certEnd)
	if !ok || !ok2 {
		return nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(body), ""))
	if err != nil {
		return nil
	}
	return der
}

func sameCert(a, b string) bool {
	if a == b {
		return true
	}
	x, y := CertDER(a), CertDER(b)
	return x != nil && bytes.Equal(x, y)
}
