package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// samlError is a refusal in the library's own words, capitals and full stops included.
type samlError string

func (e samlError) Error() string { return string(e) }

func says(format string, args ...any) error { return samlError(fmt.Sprintf(format, args...)) }

// clockSkew is what the conditions of an assertion may be off (the library's default).
const clockSkew = 3 * time.Minute

// expectations are what a response must say to be meant for this connection.
type expectations struct {
	realm       string // audience
	recipient   string
	destination string
	trust       trust
	decryption  decryption
	now         time.Time
	notBefore   bool // NotBefore counts
}

// samlCheck goes through the checks of a response, in the library's order.
type samlCheck struct {
	expectations
	raw       []byte
	response  *etree.Element
	decrypted bool
	assertion *etree.Element // the one found, then the part of it that is signed
	profile   profile
}

// samlStep is one check as a row; id names its behaviour.
type samlStep struct {
	id    string
	check func(*samlCheck) error
}

// samlSteps is the documented order (passport-wsfed-saml2, samlp.js and saml.js).
func samlSteps() []samlStep {
	return []samlStep{
		{"saml-xml", (*samlCheck).parse},
		{"saml-response", (*samlCheck).oneResponse},
		{"saml-destination", (*samlCheck).destinationMatches},
		{"saml-status", (*samlCheck).succeeded},
		{"saml-assertion", (*samlCheck).oneAssertion},
		{"saml-signature", (*samlCheck).signed},
		{"saml-version", (*samlCheck).version},
		{"saml-not-before", (*samlCheck).begun},
		{"saml-expiry", (*samlCheck).inTime},
		{"saml-audience", (*samlCheck).audienceMatches},
		{"saml-recipient", (*samlCheck).recipientMatches},
		{"saml-qualifiers", (*samlCheck).qualifiers},
	}
}

func (c *samlCheck) parse() error {
	var err error
	c.response, err = readXML(c.raw)
	return err
}

func (c *samlCheck) oneResponse() error {
	switch n := named(c.response, "Response"); {
	case n > 1:
		return says("SAMLResponse should be unique")
	case n == 0 || c.response.Tag != "Response" || c.response.NamespaceURI() != nsProtocol:
		return says("XML is not a valid saml response")
	}
	return nil
}

func (c *samlCheck) destinationMatches() error {
	if d := c.response.SelectAttrValue("Destination", ""); d != "" && d != c.destination {
		return says("Destination endpoint %s did not match %s", d, c.destination)
	}
	return nil
}

// statusTexts are the library's words for what an identity provider reports.
func statusTexts() map[string]string {
	const prefix = "urn:oasis:names:tc:SAML:2.0:status:"
	return map[string]string{
		prefix + "VersionMismatch": "The SAML responder could not process the request because the version of the request message was incorrect.",
		prefix + "Requester":       "The request could not be performed due to an error on the part of the requester",
		prefix + "Responder":       "The request could not be performed due to an error on the part of the SAML responder or SAML authority",
		prefix + "AuthnFailed":     "The responding provider was unable to successfully authenticate the principal",
	}
}

func (c *samlCheck) status() (code, sub, message string) {
	for _, status := range children(c.response, nsProtocol, "Status") {
		for _, outer := range children(status, nsProtocol, "StatusCode") {
			code = outer.SelectAttrValue("Value", "")
			for _, nested := range children(outer, nsProtocol, "StatusCode") {
				sub = nested.SelectAttrValue("Value", "")
			}
		}
		for _, m := range children(status, nsProtocol, "StatusMessage") {
			message = inner(m)
		}
	}
	return code, sub, message
}

func (c *samlCheck) succeeded() error {
	code, sub, message := c.status()
	for _, status := range []string{sub, code} {
		if known, ok := statusTexts()[status]; ok {
			if message != "" {
				known = message
			}
			return samlError(known)
		}
	}
	return nil
}

// oneAssertion finds the assertion, decrypting it when it is encrypted. More than one anywhere is a wrapping attack or a
// response nobody can judge.
func (c *samlCheck) oneAssertion() error {
	var err error
	c.assertion, c.decrypted, err = c.find(c.response)
	if err != nil {
		return err
	}
	if c.assertion == nil {
		code, _, _ := c.status()
		return says("saml response does not contain an Assertion element (Status: %s)", code)
	}
	return nil
}

func (c *samlCheck) find(response *etree.Element) (assertion *etree.Element, decrypted bool, err error) {
	if named(response, "Assertion") > 1 {
		return nil, false, says("A SAMLResponse can contain only one Assertion element.")
	}
	if found := children(response, nsAssertion, "Assertion"); len(found) == 1 {
		return found[0], false, nil
	}
	sealed := children(response, nsAssertion, "EncryptedAssertion")
	switch {
	case len(sealed) > 1:
		return nil, false, says("A SAMLResponse can contain only one EncryptedAssertion element.")
	case len(sealed) == 0:
		return nil, false, nil
	}
	assertion, err = c.decryption.open(sealed[0])
	return assertion, true, err
}

// Where a signature may be, in the library's words.
const (
	responseSignature  = "/*[local-name(.)='Response'][1]/*[local-name(.)='Signature' and namespace-uri(.)='http://www.w3.org/2000/09/xmldsig#']"
	assertionSignature = "//*[local-name(.)='Assertion'][1]/*[local-name(.)='Signature' and namespace-uri(.)='http://www.w3.org/2000/09/xmldsig#']"
)

// signed verifies the response's signature, or else the assertion's, and keeps only what it covers.
func (c *samlCheck) signed() error {
	onResponse := len(children(c.response, nsSignature, "Signature")) > 0
	onAssertion := len(children(c.assertion, nsSignature, "Signature")) > 0
	if !onResponse && !onAssertion {
		return says("neither the response nor the assertion are signed")
	}
	if !onResponse {
		var err error
		c.assertion, err = c.trust.signedBy(c.assertion, assertionSignature)
		return err
	}
	response, err := c.trust.signedBy(c.response, responseSignature)
	if err != nil {
		return err
	}
	if c.assertion, _, err = c.find(response); err != nil {
		return err
	}
	if c.assertion == nil {
		return says("saml response does not contain an Assertion element")
	}
	return nil
}

func (c *samlCheck) version() error {
	if c.assertion.SelectAttrValue("Version", "") != "2.0" {
		return says("SAML Assertion version not supported, or not defined")
	}
	return nil
}

// condition reads a time of the conditions; ok is false when it is not there.
func (c *samlCheck) condition(name string) (at time.Time, ok bool, err error) {
	conditions := descend(c.assertion, "Conditions")
	if conditions == nil || conditions.SelectAttrValue(name, "") == "" {
		return at, false, nil
	}
	at, err = time.Parse(time.RFC3339Nano, conditions.SelectAttrValue(name, ""))
	return at, true, err
}

func (c *samlCheck) begun() error {
	from, ok, err := c.condition("NotBefore")
	if c.notBefore && ok && (err != nil || c.now.Before(from.Add(-clockSkew))) {
		return errExpired()
	}
	return nil
}

func (c *samlCheck) inTime() error {
	until, ok, err := c.condition("NotOnOrAfter")
	if ok && (err != nil || c.now.After(until.Add(clockSkew))) {
		return errExpired()
	}
	return nil
}

func errExpired() error {
	return says("assertion has expired.")
}

func (c *samlCheck) audienceMatches() error {
	if a := descend(c.assertion, "Conditions", "AudienceRestriction", "Audience"); a == nil || inner(a) != c.realm {
		return says("Audience is invalid. Configured: %s", c.realm)
	}
	return nil
}

func (c *samlCheck) recipientMatches() error {
	data := descend(c.assertion, "Subject", "SubjectConfirmation", "SubjectConfirmationData")
	if data == nil {
		return nil
	}
	if r := data.SelectAttrValue("Recipient", ""); r != "" && r != c.recipient {
		return says("Recipient is invalid. Configured: %s", c.recipient)
	}
	return nil
}

// qualifiers checks who names the user, for the two formats where that matters, and reads the profile.
func (c *samlCheck) qualifiers() error {
	c.profile = readProfile(c.assertion)
	id := descend(c.assertion, "Subject", "NameID")
	const formats = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
	if id == nil || !slices.Contains([]string{formats + "persistent", formats + "transient"}, id.SelectAttrValue("Format", "")) {
		return nil
	}
	issuer := inner(descend(c.assertion, "Issuer"))
	if q := id.SelectAttrValue("NameQualifier", ""); q != "" && q != issuer {
		return says("NameQualifier attribute in the NameID element does not match %s", issuer)
	}
	if q := id.SelectAttrValue("SPNameQualifier", ""); q != "" && q != c.realm {
		return says("SPNameQualifier attribute in the NameID element does not match %s", c.realm)
	}
	return nil
}

// profile is what an assertion says about a user: attribute name to a string or a list of strings.
type profile struct {
	id         string // of the assertion
	attributes object
	transient  bool
}

// Claim names that identity providers send and Auth0 maps.
const (
	claims2005     = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	nameIdentifier = claims2005 + "nameidentifier"
)

func readProfile(assertion *etree.Element) profile {
	p := profile{id: assertion.SelectAttrValue("ID", ""), attributes: object{}}
	for _, statement := range children(assertion, nsAssertion, "AttributeStatement") {
		for _, attribute := range children(statement, nsAssertion, "Attribute") {
			var values []any
			for _, v := range attribute.ChildElements() {
				values = append(values, strings.TrimSpace(inner(v)))
			}
			name := attribute.SelectAttrValue("Name", "")
			if len(values) == 1 {
				p.attributes[name] = values[0]
			} else if len(values) > 1 {
				p.attributes[name] = values
			}
		}
	}
	if id := descend(assertion, "Subject", "NameID"); id != nil {
		p.attributes[nameIdentifier] = strings.TrimSpace(inner(id))
		p.transient = strings.HasSuffix(id.SelectAttrValue("Format", ""), "nameid-format:transient")
	}
	return p
}

// first is the first value of an attribute.
func (p profile) first(name string) string {
	switch v := p.attributes[name].(type) {
	case string:
		return v
	case []any:
		s, _ := v[0].(string)
		return s
	}
	return ""
}
