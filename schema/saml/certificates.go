package saml

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END CERTIFICATE-----"
)

// maxCertificates bounds what one file or one document may hold.
const maxCertificates = 2000

// ParseCertificates reads the certificates of a file in the spellings that
// people and tenants have: PEM (several, text between them, line breaks lost),
// DER, base64 of DER, and base64 of PEM, which is what Auth0 stores. A file
// that holds a private key is refused; no error quotes its text.
func ParseCertificates(text []byte) ([]*Certificate, error) {
	if len(text) > MaxSize {
		return nil, refuse(TooLarge, "The file is larger than %d MB.", MaxSize>>20)
	}
	ders, err := decode(text)
	if err != nil {
		return nil, refuse(BadCertificate, "%s", sentence(err))
	}
	out := make([]*Certificate, 0, len(ders))
	for i, der := range ders {
		c, err := parseDER(der)
		if err != nil {
			if len(ders) > 1 {
				err = fmt.Errorf("certificate %d of %d: %w", i+1, len(ders), err)
			}
			return nil, refuse(BadCertificate, "%s", sentence(err))
		}
		out = append(out, c)
	}
	return out, nil
}

var (
	errPrivateKey = errors.New("this is a private key; the certificate of the identity provider is needed, and the key should never leave it")
	errCutOff     = errors.New("it is cut off in the middle of a PEM block")
	errNoCert     = errors.New("this is not a certificate: neither PEM, nor DER, nor base64 of one of them")
)

// decode finds the DER of every certificate.
func decode(text []byte) ([][]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if len(text) > 0 && text[0] == sequence {
		return [][]byte{text}, nil
	}
	s := strings.TrimSpace(string(text))
	if s == "" {
		return nil, errors.New("it is empty")
	}
	if strings.Contains(s, pemBegin) {
		return armoured(s)
	}
	raw, err := unbase64(s)
	switch {
	case err != nil:
		return nil, errNoCert
	case bytes.Contains(raw, []byte(pemBegin)):
		return armoured(string(raw))
	case len(raw) > 0 && raw[0] == sequence:
		return [][]byte{raw}, nil
	}
	return nil, errNoCert
}

// sequence is the first byte of every certificate: an ASN.1 SEQUENCE.
const sequence = 0x30

// armoured finds the PEM blocks of a text. encoding/pem wants line breaks,
// which real tenants have lost (recorded), so the body is read by hand.
func armoured(s string) ([][]byte, error) {
	var out [][]byte
	other := ""
	for {
		_, rest, ok := strings.Cut(s, pemBegin)
		if !ok {
			break
		}
		kind, body, ok := strings.Cut(rest, "-----")
		if s = body; !ok {
			return nil, errCutOff
		}
		if strings.HasSuffix(kind, "PRIVATE KEY") {
			return nil, errPrivateKey
		}
		if kind != "CERTIFICATE" {
			other = kind
			continue
		}
		if len(out) == maxCertificates {
			return nil, fmt.Errorf("it holds more than %d certificates", maxCertificates)
		}
		if body, s, ok = strings.Cut(body, pemEnd); !ok {
			return nil, errCutOff
		}
		der, err := unbase64(body)
		if err != nil || len(der) == 0 {
			return nil, fmt.Errorf("the text of certificate %d is not base64", len(out)+1)
		}
		out = append(out, der)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("it holds a PEM block of the type %s and no certificate", quote(other))
	}
	return out, nil
}

// unbase64 decodes base64 with any white space in it.
func unbase64(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}
