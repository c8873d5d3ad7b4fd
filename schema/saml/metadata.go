package saml

import (
	"slices"
	"strings"
	"time"
)

// The names that metadata is made of (SAML 2.0 metadata, bindings, XML
// signatures).
const (
	nsMetadata = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsDsig     = "http://www.w3.org/2000/09/xmldsig#"
	protocol   = "urn:oasis:names:tc:SAML:2.0:protocol"

	// Redirect and POST are the bindings in which Auth0 sends requests.
	Redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	POST     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// Document is a metadata document: one identity provider, or several entities
// as federations publish them.
type Document struct {
	// IDPs are the entities with a SAML 2.0 identity provider, in order.
	IDPs []*Metadata
	// place is the root element.
	place
	// What there is besides, to say so when there is no such entity.
	otherProtocol, serviceProvider bool
}

// Metadata is what an identity provider says of itself.
type Metadata struct {
	EntityID string
	// SignOn and SignOut are all end points, in order.
	SignOn, SignOut []EndPoint
	// Certificates are all that can be read, in order.
	Certificates  []*Certificate
	NameIDFormats []string
	// WantAuthnRequestsSigned is nil where the document does not say.
	WantAuthnRequestsSigned *bool
	// ValidUntil is when the document ends, as the nearest element that says
	// so has it; nil when none does, or none says a date.
	ValidUntil *time.Time
	// CacheDuration is how long the document may be kept, as written
	// (xs:duration).
	CacheDuration string
	// Signed: the document carries a signature. Nobody verifies it here.
	Signed bool

	place
	// unreadable are certificates that are none.
	unreadable []*Refusal
	// strange is the namespace of a KeyInfo that is not the one of signatures.
	strange string
	// roles counts the descriptors of a SAML 2.0 identity provider.
	roles int
	notes []string
}

// EndPoint is where a binding is answered.
type EndPoint struct {
	Binding  string `json:"binding"`
	Location string `json:"location"`
	place
}

// At returns the first location of a binding, "" if none.
func At(points []EndPoint, binding string) string {
	for _, e := range points {
		if e.Binding == binding {
			return e.Location
		}
	}
	return ""
}

// ParseMetadata reads a document. It refuses what is no metadata of an identity
// provider; whether that can be used is said by [Metadata.Usable].
// Every error is a [Refusal].
func ParseMetadata(text []byte) (*Document, error) {
	s, bad := plain(text)
	if bad != nil {
		return nil, bad
	}
	if strings.TrimSpace(s) == "" {
		return nil, refuse(Empty, "The document is empty. Ask the customer to download it again and to send it as an attachment.")
	}
	if p, found := illegal(s); found {
		return nil, refuse(BadEncoding, "The document has a character here that XML does not allow; it is damaged, or not in the encoding that it names.").at(p)
	}
	r := &reader{scanner: newScanner(s), doc: &Document{}}
	if err := r.document(); err != nil {
		return nil, r.sharper(s, err)
	}
	if len(r.doc.IDPs) == 0 {
		return nil, r.doc.noIDP()
	}
	return r.doc, nil
}

// noIDP says what the document is instead.
func (d *Document) noIDP() *Refusal {
	switch {
	case d.otherProtocol:
		return refuse(WrongProtocol, "The identity provider in this document does not speak SAML 2.0 (its protocolSupportEnumeration does not name %s).", protocol).at(d.place)
	case d.serviceProvider:
		return refuse(NotIDP, "This is the metadata of a service provider, such as Auth0 itself hands out (SPSSODescriptor). Ask the customer for the metadata of their identity provider (IDPSSODescriptor).").at(d.place)
	default:
		return refuse(NotIDP, "There is no identity provider in this document (no IDPSSODescriptor). Ask for the SAML metadata of the identity provider.").at(d.place)
	}
}

// sharper says what a file is that was no XML at all.
func (r *reader) sharper(s string, err error) error {
	if r.rooted {
		return err
	}
	switch {
	case strings.Contains(s, pemBegin):
		return refuse(NotMetadata, "This is a certificate or a key in PEM, not a metadata document.")
	default:
		return err
	}
}

// IDP returns the identity provider with that entity ID, or the only one when
// the ID is empty. Whether it can be used is said by [Metadata.Usable].
func (d *Document) IDP(entityID string) (*Metadata, error) {
	var found []*Metadata
	for _, m := range d.IDPs {
		if entityID == "" || m.EntityID == entityID {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 0:
		return nil, refuse(NoSuchIDP, "No identity provider in this document has the entity ID %s. It holds %s.", quote(entityID), d.list())
	case len(found) > 1 && !sameEntity(found):
		return nil, refuse(SeveralIDPs, "The document holds %d identity providers; say by its entity ID which one is meant: %s.", len(found), d.list()).at(found[1].place)
	case len(found) > 1:
		return nil, refuse(SeveralIDPs, "The document holds %d identity providers with the entity ID %s. Take out all but the right one.", len(found), quote(found[0].EntityID)).at(found[1].place)
	}
	return found[0], nil
}

func sameEntity(ms []*Metadata) bool {
	return !slices.ContainsFunc(ms, func(m *Metadata) bool { return m.EntityID != ms[0].EntityID })
}

// list names the entity IDs, at most a few of them.
func (d *Document) list() string {
	const most = 5
	var names []string
	for _, m := range d.IDPs[:min(len(d.IDPs), most)] {
		names = append(names, quote(m.EntityID))
	}
	s := strings.Join(names, ", ")
	if n := len(d.IDPs) - most; n > 0 {
		s += ", and " + count(n, "other")
	}
	return s
}

// maxEntityID is the limit of the SAML 2.0 metadata specification.
const maxEntityID = 1024

// Usable says, as a [Refusal], why nobody can log in with this.
func (m *Metadata) Usable() error {
	switch {
	case m.EntityID == "":
		return refuse(BadEntityID, "The EntityDescriptor has no entityID. Ask for the document as the identity provider exports it.").at(m.place)
	case len([]rune(m.EntityID)) > maxEntityID:
		return refuse(BadEntityID, "The entityID is longer than %d characters, the most that SAML allows.", maxEntityID).at(m.place)
	case m.roles > 1:
		return refuse(SeveralIDPs, "The entity %s describes %d identity providers (IDPSSODescriptor); take out all but the right one.", quote(m.EntityID), m.roles).at(m.place)
	}
	offered := 0
	for _, e := range m.SignOn {
		if e.Binding != Redirect && e.Binding != POST {
			continue
		}
		offered++
		if why := badURL(e.Location); why != "" {
			return refuse(BadSignOn, "The single sign-on URL %s.", why).at(e.place)
		}
	}
	if offered == 0 {
		return refuse(NoSignOn, "The identity provider has no single sign-on end point that Auth0 can use: a SingleSignOnService with the binding HTTP-Redirect or HTTP-POST.").at(m.place)
	}
	if !slices.ContainsFunc(m.Certificates, (*Certificate).Signs) {
		return m.noCertificate()
	}
	return nil
}

// noCertificate explains why none was found.
func (m *Metadata) noCertificate() *Refusal {
	switch {
	case len(m.unreadable) > 0:
		return m.unreadable[0]
	case m.strange != "":
		return refuse(NoSigningCert, "The keys stand in elements of the namespace %s, so there is no certificate here for a strict reader; it must be %s. Ask the identity provider's administrator to correct that, or give the certificate separately.", quote(m.strange), nsDsig).at(m.place)
	case len(m.Certificates) > 0:
		return refuse(NoSigningCert, "The certificates in this document are for encryption only; the one that the identity provider signs with is missing.").at(m.place)
	default:
		return refuse(NoSigningCert, "The document holds no certificate that the identity provider signs with. Ask for a complete document, or give the certificate separately.").at(m.place)
	}
}
