package mgmt

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// assertionType marks a JWT as the credential of a client (RFC 7523).
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionLife is what Auth0 recommends at most; it refuses over 5 minutes
	// (Auth0 docs, authenticate with private key JWT).
	assertionLife = time.Minute
	// The sizes that Auth0 accepts (Auth0 docs, configure private key JWT).
	minKeyBits, maxKeyBits = 2048, 4096

	keyVariable = "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY"
	algVariable = "AUTH0_CLIENT_ASSERTION_SIGNING_ALG"
)

// assertionKey signs the assertions by which an application proves who it is.
type assertionKey struct {
	key      *rsa.PrivateKey
	alg, kid string
	hash     crypto.Hash
	pss      bool
}

// newAssertionKey reads key and algorithm. Its errors never hold any of the key.
func newAssertionKey(text, alg, kid string) (*assertionKey, error) {
	k := &assertionKey{alg: strings.TrimSpace(alg), kid: strings.TrimSpace(kid), hash: crypto.SHA256}
	switch k.alg {
	case "", "RS256":
		k.alg = "RS256"
	case "RS384":
		k.hash = crypto.SHA384
	case "PS256":
		k.pss = true
	default:
		return nil, fmt.Errorf("%s is %q; Auth0's documentation of private key JWT lists only RS256, RS384 and PS256", algVariable, clip(alg, 20))
	}
	var err error
	if k.key, err = rsaKey(text); err != nil {
		return nil, fmt.Errorf("%s %w", keyVariable, err)
	}
	if bits := k.key.N.BitLen(); bits < minKeyBits || bits > maxKeyBits {
		return nil, fmt.Errorf("%s is an RSA key of %d bits; Auth0 accepts %d to %d", keyVariable, bits, minKeyBits, maxKeyBits)
	}
	return k, nil
}

// rsaKey reads a PEM block; the newlines may be written as \n, as they often
// are in environments of CI systems. Errors of the parser may quote the key and
// are left out.
func rsaKey(text string) (*rsa.PrivateKey, error) {
	if !strings.Contains(text, "\n") {
		text = strings.NewReplacer(`\r`, "", `\n`, "\n").Replace(text)
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("is not a private key in PEM form; it must hold the key itself (-----BEGIN PRIVATE KEY-----...), not the name of a file")
	}
	if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
		return nil, errors.New("is protected by a passphrase; give it without one (openssl pkey -in KEY)")
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("is a broken RSA key: its PEM block cannot be read as PKCS #1")
		}
		return key, nil
	case "PRIVATE KEY":
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("is a broken private key: its PEM block cannot be read as PKCS #8")
		}
		key, ok := parsed.(*rsa.PrivateKey)
		if !ok {
			return nil, errors.New("is not an RSA key; Auth0's documentation of private key JWT lists only RSA algorithms")
		}
		return key, nil
	default:
		return nil, fmt.Errorf("holds a PEM block of the type %q, not a private key", clip(block.Type, 40))
	}
}

// sign makes an assertion of the client for the tenant whose issuer is
// audience, with its final slash (Auth0 docs, authenticate with private key
// JWT).
func (k *assertionKey) sign(client, audience string, now time.Time) (string, error) {
	head := map[string]string{"alg": k.alg, "typ": "JWT"}
	if k.kid != "" {
		head["kid"] = k.kid
	}
	claims := map[string]any{
		"iss": client, "sub": client, "aud": audience, "jti": uuid(), "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	}
	text := ""
	for _, part := range []any{head, claims} {
		raw, err := json.Marshal(part)
		if err != nil {
			return "", err
		}
		text += base64.RawURLEncoding.EncodeToString(raw) + "."
	}
	text = strings.TrimSuffix(text, ".")
	h := k.hash.New()
	h.Write([]byte(text))
	var sig []byte
	var err error
	if k.pss {
		sig, err = rsa.SignPSS(rand.Reader, k.key, k.hash, h.Sum(nil), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		sig, err = rsa.SignPKCS1v15(nil, k.key, k.hash, h.Sum(nil))
	}
	if err != nil {
		return "", fmt.Errorf("sign with %s: %w", keyVariable, err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// uuid is the form of jti that Auth0 recommends (RFC 9562, version 4).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails, see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
