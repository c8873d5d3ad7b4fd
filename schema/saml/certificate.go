package saml

import (
	"crypto/dsa" //nolint:staticcheck // old certificates hold such keys; they are named, not used
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1" // #nosec G505 -- Auth0 names certificates by their SHA-1
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// Certificate is what a certificate says of itself.
type Certificate struct {
	// Use is "signing", "encryption", or "" where metadata does not say, which
	// means both.
	Use string `json:"use"`
	// SHA256 is the digest of the DER in lower-case hex.
	SHA256 string `json:"sha256"`
	// SHA1 is Auth0's thumbprint of the certificate: lower-case hex in
	// options.thumbprints, upper-case in the error "Invalid thumbprint".
	SHA1      string    `json:"sha1"`
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	// KeyType is RSA, EC, Ed25519, DSA or unknown.
	KeyType string `json:"key_type"`
	Bits    int    `json:"bits"`
	// SignatureAlgorithm is how the certificate itself was signed, such as
	// SHA256-RSA. It says nothing about how assertions are signed.
	SignatureAlgorithm string `json:"signature_algorithm"`
	// Line and Column are where its text begins in a metadata document.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`

	// Raw is the DER.
	Raw []byte `json:"-"`

	// rawSubject and rawIssuer are the names as they are compared.
	rawSubject, rawIssuer string
	algorithm             x509.SignatureAlgorithm
	// data tells the X509Data elements of a document apart.
	data int
}

// maxDER bounds one certificate; real ones have one or two kilobytes.
const maxDER = 64 << 10

// parseDER reads one certificate.
func parseDER(der []byte) (*Certificate, error) {
	if len(der) > maxDER {
		return nil, fmt.Errorf("it is larger than a certificate gets (%d KB)", maxDER>>10)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		if _, e := x509.ParsePKIXPublicKey(der); e == nil {
			return nil, errors.New("this is a bare public key; Auth0 needs the certificate around it")
		}
		return nil, fmt.Errorf("this is not a certificate (%w)", err)
	}
	sum1, sum256 := sha1.Sum(der), sha256.Sum256(der) // #nosec G401 -- see SHA1
	out := &Certificate{
		SHA256: hex.EncodeToString(sum256[:]), SHA1: hex.EncodeToString(sum1[:]),
		Subject: c.Subject.String(), Issuer: c.Issuer.String(),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		SignatureAlgorithm: c.SignatureAlgorithm.String(), algorithm: c.SignatureAlgorithm,
		Raw: der, rawSubject: string(c.RawSubject), rawIssuer: string(c.RawIssuer),
	}
	out.KeyType, out.Bits = key(c.PublicKey)
	return out, nil
}

func key(k any) (name string, bits int) {
	switch k := k.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen()
	case *ecdsa.PublicKey:
		return "EC", k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 8 * len(k)
	case *dsa.PublicKey:
		return "DSA", k.P.BitLen()
	default:
		return "unknown", 0
	}
}

// PEM is the certificate as Auth0 is sent it.
func (c *Certificate) PEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// Signs reports whether the identity provider may sign with it.
func (c *Certificate) Signs() bool { return c.Use != "encryption" }
