package onboard

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tacit-dev/tacit/schema/saml"
)

// Identity is what a customer's identity provider is for a connection.
type Identity struct {
	EntityID string
	// SignOn are the end points that Auth0 can use, the preferred one first.
	SignOn  []saml.EndPoint
	SignOut string
	Cert    *saml.Certificate
	// Metadata is nil when the customer sent values and no document.
	Metadata *saml.Metadata
	// document is what was sent; several: it holds other identity providers too.
	document []byte
	several  bool
}

// FromDocument reads a metadata document. Its errors are [saml.Refusal].
func FromDocument(text []byte, entityID string, now time.Time) (*Identity, error) {
	doc, err := saml.ParseMetadata(text)
	if err != nil {
		return nil, err
	}
	m, err := doc.IDP(entityID)
	if err != nil {
		return nil, err
	}
	if err := m.Usable(); err != nil {
		return nil, err
	}
	id := &Identity{EntityID: m.EntityID, SignOut: m.SignOutURL(), Cert: m.SigningCertificate(now), Metadata: m, document: text, several: len(doc.IDPs) > 1}
	for _, b := range []string{saml.Redirect, saml.POST} {
		if at := saml.At(m.SignOn, b); at != "" {
			id.SignOn = append(id.SignOn, saml.EndPoint{Binding: b, Location: at})
		}
	}
	return id, nil
}

// FromValues takes what customers send who have no metadata.
func FromValues(signOn, entityID string, cert []byte) (*Identity, error) {
	u, err := url.Parse(signOn)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the sign-on URL is not an absolute https URL without a user name; ask for the \"SSO URL\" or \"Login URL\" of the SAML application")
	}
	list, err := saml.ParseCertificates(cert)
	if err != nil {
		return nil, err
	}
	if len(list) > 1 {
		return nil, fmt.Errorf("the file holds %d certificates and Auth0 holds one; keep the one that the identity provider signs with now", len(list))
	}
	return &Identity{EntityID: entityID, SignOn: []saml.EndPoint{{Binding: saml.Redirect, Location: signOn}}, Cert: list[0]}, nil
}

// Warnings are what is odd about values; documents have their own.
func (id *Identity) Warnings(now time.Time) []string {
	if id.Metadata != nil {
		return id.Metadata.Warnings(now)
	}
	var out []string
	if !strings.HasPrefix(id.SignOn[0].Location, "https:") {
		out = append(out, fmt.Sprintf("the single sign-on URL %+q is not https", id.SignOn[0].Location))
	}
	for _, f := range id.Cert.Flaws(now) {
		out = append(out, fmt.Sprintf("the signing certificate %.8s: %s", id.Cert.SHA1, id.Cert.Describe(f, now)))
	}
	return out
}

// signsIn reports whether an end point is one of the identity provider's.
func (id *Identity) signsIn(at string) bool {
	return slices.ContainsFunc(id.SignOn, func(e saml.EndPoint) bool { return e.Location == at })
}

// Document is the metadata to keep: what was sent, or, where that is no UTF-8
// text as file functions want it or there is none, the facts in a document of
// ours.
func (id *Identity) Document() []byte {
	if id.document != nil && utf8.Valid(id.document) && !bytes.ContainsRune(id.document, 0) {
		return id.document
	}
	text := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
		return b.String()
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<!-- Written by tacit onboard from what the customer sent. -->\n")
	fmt.Fprintf(&b, "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"%s\">\n", text(id.entity()))
	b.WriteString("  <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\n    <KeyDescriptor use=\"signing\">\n      <KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">\n        <X509Data>\n          <X509Certificate>\n")
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(id.Cert.Raw)), 76) {
		b.Write(append(line, '\n'))
	}
	b.WriteString("          </X509Certificate>\n        </X509Data>\n      </KeyInfo>\n    </KeyDescriptor>\n")
	if id.SignOut != "" {
		fmt.Fprintf(&b, "    <SingleLogoutService Binding=\"%s\" Location=\"%s\"/>\n", saml.Redirect, text(id.SignOut))
	}
	for _, e := range id.SignOn {
		fmt.Fprintf(&b, "    <SingleSignOnService Binding=\"%s\" Location=\"%s\"/>\n", e.Binding, text(e.Location))
	}
	b.WriteString("  </IDPSSODescriptor>\n</EntityDescriptor>\n")
	return []byte(b.String())
}

// entity is the entity ID, or the sign-on URL where nobody said one: metadata
// has to have it, and Auth0 does not read it.
func (id *Identity) entity() string {
	if id.EntityID != "" {
		return id.EntityID
	}
	return id.SignOn[0].Location
}
