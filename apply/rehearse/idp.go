package rehearse

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Signed says which part of a response carries a signature.
type Signed string

// The parts. The tenant wants at least one of them signed.
const (
	SignedAssertion Signed = "assertion" // the default
	SignedResponse  Signed = "response"
	SignedBoth      Signed = "both"
)

// Algorithm is how an IdP signs.
type Algorithm string

// The algorithms, by the names that connections use.
const (
	RSASHA256 Algorithm = "rsa-sha256" // the default
	RSASHA1   Algorithm = "rsa-sha1"
)

// IDP is a throw-away identity provider. Its key never leaves memory. It may serve any number of logins at once.
type IDP struct {
	key     *rsa.PrivateKey
	cert    *x509.Certificate
	foreign func() (*IDP, error) // another IdP, for responses signed with a wrong key
}

const keyBits = 2048

// NewIDP generates a key and a certificate that is valid around the given time.
func NewIDP(now time.Time) (*IDP, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("generate the IdP's key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("generate the IdP's certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: "tacit rehearsal"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("generate the IdP's certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("generate the IdP's certificate: %w", err)
	}
	return &IDP{key: key, cert: cert, foreign: sync.OnceValues(func() (*IDP, error) { return NewIDP(now) })}, nil
}

// Certificate is what the connection must trust.
func (p *IDP) Certificate() *x509.Certificate { return p.cert }

// sign puts an enveloped signature into el, behind its Issuer, where the SAML schemas want it.
func (p *IDP) sign(el *etree.Element, alg Algorithm, shown *x509.Certificate) error {
	ctx, err := dsig.NewSigningContext(p.key, [][]byte{shown.Raw})
	if err != nil {
		return fmt.Errorf("sign the SAML response: %w", err)
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if ctx.Hash, err = alg.hash(); err != nil {
		return err
	}
	sig, err := ctx.ConstructSignature(el, true)
	if err != nil {
		return fmt.Errorf("sign the SAML response: %w", err)
	}
	el.InsertChildAt(1, sig) // 0 is the Issuer
	return nil
}

func (a Algorithm) hash() (crypto.Hash, error) {
	switch a {
	case RSASHA256, "":
		return crypto.SHA256, nil
	case RSASHA1:
		return crypto.SHA1, nil
	default:
		return 0, fmt.Errorf("sign the SAML response: no algorithm is called %q", a)
	}
}
