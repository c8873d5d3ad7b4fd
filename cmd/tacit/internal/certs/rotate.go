package certs

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
	"github.com/tacit-dev/tacit/schema/saml"
)

// Next is what the customer sent: a certificate, or a metadata document and
// the certificate that tacit takes of it.
type Next struct {
	Certificate *saml.Certificate
	// Metadata is nil, and Text empty, when a certificate was sent alone.
	Metadata *saml.Metadata
	Text     []byte
}

// ReadCertificate takes a file with one certificate.
func ReadCertificate(text []byte) (*Next, error) {
	cs, err := saml.ParseCertificates(text)
	if err != nil {
		return nil, errors.New(saml.AsRefusal(err).Text)
	}
	if len(cs) > 1 {
		return nil, fmt.Errorf("it holds %d certificates, and a connection holds one; leave the one that the identity provider will sign with", len(cs))
	}
	return &Next{Certificate: cs[0]}, nil
}

// ReadMetadata takes a metadata document.
func ReadMetadata(text []byte, entityID string, now time.Time) (*Next, error) {
	doc, err := saml.ParseMetadata(text)
	if err != nil {
		return nil, errors.New(saml.AsRefusal(err).Text)
	}
	m, err := doc.IDP(entityID)
	if err == nil {
		err = m.Usable()
	}
	if err != nil {
		return nil, errors.New(saml.AsRefusal(err).Text)
	}
	return &Next{m.SigningCertificate(now), m, text}, nil
}

// Rotation is the change of one connection's signing certificate.
type Rotation struct {
	Connection string `json:"connection"`
	Address    string `json:"address"`
	// Old is null when the declared one cannot be read.
	Old *saml.Certificate `json:"old"`
	New *saml.Certificate `json:"new"`
	// File is the file that changes; its name below the directory is Name.
	File string `json:"file"`
	Name string `json:"-"`
	// Shared are other connections that the file, or the block, serves.
	Shared   []string `json:"shared"`
	Warnings []string `json:"warnings"`
	// Written: the file was changed. Overlap is false: Auth0 holds one
	// certificate per connection.
	Written bool `json:"written"`
	Overlap bool `json:"overlap_possible"`

	origin hclconf.Origin
	text   string
}

// Rotate judges the new certificate and finds what has to change; an error
// says in plain words why it cannot be done.
func Rotate(cfg *schema.Config, at *Origins, o *schema.Object, next *Next, now time.Time) (*Rotation, error) {
	r := &Rotation{Connection: Name(o), Address: o.Addr.String(), New: next.Certificate, Shared: []string{}, Warnings: []string{}}
	if err := r.target(at, o, next); err != nil {
		return nil, err
	}
	text, _ := o.Want("signing_cert").V.(string)
	if old, err := saml.ParseCertificates([]byte(text)); err == nil {
		r.Old = old[0]
	}
	if r.Old != nil && r.Old.SHA256 == r.New.SHA256 {
		return nil, fmt.Errorf("%s has this certificate already (SHA-256 %s); there is nothing to rotate", r.Connection, r.New.SHA256)
	}
	if r.New.Has(saml.Expired, now) {
		return nil, fmt.Errorf("the new certificate %s; ask for a current one", strings.TrimPrefix(r.New.Describe(saml.Expired, now), "it "))
	}
	for _, f := range r.New.Flaws(now) {
		r.warn("the new certificate: %s", r.New.Describe(f, now))
	}
	r.others(cfg, at, o)
	r.document(at, o, next)
	return r, nil
}

func (r *Rotation) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// target finds the text that holds the certificate.
func (r *Rotation) target(at *Origins, o *schema.Object, next *Next) error {
	cert, byCert := at.Cert[o.Addr]
	doc, byDoc := at.Metadata[o.Addr]
	switch {
	case !o.Writes():
		return fmt.Errorf("%s is existing = true: whoever manages it has to change its certificate", o.Addr)
	case byCert:
		r.origin, r.text = cert, next.Certificate.PEM()
	case byDoc && next.Metadata == nil:
		return fmt.Errorf("the certificate of %s comes from its metadata document (%s); ask the customer for a new document and give it with --metadata", r.Connection, doc.Src)
	case byDoc:
		r.origin, r.text = doc, string(next.Text)
		if !utf8.Valid(next.Text) {
			return errors.New("the document is not UTF-8 text, which file() needs; convert it, for example with iconv")
		}
	case o.Want("metadata_url").Mode != schema.Unmanaged:
		return fmt.Errorf("Auth0 reads the certificate of %s from metadata_url whenever the connection is written; no file holds it. Have the customer publish the new one, then write the connection at the agreed moment", r.Connection)
	default:
		return fmt.Errorf("no block says the certificate of %s; add signing_cert = file(\"idp/%s.pem\")", r.Connection, r.Connection)
	}
	switch {
	case r.origin.File != "":
		r.Name = r.origin.File
		r.File = filepath.Join(at.dir, filepath.FromSlash(r.Name))
	case r.origin.Literal:
		r.File, r.Name = r.origin.Src.File, filepath.Base(r.origin.Src.File)
	default:
		return fmt.Errorf("%s: the certificate of %s is an expression that tacit does not rewrite; only file(\"...\") and a text are", r.origin.Src, r.Connection)
	}
	return nil
}

// others finds connections with the same text or the new certificate.
func (r *Rotation) others(cfg *schema.Config, at *Origins, o *schema.Object) {
	for _, other := range Connections(cfg) {
		if other.Addr == o.Addr {
			continue
		}
		for _, origins := range []map[schema.Address]hclconf.Origin{at.Cert, at.Metadata} {
			place, says := origins[other.Addr]
			if says && (r.origin.File != "" && place.File == r.origin.File || r.origin.Literal && place.Src == r.origin.Src) && !slices.Contains(r.Shared, Name(other)) {
				r.Shared = append(r.Shared, Name(other))
			}
		}
		text, _ := other.Want("signing_cert").V.(string)
		if string(schema.CertDER(text)) == string(r.New.Raw) {
			r.warn("%s has the new certificate already: make sure that it is meant for %s", Name(other), r.Connection)
		}
	}
}

// document warns of what a new document changes beside the certificate.
func (r *Rotation) document(at *Origins, o *schema.Object, next *Next) {
	if next.Metadata == nil {
		return
	}
	if n := len(next.Metadata.SigningCertificates()); n > 1 {
		r.warn("the document holds %d signing certificates and does not say which one signs; Auth0 is given the one that is valid the longest", n)
	}
	if old := IDP(at.Metadata[o.Addr].Text, at.Entity[o.Addr].Text); old != nil && old.EntityID != next.Metadata.EntityID {
		r.warn("the document is of another identity provider: %s, and it was %s", next.Metadata.EntityID, old.EntityID)
	}
	sso, _ := o.Want("sign_in_endpoint").V.(string)
	offered := func(e saml.EndPoint) bool { return e.Location == sso }
	if sso != "" && !slices.ContainsFunc(next.Metadata.SignOn, offered) {
		r.warn("the document has other sign-on URLs than %s; see the plan", sso)
	}
}

// Edited is the changed file's new content; old is what it holds.
func (r *Rotation) Edited(old []byte) ([]byte, error) {
	if r.origin.File != "" {
		return []byte(r.text), nil
	}
	return hclconf.Rewrite(old, r.origin.Src, r.text)
}
