package sandbox

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStandIn: a provider that stands in for customers' own is trusted beside them, for what it signed itself.
func TestStandIn(t *testing.T) {
	cert, err := x509.ParseCertificate(certificate(foreignKey()))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		edit    func(*assertion)
		standIn *x509.Certificate
		problem string
	}{
		"stand-in":               {edit: func(a *assertion) { a.key, a.cert = foreignKey(), cert.Raw }, standIn: cert},
		"the customer's own":     {edit: func(*assertion) {}, standIn: cert},
		"borrowed certificate":   {edit: func(a *assertion) { a.cert = cert.Raw }, standIn: cert, problem: "Signature check errors: crypto/rsa: verification error"},
		"nobody stands in there": {edit: func(a *assertion) { a.key, a.cert = foreignKey(), cert.Raw }, problem: "Invalid thumbprint"},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, nil, LoginOptions{StandIn: c.standIn})
			a := lt.assertion()
			c.edit(a)
			got := lt.arrive(a.signed())
			if c.problem == "" {
				assert.Equal(t, http.StatusFound, got.status, "%s", got.body)
			} else {
				assert.Contains(t, got.problem(), c.problem)
			}
		})
	}
}

// TestResponseChecks breaks one thing of a response at a time.
func TestResponseChecks(t *testing.T) {
	thumb := func(der []byte) string { return strings.ToUpper(thumbprintOf(der)) }
	foreign := certificate(foreignKey())
	for name, c := range map[string]struct {
		edit    func(*assertion)
		after   func(*etree.Element) // after signing
		rule    string
		problem string
	}{
		"all right":                    {},
		"no certificate":               {edit: func(a *assertion) { a.bare = true }},
		"wrong key":                    {edit: func(a *assertion) { a.key = foreignKey(); a.bare = true }, rule: "saml-signature", problem: "Signature check errors: crypto/rsa: verification error"},
		"wrong key, right certificate": {edit: func(a *assertion) { a.key = foreignKey() }, rule: "saml-signature", problem: "Signature check errors: crypto/rsa: verification error"},
		"other certificate": {edit: func(a *assertion) { a.key, a.cert = foreignKey(), foreign }, rule: "saml-signature",
			problem: "Invalid thumbprint (configured: " + thumb(idpCertificate()) + ". calculated: " + thumb(foreign) + ")"},
		"other audience":           {edit: func(a *assertion) { a.audience = "urn:auth0:other:acme" }, rule: "saml-audience", problem: "Audience is invalid. Configured: urn:auth0:example-test:acme"},
		"other recipient":          {edit: func(a *assertion) { a.recipient = "https://other.example.com" }, rule: "saml-recipient", problem: "Recipient is invalid. Configured: " + acsURL},
		"no recipient":             {edit: func(a *assertion) { a.recipient = "" }},
		"other destination":        {edit: func(a *assertion) { a.destination = "https://other.example.com" }, rule: "saml-destination", problem: "Destination endpoint https://other.example.com did not match " + acsURL},
		"no destination":           {edit: func(a *assertion) { a.destination = "" }},
		"expired":                  {edit: func(a *assertion) { a.notOnAfter = a.now.Add(-3*time.Minute - time.Second) }, rule: "saml-expiry", problem: "assertion has expired."},
		"expired within the skew":  {edit: func(a *assertion) { a.notOnAfter = a.now.Add(-3 * time.Minute) }},
		"not yet":                  {edit: func(a *assertion) { a.notBefore = a.now.Add(3*time.Minute + time.Second) }, rule: "saml-not-before", problem: "assertion has expired."},
		"not yet, within the skew": {edit: func(a *assertion) { a.notBefore = a.now.Add(3 * time.Minute) }},
		"persistent":               {edit: func(a *assertion) { a.format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" }},
		"changed":                  {after: func(r *etree.Element) { r.FindElement("./Assertion/Subject/NameID").SetText("admin") }, rule: "saml-signature", problem: "Signature check errors: Signature could not be verified"},
		"signature removed":        {after: func(r *etree.Element) { a := r.FindElement("./Assertion"); a.RemoveChild(a.FindElement("./Signature")) }, rule: "saml-signature", problem: "neither the response nor the assertion are signed"},
		"two signatures": {after: func(r *etree.Element) {
			a := r.FindElement("./Assertion")
			a.AddChild(a.FindElement("./Signature").Copy())
		}, rule: "saml-signature",
			problem: "Signature was found more than one time (xpath: " + assertionSignature + ")"},
		"no assertion":   {after: func(r *etree.Element) { r.RemoveChild(r.FindElement("./Assertion")) }, rule: "saml-assertion", problem: "saml response does not contain an Assertion element (Status: urn:oasis:names:tc:SAML:2.0:status:Success)"},
		"not a response": {after: func(r *etree.Element) { r.Tag = "Request" }, rule: "saml-response", problem: "XML is not a valid saml response"},
		"failed at the provider": {after: func(r *etree.Element) {
			r.FindElement("./Status/StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Requester")
		}, rule: "saml-status", problem: "The request could not be performed due to an error on the part of the requester"},
		"failed with a message": {after: func(r *etree.Element) {
			r.FindElement("./Status/StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
			r.FindElement("./Status").CreateElement("samlp:StatusMessage").SetText("disk full")
		}, rule: "saml-status", problem: "disk full"},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, nil, LoginOptions{})
			a := lt.assertion()
			if c.edit != nil {
				c.edit(a)
			}
			r := a.signed()
			if c.after != nil {
				c.after(r)
			}
			s := lt.arrive(r)
			if c.problem == "" {
				assert.Equal(t, http.StatusFound, s.status, s.problem())
				return
			}
			assert.Equal(t, "invalid_request: "+c.problem, s.problem())
			assert.Equal(t, c.rule, s.refusedBy())
			assert.Empty(t, s.header.Values("Set-Cookie"))
		})
	}
}

func TestResponseSigned(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	a := lt.assertion()
	r := a.xml()
	a.sign(r)
	assert.Equal(t, http.StatusFound, lt.arrive(r).status, "the response alone")
	a = lt.assertion()
	r = a.signed()
	a.sign(r)
	assert.Equal(t, http.StatusFound, lt.arrive(r).status, "both")
	a = lt.assertion()
	r = a.xml()
	a.sign(r)
	r.FindElement("./Assertion/Subject/NameID").SetText("admin")
	assert.Equal(t, "saml-signature", lt.arrive(r).refusedBy())
}

func TestQualifiers(t *testing.T) {
	for name, want := range map[string]string{"NameQualifier": "https://idp.example.com", "SPNameQualifier": "urn:auth0:example-test:acme"} {
		for value, refused := range map[string]bool{want: false, "else": true} {
			lt := newLogin(t, nil, LoginOptions{})
			a := lt.assertion()
			a.format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
			r := a.xml()
			r.FindElement("./Assertion/Subject/NameID").CreateAttr(name, value)
			a.sign(r.FindElement("./Assertion"))
			s := lt.arrive(r)
			if refused {
				assert.Equal(t, "invalid_request: "+name+" attribute in the NameID element does not match "+want, s.problem())
			} else {
				assert.Equal(t, http.StatusFound, s.status, s.problem())
			}
		}
	}
}

func TestReplay(t *testing.T) {
	for _, accept := range []bool{false, true} {
		lt := newLogin(t, nil, LoginOptions{AcceptReplay: accept})
		r := lt.assertion().signed()
		require.Equal(t, http.StatusFound, lt.arrive(r).status)
		again := lt.arrive(r)
		assert.Equal(t, accept, again.status == http.StatusFound)
		if !accept {
			assert.Equal(t, "acs-replay", again.refusedBy())
		}
	}
}

func TestIgnoreNotBefore(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{IgnoreNotBefore: true})
	a := lt.assertion()
	a.notBefore = a.now.Add(time.Hour)
	assert.Equal(t, http.StatusFound, lt.arrive(a.signed()).status)
}

// evil is a copy of an assertion that names somebody else.
func evil(a *etree.Element) *etree.Element {
	e := a.Copy()
	e.FindElement("./Subject/NameID").SetText("admin")
	return e
}

// wrappings are the eight forms of signature wrapping (Somorovsky and others, On Breaking SAML; the numbering of SAML
// Raider). Each gets a response whose response (1, 2) or assertion is signed, and moves what is signed to where it is
// verified but not read.
func wrappings() map[string]func(r *etree.Element) *etree.Element {
	strip := func(e *etree.Element) *etree.Element {
		for _, s := range e.FindElements("./Signature") {
			e.RemoveChild(s)
		}
		return e
	}
	renamed := func(e *etree.Element) *etree.Element {
		e.CreateAttr("ID", "_evil")
		return e
	}
	inAssertion := func(r *etree.Element) (a, s *etree.Element) {
		return r.FindElement("./Assertion"), r.FindElement("./Assertion/Signature")
	}
	return map[string]func(r *etree.Element) *etree.Element{
		"XSW1": func(r *etree.Element) *etree.Element { // the signed response inside the evil one's signature
			out := renamed(r.Copy())
			out.FindElement("./Assertion/Subject/NameID").SetText("admin")
			out.FindElement("./Signature").AddChild(strip(r.Copy()))
			return out
		},
		"XSW2": func(r *etree.Element) *etree.Element { // the signed response before a detached signature
			out := renamed(r.Copy())
			out.FindElement("./Assertion/Subject/NameID").SetText("admin")
			sig := out.FindElement("./Signature")
			out.InsertChildAt(sig.Index(), strip(r.Copy()))
			return out
		},
		"XSW3": func(r *etree.Element) *etree.Element { // the evil assertion before the signed one
			a, _ := inAssertion(r)
			r.InsertChildAt(a.Index(), strip(renamed(evil(a))))
			return r
		},
		"XSW4": func(r *etree.Element) *etree.Element { // the evil assertion around the signed one
			a, _ := inAssertion(r)
			e := strip(renamed(evil(a)))
			r.RemoveChild(a)
			e.AddChild(a)
			r.AddChild(e)
			return r
		},
		"XSW5": func(r *etree.Element) *etree.Element { // the signature in the evil assertion, the signed one at the end
			a, _ := inAssertion(r)
			e := renamed(evil(a))
			r.InsertChildAt(a.Index(), e)
			r.RemoveChild(a)
			r.AddChild(strip(a))
			return r
		},
		"XSW6": func(r *etree.Element) *etree.Element { // the signed one in the signature of the evil one
			a, _ := inAssertion(r)
			e := renamed(evil(a))
			r.RemoveChild(a)
			e.FindElement("./Signature").AddChild(strip(a))
			r.AddChild(e)
			return r
		},
		"XSW7": func(r *etree.Element) *etree.Element { // the evil one in Extensions
			a, _ := inAssertion(r)
			ext := etree.NewElement("samlp:Extensions")
			ext.AddChild(strip(evil(a)))
			r.InsertChildAt(a.Index(), ext)
			return r
		},
		"XSW8": func(r *etree.Element) *etree.Element { // the signed one in an Object of the signature
			a, _ := inAssertion(r)
			e := evil(a)
			object := etree.NewElement("ds:Object")
			object.AddChild(strip(a.Copy()))
			e.FindElement("./Signature").AddChild(object)
			r.RemoveChild(a)
			r.AddChild(e)
			return r
		},
		"one assertion, detached": func(r *etree.Element) *etree.Element { // another local name hides the signed one
			a, _ := inAssertion(r)
			e := evil(a)
			hidden := strip(a.Copy())
			hidden.Tag = "Hidden"
			e.FindElement("./Signature").AddChild(hidden)
			r.RemoveChild(a)
			r.AddChild(e)
			return r
		},
		"another namespace": func(r *etree.Element) *etree.Element {
			a, _ := inAssertion(r)
			e := strip(evil(a))
			wrap := etree.NewElement("x:Assertion")
			wrap.CreateAttr("xmlns:x", "urn:x")
			wrap.AddChild(a.Copy())
			r.RemoveChild(a)
			r.AddChild(e)
			r.AddChild(wrap)
			return r
		},
	}
}

func TestSignatureWrapping(t *testing.T) {
	for name, wrap := range wrappings() {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s response signed %t", name, whole), func(t *testing.T) {
				lt := newLogin(t, nil, LoginOptions{})
				a := lt.assertion()
				r := a.xml()
				a.sign(r.FindElement("./Assertion"))
				if whole || name == "XSW1" || name == "XSW2" {
					a.sign(r)
				}
				s := lt.arrive(wrap(r))
				assert.Equal(t, http.StatusBadRequest, s.status)
				assert.Contains(t, []string{"saml-response", "saml-assertion", "saml-signature"}, s.refusedBy())
				assert.Nil(t, lt.tenant.users.get("samlp|acme|admin"))
				assert.Empty(t, s.header.Values("Set-Cookie"))
			})
		}
	}
}

// TestCommentInName: canonical XML has no comments, so a signature does not notice them; what is read must not be cut
// short by one.
func TestCommentInName(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	a := lt.assertion()
	a.nameID = "admin@example.com.evil.org"
	raw, err := base64.StdEncoding.DecodeString(encodeXML(a.signed()))
	require.NoError(t, err)
	raw = bytes.Replace(raw, []byte("admin@example.com.evil"), []byte("admin@example.com<!-- -->.evil"), 1)
	raw = bytes.Replace(raw, []byte("ann@example.com"), []byte("ann@<!-- x -->example.com"), 1)
	s := lt.post(acsURL, url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(raw)}})
	require.Equal(t, http.StatusFound, s.status, s.problem())
	_, id := claims(t, s.answer().Get("id_token"))
	assert.Equal(t, "samlp|acme|admin@example.com.evil.org", id["sub"])
	assert.Equal(t, "ann@example.com", id["email"])
}

func TestHostileDocuments(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	raw, err := base64.StdEncoding.DecodeString(encodeXML(lt.assertion().signed()))
	require.NoError(t, err)
	good := string(raw)
	bomb := `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">`
	for i := range 9 {
		bomb += fmt.Sprintf(`<!ENTITY a%d "%s">`, i, strings.Repeat(fmt.Sprintf("&a%d;", i-1), 10))
	}
	for name, doc := range map[string]string{
		"nothing":           "",
		"no XML":            "hello",
		"external entity":   `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + strings.Replace(good, ">ann<", ">&x;<", 1),
		"entity bomb":       bomb + "]>" + strings.Replace(good, ">ann<", ">&a8;<", 1),
		"undeclared entity": strings.Replace(good, ">ann<", ">&x;<", 1),
		"deep":              strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100),
		"wide":              "<a>" + strings.Repeat("<b/>", 100_000) + "</a>",
		"attributes":        "<a " + strings.Repeat(`x="1" `, 100_000) + "/>",
		"instruction":       `<?xml-stylesheet href="x"?>` + good,
		"two roots":         good + good,
		"cut":               good[:len(good)/2],
		"NUL":               strings.Replace(good, ">ann<", ">a\x00nn<", 1),
		"other encoding":    `<?xml version="1.0" encoding="UTF-7"?>` + good,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s := lt.post(acsURL, url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte(doc))}})
			assert.Equal(t, "saml-xml", s.refusedBy(), s.problem())
			assert.Contains(t, s.problem(), "SAMLResponse should be a valid xml")
			assert.Less(t, time.Since(start), 5*time.Second)
		})
	}
	s := lt.post(acsURL, url.Values{"SAMLResponse": {strings.Repeat("A", 2*maxBody)}})
	assert.Equal(t, http.StatusBadRequest, s.status)
	s = lt.post(acsURL, url.Values{"SAMLResponse": {"%%%"}})
	assert.Equal(t, "saml-xml", s.refusedBy())
	s = lt.post(acsURL, url.Values{"SAMLResponse": {strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(base64.StdEncoding.EncodeToString([]byte(good)))}})
	assert.Equal(t, http.StatusFound, s.status, s.problem())
}

// TestOnlySignedContentIsRead: what the later checks see has neither the signature nor anything it does not cover.
func TestOnlySignedContentIsRead(t *testing.T) {
	lt := newLogin(t, nil, LoginOptions{})
	for name, whole := range map[string]bool{"assertion": false, "response": true} {
		a := lt.assertion()
		r := a.xml()
		signed := r.FindElement("./Assertion")
		if whole {
			signed = r
		}
		a.sign(signed)
		signed.FindElement("./Signature").CreateElement("ds:Object").CreateElement("saml:Subject").SetText("admin")
		r.FindElement("./Assertion").CreateComment("not signed")
		raw, err := base64.StdEncoding.DecodeString(encodeXML(r))
		require.NoError(t, err)
		c := &samlCheck{raw: raw, expectations: expectations{destination: acsURL, trust: trust{cert: mustParse(idpCertificate())}, now: lt.at}}
		for _, step := range samlSteps() {
			require.NoError(t, step.check(c), name)
			if step.id == "saml-signature" {
				break
			}
		}
		assert.Nil(t, c.assertion.FindElement(".//Signature"), name)
		assert.NotContains(t, encoded(c.assertion), "not signed", name)
	}
}

func encoded(e *etree.Element) string {
	raw, err := base64.StdEncoding.DecodeString(encodeXML(e))
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func FuzzSAMLResponse(f *testing.F) {
	lt := newLogin(f, nil, LoginOptions{AcceptReplay: true})
	a := lt.assertion()
	for _, r := range []*etree.Element{a.signed(), a.xml()} {
		raw, err := base64.StdEncoding.DecodeString(encodeXML(r))
		require.NoError(f, err)
		f.Add(raw)
	}
	for name, wrap := range wrappings() {
		r := a.signed()
		if name == "XSW1" || name == "XSW2" {
			a.sign(r)
		}
		raw, err := base64.StdEncoding.DecodeString(encodeXML(wrap(r)))
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Add([]byte(`<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></Response>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := &samlCheck{raw: raw, expectations: expectations{
			realm: a.audience, recipient: acsURL, destination: acsURL, trust: trust{cert: mustParse(idpCertificate())}, now: lt.at, notBefore: true,
		}}
		for _, step := range samlSteps() {
			if step.check(c) != nil {
				return
			}
		}
		if got := c.profile.first(nameIdentifier); got != "ann" { // nobody else was ever signed for
			t.Fatalf("accepted %q", got)
		}
	})
}

func mustParse(der []byte) *x509.Certificate {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}
