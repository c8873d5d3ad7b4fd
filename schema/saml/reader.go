package saml

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// reader fills a Document from the elements of a scanner. Only direct children
// count: a role inside of Extensions, or a certificate inside of the
// document's own signature, is none.
type reader struct {
	*scanner
	doc          *Document
	certificates int
	data         int
}

// validity is what an element says of how long it holds, for all inside of it.
type validity struct {
	until, cache string
}

func (v validity) of(e element) validity {
	if s, ok := e.lookup("validUntil"); ok {
		v.until = s
	}
	if s, ok := e.lookup("cacheDuration"); ok {
		v.cache = s
	}
	return v
}

func (r *reader) document() error {
	var root element
	for root.local == "" {
		_, e, err := r.next()
		if err != nil {
			return err
		}
		root = e
	}
	r.doc.place = root.place
	var err error
	switch {
	case root.is(nsMetadata, "EntityDescriptor"):
		err = r.entity(root, validity{})
	case root.is(nsMetadata, "EntitiesDescriptor"):
		err = r.entities(root, validity{})
	default:
		return notMetadata(root)
	}
	if err != nil {
		return err
	}
	return r.end()
}

func notMetadata(root element) error {
	switch {
	case strings.EqualFold(root.local, "html"):
		return html(root.place)
	case root.local == "EntityDescriptor" || root.local == "EntitiesDescriptor":
		return refuse(NotMetadata, "<%s> stands in the namespace %s; SAML 2.0 metadata has %s (xmlns).", root.local, quote(root.space), nsMetadata).at(root.place)
	case root.local == "Response" || root.local == "AuthnRequest" || root.local == "Assertion":
		return refuse(NotMetadata, "This is a SAML message (<%s>), not a metadata document.", root.local).at(root.place)
	default:
		return refuse(NotMetadata, "This is not SAML metadata: the document begins with the element %s of the namespace %s and not with EntityDescriptor.", quote(root.local), quote(root.space)).at(root.place)
	}
}

func (r *reader) entities(e element, outer validity) error {
	v := outer.of(e)
	return r.children(func(c element) error {
		switch {
		case c.is(nsMetadata, "EntityDescriptor"):
			return r.entity(c, v)
		case c.is(nsMetadata, "EntitiesDescriptor"):
			return r.entities(c, v)
		default:
			return nil
		}
	})
}

func (r *reader) entity(e element, outer validity) error {
	m := &Metadata{EntityID: e.attr("entityID"), place: e.place}
	v := outer.of(e)
	role := v
	err := r.children(func(c element) error {
		switch {
		case c.is(nsDsig, "Signature"):
			m.Signed = true
		case c.is(nsMetadata, "SPSSODescriptor"):
			r.doc.serviceProvider = true
		case c.is(nsMetadata, "IDPSSODescriptor"):
			if !speaksSAML2(c) {
				r.doc.otherProtocol = true
				return nil
			}
			role = v.of(c)
			return r.role(m, c)
		}
		return nil
	})
	if err != nil || m.roles == 0 {
		return err
	}
	m.valid(role)
	r.doc.IDPs = append(r.doc.IDPs, m)
	return nil
}

func speaksSAML2(role element) bool {
	for _, p := range strings.Fields(role.attr("protocolSupportEnumeration")) {
		if p == protocol {
			return true
		}
	}
	return false
}

// valid takes over how long the document holds.
func (m *Metadata) valid(v validity) {
	m.CacheDuration = v.cache
	if v.until == "" {
		return
	}
	t, err := time.Parse(time.RFC3339, v.until)
	if err != nil {
		// xs:dateTime allows leaving the zone out.
		t, err = time.Parse("2006-01-02T15:04:05", v.until)
	}
	if err != nil {
		m.note("validUntil is %s, which is not a date and time", quote(v.until))
		return
	}
	t = t.UTC()
	m.ValidUntil = &t
}

func (m *Metadata) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

func (r *reader) role(m *Metadata, e element) error {
	m.roles++
	if s, ok := e.lookup("WantAuthnRequestsSigned"); ok {
		m.wantsSigned(s)
	}
	return r.children(func(c element) error {
		if c.space != nsMetadata {
			return nil
		}
		switch c.local {
		case "KeyDescriptor":
			return r.keyDescriptor(m, c)
		case "SingleSignOnService":
			m.SignOn = append(m.SignOn, endPoint(c))
		case "SingleLogoutService":
			m.SignOut = append(m.SignOut, endPoint(c))
		case "NameIDFormat":
			s, err := r.text()
			if s = strings.TrimSpace(s); s != "" {
				m.NameIDFormats = append(m.NameIDFormats, s)
			}
			return err
		}
		return nil
	})
}

func (m *Metadata) wantsSigned(s string) {
	var v bool
	switch s {
	case "true", "1":
		v = true
	case "false", "0":
	default:
		m.note("WantAuthnRequestsSigned is %s, which is neither true nor false", quote(s))
		return
	}
	m.WantAuthnRequestsSigned = &v
}

func endPoint(e element) EndPoint {
	return EndPoint{Binding: e.attr("Binding"), Location: e.attr("Location"), place: e.place}
}

func (r *reader) keyDescriptor(m *Metadata, e element) error {
	use := e.attr("use")
	if use != "signing" && use != "encryption" {
		use = ""
	}
	return r.children(func(info element) error {
		if info.local == "KeyInfo" && info.space != nsDsig && use != "encryption" {
			m.strange = info.space
		}
		if !info.is(nsDsig, "KeyInfo") {
			return nil
		}
		return r.children(func(data element) error {
			if !data.is(nsDsig, "X509Data") {
				return nil
			}
			r.data++
			return r.children(func(c element) error {
				if !c.is(nsDsig, "X509Certificate") {
					return nil
				}
				return r.certificate(m, use, c.place)
			})
		})
	})
}

// certificate reads the certificates of one element: usually one in bare
// base64, but PEM and base64 of PEM occur.
func (r *reader) certificate(m *Metadata, use string, p place) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	found, err := ParseCertificates([]byte(text))
	if err != nil {
		var bad *Refusal
		if !errors.As(err, &bad) {
			return err
		}
		if use != "encryption" {
			m.unreadable = append(m.unreadable, refuse(BadCertificate, "A signing certificate of the document cannot be read. %s", bad.Text).at(p))
		}
		return nil
	}
	for _, c := range found {
		if r.certificates++; r.certificates > maxCertificates {
			return refuse(LimitExceeded, "The document holds more than %d certificates.", maxCertificates).at(p)
		}
		c.Use, c.Line, c.Column, c.data = use, p.line, p.column, r.data
		m.Certificates = append(m.Certificates, c)
	}
	return nil
}
