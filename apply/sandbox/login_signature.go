package sandbox

import (
	"crypto/sha1" //nolint:gosec // Auth0's thumbprints are SHA-1 (recorded 92 of 92)
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// trust is what a connection knows about its identity provider's key.
type trust struct {
	cert        *x509.Certificate // nil when the connection has none
	thumbprints []string          // lower-case hexadecimal SHA-1
}

// trustOf reads a connection's options: the certificate as it was sent, or as Auth0 shows it.
func trustOf(options object) trust {
	t := trust{thumbprints: list(options, "thumbprints")}
	for _, key := range []string{"signingCert", "cert"} {
		if raw := text(options, key); raw != "" && t.cert == nil {
			_, t.cert = readCertificate(raw)
		}
	}
	if len(t.thumbprints) == 0 && t.cert != nil {
		t.thumbprints = []string{thumbprintOf(t.cert.Raw)}
	}
	for i, p := range t.thumbprints {
		t.thumbprints[i] = strings.ToLower(strings.ReplaceAll(p, ":", ""))
	}
	return t
}

// and is the trust that another certificate is added to.
func (t trust) and(c *x509.Certificate) trust {
	if c != nil {
		t.thumbprints = append(t.thumbprints, thumbprintOf(c.Raw))
	}
	return t
}

func thumbprintOf(der []byte) string {
	sum := sha1.Sum(der) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// signedBy verifies the one signature that is a child of e and returns what it covers, parsed from the very bytes that
// were digested: what is read afterwards is what was signed, wherever a wrapping attack moved it. Texts are those of the
// library, whose xpath names the place.
func (t trust) signedBy(e *etree.Element, xpath string) (*etree.Element, error) {
	own, err := detached(e)
	if err != nil {
		return nil, says("Signature check errors: %v", err)
	}
	signatures := children(own, nsSignature, "Signature")
	switch {
	case len(signatures) == 0:
		return nil, says("Signature is missing (xpath: %s)", xpath)
	case len(signatures) > 1:
		return nil, says("Signature was found more than one time (xpath: %s)", xpath)
	}
	cert, err := t.keyFor(signatures[0])
	if err != nil {
		return nil, err
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	ctx.Clock = dsig.NewFakeClockAt(cert.NotBefore) // an expired certificate still verifies: checkCertExpiration is off
	signed, err := ctx.Validate(own)
	if err != nil {
		return nil, says("Signature check errors: %v", err)
	}
	if signed == nil || signed.Tag != e.Tag || signed.NamespaceURI() != e.NamespaceURI() {
		return nil, says("Could not validate Signature(s)")
	}
	return signed, nil
}

// detached copies an element with the namespaces it inherits.
func detached(e *etree.Element) (*etree.Element, error) {
	ctx, err := etreeutils.NSBuildParentContext(e)
	if err != nil {
		return nil, err
	}
	return etreeutils.NSDetatch(ctx, e)
}

// keyFor is the certificate a signature is checked with: the one it carries when its thumbprint is configured, else the
// connection's. KeyInfo, which is not signed, is then removed, so that nothing else reads it.
func (t trust) keyFor(signature *etree.Element) (*x509.Certificate, error) {
	cert := t.cert
	for _, info := range children(signature, nsSignature, "KeyInfo") {
		if carried := firstCertificate(info); carried != nil && len(t.thumbprints) > 0 {
			der, err := decodeBase64(inner(carried))
			if err != nil {
				return nil, says("The signing certificate is invalid (%v)", err)
			}
			calculated := thumbprintOf(der)
			if !slices.Contains(t.thumbprints, calculated) {
				return nil, says("Invalid thumbprint (configured: %s. calculated: %s)",
					strings.ToUpper(strings.Join(t.thumbprints, ", ")), strings.ToUpper(calculated))
			}
			if cert, err = x509.ParseCertificate(der); err != nil {
				return nil, says("The signing certificate is invalid (%v)", err)
			}
		}
		signature.RemoveChild(info)
	}
	if cert == nil {
		return nil, says("options.cert must be specified for SAMLResponses with no embedded signing certificate")
	}
	return cert, nil
}

// firstCertificate is the first X509Certificate below an element.
func firstCertificate(e *etree.Element) *etree.Element {
	for _, c := range e.ChildElements() {
		if c.Tag == "X509Certificate" && c.NamespaceURI() == nsSignature {
			return c
		}
		if found := firstCertificate(c); found != nil {
			return found
		}
	}
	return nil
}
