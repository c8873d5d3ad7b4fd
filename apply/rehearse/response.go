package rehearse

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/beevik/etree"
)

// Assertion is what an IdP states about a user, and to whom.
type Assertion struct {
	Issuer       string
	ACS          string // where it is posted: Destination and Recipient
	Audience     string
	User         User
	InResponseTo string // empty: nobody asked
	Signed       Signed
	Algorithm    Algorithm
	Now          time.Time
	Fault        Fault

	statusCode string
	recipient  string // when it differs from ACS
}

const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"

	formatUnspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	formatTransient   = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"

	statusPrefix  = "urn:oasis:names:tc:SAML:2.0:status:"
	statusSuccess = statusPrefix + "Success"

	// validity is how long a response may be used.
	validity = 5 * time.Minute
)

// Respond writes a signed SAML response.
func (p *IDP) Respond(a Assertion) ([]byte, error) {
	f, ok := a.Fault.behaviour()
	if !ok {
		return nil, fmt.Errorf("write the SAML response: no fault is called %q", a.Fault)
	}
	if a.Signed == "" {
		a.Signed = SignedAssertion
	}
	a.statusCode, a.recipient = statusSuccess, a.ACS
	if f.state != nil {
		f.state(&a)
	}
	assertion := a.element()
	if err := p.signFor(f, assertion, a, SignedAssertion); err != nil {
		return nil, err
	}
	response := a.response(assertion)
	if f.assemble != nil {
		f.assemble(response)
	}
	if err := p.signFor(f, response, a, SignedResponse); err != nil {
		return nil, err
	}
	if f.bend != nil {
		if err := f.bend(response); err != nil {
			return nil, fmt.Errorf("write the SAML response with fault %s: %w", a.Fault, err)
		}
	}
	doc := etree.NewDocumentWithRoot(response)
	raw, err := doc.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("write the SAML response: %w", err)
	}
	return f.declare(raw), nil
}

// signFor signs el if the assertion asks for this part to be signed.
func (p *IDP) signFor(f behaviour, el *etree.Element, a Assertion, part Signed) error {
	if f.key == keyNone || a.Signed != part && a.Signed != SignedBoth {
		return nil
	}
	signer, cert := p, p.cert
	if f.key != keyOwn {
		var err error
		if signer, err = p.foreign(); err != nil {
			return err
		}
	}
	if f.key == keyForeign {
		cert = signer.cert
	}
	return signer.sign(el, a.Algorithm, cert)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// newID is an XML ID: it may not begin with a digit.
func newID() string { return "_" + rand.Text() }

func (a *Assertion) response(assertion *etree.Element) *etree.Element {
	r := etree.NewElement("samlp:Response")
	r.CreateAttr("xmlns:samlp", nsProtocol)
	r.CreateAttr("xmlns:saml", nsAssertion)
	r.CreateAttr("ID", newID())
	r.CreateAttr("Version", "2.0")
	r.CreateAttr("IssueInstant", stamp(a.Now))
	r.CreateAttr("Destination", a.ACS)
	if a.InResponseTo != "" {
		r.CreateAttr("InResponseTo", a.InResponseTo)
	}
	r.CreateElement("saml:Issuer").SetText(a.Issuer)
	r.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", a.statusCode)
	r.AddChild(assertion)
	return r
}

func (a *Assertion) element() *etree.Element {
	e := etree.NewElement("saml:Assertion")
	e.CreateAttr("xmlns:saml", nsAssertion) // of its own, so that it can be signed by itself
	e.CreateAttr("ID", newID())
	e.CreateAttr("Version", "2.0")
	e.CreateAttr("IssueInstant", stamp(a.Now))
	e.CreateElement("saml:Issuer").SetText(a.Issuer)
	a.subject(e.CreateElement("saml:Subject"))

	conditions := e.CreateElement("saml:Conditions")
	conditions.CreateAttr("NotBefore", stamp(a.Now))
	conditions.CreateAttr("NotOnOrAfter", stamp(a.Now.Add(validity)))
	conditions.CreateElement("saml:AudienceRestriction").CreateElement("saml:Audience").SetText(a.Audience)

	authn := e.CreateElement("saml:AuthnStatement")
	authn.CreateAttr("AuthnInstant", stamp(a.Now))
	authn.CreateAttr("SessionIndex", newID())
	authn.CreateElement("saml:AuthnContext").CreateElement("saml:AuthnContextClassRef").
		SetText("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")

	if len(a.User.Attributes) > 0 {
		statement := e.CreateElement("saml:AttributeStatement")
		for _, at := range a.User.Attributes {
			el := statement.CreateElement("saml:Attribute")
			el.CreateAttr("Name", at.Name)
			for _, v := range at.Values {
				el.CreateElement("saml:AttributeValue").SetText(v)
			}
		}
	}
	return e
}

func (a *Assertion) subject(s *etree.Element) {
	if a.User.NameID != "" {
		id := s.CreateElement("saml:NameID")
		format := a.User.Format
		if format == "" {
			format = formatUnspecified
		}
		id.CreateAttr("Format", format)
		id.SetText(a.User.NameID)
	}
	confirmation := s.CreateElement("saml:SubjectConfirmation")
	confirmation.CreateAttr("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
	data := confirmation.CreateElement("saml:SubjectConfirmationData")
	if a.InResponseTo != "" {
		data.CreateAttr("InResponseTo", a.InResponseTo)
	}
	data.CreateAttr("Recipient", a.recipient)
	data.CreateAttr("NotOnOrAfter", stamp(a.Now.Add(validity)))
}
