package sandbox

import (
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// idpMetadata is what Auth0 reads from an identity provider's metadata document.
type idpMetadata struct {
	signIn, signOut, binding string
	certificate              string // base64 of PEM, as Auth0 stores a certificate it found there (recorded)
}

// entity is the part of a metadata document that matters here, whatever the prefixes.
type entity struct {
	XMLName  xml.Name   `xml:"EntityDescriptor"`
	Provider []provider `xml:"IDPSSODescriptor"`
}

type provider struct {
	Keys    []keyDescriptor `xml:"KeyDescriptor"`
	SignOn  []endpoint      `xml:"SingleSignOnService"`
	SignOff []endpoint      `xml:"SingleLogoutService"`
}

type keyDescriptor struct {
	Use          string   `xml:"use,attr"`
	Certificates []string `xml:"KeyInfo>X509Data>X509Certificate"`
}

type endpoint struct {
	Binding  string `xml:"Binding,attr"`
	Location string `xml:"Location,attr"`
}

const (
	bindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	bindingPost     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// readMetadata reads the first identity provider of a document. Text before the XML declaration is tolerated
// (recorded: a document that starts with tabs).
func readMetadata(doc string) (*idpMetadata, error) {
	dec := xml.NewDecoder(strings.NewReader(strings.TrimSpace(doc)))
	dec.Strict = true
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("no EntityDescriptor in it")
		}
		if err != nil {
			return nil, fmt.Errorf("not XML: %w", err)
		}
		start, ok := tok.(xml.StartElement)
		if !ok || start.Name.Local != "EntityDescriptor" {
			continue
		}
		var e entity
		if err := dec.DecodeElement(&e, &start); err != nil {
			return nil, fmt.Errorf("not SAML metadata: %w", err)
		}
		if len(e.Provider) > 0 {
			return e.Provider[0].read(), nil
		}
	}
}

// read picks the end points and the certificate. Redirect before POST is recorded for a document that offers both;
// the first signing key (or one of no stated use) is assumed.
func (p provider) read() *idpMetadata {
	md := &idpMetadata{}
	if on := pick(p.SignOn); on != nil {
		md.signIn, md.binding = on.Location, on.Binding
	}
	if off := pick(p.SignOff); off != nil {
		md.signOut = off.Location
	}
	for _, k := range p.Keys {
		if k.Use == "encryption" || len(k.Certificates) == 0 {
			continue
		}
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(k.Certificates[0]), ""))
		if err != nil {
			continue
		}
		md.certificate = base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		break
	}
	return md
}

func pick(list []endpoint) *endpoint {
	for _, want := range []string{bindingRedirect, bindingPost} {
		for i := range list {
			if list[i].Binding == want {
				return &list[i]
			}
		}
	}
	if len(list) > 0 {
		return &list[0]
	}
	return nil
}
